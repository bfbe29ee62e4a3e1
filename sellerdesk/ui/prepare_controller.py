"""Prepare from the window: the dialog, the capture, and how it ended in a sentence."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.formats import money
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.order_work import OrderWork, Wish, sending

# The dialog is imported when it is first wanted: the window is to be painted before.


class PrepareController(QObject):
    """Asks what goes out now, and captures it."""

    def __init__(self, work: OrderWork, window: QWidget) -> None:
        super().__init__(work)
        self._work, self._window = work, window

    def open(self, shop: OpenShop, order: Order) -> None:
        """Open the dialog for a held order. Nothing moves before it is decided."""
        from sellerdesk.ui.dialogs.prepare import PrepareDialog

        operation_id = shop.desk.prepare.new_operation()
        dialog = PrepareDialog(order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.capture_chosen.connect(partial(self._chosen, shop, order))
        self._work.open(dialog)

    def _chosen(
        self,
        shop: OpenShop,
        order: Order,
        operation_id: str,
        kept: Mapping[int, int],
        shipping: ShippingChoice,
        message: str,
    ) -> None:
        from sellerdesk.ui.dialogs.prepare import PrepareDialog

        dialog, prepare = self._work.dialog, shop.desk.prepare
        assert isinstance(dialog, PrepareDialog)
        amount = dialog.plan.total if dialog.plan is not None else None
        wish = Wish(
            order,
            sending(shop, operation_id, OperationKind.CAPTURE, amount),
            lambda: prepare.run(operation_id, order.id, order.version, kept, shipping, message),
            _captured,
            "Nothing was captured and nothing was released by this.",
        )
        self._work.start(dialog, wish)


def _captured(order: Order) -> str:
    if order.open_operation is not None:
        return ""
    released = order.payment.released
    rest = f" {money(released, order.currency)} went back to the shopper." if released else ""
    captured = money(order.payment.captured, order.currency)
    return f"Captured {captured} for order {order.shown_reference}.{rest} It is in To ship now."
