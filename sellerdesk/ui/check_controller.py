"""Check now: ask Stripe at once what became of what is open about an order. Only reads there."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order
from sellerdesk.formats import to_the_second
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui import panel_words
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from sellerdesk.services.check_now import Checked


class CheckController(QObject):
    """Looks, and says in the box of the open question what the look brought.

    Signals:
        checked: carries the Order as it is after the look. UI thread.
    """

    checked = Signal(object)

    def __init__(self, tasks: Tasks, notices: Notices, panel: OrderPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._panel = tasks, notices, panel

    def look(self, shop: OpenShop, order: Order) -> None:
        """Ask about ``order``."""
        check, order_id = shop.desk.check, order.id
        self._panel.head.question.begin_check()
        self._tasks.read(
            self,
            lambda: check.run(order_id),
            partial(self._arrived, shop),
            partial(self._failed, order_id),
            key="check",
        )

    def _arrived(self, shop: OpenShop, checked: "Checked") -> None:
        order = checked.order
        if order.open_operation is None:
            words = f"Order {order.shown_reference}: Stripe has answered. {panel_words.settled_words(order)}"
            self._notices.note(words)
        self._end(order.id, _look_words(checked, shop.desk.clock.now()))
        self.checked.emit(order)

    def _failed(self, order_id: str, error: Exception) -> None:
        self._end(order_id, "")
        self._notices.error(error, money="Nothing was sent, and nothing is asked twice.")

    def _end(self, order_id: str, sentence: str) -> None:
        view = self._panel.view
        if view is not None and view.order.id == order_id:
            self._panel.head.question.end_check(sentence)


def _look_words(checked: "Checked", now: int) -> str:
    """What a look at Stripe brought while the question stays open."""
    operation = checked.order.open_operation
    if checked.error is not None:
        return str(checked.error)
    if operation is None:
        return ""
    at = to_the_second(now, now)
    if operation.state is OperationState.REVIEW:
        return f"Looked at {at}: nothing is settled at Stripe so far."
    return f"Looked at {at}: Stripe shows nothing of it so far. It is looked at again before anything is sent."
