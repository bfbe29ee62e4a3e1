// The notice place, the one button, and the road of a payment once its order exists. "Nothing is held" is said only
// when that is known; after a token was sent, only an answer ends the waiting.
import { $, boot, cart, icon, make, plain, post, reached, Refused, sleep, sure, words } from "./kit.js";
import { loadStripe } from "./card.js";

const SPINNER_MS = 300;
const PANEL_MS = 2000;
const LOOK_MS = 2000;
const SLOW_LOOK_MS = 10000;
const QUICK_LOOKS = 45;
const SENSE_MS = 3000;
const WAITS = ["open", "declined"];

// The order page in a browser that did not make the order has the link alone.
export const api = ({ reference, link }) => (boot.mine === false ? `/api${link}` : `/api/orders/${reference}`);

export class Till {
  // page: {label(), rest(), ready(), blocked(), free()}: the button's words, the sentence at rest, whether paying is
  // possible, whether the card form is missing; free is told when a try is over.
  constructor(page) {
    this.page = page;
    this.note = $("#note");
    this.button = $("#pay-button");
    this.panel = $("#waiting");
    this.busy = false;
    this.button.disabled = false;
    this.panel.addEventListener("cancel", (event) => event.preventDefault());
    addEventListener("offline", () => this.sense());
    addEventListener("online", () => this.sense());
    this.rest();
    this.sense();
  }

  // --- the notice place and the button

  tell(kind, symbol, content, { acts = [], role = "alert", focus = true } = {}) {
    const box = make("div", {}, make("p", {}, ...content));
    if (acts.length) box.append(make("p", { className: "acts" }, ...acts));
    this.note.className = `note ${kind}`;
    this.note.setAttribute("role", role);
    this.note.replaceChildren(icon(symbol), box);
    this.told = kind !== "" || role !== "none";
    if (focus) this.note.focus();
  }

  status(kind, symbol, content, role = "status", acts = []) {
    this.tell(kind, symbol, content, { role, acts, focus: false });
  }

  checking() {
    this.show(false, words("checking_button"), true);
    this.status("", "hourglass", words("checking"));
  }

  rest() {
    if (this.busy) return;
    if (this.away) this.status("warn", "wifi-off", sure("offline"));
    else if (this.page.blocked()) this.status("warn", "triangle-alert", words("blocked"));
    else this.status("", "lock", this.page.rest(), "none");
    this.wait();
  }

  // A refusal stays until the shopper changes something.
  changed() {
    if (this.told) this.rest();
    else this.wait();
  }

  // The button as far as the page is ready for it.
  wait() {
    if (!this.busy) this.show(!this.away && this.page.ready());
  }

  refuse(content, options = {}) {
    this.stop();
    this.tell("bad", "circle-alert", content, options);
    this.wait();
  }

  show(usable, label = this.page.label(), spinning = false) {
    this.button.setAttribute("aria-disabled", !usable);
    this.button.replaceChildren(...(spinning ? [make("span", { className: "spin" })] : []), make("span", {}, ...label));
  }

  link(key, address) {
    return make("a", { className: "link", href: address, textContent: plain(key) });
  }

  act(key, run) {
    return make("button", { className: "link", type: "button", textContent: plain(key), onclick: run });
  }

  // What the browser says about the network is a hint only: our own server's silence is what counts.
  async sense() {
    const turn = (this.turn = (this.turn || 0) + 1);
    const away = !navigator.onLine && !(await reached());
    if (turn !== this.turn) return;
    if (away) setTimeout(() => turn === this.turn && this.sense(), SENSE_MS);
    if (away === Boolean(this.away)) return;
    this.away = away;
    $("#offline").hidden = !away;
    this.rest();
  }

  // --- waiting

  start() {
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    this.timers = [
      setTimeout(() => this.checking(), SPINNER_MS),
      setTimeout(() => this.openPanel(), PANEL_MS),
    ];
  }

  openPanel() {
    if (this.panel.open) return;
    this.panel.showModal();
    $("h2", this.panel).focus();
  }

  pause() {
    this.timers?.forEach(clearTimeout);
    if (this.panel.open) this.panel.close();
  }

  halt() {
    this.pause();
    this.busy = false;
  }

  stop() {
    this.halt();
    this.page.free?.();
  }

  // Counts down; false when the shopper stops it. Nothing is held while this runs.
  async countdown(seconds) {
    this.pause();
    let stopped = false;
    const acts = [this.act("stop_trying", () => (stopped = true))];
    this.status("warn", "hourglass", sure("busy"), "status", acts);
    for (let left = seconds; left > 0; left -= 1) {
      this.show(false, words("again_in", { n: left }), true);
      for (let part = 0; part < 10 && !stopped; part += 1) await sleep(100);
      if (stopped) return false;
    }
    return true;
  }

  // --- the road of a payment; order is {reference, link}

  async confirm(order, token) {
    cart.payingFor(order);
    $("a", this.panel).href = order.link;
    let answer;
    try {
      answer = await post(`${api(order)}/pay`, { token }, 60);
    } catch (error) {
      if (error instanceof Refused && (error.status < 500 || error.code === "busy")) return this.refusedPay(order, error);
      return this.findOut(order, "lost");
    }
    return this.follow(order, answer);
  }

  refusedPay(order, error) {
    if (error.code === "closed") return this.nothing(order, words("closed"));
    if (error.code === "token") return this.nothing(order, [error.message]);
    if (error.code === "too_often" || error.code === "busy") return this.refuse([error.message]);
    return this.findOut(order, "checking");
  }

  follow(order, answer) {
    switch (answer.state) {
      case "held":
        return this.arrive(answer.link);
      case "action":
        // With the link alone only a card typed in here brings the secret.
        this.secret = answer.client_secret || this.secret;
        return this.secret ? this.approve(order, this.secret) : this.left(order);
      case "declined":
        return this.declined(order, answer);
      case "open":
        return this.nothing(order, words("not_asked"));
      case "closed":
        return this.nothing(order, words("closed"));
      default:
        return this.findOut(order, "checking");
    }
  }

  declined(order, { reason, advice }) {
    this.nothing(order, [make("b", { textContent: `${reason} ${plain("nothing_held")}` }), ` ${advice} ${plain("kept")}`]);
  }

  // An answer that is known: nothing is held.
  nothing(order, content) {
    cart.refused(order);
    this.refuse(content);
  }

  arrive(link) {
    cart.done(link);
    sessionStorage.setItem("sd-arrived", "1");
    location.replace(link);
  }

  async look(order) {
    return post(`${api(order)}/look`, {}, 30);
  }

  // The bank's window is Stripe's own; when it closes, only our server's reading of Stripe counts.
  async approve(order, secret) {
    this.pause();
    this.busy = true;
    $("a", this.panel).href = order.link;
    try {
      const stripe = await loadStripe();
      await stripe.handleNextAction({ clientSecret: secret });
    } catch {
      // Left, blocked or failed: the reading below tells.
    }
    this.checking();
    this.openPanel();
    let answer;
    try {
      answer = await this.look(order);
    } catch {
      return this.findOut(order, "lost");
    }
    if (answer.state !== "action") return this.follow(order, answer);
    return this.left(order);
  }

  left(order) {
    const can = boot.mine !== false || this.secret;
    const again = this.act("approve_again", () => !this.busy && this.resume(order));
    this.refuse(words(can ? "left_3ds" : "left_elsewhere"), { acts: can ? [again] : [] });
  }

  // Go on with an order whose payment was begun before: after a reload, or from its page. asking: whether the bank's
  // window may open by itself.
  async resume(order, asking = true) {
    this.start();
    try {
      const answer = await this.look(order);
      return answer.state === "action" && !asking ? this.left(order) : this.follow(order, answer);
    } catch (error) {
      if (error instanceof Refused && error.status < 500) return location.assign(order.link);
      return this.findOut(order, "lost");
    }
  }

  // patience: for how many looks an order that waits for a card is no answer yet.
  async findOut(order, why, asking = true, patience = 0) {
    this.busy = true;
    if (why === "lost") {
      this.pause();
      this.tell("warn", "hourglass", words("lost"), { acts: [this.link("open_order", order.link)] });
      this.show(false, words("finding_out"), true);
    } else {
      this.checking();
      this.openPanel();
    }
    for (let turn = 0; ; turn += 1) {
      await sleep(turn < QUICK_LOOKS ? LOOK_MS : SLOW_LOOK_MS);
      try {
        const answer = await this.look(order);
        if (answer.state === "action" && !asking) return this.left(order);
        if (patience && WAITS.includes(answer.state)) {
          if (turn < patience) continue;
          return this.refuse(words("not_arrived"), { acts: [this.link("open_order", order.link)] });
        }
        if (answer.state !== "checking") return this.follow(order, answer);
      } catch (error) {
        if (error instanceof Refused && (error.status === 404 || error.status === 409)) return location.assign(order.link);
      }
    }
  }
}

export const restWords = (amount) => words("hold_sentence", { amount });
