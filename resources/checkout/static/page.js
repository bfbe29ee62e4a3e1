// The road on which this page confirms with Stripe by itself. What Stripe's script answers is a hint: our server's
// reading of Stripe counts.
import { cart } from "./kit.js";

const REFUSALS = ["card_error", "invalid_request_error", "validation_error"];

// For so many looks an order that waits for a card is no answer yet: a confirmation may still be on its way.
export const PATIENCE = 10;

// told: {client_secret, confirm} as our server gave it for this press. The bank's window is Stripe's own and opens
// inside of this; ours would lie over it.
export async function confirmHere(till, order, told, card, billing) {
  cart.payingFor(order);
  till.pause();
  till.checking();
  let lost = false;
  try {
    const error = await card.confirm(told, order.link, billing);
    lost = Boolean(error) && !REFUSALS.includes(error.type);
  } catch {
    lost = true;
  }
  if (lost) return till.findOut(order, "lost", false, PATIENCE);
  let answer;
  try {
    answer = await till.look(order);
  } catch {
    return till.findOut(order, "lost", false, PATIENCE);
  }
  return answer.state === "action" ? till.left(order) : till.follow(order, answer);
}
