"""The guard before every request: who may ask, which headers every answer carries, and what a fault looks like."""

import logging
import secrets
import traceback
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sellerdesk.checkout.events import PATH as EVENTS_PATH
from sellerdesk.checkout.info import CheckoutInfo

_log = logging.getLogger(__name__)
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_SAFE = frozenset({"GET", "HEAD"})

ErrorAnswer = Callable[[Request, int, str], Response]
"""Makes the answer for a refused or failed request from its status and number."""


def content_security_policy(info: CheckoutInfo) -> str:
    """Nothing runs, frames or connects but our own files and Stripe's: https://docs.stripe.com/security/guide
    names the origins that Stripe's script needs."""
    own = "'self'"
    rules = {
        "default-src": ("'none'",),
        "script-src": (own, *info.script_origins),
        "frame-src": info.frame_origins,
        "connect-src": (own, *info.connect_origins),
        "img-src": (own, "data:"),
        "style-src": (own,),
        "font-src": (own,),
        "form-action": (own,),
        "base-uri": ("'none'",),
        "object-src": ("'none'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def security_headers(info: CheckoutInfo) -> dict[str, str]:
    """The headers of every answer. Stripe needs our origin as the referrer, and cross-origin isolation off."""
    headers = {
        "content-security-policy": content_security_policy(info),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin-allow-popups",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(self)",
    }
    if info.secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class Guard:
    """ASGI middleware. Refuses foreign hosts (400) and foreign pages (403), sets the headers, and turns whatever
    goes wrong inside into one generic answer with a number that the log has too. Where Stripe sends its events a page
    has no business: they prove themselves."""

    def __init__(self, app: ASGIApp, info: CheckoutInfo, error_answer: ErrorAnswer) -> None:
        self._app = app
        self._info = info
        self._headers = security_headers(info)
        self._error_answer = error_answer
        self._hosts = frozenset(urlsplit(origin).netloc for origin in info.own_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        request = Request(scope, receive)
        try:
            refused = self._refuse(scope)
            if refused:
                await self._error_answer(request, refused, "")(scope, receive, guarded)
            else:
                await self._app(scope, receive, guarded)
        except Exception as problem:
            number = secrets.token_hex(4)
            _report(number, problem)
            if started:
                raise
            await self._error_answer(request, 500, number)(scope, receive, guarded)

    def _refuse(self, scope: Scope) -> int:
        """The status to refuse with, or 0."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0].lower()):
            return 400
        if scope["method"] in _SAFE or scope["method"] == "OPTIONS" or scope["path"] == EVENTS_PATH:
            return 0
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin") or (origin is None and site is None):
            return 403
        return 0 if origin is None or self._is_our_origin(origin.lower(), hosts[0].lower()) else 403

    def _is_ours(self, host: str) -> bool:
        if self._hosts:
            return host in self._hosts
        name, _, port = host.partition(":")
        return name in _LOOPBACK and (not port or port.isdecimal())

    def _is_our_origin(self, origin: str, host: str) -> bool:
        if self._info.own_origins:
            return origin in self._info.own_origins
        return origin == f"http://{host}"


def _report(number: str, problem: Exception) -> None:
    """Where it happened, without the message: that could quote what the shopper typed."""
    where = "".join(traceback.format_tb(problem.__traceback__))
    _log.error("request failed, number %s: %s\n%s", number, type(problem).__name__, where)
