"""The control plane under ``/_sandbox/``: for tests and the demo, never part of the API.

Every call carries the token in ``X-Sandbox-Token`` and a JSON object as its body. Beside the clock and the faults:

* ``POST next_decline {"decline_code": "insufficient_funds", "advice_code": "try_again_later"}``: the bank refuses the
  next card it is asked about, whichever it is; several calls wait in line, ``"decline_code": null`` forgets them.
  Without ``advice_code`` the refusal carries the usual advice. ``GET next_decline`` shows what waits.
* Events, webhooks, search, limits and versions: ``control_switches``.
* What happens to one payment, and what is switched on: ``control_practice``.
* ``GET receipts``: the mails that Stripe would send in live mode once money was taken. None is ever sent.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sellerdesk.sandbox.control_practice import PRACTICE_HANDLERS
from sellerdesk.sandbox.control_switches import SWITCH_HANDLERS
from sellerdesk.sandbox.errors import CannotHappen
from sellerdesk.sandbox.faults import Planned
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.render_aftermath import receipt_json
from sellerdesk.sandbox.world import World

Handler = Callable[[World, Json], Any]


def control_routes(world: World, token: str) -> list[Route]:
    """The routes of the control plane for one world."""

    def guarded(handler: Handler) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get("x-sandbox-token", "")
            if not secrets.compare_digest(given.encode(), token.encode()):
                return JSONResponse({"error": "The X-Sandbox-Token header is missing or wrong."}, 403)
            body = await request.body()
            if len(body) > 65536:
                return JSONResponse({"error": "The request body is too large."}, 413)
            try:
                arguments = json.loads(body) if body else {}
                if not isinstance(arguments, dict):
                    raise TypeError("The body must be a JSON object.")
                return JSONResponse(handler(world, arguments))
            except CannotHappen as problem:
                return JSONResponse({"error": str(problem)}, 409)
            except (KeyError, TypeError, ValueError, RecursionError) as problem:
                return JSONResponse({"error": f"{type(problem).__name__}: {problem}"}, 400)

        return endpoint

    return [Route(f"/_sandbox/{path}", guarded(handler), methods=[method]) for method, path, handler in _HANDLERS]


def _reset(world: World, _arguments: Json) -> Json:
    world.reset()
    return {"ok": True}


def _clock(world: World, _arguments: Json) -> Json:
    return {"now": world.clock.now(), "offset": world.clock.offset}


def _advance(world: World, arguments: Json) -> Json:
    world.clock.advance(_whole(arguments["seconds"]))
    return _clock(world, arguments)


def _set_clock(world: World, arguments: Json) -> Json:
    if arguments.get("timestamp") is None:
        world.clock.reset()
    else:
        world.clock.set(_whole(arguments["timestamp"]))
    return _clock(world, arguments)


def _plan(world: World, arguments: Json) -> Json:
    known = {"kind", "fault", "times", "skip", "stored", "should_retry", "seconds"}
    if not known.issuperset(arguments):
        raise ValueError(f"Unknown names: {', '.join(sorted(set(arguments) - known))}")
    for name in ("times", "skip", "seconds"):
        _whole(arguments.get(name, 1))
    options = {name: value for name, value in arguments.items() if name not in ("kind", "fault")}
    return _planned_json(world.faults.plan(arguments["kind"], arguments["fault"], **options))


def _list_faults(world: World, _arguments: Json) -> Json:
    return {
        "waiting": [_planned_json(planned) for planned in world.faults.waiting()],
        "holding": world.faults.holding,
    }


def _clear_faults(world: World, _arguments: Json) -> Json:
    world.faults.clear()
    return {"ok": True}


def _release(world: World, _arguments: Json) -> Json:
    world.faults.release()
    return {"ok": True}


def _revoke(world: World, arguments: Json) -> Json:
    world.revoke_key(str(arguments["key"]))
    return {"ok": True}


def _restrict(world: World, arguments: Json) -> Json:
    world.restrict_key(str(arguments["key"]), frozenset(map(str, arguments["permissions"])))
    return {"ok": True}


def _shipping(world: World, arguments: Json) -> Json:
    refuse = arguments["refuse"]
    if not isinstance(refuse, bool):
        raise TypeError("refuse must be true or false.")
    world.refuse_shipping_after_authorization = refuse
    return {"refuse": refuse}


def _decline_next(world: World, arguments: Json) -> Json:
    if not {"decline_code", "advice_code"}.issuperset(arguments):
        raise ValueError("Only decline_code and advice_code can be named.")
    code, advice = arguments["decline_code"], arguments.get("advice_code")
    if code is None:
        world.approve_next()
    else:
        world.decline_next(str(code), None if advice is None else str(advice))
    return _declines(world, arguments)


def _declines(world: World, _arguments: Json) -> Json:
    return {
        "waiting": [
            {"code": each.code, "decline_code": each.decline_code, "advice_code": each.advice_code}
            for each in world.declines_waiting()
        ]
    }


def _receipts(world: World, _arguments: Json) -> Json:
    return {"receipts": [receipt_json(receipt) for receipt in world.receipts()]}


def _requests(world: World, _arguments: Json) -> Json:
    with world.lock:
        seen = list(world.seen)
    return {
        "requests": [
            {
                "at": request.at,
                "method": request.method,
                "path": request.path,
                "idempotency_key": request.idempotency_key,
                "status": request.status,
                "replayed": request.replayed,
                "fault": request.fault,
                "version": request.version,
            }
            for request in seen
        ]
    }


def _state(world: World, _arguments: Json) -> Json:
    return world.dump()


def _planned_json(planned: Planned) -> Json:
    return {
        "kind": planned.kind,
        "fault": str(planned.fault),
        "times": planned.times,
        "skip": planned.skip,
        "seconds": planned.seconds,
        "fired": planned.fired,
    }


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**11:
        raise ValueError("Seconds and counts must be whole numbers.")
    return value


_HANDLERS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "reset", _reset),
    ("GET", "clock", _clock),
    ("POST", "clock/advance", _advance),
    ("POST", "clock/set", _set_clock),
    ("GET", "faults", _list_faults),
    ("POST", "faults", _plan),
    ("POST", "faults/clear", _clear_faults),
    ("POST", "faults/release", _release),
    ("POST", "keys/revoke", _revoke),
    ("POST", "keys/restrict", _restrict),
    ("POST", "shipping", _shipping),
    ("GET", "next_decline", _declines),
    ("POST", "next_decline", _decline_next),
    ("GET", "receipts", _receipts),
    ("GET", "requests", _requests),
    ("GET", "state", _state),
    *SWITCH_HANDLERS,
    *PRACTICE_HANDLERS,
)
