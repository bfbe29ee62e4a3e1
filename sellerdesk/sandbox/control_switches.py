"""The part of the control plane that turns Stripe's less pleasant sides on: events, webhooks, search, limits, versions.

* ``POST events {"duplicate"?, "reverse"?, "missing"?: ["charge.*"]}``: how events become known from now on;
  ``GET events`` shows it.
* ``POST version {"default": "2022-08-01"}``: the account's own API version; ``GET version`` shows all known ones.
* ``POST search_lag {"seconds": 60}``: how old the search index may be; 0 ends it.
* ``POST limits {"account"?, "endpoint"?, "search"?, "intent_updates"?}``: rate limits with Stripe's numbers or others;
  ``{"on": false}`` ends them. ``POST locks {"on": true}``: an object that is being changed refuses a second call.
* ``GET webhooks``: what was sent and how it went. ``POST webhooks/resend {"events": [...], "endpoint"?, "times"?,
  "delay"?}``: send events again, in this order, each so many times, so many seconds from now.
  ``POST webhooks/roll {"endpoint", "keep_seconds"?}``: a new secret, beside which the old one signs for a while.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sellerdesk.sandbox import search, webhooks
from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.switches import RateLimits, check_pattern
from sellerdesk.sandbox.versions import KNOWN, Version
from sellerdesk.sandbox.webhook_facts import Delivery
from sellerdesk.sandbox.world import World

_MOST_TIMES = 100
_LONGEST = 10**9


def _events(world: World, _arguments: Json) -> Json:
    switches = world.switches
    return {
        "duplicate": switches.duplicate_events,
        "reverse": switches.reverse_events,
        "missing": list(switches.missing_events),
    }


def _set_events(world: World, arguments: Json) -> Json:
    _only(arguments, "duplicate", "reverse", "missing")
    switches = world.switches
    duplicate = _truth(arguments, "duplicate", switches.duplicate_events)
    reverse = _truth(arguments, "reverse", switches.reverse_events)
    missing = tuple(arguments.get("missing", switches.missing_events))
    for name in missing:
        try:
            check_pattern(str(name), "missing")
        except ApiError as problem:
            raise ValueError(problem.message) from None
    with world.lock:
        switches.duplicate_events, switches.reverse_events, switches.missing_events = duplicate, reverse, missing
    return _events(world, arguments)


def _version(world: World, _arguments: Json) -> Json:
    return {"default": str(world.default_version), "known": list(KNOWN)}


def _set_version(world: World, arguments: Json) -> Json:
    _only(arguments, "default")
    with world.open():
        world.default_version = _known(arguments["default"])
    return _version(world, arguments)


def _set_search_lag(world: World, arguments: Json) -> Json:
    _only(arguments, "seconds")
    seconds = _whole(arguments["seconds"])
    with world.open():
        search.set_lag(world, seconds)
    return {"seconds": seconds}


def _set_limits(world: World, arguments: Json) -> Json:
    on = _truth(arguments, "on", True)
    numbers = {name: _whole(value) for name, value in arguments.items() if name != "on"}
    limits = RateLimits(**numbers) if on else None
    with world.lock:
        world.switches.rate_limits = limits
    return {"on": on, **(asdict(limits) if limits else {})}


def _set_locks(world: World, arguments: Json) -> Json:
    _only(arguments, "on")
    with world.lock:
        world.switches.object_locks = _truth(arguments, "on", None)
    return {"on": world.switches.object_locks}


def _webhooks(world: World, _arguments: Json) -> Json:
    with world.lock:
        return {"deliveries": [_delivery_json(each) for each in world.store.deliveries]}


def _resend(world: World, arguments: Json) -> Json:
    _only(arguments, "events", "endpoint", "times", "delay")
    times, delay = _whole(arguments.get("times", 1)), _whole(arguments.get("delay", 0))
    if not 1 <= times <= _MOST_TIMES:
        raise ValueError(f"times must be between 1 and {_MOST_TIMES}.")
    with world.open():
        store = world.store
        only = arguments.get("endpoint")
        endpoints = [store.endpoints[only]] if only is not None else list(store.endpoints.values())
        for event in [store.events[str(identifier)] for identifier in arguments["events"]]:
            for endpoint in endpoints * times:
                webhooks.resend(world, event, endpoint, delay)
    world.courier.wake()
    return {"sent": len(arguments["events"]) * len(endpoints) * times}


def _roll(world: World, arguments: Json) -> Json:
    _only(arguments, "endpoint", "keep_seconds")
    with world.open():
        endpoint = world.store.endpoints[str(arguments["endpoint"])]
        keep = _whole(arguments.get("keep_seconds", webhooks.LONGEST_ROLL))
        return {"secret": webhooks.roll_secret(world, endpoint, keep)}


def _delivery_json(delivery: Delivery) -> Json:
    return {
        "endpoint": delivery.endpoint,
        "event": delivery.event,
        "type": delivery.kind,
        "due": delivery.due,
        "attempts": [asdict(attempt) for attempt in delivery.attempts],
    }


def _known(text: Any) -> Version:
    if text not in KNOWN:
        raise ValueError(f"Unknown version. Known are: {', '.join(KNOWN)}.")
    return KNOWN[text]


def _only(arguments: Json, *names: str) -> None:
    unknown = set(arguments) - set(names)
    if unknown:
        raise ValueError(f"Unknown names: {', '.join(sorted(unknown))}")


def _truth(arguments: Json, name: str, otherwise: bool | None) -> bool:
    value = arguments.get(name, otherwise)
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be true or false.")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LONGEST:
        raise ValueError("Seconds and counts must be whole numbers.")
    return value


SWITCH_HANDLERS: tuple[tuple[str, str, Callable[[World, Json], Any]], ...] = (
    ("GET", "events", _events),
    ("POST", "events", _set_events),
    ("GET", "version", _version),
    ("POST", "version", _set_version),
    ("POST", "search_lag", _set_search_lag),
    ("POST", "limits", _set_limits),
    ("POST", "locks", _set_locks),
    ("GET", "webhooks", _webhooks),
    ("POST", "webhooks/resend", _resend),
    ("POST", "webhooks/roll", _roll),
)
"""Method, path under ``/_sandbox/`` and what is done."""
