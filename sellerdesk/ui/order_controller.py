"""The selected order: reads it, shows it, and opens what comes next. Each action has a controller of its own."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.errors import UnknownOrder
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.services.desk import Mode, OpenShop
from sellerdesk.ui.check_controller import CheckController
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.link_controller import LinkController
from sellerdesk.ui.money_actions import MoneyActions
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.order_links import stripe_page
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.order_work import OrderWork
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.prepare_controller import PrepareController
from sellerdesk.ui.release_controller import ReleaseController
from sellerdesk.ui.ship_controller import ShipController
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.tries_controller import TriesController

_UNPAID = (Stage.PROBLEM, Stage.UNFINISHED)


class OrderController(QObject):
    """Stands between the table's selection, the panel and the actions.

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
        self._tasks, self._notices, self._panel = tasks, notices, panel
        self._shop: OpenShop | None = None
        self._order_id = ""
        self._open_when_read = False
        self._work = OrderWork(tasks, notices, model, self)
        self._work.opened.connect(self.dialog_opened)
        self._work.touched.connect(self._touched)
        self._work.done.connect(self._take_in)
        self._work.failed.connect(self._look_again)
        self._preparing = PrepareController(self._work, window)
        self._shipping = ShipController(self._work, window, panel.copy_requested.emit)
        self._releasing = ReleaseController(self._work, window)
        self._links = LinkController(notices, self)
        self._tries = TriesController(tasks, panel, self)
        self.money = MoneyActions(self._work, tasks, notices, window, self._shown)
        self.money.deciding.settled.connect(self._look_again)
        self._checking = CheckController(tasks, notices, panel, self)
        self._checking.checked.connect(self._take_in)
        panel.prepare_requested.connect(self.prepare)
        panel.ship_requested.connect(self.ship)
        panel.link_requested.connect(self.copy_link)
        panel.check_requested.connect(self.check_now)
        panel.decide_requested.connect(self.money.decide)

    @property
    def view(self) -> OrderView | None:
        """What the panel shows."""
        return self._panel.view

    @property
    def dialog(self) -> DeskDialog | None:
        """The dialog opened last, while it is there."""
        return self._work.dialog

    @property
    def next_stage(self) -> Stage | None:
        """The stage of the order shown, or None when there is none or it is being worked on."""
        view = self.view
        if view is None or view.order.open_operation is not None:
            return None
        return stage_of(view.order)

    @property
    def has_stripe_page(self) -> bool:
        """Whether the payment of the order shown can be looked at in Stripe's Dashboard."""
        view = self.view
        return self._shop is not None and view is not None and bool(stripe_page(self._shop.info, view.order))

    def attach(self, shop: OpenShop) -> None:
        """Work on this shop from now on."""
        self._shop = shop
        self._tries.attach(shop.desk.attempts)

    def detach(self) -> None:
        """No shop any more."""
        self._shop = None
        self._tasks.forget("view")
        self._tries.attach(None)
        self._work.forget()
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
        self.money.decide()
        match self.next_stage:
            case Stage.TO_PREPARE:
                self.prepare()
            case Stage.TO_SHIP:
                self.ship()
            case Stage.PROBLEM | Stage.UNFINISHED:
                self.copy_link()

    def prepare(self) -> None:
        """Ask what goes out now. Nothing moves before the dialog is decided."""
        shop = self._shop_for(Stage.TO_PREPARE)
        if shop is not None and self.view is not None:
            self._preparing.open(shop, self.view.order)

    def ship(self) -> None:
        """Ask for the parcels."""
        shop = self._shop_for(Stage.TO_SHIP)
        if shop is not None and self.view is not None:
            self._shipping.open(shop, self.view.order)

    def release(self) -> None:
        """Ask why the hold is let go. Nothing moves before the dialog is decided."""
        shop = self._shop_for(Stage.TO_PREPARE)
        if shop is not None and self.view is not None:
            self._releasing.open(shop, self.view.order)

    def check_now(self) -> None:
        """Ask Stripe at once what became of what is open about the order shown."""
        if self._shop is not None and self.view is not None:
            self._checking.look(self._shop, self.view.order)

    def copy_link(self) -> None:
        """The address where the shopper can pay, for an order that is not paid."""
        if self._shop is not None and self.view is not None and self.next_stage in _UNPAID:
            self._links.copy_link(self._shop.info, self.view.order)

    def send_link(self) -> None:
        """A mail with that address, ready in the system's mail program."""
        if self._shop is not None and self.view is not None and self.next_stage in _UNPAID:
            self._links.send_link(self._shop.info, self.view.order)

    def open_at_stripe(self) -> None:
        """The payment in Stripe's Dashboard."""
        if self._shop is not None and self.view is not None:
            self._links.open_at_stripe(self._shop.info, self.view.order)

    def _shown(self) -> tuple[OpenShop, Order] | None:
        return (self._shop, self.view.order) if self._shop is not None and self.view is not None else None

    def _shop_for(self, stage: Stage) -> OpenShop | None:
        """The shop, when the order shown stands in ``stage`` and nothing else is being decided."""
        return self._shop if self.next_stage is stage and self.dialog is None else None

    def _touched(self, order_id: str) -> None:
        if self.view is not None and self.view.order.id == order_id:
            self._show(self.view)

    def _take_in(self, order: Order) -> None:
        if self.view is not None and self.view.order.id == order.id:
            self._show(replace(self.view, order=order))
        self._look_again()

    def _look_again(self) -> None:
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
        if view is not None and self._shop is not None:
            self._panel.show_order(self._work.overlaid(view), self._shop.info.mode)
        elif self._panel.view is not None:
            self._panel.show_order(None, Mode.TEST)
        self._tries.follow(self._panel.view)
        self.order_shown.emit()
