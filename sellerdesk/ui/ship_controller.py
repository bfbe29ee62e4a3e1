"""Ship from the window: the dialog, the tracking, and how it ended in a sentence."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order, Parcel
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.order_work import OrderWork, Wish, sending


class ShipController(QObject):
    """Asks for the parcels, and records them. ``copy`` gets the text of the dialog's copy buttons."""

    def __init__(self, work: OrderWork, window: QWidget, copy: Callable[[str], None]) -> None:
        super().__init__(work)
        self._work, self._window, self._copy = work, window, copy

    def open(self, shop: OpenShop, order: Order) -> None:
        """Open the dialog for a captured order."""
        from sellerdesk.ui.dialogs.ship import ShipDialog

        operation_id = shop.desk.ship.new_operation()
        dialog = ShipDialog(order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.copy_requested.connect(self._copy)
        dialog.ship_chosen.connect(partial(self._chosen, shop, order))
        self._work.open(dialog)

    def _chosen(self, shop: OpenShop, order: Order, operation_id: str, parcels: tuple[Parcel, ...]) -> None:
        dialog, ship = self._work.dialog, shop.desk.ship
        assert dialog is not None
        wish = Wish(
            order,
            sending(shop, operation_id, OperationKind.SHIP, None),
            lambda: ship.run(operation_id, order.id, order.version, parcels),
            lambda done: f"Order {done.shown_reference} is shipped. Its tracking is on the shopper’s order page.",
            "The money was captured before and stays captured.",
        )
        self._work.start(dialog, wish)
