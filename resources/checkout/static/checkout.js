// The form: our own fields, the card, one button. Two calls place an order: the order itself, then its payment.
import { $, boot, cart, form, icon, Lost, make, plain, post, quote, showQuote, sure, words } from "./kit.js";
import { CardForm } from "./card.js";
import { confirmHere, PATIENCE } from "./page.js";
import { restWords, Till } from "./till.js";

const NAMES = ["email", "country", "name", "line1", "line2", "postal_code", "city", "state", "phone"];
const field = (name) => document.getElementById(name);
const isShown = (name) => !$(`[data-field=${name}]`).hidden;
const RETRY_SECONDS = 12;
const AGAIN_MS = 3000;
const SAFE = ["held", "packed", "part", "shipped", "refunded"];

let rules = boot.address;
let shown = null; // the quote on the screen
let stale = true; // whether another one is wanted: its cart or country changed
let trouble = false; // whether the shopper was told that quotes do not come
let card = null;
let isBlocked = false;
let turn = 0;
let again = 0;
let later = ""; // why a quote is wanted after the try

// --- our own fields

function problem(name) {
  const value = field(name).value.trim();
  if (!isShown(name) || name === "country") return "";
  if (!value) {
    const needed = { email: true, name: true, line1: true, city: rules.city_required, postal_code: rules.postal_required, state: true };
    return needed[name] ? plain(`required_${name}`) : "";
  }
  if (name === "email") {
    if (!/^[^\s@]+@[^\s@]+$/.test(value)) return plain("email_shape");
    if (!/\.[^\s@.]{2,}$/.test(value)) return plain("email_ending");
  }
  if (name === "postal_code" && rules.postal_pattern && !new RegExp(rules.postal_pattern, "i").test(value)) return rules.postal_hint;
  return "";
}

function mark(name, text) {
  const input = field(name);
  const line = $(`#${name}-m`);
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  line.hint ??= line.textContent;
  line.classList.toggle("bad", Boolean(text));
  line.replaceChildren(...(text ? [icon("circle-alert"), text] : [line.hint]));
}

function adapt(next) {
  rules = next;
  $("[data-field=postal_code]").hidden = !rules.postal_used;
  $("[data-field=postal_code] label span").textContent = rules.postal_label;
  field("postal_code").inputMode = rules.postal_numeric ? "numeric" : "text";
  field("city").required = rules.city_required;
  $("[data-field=state]").hidden = !rules.state_used;
  $("[data-field=state] label span").textContent = rules.state_label;
  states(rules.states);
  for (const name of ["postal_code", "city", "state"]) mark(name, "");
}

function states(choices) {
  const old = field("state");
  const wanted = choices.length ? "SELECT" : "INPUT";
  const input = old.tagName === wanted ? old : document.createElement(wanted);
  if (wanted === "SELECT") input.replaceChildren(new Option("", ""), ...choices.map(([code, name]) => new Option(name, code)));
  if (input === old) return;
  for (const { name, value } of old.attributes) if (name !== "type") input.setAttribute(name, value);
  old.replaceWith(input);
  watch("state");
}

function watch(name) {
  const input = field(name);
  input.addEventListener("input", () => {
    if (input.getAttribute("aria-invalid") && !problem(name)) mark(name, "");
    form.write(typed());
    till.changed();
  });
  input.addEventListener("blur", () => input.value.trim() && mark(name, problem(name)));
}

const typed = () => Object.fromEntries(NAMES.map((name) => [name, isShown(name) ? field(name).value : ""]));

function countries() {
  const names = new Intl.DisplayNames("en", { type: "region" });
  const options = boot.countries.map((code) => new Option(names.of(code), code));
  field("country").append(...options.sort((one, other) => one.text.localeCompare(other.text)));
}

function restore() {
  for (const [name, value] of Object.entries(form.read())) if (NAMES.includes(name) && value) field(name).value = value;
  if (field("line2").value) openLine2();
}

function openLine2() {
  $("#more").hidden = true;
  $("[data-field=line2]").hidden = false;
}

// --- prices: every sum on the page comes from one quote, and one that is out of date cannot be pressed

async function price(why = "") {
  const mine = ++turn;
  clearTimeout(again);
  stale = true;
  till.wait();
  later = why;
  if (till.busy) return; // asked again when the try is over
  const items = cart.read();
  const country = field("country").value;
  if (items.length === 0) return location.replace((why ? cart.lastOrder() : boot.last?.state !== "closed" && boot.last?.link) || "/");
  try {
    const told = await quote(items, country);
    if (mine !== turn || till.busy) return;
    const before = shown;
    stale = false;
    show({ ...told, cart: items });
    if (why && before && before.total !== told.total) till.tell("warn", "triangle-alert", words(why, { amount: told.total }));
  } catch (error) {
    if (mine !== turn || till.busy) return;
    if (error.code === "cart") return gone(error);
    if (error.code === "fields") return mark("country", error.error.fields.country);
    till.status("warn", "hourglass", sure("busy"));
    trouble = true;
    again = setTimeout(price, AGAIN_MS, why);
  }
}

function show(told) {
  const country = rules.country;
  shown = told;
  showQuote(told);
  $("#sum-count").textContent = plain("your_order", { items: told.count });
  $("#step-hold").replaceChildren(...words("step_hold", { amount: told.total }));
  if (told.address.country !== country) {
    const state = form.read().state || "";
    adapt(told.address);
    if (rules.states.some(([code]) => code === state)) field("state").value = state;
  }
  if (card) card.update({ amount: told.amount, currency: told.currency, country: told.address.country });
  else openCard(told);
  if (trouble || !till.told) till.rest();
  else till.wait();
  trouble = false;
}

// Something in the cart cannot be had: it leaves the cart, and the shopper checks the new total.
async function gone(error) {
  const left = cart.read().filter((each) => each.sku !== error.error.sku);
  till.halt();
  if (left.length === cart.read().length) return till.wait(), till.tell("bad", "circle-alert", [error.message]);
  cart.write(left);
  if (left.length === 0) return location.replace("/");
  await price();
  if (!stale) till.tell("warn", "triangle-alert", words("sold_out", { what: error.message, amount: shown.total }));
}

// --- the card

function openCard(told) {
  card = new CardForm(
    { amount: told.amount, currency: told.currency, country: field("country").value, saved: () => $("#save").checked },
    { changed: () => till.changed(), blocked: () => ((isBlocked = true), till.rest()), ready },
  );
  const load = () => card.load();
  if (document.readyState === "complete") requestAnimationFrame(load);
  else addEventListener("load", load);
}

// The frame may come after a notice about an order begun before, and must not take it away.
function ready() {
  const late = isBlocked;
  isBlocked = false;
  late ? till.rest() : till.wait();
}

// --- placing

const till = new Till({
  label: () => (shown ? words("place_order", { amount: shown.total }) : words("place")),
  rest: () => (shown ? restWords(shown.total) : []),
  ready: () => Boolean(!stale && card?.isReady),
  blocked: () => isBlocked,
  free: () => stale && price(later),
});

function fixList(names, cardFails) {
  const acts = [...names, ...(cardFails ? ["card"] : [])];
  const count = acts.length;
  const content = words(count <= 3 ? `fix_${count}` : "fix_n", { n: count });
  acts.forEach((name, at) => {
    const go = (event) => (event.preventDefault(), name === "card" ? card.focus() : field(name).focus());
    const href = name === "card" ? "#frame" : `#${name}`;
    content.push(at ? ", " : " ", make("a", { href, textContent: plain(`label_${name}`), onclick: go }));
  });
  content.push(".");
  till.refuse(content, { focus: false });
  if (names.length) field(names[0]).focus();
  else card.focus();
}

async function submit(event) {
  event.preventDefault();
  if (till.busy || till.button.getAttribute("aria-disabled") === "true") return;
  till.busy = true;
  const sold = shown;
  const body = { cart: sold.cart, shopper: typed(), save_card: $("#save").checked };
  const wrong = NAMES.filter((name) => (mark(name, problem(name)), problem(name)));
  const cardError = await card.check();
  if (wrong.length || cardError) return fixList(wrong, Boolean(cardError));
  till.start();
  const billing = { name: body.shopper.name.trim(), email: body.shopper.email.trim() };
  const tokenize = () => card.token(billing).catch((error) => error);
  const asking = boot.by_page ? null : tokenize();
  const order = await place(body);
  let token = await asking;
  if (!order) return;
  if (SAFE.includes(order.state)) return till.arrive(order.link);
  if (order.state === "checking") return till.findOut(order, "checking", false);
  if (order.client_secret && order.amount === sold.amount && order.currency === sold.currency) return confirmHere(till, order, order, card, billing);
  token ||= await tokenize();
  if (typeof token !== "string") return token?.type === "validation_error" ? fixList([], true) : till.refuse(words("lost_early"));
  if (order.amount !== sold.amount || order.currency !== sold.currency) return totalChanged();
  return till.confirm(order, token);
}

async function totalChanged() {
  till.halt();
  await price();
  if (!stale) till.tell("warn", "triangle-alert", words("changed", { amount: shown.total }));
}

// The order of this cart, or null after the shopper was told why not. Nothing can be held yet, unless another try is
// still open: then only its answer counts.
async function place(body, fresh = false) {
  try {
    return await post("/api/orders", body);
  } catch (error) {
    const open = cart.asked();
    if (open && !(error.status < 500)) return till.findOut(open, "lost"), null;
    if (error instanceof Lost) return await till.sense(), told(words(till.away ? "offline" : "lost_early"));
    if ((error.code === "closed" || error.code === "no_checkout") && !fresh) return newCheckout(body);
    if (error.code === "fields") return refusedFields(error.error.fields);
    if (error.code === "cart") return await gone(error), null;
    if (error.code === "earlier") return till.refuse([error.message], { acts: [till.link("open_order", error.error.link)] }), null;
    if (error.code === "busy") return (await till.countdown(RETRY_SECONDS)) ? place(body, fresh) : (till.stop(), till.rest(), null);
    if (error.status >= 500 && error.code !== "unavailable") return told(words("server_fault"));
    return told([error.message]);
  }
}

async function newCheckout(body) {
  try {
    await post("/api/checkout/new", {});
  } catch {
    return told(sure("lost_early"));
  }
  return place(body, true);
}

function refusedFields(problems) {
  const names = NAMES.filter((name) => problems[name]);
  for (const name of names) mark(name, problems[name]);
  fixList(names, false);
  return null;
}

function told(content) {
  till.refuse(content);
  return null;
}

// --- start

NAMES.forEach(watch);
countries();
restore();
adapt(rules);
field("country").addEventListener("change", () => price());
$("#more button").addEventListener("click", () => (openLine2(), field("line2").focus()));
$("#save").addEventListener("change", (event) => (card?.consent(event.target.checked), till.changed()));
$("#form").addEventListener("submit", submit);
addEventListener("storage", (event) => event.key === "sd-cart" && price("cart_changed"));
addEventListener("pageshow", (event) => event.persisted && location.reload());

const wide = matchMedia("(min-width: 960px)");
const unfold = () => ($("#sum").open = wide.matches);
wide.addEventListener("change", unfold);
unfold();

if (SAFE.includes(boot.last?.state)) cart.done(boot.last.link);
await price();
if (boot.last?.state === "checking") till.findOut(boot.last, "checking", false);
else if (boot.last?.state === "approve") till.resume(boot.last, false);
else if (boot.last && cart.asked()?.link === boot.last.link) boot.last.by_page ? till.findOut(boot.last, "checking", false, PATIENCE) : till.resume(boot.last, false);
