"""A refund: captured money on its way back to the card. Statuses keep Stripe's spelling.

A refund that succeeded can still fail days later, and its money comes back to the seller:
https://docs.stripe.com/refunds#failed-refunds
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class RefundState(StrEnum):
    """https://docs.stripe.com/api/refunds/object#refund_object-status; OTHER is a word that we do not know.

    They stand in the order in which a refund moves. A later one is never undone by an older reading.
    """

    OTHER = "other"
    REQUIRES_ACTION = "requires_action"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    FAILED = "failed"


# These give nothing to the shopper; every other one, an unknown one too, counts as money that went back.
NOTHING_WENT_BACK = frozenset({RefundState.FAILED, RefundState.CANCELED})


class RefundReason(StrEnum):
    """Why money goes back, in Stripe's words; OTHER writes none.

    https://docs.stripe.com/api/refunds/create#create_refund-reason
    """

    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """One refund as Stripe tells it, freshly read. ``amount`` is minor units, ``created`` seconds UTC.

    ``operation_id`` is our own tag, '' on a refund made elsewhere; ``reason`` and ``failure_reason`` keep Stripe's
    words, '' when there is none.
    """

    refund_id: str
    intent_id: str
    amount: int
    currency: str
    state: RefundState
    created: int
    reason: str = ""
    failure_reason: str = ""
    operation_id: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund of a payment, and what we know of it beyond Stripe.

    ``operation_id`` is '' when it was made elsewhere. ``lines`` are pieces per line position, ``shipping`` minor units
    of the shipping; both are empty when it was made by amount. ``note`` is the seller's own reason, for nobody else.
    """

    refund_id: str
    payment_id: str
    amount: int
    currency: str
    state: RefundState
    created: int
    reason: str = ""
    failure_reason: str = ""
    operation_id: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    shipping: int = 0
    note: str = ""

    @property
    def counts(self) -> bool:
        """Whether its money went back, or is on its way."""
        return self.state not in NOTHING_WENT_BACK

    def pieces_of(self, position: int) -> int:
        """Pieces of a line that it paid back."""
        return dict(self.lines).get(position, 0)


def merge_refund(known: Refund, fresh: RefundFacts) -> Refund:
    """``known`` after Stripe said ``fresh``: the state that is further on wins, whichever was read first."""
    order = list(RefundState)
    if order.index(fresh.state) <= order.index(known.state):
        return known
    return replace(known, state=fresh.state, failure_reason=fresh.failure_reason or known.failure_reason)
