// Shared by the pages: texts, requests, the cart, small helpers. Text is only ever set as text.
export const boot = JSON.parse(document.body.dataset.boot);
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Lost extends Error {}

export class Refused extends Error {
  constructor(status, error) {
    super(error.message || "");
    this.status = status;
    this.code = error.code || "";
    this.error = error;
  }
}

export async function post(url, body, seconds = 30) {
  let answer, data;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(seconds * 1000),
    });
    data = await answer.json();
  } catch {
    throw new Lost();
  }
  if (!answer.ok) throw new Refused(answer.status, data.error || {});
  return data;
}

// Whether our server answers. A browser without any network interface says "offline" and still reaches this machine.
export const reached = () =>
  fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) }).then(() => true, () => false);

export function make(tag, properties, ...content) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...content);
  return node;
}

function filled(text, values) {
  return text.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : piece === "amount" ? make("span", { className: "num" }, values.amount) : String(values[piece])));
}

// The sentence under key, **bold** and {values} in place.
export function words(key, values = {}) {
  const pieces = boot.words[key].split("**").map((piece) => filled(piece, values));
  return pieces.flatMap((piece, at) => (at % 2 ? make("b", {}, ...piece) : piece));
}

// The same, unless a card was sent and its answer is not known: nothing may then be said about what is held.
export const sure = (key, values) => words(cart.asked() ? "unsure" : key, values);

export const plain = (key, values = {}) => boot.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function icon(name, kind = "") {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `i ${kind}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(space, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

export const announce = (text) => ($("#polite").textContent = text);

function stored(kind, name) {
  try {
    return JSON.parse(kind.getItem(name));
  } catch {
    return null;
  }
}

function store(kind, name, value) {
  try {
    if (value === null) kind.removeItem(name);
    else kind.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still sells: the cart then lives as long as the page.
  }
}

let memory = null;

export const cart = {
  read() {
    const found = memory ?? stored(localStorage, "sd-cart");
    if (!Array.isArray(found)) return [];
    return found.filter((each) => each && typeof each.sku === "string" && each.quantity > 0);
  },
  write(items) {
    memory = null;
    store(localStorage, "sd-cart", items.length ? items : null);
    if (items.length && !stored(localStorage, "sd-cart")) memory = items;
  },
  set(sku, quantity) {
    const items = cart.read();
    const known = items.find((each) => each.sku === sku);
    if (known) known.quantity = quantity;
    else items.push({ sku, quantity });
    cart.write(items.filter((each) => each.quantity > 0));
  },
  // The order whose card was sent and whose answer is not known, in whichever tab: {reference, link, items}.
  asked: () => stored(localStorage, "sd-paying"),
  payingFor: ({ reference, link, items }) => store(localStorage, "sd-paying", { reference, link, items }),
  // The bank has answered, and nothing is held.
  refused: ({ reference }) => cart.asked()?.reference === reference && store(localStorage, "sd-paying", null),
  lastOrder: () => stored(localStorage, "sd-last"),
  // Held: what was ordered leaves the cart; what another tab put into it since stays.
  done(link) {
    const order = cart.asked();
    if (order?.link !== link) return;
    const ordered = new Map((order.items || []).map((each) => [each.sku, each.quantity]));
    const left = cart.read().map(({ sku, quantity }) => ({ sku, quantity: quantity - (ordered.get(sku) || 0) }));
    store(localStorage, "sd-paying", null);
    store(localStorage, "sd-last", link); // before the cart: another tab wakes up when that goes
    cart.write(left.filter((each) => each.quantity > 0));
    store(sessionStorage, "sd-form", null);
  },
};

export const form = {
  read: () => stored(sessionStorage, "sd-form") || {},
  write: (values) => store(sessionStorage, "sd-form", values),
  country: () => form.read().country || "",
};

export const quote = (items, country) => post("/api/quote", { cart: items, country });

export function showQuote(told) {
  for (const node of $$("[data-q]")) node.textContent = told[node.dataset.q];
  for (const node of $$(".vat")) node.hidden = !told.tax;
  const template = $("#line");
  $("#lines").replaceChildren(
    ...told.lines.map((line) => {
      const item = template.content.cloneNode(true);
      const picture = $("img", item);
      if (line.picture) picture.src = line.picture;
      else picture.remove();
      $(".q", item).textContent = line.quantity;
      $(".n .vh", item).textContent = `${line.quantity} × `;
      $(".n bdi", item).textContent = line.name;
      $(".d", item).textContent = line.each;
      $(".d", item).hidden = !line.each;
      $(".p .num", item).textContent = line.amount;
      return item;
    }),
  );
}
