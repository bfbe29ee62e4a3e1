/* Card numbers, dates, codes and postal codes: grouping, brands, and the mistakes that can be told without asking anyone. */
(() => {
  "use strict";

  const BRANDS = [
    { name: "visa", label: "Visa", start: /^4/, lengths: [16] },
    { name: "mastercard", label: "Mastercard", start: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
    { name: "amex", label: "American Express", start: /^3[47]/, lengths: [15], groups: [4, 6, 5], code: 4 },
    { name: "discover", label: "Discover", start: /^(6011|64[4-9]|65)/, lengths: [16] },
    { name: "diners", label: "Diners Club", start: /^3(0[0-5]|[689])/, lengths: [14, 16], groups: [4, 6, 6] },
    { name: "jcb", label: "JCB", start: /^35/, lengths: [16] },
    { name: "unionpay", label: "UnionPay", start: /^62/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 7] },
  ];
  const OTHER = { name: "unknown", label: "", lengths: [16] };

  const MESSAGES = {
    incomplete_number: "Your card number is incomplete.",
    invalid_number: "Your card number is invalid.",
    incomplete_expiry: "Your card's expiration date is incomplete.",
    invalid_expiry_month: "Your card's expiration date is invalid.",
    invalid_expiry_month_past: "Your card's expiration date is in the past.",
    invalid_expiry_year: "Your card's expiration year is invalid.",
    invalid_expiry_year_past: "Your card's expiration year is in the past.",
    incomplete_cvc: "Your card's security code is incomplete.",
    incomplete_zip: "Your postal code is incomplete.",
  };

  const digitsOf = (text) => text.replace(/\D/g, "");

  const brandOf = (number) => BRANDS.find((brand) => brand.start.test(number)) || OTHER;

  const luhn = (number) => {
    let sum = 0;
    [...number].reverse().forEach((digit, place) => {
      const value = Number(digit) * (place % 2 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    });
    return sum % 10 === 0;
  };

  const groupNumber = (digits) => {
    const brand = brandOf(digits);
    const limited = digits.slice(0, Math.max(...brand.lengths));
    const parts = [];
    let from = 0;
    for (const size of brand.groups || [4, 4, 4, 4]) {
      if (from < limited.length) parts.push(limited.slice(from, from + size));
      from += size;
    }
    return parts.join(" ");
  };

  const groupExpiry = (text, deleting) => {
    let digits = digitsOf(text);
    if (/^[2-9]/.test(digits) || /^1\s*\//.test(text)) digits = `0${digits}`;
    if (/^\d\d20\d\d$/.test(digits)) digits = digits.slice(0, 2) + digits.slice(4);
    digits = digits.slice(0, /^\d\d20/.test(digits) && digits.length > 4 ? 6 : 4);
    if (digits.length < 2 || (digits.length === 2 && deleting)) return digits;
    return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  };

  const numberProblem = (digits) => {
    if (!brandOf(digits).lengths.includes(digits.length)) return "incomplete_number";
    return luhn(digits) ? null : "invalid_number";
  };

  const expiryProblem = (digits, now) => {
    if (digits.length !== 4) return "incomplete_expiry";
    const month = Number(digits.slice(0, 2));
    const year = 2000 + Number(digits.slice(2));
    if (month < 1 || month > 12) return "invalid_expiry_month";
    if (year < now.getFullYear()) return "invalid_expiry_year_past";
    if (year === now.getFullYear() && month < now.getMonth() + 1) return "invalid_expiry_month_past";
    return year > now.getFullYear() + 50 ? "invalid_expiry_year" : null;
  };

  const codeProblem = (digits, brand) => (digits.length === (brand.code || 3) ? null : "incomplete_cvc");

  /* Test numbers carry the country of the card after 400000 as its number in ISO 3166; the others are American. */
  const isAmerican = (number) => !/^400000(?!000|840)\d{3}/.test(number);

  const groupPostal = (text, number) => (isAmerican(number) ? digitsOf(text).slice(0, 5) : text.toUpperCase().slice(0, 10));

  const postalProblem = (text, number) => {
    const enough = isAmerican(number) ? /^\d{5}$/ : /^[\dA-Z][\dA-Z -]+[\dA-Z]$/;
    return enough.test(text.trim()) ? null : "incomplete_zip";
  };

  window.sandboxDigits = {
    MESSAGES, brandOf, digitsOf, groupNumber, groupExpiry, groupPostal, numberProblem, expiryProblem, codeProblem,
    postalProblem,
  };
})();
