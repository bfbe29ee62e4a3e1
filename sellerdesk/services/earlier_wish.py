"""A charge of the saved card that an earlier wish has made after all, when nobody expected it any more.

Stripe may repair its own fault late. What is charged later stands on one payment, whatever the wish, so that the late
one is found before anything is charged again; but then it is no answer to the newer wish.
"""

from dataclasses import replace

from sellerdesk.domain.adoption import pieces_of
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.domain.requests import TAG_OPERATION, ChargeSavedCard, from_json
from sellerdesk.services.ports import UnitOfWork

EARLIER = (
    "An earlier charge of the saved card was carried out after all, so nothing more was charged. Look at the order "
    "again, then decide."
)


def earlier_wish(unit: UnitOfWork, operation: Operation, facts: PaymentFacts) -> ChargeSavedCard | None:
    """The request that made what ``operation`` has found, where that was another back-order of the same payment."""
    maker_id = dict(facts.metadata).get(TAG_OPERATION, "")
    if operation.kind is not OperationKind.BACK_ORDER or maker_id == operation.id:
        return None
    maker = unit.journal.get(maker_id)
    request = from_json(maker.params) if maker is not None and maker.payment_id == operation.payment_id else None
    return request if isinstance(request, ChargeSavedCard) else None


def write_earlier_wish(unit: UnitOfWork, order: Order, operation: Operation, facts: PaymentFacts) -> Order:
    """``order`` with the payment standing for what was charged indeed."""
    made = earlier_wish(unit, operation, facts)
    payment = order.payment_of(operation.payment_id)
    if made is None or payment is None:
        return order
    lines = pieces_of(made.lines, order.lines)
    unit.payments.put(replace(payment, amount=made.amount, lines=lines, shipping=made.shipping_amount))
    return unit.orders.get(order.id)
