/* What every Element has in common (https://docs.stripe.com/js/element): a frame in the page's container. */
class FramedElement {
  constructor(elements, type, options) {
    this.elements = elements;
    this.type = type;
    this.options = options;
    this.listeners = new Map();
    this.frame = null;
    this.destroyed = false;
  }

  mount(target) {
    if (this.destroyed) throw integrationError("This Element has been destroyed. Create a new one.");
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (!(place instanceof Element)) {
      throw integrationError(`The place to mount the Element does not exist: ${target}`);
    }
    this.unmount();
    const frame = this.makeFrame(isDark(this.elements.settings.appearance));
    this.frame = frame;
    frame.on("change", (value) => this.changed(value));
    for (const name of ["focus", "blur", "escape"]) frame.on(name, () => this.fire(name, { elementType: this.type }));
    place.replaceChildren(frame.element);
    this.mounted(place);
    this.fire("loaderstart", { elementType: this.type });
    this.show(frame).then((error) => {
      if (this.frame !== frame) return;
      if (error) this.unmount();
      this.fire(error ? "loaderror" : "ready", { elementType: this.type, ...(error && { error }) });
    });
  }

  /** The error that keeps the Element from being used, if there is one. */
  async show(frame) {
    try {
      await frame.call("show", this.shown());
      return null;
    } catch {
      return { type: "api_connection_error", message: "The card form could not be loaded." };
    }
  }

  mounted() {}

  shown() {
    const { appearance, locale = this.elements.client.locale } = this.elements.settings;
    return plain({ appearance, locale, options: this.options });
  }

  refresh() {
    if (!this.frame) return;
    this.frame.element.style.colorScheme = isDark(this.elements.settings.appearance) ? "dark" : "light";
    this.frame.call("show", this.shown()).catch(() => {});
  }

  update(options) {
    this.options = { ...this.options, ...options };
    this.refresh();
  }

  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) || []), listener]);
    return this;
  }

  once(name, listener) {
    const wrapped = (event) => {
      this.off(name, wrapped);
      listener(event);
    };
    return this.on(name, wrapped);
  }

  off(name, listener) {
    const held = this.listeners.get(name) || [];
    this.listeners.set(name, listener ? held.filter((each) => each !== listener) : []);
    return this;
  }

  fire(name, event) {
    for (const listener of this.listeners.get(name) || []) listener(event);
  }

  focus() {
    if (!this.frame) return;
    this.frame.element.focus();
    this.frame.call("focus").catch(() => {});
  }

  blur() {
    if (this.frame) this.frame.call("blur").catch(() => {});
  }

  clear() {
    if (this.frame) this.frame.call("clear").catch(() => {});
  }

  /** Ask the frame, which alone knows the card. Always an answer, with an error when the frame cannot be reached. */
  async ask(name, data) {
    if (!this.frame) throw integrationError(`Mount the ${this.type} Element before using it.`);
    try {
      return await this.frame.call(name, plain({ ...data, key: this.elements.client.key }));
    } catch {
      return unreachable();
    }
  }

  unmount() {
    if (!this.frame) return;
    this.frame.remove();
    this.frame = null;
    this.unmounted();
  }

  unmounted() {}

  destroy() {
    this.unmount();
    this.destroyed = true;
    this.elements.forget(this);
  }
}
