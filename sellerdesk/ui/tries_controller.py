"""Reads the tries of the order shown, in the background, for orders of which a card was refused."""

from functools import partial

from PySide6.QtCore import QObject

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.payment import CardAttempt
from sellerdesk.services.card_attempts import ReadAttempts
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.panel_tries import TriesRead
from sellerdesk.ui.tasks import Tasks


class TriesController(QObject):
    """Asks once for each state of an order; a person may ask again."""

    def __init__(self, tasks: Tasks, panel: OrderPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._panel = tasks, panel
        self._attempts: ReadAttempts | None = None
        self._asked: tuple[str, int] | None = None
        panel.tries_wanted.connect(self._read_again)

    def attach(self, attempts: ReadAttempts | None) -> None:
        """Read from this shop from now on; None is none."""
        self._attempts = attempts
        self._asked = None
        self._tasks.forget("tries")

    def follow(self, view: OrderView | None) -> None:
        """The panel shows ``view`` now."""
        if view is None or view.order.payment.problem is None:
            self._asked = None
            self._tasks.forget("tries")
        elif self._asked != (view.order.id, view.order.version):
            self._read(view)

    def _read_again(self) -> None:
        view = self._panel.view
        if view is not None:
            self._panel.show_tries(view.order.id, TriesRead())
            self._read(view)

    def _read(self, view: OrderView) -> None:
        attempts, order_id = self._attempts, view.order.id
        if attempts is None:
            return
        self._asked = (order_id, view.order.version)
        self._tasks.read(
            self,
            lambda: attempts.of(order_id),
            partial(self._arrived, order_id),
            partial(self._failed, order_id),
            key="tries",
        )

    def _arrived(self, order_id: str, found: tuple[CardAttempt, ...]) -> None:
        self._panel.show_tries(order_id, TriesRead(found))

    def _failed(self, order_id: str, error: Exception) -> None:
        self._panel.show_tries(order_id, TriesRead(trouble=str(error)))
