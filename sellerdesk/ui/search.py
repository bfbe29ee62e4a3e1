"""Searching and scanning: words filter the list, Return finds the one order that a scanned code means."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Stage
from sellerdesk.services.orders import ReadOrders
from sellerdesk.ui.order_list import PAGE, OrderList, Showing
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.toolbar import SearchField


@dataclass(frozen=True, slots=True)
class _Found:
    """``words`` is what lists the order: the typed words, or its number when those would list others only."""

    typed: str
    words: str
    order_id: str


class Search(QObject):
    """Joins the search field to the list."""

    def __init__(self, field: SearchField, orders_list: OrderList, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._field, self._list, self._tasks = field, orders_list, tasks
        self._orders: ReadOrders | None = None
        field.searched.connect(self._filter)
        field.looked_up.connect(self._look_up)

    def attach(self, orders: ReadOrders | None) -> None:
        """Search this shop from now on; None is none."""
        self._orders = orders
        self._tasks.forget("find")
        self._field.forget()
        self._field.setEnabled(orders is not None)

    def go_to_stage(self, stage: Stage) -> None:
        """Show a stage; what was searched is forgotten."""
        self._tasks.forget("find")
        self._field.forget()
        self._list.show_list(Showing(stage))

    def _filter(self, words: str) -> None:
        self._tasks.forget("find")
        self._list.show_list(Showing(self._list.showing.stage, words))

    def _look_up(self, words: str) -> None:
        if self._orders is None:
            return
        orders = self._orders
        self._tasks.read(self, lambda: _find(orders, words), self._found, self._list.failed.emit, key="find")

    def _found(self, found: _Found) -> None:
        if found.typed == self._field.words:
            self._list.show_list(Showing(self._list.showing.stage, found.words), found.order_id)


def _find(orders: ReadOrders, words: str) -> _Found:
    order_id = orders.find(words)
    if order_id is None:
        return _Found(words, words, "")
    listed = orders.page(OrderQuery(None, words, limit=PAGE)).rows
    if any(row.id == order_id for row in listed):
        return _Found(words, words, order_id)
    return _Found(words, orders.view(order_id).order.reference, order_id)
