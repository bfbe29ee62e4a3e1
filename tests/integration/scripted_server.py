"""A server that answers with whatever bytes a test wants, one request a connection."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

DEADLINE_SECONDS = 20.0


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, list[str]]:
        """The body, or for a GET the query, as a form."""
        text = self.body or self.line.split(" ")[1].partition("?")[2]
        return parse_qs(text, keep_blank_values=True)


Script = Callable[[socket.socket, Request], None]


def answer(
    body: bytes | object, status: str = "200 OK", headers: dict[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """A whole HTTP answer; anything but bytes is sent as JSON. ``length`` lies about the body's length."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {len(content) if length is None else length}"]
    sent = {"Content-Type": "application/json", "Request-Id": "req_scripted"} | (headers or {})
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class ScriptedServer:
    """Serves ``script`` on the loopback address; ``requests`` are what arrived, oldest first."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @classmethod
    def saying(cls, reply: bytes) -> "ScriptedServer":
        """One that always gives the same answer."""
        return cls(lambda connection, _: connection.sendall(reply))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> "ScriptedServer":
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing a socket that another thread waits on does not wake it; shutting it down does.
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(DEADLINE_SECONDS)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            request = _read(connection)
            if request is None:
                return
            self.requests.append(request)
            self.script(connection, request)


def _read(connection: socket.socket) -> Request | None:
    stream = connection.makefile("rb")
    with stream:
        line = stream.readline().decode().strip()
        if not line:
            return None
        headers: dict[str, str] = {}
        while field := stream.readline().decode().strip():
            name, _, value = field.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0"))).decode()
    return Request(line, headers, body)


def intent_json(**changes: Any) -> dict[str, Any]:
    """A held payment as Stripe shows it, as far as it matters here; ``latest_charge`` is expanded."""
    intent: dict[str, Any] = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 4500,
        "amount_capturable": 4500,
        "amount_received": 0,
        "capture_method": "manual",
        "cancellation_reason": None,
        "canceled_at": None,
        "client_secret": "pi_1_secret_madeup",
        "created": 1_700_000_000,
        "currency": "eur",
        "customer": "cus_1",
        "last_payment_error": None,
        "latest_charge": charge_json(),
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "receipt_email": None,
        "shipping": None,
        "status": "requires_capture",
    }
    return intent | changes


def charge_json(**changes: Any) -> dict[str, Any]:
    """The authorized, not yet captured charge of that payment."""
    charge: dict[str, Any] = {
        "id": "ch_1",
        "object": "charge",
        "amount": 4500,
        "amount_captured": 0,
        "amount_refunded": 0,
        "captured": False,
        "created": 1_700_000_005,
        "livemode": False,
        "outcome": {"risk_level": "normal"},
        "payment_intent": "pi_1",
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "last4": "4242",
                "exp_month": 8,
                "exp_year": 2031,
                "capture_before": 1_700_604_805,
            },
            "type": "card",
        },
        "status": "succeeded",
    }
    return charge | changes


def error_json(**parts: Any) -> dict[str, Any]:
    """A refusal in Stripe's shape."""
    return {"error": {"type": "invalid_request_error", "message": "A made-up refusal."} | parts}
