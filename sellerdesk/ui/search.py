"""Searching, scanning and narrowing: words and marks filter the list, Return finds the one order a code means."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Stage
from sellerdesk.ui.filters import Narrowing
from sellerdesk.ui.order_list import FIRST, OrderList, Showing
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.toolbar import Toolbar

if TYPE_CHECKING:
    from sellerdesk.services.orders import ReadOrders


@dataclass(frozen=True, slots=True)
class _Found:
    """``words`` is what lists the order: the typed words, or its number when those would list others only."""

    typed: str
    words: str
    order_id: str


class Search(QObject):
    """Joins search field and filter to the list. What a person chooses anew goes on with the rest of it; a stage, and a
    code that is looked up, begin with the whole list."""

    def __init__(self, toolbar: Toolbar, orders_list: OrderList, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._toolbar, self._list, self._tasks = toolbar, orders_list, tasks
        self._field = toolbar.search
        self._orders: ReadOrders | None = None
        self._field.searched.connect(self._filter)
        self._field.looked_up.connect(self._look_up)
        toolbar.filter.changed.connect(self._narrow)
        toolbar.filter.opened.connect(self._read_currencies)

    def attach(self, orders: "ReadOrders | None") -> None:
        """Search this shop from now on; None is none."""
        self._orders = orders
        self._tasks.forget("find")
        self._tasks.forget("currencies")
        self._field.forget()
        self._field.setEnabled(orders is not None)
        self._toolbar.filter.setEnabled(orders is not None)
        self._toolbar.filter.offer_currencies(())
        self._show_filter(Showing(Stage.TO_PREPARE))
        self._read_currencies()

    def go_to_stage(self, stage: Stage) -> None:
        """Show a stage; what was searched is forgotten."""
        self._tasks.forget("find")
        self._field.forget()
        self._show(Showing(stage))

    def look_for(self, reference: str) -> None:
        """Find and choose one order, as if its reference had been typed and entered."""
        self._field.setText(reference)
        self._look_up(self._field.words)

    def _filter(self, words: str) -> None:
        self._tasks.forget("find")
        self._show(replace(self._list.showing, text=words))

    def _narrow(self, narrowing: Narrowing) -> None:
        self._show(replace(self._list.showing, narrowing=narrowing))

    def _show(self, showing: Showing, select: str = "") -> None:
        self._show_filter(showing)
        self._list.show_list(showing, select)

    def _show_filter(self, showing: Showing) -> None:
        self._toolbar.filter.offer(showing.columns_of)
        self._toolbar.show_narrowing(showing.narrowing)

    def _read_currencies(self) -> None:
        """Of all orders, which takes too long for every reading of the list."""
        if self._orders is not None:
            offer = self._toolbar.filter.offer_currencies
            self._tasks.read(self, self._orders.currencies, offer, self._list.failed.emit, key="currencies")

    def _look_up(self, words: str) -> None:
        if self._orders is None:
            return
        orders = self._orders
        self._tasks.read(self, lambda: _find(orders, words), self._found, self._list.failed.emit, key="find")

    def _found(self, found: _Found) -> None:
        if found.typed == self._field.words:
            self._show(Showing(self._list.showing.stage, found.words), found.order_id)


def _find(orders: "ReadOrders", words: str) -> _Found:
    order_id = orders.find(words)
    if order_id is None:
        return _Found(words, words, "")
    listed = orders.page(OrderQuery(None, words, limit=FIRST)).rows
    if any(row.id == order_id for row in listed):
        return _Found(words, words, order_id)
    return _Found(words, orders.view(order_id).order.reference, order_id)
