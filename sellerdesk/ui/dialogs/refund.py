"""Refund: which pieces or what sum go back to the card, what that leaves, and the one press that does it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.message import MESSAGE_LENGTH
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.refunding import RefundPlan, refundable_payments
from sellerdesk.services.desk import Mode
from sellerdesk.ui import plain
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.reason_row import TITLE_WIDTH, ReasonRow
from sellerdesk.ui.dialogs.refund_choice import MarkRow, RefundChoice
from sellerdesk.ui.dialogs.sums_box import NOTHING, SumsBox
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_words import card_words, sum_words
from sellerdesk.ui.widgets import Field, IconText, Tone, label

_REASONS = {
    RefundReason.REQUESTED_BY_CUSTOMER: "Shopper asked",
    RefundReason.DUPLICATE: "Duplicate",
    RefundReason.FRAUDULENT: "Fraud",
    RefundReason.OTHER: "Other",
}


class RefundDialog(DeskDialog):
    """Asks what of the captured money goes back, and why.

    Signals:
        refund_chosen: operation id, RefundPlan, RefundReason, the seller's own note. Sent once, however often the
            button is pressed.
    """

    refund_chosen = Signal(str, object, object, str)

    def __init__(self, order: Order, mode: Mode, operation_id: str, parent: QWidget | None = None) -> None:
        """``order`` has a payment to refund; ``operation_id`` was made for this dialog alone."""
        super().__init__(f"Refund order {order.shown_reference}", "Keep payment", "Refund", parent, danger=True)
        self._order, self.operation_id = order, operation_id
        self._plan: RefundPlan | None = None
        self.show_mode(mode)
        payments = refundable_payments(order)
        self.payment = MarkRow("Payment", tuple(_payment_words(order, each) for each in payments))
        self.payment.setVisible(len(payments) > 1)
        self.choices = tuple(RefundChoice(order, each) for each in payments)
        self.sums = SumsBox(("Paid, less refunds", "Refunding now", "Stays with you"), "Refunding now", Tone.RED)
        self.reason = ReasonRow(_REASONS, "the refund")
        self.quiet = IconText("ban", "Do not tell the shopper that you suspect fraud.", tone=Tone.RED, wrap=True)
        self.quiet.setContentsMargins(pixels(TITLE_WIDTH) + 8, 0, 0, 0)
        self.own_note = NoteRow()
        self.note = NoteBox()
        self.trouble = NoteBox()
        for widget in (
            self.payment, *self.choices, self.reason, self.quiet, self.own_note, self.sums, self.note, self.trouble
        ):  # fmt: skip
            self.content.addWidget(widget)
        self.content.addStretch(1)
        for changed in (self.payment.changed, self.reason.changed, *(each.changed for each in self.choices)):
            changed.connect(self._refresh)
        self.setMinimumWidth(pixels(600))
        self.resize(pixels(700), pixels(520))
        self._refresh()

    @property
    def choice(self) -> RefundChoice:
        """What is chosen of the payment that is chosen."""
        return self.choices[self.payment.index]

    @property
    def plan(self) -> RefundPlan | None:
        """What would be refunded as it stands, or None when that is refused."""
        return self._plan

    def decide(self) -> None:
        for part in (self.payment, *self.choices, self.reason, self.own_note):
            part.setEnabled(False)
        self.refund_chosen.emit(self.operation_id, self._plan, self.reason.reason(), self.own_note.field.text())

    def busy_words(self) -> str:
        assert self._plan is not None
        return f"Refunding {sum_words(self._plan.amount, self._plan.currency)}…"

    def show_refusal(self, sentence: str) -> None:
        self.trouble.say("Nothing was refunded by this.", sentence, Tone.RED)

    def _refresh(self) -> None:
        if self.sent:
            return
        for each in self.choices:
            each.setVisible(each is self.choice)
        self.quiet.setVisible(self.reason.reason() is RefundReason.FRAUDULENT)
        self.subtitle.setText(_subtitle(self._order, self.choice.payment))
        self._plan, refusal = self._try_plan()
        self.choice.show_plan(self._plan, wrong=bool(refusal))
        self._show_sums()
        self.trouble.say(refusal, tone=Tone.RED)
        self.go.setEnabled(self._plan is not None)
        total = sum_words(self._plan.amount, self._plan.currency) if self._plan is not None else ""
        self.go.set_label(f"Refund {total}".strip())
        if self.isVisible():
            self.fit()

    def _try_plan(self) -> tuple[RefundPlan | None, str]:
        if self.choice.is_empty:
            return None, ""
        try:
            return self.choice.plan(), ""
        except RefusedError as refused:
            return None, str(refused)

    def _show_sums(self) -> None:
        plan, payment, currency = self._plan, self.choice.payment, self._order.currency
        before = payment.captured - self._order.refunded(payment)
        if plan is None:
            self.sums.show_sums(sum_words(before, currency), "–", sum_words(before, currency))
            self.note.say("Choose what goes back.", "Stripe keeps the payment’s fee.", icon="credit-card")
            return
        stays = sum_words(plan.left, currency) if plan.left else NOTHING
        self.sums.show_sums(sum_words(before, currency), sum_words(plan.amount, currency), stays)
        name = plain.apart(self._order.shopper.name, NAME_LENGTH)
        self.note.say(
            f"{sum_words(plan.amount, currency)} goes back to {name}.",
            "The bank shows it in 5 to 10 working days. It cannot be undone, and Stripe keeps the payment’s fee.",
            icon="credit-card",
        )


class NoteRow(QWidget):
    """The seller's own reason, for nobody else."""

    def __init__(self) -> None:
        super().__init__()
        title = label("Note", tone=Tone.MUTED)
        title.setMinimumWidth(pixels(TITLE_WIDTH))
        self.field = Field("Note for yourself", placeholder="Optional, for yourself. No shopper sees it.")
        self.field.setMaxLength(MESSAGE_LENGTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.field, 1)


def _payment_words(order: Order, payment: Payment) -> str:
    what = "Back-order" if payment.role == "backorder" else "Order"
    return f"{what} {sum_words(payment.captured, order.currency)}"


def _subtitle(order: Order, payment: Payment) -> str:
    """'Zoë Lefèvre-Okafor, Visa 4242. 20.00 EUR of it went back before.'"""
    parts = [plain.apart(order.shopper.name, NAME_LENGTH)]
    if payment.facts is not None and payment.facts.card is not None:
        parts.append(card_words(payment.facts.card))
    refunded = order.refunded(payment)
    before = f" {sum_words(refunded, order.currency)} of it went back before." if refunded else ""
    return ", ".join(parts) + "." + before
