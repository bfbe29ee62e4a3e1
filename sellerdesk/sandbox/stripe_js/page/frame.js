/* An iframe of the sandbox and a private channel to it. */
const READY_TIMEOUT = 15000;

class Frame {
  constructor(address, title, greeting = {}) {
    const nonce = randomText();
    this.waiting = new Map();
    this.listeners = new Map();
    this.count = 0;
    this.element = document.createElement("iframe");
    this.element.title = title;
    const hello = JSON.stringify({ ...greeting, origin: location.origin, nonce });
    this.element.src = `${BASE}${address}#${encodeURIComponent(hello)}`;
    this.opened = new Promise((resolve, reject) => {
      this.abandon = () => reject(new Error("The frame was removed."));
      const timer = setTimeout(() => reject(new Error("The frame did not load.")), READY_TIMEOUT);
      this.element.addEventListener("load", () => {
        const channel = new MessageChannel();
        channel.port1.onmessage = (event) => {
          clearTimeout(timer);
          this.receive(event.data, resolve);
        };
        this.port = channel.port1;
        this.element.contentWindow.postMessage({ sandbox: "connect", nonce }, BASE, [channel.port2]);
      }, { once: true });
    });
    this.opened.catch(() => {});
  }

  receive(message, opened) {
    if (message.event === "opened") {
      opened();
    } else if (message.event) {
      (this.listeners.get(message.event) || (() => {}))(message.data);
    } else if (this.waiting.has(message.id)) {
      this.waiting.get(message.id)(message.data);
      this.waiting.delete(message.id);
    }
  }

  on(event, listener) {
    this.listeners.set(event, listener);
  }

  async call(name, data) {
    await this.opened;
    return new Promise((resolve) => {
      this.count += 1;
      this.waiting.set(this.count, resolve);
      this.port.postMessage({ id: this.count, name, data });
    });
  }

  remove() {
    this.abandon();
    if (this.port) this.port.close();
    this.element.remove();
  }
}
