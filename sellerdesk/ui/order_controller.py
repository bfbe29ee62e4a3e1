"""The selected order: reads it, opens what comes next, runs it on the serial worker, and says how it ended."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from sellerdesk.domain.errors import CallError, RefusedError, StateMoved, StoreError, UnknownOrder
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, Stage
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import money, to_the_second
from sellerdesk.services.check_now import Checked
from sellerdesk.services.desk import Mode, OpenShop
from sellerdesk.ui import panel_words
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.notices import Notices, from_error
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.tasks import Tasks


class OrderController(QObject):
    """Stands between the table's selection, the panel and the use cases.

    Signals:
        reload_wanted: something was done here; list, counts and order should be read again. UI thread.
        order_shown: the panel shows another view of an order, or none. UI thread.
        dialog_opened: the next action begins. UI thread.
    """

    reload_wanted = Signal()
    order_shown = Signal()
    dialog_opened = Signal()

    def __init__(self, tasks: Tasks, notices: Notices, model: OrdersModel, panel: OrderPanel, window: QWidget) -> None:
        super().__init__(window)
        self._tasks, self._notices, self._model = tasks, notices, model
        self._panel, self._window = panel, window
        self._shop: OpenShop | None = None
        self._order_id = ""
        self._open_when_read = False
        self._pending: dict[str, OpenOperation] = {}
        self._dialog: DeskDialog | None = None
        panel.prepare_requested.connect(self.prepare)
        panel.ship_requested.connect(self.ship)
        panel.check_requested.connect(self.check_now)

    @property
    def view(self) -> OrderView | None:
        """What the panel shows."""
        return self._panel.view

    @property
    def dialog(self) -> DeskDialog | None:
        """The dialog opened last, while it is there."""
        return self._dialog

    @property
    def next_stage(self) -> Stage | None:
        """The stage of the order shown, or None when there is none or it is being worked on."""
        view = self.view
        if view is None or view.order.open_operation is not None:
            return None
        return stage_of(view.order)

    def attach(self, shop: OpenShop) -> None:
        """Work on this shop from now on."""
        self._shop = shop

    def detach(self) -> None:
        """No shop any more."""
        self._shop = None
        self._pending.clear()
        self._model.set_pending({})
        self._tasks.forget("view")
        if self._dialog is not None:
            self._dialog.close()
        self.select("")

    def select(self, order_id: str) -> None:
        """Show this order; '' shows none."""
        if order_id != self._order_id:
            self._open_when_read = False
        self._order_id = order_id
        self.reload()

    def reload(self) -> None:
        """Read the selected order again. Of several readings only the latest is shown."""
        if self._shop is None or not self._order_id:
            self._tasks.forget("view")
            self._show(None)
            return
        orders, order_id = self._shop.desk.orders, self._order_id
        self._tasks.read(self, lambda: orders.view(order_id), self._arrived, self._not_read, key="view")

    def open_next(self) -> None:
        """The one thing that comes next for the selected order, once it has been read."""
        if self.view is None or self.view.order.id != self._order_id:
            self._open_when_read = bool(self._order_id)
            return
        match self.next_stage:
            case Stage.TO_PREPARE:
                self.prepare()
            case Stage.TO_SHIP:
                self.ship()

    def prepare(self) -> None:
        """Ask what goes out now. Nothing moves before the dialog is decided."""
        shop, view = self._shop, self.view
        if shop is None or view is None or self.next_stage is not Stage.TO_PREPARE or self._dialog is not None:
            return
        from sellerdesk.ui.dialogs.prepare import PrepareDialog

        operation_id = shop.desk.prepare.new_operation()
        dialog = PrepareDialog(view.order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.capture_chosen.connect(partial(self._capture, shop, view.order, dialog))
        self._open(dialog)

    def ship(self) -> None:
        """Ask for the parcels."""
        shop, view = self._shop, self.view
        if shop is None or view is None or self.next_stage is not Stage.TO_SHIP or self._dialog is not None:
            return
        from sellerdesk.ui.dialogs.ship import ShipDialog

        operation_id = shop.desk.ship.new_operation()
        dialog = ShipDialog(view.order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.copy_requested.connect(self._panel.copy_requested)
        dialog.ship_chosen.connect(partial(self._ship, shop, view.order, dialog))
        self._open(dialog)

    def check_now(self) -> None:
        """Ask Stripe at once what became of what is open about the order shown. Only reads there."""
        shop, view = self._shop, self.view
        if shop is None or view is None:
            return
        check, order_id = shop.desk.check, view.order.id
        self._panel.head.question.begin_check()
        self._tasks.read(
            self, lambda: check.run(order_id), self._checked, partial(self._not_checked, order_id), key="check"
        )

    def _checked(self, checked: Checked) -> None:
        order = checked.order
        if order.open_operation is None:
            words = f"Order {order.shown_reference}: Stripe has answered. {panel_words.settled_words(order)}"
            self._notices.note(words)
        self._end_check(order.id, _look_words(checked, self._shop))
        self._take_in(order)

    def _not_checked(self, order_id: str, error: Exception) -> None:
        self._end_check(order_id, "")
        self._notices.error(error, money="Nothing was sent, and nothing is asked twice.")

    def _end_check(self, order_id: str, sentence: str) -> None:
        if self.view is not None and self.view.order.id == order_id:
            self._panel.head.question.end_check(sentence)

    def _open(self, dialog: DeskDialog) -> None:
        self._dialog = dialog
        dialog.finished.connect(partial(self._closed, dialog))
        dialog.open_safely()
        self.dialog_opened.emit()

    def _closed(self, dialog: DeskDialog, _result: int) -> None:
        if self._dialog is dialog:
            self._dialog = None
        dialog.deleteLater()

    def _capture(
        self,
        shop: OpenShop,
        order: Order,
        dialog: DeskDialog,
        operation_id: str,
        kept: Mapping[int, int],
        shipping: ShippingChoice,
        message: str,
    ) -> None:
        prepare = shop.desk.prepare
        amount = getattr(getattr(dialog, "plan", None), "total", None)
        self._begin(shop, order, OpenOperation(
            operation_id, OperationKind.CAPTURE, OperationState.SENDING, amount, shop.desk.clock.now(), shop.desk.seat
        ))  # fmt: skip
        self._tasks.command(
            self,
            lambda: prepare.run(operation_id, order.id, order.version, kept, shipping, message),
            partial(self._captured, dialog),
            partial(self._failed, order, dialog, "Nothing was captured and nothing was released."),
        )

    def _ship(
        self, shop: OpenShop, order: Order, dialog: DeskDialog, operation_id: str, parcels: tuple[Parcel, ...]
    ) -> None:
        ship = shop.desk.ship
        self._begin(shop, order, OpenOperation(
            operation_id, OperationKind.SHIP, OperationState.SENDING, None, shop.desk.clock.now(), shop.desk.seat
        ))  # fmt: skip
        self._tasks.command(
            self,
            lambda: ship.run(operation_id, order.id, order.version, parcels),
            partial(self._shipped, dialog),
            partial(self._failed, order, dialog, "The money was captured before and stays captured."),
        )

    def _begin(self, shop: OpenShop, order: Order, operation: OpenOperation) -> None:
        """Show the work at once; the database tells later what became of it."""
        self._pending[order.id] = operation
        self._model.set_pending(self._pending)
        if shop is self._shop and self.view is not None:
            self._show(self.view)

    def _captured(self, dialog: DeskDialog, order: Order) -> None:
        self._ended(order.id, dialog)
        if order.open_operation is None:
            released = order.payment.released
            rest = f" {money(released, order.currency)} went back to the shopper." if released else ""
            captured = money(order.payment.captured, order.currency)
            self._notices.note(f"Captured {captured} for order {order.shown_reference}.{rest} It is in To ship now.")
        self._take_in(order)

    def _shipped(self, dialog: DeskDialog, order: Order) -> None:
        self._ended(order.id, dialog)
        self._notices.note(f"Order {order.shown_reference} is shipped. Its tracking is on the shopper’s order page.")
        self._take_in(order)

    def _failed(self, order: Order, dialog: DeskDialog, money_words: str, error: Exception) -> None:
        if not isinstance(error, RefusedError):
            self._ended(order.id, dialog)
            self._notices.say(from_error(error, **_sentences(error, money_words)))
        else:
            self._forget_pending(order.id)
            if not isValid(dialog) or not dialog.refuse(f"{error} {money_words}"):
                self._notices.error(error, money=money_words)
        self.reload()
        self.reload_wanted.emit()

    def _ended(self, order_id: str, dialog: DeskDialog) -> None:
        self._forget_pending(order_id)
        if isValid(dialog):
            dialog.finish()

    def _forget_pending(self, order_id: str) -> None:
        self._pending.pop(order_id, None)
        self._model.set_pending(self._pending)

    def _take_in(self, order: Order) -> None:
        if self.view is not None and self.view.order.id == order.id:
            self._show(replace(self.view, order=order))
        self.reload()
        self.reload_wanted.emit()

    def _arrived(self, view: OrderView) -> None:
        if view.order.id != self._order_id:
            return
        self._show(view)
        if self._open_when_read:
            self._open_when_read = False
            self.open_next()

    def _not_read(self, error: Exception) -> None:
        self._show(None)
        if not isinstance(error, UnknownOrder):
            self._notices.error(error, money="Nothing was changed.")

    def _show(self, view: OrderView | None) -> None:
        shop = self._shop
        if view is not None and shop is not None:
            pending = self._pending.get(view.order.id)
            if pending is not None and view.order.open_operation is None:
                view = replace(view, order=replace(view.order, open_operation=pending))
            self._panel.show_order(view, shop.info.mode)
        elif self._panel.view is not None:
            self._panel.show_order(None, Mode.TEST)
        self.order_shown.emit()


def _look_words(checked: Checked, shop: OpenShop | None) -> str:
    """What a look at Stripe brought while the question stays open."""
    operation = checked.order.open_operation
    if checked.error is not None:
        return str(checked.error)
    if operation is None or shop is None:
        return ""
    now = shop.desk.clock.now()
    at = to_the_second(now, now)
    if operation.state is OperationState.REVIEW:
        return f"Looked at {at}: nothing is settled at Stripe so far."
    return f"Looked at {at}: Stripe shows nothing of it so far. It is looked at again before anything is sent."


def _sentences(error: Exception, money_words: str) -> dict[str, str]:
    """The second and third sentence for a failure of the world in the middle of an action."""
    match error:
        case StateMoved():
            return {
                "money": "Somebody or something was faster at Stripe.",
                "next_step": "The order shows what Stripe says now: look at it again, then decide.",
            }
        case StoreError():
            return {
                "money": "If Stripe was asked already, its answer is looked up by itself; nothing is asked twice.",
                "next_step": "Look at the order again in a minute.",
            }
        case CallError():
            return {"money": money_words, "next_step": "Look at the order again, then decide."}
        case _:
            return {"money": money_words}
