"""Overtaking: tracking that was corrected must stay, though an older number may still be on its way to Stripe.

What was sent and not answered can arrive late. So an older number is not sent any more, and until it has arrived or
cannot any more, the newer one waits: the last that is sent is the last that was written.
"""

from collections.abc import Sequence

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CallError, Rejected
from sellerdesk.domain.operation import Operation, OperationKind, OperationState, Try
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import TAG_OPERATION, PassTracking, from_json
from sellerdesk.services.calls import look
from sellerdesk.services.decide import REPAIR_LOOK_SECONDS, REPAIR_SECONDS, Verdict, again_later
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.requests import shipping_of
from sellerdesk.services.tries import ON_ITS_WAY, READ_FAILED, last_unanswered

SUPERSEDED = "Replaced by a newer tracking number."


def is_current(order: Order, operation: Operation) -> bool:
    """Whether ``operation`` passes on the parcels that the order has now. All other kinds always are."""
    request = from_json(operation.params)
    if not isinstance(request, PassTracking) or order.shipment is None:
        return True
    return request.shipping == shipping_of(order.shopper, order.shipment.parcels)


class Overtaking:
    """Knows which tracking may be sent, and never sends any itself."""

    def __init__(self, store: Store, gateway: PaymentReader, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock

    def superseded(self, operation: Operation) -> Verdict | None:
        """What becomes of tracking in whose place a newer one stands; None for everything else."""
        if operation.kind is not OperationKind.SHIP:
            return None
        with self._store.read() as unit:
            if is_current(unit.orders.get(operation.order_id), operation):
                return None
            may_arrive = self._may_arrive(unit.journal.tries(operation.id))
        return self._look(operation) if may_arrive else Verdict(OperationState.FAILED, SUPERSEDED)

    def waits(self, operation: Operation) -> bool:
        """Whether an older number of the same order may still be on its way, however its operation stands by now."""
        if operation.kind is not OperationKind.SHIP:
            return False
        with self._store.read() as unit:
            order = unit.orders.get(operation.order_id)
            return is_current(order, operation) and any(
                self._is_on_its_way(unit, each)
                for each in unit.journal.of_order(operation.order_id)
                if each.kind is OperationKind.SHIP and not is_current(order, each)
            )

    def _is_on_its_way(self, unit: UnitOfWork, older: Operation) -> bool:
        if older.state is OperationState.SENDING:
            return True
        arrived = older.state is OperationState.DONE and older.generation == 0
        return not arrived and self._may_arrive(unit.journal.tries(older.id))

    def _may_arrive(self, tries: Sequence[Try]) -> bool:
        now = self._clock.now()
        return now - last_unanswered(tries, now) < REPAIR_SECONDS

    def _look(self, operation: Operation) -> Verdict:
        """It has arrived if its own tag is there: the same number may have been written before."""
        try:
            seen = look(self._gateway, operation)
        except Rejected as error:
            return Verdict(OperationState.FAILED, SUPERSEDED, error=error)
        except CallError as error:
            return again_later(operation, f"{READ_FAILED}{type(error).__name__}", error)
        facts = seen.answer.facts
        if facts is not None and operation.generation == 0 and dict(facts.metadata).get(TAG_OPERATION) == operation.id:
            return Verdict(OperationState.DONE, "found done", seen.answer)
        return Verdict(OperationState.UNKNOWN, ON_ITS_WAY, seen.answer, wait=REPAIR_LOOK_SECONDS)
