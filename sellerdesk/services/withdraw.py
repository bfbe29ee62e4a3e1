"""Withdrawing a payment that will not be finished: closing it at Stripe, so that no page left open can hold it."""

import hashlib

from sellerdesk.clock import Clock
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.services import requests
from sellerdesk.services.plans import planned


def withdrawal(order: Order, actor: str, clock: Clock) -> Operation:
    """The operation that closes the order's payment; the same one, whoever wants it and however often."""
    operation_id = hashlib.sha256(f"abandon {order.payment.id}".encode()).hexdigest()[:32]
    return planned(operation_id, OperationKind.CANCEL, order, requests.abandon(order), actor, clock)
