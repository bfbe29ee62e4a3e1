"""Refund from the window: the dialog, the refund, and how it ended in a sentence."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.refunding import RefundPlan
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.order_work import OrderWork, Wish, sending
from sellerdesk.ui.panel_words import sum_words


class RefundController(QObject):
    """Asks what goes back, and gives it back."""

    def __init__(self, work: OrderWork, window: QWidget) -> None:
        super().__init__(work)
        self._work, self._window = work, window

    def open(self, shop: OpenShop, order: Order) -> None:
        """Open the dialog for an order that was paid. Nothing goes back before it is decided."""
        from sellerdesk.ui.dialogs.refund import RefundDialog

        dialog = RefundDialog(order, shop.info.mode, shop.desk.refund.new_operation(), self._window)
        dialog.refund_chosen.connect(partial(self._chosen, shop, order))
        self._work.open(dialog)

    def _chosen(
        self, shop: OpenShop, order: Order, operation_id: str, plan: RefundPlan, reason: RefundReason, note: str
    ) -> None:  # fmt: skip
        dialog, refund = self._work.dialog, shop.desk.refund
        assert dialog is not None
        wish = Wish(
            order,
            sending(shop, operation_id, OperationKind.REFUND, plan.amount),
            lambda: refund.run(operation_id, order.id, order.version, plan, reason, note),
            partial(_refunded, plan),
            "Nothing was refunded by this.",
        )
        self._work.start(dialog, wish)


def _refunded(plan: RefundPlan, order: Order) -> str:
    if order.open_operation is not None:
        return ""
    rest = f" {sum_words(plan.left, plan.currency)} of the payment stays with you." if plan.left else ""
    return f"Refunded {sum_words(plan.amount, plan.currency)} of order {order.shown_reference}.{rest}"
