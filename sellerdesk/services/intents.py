"""The customer and the unconfirmed intent of an order, made once each, by whichever request comes first.

One order has one intent from its first moment, so the only call that holds money is guarded by that intent's state.
"""

from collections.abc import Callable

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Request
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.paying import SHOPPER_ACTOR
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import Store


class Intents:
    """Makes what is missing of the two."""

    def __init__(
        self,
        store: Store,
        conductor: Conductor,
        clock: Clock,
        installation: str,
        road: Callable[[], ConfirmationRoad],
    ) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._installation = installation
        self._road = road

    def ensure(self, order: Order) -> Order:
        """``order`` with both; nothing is sent where they are there. Raises CallError's family."""
        if not order.customer_id:
            order = self._customer(order)
        if not order.payment.intent_id:
            order = self._intent(order)
        return order

    def _customer(self, order: Order) -> Order:
        def request(fresh: Order, operation_id: str) -> Request:
            return requests.create_customer(fresh, operation_id, self._installation)

        return self._create(order.id, OperationKind.CREATE_CUSTOMER, request)

    def _intent(self, order: Order) -> Order:
        def request(fresh: Order, operation_id: str) -> Request:
            return requests.create_intent(fresh, operation_id, self._installation, self._road())

        return self._create(order.id, OperationKind.CREATE_INTENT, request)

    def _create(self, order_id: str, kind: OperationKind, request: Callable[[Order, str], Request]) -> Order:
        """Carry out the open operation of this kind, or a new one; one that failed is final and replaced. The order is
        read again under the lock: another request of the same checkout may have made it meanwhile."""
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            if order.customer_id if kind is OperationKind.CREATE_CUSTOMER else order.payment.intent_id:
                return order
            earlier = [each for each in unit.journal.of_order(order_id) if each.kind is kind and each.is_open]
            if earlier:
                operation = earlier[-1]
            else:
                operation_id = new_id(self._clock.now_ms())
                fresh = planned(operation_id, kind, order, request(order, operation_id), SHOPPER_ACTOR, self._clock)
                operation = unit.journal.plan(fresh)
                unit.commit()
        outcome = advance(self._conductor, operation)
        if outcome.operation.state is not OperationState.DONE:
            raise outcome.error or OutcomeUnknown("We are still waiting for Stripe. Nothing is held yet.")
        with self._store.read() as unit:
            return unit.orders.get(order_id)


def advance(conductor: Conductor, operation: Operation) -> Outcome:
    """Carry out what was never sent; find out about everything else."""
    if operation.state is OperationState.PLANNED:
        return conductor.carry_out(operation.id)
    return conductor.resolve(operation.id)
