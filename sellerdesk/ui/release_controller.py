"""Release from the window: the dialog, the release, and how it ended in a sentence."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.errors import StateMoved
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.order_work import OrderWork, Wish, sending
from sellerdesk.ui.panel_words import sum_words


class ReleaseController(QObject):
    """Asks why a hold is let go, and lets it go."""

    def __init__(self, work: OrderWork, window: QWidget) -> None:
        super().__init__(work)
        self._work, self._window = work, window

    def open(self, shop: OpenShop, order: Order) -> None:
        """Open the dialog for a held order. Nothing is released before it is decided."""
        from sellerdesk.ui.dialogs.release import ReleaseDialog

        operation_id = shop.desk.release.new_operation()
        dialog = ReleaseDialog(order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.release_chosen.connect(partial(self._chosen, shop, order))
        self._work.open(dialog)

    def _chosen(
        self, shop: OpenShop, order: Order, operation_id: str, reason: ReleaseReason, message: str
    ) -> None:  # fmt: skip
        dialog, release = self._work.dialog, shop.desk.release
        assert dialog is not None
        wish = Wish(
            order,
            sending(shop, operation_id, OperationKind.CANCEL, order.payment.held),
            lambda: release.run(operation_id, order.id, order.version, reason, message),
            _released,
            "Nothing was released by this.",
            _somebody_was_faster,
        )
        self._work.start(dialog, wish)


def _released(order: Order) -> str:
    if order.open_operation is not None:
        return ""
    released = sum_words(order.payment.released, order.currency)
    return f"Released {released} of order {order.shown_reference}. Nothing is held any more; do not ship."


def _somebody_was_faster(error: Exception) -> str:
    """What Stripe says about the payment now."""
    if not isinstance(error, StateMoved):
        return ""
    facts = error.facts
    if facts is not None and facts.status is PaymentStatus.SUCCEEDED:
        captured = sum_words(facts.amount_received, facts.currency)
        return f"It was captured meanwhile: {captured} was taken, so there is no hold to release. Refund it instead."
    return str(error)
