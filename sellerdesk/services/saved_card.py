"""Charging the saved card: what came of it, and another try on the same intent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sellerdesk.domain.charging_later import check_try_again, needs_shopper
from sellerdesk.domain.errors import Declined, WrongStage
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.services.finish import finished_order

if TYPE_CHECKING:
    from sellerdesk.services.conduct import Outcome
    from sellerdesk.services.ports import Store


class ChargeState(StrEnum):
    """How a charge of a saved card stands. NEEDS_SHOPPER: the bank wants the shopper to approve, which the order's page
    lets them do. WAITING: the answer got lost, and the background finds out."""

    DONE = "done"
    NEEDS_SHOPPER = "needs_shopper"
    DECLINED = "declined"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class LaterCharge:
    """The order after a charge of its saved card, and the payment that was tried; its ``problem`` says why not."""

    state: ChargeState
    order: Order
    payment: Payment


def told(store: "Store", outcome: "Outcome", payment_id: str) -> LaterCharge:
    """What came of a pass. A refusal of the bank is no error here: it is in the payment. Raises as ``finished_order``
    does for everything else."""
    try:
        order = finished_order(store, outcome)
    except (Declined, WrongStage):
        with store.read() as unit:
            order = unit.orders.get(outcome.operation.order_id)
        payment = order.payment_of(payment_id)
        if payment is None or not payment.intent_id:
            raise
    payment = order.payment_of(payment_id)
    assert payment is not None
    return LaterCharge(_state(payment, is_open=outcome.operation.is_open), order, payment)


def may_try_again(payment: Payment | None) -> Payment:
    """The payment whose intent the saved card is tried on once more. Raises ChargeRefused, or WrongStage when there is
    none."""
    if payment is None or not payment.intent_id:
        raise WrongStage("No charge of the saved card waits to be tried again. Look at the order again, then decide.")
    check_try_again(payment)
    return payment


def _state(payment: Payment, *, is_open: bool) -> ChargeState:
    # A hold that was let go since was made all the same: who presses again is told so.
    if payment.authorized:
        return ChargeState.DONE
    if is_open or payment.status is PaymentStatus.PROCESSING:
        return ChargeState.WAITING
    return ChargeState.NEEDS_SHOPPER if needs_shopper(payment) else ChargeState.DECLINED
