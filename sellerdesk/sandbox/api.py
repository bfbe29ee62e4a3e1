"""One API request from bytes to bytes, whatever brought it: the HTTP server or a transport inside a process."""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from sellerdesk.sandbox import auth, form, limits, routes
from sellerdesk.sandbox.ageing import aged_error
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.errors import ApiError, invalid
from sellerdesk.sandbox.expand import check_paths, expand
from sellerdesk.sandbox.faults import Fault, Planned
from sellerdesk.sandbox.idempotency import Remembered
from sellerdesk.sandbox.render import PUBLISHABLE_FIELDS, publishable_part
from sellerdesk.sandbox.state import SeenRequest, State
from sellerdesk.sandbox.versions import KNOWN, Version

MAX_BODY_BYTES = 512 * 1024
_LOG = logging.getLogger(__name__)
_JSON = "application/json"
# Thirty-two hexadecimal digits by themselves are an identifier, however many of them are decimal.
_IDENTIFIER = r"(?<![0-9a-zA-Z])[0-9a-f]{32}(?![0-9a-zA-Z])"
_CARD_NUMBER = re.compile(rf"(?P<identifier>{_IDENTIFIER})|\d(?:[ +-]|%20)?(?:\d(?:[ +-]|%20)?){{10,17}}\d")

_BUSY = {
    Fault.BUSY_429: (429, "rate_limit", {"Stripe-Rate-Limited-Reason": "endpoint-rate"}),
    Fault.LOCK_TIMEOUT_429: (429, "lock_timeout", {"Stripe-Should-Retry": "true"}),
    Fault.CONFLICT_409: (409, "idempotency_key_in_use", {}),
}
_BUSY_TEXT = {
    "rate_limit": "Too many requests in too short a time. Slow down and try again.",
    "lock_timeout": "This object is being changed by another request right now. Try again.",
    "idempotency_key_in_use": "Another request with the same idempotency key is still running.",
}
_ODD = {Fault.ODD_200_NULL: b"null", Fault.ODD_200_LIST: b"[]"}
_BEFORE_LOSS = (Fault.LOST_BEFORE, Fault.HTML_502)
_BENT = (*_ODD, *_BEFORE_LOSS, Fault.ODD_200_OTHER_ID, Fault.HTML_502_AFTER)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as it arrived. Header names are in lower case; ``query`` has no question mark."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What goes back. ``dropped`` means that the connection ends without any answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    dropped: bool = False


Observe = Callable[[ApiRequest, ApiAnswer], None]
"""Is shown every request with its answer, in the thread that answers; not those that a planned fault bent."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: bool = True


class Api:
    """Answers API requests against one world. Safe to call from many threads."""

    def __init__(self, state: State, observe: Observe | None = None) -> None:
        self._state = state
        self._observe = observe

    def handle(self, request: ApiRequest) -> ApiAnswer:
        """Answer one request; never raises, whatever is sent."""
        request_id = self._state.ids.new("req", 14)
        key = request.headers.get("idempotency-key") or None if request.method == "POST" else None
        fault: Planned | None = None
        replayed = False
        try:
            caller = self._caller(request)
            route, identifier = routes.find(request.method, request.path)
            auth.allow(self._state, caller, route.permission, route.page is not None, route.spec is not None)
            with self._state.lock:
                limits.count(self._state, route.name, identifier)
            fault = self._state.faults.take(route.name, writes=route.method == "POST")
            if fault is not None and fault.fault in _BUSY:
                raise _busy(fault)
            if fault is not None and fault.fault in _BEFORE_LOSS:
                return self._finish(request, request_id, _page_502(), key, fault, dropped=_loses(fault))
            version = self._version(request)
            tree = self._tree(request)
            checked = route.read(tree, caller.publishable, version)
            call = Call(self._state, checked, identifier, caller.publishable, version)
            scoped = None if key is None else f"{'page' if caller.publishable else 'server'}:{key}"
            outcome, replayed = self._once(route, call, scoped, _fingerprint(request, tree), request_id, fault)
        except ApiError as error:
            outcome = _refused(error, request_id)
        except Exception:  # noqa: BLE001
            outcome = _failed(request_id)
        if fault is not None and fault.fault is Fault.HTML_502_AFTER:
            outcome = _page_502()
        lost = fault is not None and fault.fault is Fault.LOST_AFTER
        return self._finish(request, request_id, outcome, key, fault, dropped=lost, replayed=replayed)

    def _caller(self, request: ApiRequest) -> auth.Caller:
        if len(request.body) > MAX_BODY_BYTES:
            raise ApiError(413, "The request body is too large.")
        with self._state.lock:
            return auth.identify(self._state, request.headers.get("authorization"))

    def _version(self, request: ApiRequest) -> Version:
        wanted = request.headers.get("stripe-version")
        if wanted is None:
            return self._state.default_version
        if wanted not in KNOWN:
            raise invalid(f"Invalid Stripe API version: {wanted[:40]}. The sandbox knows {', '.join(KNOWN)}.")
        return KNOWN[wanted]

    def _tree(self, request: ApiRequest) -> form.Tree:
        if request.method != "POST":
            return form.decode(request.query)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.body and kind != "application/x-www-form-urlencoded":
            raise invalid("Send parameters as application/x-www-form-urlencoded.")
        try:
            return form.decode(request.body.decode("ascii"))
        except UnicodeDecodeError:
            raise invalid("The request body is not valid form data.") from None

    def _once(
        self,
        route: routes.Route,
        call: Call,
        key: str | None,
        fingerprint: str,
        request_id: str,
        fault: Planned | None,
    ) -> tuple[_Outcome, bool]:
        """Run the call unless its idempotency key has an answer already; tells whether it was a replay."""
        state = self._state
        if key is not None:
            with state.open():
                remembered = state.memory.begin(key, fingerprint, state.clock.now())
            if remembered is not None:
                return _replay(remembered), True
        outcome: _Outcome | None = None
        try:
            with limits.occupied(state, call.identifier if route.method == "POST" else ""):
                if fault is not None and fault.fault is Fault.SLOW:
                    state.faults.hold(fault)
                outcome = self._run(route, call, key, request_id, fault)
                if fault is not None and fault.fault is Fault.SLOW_AFTER:
                    state.faults.hold(fault)
        finally:
            if key is not None:
                kept = None if outcome is None or not outcome.kept else (outcome.status, outcome.body)
                with state.lock:
                    state.memory.finish(key, state.clock.now(), kept)
        return outcome, False

    def _run(
        self, route: routes.Route, call: Call, key: str | None, request_id: str, fault: Planned | None
    ) -> _Outcome:
        if fault is not None and fault.fault is Fault.ERROR_500_BEFORE:
            return _injected_500(fault, request_id)
        try:
            with self._state.open(request_id, key.partition(":")[2] if key else None):
                answer = _answer(route, call)
                body = _dumped(answer)
        except ApiError as error:
            return _refused(error, request_id)
        except Exception:  # noqa: BLE001
            return _failed(request_id)
        if fault is None:
            return _Outcome(200, body)
        if fault.fault is Fault.ERROR_500_AFTER:
            return _injected_500(fault, request_id)
        if fault.fault in _ODD:
            return _Outcome(200, _ODD[fault.fault])
        if fault.fault is Fault.ODD_200_OTHER_ID:
            return _Outcome(
                200, _dumped({**answer, "id": self._state.ids.new(str(answer.get("id", "pi_")).split("_")[0])})
            )
        return _Outcome(200, body)

    def _finish(
        self,
        request: ApiRequest,
        request_id: str,
        outcome: _Outcome,
        key: str | None,
        fault: Planned | None,
        *,
        dropped: bool = False,
        replayed: bool = False,
    ) -> ApiAnswer:
        state = self._state
        now = state.clock.now()
        state.record(
            SeenRequest(
                now,
                request.method,
                _discreet(request.path),
                None if key is None else _discreet(key),
                None if dropped else outcome.status,
                replayed,
                str(fault.fault) if fault else None,
                _sent_version(request),
            )
        )
        headers = {
            "Content-Type": _JSON,
            "Request-Id": request_id,
            "Date": formatdate(now, usegmt=True),
            "Stripe-Version": request.headers.get("stripe-version", str(state.default_version))[:40].strip(),
            "Cache-Control": "no-cache, no-store",
            **outcome.headers,
        }
        if key is not None:
            headers["Idempotency-Key"] = key[:255].strip()
        answer = ApiAnswer(outcome.status, headers, outcome.body, dropped)
        if self._observe is not None and not replayed and (fault is None or fault.fault not in _BENT):
            self._observe(request, answer)
        return answer


def _sent_version(request: ApiRequest) -> str | None:
    sent = request.headers.get("stripe-version")
    return None if sent is None else sent[:40]


def _answer(route: routes.Route, call: Call) -> Any:
    """What a call returns, in the version and with the expansions it asks for."""

    def shape(node: Any) -> Any:
        return call.state.in_version(node, call.version)

    paths = call.params.get("expand", [])
    try:
        if route.changes:
            check_paths(route.kind, paths, PUBLISHABLE_FIELDS if call.publishable else None)
        answer = shape(route.run(call))
        expand(call.state, answer, paths, shape)
    except ApiError as error:
        raise aged_error(call.state, _for_page(error) if call.publishable else error, call.version) from None
    return answer


def _discreet(text: str) -> str:
    """What may be remembered of a path or a key: nothing that could be a card number."""
    return _CARD_NUMBER.sub(lambda found: found["identifier"] or "...", text[:500])


def _fingerprint(request: ApiRequest, tree: form.Tree) -> str:
    text = json.dumps([request.method, request.path, tree], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _dumped(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def _replay(remembered: Remembered) -> _Outcome:
    return _Outcome(remembered.status, remembered.body, {"Idempotent-Replayed": "true"})


def _refused(error: ApiError, request_id: str) -> _Outcome:
    return _Outcome(error.status, _dumped(error.body(request_id)), error.headers, error.kept)


def _for_page(error: ApiError) -> ApiError:
    """The same refusal with only that part of the intent which a page may see."""
    intent = error.extra.get("payment_intent")
    if intent is None:
        return error
    return replace(error, extra={**error.extra, "payment_intent": publishable_part(intent)})


def _failed(request_id: str) -> _Outcome:
    _LOG.exception("The sandbox failed on %s", request_id)
    return _refused(ApiError(500, "The sandbox failed. Its log says why.", type="api_error"), request_id)


def _busy(fault: Planned) -> ApiError:
    status, code, headers = _BUSY[fault.fault]
    return ApiError(status, _BUSY_TEXT[code], code=code, headers=headers)


def _injected_500(fault: Planned, request_id: str) -> _Outcome:
    headers = {} if fault.should_retry is None else {"Stripe-Should-Retry": str(fault.should_retry).lower()}
    error = ApiError(500, "An unknown error occurred.", type="api_error", headers=headers)
    return replace(_refused(error, request_id), kept=fault.keeps_500)


def _page_502() -> _Outcome:
    page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return _Outcome(502, page, {"Content-Type": "text/html"}, kept=False)


def _loses(fault: Planned) -> bool:
    return fault.fault is Fault.LOST_BEFORE
