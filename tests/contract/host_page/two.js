"use strict";

// Several forms on one page, and the page that https://docs.stripe.com/payments/accept-a-payment has at its return_url.
window.stripeClient = Stripe(document.body.dataset.key, { locale: "de", apiVersion: "2026-10-28.endive", betas: [] });
window.groups = {};

/** Mount one Element of a group of its own; resolves to the names of its first events. */
window.show = (place, kind, options, own = {}) => new Promise((resolve) => {
  const elements = stripeClient.elements(options);
  const element = elements.create(kind, own);
  const seen = [];
  for (const name of ["loaderstart", "ready", "loaderror"]) {
    element.on(name, (event) => {
      seen.push([name, event.elementType]);
      if (name !== "loaderstart") resolve(seen);
    });
  }
  groups[place] = { elements, element };
  element.mount(`#${place}`);
});

const secret = new URLSearchParams(location.search).get("payment_intent_client_secret");
if (secret) {
  stripeClient.retrievePaymentIntent(secret).then(({ paymentIntent }) => {
    const { status, last_payment_error: error } = paymentIntent;
    document.querySelector("#status").textContent = error ? `${status} ${error.code}` : status;
  });
}
