/* Inside a frame: the requests that carry a card or use one that was made before. */
(() => {
  "use strict";

  const { request } = window.sandboxWire;

  const intentPath = (secret) => `/v1/payment_intents/${encodeURIComponent(secret.split("_secret_")[0])}`;

  const named = (name, answer) => (answer.error ? answer : { [name]: answer.body });

  const retrieve = async ({ key, secret }) => named(
    "paymentIntent", await request("GET", intentPath(secret), key, { client_secret: secret }),
  );

  const confirm = async ({ key, secret, params, context }) => named(
    "paymentIntent",
    await request("POST", `${intentPath(secret)}/confirm`, key, {
      use_stripe_sdk: true, ...params, client_secret: secret, client_context: context,
    }),
  );

  const paymentMethod = async ({ key, params }) => named(
    "paymentMethod", await request("POST", "/v1/payment_methods", key, params),
  );

  const token = async ({ key, card }) => named("token", await request("POST", "/v1/tokens", key, { card }));

  const confirmationToken = async ({ key, params, context, method }) => named(
    "confirmationToken",
    await request("POST", "/v1/confirmation_tokens", key, {
      client_context: context, payment_method_data: method, return_url: params.return_url, shipping: params.shipping,
    }),
  );

  window.sandboxCalls = { retrieve, confirm, paymentMethod, token, confirmationToken };
})();
