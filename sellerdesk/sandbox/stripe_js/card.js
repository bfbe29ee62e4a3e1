/* The card Element's frame: number, date, code and postal code on one line, and the requests that carry the card. */
(() => {
  "use strict";

  const { hello, serve, emit, watchHeight } = window.sandboxWire;
  const { MESSAGES } = window.sandboxDigits;
  const calls = window.sandboxCalls;
  const { BLAMED, isSafe } = window.sandboxFields;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const fields = { number: byId("number"), expiry: byId("expiry"), cvc: byId("cvc"), postal: byId("postal") };
  const { names, brand, problemOf, retype, typed } = window.sandboxFields(fields);

  const PROPERTIES = [
    "backgroundColor", "color", "fontFamily", "fontSize", "fontStyle", "fontVariant", "fontWeight", "lineHeight",
    "letterSpacing", "textDecoration", "textShadow", "textTransform",
  ];
  const PSEUDO = [":hover", ":focus", "::placeholder", "::selection", ":-webkit-autofill", ":disabled"];
  const MARKS = { amex: "Amex", mastercard: "Master", diners: "Diners", discover: "Disc", unionpay: "UPay" };
  const APPEARANCE = { colorText: "--text", colorTextPlaceholder: "--placeholder", colorDanger: "--danger", fontFamily: "--font" };
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [sheet];

  const shown = {}; // the mistake that each field shows
  let hidesPostal = false;

  const asked = () => names.filter((name) => name !== "postal" || !hidesPostal);

  const put = (selector, values) => {
    const rule = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)];
    for (const name of PROPERTIES) {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (isSafe(values[name])) rule.style.setProperty(property, String(values[name]));
    }
  };

  /** https://docs.stripe.com/js/appendix/style ; what the appearance says comes first, the style wins. */
  const dress = ({ variables = {}, theme } = {}, style = {}) => {
    root.dataset.theme = theme === "night" ? "night" : "stripe";
    for (const [name, property] of Object.entries(APPEARANCE)) {
      if (isSafe(variables[name])) root.style.setProperty(property, String(variables[name]));
      else root.style.removeProperty(property);
    }
    sheet.replaceSync("");
    const base = style.base || {};
    if (isSafe(base.fontSize) || isSafe(variables.fontSizeBase)) {
      put(".Line", { fontSize: base.fontSize || variables.fontSizeBase });
    }
    for (const variant of ["base", "empty", "complete", "invalid"]) {
      const values = style[variant] || {};
      const selector = variant === "base" ? ".Input" : `.Input.is-${variant}`;
      put(selector, { ...values, fontSize: variant === "base" ? undefined : values.fontSize });
      for (const pseudo of PSEUDO) if (values[pseudo]) put(`${selector}${pseudo}`, values[pseudo]);
    }
    const icons = { "--iconColor": base.iconColor, "--iconColorInvalid": (style.invalid || {}).iconColor };
    for (const [property, value] of Object.entries(icons)) {
      if (isSafe(value)) root.style.setProperty(property, String(value));
      else root.style.removeProperty(property);
    }
  };

  const paint = () => {
    for (const name of names) {
      const field = fields[name];
      const wrong = Boolean(shown[name]);
      field.classList.toggle("is-empty", !field.value);
      field.classList.toggle("is-invalid", wrong);
      field.classList.toggle("is-complete", Boolean(field.value) && !wrong && !problemOf(name));
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    const { name, label } = brand();
    byId("brand-mark").textContent = name === "unknown" ? "" : (MARKS[name] || label).toUpperCase();
    byId("brand").textContent = label;
    byId("icon").classList.toggle("is-invalid", Boolean(shown.number));
  };

  const errorOf = (code) => ({ type: "validation_error", code, message: MESSAGES[code] });

  const announce = () => {
    const wrong = asked().find((name) => shown[name]);
    paint();
    emit("change", {
      brand: brand().name,
      complete: asked().every((name) => !problemOf(name)),
      empty: asked().every((name) => !fields[name].value),
      error: wrong && errorOf(shown[wrong]),
      value: { postalCode: hidesPostal ? "" : fields.postal.value },
    });
  };

  /** While typing only what cannot become right is a mistake; after leaving, what is missing, too. */
  const judge = (name, left) => {
    const code = problemOf(name);
    shown[name] = code && (left || !code.startsWith("incomplete")) ? code : null;
  };

  const fold = () => {
    const active = document.activeElement;
    const folded = active !== fields.number && (Object.values(fields).includes(active) || !problemOf("number"));
    byId("line").classList.toggle("folded", folded);
    byId("line").scrollLeft = 0;
    fields.number.scrollLeft = folded ? fields.number.scrollWidth : 0;
  };

  const step = (name, by) => {
    const order = asked();
    const next = fields[order[order.indexOf(name) + by]];
    if (next) next.focus();
  };

  const edited = (name, event) => {
    retype(name, event);
    judge(name, false);
    if (name === "number" && fields.cvc.value) judge("cvc", document.activeElement !== fields.cvc);
    announce();
    const atEnd = fields[name].selectionStart === fields[name].value.length;
    const deleting = Boolean(event.inputType) && event.inputType.startsWith("delete");
    if (atEnd && !deleting && !problemOf(name) && name !== "postal") step(name, 1);
  };

  const check = () => {
    for (const name of asked()) judge(name, true);
    announce();
    const wrong = asked().find((name) => shown[name]);
    return wrong ? { error: errorOf(shown[wrong]) } : null;
  };

  const told = (answer) => {
    const error = answer.error;
    const place = error && error.type === "card_error" ? BLAMED[error.param] : null;
    if (place && fields[place]) {
      fields[place].classList.add("is-invalid");
      fields[place].setAttribute("aria-invalid", "true");
    }
    return answer;
  };

  /** The card and its holder; a postal code typed here is the one that counts. */
  const described = (given = {}) => {
    const billing = given.billing_details || {};
    const postal = hidesPostal ? {} : { postal_code: fields.postal.value };
    return {
      ...given,
      type: "card",
      billing_details: { ...billing, address: { ...(billing.address || {}), ...postal } },
      card: typed(),
    };
  };

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", (event) => edited(name, event));
    field.addEventListener("focus", fold);
    field.addEventListener("blur", () => {
      fold();
      if (!field.value) return;
      const before = shown[name];
      judge(name, true);
      if (shown[name] !== before) announce();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Backspace" || field.value) return;
      event.preventDefault();
      step(name, -1);
    });
  }
  window.addEventListener("keydown", (event) => event.key === "Escape" && emit("escape"));
  window.addEventListener("focusin", (event) => !event.relatedTarget && emit("focus"));
  window.addEventListener("focusout", (event) => !event.relatedTarget && emit("blur"));

  root.dataset.theme = hello.dark ? "night" : "stripe";
  paint();
  watchHeight(byId("line"));

  serve({
    show({ appearance, options }) {
      dress(appearance, options.style);
      hidesPostal = Boolean(options.hidePostalCode);
      fields.postal.hidden = hidesPostal;
      byId("icon").toggleAttribute("hidden", Boolean(options.hideIcon));
      for (const field of Object.values(fields)) field.disabled = Boolean(options.disabled);
      if (options.value && typeof options.value.postalCode === "string" && !fields.postal.value) {
        fields.postal.value = options.value.postalCode;
      }
      paint();
      return {};
    },
    async token({ key, data }) {
      const postal = hidesPostal ? {} : { address_zip: fields.postal.value };
      return check() || told(await calls.token({ key, card: { ...data, ...postal, ...typed() } }));
    },
    async paymentMethod({ key, params }) {
      return check() || told(await calls.paymentMethod({ key, params: described(params) }));
    },
    async confirm({ key, secret, params }) {
      const whole = { ...params, payment_method_data: described(params.payment_method_data) };
      return check() || told(await calls.confirm({ key, secret, params: whole }));
    },
    clear() {
      for (const name of names) {
        fields[name].value = "";
        shown[name] = null;
      }
      announce();
      return {};
    },
    focus() {
      const wrong = asked().find((name) => shown[name]);
      fields[wrong || "number"].focus();
      return {};
    },
    blur() {
      if (document.activeElement) document.activeElement.blur();
      return {};
    },
  });
})();
