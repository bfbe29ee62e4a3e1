"""Where an order stands for the seller: one function of payment facts and shipping facts."""

from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import Payment, PaymentStatus


def stage_of(order: Order) -> Stage:
    """The stage of ``order``, from the payment that stands for it, its shipment and what was charged later.

    A parcel that left counts as shipped only once the money is captured: goods sent on a hold that then lapses
    must stay visible as work. A checkout that was closed before anything was held has ended. An unknown status is
    shown with the unfinished ones, and nothing is done to it.
    """
    stage = _payment_stage(order.payment)
    if order.closed_at is not None and stage in (Stage.UNFINISHED, Stage.PROBLEM):
        return Stage.ENDED
    if stage is Stage.TO_SHIP and order.shipment is not None and not _charged_since(order, order.shipment.at):
        return Stage.SHIPPED
    return stage


def _charged_since(order: Order, at: int) -> bool:
    """Whether items that were left out were charged after the parcels left: they are still to be sent."""
    charged = (each.facts.authorized_at for each in order.back_orders if each.facts and each.captured)
    return any(when is not None and when > at for when in charged)


def _payment_stage(payment: Payment) -> Stage:
    match payment.status:
        case PaymentStatus.REQUIRES_CAPTURE:
            return Stage.TO_PREPARE
        case PaymentStatus.SUCCEEDED:
            return Stage.TO_SHIP
        case PaymentStatus.CANCELED:
            return Stage.ENDED
        case PaymentStatus.REQUIRES_PAYMENT_METHOD if payment.problem is not None:
            return Stage.PROBLEM
        case _:
            return Stage.UNFINISHED
