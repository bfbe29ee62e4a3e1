"""Reads the list for the table: one stage or a search, page by page, never two readings of the same at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sellerdesk.clock import Clock
from sellerdesk.domain.listing import OrderPage, OrderQuery, Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui.filters import EVERYTHING, Narrowing
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.orders_view import OrdersView
from sellerdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from sellerdesk.services.orders import ReadOrders

# What a list begins with: more than a window shows. Further down it goes on in larger pages.
FIRST = 60
PAGE = 200


@dataclass(frozen=True, slots=True)
class Showing:
    """What the list is about: a stage, or what ``text`` finds in all of them; of that only what ``narrowing`` wants."""

    stage: Stage
    text: str = ""
    narrowing: Narrowing = EVERYTHING

    @property
    def columns_of(self) -> Stage | None:
        return None if self.text else self.stage


class OrderList(QObject):
    """Keeps table and counts as the database has them.

    Signals:
        shown: a reading arrived and the table shows it. UI thread.
        counted: carries the Overview just read. UI thread.
        failed: carries the exception of a reading. UI thread.
    """

    shown = Signal()
    counted = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, model: OrdersModel, view: OrdersView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._model, self._view = tasks, model, view
        self._orders: ReadOrders | None = None
        self._clock = Clock()
        self._showing = Showing(Stage.TO_PREPARE)
        self._running = self._again = False
        self._loaded = 0
        self._overview: Overview | None = None
        model.more_wanted.connect(self._read_more)

    @property
    def showing(self) -> Showing:
        return self._showing

    @property
    def overview(self) -> Overview | None:
        """The counts as read last."""
        return self._overview

    def attach(self, orders: "ReadOrders", clock: Clock) -> None:
        """Read from this shop from now on."""
        self._orders, self._clock = orders, clock
        self.show_list(Showing(Stage.TO_PREPARE))

    def detach(self) -> None:
        """No shop any more; what is still being read is dropped."""
        self._orders = self._overview = None
        self._forget_readings()
        self._model.show_page(Stage.TO_PREPARE, (), False, 0)

    def show_list(self, showing: Showing, select: str = "") -> None:
        """Another list, with ``select`` (an order's id) or the first order selected in it."""
        self._showing, self._loaded = showing, 0
        self._forget_readings()
        self._view.start_over(select)
        self.reload()

    def reload(self) -> None:
        """Read again. While a reading runs, one more is remembered, however often this is called."""
        if self._orders is None:
            return
        if self._running:
            self._again = True
            return
        self._running = True
        # What follows the rows read before need not follow those that come now.
        self._tasks.forget("more")
        orders, showing = self._orders, self._showing
        query = self._query(max(FIRST, self._loaded))
        self._tasks.read(
            self, lambda: (showing, orders.page(query), orders.overview()), self._arrived, self._failed, key="page"
        )

    def tick(self) -> None:
        """A minute went by."""
        self._model.set_now(self._clock.now())

    def _query(self, limit: int, after: str = "") -> OrderQuery:
        showing = self._showing
        only = showing.narrowing.only(self._clock.now())
        return OrderQuery(showing.columns_of, showing.text, limit, after, only)

    def _forget_readings(self) -> None:
        self._tasks.forget("page")
        self._tasks.forget("more")
        self._running = self._again = False

    def _arrived(self, answer: tuple[Showing, OrderPage, Overview]) -> None:
        showing, page, overview = answer
        self._running, self._loaded = False, len(page.rows)
        self._model.show_page(showing.columns_of, page.rows, page.has_more, self._clock.now())
        self._view.keep_selection()
        self._view.read_on()
        self._overview = overview
        self.counted.emit(overview)
        self.shown.emit()
        self._go_on()

    def _failed(self, error: Exception) -> None:
        self._running = False
        self._model.stop_waiting()
        self.failed.emit(error)
        self._go_on()

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self.reload()

    def _read_more(self, cursor: str) -> None:
        if self._orders is None or self._running:
            self._model.stop_waiting()
            return
        orders = self._orders
        query = self._query(PAGE, cursor)
        self._tasks.read(self, lambda: orders.page(query), self._more_arrived, self._more_failed, key="more")

    def _more_arrived(self, page: OrderPage) -> None:
        self._model.append(page.rows, page.has_more)
        self._loaded = self._model.rowCount()
        self._view.read_on()

    def _more_failed(self, error: Exception) -> None:
        self._model.stop_waiting()
        self.failed.emit(error)
