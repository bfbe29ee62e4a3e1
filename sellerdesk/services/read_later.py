"""Payments that could not be read, or were not read whole: they wait in the inbox, where no event tells of them."""

from collections.abc import Iterable

from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import EventHint, PaymentFacts

# The kind of what waits in the inbox without an event of Stripe's. All of the payment is read.
PASSED_OVER = "passed_over.refunds"


def to_read_again(intents: Iterable[str], at: int) -> tuple[EventHint, ...]:
    """Hints that stand for payments which something was missed of, ``at`` seconds UTC. No event will tell of it, so
    that they wait in the inbox like any other."""
    return tuple(EventHint(f"{PASSED_OVER}-{at}-{each}", PASSED_OVER, at, each) for each in dict.fromkeys(intents))


def refunds_are_missing(order: Order, facts: PaymentFacts) -> bool:
    """Whether the refunds that ``order`` has of this payment do not add up to what it says went back."""
    payment = next(each for each in order.payments if each.intent_id == facts.intent_id)
    return order.counted_refunds(payment) != payment.refunded
