/* The Elements object (https://docs.stripe.com/js/elements_object), with an intent's client secret or without one. */
const CONTEXT = ["mode", "amount", "currency", "captureMethod", "setupFutureUsage", "allowedPaymentMethodTypes"];
const KNOWN = [
  ...CONTEXT, "clientSecret", "excludedPaymentMethodTypes", "paymentMethodConfiguration", "paymentMethodOptions",
  "paymentMethodCreation", "onBehalfOf", "customerSessionClientSecret", "appearance", "locale", "loader", "fonts",
];
const KINDS = { payment: PaymentElement, card: CardElement };

const checkSettings = (settings) => {
  if ("paymentMethodTypes" in settings) {
    throw integrationError("paymentMethodTypes is no longer supported. Use allowedPaymentMethodTypes.");
  }
  const unknown = Object.keys(settings).filter((name) => !KNOWN.includes(name));
  if (unknown.length) console.warn(`elements(): unrecognized options: ${unknown.join(", ")}`);
  if (![undefined, "manual"].includes(settings.paymentMethodCreation)) {
    throw integrationError("elements(): paymentMethodCreation can only be 'manual'.");
  }
  if ("clientSecret" in settings) {
    checkSecret(settings.clientSecret, "elements()");
    const both = CONTEXT.filter((name) => name in settings && name !== "currency");
    if (both.length) throw integrationError(`elements(): ${both[0]} cannot be given together with clientSecret.`);
    return;
  }
  if (!("mode" in settings)) return;
  if (settings.mode !== "payment") throw integrationError("elements(): mode must be 'payment'.");
  if (!Number.isSafeInteger(settings.amount) || settings.amount < 1) {
    throw integrationError("elements(): amount must be a whole number of minor units above zero.");
  }
  if (!/^[a-z]{3}$/.test(settings.currency || "")) {
    throw integrationError("elements(): currency must be three lower case letters.");
  }
  if (!["automatic", "automatic_async", "manual"].includes(settings.captureMethod || "automatic")) {
    throw integrationError("elements(): captureMethod must be automatic, automatic_async or manual.");
  }
  if (![null, undefined, "on_session", "off_session"].includes(settings.setupFutureUsage)) {
    throw integrationError("elements(): setupFutureUsage must be on_session, off_session or null.");
  }
};

class Elements {
  constructor(client, settings) {
    checkSettings(settings);
    this.client = client;
    this.settings = { ...settings };
    this.made = new Map();
    this.submitted = false;
  }

  get payment() {
    return this.made.get("payment") || null;
  }

  get isDeferred() {
    return "mode" in this.settings;
  }

  create(type, options = {}) {
    const Kind = Object.hasOwn(KINDS, type) ? KINDS[type] : null;
    if (!Kind) throw integrationError(`The sandbox has no Element of type ${type}.`);
    if (this.made.has(type)) throw integrationError(`There can be only one ${type} Element at a time.`);
    if (type === "payment" && !this.isDeferred && !this.settings.clientSecret) {
      throw integrationError("A payment Element needs elements() to be called with a clientSecret or a mode.");
    }
    const element = new Kind(this, type, options);
    this.made.set(type, element);
    return element;
  }

  forget(element) {
    if (this.made.get(element.type) === element) this.made.delete(element.type);
  }

  getElement(type) {
    return this.made.get(type) || null;
  }

  update(change) {
    const settings = { ...this.settings, ...change };
    checkSettings(settings);
    if (CONTEXT.some((name) => name in change)) this.submitted = false;
    this.settings = settings;
    if (!("appearance" in change || "locale" in change)) return;
    for (const element of this.made.values()) element.refresh();
  }

  /** The form shows nothing of the intent; what can be told is that it is not to be had any more. */
  async fetchUpdates() {
    const { clientSecret } = this.settings;
    if (!clientSecret) return {};
    const { error } = await this.client.retrievePaymentIntent(clientSecret);
    return error ? { error } : {};
  }

  async submit() {
    if (!this.payment || !this.payment.frame) throw integrationError("Mount a payment Element before submit().");
    const answer = await this.payment.ask("submit", {});
    this.submitted = !answer.error;
    return answer.error ? answer : { selectedPaymentMethod: "card" };
  }

  mustBeSubmitted(caller) {
    if (this.submitted) return;
    throw integrationError(`elements.submit() must be called, without an error, before ${caller}().`);
  }

  /** What this object was told about the payment, to be compared with the intent when it is confirmed. */
  context() {
    if (!this.isDeferred) return undefined;
    const { mode, amount, currency, captureMethod, setupFutureUsage, allowedPaymentMethodTypes } = this.settings;
    return {
      mode, amount, currency,
      capture_method: captureMethod || "automatic",
      setup_future_usage: setupFutureUsage || "",
      allowed_payment_method_types: allowedPaymentMethodTypes,
    };
  }
}
