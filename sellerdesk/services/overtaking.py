"""Overtaking: tracking that was corrected must stay, though the older number may still be on its way to Stripe.

What was sent and not answered can arrive late. So the older one is given the time in which it can, nothing of it is
sent any more, and only then the newer one is passed on: the last to be written is the last to arrive.
"""

from sellerdesk.clock import Clock
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import PassTracking, from_json
from sellerdesk.services.decide import ON_ITS_WAY, REPAIR_LOOK_SECONDS, REPAIR_SECONDS, Verdict, last_sending
from sellerdesk.services.ports import Store
from sellerdesk.services.requests import shipping_of

SUPERSEDED = "Replaced by a newer tracking number."
_MAY_BE_SENT = (OperationState.SENDING, OperationState.UNKNOWN)


def is_current(order: Order, operation: Operation) -> bool:
    """Whether ``operation`` passes on the parcels that the order has now. All other kinds always are."""
    request = from_json(operation.params)
    if not isinstance(request, PassTracking) or order.shipment is None:
        return True
    return request.shipping == shipping_of(order.shopper, order.shipment.parcels)


class Overtaking:
    """Knows which tracking may be sent. Reads only."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def superseded(self, operation: Operation) -> Verdict | None:
        """What becomes of tracking in whose place a newer one stands; None for everything else. It is not sent."""
        if operation.kind is not OperationKind.SHIP:
            return None
        with self._store.read() as unit:
            if is_current(unit.orders.get(operation.order_id), operation):
                return None
            generations = range(operation.generation + 1)
            tries = [each for number in generations for each in unit.journal.tries(operation.id, number)]
        now = self._clock.now()
        if now - last_sending(tries, now) < REPAIR_SECONDS:
            return Verdict(OperationState.UNKNOWN, ON_ITS_WAY, wait=REPAIR_LOOK_SECONDS)
        return Verdict(OperationState.FAILED, SUPERSEDED)

    def waits(self, operation: Operation) -> bool:
        """Whether an older number of the same order may still be on its way."""
        if operation.kind is not OperationKind.SHIP:
            return False
        with self._store.read() as unit:
            order = unit.orders.get(operation.order_id)
            others = unit.journal.of_order(operation.order_id)
        return is_current(order, operation) and any(
            each.kind is OperationKind.SHIP and each.state in _MAY_BE_SENT and not is_current(order, each)
            for each in others
        )
