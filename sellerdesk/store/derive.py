"""What the store works out of an order: the columns the list is sorted and searched by, and what counts as seen."""

from dataclasses import replace
from typing import Any

from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.stages import stage_of
from sellerdesk.store.search import search_text

# After every real deadline: seconds UTC far beyond the year 9999.
_NO_DEADLINE = 2**40

# Orders that can be placed in one second.
ARRIVALS = 2**20


def first_arrival(placed_at: int) -> int:
    """The arrival of the first order of a second: arrivals are whole numbers, unique, and sorted like time."""
    return placed_at * ARRIVALS


def derived_columns(order: Order, before: tuple[Stage, int] | None = None) -> dict[str, Any]:
    """``stage``, ``stage_at``, ``sort_key`` and ``search_text``; ``before`` is the stage and time stored so far.

    Rows are sorted by ``sort_key`` going up: by deadline where one runs, what waits to be sent in the order in which it
    was captured, everything else the newest first.
    """
    stage = stage_of(order)
    since = _since(order, stage, before)
    keys = {Stage.TO_PREPARE: _deadline(order), Stage.TO_SHIP: since}
    return {
        "stage": stage.value,
        "stage_at": since,
        "sort_key": keys.get(stage, -since),
        "search_text": search_text(order),
    }


def visible_facts(payment: Payment) -> tuple[object, ...]:
    """What a person sees of a payment. Everything else may change without a new version of the order."""
    facts = payment.facts
    # Without its time: each reading of the same refusal may date it anew.
    visible: tuple[object, ...] = (replace(payment.problem, at=0) if payment.problem else None,)
    if facts is None:
        return visible
    return (
        *visible,
        facts.intent_id,
        facts.raw_status,
        facts.amount,
        facts.amount_capturable,
        facts.amount_received,
        facts.amount_refunded,
        facts.authorized_at,
        facts.capture_before,
        facts.canceled_at,
        facts.cancellation_reason,
        facts.risk_level,
        facts.card,
        facts.next_action,
        facts.saved_card_id,
    )


def _deadline(order: Order) -> int:
    deadline = order.payment.capture_before
    return _NO_DEADLINE if deadline is None else deadline


def _since(order: Order, stage: Stage, before: tuple[Stage, int] | None) -> int:
    known = _known_time(order, stage)
    if known is not None:
        return known
    if before is not None and before[0] is stage:
        return before[1]
    facts = order.payment.facts
    return facts.observed_ms // 1000 if facts else order.placed_at


def _known_time(order: Order, stage: Stage) -> int | None:
    """When the stage began, where a fact tells; the time of a capture is told by none."""
    facts, problem = order.payment.facts, order.payment.problem
    match stage:
        case Stage.UNFINISHED:
            return order.placed_at
        case Stage.PROBLEM:
            return problem.at if problem else None
        case Stage.TO_PREPARE:
            return facts.authorized_at if facts else None
        case Stage.SHIPPED:
            return order.shipment.at if order.shipment else None
        case Stage.ENDED:
            return facts.canceled_at if facts else None
        case _:
            return None
