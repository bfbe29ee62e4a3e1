/* Inside a frame: the channel to the page that holds it, and requests to the sandbox this frame came from. */
(() => {
  "use strict";

  const hello = (() => {
    try {
      return JSON.parse(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return {};
    }
  })();

  let port = null;
  let reportHeight = () => {};

  const emit = (event, data) => {
    if (port) port.postMessage({ event, data });
  };

  /** Answer calls of the page. Only the page that made this frame, from the origin it named, gets a channel. */
  const serve = (handlers) => {
    window.addEventListener("message", (message) => {
      const known = message.origin === hello.origin && message.source === window.parent && window.parent !== window;
      if (port || !known || !message.data || message.data.nonce !== hello.nonce || !message.ports[0]) return;
      port = message.ports[0];
      port.onmessage = async ({ data }) => {
        const handler = Object.hasOwn(handlers, data.name) ? handlers[data.name] : null;
        if (!handler) return;
        const answer = await handler(data.data);
        port.postMessage({ id: data.id, data: answer });
      };
      emit("opened");
      reportHeight();
    });
  };

  const watchHeight = (element) => {
    reportHeight = () => emit("height", Math.ceil(element.getBoundingClientRect().height));
    new ResizeObserver(reportHeight).observe(element);
  };

  /** {a: {b: [c]}} to a[b][0]=c, as Stripe's API reads it. */
  const encode = (value, name, form) => {
    if (value === null || value === undefined) return;
    if (typeof value === "object") {
      for (const [key, entry] of Object.entries(value)) encode(entry, name ? `${name}[${key}]` : key, form);
    } else {
      form.append(name, String(value));
    }
  };

  const request = async (method, path, key, parameters = {}) => {
    const form = new URLSearchParams();
    encode(parameters, "", form);
    const options = { method, headers: { Authorization: `Bearer ${key}` }, cache: "no-store" };
    if (method === "POST") options.body = form;
    try {
      const response = await fetch(method === "GET" ? `${path}?${form}` : path, options);
      const body = await response.json();
      if (!body || typeof body !== "object") throw new Error("not an object");
      return body.error ? { error: body.error } : { body };
    } catch {
      return { error: { type: "api_connection_error", message: "The connection to the payment service failed." } };
    }
  };

  window.sandboxWire = { hello, serve, emit, request, watchHeight };
})();
