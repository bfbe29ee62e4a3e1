"""What an exercise is, and the judgements that several of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.services.practice import Practice, Seen


class Outcome(StrEnum):
    """How an exercise stands. DIFFERENTLY: it came to an end, but not the one to be practised."""

    NOT_YET = "not_yet"
    DONE = "done"
    DIFFERENTLY = "differently"


@dataclass(frozen=True, slots=True)
class Result:
    """The judgement and a sentence about it. ``steps`` are those that are known to be done, from the first."""

    outcome: Outcome
    sentence: str
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, all of it in words but for two functions.

    ``name`` is kept in the settings and never changes. ``purpose`` says what it is for, ``steps`` what to do, ``why``
    what is to be learned from it, ``read_more`` is the public page that says more. ``set_up`` lets happen what the
    exercise begins with and gives the id of its order; ``check`` judges how far it is.
    """

    name: str
    title: str
    purpose: str
    steps: tuple[str, ...]
    why: str
    read_more: str
    set_up: Callable[[Practice], str]
    check: Callable[[Seen], Result]


def not_yet(sentence: str, steps: int = 0) -> Result:
    """It goes on."""
    return Result(Outcome.NOT_YET, sentence, steps)


def done(sentence: str, steps: int) -> Result:
    """It was done right; ``steps`` are all there are."""
    return Result(Outcome.DONE, sentence, steps)


def differently(sentence: str) -> Result:
    """It came to another end."""
    return Result(Outcome.DIFFERENTLY, sentence)


def let_go(order: Order) -> Result | None:
    """The judgement when the hold is gone without anything charged; None while it is not."""
    facts = order.payment.facts
    if facts is None or facts.status is not PaymentStatus.CANCELED:
        return None
    if facts.has_lapsed:
        return differently("The hold lapsed before it was captured. Nothing was charged, and nothing can be any more.")
    return differently("The hold was released, so nothing was charged and nothing can be any more.")
