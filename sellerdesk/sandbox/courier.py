"""Carries webhooks to their endpoints: in threads of its own, so that no answer waits for a receiver.

Every endpoint has its own thread while something waits for it, so that a slow one holds up nobody else. Redirects are
never followed (they count as failures), only this computer is called, and closing ends everything at once.
"""

import http.client
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.webhook_facts import Attempt, Delivery, Endpoint
from sellerdesk.sandbox.webhooks import record, signature

TIMEOUT_SECONDS = 10
"""How long one try may take in all."""
_LONGEST_PAUSE = 3600.0
_JOIN_SECONDS = 5.0


class Courier:
    """Delivers what waits in the world's store, between ``start`` and ``stop``."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed = threading.Condition(state.lock)
        self._running: dict[str, threading.Thread] = {}
        self._calls: set[http.client.HTTPConnection] = set()
        self._open = False
        state.clock.watch(self.wake)

    def start(self) -> None:
        """Begin with what waits already."""
        self._open = True
        self.wake()

    def stop(self) -> None:
        """Break off running calls and end every thread; what waits goes on waiting."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
            threads = list(self._running.values())
            for call in self._calls:
                _break_off(call)
        for thread in threads:
            thread.join(_JOIN_SECONDS)

    def wake(self) -> None:
        """Look again: something new waits, or the clock has moved."""
        with self._changed:
            if not self._open:
                return
            for identifier in {each.endpoint for each in self._state.store.deliveries if each.due is not None}:
                if identifier not in self._running:
                    thread = threading.Thread(
                        target=self._serve, args=(identifier,), name=f"webhooks-{identifier}", daemon=True
                    )
                    self._running[identifier] = thread
                    thread.start()
            self._changed.notify_all()

    def wait_until_tried(self, attempts: int, timeout: float = 20.0) -> bool:
        """Wait until ``attempts`` tries of the deliveries in the store have ended; False after ``timeout`` seconds."""

        def tried() -> bool:
            return sum(len(each.attempts) for each in self._state.store.deliveries) >= attempts

        with self._changed:
            return self._changed.wait_for(tried, timeout)

    def _serve(self, identifier: str) -> None:
        while (job := self._take(identifier)) is not None:
            delivery, url, headers = job
            attempt = self._call(url, delivery.body, headers)
            with self._changed:
                if self._open:
                    record(self._state, delivery, attempt)
                    self._changed.notify_all()

    def _take(self, identifier: str) -> tuple[Delivery, str, dict[str, str]] | None:
        """The next delivery once it is due; ``None`` when nothing waits any more or everything ends."""
        with self._changed:
            while self._open:
                store = self._state.store
                endpoint = store.endpoints.get(identifier)
                due = [(each.due, each) for each in store.deliveries
                       if each.endpoint == identifier and each.due is not None]  # fmt: skip
                if endpoint is None or not due:
                    break
                first, delivery = min(due, key=lambda pair: pair[0])
                pause = first - self._state.clock.now()
                if pause <= 0:
                    return delivery, endpoint.url, self._headers(endpoint, delivery)
                self._changed.wait(min(float(pause), _LONGEST_PAUSE))
            del self._running[identifier]
            return None

    def _headers(self, endpoint: Endpoint, delivery: Delivery) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Accept": "*/*; q=0.5, application/xml",
            "Cache-Control": "no-cache",
            "Connection": "close",
            "Host": urlsplit(endpoint.url).netloc,
            "Stripe-Signature": signature(self._state, endpoint, delivery.body),
        }

    def _call(self, url: str, body: bytes, headers: dict[str, str]) -> Attempt:
        parts = urlsplit(url)
        host = "::1" if parts.hostname == "::1" else "127.0.0.1"  # never what a name might lead to
        call = http.client.HTTPConnection(host, parts.port or 80, timeout=TIMEOUT_SECONDS)
        guard = threading.Timer(TIMEOUT_SECONDS, _break_off, (call,))  # a receiver may answer byte by byte for ever
        guard.daemon = True
        guard.start()
        with self._changed:
            self._calls.add(call)
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            call.connect()
            if not self._open:
                return Attempt(self._state.clock.now(), None, "The sandbox was closed.")
            call.request("POST", path, body, headers)
            status = call.getresponse().status
            return Attempt(self._state.clock.now(), status)
        except (OSError, http.client.HTTPException) as problem:
            return Attempt(self._state.clock.now(), None, type(problem).__name__)
        finally:
            guard.cancel()
            with self._changed:
                self._calls.discard(call)
            call.close()


def _break_off(call: http.client.HTTPConnection) -> None:
    sock = call.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
