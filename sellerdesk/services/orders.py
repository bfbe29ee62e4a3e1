"""Reading orders for lists, panels and scanners. Changes nothing."""

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import UnknownOrder
from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.listing import OrderPage, OrderQuery, OrderView, Overview
from sellerdesk.services.ports import Store


class ReadOrders:
    """Pages of rows, the counts beside the stages, one order with its timeline."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def page(self, query: OrderQuery) -> OrderPage:
        """The rows that ``query`` asks for."""
        with self._store.read() as unit:
            return unit.lists.page(query)

    def overview(self) -> Overview:
        """Counts, and what is on hold and at risk, as of now."""
        with self._store.read() as unit:
            return unit.lists.overview(self._clock.now())

    def currencies(self) -> tuple[str, ...]:
        """The currencies that orders have, lower case, by code."""
        with self._store.read() as unit:
            return unit.lists.currencies()

    def view(self, order_id: str) -> OrderView:
        """One order with its timeline. Raises UnknownOrder."""
        with self._store.read() as unit:
            return OrderView(unit.orders.get(order_id), unit.orders.timeline(order_id))

    def find(self, text: str) -> str | None:
        """The id of the one order that a typed or scanned text means (reference, tracking number...), or None."""
        if not any(letter.isalnum() for letter in text):
            return None
        reference = read_reference(text)
        with self._store.read() as unit:
            if reference is not None:
                try:
                    return unit.orders.by_reference(reference).id
                except UnknownOrder:
                    pass
            rows = unit.lists.page(OrderQuery(None, text, limit=2)).rows
        return rows[0].id if len(rows) == 1 else None
