"""What can go wrong with one call, how often, and what the caller then reads."""

import json
import random
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sellerdesk.sandbox.faults import Fault as Planned


class Fault(StrEnum):
    """One way for a call to go wrong. BEFORE: nothing was done at Stripe. AFTER: it was done all the same."""

    REFUSED = "connection refused"
    RESET_BEFORE = "reset before"
    TIMEOUT_BEFORE = "time-out before"
    RESET_AFTER = "reset after"
    TIMEOUT_AFTER = "time-out after"
    CUT_AFTER = "cut off after"
    ERROR_BEFORE = "500 before"
    ERROR_BEFORE_KEPT = "500 before, kept under the key"
    ERROR_AFTER = "500 after"
    ERROR_AFTER_KEPT = "500 after, kept under the key"
    PAGE_BEFORE = "502 page before"
    PAGE_AFTER = "502 page after"
    RATE_LIMIT = "429"
    LOCK_TIMEOUT = "429 lock"
    IN_USE = "409"
    NULL_BEFORE = "null before"
    NULL = "null"
    NULL_KEPT = "null, kept under the key"
    LIST = "a list"
    OTHER_ID = "another id"
    OTHER_AMOUNT = "another amount"
    OTHER_CURRENCY = "another currency"
    OTHER_MODE = "the other mode"
    PAGE = "a page with 200"
    TWICE = "a name twice"
    HUGE = "an answer of 50 MB"
    DRIPS = "done, and an answer that drips until the deadline"
    LATE = "late: done after the deadline"
    REPAIRED = "500, kept under the key, and done within the hour"


# Of a hundred calls, as many meet each group; the others go well.
WEIGHTS: tuple[tuple[float, tuple[Fault, ...]], ...] = (
    (6.0, (Fault.REFUSED, Fault.RESET_BEFORE, Fault.TIMEOUT_BEFORE)),
    (10.0, (Fault.RESET_AFTER, Fault.TIMEOUT_AFTER, Fault.CUT_AFTER)),
    (
        6.0,
        (
            Fault.ERROR_BEFORE,
            Fault.ERROR_BEFORE_KEPT,
            Fault.ERROR_AFTER,
            Fault.ERROR_AFTER_KEPT,
            Fault.PAGE_BEFORE,
            Fault.PAGE_AFTER,
            Fault.REPAIRED,
        ),
    ),
    (5.0, (Fault.RATE_LIMIT, Fault.LOCK_TIMEOUT, Fault.IN_USE)),
    (
        3.0,
        (
            Fault.NULL_BEFORE,
            Fault.NULL,
            Fault.NULL_KEPT,
            Fault.LIST,
            Fault.OTHER_ID,
            Fault.OTHER_AMOUNT,
            Fault.OTHER_CURRENCY,
            Fault.OTHER_MODE,
            Fault.PAGE,
            Fault.TWICE,
            Fault.HUGE,
        ),
    ),
    (2.0, (Fault.LATE,)),
    (2.0, (Fault.DRIPS,)),
)
# Nobody can tell a wrong sum or currency in what was only read, and nothing is done late by reading.
WRITES_ONLY = frozenset(
    {
        Fault.OTHER_AMOUNT,
        Fault.OTHER_CURRENCY,
        Fault.LATE,
        Fault.ERROR_BEFORE_KEPT,
        Fault.ERROR_AFTER_KEPT,
        Fault.NULL_KEPT,
        Fault.REPAIRED,
    }
)
# A list has no id, mode or sum of its own; and of something new any id is as good as another.
KNOWN_ONLY = frozenset({Fault.OTHER_ID, Fault.TWICE})
OBJECTS_ONLY = frozenset({Fault.OTHER_ID, Fault.OTHER_MODE, Fault.TWICE, Fault.OTHER_AMOUNT, Fault.OTHER_CURRENCY})
# What tells the sum that was asked for; other answers say nothing about money that could be checked.
SUMS = {"create_intent": "amount", "capture": "amount_received", "create_refund": "amount"}
# The sandbox plays these itself, because it must remember them under the key.
BY_SANDBOX: dict[Fault, tuple[Planned, bool | None]] = {
    Fault.ERROR_BEFORE: (Planned.ERROR_500_BEFORE, False),
    Fault.ERROR_BEFORE_KEPT: (Planned.ERROR_500_BEFORE, True),
    Fault.REPAIRED: (Planned.ERROR_500_BEFORE, True),
    Fault.ERROR_AFTER: (Planned.ERROR_500_AFTER, False),
    Fault.ERROR_AFTER_KEPT: (Planned.ERROR_500_AFTER, True),
    Fault.RATE_LIMIT: (Planned.BUSY_429, None),
    Fault.LOCK_TIMEOUT: (Planned.LOCK_TIMEOUT_429, None),
    Fault.IN_USE: (Planned.CONFLICT_409, None),
    Fault.NULL_KEPT: (Planned.ODD_200_NULL, None),
}
NEVER_ARRIVES = {
    Fault.REFUSED: "ConnectionError",
    Fault.RESET_BEFORE: "ConnectionError",
    Fault.TIMEOUT_BEFORE: "ConnectTimeout",
    Fault.LATE: "deadline",
}
ANSWER_LOST = {
    Fault.RESET_AFTER: "ConnectionError",
    Fault.TIMEOUT_AFTER: "ReadTimeout",
    Fault.HUGE: "ContentDecodingError",
    Fault.DRIPS: "deadline",
}
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def possible(call: str, *, writes: bool) -> frozenset[Fault]:
    """The faults that say something about a call of this kind (a name in the sandbox's table of calls)."""
    found = set(Fault)
    if not writes:
        found -= WRITES_ONLY
    if call.startswith("list_"):
        found -= OBJECTS_ONLY
    if call.startswith("create_"):
        found -= KNOWN_ONLY
    if call not in SUMS:
        found -= {Fault.OTHER_AMOUNT, Fault.OTHER_CURRENCY}
    return frozenset(found)


def draw(rng: random.Random, call: str, *, writes: bool, roughness: float = 1) -> Fault | None:
    """The fault that a call meets, or None. One that only reads meets half as many."""
    left = rng.random() * (100 if writes else 200) / roughness
    for weight, group in WEIGHTS:
        if left < weight:
            fault = rng.choice(group)
            return fault if fault in possible(call, writes=writes) else None
        left -= weight
    return None


def bend(fault: Fault, call: str, body: bytes) -> bytes:
    """The answer ``body`` to ``call`` as ``fault`` makes it."""
    return _BENT[fault](call, body)


def _changed(name: str, value: Any) -> Callable[[str, bytes], bytes]:
    def change(_call: str, body: bytes) -> bytes:
        return json.dumps({**json.loads(body), name: value}).encode()

    return change


def _other_amount(call: str, body: bytes) -> bytes:
    said = json.loads(body)
    return json.dumps({**said, SUMS[call]: said[SUMS[call]] + 1}).encode()


def _twice(_call: str, body: bytes) -> bytes:
    return body.rstrip()[:-1] + b', "id": "pi_of_somebody_else"}'


_BENT: dict[Fault, Callable[[str, bytes], bytes]] = {
    Fault.CUT_AFTER: lambda _call, body: body[: len(body) // 2],
    Fault.NULL: lambda _call, _body: b"null",
    Fault.LIST: lambda _call, _body: b"[]",
    Fault.PAGE: lambda _call, _body: PAGE,
    Fault.OTHER_ID: _changed("id", "pi_of_somebody_else"),
    Fault.OTHER_CURRENCY: _changed("currency", "usd"),
    Fault.OTHER_MODE: _changed("livemode", True),
    Fault.OTHER_AMOUNT: _other_amount,
    Fault.TWICE: _twice,
}
