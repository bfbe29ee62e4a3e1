"""Withdrawing a payment that will not be finished: closing it at Stripe, so that no page left open can hold it."""

import hashlib

from sellerdesk.clock import Clock
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.services import requests
from sellerdesk.services.plans import planned


def withdrawal(order: Order, actor: str, clock: Clock, *, unless_paid: bool = False) -> Operation:
    """The operation that closes the order's payment; the same one, however often it is wanted. ``unless_paid``: what is
    held meanwhile stays. Otherwise the shopper has ordered something else, and must not pay both."""
    word = "sweep" if unless_paid else "abandon"
    operation_id = hashlib.sha256(f"{word} {order.payment.id}".encode()).hexdigest()[:32]
    request = requests.abandon(order, unless_paid=unless_paid)
    return planned(operation_id, OperationKind.CANCEL, order, request, actor, clock)
