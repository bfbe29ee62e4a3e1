// Stripe's card form: loaded after our first paint, coloured from our own custom properties, replaced by a box with
// a way out when something blocks it. https://docs.stripe.com/js/elements_object
import { $, boot, words } from "./kit.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const LOAD_MS = 20000;

function appearance() {
  const style = getComputedStyle(document.documentElement);
  const t = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    theme: dark.matches ? "night" : "stripe",
    labels: "above",
    inputs: "spaced",
    disableAnimations: still.matches,
    variables: {
      fontFamily: t("font"), fontSizeBase: "16px", fontSizeSm: "14px", fontLineHeight: "1.5",
      fontWeightNormal: "400", fontWeightMedium: "500", fontWeightBold: "600",
      spacingUnit: "4px", gridRowSpacing: "20px", gridColumnSpacing: "12px", tabSpacing: "8px", borderRadius: "10px",
      colorPrimary: t("accent"), accessibleColorOnColorPrimary: t("on-accent"), colorBackground: t("surface"), colorText: t("text"),
      colorTextSecondary: t("muted"), colorTextPlaceholder: t("muted"), colorDanger: t("danger"), colorWarning: t("warn"), colorSuccess: t("accent"),
      labelFontSize: "14px", labelFontWeight: "500", labelSpacing: "6px", labelColorText: t("text"),
      inputColorBorder: t("edge"), inputBoxShadow: "none", inputFocusColorBorder: t("accent"),
      inputFocusBoxShadow: `0 0 0 1px ${t("accent")}, 0 0 0 4px ${t("accent-soft")}`, focusBoxShadow: `0 0 0 2px ${t("accent")}`, focusOutline: "2px solid transparent",
      iconColor: t("muted"), iconCardErrorColor: t("danger"), tabIconColor: t("muted"), tabIconSelectedColor: t("accent"),
    },
    rules: {
      ".Input": { padding: "11px 14px", lineHeight: "24px" },
      ".Input--invalid": { border: `1px solid ${t("danger")}`, boxShadow: `0 0 0 1px ${t("danger")}`, color: t("text") },
      ".Error": { fontSize: "13px", lineHeight: "18px", fontWeight: "500", marginTop: "4px" },
      ".Tab": { border: `1px solid ${t("edge")}`, boxShadow: "none", padding: "10px 12px" },
      ".Tab--selected": { borderColor: t("accent"), boxShadow: `0 0 0 1px ${t("accent")}`, color: t("accent") },
      ".TabLabel--selected": { color: t("accent") },
    },
  };
}

// https://docs.stripe.com/js/elements_object/update_payment_element
const inCountry = (country) => ({ billingDetails: { address: { country } } });

let stripe = null;

// Stripe itself, for the bank's window: on an order page it is needed before any card form is.
export async function loadStripe() {
  if (stripe) return stripe;
  if (!window.Stripe) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      const give = (error) => (script.remove(), failed(error));
      script.src = boot.stripe.script;
      script.onload = done;
      script.onerror = give;
      setTimeout(give, LOAD_MS);
      document.head.append(script);
    });
  }
  stripe = window.Stripe(boot.stripe.key, { locale: "en" });
  return stripe;
}

export class CardForm {
  // options: {amount, currency, country, saved()}; until the shopper is in the form, its country follows ours.
  // changed is told about every change, blocked when it cannot load.
  constructor(options, { changed, blocked, ready }) {
    this.options = options;
    this.tell = { changed, blocked, ready };
    this.isReady = false;
    $("#load").addEventListener("click", () => this.load());
    dark.addEventListener("change", () => this.elements?.update({ appearance: appearance() }));
    still.addEventListener("change", () => this.elements?.update({ appearance: appearance() }));
  }

  async load() {
    $("#hole").hidden = true;
    $("#frame").hidden = false;
    try {
      await loadStripe();
      this.mount();
    } catch {
      this.fail();
    }
  }

  mount() {
    const { amount, currency, country } = this.options;
    const extra = this.options.saved() ? { setupFutureUsage: "off_session" } : {};
    this.element?.destroy();
    this.touched = false;
    this.elements = stripe.elements({
      mode: "payment", amount, currency, captureMethod: "manual", allowedPaymentMethodTypes: ["card"], appearance: appearance(), ...extra,
    });
    this.element = this.elements.create("payment", {
      layout: { type: "tabs" },
      terms: { card: "never" },
      business: { name: boot.shop },
      defaultValues: inCountry(country),
    });
    this.element.on("focus", () => (this.touched = true));
    this.element.on("ready", () => {
      this.isReady = true;
      $("#frame").classList.add("ready");
      $("#frame [role=status]").textContent = "";
      this.tell.ready();
    });
    this.element.on("change", () => this.tell.changed());
    this.element.on("loaderror", () => this.fail());
    this.element.mount("#card");
  }

  fail() {
    this.isReady = false;
    this.element?.destroy();
    this.element = null;
    $("#frame").classList.remove("ready");
    $("#frame").hidden = true;
    const [title, why, advice] = [$("#hole h3"), ...document.querySelectorAll("#hole > p")];
    title.replaceChildren(...words("blocked_title"));
    why.replaceChildren(...words("blocked_why", { host: boot.host }));
    advice.replaceChildren(...words("blocked_do", { host: boot.host }));
    $("#load span").replaceChildren(...words("load_again"));
    $("#hole").hidden = false;
    this.tell.blocked();
  }

  update(values) {
    const { country } = this.options;
    Object.assign(this.options, values);
    this.elements?.update({ amount: values.amount, currency: values.currency });
    if (country !== values.country && !this.touched) this.element?.update({ defaultValues: inCountry(values.country) });
  }

  consent(ticked) {
    this.elements?.update({ setupFutureUsage: ticked ? "off_session" : null });
  }

  focus() {
    this.element?.focus();
  }

  // Checks the card's format; nothing leaves the browser for our server.
  async check() {
    const { error } = await this.elements.submit();
    return error || null;
  }

  // The page's own confirmation: its error, or null. The bank's window opens inside of it.
  // https://docs.stripe.com/js/payment_intents/confirm_payment
  async confirm({ client_secret: clientSecret, confirm }, link, billing) {
    const confirmParams = { return_url: location.origin + link, ...confirm };
    if (billing) confirmParams.payment_method_data = { billing_details: billing };
    const { error } = await stripe.confirmPayment({ elements: this.elements, clientSecret, confirmParams, redirect: "if_required" });
    return error || null;
  }

  async token(billing) {
    const params = billing ? { payment_method_data: { billing_details: billing } } : {};
    const { confirmationToken, error } = await stripe.createConfirmationToken({ elements: this.elements, params });
    if (error) throw error;
    return confirmationToken.id;
  }
}
