/* The payment Element's frame: four fields, their mistakes, and the requests that carry the card. */
(() => {
  "use strict";

  const { hello, serve, emit, watchHeight } = window.sandboxWire;
  const { MESSAGES } = window.sandboxDigits;
  const calls = window.sandboxCalls;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const fields = { number: byId("number"), expiry: byId("expiry"), cvc: byId("cvc") };
  const country = byId("country");
  const { names, brand, problemOf, retype, typed } = window.sandboxFields(fields);
  const { BLAMED, isSafe } = window.sandboxFields;

  const COUNTRIES = ("AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH "
    + "CI CK CL CM CN CO CR CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FO FR GA GB GD GE GF GG GH GI GL GM GN "
    + "GP GQ GR GT GU GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI "
    + "LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU "
    + "NZ OM PA PE PF PG PH PK PL PM PR PS PT PY QA RE RO RS RW SA SB SC SE SG SI SK SL SM SN SO SR SS ST SV SZ TC TD "
    + "TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WS YE YT ZA ZM ZW").split(" ");

  const VARIABLES = [
    "fontFamily", "fontSizeBase", "fontSizeSm", "fontLineHeight", "fontWeightNormal", "fontWeightMedium",
    "gridRowSpacing", "gridColumnSpacing", "borderRadius", "colorPrimary", "colorBackground", "colorText",
    "colorTextPlaceholder", "colorDanger", "labelFontSize", "labelFontWeight", "labelSpacing", "labelColorText",
    "inputColorBorder", "inputBoxShadow", "inputFocusColorBorder", "inputFocusBoxShadow", "focusOutline", "iconColor",
    "iconCardErrorColor",
  ];
  const SELECTORS = [
    ".Input", ".Input:focus", ".Input:hover", ".Input::placeholder", ".Input--invalid", ".Label", ".Error",
  ];
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [sheet];

  let countryChosen = false;

  /** The names of https://docs.stripe.com/elements/appearance-api that the checkout page sets. */
  const dress = (appearance = {}) => {
    root.dataset.theme = appearance.theme === "night" ? "night" : "stripe";
    root.classList.toggle("still", Boolean(appearance.disableAnimations));
    const variables = appearance.variables || {};
    for (const name of VARIABLES) {
      if (isSafe(variables[name])) root.style.setProperty(`--${name}`, String(variables[name]));
      else root.style.removeProperty(`--${name}`);
    }
    sheet.replaceSync("");
    for (const [selector, rule] of Object.entries(appearance.rules || {})) {
      if (!SELECTORS.includes(selector)) continue;
      const held = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)];
      for (const [name, value] of Object.entries(rule)) {
        const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        if (isSafe(value)) held.style.setProperty(property, String(value));
      }
    }
  };

  const listCountries = (locale) => {
    const language = locale && locale !== "auto" ? locale : navigator.language;
    let names;
    try {
      names = new Intl.DisplayNames([language, "en"], { type: "region" });
    } catch {
      names = new Intl.DisplayNames(["en"], { type: "region" });
    }
    const options = COUNTRIES.map((code) => {
      const option = document.createElement("option");
      option.value = code;
      option.textContent = names.of(code);
      return option;
    });
    options.sort((one, other) => one.textContent.localeCompare(other.textContent, language));
    const held = country.value;
    country.replaceChildren(...options);
    country.value = held || (COUNTRIES.includes(navigator.language.slice(-2)) ? navigator.language.slice(-2) : "DE");
  };

  const wantedCountry = (options) => {
    const wanted = options && options.defaultValues && options.defaultValues.billingDetails
      && options.defaultValues.billingDetails.address && options.defaultValues.billingDetails.address.country;
    return COUNTRIES.includes(wanted) ? wanted : null;
  };

  const showError = (name, message) => {
    const field = fields[name];
    const place = byId(`${name}-error`);
    field.classList.toggle("Input--invalid", Boolean(message));
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    place.hidden = !message;
    if (place.textContent !== (message || "")) place.textContent = message || "";
  };

  const judge = (name) => {
    const code = problemOf(name);
    showError(name, code && MESSAGES[code]);
    return code;
  };

  const showBrand = () => {
    const { name, label, code } = brand();
    const known = name !== "unknown";
    for (const mark of document.querySelectorAll(".Mark")) {
      const atRest = ["visa", "mastercard", "amex"].includes(mark.dataset.brand);
      mark.toggleAttribute("hidden", known ? mark.dataset.brand !== name : !atRest);
    }
    fields.number.classList.toggle("one", known);
    byId("brand").textContent = label;
    fields.cvc.placeholder = code === 4 ? "4 digits" : "CVC";
  };

  const announce = () => {
    const empty = Object.values(fields).every((field) => !field.value);
    const complete = names.every((name) => !problemOf(name)) && Boolean(country.value);
    emit("change", { empty, complete, value: { type: "card" } });
  };

  const edited = (name, event) => {
    retype(name, event);
    if (name === "number") showBrand();
    const code = problemOf(name);
    const shown = byId(`${name}-error`).textContent;
    if (!code || !code.startsWith("incomplete")) judge(name);
    else if (shown && shown !== MESSAGES[code]) showError(name, null);
    announce();
  };

  const check = () => {
    const codes = names.map((name) => judge(name)).filter(Boolean);
    if (!codes.length) return null;
    return { error: { type: "validation_error", code: codes[0], message: MESSAGES[codes[0]] } };
  };

  /** The card and what the page knows about its holder; the form's own country unless the page has one. */
  const described = (given = {}) => {
    const billing = given.billing_details || {};
    return {
      type: "card",
      allow_redisplay: given.allow_redisplay,
      metadata: given.metadata,
      billing_details: { ...billing, address: { country: country.value, ...(billing.address || {}) } },
      card: typed(),
    };
  };

  /** Show at its field what the bank or the sandbox found wrong with the card. */
  const told = (answer) => {
    const error = answer.error;
    const place = error && error.type === "card_error" && BLAMED[error.param];
    if (fields[place]) showError(place, error.message);
    return answer;
  };

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", (event) => edited(name, event));
    field.addEventListener("blur", () => field.value && judge(name));
  }
  country.addEventListener("change", () => {
    countryChosen = true;
    announce();
  });
  window.addEventListener("keydown", (event) => event.key === "Escape" && emit("escape"));
  window.addEventListener("focusin", (event) => !event.relatedTarget && emit("focus"));
  window.addEventListener("focusout", (event) => !event.relatedTarget && emit("blur"));

  root.dataset.theme = hello.dark ? "night" : "stripe";
  listCountries();
  showBrand();
  watchHeight(byId("form"));

  serve({
    show({ appearance, locale, options }) {
      dress(appearance);
      listCountries(locale);
      const wanted = wantedCountry(options);
      if (wanted && !countryChosen) country.value = wanted;
      return {};
    },
    submit: () => check() || {},
    async confirmationToken({ key, params, context }) {
      return told(await calls.confirmationToken({ key, params, context, method: described(params.payment_method_data) }));
    },
    async paymentMethod({ key, params }) {
      return check() || told(await calls.paymentMethod({ key, params: described(params) }));
    },
    async confirm({ key, secret, params, context }) {
      const whole = { ...params, payment_method_data: described(params.payment_method_data) };
      return check() || told(await calls.confirm({ key, secret, params: whole, context }));
    },
    clear() {
      for (const name of names) {
        fields[name].value = "";
        showError(name, null);
      }
      showBrand();
      announce();
      return {};
    },
    focus() {
      (Object.values(fields).find((field) => field.getAttribute("aria-invalid")) || fields.number).focus();
      return {};
    },
    blur() {
      if (document.activeElement) document.activeElement.blur();
      return {};
    },
  });
})();
