"use strict";

// The payment Element as https://docs.stripe.com/payments/accept-a-payment shows it: the test hands in the options.
window.stripeClient = Stripe(document.body.dataset.key);
window.events = [];

window.start = (options) => {
  if (window.elements) window.elements.getElement("payment")?.destroy();
  delete document.body.dataset.ready;
  delete document.body.dataset.loaderror;
  window.elements = stripeClient.elements(options);
  const payment = elements.create("payment", { defaultValues: { billingDetails: { address: { country: "DE" } } } });
  for (const name of ["ready", "loaderror"]) {
    payment.on(name, (event) => {
      events.push({ name, ...event });
      document.body.dataset[name] = "seen";
    });
  }
  payment.mount("#card");
};

window.pay = async (options) => {
  const { error } = await elements.submit();
  if (error) return { error };
  return stripeClient.confirmPayment({ elements, ...options });
};
