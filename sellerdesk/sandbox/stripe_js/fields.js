/* The inputs of a card form, whichever way they are laid out: what is in them, how it is grouped, what is wrong. */
(() => {
  "use strict";

  const card = window.sandboxDigits;

  /** fields: {number, expiry, cvc, postal?}, each an input. */
  window.sandboxFields = (fields) => {
    const digits = (name) => card.digitsOf(fields[name].value);
    const brand = () => card.brandOf(digits("number"));

    const problemOf = (name) => {
      if (name === "number") return card.numberProblem(digits("number"));
      if (name === "expiry") return card.expiryProblem(digits("expiry"), new Date());
      if (name === "postal") return card.postalProblem(fields.postal.value, digits("number"));
      return card.codeProblem(digits("cvc"), brand());
    };

    const grouped = (name, deleting) => {
      if (name === "number") return card.groupNumber(digits("number"));
      if (name === "expiry") return card.groupExpiry(fields.expiry.value, deleting);
      if (name === "postal") return card.groupPostal(fields.postal.value, digits("number"));
      return digits("cvc").slice(0, brand().code || 3);
    };

    /** Group what was typed and keep the caret behind the character it was behind. */
    const retype = (name, event) => {
      const field = fields[name];
      const text = grouped(name, Boolean(event.inputType) && event.inputType.startsWith("delete"));
      if (field.value === text) return;
      const caret = field.selectionStart === null ? field.value.length : field.selectionStart;
      const atEnd = caret === field.value.length;
      let left = card.digitsOf(field.value.slice(0, caret)).length;
      field.value = text;
      let place = text.length;
      if (!atEnd) for (place = 0; place < text.length && left > 0; place += 1) if (/\d/.test(text[place])) left -= 1;
      if (document.activeElement === field) field.setSelectionRange(place, place);
    };

    /** The card as the API takes it. */
    const typed = () => {
      const expiry = digits("expiry");
      return {
        number: digits("number"), exp_month: expiry.slice(0, 2), exp_year: `20${expiry.slice(2)}`, cvc: digits("cvc"),
      };
    };

    const names = Object.keys(fields);
    return { names, digits, brand, problemOf, retype, typed };
  };

  /** The input that the API's name of a parameter stands for. */
  window.sandboxFields.BLAMED = {
    number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc", address_zip: "postal",
  };

  /** A value of the page's styles that can do no harm in a style sheet. */
  window.sandboxFields.isSafe = (value) => ["string", "number"].includes(typeof value) && !/url\s*\(/i.test(String(value));
})();
