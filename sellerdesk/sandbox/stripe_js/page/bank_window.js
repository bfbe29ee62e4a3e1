/* The bank's window over the page. Resolves when the shopper has answered or closed it. */
const askBank = (ticket) => new Promise((resolve, reject) => {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Your bank's window");
  Object.assign(dialog.style, {
    position: "fixed", inset: "0", width: "100vw", height: "100dvh", maxWidth: "none", maxHeight: "none", margin: "0",
    border: "0", padding: "16px", boxSizing: "border-box", background: "rgb(17 22 20 / 0.6)", display: "flex",
    alignItems: "center", justifyContent: "center", overflow: "auto",
  });
  const frame = new Frame(
    `/frames/challenge.html?ticket=${encodeURIComponent(ticket)}`, "3-D Secure: your bank's window",
  );
  Object.assign(frame.element.style, {
    border: "0", width: "min(420px, 100%)", height: "420px", maxHeight: "100%", borderRadius: "12px",
    background: "#fff", colorScheme: "light", boxShadow: "0 24px 64px rgb(0 0 0 / 0.35)",
  });
  const finish = (settle, value) => {
    dialog.close();
    dialog.remove();
    frame.remove();
    settle(value);
  };
  frame.on("height", (height) => { frame.element.style.height = `${height}px`; });
  frame.on("done", () => finish(resolve));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    frame.call("close").catch(() => {});
  });
  dialog.append(frame.element);
  document.body.append(dialog);
  dialog.showModal();
  frame.call("focus").then(() => frame.element.focus(), (problem) => finish(reject, problem));
});
