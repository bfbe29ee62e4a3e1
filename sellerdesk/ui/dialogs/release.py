"""Release: let go of a hold. What becomes of the money is said before the one press that does it."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.order import Order
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.services.desk import Mode
from sellerdesk.ui import plain
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH, hold_words
from sellerdesk.ui.dialogs.message_field import MessageField
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.reason_row import TITLE_WIDTH, ReasonRow
from sellerdesk.ui.dialogs.sums_box import NOTHING, SumsBox
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_words import sum_words
from sellerdesk.ui.widgets import IconText, Tone

_TICK_MS = 1000
_REASONS = {
    ReleaseReason.REQUESTED_BY_CUSTOMER: "Shopper asked",
    ReleaseReason.DUPLICATE: "Duplicate",
    ReleaseReason.FRAUDULENT: "Fraud",
    ReleaseReason.OTHER: "Other",
}


class ReleaseDialog(DeskDialog):
    """Asks why a hold is let go, and for words to the shopper.

    Signals:
        release_chosen: operation id, ReleaseReason, message to the shopper. Sent once, however often the button is
            pressed.
    """

    release_chosen = Signal(str, object, str)

    def __init__(
        self,
        order: Order,
        mode: Mode,
        now: Callable[[], int],
        operation_id: str,
        parent: QWidget | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """``now`` gives seconds UTC; ``operation_id`` was made for this dialog alone."""
        self._sum = sum_words(order.payment.held, order.currency)
        title = f"Release order {order.shown_reference}"
        super().__init__(title, "Keep order", f"Release {self._sum}", parent, danger=True)
        self._order, self._now, self._zone = order, now, zone
        self._operation_id = operation_id
        self.show_mode(mode)
        self.money = SumsBox(("On hold now", "Taken", "Released to shopper"), "Released to shopper", Tone.RED)
        self.money.show_sums(self._sum, NOTHING, self._sum)
        # https://docs.stripe.com/api/payment_intents/cancel#cancel_payment_intent-cancellation_reason
        self.reason = ReasonRow(_REASONS, "the payment")
        self.reason.changed.connect(self._refresh)
        self.message = MessageField()
        self.message.changed.connect(self._refresh)
        self.quiet = IconText("ban", "Do not tell the shopper that you suspect fraud.", tone=Tone.RED, wrap=True)
        self.quiet.setContentsMargins(pixels(TITLE_WIDTH) + 8, 0, 0, 0)
        self.note = NoteBox()
        self.trouble = NoteBox()
        for widget in (self.money, self.note, self.reason, self.message, self.quiet, self.trouble):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        name = plain.apart(order.shopper.name, NAME_LENGTH)
        self.note.say(
            f"{self._sum} goes back to {name}.",
            "It cannot be taken any more. The bank shows it again in a few days. Do not ship.",
            icon="lock-open",
        )
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.setMinimumWidth(pixels(560))
        self.resize(pixels(640), pixels(420))
        self._refresh()

    def tick(self) -> None:
        """Bring the deadline up to date."""
        if not self.sent:
            self._refresh()

    def decide(self) -> None:
        self._timer.stop()
        self.reason.setEnabled(False)
        self.message.setEnabled(False)
        self.release_chosen.emit(self._operation_id, self.reason.reason(), self.message.text())

    def busy_words(self) -> str:
        return f"Releasing {self._sum}…"

    def show_refusal(self, sentence: str) -> None:
        self.trouble.say("Nothing was released.", sentence, Tone.RED)

    def _refresh(self) -> None:
        if self.sent:
            return
        self.subtitle.setText(hold_words(self._order, self._now(), self._zone))
        self.quiet.setVisible(self.reason.reason() is ReleaseReason.FRAUDULENT)
        problem = self.message.problem()
        deadline = self._order.payment.capture_before
        if problem:
            self.trouble.say(problem, tone=Tone.RED)
        elif deadline is not None and deadline <= self._now():
            self.trouble.say(
                "The hold is over.", "Stripe ends it by itself; there is no need to release it.", Tone.AMBER
            )
        else:
            self.trouble.say("")
        self.go.setEnabled(not problem)
        if self.isVisible():
            self.fit()
