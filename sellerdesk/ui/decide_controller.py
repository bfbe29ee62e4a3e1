"""Decide from the window: what is known about an operation that nothing settles by itself, and a person's decision."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.operation import OpenOperation, Try
from sellerdesk.domain.order import Order
from sellerdesk.formats import counted, to_the_second
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui import panel_words, plain
from sellerdesk.ui.dialogs.choice_cards import Way
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.order_work import OrderWork, Wish
from sellerdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from sellerdesk.services.review import Evidence


class DecideController(QObject):
    """Reads what there is to know, asks, and carries the decision out.

    Signals:
        settled: carries the order's id, where the reading left nothing to decide. UI thread.
    """

    settled = Signal(str)

    def __init__(self, work: OrderWork, tasks: Tasks, notices: Notices, window: QWidget) -> None:
        super().__init__(work)
        self._work, self._tasks, self._notices, self._window = work, tasks, notices, window

    def open(self, shop: OpenShop, order: Order) -> None:
        """Ask Stripe what is known, then open the dialog. Nothing is sent before it is decided."""
        operation, review = order.open_operation, shop.desk.review
        if operation is None:
            return
        self._tasks.read(
            self,
            lambda: review.look(operation.id),
            partial(self._read, shop, order, operation),
            lambda error: self._notices.error(error, money="Nothing was decided, and nothing is sent."),
            key="decide",
        )

    def _read(self, shop: OpenShop, order: Order, operation: OpenOperation, evidence: "Evidence") -> None:
        if evidence.settled:
            self._notices.note(f"Order {order.shown_reference}: Stripe has answered; there is nothing to decide.")
            self.settled.emit(order.id)
            return
        if self._work.dialog is not None:
            return
        review = shop.desk.review
        ways: dict[Way, Callable[[], Order]] = {}
        asked = panel_words.asked_words(operation, order.currency, shop.desk.clock.now())
        if evidence.accept:
            way = Way("Accept that it did not happen", evidence.accept, "Accept", "Accepting…")
            ways[way] = partial(review.accept, operation.id)
        if evidence.again:
            way = Way("Send it again", evidence.again, "Send again", "Sending…")
            ways[way] = partial(review.send_again, operation.id)
        if not ways:
            self._notices.note(f"Order {order.shown_reference}: {evidence.says} Nothing was decided.")
            return
        self._ask(shop, order, operation, evidence, f"{asked}. {operation.why}".strip(), ways)

    def _ask(
        self, shop: OpenShop, order: Order, operation: OpenOperation, evidence: "Evidence", asked: str,
        ways: dict[Way, Callable[[], Order]],
    ) -> None:  # fmt: skip
        from sellerdesk.ui.dialogs.decide import DecideDialog

        title = f"Decide about order {order.shown_reference}"
        dialog = DecideDialog(title, shop.info.mode, list(ways), shop.desk.seat, self._window)
        dialog.subtitle.setText(plain.apart(order.shopper.name, NAME_LENGTH))
        details = _tries_words(evidence.tries, shop.desk.clock.now())
        dialog.show_evidence(evidence.says, asked, details, evidence.why_not_again)

        def chosen(way: Way) -> None:
            wish = Wish(order, operation, ways[way], _decided, "Nothing was decided by this.")
            self._work.start(dialog, wish)

        dialog.way_chosen.connect(chosen)
        self._work.open(dialog)


def _decided(order: Order) -> str:
    if order.open_operation is not None:
        return ""
    return f"Order {order.shown_reference} is decided. {panel_words.settled_words(order)}"


def _tries_words(tries: tuple[Try, ...], now: int) -> str:
    """'Tried 3 times so far: 09:14:02 no answer, …'"""
    if not tries:
        return ""
    shown = "; ".join(f"{to_the_second(each.at, now)} {each.outcome or 'no answer'}" for each in tries[-5:])
    return f"Tried {counted(len(tries), 'time')} so far: {shown}."
