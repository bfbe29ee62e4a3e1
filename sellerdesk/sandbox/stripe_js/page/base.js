/*
 * The sandbox's stripe.js, joined by the server from the files of this folder inside one function. Same names and
 * shapes as https://docs.stripe.com/js ; card data stays inside frames of the sandbox's own origin.
 * This part: where the script came from, and the errors that misuse and a lost connection make.
 */
const BASE = new URL(document.currentScript.src).origin;
const FINISHED = ["succeeded", "canceled", "processing", "requires_capture"];

const integrationError = (message) => {
  const error = new Error(message);
  error.name = "IntegrationError";
  return error;
};

const unreachable = () => ({
  error: { type: "api_connection_error", message: "The connection to the payment service failed." },
});

const unexpectedState = (intent, message) => ({
  error: { type: "invalid_request_error", code: "payment_intent_unexpected_state", payment_intent: intent, message },
});

const randomText = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** What can go through a channel: values only. */
const plain = (value) => JSON.parse(JSON.stringify(value));

const checkSecret = (secret, caller) => {
  if (typeof secret !== "string" || !/^pi_\w+_secret_\w+$/.test(secret)) {
    throw integrationError(`${caller} needs the client secret of a PaymentIntent (pi_..._secret_...).`);
  }
};

const isDark = (appearance) => Boolean(appearance) && appearance.theme === "night";
