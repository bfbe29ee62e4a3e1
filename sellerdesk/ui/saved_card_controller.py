"""Charging the saved card from the window: back-orders, new holds in place of lapsing ones, and what the bank said."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.charging_later import BackOrderPlan, waiting_back_order, waiting_renewal
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.saved_card import LaterCharge
from sellerdesk.ui import plain
from sellerdesk.ui import saved_card_words as words
from sellerdesk.ui.dialogs.choice_cards import Way
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.order_work import OrderWork, Wish, sending
from sellerdesk.ui.widgets import Tone

if TYPE_CHECKING:
    from sellerdesk.ui.dialogs.decide import DecideDialog

_UNTOUCHED = "Nothing was charged by this."


class SavedCardController(QObject):
    """Asks what is charged, charges it, and says what the bank made of it."""

    def __init__(self, work: OrderWork, notices: Notices, window: QWidget) -> None:
        super().__init__(work)
        self._work, self._notices, self._window = work, notices, window

    def back_order(self, shop: OpenShop, order: Order) -> None:
        """Open the dialog for what was left out, or for the charge that waits to be settled."""
        from sellerdesk.ui.dialogs.back_order import BackOrderDialog

        waiting = waiting_back_order(order)
        if waiting is not None and waiting.intent_id:
            self._settle(shop, order, waiting)
            return
        operation_id = shop.desk.back_order.new_operation()
        dialog = BackOrderDialog(order, shop.info.mode, shop.desk.clock.now, operation_id, self._window)
        dialog.charge_chosen.connect(partial(self._charge, shop, order))
        self._work.open(dialog)

    def renew(self, shop: OpenShop, order: Order) -> None:
        """Offer a new hold in place of the one that lapses; where there is none to offer, say why."""
        waiting = waiting_renewal(order)
        if waiting is not None and waiting.intent_id:
            self._settle(shop, order, waiting)
            return
        offer = shop.desk.renew.offer(order)
        plan = offer.plan
        if plan is None:
            self._notices.note(f"{offer.why} No money moved.")
            return
        renew, operation_id = shop.desk.renew, shop.desk.renew.new_operation()
        run = partial(renew.run, operation_id, order.id, order.version, plan)
        start = partial(self._start, shop, order, OperationKind.RENEW, operation_id, plan.amount, run)
        dialog = self._decide(shop, order, f"Renew the hold of {order.shown_reference}", {words.renewing(plan): start})
        dialog.show_evidence(*words.renewal(plan, shop.desk.clock.now(), offer.why), tone=Tone.TEXT)
        self._work.open(dialog)

    def _charge(self, shop: OpenShop, order: Order, operation_id: str, plan: BackOrderPlan) -> None:
        run = partial(shop.desk.back_order.run, operation_id, order.id, order.version, plan)
        self._start(shop, order, OperationKind.BACK_ORDER, operation_id, plan.amount, run)

    def _settle(self, shop: OpenShop, order: Order, payment: Payment) -> None:
        """Ask what shall become of a charge that the bank did not let through."""
        ways: dict[Way, Callable[[], None]] = {}
        again = words.another_try(payment)
        if again is not None:
            ways[again] = partial(self._try_again, shop, order, payment)
        if payment.role == "backorder":
            ways[words.giving_up(payment)] = partial(self._give_up, shop, order, payment)
        title = f"{'Back-order' if payment.role == 'backorder' else 'New hold'} of {order.shown_reference}"
        dialog = self._decide(shop, order, title, ways)
        dialog.show_evidence(*words.refused(payment), rest=words.why_no_other_try(payment), tone=Tone.AMBER)
        self._work.open(dialog)

    def _try_again(self, shop: OpenShop, order: Order, payment: Payment) -> None:
        service = shop.desk.back_order if payment.role == "backorder" else shop.desk.renew
        operation_id = service.new_operation()
        run = partial(service.try_again, operation_id, order.id, order.version)
        self._start(shop, order, OperationKind.CHARGE_AGAIN, operation_id, payment.amount, run)

    def _give_up(self, shop: OpenShop, order: Order, payment: Payment) -> None:
        service, operation_id = shop.desk.back_order, shop.desk.back_order.new_operation()
        run = partial(service.give_up, operation_id, order.id, order.version)
        operation = sending(shop, operation_id, OperationKind.CANCEL, payment.amount)
        self._work.start(self._dialog, Wish(order, operation, run, words.given_up, "It was not given up."))

    def _start(
        self, shop: OpenShop, order: Order, kind: OperationKind, operation_id: str, amount: int,
        run: Callable[[], LaterCharge],
    ) -> None:  # fmt: skip
        came: list[LaterCharge] = []

        def charge() -> Order:
            came.append(run())
            return came[-1].order

        operation = sending(shop, operation_id, kind, amount)
        self._work.start(self._dialog, Wish(order, operation, charge, lambda _order: words.told(came[-1]), _UNTOUCHED))

    @property
    def _dialog(self) -> DeskDialog:
        dialog = self._work.dialog
        assert dialog is not None
        return dialog

    def _decide(
        self, shop: OpenShop, order: Order, title: str, ways: Mapping[Way, Callable[[], None]]
    ) -> "DecideDialog":
        from sellerdesk.ui.dialogs.decide import DecideDialog

        dialog = DecideDialog(title, shop.info.mode, list(ways), shop.desk.seat, self._window)
        dialog.subtitle.setText(plain.apart(order.shopper.name, NAME_LENGTH))
        dialog.way_chosen.connect(lambda way: ways[way]())
        return dialog
