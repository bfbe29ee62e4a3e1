"""What a shopper is told about a payment, from our row; the client secret comes from freshly read facts only."""

from dataclasses import dataclass, field
from enum import StrEnum

from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus, Problem, ShippingFacts
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.services.requests import shipping_of

HELD = (PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED)


class PayState(StrEnum):
    """What the shopper is told. READY is for a page that confirms by itself: it may do so now."""

    HELD = "held"
    DECLINED = "declined"
    ACTION = "action"
    CHECKING = "checking"
    CLOSED = "closed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class PayAnswer:
    """Where the payment stands. ``client_secret`` only with ACTION and READY; ``problem`` only with DECLINED, and None
    there when the bank was not asked.

    With READY, ``receipt_email`` and ``shipping`` are what the page's confirmation must bring along because the intent
    does not have it; '' and None when it does.
    """

    state: PayState
    order: Order
    client_secret: str = field(default="", repr=False)
    problem: Problem | None = None
    receipt_email: str = ""
    shipping: ShippingFacts | None = None


def answer_of(order: Order, facts: PaymentFacts | None) -> PayAnswer:
    """What the row says; ``facts`` are freshly read ones, or None."""
    payment = order.payment
    if payment.status in HELD:
        return PayAnswer(PayState.HELD, order)
    if payment.status is PaymentStatus.CANCELED:
        return PayAnswer(PayState.CLOSED, order)
    if is_confirming(order) or payment.status is PaymentStatus.PROCESSING:
        return PayAnswer(PayState.CHECKING, order)
    if order.closed_at is not None:
        return PayAnswer(PayState.CLOSED, order)
    if payment.status is PaymentStatus.REQUIRES_ACTION:
        return PayAnswer(PayState.ACTION, order, facts.client_secret if facts else "")
    if payment.waits_to_be_confirmed_again or payment.status is PaymentStatus.OTHER:
        return PayAnswer(PayState.CHECKING, order)
    return PayAnswer(PayState.DECLINED, order, problem=payment.problem)


def unread(order: Order) -> PayAnswer:
    """What may be told of ``order`` without reading it at Stripe: that it is held, or can never be. Anything else the
    row may not have heard of yet, so the page goes on waiting."""
    known = order.payment.status in (*HELD, PaymentStatus.CANCELED)
    return answer_of(order, None) if known else PayAnswer(PayState.CHECKING, order)


def ready(order: Order, facts: PaymentFacts) -> PayAnswer:
    """Leave for the page to confirm ``order`` by itself, given freshly read ``facts``."""
    email = order.shopper.email if order.shopper.email != facts.receipt_email else ""
    shipping = shipping_of(order.shopper) if facts.shipping is None else None
    return PayAnswer(PayState.READY, order, facts.client_secret, receipt_email=email, shipping=shipping)


def may_page_confirm(order: Order) -> bool:
    """Whether the order's intent was made for the page to confirm, and the page can: an address that is on the intent
    and was changed since is brought along by our server only."""
    facts = order.payment.facts
    if facts is None or road_of(order.payment) is not ConfirmationRoad.PAGE:
        return False
    return facts.shipping in (None, shipping_of(order.shopper))


def is_confirming(order: Order) -> bool:
    """Whether a confirmation of ours is on its way to the bank."""
    return order.open_operation is not None and order.open_operation.kind is OperationKind.CONFIRM


def is_under_way(order: Order) -> bool:
    """Whether the money may be held any moment, without another press."""
    at_bank = order.payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING)
    return is_confirming(order) or at_bank or order.payment.waits_to_be_confirmed_again
