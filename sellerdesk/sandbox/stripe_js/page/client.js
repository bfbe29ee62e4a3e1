/* Stripe(key): tokens, payment methods, confirming, and what comes after (https://docs.stripe.com/js). */
class StripeClient {
  constructor(key, { locale } = {}) {
    this.key = key;
    this.locale = locale;
    this.controller = null;
  }

  elements(settings = {}) {
    return new Elements(this, settings);
  }

  async createConfirmationToken({ elements, params = {} } = {}) {
    if (!(elements instanceof Elements)) throw integrationError("createConfirmationToken() needs elements.");
    elements.mustBeSubmitted("createConfirmationToken");
    return elements.payment.ask("confirmationToken", { params, context: elements.context() });
  }

  async createToken(card, data = {}) {
    if (!(card instanceof CardElement)) throw integrationError("createToken() needs a card Element.");
    return card.ask("token", { data });
  }

  async createPaymentMethod(options = {}) {
    const { elements, element, params = {}, type, card, ...described } = options;
    if (elements instanceof Elements) {
      if (elements.settings.paymentMethodCreation !== "manual") {
        throw integrationError("createPaymentMethod() needs elements({ paymentMethodCreation: 'manual' }).");
      }
      elements.mustBeSubmitted("createPaymentMethod");
      return elements.payment.ask("paymentMethod", { params });
    }
    if (element instanceof CardElement) return element.ask("paymentMethod", { params });
    if (type !== "card") throw integrationError("createPaymentMethod() needs elements, an Element, or type: 'card'.");
    if (card instanceof CardElement) return card.ask("paymentMethod", { params: described });
    if (card && typeof card.token === "string") return this.ask("paymentMethod", { params: { type, card, ...described } });
    throw integrationError("createPaymentMethod() needs a card Element or { token } as its card.");
  }

  async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = "always" } = {}) {
    if (elements !== undefined && !(elements instanceof Elements)) {
      throw integrationError("confirmPayment(): elements must come from stripe.elements().");
    }
    if (!["always", "if_required"].includes(redirect)) {
      throw integrationError("confirmPayment(): redirect must be 'always' or 'if_required'.");
    }
    if (redirect === "always" && !confirmParams.return_url) {
      throw integrationError("confirmPayment(): confirmParams.return_url is needed unless redirect is 'if_required'.");
    }
    const secret = clientSecret || (elements && elements.settings.clientSecret);
    checkSecret(secret, "confirmPayment()");
    const params = { ...confirmParams, return_url: confirmParams.return_url || location.href };
    const made = Boolean(params.payment_method || params.confirmation_token);
    if (!elements && !made) throw integrationError("confirmPayment(): elements or a payment_method are needed.");
    let answer;
    if (made) {
      answer = await this.ask("confirm", { secret, params });
    } else {
      if (!elements.payment) throw integrationError("confirmPayment(): create and mount a payment Element first.");
      if (elements.isDeferred) elements.mustBeSubmitted("confirmPayment");
      answer = await elements.payment.ask("confirm", { secret, params, context: elements.context() });
    }
    const done = await this.goOn(answer, secret);
    if (done.error || redirect === "if_required") return done;
    const target = new URL(params.return_url);
    target.searchParams.set("payment_intent", done.paymentIntent.id);
    target.searchParams.set("payment_intent_client_secret", secret);
    target.searchParams.set("redirect_status", "succeeded");
    location.assign(target);
    return new Promise(() => {});
  }

  async confirmCardPayment(clientSecret, data = {}, { handleActions = true } = {}) {
    checkSecret(clientSecret, "confirmCardPayment()");
    const { payment_method: method, ...rest } = data;
    const params = { ...rest, use_stripe_sdk: handleActions || !rest.return_url };
    const wanted = { secret: clientSecret, params };
    let answer;
    if (method && typeof method === "object") {
      const { card, ...described } = method;
      if (card instanceof CardElement) {
        params.payment_method_data = described;
        answer = await card.ask("confirm", wanted);
      } else if (card && typeof card.token === "string") {
        params.payment_method_data = { ...described, type: "card", card };
        answer = await this.ask("confirm", wanted);
      } else {
        throw integrationError("confirmCardPayment(): payment_method.card must be a card Element or { token }.");
      }
    } else {
      if (method) params.payment_method = method;
      answer = await this.ask("confirm", wanted);
    }
    return handleActions ? this.goOn(answer, clientSecret) : answer;
  }

  async retrievePaymentIntent(clientSecret) {
    checkSecret(clientSecret, "retrievePaymentIntent()");
    return this.ask("retrieve", { secret: clientSecret });
  }

  async handleNextAction({ clientSecret } = {}) {
    const before = await this.retrievePaymentIntent(clientSecret);
    if (before.error) return before;
    const intent = before.paymentIntent;
    if (intent.status !== "requires_action" || !intent.next_action) {
      const message = `handleNextAction needs a PaymentIntent in requires_action; this one is in ${intent.status}.`;
      return unexpectedState(intent, message);
    }
    return this.goOn(before, clientSecret);
  }

  async handleCardAction(clientSecret) {
    return this.handleNextAction({ clientSecret });
  }

  /** Lead the shopper through what the bank wants, if it wants anything. */
  async goOn(answer, secret) {
    const action = answer.paymentIntent && answer.paymentIntent.next_action;
    if (!action) return answer;
    if (action.type === "redirect_to_url") {
      location.assign(action.redirect_to_url.url);
      return new Promise(() => {});
    }
    try {
      await askBank(action.use_stripe_sdk.ticket);
    } catch {
      return unreachable();
    }
    const after = await this.retrievePaymentIntent(secret);
    if (after.error || !after.paymentIntent.last_payment_error) return after;
    return { error: { ...after.paymentIntent.last_payment_error, payment_intent: after.paymentIntent } };
  }

  /** Ask the hidden frame, for calls that need no card form. */
  async ask(name, data) {
    if (!this.controller) {
      this.controller = new Frame("/frames/controller.html", "Payment service");
      Object.assign(this.controller.element.style, { display: "none" });
      this.controller.element.setAttribute("aria-hidden", "true");
      document.body.append(this.controller.element);
    }
    try {
      return await this.controller.call(name, plain({ ...data, key: this.key }));
    } catch {
      if (this.controller) this.controller.remove();
      this.controller = null;
      return unreachable();
    }
  }
}

window.Stripe = (key, options = {}) => {
  if (typeof key !== "string" || !key.startsWith("pk_")) {
    throw integrationError("Stripe() needs a publishable key (pk_test_...). Never put a secret key into a page.");
  }
  if (!key.startsWith("pk_test_")) throw integrationError("The sandbox takes publishable test keys only (pk_test_...).");
  return new StripeClient(key, options);
};
window.Stripe.version = "dahlia";
