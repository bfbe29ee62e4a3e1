/* A hidden frame that asks the sandbox on the page's behalf, so that the page needs no cross-origin requests. */
(() => {
  "use strict";

  const { serve, request } = window.sandboxWire;

  serve({
    async retrieve({ key, clientSecret }) {
      const id = clientSecret.split("_secret_")[0];
      const answer = await request("GET", `/v1/payment_intents/${encodeURIComponent(id)}`, key, { client_secret: clientSecret });
      return answer.error ? answer : { paymentIntent: answer.body };
    },
  });
})();
