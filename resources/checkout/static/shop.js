// The catalogue: "Add" becomes a stepper in the same place, the cart is priced by the server.
import { $, $$, announce, boot, cart, form, quote, showQuote, Refused } from "./kit.js";

let asked = 0;
let wait = 0;

function draw() {
  const wanted = new Map(cart.read().map((each) => [each.sku, each.quantity]));
  for (const good of $$(".good")) {
    const step = $(".step", good);
    if (!step) continue;
    const quantity = wanted.get(good.dataset.sku) || 0;
    $(".add", good).hidden = quantity > 0;
    step.hidden = quantity === 0;
    $("output", good).textContent = quantity;
    $(".plus", good).setAttribute("aria-disabled", quantity >= Number(good.dataset.most));
  }
}

async function price() {
  const items = cart.read();
  const turn = ++asked;
  if (items.length === 0) return show(null);
  try {
    const told = await quote(items, form.country() || boot.country);
    if (turn === asked) show(told);
  } catch (error) {
    if (turn !== asked || !(error instanceof Refused)) return;
    if (error.code !== "cart") return;
    // Gone from the catalogue, or a cart somebody wrote by hand: leave that line out and ask again.
    const left = items.filter((each) => each.sku !== error.error.sku && Number.isInteger(each.quantity) && each.quantity < 100);
    cart.write(left.length < items.length ? left : []);
    announce(error.message);
    draw();
    price();
  }
}

function show(told) {
  $("#cart-empty").hidden = told !== null;
  $("#cart-full").hidden = told === null;
  $("#bar").hidden = told === null;
  if (!told) return;
  showQuote(told);
  announce(`${told.count}, ${told.items}`);
}

function change(good, by) {
  const sku = good.dataset.sku;
  const now = cart.read().find((each) => each.sku === sku)?.quantity || 0;
  const next = Math.min(now + by, Number(good.dataset.most));
  if (next === now || next < 0) return;
  cart.set(sku, next);
  draw();
  if (now === 0) $(".plus", good).focus();
  if (next === 0) $(".add", good).focus();
  clearTimeout(wait);
  wait = setTimeout(price, 120);
}

for (const good of $$(".good")) {
  $(".add", good)?.addEventListener("click", () => change(good, 1));
  $(".plus", good)?.addEventListener("click", () => change(good, 1));
  $(".less", good)?.addEventListener("click", () => change(good, -1));
}

function again() {
  draw();
  price();
}

addEventListener("storage", (event) => event.key === "sd-cart" && again());
addEventListener("pageshow", (event) => event.persisted && again());
again();
