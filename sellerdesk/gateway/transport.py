"""One HTTP exchange with Stripe, with a deadline that holds whatever the server does.

The SDK's own time-out counts from byte to byte: a server that sends one byte now and then holds the caller for as
long as it likes. Here each exchange runs in a thread of its own; at the deadline the caller goes on and the
connection is cut, which ends the thread too.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import stripe
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from sellerdesk.gateway.lease import end_for

NO_ANSWER_IN_TIME = "deadline"
"""What the error says when the whole exchange took too long; else it says the kind of error that requests raised."""

_LARGEST_BODY = 32 * 1024 * 1024
_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to connect, between two bytes, and for the whole exchange."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 35.0


def _no_answer(why: str) -> stripe.APIConnectionError:
    error: stripe.APIConnectionError = stripe.APIConnectionError(why)  # type: ignore[no-untyped-call]
    return error


class LeaseOver(Exception):
    """The call was not sent: whoever wanted it may not send it any more."""


class _Exchange:
    """One running exchange: what comes of it, and the connection it can be cut at. ``is_late`` tells, up to the last
    moment, whether it may not be sent any more."""

    def __init__(self, is_late: Callable[[], bool]) -> None:
        self._is_late = is_late
        self.done = threading.Event()
        self.answer: tuple[bytes, int, Mapping[str, str]] | None = None
        self.failure: str = ""
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cut = False

    def begins(self) -> None:
        if self._is_late():
            raise LeaseOver

    def runs_on(self, connection: socket.socket | None) -> None:
        with self._lock:
            self._socket = connection
            if self._cut:
                self._shut_down()

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # Not the TLS layer's own shutdown: that one must not be called from another thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Running(threading.local):
    exchange: _Exchange | None = None


_running = _Running()


class _CuttableHTTP(HTTPConnection):
    """Tells the running exchange that it begins, and which socket it uses, new or kept alive."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        if _running.exchange is not None:
            _running.exchange.begins()
        super().request(*args, **kwargs)
        if _running.exchange is not None:
            _running.exchange.runs_on(self.sock)


class _CuttableHTTPS(HTTPSConnection):
    """The same with TLS, whose handshake is over when the request begins."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        if _running.exchange is not None:
            _running.exchange.begins()
        super().request(*args, **kwargs)
        if _running.exchange is not None:
            _running.exchange.runs_on(self.sock)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _CuttableHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CuttableHTTPS


class _Adapter(HTTPAdapter):
    """requests' adapter with connections that can be cut."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that changes nothing: without one, requests would replace the key by a line of ~/.netrc.

    https://requests.readthedocs.io/en/latest/user/authentication/#netrc-authentication
    """
    return request


def _session(use_proxies: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = use_proxies
    session.auth = _unchanged
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_maxsize=16))
    return session


class Transport(stripe.HTTPClient):
    """The SDK's HTTP client. Safe to use from several threads.

    ``use_proxies`` is False for a server on this computer, whatever the environment says about proxies.
    Raises ``stripe.APIConnectionError`` for every exchange that did not end in an answer.
    """

    name = "requests"

    def __init__(self, deadlines: Deadlines, *, use_proxies: bool) -> None:
        super().__init__()
        self._deadlines = deadlines
        self._http = _session(use_proxies)
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def request(  # type: ignore[override]  # the SDK's own subclasses leave out its private argument, too
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if not self._slots.acquire(timeout=self._deadlines.total):
            raise _no_answer("Too many calls are waiting for an answer.")
        exchange = _Exchange(end_for(method))
        worker = threading.Thread(
            target=self._run, args=(exchange, method, url, headers, post_data), name="stripe-call", daemon=True
        )
        try:
            worker.start()
        except RuntimeError as error:
            self._slots.release()
            raise _no_answer("This computer has no thread left for the call.") from error
        if not exchange.done.wait(self._deadlines.total):
            exchange.cut()
            raise _no_answer(NO_ANSWER_IN_TIME)
        if exchange.answer is None:
            raise _no_answer(exchange.failure)
        return exchange.answer

    def close(self) -> None:
        self._http.close()

    def _run(
        self, exchange: _Exchange, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> None:
        _running.exchange = exchange
        try:
            exchange.answer = self._exchange(method, url, headers, post_data)
        except Exception as error:  # noqa: BLE001 - whatever it was, there is no answer
            # Only the kind: the error itself holds the request, and with it the key.
            exchange.failure = type(error).__name__
        finally:
            self._slots.release()
            exchange.done.set()

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        response = self._http.request(
            method,
            url,
            headers=headers,
            data=post_data,
            timeout=(self._deadlines.connect, self._deadlines.read),
            verify=stripe.ca_bundle_path,
            allow_redirects=False,
            stream=True,
        )
        with response:
            body = bytearray()
            for chunk in response.iter_content(64 * 1024):
                body += chunk
                if len(body) > _LARGEST_BODY:
                    raise requests.exceptions.ContentDecodingError("The answer is too large.")
        # The SDK turns this header into a warning on standard error; it is a hint for developers.
        response.headers.pop("Stripe-Notice", None)
        return bytes(body), response.status_code, response.headers
