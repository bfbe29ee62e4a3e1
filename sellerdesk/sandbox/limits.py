"""Rate limits and busy objects, when they are switched on (https://docs.stripe.com/rate-limits)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.state import State

_HOUR = 3600
_CHANGES_AN_INTENT = ("update", "confirm", "capture", "cancel")


def count(state: State, call: str, identifier: str) -> None:
    """Count a call that has arrived; ApiError 429 when it is one too many. The lock is held.

    ``call`` is the name in the route table. Seconds and hours are those of the sandbox's clock.
    """
    limits = state.switches.rate_limits
    if limits is None:
        return
    now = state.clock.now()
    kept = (("second", now), ("hour", now // _HOUR))
    seen = state.arrivals = Counter({key: number for key, number in state.arrivals.items() if key[:2] in kept})
    counted = [("account", limits.account, "global-rate"), (call, limits.endpoint, "endpoint-rate")]
    if call.startswith("search_"):
        counted.append(("search", limits.search, "endpoint-rate"))
    for what, most, reason in counted:
        seen["second", now, what] += 1
        if seen["second", now, what] > most:
            raise _too_many(reason)
    if call in _CHANGES_AN_INTENT:
        seen["hour", now // _HOUR, identifier] += 1
        if seen["hour", now // _HOUR, identifier] > limits.intent_updates:
            raise _too_many("resource-specific")


@contextmanager
def occupied(state: State, identifier: str) -> Iterator[None]:
    """Keep an object for one call, none where ``identifier`` is empty.

    ApiError 429 ``lock_timeout`` when another call has it and that is switched on.
    """
    if not identifier:
        yield
        return
    with state.lock:
        if identifier in state.busy and state.switches.object_locks:
            raise ApiError(
                429,
                "This object is being changed by another request right now. Try again.",
                code="lock_timeout",
                headers={"Stripe-Should-Retry": "true"},
            )
        first = identifier not in state.busy
        state.busy.add(identifier)
    try:
        yield
    finally:
        if first:
            with state.lock:
                state.busy.discard(identifier)


def _too_many(reason: str) -> ApiError:
    return ApiError(
        429,
        "Too many requests in too short a time. Slow down and try again.",
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": reason},
    )
