"use strict";

// The card Element as https://docs.stripe.com/payments/accept-card-payments?platform=web&ui=elements shows it.
window.stripeClient = Stripe(document.body.dataset.key);
window.elements = stripeClient.elements();

const dark = matchMedia("(prefers-color-scheme: dark)");
const style = () => ({
  base: {
    color: dark.matches ? "#edf1ee" : "#32325d",
    fontFamily: "Arial, sans-serif",
    fontSize: "16px",
    lineHeight: "24px",
    iconColor: "#6b7c93",
    "::placeholder": { color: dark.matches ? "#a5b0ab" : "#55605b" },
  },
  invalid: { color: dark.matches ? "#ff9e94" : "#b3261e", iconColor: "#b3261e" },
});

window.events = [];
window.options = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
window.card = elements.create("card", { style: style(), ...options });
for (const name of ["ready", "focus", "blur", "escape", "loaderror"]) {
  card.on(name, (event) => {
    events.push({ name, ...event });
    document.body.dataset[name] = "seen";
  });
}
card.on("change", (event) => {
  events.push({ name: "change", ...event });
  document.body.dataset.complete = String(event.complete);
  document.body.dataset.brand = event.brand;
  document.body.dataset.code = event.error ? event.error.code : "none";
  document.querySelector("#card-errors").textContent = event.error ? event.error.message : "";
});
card.mount("#card");
dark.addEventListener("change", () => card.update({ style: style() }));
