"""Prepare: which pieces go out, what that captures and releases, and the one press that does it."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.order import Order
from sellerdesk.domain.shortening import CapturePlan, ShippingChoice, plan
from sellerdesk.formats import amount, countdown
from sellerdesk.services.desk import Mode
from sellerdesk.ui.bars import SplitBar
from sellerdesk.ui.dialogs.hold_words import hold_words
from sellerdesk.ui.dialogs.message_field import MessageField
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.prepare_lines import LinesBox
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_words import sum_words
from sellerdesk.ui.widgets import Tone, label

_WARN_SECONDS = 600
_TICK_MS = 1000


class PrepareDialog(DeskDialog):
    """Asks what of a held order goes out now. Its sums come from ``shortening.plan``, never from here.

    Signals:
        capture_chosen: operation id, pieces per line position (dict), ShippingChoice, message to the shopper. Sent
            once, however often the button is pressed.
    """

    capture_chosen = Signal(str, object, object, str)

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
        super().__init__(f"Prepare order {order.shown_reference}", "Keep order", "Capture", parent)
        self._order, self._now, self._zone = order, now, zone
        self._operation_id = operation_id
        self._plan: CapturePlan | None = None
        self.show_mode(mode)
        self.lines = LinesBox(order)
        self.lines.changed.connect(self._refresh)
        self.shipping = ShippingRow(order)
        self.shipping.changed.connect(self._refresh)
        self.message = MessageField()
        self.message.changed.connect(self._refresh)
        self.equation = Equation()
        self.note = NoteBox()
        self.trouble = NoteBox()
        for widget in (self.lines, self.shipping, self.message, self.equation, self.note, self.trouble):
            self.content.addWidget(widget, 1 if widget is self.lines else 0)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.setMinimumWidth(pixels(640))
        self.resize(pixels(760), pixels(560))
        self._refresh()

    @property
    def plan(self) -> CapturePlan | None:
        """What would be captured as it stands, or None when that is refused."""
        return self._plan

    def tick(self) -> None:
        """Bring the deadline up to date."""
        if not self.sent:
            self._refresh()

    def choice(self) -> ShippingChoice:
        """What of the shipping is charged: all of it unless pieces are left out."""
        return self.shipping.choice() if self.lines.is_shortened() else ShippingChoice.FULL

    def decide(self) -> None:
        self._timer.stop()
        self.lines.setEnabled(False)
        self.shipping.setEnabled(False)
        self.message.setEnabled(False)
        self.capture_chosen.emit(self._operation_id, self.lines.kept(), self.choice(), self.message.text())

    def busy_words(self) -> str:
        assert self._plan is not None
        return f"Capturing {sum_words(self._plan.total, self._plan.currency)}…"

    def show_refusal(self, sentence: str) -> None:
        self.trouble.say("Nothing was captured by this.", sentence, Tone.RED)

    def _refresh(self) -> None:
        if self.sent:
            return
        self._show_subtitle()
        self._plan, refusal = self._try_plan()
        self.lines.show_plan(self._plan)
        self.shipping.show_for(self.lines.kept(), self._plan, shortened=self.lines.is_shortened())
        self.equation.show_plan(self._plan, self._order)
        self._show_note()
        self._show_trouble(refusal)
        if self.isVisible():
            self.fit()

    def _try_plan(self) -> tuple[CapturePlan | None, str]:
        wrong = self.lines.wrong_sentence()
        if wrong:
            return None, wrong
        try:
            return plan(self._order, self.lines.kept(), self.choice()), ""
        except RefusedError as refused:
            return None, str(refused)

    def _show_subtitle(self) -> None:
        self.subtitle.setText(hold_words(self._order, self._now(), self._zone))

    def _show_note(self) -> None:
        if self._plan is None:
            self.note.say("")
        elif self._plan.is_shortened:
            released = sum_words(self._plan.released, self._plan.currency)
            self.note.say(
                "A hold can be captured once.",
                f"The {released} left out is released now and needs a new payment later.",
            )
        else:
            self.note.say("A hold can be captured once.", "Nothing is released.")

    def _show_trouble(self, refusal: str) -> None:
        deadline = self._order.payment.capture_before
        left = deadline - self._now() if deadline is not None else None
        lapsed = left is not None and left <= 0
        if lapsed:
            self.trouble.say(
                "The hold has lapsed.", "Nothing can be captured any more. The shopper has to pay again.", Tone.RED
            )
        elif refusal or self.message.problem():
            self.trouble.say(refusal or self.message.problem(), tone=Tone.RED)
        elif left is not None and left < _WARN_SECONDS:
            words = f"The hold lapses in {countdown(left)}."
            self.trouble.say(words, "Stripe may refuse. Capture now, or the shopper has to pay again.", Tone.AMBER)
        else:
            self.trouble.say("")
        ready = self._plan is not None and not lapsed and not self.message.problem()
        self.go.setEnabled(ready)
        total = sum_words(self._plan.total, self._plan.currency) if self._plan is not None else ""
        self.go.set_label(f"Capture {total}".strip())


_SHIPPING_WORDS = {
    ShippingChoice.FULL: "Charge in full",
    ShippingChoice.PROPORTION: "In proportion",
    ShippingChoice.WAIVE: "Waive",
}


class ShippingRow(QWidget):
    """What of the shipping is charged when pieces are left out, and the tax within the sum.

    Signals:
        changed: another choice was made.
    """

    changed = Signal()

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order
        self._title = label("Shipping", tone=Tone.MUTED)
        self._title.setMinimumWidth(pixels(76))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self._title)
        row.addSpacing(-12)
        self.radios: dict[ShippingChoice, RadioMark] = {}
        self._group = QButtonGroup(self)
        for choice, words in _SHIPPING_WORDS.items():
            self.radios[choice] = radio = RadioMark(words)
            self._group.addButton(radio)
            row.addWidget(radio)
        self.radios[ShippingChoice.FULL].setChecked(True)
        self._group.buttonToggled.connect(self._toggled)
        row.addStretch(1)
        self.tax = label(tone=Tone.MUTED)
        row.addWidget(self.tax)

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:
        if on:
            self.changed.emit()

    def choice(self) -> ShippingChoice:
        return next(choice for choice, radio in self.radios.items() if radio.isChecked())

    def show_for(self, kept: dict[int, int], current: CapturePlan | None, *, shortened: bool) -> None:
        """Amounts beside the choices for ``kept`` pieces; the choices are there only when something is left out."""
        offered = shortened and self._order.shipping > 0
        self._title.setVisible(offered)
        for choice, radio in self.radios.items():
            radio.setVisible(offered)
            radio.setText(self._words(choice, kept))
        self.tax.setText(f"Tax included\u00a0\u00a0{amount(current.tax, current.currency)}" if current else "")
        self.setVisible(offered or bool(current and current.tax))

    def _words(self, choice: ShippingChoice, kept: dict[int, int]) -> str:
        words = _SHIPPING_WORDS[choice]
        if choice is ShippingChoice.WAIVE:
            return words
        try:
            charged = plan(self._order, kept, choice).shipping
        except RefusedError:
            return words
        return f"{words} {amount(charged, self._order.currency)}"


class Equation(QFrame):
    """Authorized = Capturing now + Released to shopper, and a bar that shows the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "box")
        self.authorized = label(size=Size.BIG)
        self.capturing = label(size=Size.BIG, strong=True, tone=Tone.ACCENT)
        self.released = label(size=Size.BIG)
        plus = label("+", tone=Tone.MUTED, size=Size.NAME)
        self.bar = SplitBar()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 8, 14, 10)
        rows.setSpacing(6)
        cells = QGridLayout()
        cells.setHorizontalSpacing(16)
        cells.setVerticalSpacing(0)
        words = ("Authorized", "", "Capturing now", "", "Released to shopper")
        values = (
            self.authorized,
            label("=", tone=Tone.MUTED, size=Size.NAME),
            self.capturing,
            plus,
            self.released,
        )
        for index, (word, value) in enumerate(zip(words, values, strict=True)):
            cells.addWidget(label(word, size=Size.SMALL, tone=Tone.MUTED), 0, index)
            cells.addWidget(value, 1, index)
            cells.setColumnStretch(index, 3 if word else 1)
        rows.addLayout(cells)
        rows.addWidget(self.bar)

    def show_plan(self, current: CapturePlan | None, order: Order) -> None:
        """The three sums; without a plan only the first is known."""
        held = order.payment.held
        self.authorized.setText(sum_words(held, order.currency))
        if current is None:
            self.capturing.setText("–")
            self.released.setText("–")
            self.bar.show_split(0, max(1, held))
        else:
            self.capturing.setText(sum_words(current.total, current.currency))
            shown = sum_words(current.released, current.currency) if current.is_shortened else "Nothing"
            self.released.setText(shown)
            self.bar.show_split(current.total, current.authorized)
        self.setAccessibleName(
            f"Authorized {self.authorized.text()}, capturing now {self.capturing.text()}, "
            f"released to shopper {self.released.text()}"
        )
