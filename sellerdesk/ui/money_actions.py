"""What can be done with an order's money beside the one thing that comes next: refund, charge later, renew, decide."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.charging_later import RenewalRoad, may_charge_later, offer_renewal, waiting_renewal
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.refunding import refundable_payments
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.decide_controller import DecideController
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.order_work import OrderWork
from sellerdesk.ui.refund_controller import RefundController
from sellerdesk.ui.saved_card_controller import SavedCardController
from sellerdesk.ui.tasks import Tasks

Shown = Callable[[], tuple[OpenShop, Order] | None]


class MoneyActions(QObject):
    """Opens each action for the order that ``shown`` gives: the shop and the order of the panel, if there is one."""

    def __init__(self, work: OrderWork, tasks: Tasks, notices: Notices, window: QWidget, shown: Shown) -> None:
        super().__init__(work)
        self._work, self._shown = work, shown
        self._refunding = RefundController(work, window)
        self._charging = SavedCardController(work, notices, window)
        self.deciding = DecideController(work, tasks, notices, window)

    @property
    def can_refund(self) -> bool:
        """Whether something of the order shown is left to refund."""
        free = self._free()
        return free is not None and bool(refundable_payments(free[1]))

    @property
    def can_charge_later(self) -> bool:
        """Whether something was left out of the order shown that its saved card can be charged for."""
        free = self._free()
        return free is not None and may_charge_later(free[1])

    @property
    def can_renew(self) -> bool:
        """Whether the order shown can get a new hold from its saved card, or has begun one."""
        free = self._free()
        if free is None:
            return False
        shop, order = free
        waiting = waiting_renewal(order)
        begun = waiting is not None and bool(waiting.intent_id)
        return begun or offer_renewal(order, shop.desk.clock.now()).road is RenewalRoad.SAVED_CARD

    def refund(self) -> None:
        """Ask what goes back to the shopper."""
        free = self._free()
        if free is not None and self.can_refund and self._work.dialog is None:
            self._refunding.open(*free)

    def back_order(self) -> None:
        """Ask what of the items left out is charged now."""
        free = self._free()
        if free is not None and self.can_charge_later and self._work.dialog is None:
            self._charging.back_order(*free)

    def renew(self) -> None:
        """Offer a new hold."""
        free = self._free()
        if free is not None and self.can_renew and self._work.dialog is None:
            self._charging.renew(*free)

    def decide(self) -> None:
        """Ask about what nothing settles by itself."""
        shown = self._shown()
        if shown is None or self._work.dialog is not None:
            return
        operation = shown[1].open_operation
        if operation is not None and operation.state is OperationState.REVIEW:
            self.deciding.open(*shown)

    def _free(self) -> tuple[OpenShop, Order] | None:
        """The shop and the order shown, when nothing is open about it."""
        shown = self._shown()
        return shown if shown is not None and shown[1].open_operation is None else None
