"""Says when holds come near their end while the window is open: at 48, 24, 6 and 1 hours, each of them once."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sellerdesk.clock import Clock
from sellerdesk.domain.deadlines import STEPS, step_of, step_words
from sellerdesk.domain.listing import OrderFilter, OrderQuery, OrderRow
from sellerdesk.domain.order import Stage
from sellerdesk.formats import money
from sellerdesk.ui.notices import Kind, Notice, Notices
from sellerdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from sellerdesk.services.orders import ReadOrders

_MOST = 200


class DeadlineWatch(QObject):
    """Looks once a minute. What was near its end when the shop was opened stands first in the list, and is not said.

    Signals:
        looked: what was read has been judged, and said where needed. UI thread.
    """

    looked = Signal()

    def __init__(self, tasks: Tasks, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._notices = tasks, notices
        self._orders: ReadOrders | None = None
        self._clock = Clock()
        self._told: dict[str, int] | None = None

    def attach(self, orders: "ReadOrders", clock: Clock) -> None:
        """Watch this shop from now on."""
        self._orders, self._clock, self._told = orders, clock, None
        self.look()

    def detach(self) -> None:
        """No shop any more."""
        self._orders = None
        self._tasks.forget("deadlines")

    def look(self) -> None:
        """Read which holds lapse soon, and say which came nearer to it. A reading that fails is made up for by the
        next; the list says what is wrong."""
        if self._orders is not None:
            work = partial(_near_their_end, self._orders, self._clock.now())
            self._tasks.read(self, work, self._seen, lambda _error: None, key="deadlines")

    def _seen(self, rows: tuple[OrderRow, ...]) -> None:
        now = self._clock.now()
        steps = {row.id: step for row in rows if row.deadline is not None and (step := step_of(row.deadline, now))}
        told, self._told = self._told, steps
        known = steps if told is None else told
        nearer = [row for row in rows if row.id in steps and steps[row.id] < known.get(row.id, STEPS[0] + 1)]
        if nearer:
            self._notices.say(_notice(nearer, min(steps[row.id] for row in nearer)))
        self.looked.emit()


def _near_their_end(orders: "ReadOrders", now: int) -> tuple[OrderRow, ...]:
    only = OrderFilter(lapses_before=now + STEPS[0] + 1)
    return orders.page(OrderQuery(Stage.TO_PREPARE, limit=_MOST, only=only)).rows


def _notice(rows: list[OrderRow], step: int) -> Notice:
    """``rows`` by deadline; the first is named."""
    first = rows[0]
    named = f"{first.reference[:4]}-{first.reference[4:]} ({money(first.amount, first.currency)})"
    if len(rows) == 1:
        happened = f"The hold of {named} lapses in less than {step_words(step)}."
    else:
        happened = f"{len(rows)} holds come near their end, {named} in less than {step_words(step)}."
    return Notice(
        Kind.WORLD,
        happened,
        "Money that is not captured by then goes back to the shopper.",
        "It stands first under To prepare.",
    )
