// The order page: keeps itself current in place, copies the link, and pays when the order still waits for a card.
import { $, $$, announce, boot, cart, plain, post, Refused, words } from "./kit.js";
import { CardForm } from "./card.js";
import { confirmHere } from "./page.js";
import { api, restWords, Till } from "./till.js";

const REFRESH_MS = 10000;
const SAFE = ["held", "packed", "part", "shipped", "refunded"];
const WAITS = ["open", "declined", "action"];

// A return from the bank carries the client secret in the address: out of the history at once.
const returned = Boolean(location.search);
if (returned) history.replaceState(null, "", location.pathname);

let till = null;
let card = null;
let blocked = false;
let state = boot.state;

function settle(now) {
  state = now;
  if (boot.mine && SAFE.includes(state)) cart.done(boot.link);
}

function openPay() {
  const pay = $("#pay");
  pay.hidden = false;
  if (card) return;
  card = new CardForm(
    { ...boot.pay, saved: () => boot.pay.saved },
    { changed: () => till.changed(), blocked: () => ((blocked = true), till.rest()), ready: () => ((blocked = false), till.rest()) },
  );
  card.load();
}

// What our server knows of the order now, with what this page needs to confirm it; null after the shopper was told why
// not. The bank is not asked by this.
async function start() {
  try {
    return await post(`${api(boot)}/start`, {});
  } catch (error) {
    if (error instanceof Refused && error.status < 500) till.refusedPay(boot, error);
    else till.resume(boot, false);
    return null;
  }
}

async function hold(event) {
  event.preventDefault();
  if (till.busy || till.button.getAttribute("aria-disabled") === "true") return;
  till.busy = true;
  if (await card.check()) {
    till.stop();
    return card.focus();
  }
  till.start();
  if (boot.pay.by_page) {
    const told = await start();
    if (!told) return;
    if (told.state === "ready") return confirmHere(till, boot, told, card, null);
    if (!WAITS.includes(told.state)) return till.follow(boot, told);
  }
  let token;
  try {
    token = await card.token(null);
  } catch {
    return till.resume(boot, false); // another tab may have paid
  }
  return till.confirm(boot, token);
}

function paying() {
  if (!$("#pay")) return;
  const amount = boot.pay.total;
  till = new Till({
    label: () => words("hold_button", { amount }),
    rest: () => restWords(amount),
    ready: () => Boolean(card?.isReady),
    blocked: () => blocked,
  });
  $("#pay").addEventListener("submit", hold);
  $("#approve")?.addEventListener("click", () => !till.busy && ($("#pay").hidden = false, openPay(), till.resume(boot)));
  $("#another")?.addEventListener("click", () => (openPay(), $("#pay h2").scrollIntoView(), card.focus()));
  if (boot.state !== "approve" || !boot.mine) openPay();
}

// Times come in UTC; the shopper reads them in their own zone, with the hours as their browser writes them.
function localTimes(root = document) {
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
  for (const node of $$("time", root)) {
    const at = new Date(node.dateTime);
    const part = Object.fromEntries(day.formatToParts(at).map((each) => [each.type, each.value]));
    const date = `${part.weekday} ${part.day} ${part.month}`;
    const between = { moment: `${date}, `, sentence: `${date} at `, clock: "" };
    node.textContent = between[node.dataset.form] + clock.format(at);
  }
}

// --- staying current

async function refresh() {
  if (document.hidden || till?.busy) return;
  const answer = await fetch(`/api${boot.link}`, { credentials: "same-origin" });
  if (!answer.ok) return;
  const told = await answer.json();
  if (told.mark !== $("#order").dataset.mark) await redraw(told);
  $("#checked time").dateTime = new Date().toISOString();
  localTimes($("#checked"));
}

async function redraw(told) {
  const answer = await fetch(boot.link, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (Boolean($("#pay", fresh)) !== Boolean($("#pay"))) return location.reload();
  for (const part of $$("[data-live]")) {
    const next = $(`[data-live=${part.dataset.live}]`, fresh);
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
    if (focused) document.getElementById(focused)?.focus();
  }
  $("#order").dataset.mark = told.mark;
  document.title = fresh.title;
  localTimes();
  announce(plain("update", { what: told.what }));
  settle(told.state);
}

// Our server reads Stripe.
async function ask() {
  try {
    await post(`${api(boot)}/look`, {});
    await refresh();
  } catch {
    // The next turn asks again.
  }
  if (state === "checking") setTimeout(ask, 2000);
}

// A charge of the saved card that the bank wants approved: its page comes back to this one.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("#approve-saved");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const say = (key) => ($("#approve-told").textContent = plain(key));
  say("bank_opens");
  try {
    const told = await post(`/api${boot.link}/approve`, {});
    if (told.url) return location.assign(told.url);
    if (told.state === "declined") say("bank_refused");
    await refresh();
  } catch (error) {
    if (error instanceof Refused && error.status < 500) $("#approve-told").textContent = error.message;
    else say("bank_not_asked");
  }
  button.removeAttribute("aria-disabled");
});

async function approved() {
  try {
    await post(`/api${boot.link}/approved`, {});
    await refresh();
  } catch {
    // The next turn shows it.
  }
}

// What can still be had goes into the cart, beside what is in it already.
document.addEventListener("click", (event) => {
  const again = event.target.closest("#again");
  if (!again) return;
  event.preventDefault();
  for (const { sku, quantity } of JSON.parse(again.dataset.cart)) cart.set(sku, quantity);
  location.assign("/checkout");
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy || location.origin + boot.link);
    announce(plain("copied"));
    const text = $("span", button);
    if (!text) return;
    const before = text.textContent;
    text.textContent = plain("copied");
    setTimeout(() => (text.textContent = before), 2000);
  } catch {
    // Without the clipboard the address bar still has it.
  }
});

localTimes();
settle(boot.state);
paying();
try {
  if (sessionStorage.getItem("sd-arrived")) $("#heading").focus();
  sessionStorage.removeItem("sd-arrived");
} catch {
  // A browser that keeps nothing: the heading is then found by reading.
}
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
if (returned && $("#approve-saved")) approved();
if (boot.state === "checking" || (boot.pay && (returned || cart.asked()?.link === boot.link))) ask();
