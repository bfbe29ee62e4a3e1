"""Withdrawing a payment that will not be finished: closing it at Stripe, so that no page left open can hold it."""

import hashlib

from sellerdesk.clock import Clock
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.services import requests
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import UnitOfWork


def withdrawal(order: Order, actor: str, clock: Clock, *, unless_paid: bool = False, refused: int = 0) -> Operation:
    """The operation that closes the order's payment; the same one, however often it is wanted, until Stripe has
    ``refused`` it. ``unless_paid``: what is held meanwhile stays. Otherwise the shopper has ordered something else, and
    must not pay both."""
    word = "sweep" if unless_paid else "abandon"
    again = f" {refused}" if refused else ""
    operation_id = hashlib.sha256(f"{word} {order.payment.id}{again}".encode()).hexdigest()[:32]
    request = requests.abandon(order, unless_paid=unless_paid)
    return planned(operation_id, OperationKind.CANCEL, order, request, actor, clock)


def refused_withdrawals(unit: UnitOfWork, order: Order) -> tuple[Operation, ...]:
    """The operations that were to close this payment and failed, oldest first."""
    return tuple(
        each
        for each in unit.journal.of_order(order.id)
        if each.kind is OperationKind.CANCEL
        and each.payment_id == order.payment.id
        and each.state is OperationState.FAILED
    )
