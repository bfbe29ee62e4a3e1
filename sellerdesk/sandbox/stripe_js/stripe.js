/*
 * The sandbox's stripe.js: the part of Stripe's browser library that the checkout page uses.
 * Same names and shapes as https://docs.stripe.com/js ; card data stays inside a frame of the sandbox's own origin.
 */
(() => {
  "use strict";

  const BASE = new URL(document.currentScript.src).origin;
  const READY_TIMEOUT = 15000;
  const BLEED = 4; // room inside the card frame for the focus halo, taken back outside of it
  const RESERVED_HEIGHT = 282;

  const integrationError = (message) => {
    const error = new Error(message);
    error.name = "IntegrationError";
    return error;
  };

  const unreachable = () => ({
    error: { type: "api_connection_error", message: "The connection to the payment service failed." },
  });

  const randomText = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  /** An iframe of the sandbox and a private channel to it. */
  class Frame {
    constructor(address, title, greeting = {}) {
      const nonce = randomText();
      this.waiting = new Map();
      this.listeners = new Map();
      this.count = 0;
      this.element = document.createElement("iframe");
      this.element.title = title;
      const hello = JSON.stringify({ ...greeting, origin: location.origin, nonce });
      this.element.src = `${address}#${encodeURIComponent(hello)}`;
      this.opened = new Promise((resolve, reject) => {
        this.abandon = () => reject(new Error("The frame was removed."));
        const timer = setTimeout(() => reject(new Error("The frame did not load.")), READY_TIMEOUT);
        this.element.addEventListener("load", () => {
          const channel = new MessageChannel();
          channel.port1.onmessage = (event) => {
            clearTimeout(timer);
            this.receive(event.data, resolve);
          };
          this.port = channel.port1;
          this.element.contentWindow.postMessage({ sandbox: "connect", nonce }, BASE, [channel.port2]);
        }, { once: true });
      });
      this.opened.catch(() => {});
    }

    receive(message, opened) {
      if (message.event === "opened") {
        opened();
      } else if (message.event) {
        (this.listeners.get(message.event) || (() => {}))(message.data);
      } else if (this.waiting.has(message.id)) {
        this.waiting.get(message.id)(message.data);
        this.waiting.delete(message.id);
      }
    }

    on(event, listener) {
      this.listeners.set(event, listener);
    }

    async call(name, data) {
      await this.opened;
      return new Promise((resolve) => {
        this.count += 1;
        this.waiting.set(this.count, resolve);
        this.port.postMessage({ id: this.count, name, data });
      });
    }

    remove() {
      this.abandon();
      if (this.port) this.port.close();
      this.element.remove();
    }
  }

  const isDark = (appearance) => Boolean(appearance) && appearance.theme === "night";

  class PaymentElement {
    constructor(elements, options) {
      this.elements = elements;
      this.options = options;
      this.listeners = new Map();
      this.frame = null;
      this.destroyed = false;
    }

    mount(target) {
      if (this.destroyed) throw integrationError("This Element has been destroyed. Create a new one.");
      const place = typeof target === "string" ? document.querySelector(target) : target;
      if (!(place instanceof Element)) {
        throw integrationError(`The place to mount the Element does not exist: ${target}`);
      }
      this.unmount();
      const dark = isDark(this.elements.settings.appearance);
      const frame = new Frame(`${BASE}/frames/payment.html`, "Secure payment input frame", { dark });
      this.frame = frame;
      Object.assign(frame.element.style, {
        display: "block", border: "0", width: `calc(100% + ${2 * BLEED}px)`, margin: `-${BLEED}px`,
        height: `${RESERVED_HEIGHT + 2 * BLEED}px`, colorScheme: dark ? "dark" : "light", background: "transparent",
      });
      frame.on("height", (height) => {
        frame.element.style.height = `${Math.max(height, RESERVED_HEIGHT + 2 * BLEED)}px`;
      });
      frame.on("change", (value) => {
        this.elements.submitted = false;
        this.fire("change", { elementType: "payment", collapsed: false, ...value });
      });
      for (const name of ["focus", "blur", "escape"]) frame.on(name, () => this.fire(name, { elementType: "payment" }));
      place.replaceChildren(frame.element);
      this.fire("loaderstart", { elementType: "payment" });
      frame.call("show", this.shown()).then(
        () => this.fire("ready", { elementType: "payment" }),
        () => {
          if (this.frame === frame) {
            const error = { type: "api_connection_error", message: "The card form could not be loaded." };
            this.fire("loaderror", { elementType: "payment", error });
          }
        },
      );
    }

    shown() {
      const { appearance, locale } = this.elements.settings;
      return JSON.parse(JSON.stringify({ appearance, locale, options: this.options }));
    }

    refresh() {
      if (!this.frame) return;
      this.frame.element.style.colorScheme = isDark(this.elements.settings.appearance) ? "dark" : "light";
      this.frame.call("show", this.shown()).catch(() => {});
    }

    update(options) {
      this.options = { ...this.options, ...options };
      this.refresh();
    }

    on(name, listener) {
      this.listeners.set(name, [...(this.listeners.get(name) || []), listener]);
      return this;
    }

    off(name, listener) {
      const held = this.listeners.get(name) || [];
      this.listeners.set(name, listener ? held.filter((each) => each !== listener) : []);
      return this;
    }

    fire(name, event) {
      for (const listener of this.listeners.get(name) || []) listener(event);
    }

    focus() {
      if (!this.frame) return;
      this.frame.element.focus();
      this.frame.call("focus").catch(() => {});
    }

    blur() {
      if (this.frame) this.frame.call("blur").catch(() => {});
    }

    unmount() {
      if (!this.frame) return;
      this.frame.remove();
      this.frame = null;
      this.elements.submitted = false;
    }

    destroy() {
      this.unmount();
      this.destroyed = true;
      if (this.elements.element === this) this.elements.element = null;
    }
  }

  const CONTEXT = ["mode", "amount", "currency", "captureMethod", "setupFutureUsage", "allowedPaymentMethodTypes"];
  const KNOWN = [
    ...CONTEXT, "excludedPaymentMethodTypes", "paymentMethodConfiguration", "paymentMethodOptions",
    "paymentMethodCreation", "onBehalfOf", "customerSessionClientSecret", "appearance", "locale", "loader", "fonts",
  ];

  const checkSettings = (settings) => {
    if ("paymentMethodTypes" in settings) {
      throw integrationError("paymentMethodTypes is no longer supported. Use allowedPaymentMethodTypes.");
    }
    if ("clientSecret" in settings) throw integrationError("The sandbox mounts Elements by mode, without a client secret.");
    const unknown = Object.keys(settings).filter((name) => !KNOWN.includes(name));
    if (unknown.length) console.warn(`elements(): unrecognized options: ${unknown.join(", ")}`);
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
    constructor(settings) {
      checkSettings(settings);
      this.settings = { ...settings };
      this.element = null;
      this.submitted = false;
    }

    create(kind, options = {}) {
      if (kind !== "payment") throw integrationError(`The sandbox has no Element of type ${kind}.`);
      if (this.element) throw integrationError("There can be only one payment Element at a time.");
      this.element = new PaymentElement(this, options);
      return this.element;
    }

    getElement(kind) {
      return kind === "payment" ? this.element : null;
    }

    update(change) {
      const settings = { ...this.settings, ...change };
      checkSettings(settings);
      if (CONTEXT.some((name) => name in change)) this.submitted = false;
      this.settings = settings;
      if (this.element && ("appearance" in change || "locale" in change)) this.element.refresh();
    }

    async fetchUpdates() {
      return {};
    }

    async submit() {
      if (!this.element || !this.element.frame) throw integrationError("Mount a payment Element before submit().");
      let answer;
      try {
        answer = await this.element.frame.call("submit");
      } catch {
        return unreachable();
      }
      this.submitted = !answer.error;
      return answer.error ? answer : { selectedPaymentMethod: "card" };
    }

    context() {
      const { mode, amount, currency, captureMethod, setupFutureUsage, allowedPaymentMethodTypes } = this.settings;
      return {
        mode, amount, currency,
        capture_method: captureMethod || "automatic",
        setup_future_usage: setupFutureUsage || "",
        allowed_payment_method_types: allowedPaymentMethodTypes,
      };
    }
  }

  /** The bank's window over the page. Resolves when the shopper has answered or closed it. */
  const askBank = (address) => new Promise((resolve, reject) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", "Your bank's window");
    Object.assign(dialog.style, {
      position: "fixed", inset: "0", width: "100vw", height: "100dvh", maxWidth: "none", maxHeight: "none", margin: "0",
      border: "0", padding: "16px", boxSizing: "border-box", background: "rgb(17 22 20 / 0.6)", display: "flex",
      alignItems: "center", justifyContent: "center", overflow: "auto",
    });
    const frame = new Frame(address, "3-D Secure: your bank's window");
    Object.assign(frame.element.style, {
      border: "0", width: "min(420px, 100%)", height: "420px", maxHeight: "100%", borderRadius: "12px",
      background: "#fff", colorScheme: "light", boxShadow: "0 24px 64px rgb(0 0 0 / 0.35)",
    });
    const finish = (settle, value) => {
      dialog.close();
      dialog.remove();
      frame.remove();
      settle(value);
    };
    frame.on("height", (height) => { frame.element.style.height = `${height}px`; });
    frame.on("done", () => finish(resolve));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      frame.call("close").catch(() => {});
    });
    dialog.append(frame.element);
    document.body.append(dialog);
    dialog.showModal();
    frame.call("focus").then(() => frame.element.focus(), (problem) => finish(reject, problem));
  });

  class StripeClient {
    constructor(key) {
      this.key = key;
      this.controller = null;
    }

    elements(settings = {}) {
      return new Elements(settings);
    }

    async createConfirmationToken({ elements, params = {} } = {}) {
      if (!(elements instanceof Elements)) throw integrationError("createConfirmationToken() needs elements.");
      if (!elements.submitted) {
        throw integrationError("elements.submit() must be called, without an error, before createConfirmationToken().");
      }
      const data = JSON.parse(JSON.stringify({ key: this.key, params, context: elements.context() }));
      try {
        return await elements.element.frame.call("confirmationToken", data);
      } catch {
        return unreachable();
      }
    }

    async retrievePaymentIntent(clientSecret) {
      if (typeof clientSecret !== "string" || !/^pi_\w+_secret_\w+$/.test(clientSecret)) {
        throw integrationError("retrievePaymentIntent() needs the client secret of a PaymentIntent.");
      }
      if (!this.controller) {
        this.controller = new Frame(`${BASE}/frames/controller.html`, "Payment service");
        Object.assign(this.controller.element.style, { display: "none" });
        this.controller.element.setAttribute("aria-hidden", "true");
        document.body.append(this.controller.element);
      }
      try {
        return await this.controller.call("retrieve", { key: this.key, clientSecret });
      } catch {
        this.controller.remove();
        this.controller = null;
        return unreachable();
      }
    }

    async handleNextAction({ clientSecret } = {}) {
      const before = await this.retrievePaymentIntent(clientSecret);
      if (before.error) return before;
      const intent = before.paymentIntent;
      if (intent.status !== "requires_action" || !intent.next_action) {
        return {
          error: {
            type: "invalid_request_error", code: "payment_intent_unexpected_state", payment_intent: intent,
            message: `handleNextAction needs a PaymentIntent in requires_action; this one is in ${intent.status}.`,
          },
        };
      }
      if (intent.next_action.type === "redirect_to_url") {
        location.assign(intent.next_action.redirect_to_url.url);
        return new Promise(() => {});
      }
      try {
        await askBank(`${BASE}/frames/challenge.html?ticket=${encodeURIComponent(intent.next_action.use_stripe_sdk.ticket)}`);
      } catch {
        return unreachable();
      }
      const after = await this.retrievePaymentIntent(clientSecret);
      if (after.error || !after.paymentIntent.last_payment_error) return after;
      return { error: { ...after.paymentIntent.last_payment_error, payment_intent: after.paymentIntent } };
    }
  }

  window.Stripe = (key, _options = {}) => {
    if (typeof key !== "string" || !key.startsWith("pk_")) {
      throw integrationError("Stripe() needs a publishable key (pk_test_...). Never put a secret key into a page.");
    }
    if (!key.startsWith("pk_test_")) throw integrationError("The sandbox takes publishable test keys only (pk_test_...).");
    return new StripeClient(key);
  };
  window.Stripe.version = "dahlia";
})();
