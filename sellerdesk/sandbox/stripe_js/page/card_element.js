/* The card Element (https://docs.stripe.com/js/element/other_element?type=cardElement): number, date, code and
   postal code on one line. The page styles the container by the classes below, and shows errors itself. */
const CLASSES = {
  base: "StripeElement", complete: "StripeElement--complete", empty: "StripeElement--empty",
  focus: "StripeElement--focus", invalid: "StripeElement--invalid",
};

class CardElement extends FramedElement {
  makeFrame(dark) {
    const frame = new Frame("/frames/card.html", "Secure card payment input frame", { dark });
    Object.assign(frame.element.style, {
      display: "block", border: "0", width: "100%", height: "1.2em", margin: "0", padding: "0",
      colorScheme: dark ? "dark" : "light", background: "transparent",
    });
    frame.on("height", (height) => { frame.element.style.height = `${height}px`; });
    return frame;
  }

  mounted(place) {
    this.place = place;
    this.mark({ base: true, empty: true, complete: false, invalid: false, focus: false });
    const labels = place.id ? [...document.querySelectorAll(`label[for="${CSS.escape(place.id)}"]`)] : [];
    const around = place.closest("label");
    this.labels = around ? [...labels, around] : labels;
    this.toField = () => this.focus();
    for (const label of this.labels) label.addEventListener("click", this.toField);
  }

  mark(states) {
    const names = { ...CLASSES, ...this.options.classes };
    for (const [state, held] of Object.entries(states)) this.place.classList.toggle(names[state], held);
  }

  changed(value) {
    const { empty, complete, error } = value;
    this.mark({ empty, complete, invalid: Boolean(error) });
    this.fire("change", { elementType: "card", ...value });
  }

  fire(name, event) {
    if (this.place && (name === "focus" || name === "blur")) this.mark({ focus: name === "focus" });
    super.fire(name, event);
  }

  unmounted() {
    this.mark({ base: false, empty: false, complete: false, invalid: false, focus: false });
    for (const label of this.labels) label.removeEventListener("click", this.toField);
    this.place = null;
  }
}
