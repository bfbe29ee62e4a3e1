"""Back-order: items that a shortened capture left out are charged to the saved card, when they are there at last."""

from collections.abc import Mapping

from sellerdesk.clock import Clock
from sellerdesk.domain.charging_later import BackOrderPlan, plan_back_order, waiting_back_order
from sellerdesk.domain.errors import OrderChanged, WrongStage
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.finish import finished_order
from sellerdesk.services.plans import planned, same_wish
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.saved_card import LaterCharge, may_try_again, told


class BackOrder:
    """One intent a back-order, however often it is tried:
    https://docs.stripe.com/payments/save-during-payment#charge-saved-payment-method
    """

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str, installation: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat
        self._installation = installation

    def new_operation(self) -> str:
        """The id of one wish to charge: made when the dialog opens, so that pressing twice is one operation."""
        return new_id(self._clock.now_ms())

    def preview(self, order: Order, pieces: Mapping[int, int], shipping: int = 0) -> BackOrderPlan:
        """What ``pieces`` per line position and ``shipping`` minor units come to. Raises ChargeRefused."""
        return plan_back_order(order, pieces, shipping, self._clock.now())

    def run(self, operation_id: str, order_id: str, version: int, plan: BackOrderPlan) -> LaterCharge:
        """Charge what ``plan`` shows, of an order seen at ``version``.

        Raises ChargeRefused, OrderChanged or OperationInProgress when nothing was sent; CallError's family when Stripe
        refused the request itself.
        """
        operation = self._plan(operation_id, order_id, version, plan)
        return told(self._store, self._conductor.carry_out(operation.id), operation.payment_id)

    def try_again(self, operation_id: str, order_id: str, version: int) -> LaterCharge:
        """Charge the saved card once more for the back-order that was refused, on its own intent. Raises as ``run``
        does, and WrongStage when there is none."""
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is None:
                order = unit.orders.get(order_id)
                payment = may_try_again(waiting_back_order(order))
                request = requests.charge_again(order, payment)
                kind = OperationKind.CHARGE_AGAIN
                fresh = planned(operation_id, kind, order, request, self._seat, self._clock, payment.id)
                operation = unit.journal.plan(fresh)
                unit.orders.expect_version(order_id, version)
                unit.commit()
            else:
                operation = same_wish(known, OperationKind.CHARGE_AGAIN, order_id)
        return told(self._store, self._conductor.carry_out(operation.id), operation.payment_id)

    def give_up(self, operation_id: str, order_id: str, version: int) -> Order:
        """End the back-order that was refused, so that nobody can approve it any more; its items are owed again.
        Raises as ``run`` does, and WrongStage when there is none."""
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is None:
                order = unit.orders.get(order_id)
                payment = waiting_back_order(order)
                if payment is None or not payment.intent_id:
                    raise WrongStage("No back-order waits to be charged, so there is none to give up.")
                request = requests.end(payment)
                kind = OperationKind.CANCEL
                fresh = planned(operation_id, kind, order, request, self._seat, self._clock, payment.id)
                operation = unit.journal.plan(fresh)
                unit.orders.expect_version(order_id, version)
                unit.commit()
            else:
                operation = same_wish(known, OperationKind.CANCEL, order_id)
        return finished_order(self._store, self._conductor.carry_out(operation.id))

    def _plan(self, operation_id: str, order_id: str, version: int, plan: BackOrderPlan) -> Operation:
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return same_wish(known, OperationKind.BACK_ORDER, order_id)
            order = unit.orders.get(order_id)
            if self.preview(order, dict(plan.pieces), plan.shipping) != plan:
                raise OrderChanged
            payment = self._payment(unit, order, plan)
            request = requests.back_order(order, payment, plan, operation_id, self._installation)
            kind = OperationKind.BACK_ORDER
            operation = planned(operation_id, kind, order, request, self._seat, self._clock, payment.id)
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.commit()
        return stored

    def _payment(self, unit: UnitOfWork, order: Order, plan: BackOrderPlan) -> Payment:
        """A payment of its own for these items; one that never got an intent is planned anew."""
        waiting = waiting_back_order(order)
        payment = Payment(
            id=waiting.id if waiting else new_id(self._clock.now_ms()),
            order_id=order.id,
            role="backorder",
            amount=plan.amount,
            currency=plan.currency,
            lines=plan.pieces,
            shipping=plan.shipping,
        )
        unit.payments.put(payment)
        return payment
