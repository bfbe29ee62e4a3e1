"""The judgement after a storm: our books, Stripe's, and what people were told, laid side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.domain.requests import sha256_of
from sellerdesk.services.record import movements
from tests.wiring import Plant


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there was, and what of it is not as it must be, in words."""

    orders: int
    operations: int
    attempts: int
    reviews: int
    violations: list[str]


def judge(plant: Plant, told: Iterable[tuple[str, str]]) -> Verdict:
    """``told`` are the reports of the processes: what was shown as done, what was refused, and faults of ours."""
    intents = plant.sandbox.world.dump()["intents"]
    states = dict(plant.rows("SELECT id, state FROM operation"))
    orders = [plant.order(str(order_id)) for (order_id,) in plant.rows("SELECT id FROM orders")]
    ledger: dict[str, dict[str, int]] = {}
    for stripe_object, kind, amount in plant.rows("SELECT stripe_object, kind, amount FROM ledger"):
        ledger.setdefault(stripe_object, {})[kind] = amount
    violations = [
        *_what_was_told(told, states),
        *_operations(plant),
        *_effects(plant, states),
        *_strangers(orders, intents),
        *(each for order in orders for each in _order(order, intents, ledger)),
    ]
    ((attempts,),) = plant.rows("SELECT count(*) FROM attempt")
    reviews = Counter(states.values())["review"]
    return Verdict(len(orders), len(states), int(attempts), reviews, violations)


def _what_was_told(told: Iterable[tuple[str, str]], states: dict[str, str]) -> Iterator[str]:
    for what, more in told:
        if what == "fault":
            yield f"somebody saw {more}"
        if what == "done" and states.get(more) != "done":
            yield f"operation {more} was shown as done, and is {states.get(more)}"


def _operations(plant: Plant) -> Iterator[str]:
    """Each is final or waits for a person with a reason; its attempts are all there; none came in another's way."""
    for operation_id, kind, state, outcome in plant.rows("SELECT id, kind, state, outcome FROM operation"):
        if state not in ("done", "failed", "dropped") and not (state == "review" and outcome):
            yield f"{kind} {operation_id} is still {state} ({outcome})"
        if "unexpected_state" in outcome or "idempotency" in outcome:
            yield f"{kind} {operation_id} ended by {outcome}"
    for (operation_id,) in plant.rows(
        "SELECT o.id FROM operation o LEFT JOIN attempt a ON a.operation_id = o.id "
        "GROUP BY o.id HAVING count(a.n) <> max(o.attempts)"
    ):
        yield f"operation {operation_id} does not have all its attempts"
    for (code,) in plant.rows("SELECT code FROM attempt WHERE code LIKE 'idempotency_error%'"):
        yield f"one key went with two requests: {code}"
    for operation_id, params, digest in plant.rows("SELECT id, params, params_sha256 FROM operation"):
        if sha256_of(params) != digest:
            yield f"operation {operation_id} is not what was planned"


def _effects(plant: Plant, states: dict[str, str]) -> Iterator[str]:
    """What happened at Stripe is the work of one operation each, and none of those counts as failed."""
    told = Counter(
        (intent_id, kind)
        for intent_id, kind, state in plant.rows(
            "SELECT p.intent_id, o.kind, o.state FROM operation o JOIN payment p ON p.id = o.payment_id"
        )
        if state in ("done", "review")
    )
    with plant.sandbox.world.open() as world:
        refunds = [each.metadata.get("sd_op", "") for each in world.store.refunds.values()]
    for intent_id, intent in plant.sandbox.world.dump()["intents"].items():
        happened = {
            "confirm": intent["authorizations"],
            "capture": intent["captures"],
            "cancel": int(intent["status"] == "canceled"),
        }
        for kind, times in happened.items():
            if times > told[intent_id, kind]:
                yield f"{kind} of {intent_id} happened, and {told[intent_id, kind]} operations say so"
    for operation_id in refunds:
        if states.get(operation_id) not in ("done", "review"):
            yield f"refund {operation_id} happened, and is {states.get(operation_id)}"
    for operation_id, times in Counter(refunds).items():
        if times > 1:
            yield f"operation {operation_id} made {times} refunds"


def _strangers(orders: list[Order], intents: dict[str, Any]) -> Iterator[str]:
    """No intent without its order; no order with two authorizations."""
    known = {payment.intent_id for order in orders for payment in order.payments}
    authorized = Counter[str]()
    for intent_id, intent in intents.items():
        authorized[intent["metadata"].get("sd_order", "")] += intent["authorizations"]
        if intent_id not in known and intent["charges"]:
            yield f"{intent_id} is nobody's, and a card was asked for it"
        if intent["captures"] > 1:
            yield f"{intent_id} was captured {intent['captures']} times"
    for order_id, times in authorized.items():
        if times > 1:
            yield f"order {order_id} was authorized {times} times"


def _order(order: Order, intents: dict[str, Any], ledger: dict[str, dict[str, int]]) -> Iterator[str]:
    for payment in order.payments:
        if payment.intent_id and payment.intent_id not in intents:
            yield f"order {order.id} has {payment.intent_id}, which Stripe does not know"
        elif payment.intent_id:
            yield from _payment(order, payment, intents[payment.intent_id])
            booked = ledger.get(payment.intent_id, {})
            if booked != {kind: amount for kind, amount in movements(payment).items() if amount}:
                yield f"order {order.id}: the ledger says {booked}, the payment {movements(payment)}"
    for refund in order.refunds:
        if ledger.get(refund.refund_id) != {"refunded": refund.amount}:
            yield f"refund {refund.refund_id} is not in the ledger once: {ledger.get(refund.refund_id)}"


def _payment(order: Order, payment: Payment, there: dict[str, Any]) -> Iterator[str]:
    refunded = sum(each.amount for each in order.refunds if each.payment_id == payment.id and each.counts)
    ours = (payment.status, payment.held, payment.captured, payment.refunded, refunded)
    held = there["amount"] if there["status"] == "requires_capture" else 0
    given_back = there["amount_refunded"]
    theirs = (PaymentStatus(there["status"]), held, there["amount_received"], given_back, given_back)
    if ours != theirs:
        yield f"order {order.id}: we say {ours}, Stripe {theirs}"
    if not payment.refunded <= payment.captured <= payment.authorized:
        yield f"order {order.id}: {payment.refunded} of {payment.captured} of {payment.authorized}"
