"""Refund: captured money goes back to the shopper's card, all of it or a part, by lines or by a sum."""

from collections.abc import Mapping

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OrderChanged, RefundRefused
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.message import read_message
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.refunding import RefundPlan, refund_by_amount, refund_by_lines
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.finish import finished_order
from sellerdesk.services.plans import planned, same_wish
from sellerdesk.services.ports import Store


class Refunding:
    """Makes refunds: https://docs.stripe.com/refunds

    A refund is asked for with a key that is never replaced by the program: Stripe makes another refund for another
    key. Where no answer can be had a person decides.
    """

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat

    def new_operation(self) -> str:
        """The id of one wish to refund: made when the dialog opens, so that pressing twice is one operation."""
        return new_id(self._clock.now_ms())

    def preview_lines(self, order: Order, payment_id: str, pieces: Mapping[int, int], shipping: int = 0) -> RefundPlan:
        """What ``pieces`` per line position and ``shipping`` minor units come to. Raises RefundRefused."""
        return refund_by_lines(order, _payment(order, payment_id), pieces, shipping)

    def preview_amount(self, order: Order, payment_id: str, amount: int) -> RefundPlan:
        """What a refund of ``amount`` minor units comes to. Raises RefundRefused."""
        return refund_by_amount(order, _payment(order, payment_id), amount)

    def run(
        self, operation_id: str, order_id: str, version: int, plan: RefundPlan, reason: RefundReason, note: str = ""
    ) -> Order:
        """Refund what ``plan`` shows, of an order seen at ``version``; the order as it is afterwards.

        ``note`` is the seller's own reason; no shopper sees it. When the answer is lost the order comes back with its
        open operation, and the background finds out. Raises RefundRefused, MessageRefused, OrderChanged or
        OperationInProgress when nothing was sent; CallError's family when Stripe refused.
        """
        operation = self._plan(operation_id, order_id, version, plan, reason, note)
        return finished_order(self._store, self._conductor.carry_out(operation.id))

    def _plan(
        self, operation_id: str, order_id: str, version: int, plan: RefundPlan, reason: RefundReason, note: str
    ) -> Operation:
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return same_wish(known, OperationKind.REFUND, order_id)
            order = unit.orders.get(order_id)
            if self._again(order, plan) != plan:
                raise OrderChanged
            payment = _payment(order, plan.payment_id)
            request = requests.refund(order, payment, plan, reason, read_message(note), operation_id)
            operation = planned(operation_id, OperationKind.REFUND, order, request, self._seat, self._clock, payment.id)
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.commit()
        return stored

    def _again(self, order: Order, plan: RefundPlan) -> RefundPlan:
        """The same choice with the order as it is now: what was shown must still be what happens."""
        if plan.lines or plan.shipping:
            return self.preview_lines(order, plan.payment_id, dict(plan.pieces), plan.shipping)
        return self.preview_amount(order, plan.payment_id, plan.amount)


def _payment(order: Order, payment_id: str) -> Payment:
    payment = order.payment_of(payment_id)
    if payment is None:
        raise RefundRefused("There is no such payment in this order. Look at it again, then decide.")
    return payment
