"""The judgement of each exercise, as a pure function of what desk and sandbox know."""

from dataclasses import replace

import pytest

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.services.practice import AtStripe, Seen
from sellerdesk.training.course import EXERCISES
from sellerdesk.training.exercise import Outcome, Result
from tests import builders
from tests.builders import NOW

BY_NAME = {exercise.name: exercise for exercise in EXERCISES}
DONE, NOT_YET, DIFFERENTLY = Outcome.DONE, Outcome.NOT_YET, Outcome.DIFFERENTLY
ON_ITS_WAY = OpenOperation("b" * 32, OperationKind.CAPTURE, OperationState.UNKNOWN, 7000, NOW, "Seat 1")


def order(
    status: str = "requires_capture", mugs: int | None = None, board: int | None = None, **facts: object
) -> Order:
    """Two mugs and a board; ``mugs`` and ``board`` were kept by Prepare."""
    lines = (
        builders.line(0, 2, 2400, sku="MUG-SAND", kept=mugs),
        builders.line(1, 1, 3900, sku="BOARD-OAK", kept=board),
    )
    made = builders.order(lines, status)
    known = builders.facts(status, made.total, **facts)
    return replace(made, payments=(replace(made.payment, facts=known),))


LAPSED = order("canceled", authorized_at=NOW, cancellation_reason="expired")
RELEASED = order("canceled", authorized_at=NOW, cancellation_reason="requested_by_customer")
UNDER_WAY = replace(order(), open_operation=ON_ITS_WAY)
FULL = order("succeeded", mugs=2, board=1)


def judged(name: str, given: Order, there: AtStripe, *happened: str) -> Result:
    timeline = tuple(TimelineEntry(NOW, what, "Bank") for what in happened)
    return BY_NAME[name].check(Seen(OrderView(given, timeline), there))


@pytest.mark.parametrize(
    ("name", "given", "there", "outcome", "words"),
    [
        ("shorten", order(), AtStripe(), NOT_YET, "still on hold"),
        ("shorten", UNDER_WAY, AtStripe(), NOT_YET, "on its way"),
        ("shorten", order("succeeded", mugs=2, board=0), AtStripe(1), DONE, "the board is not"),
        ("shorten", FULL, AtStripe(1), DIFFERENTLY, "board was charged"),
        ("shorten", order("succeeded", mugs=1, board=0), AtStripe(1), DIFFERENTLY, "Less was captured"),
        ("shorten", order("succeeded", mugs=0, board=1), AtStripe(1), DIFFERENTLY, "Less was captured"),
        ("shorten", RELEASED, AtStripe(), DIFFERENTLY, "released"),
        ("lapsing_hold", order(), AtStripe(), NOT_YET, "less than an hour"),
        ("lapsing_hold", UNDER_WAY, AtStripe(), NOT_YET, "on its way"),
        ("lapsing_hold", FULL, AtStripe(1), DONE, "in time"),
        ("lapsing_hold", order("succeeded", mugs=1, board=1), AtStripe(1), DIFFERENTLY, "less than can be sent"),
        ("lapsing_hold", LAPSED, AtStripe(), DIFFERENTLY, "lapsed"),
        ("lost_answer", order(), AtStripe(), NOT_YET, "still on hold"),
        ("lost_answer", UNDER_WAY, AtStripe(1, 9290, 1), NOT_YET, "answer is lost"),
        ("lost_answer", FULL, AtStripe(1, 9290, 1), DONE, "Charged once"),
        ("lost_answer", FULL, AtStripe(1, 9290, 0), DIFFERENTLY, "nothing got lost"),
        ("lost_answer", FULL, AtStripe(2, 9290, 1), DIFFERENTLY, "taken 2 times"),
        ("lost_answer", RELEASED, AtStripe(), DIFFERENTLY, "released"),
        ("declined_card", order("requires_payment_method"), AtStripe(), NOT_YET, "want of money"),
        ("declined_card", order(), AtStripe(), DONE, "same order"),
        ("declined_card", FULL, AtStripe(1), DONE, "same order"),
        ("declined_card", RELEASED, AtStripe(), DIFFERENTLY, "released"),
        ("shopper_left", order("requires_action"), AtStripe(), NOT_YET, "waits for the shopper"),
        ("shopper_left", order("requires_payment_method"), AtStripe(), NOT_YET, "did not succeed"),
        ("shopper_left", order(), AtStripe(), DONE, "came back"),
        ("shopper_left", LAPSED, AtStripe(), DIFFERENTLY, "lapsed"),
    ],
)
def test_judgements(name: str, given: Order, there: AtStripe, outcome: Outcome, words: str) -> None:
    result = judged(name, given, there)
    assert (result.outcome, words in result.sentence) == (outcome, True), result
    assert (result.steps == len(BY_NAME[name].steps)) is (outcome is DONE)


def test_a_second_refusal_is_counted() -> None:
    unpaid = order("requires_payment_method")
    result = judged("declined_card", unpaid, AtStripe(), "declined", "declined", "placed")
    assert (result.outcome, result.steps) == (NOT_YET, 2)
    assert "Refused 2 times" in result.sentence
