"""The words that stand for what came of a call, and what the earlier tries of an operation tell by them."""

from collections.abc import Callable, Sequence

from sellerdesk.domain.operation import Operation, Try
from sellerdesk.domain.standing import RETURNED

NO_ANSWER = "no answer"
BUSY = "busy"
KEY_REFUSED = "key refused"
SERVER_ERROR = "server error"
REPLAYED = "server error replayed"
ODD = "odd answer"
OUR_FAULT = "fault of ours: "
NOT_SENT = "not sent: this computer stood still"
# These only looked.
READ_FAILED = "read failed: "
REPAIR = "waits for Stripe's repair"
TOO_LATE = "too late to be sent; looked at once more"
ON_ITS_WAY = "Not sent any more: a newer number stands in its place. This one may still arrive."
NOT_SEEN = (
    "Stripe had a fault or gave no answer, and an hour later nothing of it is to be seen there. Sending it again is up "
    "to you."
)
# Stripe may carry out such a call after all. '' is one that never ended.
_UNANSWERED = frozenset({"", NO_ANSWER, BUSY, SERVER_ERROR, ODD})


def last_sending(tries: Sequence[Try], now: int) -> int:
    """When the last of these was sent, seconds UTC; 0 for none. Those that left nothing to be carried out do not count.
    A time after ``now``, written by a clock that was wrong, is replaced by that of the next try, or by ``now``."""
    return _last(tries, now, lambda outcome: not _left_nothing(outcome))


def last_unanswered(tries: Sequence[Try], now: int) -> int:
    """The same of those that may still be carried out."""
    return _last(tries, now, lambda outcome: outcome in _UNANSWERED or outcome.startswith(OUR_FAULT))


def is_from_the_past(tries: Sequence[Try]) -> bool:
    """Whether the operation was open when the database came back from the past."""
    return any(each.outcome == RETURNED for each in tries)


def key_since(operation: Operation, tries: Sequence[Try]) -> int | None:
    """Since when Stripe may keep the key of these tries, seconds UTC; None where it was certainly never used. What was
    sent by another life of the database was sent at its first at the earliest."""
    used = next((each.at for each in tries if each.outcome != RETURNED and not _left_nothing(each.outcome)), None)
    return operation.first_sent_at if used is None and is_from_the_past(tries) else used


def may_be_repaired(tries: Sequence[Try]) -> bool:
    """Whether Stripe had a fault of its own with one of these, so that it may carry it out by itself."""
    return any(each.outcome in (SERVER_ERROR, REPLAYED) for each in tries)


def kept_under_key(outcomes: Sequence[str]) -> bool:
    """Whether Stripe keeps a server error or an answer that makes no sense under this key: it would be replayed for
    ever.

    https://docs.stripe.com/api/idempotent_requests: the first status and body are saved, 500 among them.
    """
    recent = tuple(each for each in outcomes if each != RETURNED and not _left_nothing(each))[-2:]
    return REPLAYED in recent or recent in ((SERVER_ERROR, SERVER_ERROR), (ODD, ODD))


def _last(tries: Sequence[Try], now: int, counts: Callable[[str], bool]) -> int:
    found = [number for number, each in enumerate(tries) if counts(each.outcome)]
    return max((next((each.at for each in tries[number:] if each.at <= now), now) for number in found), default=0)


def _left_nothing(outcome: str) -> bool:
    """Whether such a try left nothing that could still be carried out."""
    nothing_sent = (REPAIR, TOO_LATE, ON_ITS_WAY, NOT_SEEN, KEY_REFUSED, NOT_SENT)
    return outcome in nothing_sent or outcome.startswith(READ_FAILED)
