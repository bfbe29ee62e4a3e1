"use strict";

const t = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const appearance = () => ({
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe",
  variables: {
    fontFamily: t("font"), fontSizeBase: "16px", fontSizeSm: "14px", fontLineHeight: "1.5", gridRowSpacing: "20px",
    gridColumnSpacing: "12px", borderRadius: "10px", colorPrimary: t("accent"), colorBackground: t("surface"),
    colorText: t("text"), colorTextPlaceholder: t("muted"), colorDanger: t("danger"), labelFontSize: "14px",
    labelFontWeight: "500", labelSpacing: "6px", labelColorText: t("text"), inputColorBorder: t("edge"),
    inputBoxShadow: "none", inputFocusColorBorder: t("accent"),
    inputFocusBoxShadow: `0 0 0 1px ${t("accent")}, 0 0 0 4px ${t("accent-soft")}`,
    focusOutline: "2px solid transparent", iconColor: t("muted"), iconCardErrorColor: t("danger"),
  },
  rules: {
    ".Input": { padding: "11px 14px", lineHeight: "24px" },
    ".Input--invalid": { border: `1px solid ${t("danger")}`, boxShadow: `0 0 0 1px ${t("danger")}`, color: t("text") },
    ".Error": { fontSize: "13px", lineHeight: "18px", fontWeight: "500", marginTop: "4px" },
  },
});

window.events = [];
window.stripeClient = Stripe(document.body.dataset.key);
window.elements = stripeClient.elements({
  mode: "payment", amount: 7000, currency: "eur", captureMethod: "manual", allowedPaymentMethodTypes: ["card"],
  appearance: appearance(), locale: "en",
});
window.card = elements.create("payment", { defaultValues: { billingDetails: { address: { country: "DE" } } } });
for (const name of ["ready", "change", "focus", "blur", "loaderror"]) {
  card.on(name, (event) => {
    events.push({ name, ...event });
    document.body.dataset[name] = name === "change" ? String(event.complete) : "seen";
  });
}
card.mount("#card");
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => elements.update({ appearance: appearance() }));

window.makeToken = async (params = {}) => {
  const submitted = await elements.submit();
  if (submitted.error) return submitted;
  return stripeClient.createConfirmationToken({ elements, params });
};
