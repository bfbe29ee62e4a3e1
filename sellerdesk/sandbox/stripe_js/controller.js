/* A hidden frame that asks the sandbox on the page's behalf, so that the page needs no cross-origin requests. */
(() => {
  "use strict";

  const { retrieve, confirm, paymentMethod } = window.sandboxCalls;

  window.sandboxWire.serve({ retrieve, confirm, paymentMethod });
})();
