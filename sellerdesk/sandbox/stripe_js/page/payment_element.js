/* The Payment Element (https://docs.stripe.com/js/element/payment_element): cards only. */
const BLEED = 4; // room inside the card frame for the focus halo, taken back outside of it
const RESERVED_HEIGHT = 282;

class PaymentElement extends FramedElement {
  makeFrame(dark) {
    const frame = new Frame("/frames/payment.html", "Secure payment input frame", { dark });
    Object.assign(frame.element.style, {
      display: "block", border: "0", width: `calc(100% + ${2 * BLEED}px)`, margin: `-${BLEED}px`,
      height: `${RESERVED_HEIGHT + 2 * BLEED}px`, colorScheme: dark ? "dark" : "light", background: "transparent",
    });
    frame.on("height", (height) => {
      frame.element.style.height = `${Math.max(height, RESERVED_HEIGHT + 2 * BLEED)}px`;
    });
    return frame;
  }

  /* A finished intent cannot be paid again, and its form must not appear:
     https://docs.stripe.com/changelog/clover/2025-09-30/client-secret-reuse */
  async show(frame) {
    const { clientSecret } = this.elements.settings;
    const trouble = await super.show(frame);
    if (trouble || !clientSecret) return trouble;
    const { error, paymentIntent } = await this.elements.client.retrievePaymentIntent(clientSecret);
    if (error || !FINISHED.includes(paymentIntent.status)) return error || null;
    const message = `The client secret belongs to a PaymentIntent that is ${paymentIntent.status}. Create a new one.`;
    return unexpectedState(paymentIntent, message).error;
  }

  changed(value) {
    this.elements.submitted = false;
    this.fire("change", { elementType: "payment", collapsed: false, ...value });
  }

  unmounted() {
    this.elements.submitted = false;
  }
}
