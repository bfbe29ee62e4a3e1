/* The bank's window: one question, two answers; closing it is refusing. */
(() => {
  "use strict";

  const { serve, emit, watchHeight } = window.sandboxWire;
  const byId = (id) => document.getElementById(id);
  const address = `/frames/challenge/${encodeURIComponent(new URLSearchParams(location.search).get("ticket") || "")}`;
  const embedded = window.parent !== window;
  let answered = false;

  const leave = (answer) => {
    if (embedded) {
      emit("done");
    } else if (answer.return_url) {
      const target = new URL(answer.return_url);
      target.searchParams.set("payment_intent", answer.payment_intent.id);
      target.searchParams.set("payment_intent_client_secret", answer.payment_intent.client_secret);
      target.searchParams.set("redirect_status", answer.payment_intent.last_payment_error ? "failed" : "succeeded");
      location.replace(target);
    } else {
      byId("state").textContent = "Thank you. You can close this window.";
    }
  };

  const answer = async (word) => {
    if (answered) return;
    answered = true;
    for (const id of ["complete", "fail"]) byId(id).setAttribute("aria-disabled", "true");
    byId("state").textContent = "One moment…";
    try {
      const response = await fetch(address, { method: "POST", body: word });
      leave(response.ok ? await response.json() : {});
    } catch {
      answered = false;
      for (const id of ["complete", "fail"]) byId(id).removeAttribute("aria-disabled");
      byId("state").textContent = "The bank could not be reached. Please choose again.";
    }
  };

  byId("complete").addEventListener("click", () => answer("complete"));
  byId("fail").addEventListener("click", () => answer("fail"));
  byId("close").addEventListener("click", () => answer("fail"));
  window.addEventListener("keydown", (event) => event.key === "Escape" && answer("fail"));

  const ask = async () => {
    try {
      const response = await fetch(address, { cache: "no-store" });
      const question = await response.json();
      if (!response.ok) throw new Error(question.error);
      if (question.captcha) {
        byId("heading").textContent = "Show that you are a person";
        byId("bank").textContent = "Test check";
        byId("state").textContent = "This check is pretended. Choose how it ends.";
        byId("complete").textContent = "I am a person";
        byId("fail").textContent = "Fail the check";
      }
      byId("shop").textContent = question.shop;
      byId("amount").textContent = question.amount;
      byId("card").textContent = `•••• ${question.last4}`;
    } catch {
      byId("state").textContent = "This request has ended.";
    }
  };

  watchHeight(byId("window"));
  serve({
    close: () => answer("fail"),
    async focus() {
      byId("heading").focus();
      return {};
    },
  });
  ask();
})();
