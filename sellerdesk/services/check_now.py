"""Check now: somebody waits for a lost answer and wants Stripe asked at once instead of at the next turn."""

from dataclasses import dataclass

from sellerdesk.domain.errors import CallError
from sellerdesk.domain.order import Order
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.ports import Store


@dataclass(frozen=True, slots=True)
class Checked:
    """The order after the look. ``order.open_operation`` is None once everything is settled; ``error`` is why Stripe
    could not be asked, or None."""

    order: Order
    error: CallError | None = None


class CheckNow:
    """Only reads at Stripe. What turns out not to have happened is sent again in its own turn, never from here."""

    def __init__(self, store: Store, conductor: Conductor) -> None:
        self._store = store
        self._conductor = conductor

    def run(self, order_id: str) -> Checked:
        """Look at every open operation of the order. Raises UnknownOrder."""
        with self._store.read() as unit:
            unit.orders.get(order_id)
            open_ones = [each.id for each in unit.journal.of_order(order_id) if each.is_open]
        error: CallError | None = None
        for operation_id in open_ones:
            error = self._conductor.check(operation_id).error or error
        with self._store.read() as unit:
            return Checked(unit.orders.get(order_id), error)
