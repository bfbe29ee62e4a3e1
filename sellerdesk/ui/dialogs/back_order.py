"""Back-order: which of the pieces that were left out are charged to the saved card now."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.charging_later import BackOrderPlan, plan_back_order, saved_card
from sellerdesk.domain.errors import ChargeRefused
from sellerdesk.domain.order import Order
from sellerdesk.domain.pieces import pieces_owed, shipping_owed
from sellerdesk.formats import amount, counted
from sellerdesk.services.desk import Mode
from sellerdesk.ui import plain
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.piece_lines import Offered, PiecesBox, Titles
from sellerdesk.ui.dialogs.refund_choice import MarkRow
from sellerdesk.ui.dialogs.sums_box import NOTHING, SumsBox
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_words import card_words, sum_words
from sellerdesk.ui.widgets import Tone

_TITLES = Titles("Owed", "Charge", "charge")


class BackOrderDialog(DeskDialog):
    """Asks what of the items left out goes out now. Its sums come from ``domain.charging_later``, never from here.

    Signals:
        charge_chosen: operation id, BackOrderPlan. Sent once, however often the button is pressed.
    """

    charge_chosen = Signal(str, object)

    def __init__(
        self, order: Order, mode: Mode, now: Callable[[], int], operation_id: str, parent: QWidget | None = None
    ) -> None:
        """``now`` gives seconds UTC; ``operation_id`` was made for this dialog alone."""
        super().__init__(f"Back-order of {order.shown_reference}", "Not yet", "Charge", parent)
        self._order, self._now, self._operation_id = order, now, operation_id
        self._plan: BackOrderPlan | None = None
        self.show_mode(mode)
        owed = [(line, pieces_owed(order, line)) for line in order.lines]
        self.lines = PiecesBox([Offered(line, most, most) for line, most in owed if most], _TITLES, order.currency)
        self.lines.changed.connect(self._refresh)
        self._shipping = shipping_owed(order)
        self.shipping = MarkRow("Shipping", ("Waive", f"Charge {amount(self._shipping, order.currency)}"))
        self.shipping.setVisible(self._shipping > 0)
        self.shipping.changed.connect(self._refresh)
        self.sums = SumsBox(("Paid so far", "Charging now", "Still owed"), "Charging now", Tone.ACCENT)
        self.note = NoteBox()
        self.trouble = NoteBox()
        for widget in (self.lines, self.shipping, self.sums, self.note, self.trouble):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        self.subtitle.setText(_subtitle(order))
        self.note.say(
            "Charge it when the goods are packed.",
            "The bank may ask the shopper to approve it; the link of their order then lets them.",
            icon="credit-card",
        )
        self.setMinimumWidth(pixels(600))
        self.resize(pixels(680), pixels(420))
        self._refresh()

    @property
    def plan(self) -> BackOrderPlan | None:
        """What would be charged as it stands, or None when that is refused."""
        return self._plan

    def decide(self) -> None:
        self.lines.setEnabled(False)
        self.shipping.setEnabled(False)
        self.charge_chosen.emit(self._operation_id, self._plan)

    def busy_words(self) -> str:
        assert self._plan is not None
        return f"Charging {sum_words(self._plan.amount, self._plan.currency)}…"

    def show_refusal(self, sentence: str) -> None:
        self.trouble.say("Nothing was charged by this.", sentence, Tone.RED)

    def _refresh(self) -> None:
        if self.sent:
            return
        self._plan, refusal = self._try_plan()
        self.lines.show_amounts({line.position: line.amount for line in self._plan.lines} if self._plan else {})
        self._show_sums()
        self.trouble.say(refusal, tone=Tone.RED)
        self.go.setEnabled(self._plan is not None)
        total = sum_words(self._plan.amount, self._plan.currency) if self._plan is not None else ""
        self.go.set_label(f"Charge {total}".strip())
        if self.isVisible():
            self.fit()

    def _try_plan(self) -> tuple[BackOrderPlan | None, str]:
        wrong = self.lines.wrong_sentence()
        if wrong:
            return None, wrong
        shipping = self._shipping if self.shipping.index else 0
        try:
            return plan_back_order(self._order, self.lines.chosen(), shipping, self._now()), ""
        except ChargeRefused as refused:
            return None, str(refused)

    def _show_sums(self) -> None:
        order, plan = self._order, self._plan
        paid = sum_words(sum(each.captured for each in order.payments), order.currency)
        if plan is None:
            self.sums.show_sums(paid, "–", "–")
            return
        left = counted(plan.left, "piece") if plan.left else NOTHING
        self.sums.show_sums(paid, sum_words(plan.amount, plan.currency), left)


def _subtitle(order: Order) -> str:
    """'Zoë Lefèvre-Okafor, Visa 4242. The card was saved with their consent.'"""
    parts = [plain.apart(order.shopper.name, NAME_LENGTH)]
    card = saved_card(order)[1]
    if card is not None:
        parts.append(card_words(card))
    return f"{', '.join(parts)}. The card was saved with their consent."
