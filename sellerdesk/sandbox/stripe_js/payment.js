/* The card frame: four fields, their mistakes, and the one request that turns a card into a token. */
(() => {
  "use strict";

  const { hello, serve, emit, request, watchHeight } = window.sandboxWire;
  const card = window.sandboxCard;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const fields = { number: byId("number"), expiry: byId("expiry"), cvc: byId("cvc") };
  const country = byId("country");

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

  const safe = (value) => ["string", "number"].includes(typeof value) && !/url\s*\(/i.test(String(value));

  /** The names of https://docs.stripe.com/elements/appearance-api that the checkout page sets. */
  const dress = (appearance = {}) => {
    root.dataset.theme = appearance.theme === "night" ? "night" : "stripe";
    root.classList.toggle("still", Boolean(appearance.disableAnimations));
    const variables = appearance.variables || {};
    for (const name of VARIABLES) {
      if (safe(variables[name])) root.style.setProperty(`--${name}`, String(variables[name]));
      else root.style.removeProperty(`--${name}`);
    }
    sheet.replaceSync("");
    for (const [selector, rule] of Object.entries(appearance.rules || {})) {
      if (!SELECTORS.includes(selector)) continue;
      const held = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)];
      for (const [name, value] of Object.entries(rule)) {
        const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        if (safe(value)) held.style.setProperty(property, String(value));
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

  const digits = (name) => card.digitsOf(fields[name].value);

  const problemOf = (name) => {
    if (name === "number") return card.numberProblem(digits("number"));
    if (name === "expiry") return card.expiryProblem(digits("expiry"), new Date());
    return card.codeProblem(digits("cvc"), card.brandOf(digits("number")));
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
    showError(name, code && card.MESSAGES[code]);
    return code;
  };

  const showBrand = () => {
    const brand = card.brandOf(digits("number"));
    const known = brand.name !== "unknown";
    for (const mark of document.querySelectorAll(".Mark")) {
      const atRest = ["visa", "mastercard", "amex"].includes(mark.dataset.brand);
      mark.toggleAttribute("hidden", known ? mark.dataset.brand !== brand.name : !atRest);
    }
    fields.number.classList.toggle("one", known);
    byId("brand").textContent = brand.label;
    fields.cvc.placeholder = brand.code === 4 ? "4 digits" : "CVC";
  };

  const announce = () => {
    const empty = Object.values(fields).every((field) => !field.value);
    const complete = Object.keys(fields).every((name) => !problemOf(name)) && Boolean(country.value);
    emit("change", { empty, complete, value: { type: "card" } });
  };

  /** Write a grouped text and keep the caret behind the digit it was behind. */
  const regroup = (field, text) => {
    if (field.value === text) return;
    const caret = field.selectionStart === null ? field.value.length : field.selectionStart;
    const atEnd = caret === field.value.length;
    let left = card.digitsOf(field.value.slice(0, caret)).length;
    field.value = text;
    let place = text.length;
    if (!atEnd) for (place = 0; place < text.length && left > 0; place += 1) if (/\d/.test(text[place])) left -= 1;
    if (document.activeElement === field) field.setSelectionRange(place, place);
  };

  const typed = (name, event) => {
    const deleting = Boolean(event.inputType) && event.inputType.startsWith("delete");
    if (name === "number") regroup(fields.number, card.groupNumber(digits("number")));
    if (name === "expiry") regroup(fields.expiry, card.groupExpiry(fields.expiry.value, deleting));
    if (name === "cvc") regroup(fields.cvc, digits("cvc").slice(0, card.brandOf(digits("number")).code || 3));
    if (name === "number") showBrand();
    const code = problemOf(name);
    if (!code || !code.startsWith("incomplete")) judge(name);
    else if (byId(`${name}-error`).textContent && byId(`${name}-error`).textContent !== card.MESSAGES[code]) showError(name, null);
    announce();
  };

  const FIELD_OF = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" };

  const makeToken = async ({ key, params, context }) => {
    const given = params.payment_method_data || {};
    const billing = given.billing_details || {};
    const expiry = digits("expiry");
    const answer = await request("POST", "/v1/confirmation_tokens", key, {
      client_context: context,
      payment_method_data: {
        type: "card",
        allow_redisplay: given.allow_redisplay,
        metadata: given.metadata,
        billing_details: { ...billing, address: { country: country.value, ...(billing.address || {}) } },
        card: {
          number: digits("number"), exp_month: expiry.slice(0, 2), exp_year: `20${expiry.slice(2)}`, cvc: digits("cvc"),
        },
      },
      return_url: params.return_url,
      shipping: params.shipping,
    });
    if (!answer.error) return { confirmationToken: answer.body };
    const place = answer.error.type === "card_error" && FIELD_OF[answer.error.param];
    if (place) showError(place, answer.error.message);
    return answer;
  };

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", (event) => typed(name, event));
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
    submit() {
      const codes = Object.keys(fields).map((name) => judge(name)).filter(Boolean);
      if (!codes.length) return {};
      return { error: { type: "validation_error", code: codes[0], message: card.MESSAGES[codes[0]] } };
    },
    confirmationToken: makeToken,
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
