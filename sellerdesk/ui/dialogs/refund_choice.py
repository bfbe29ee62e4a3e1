"""What of one payment is refunded: pieces of its lines and its shipping, or a sum that is typed."""

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.errors import RefundRefused
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.refunding import (
    RefundPlan,
    refund_by_amount,
    refund_by_lines,
    refundable_pieces,
    refundable_shipping,
)
from sellerdesk.formats import amount, parse_money
from sellerdesk.ui.dialogs.piece_lines import Offered, PiecesBox, Titles
from sellerdesk.ui.dialogs.reason_row import TITLE_WIDTH
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.widgets import Field, Tone, label, mark_wrong

_TITLES = Titles("Paid", "Refund", "refund")


class How(StrEnum):
    """By what a refund is told."""

    ITEMS = "By items"
    SUM = "By a sum"


class MarkRow(QWidget):
    """A title and marks of which one is chosen.

    Signals:
        changed: another one was chosen.
    """

    changed = Signal()

    def __init__(self, title: str, choices: tuple[str, ...]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = label(title, tone=Tone.MUTED)
        words.setMinimumWidth(pixels(TITLE_WIDTH))
        row.addWidget(words)
        self.radios = tuple(RadioMark(text) for text in choices)
        self._group = QButtonGroup(self)
        for text, radio in zip(choices, self.radios, strict=True):
            radio.setAccessibleName(f"{title}: {text}")
            self._group.addButton(radio)
            row.addWidget(radio)
            row.addSpacing(8)
        row.addStretch(1)
        if self.radios:
            self.radios[0].setChecked(True)
        self._group.buttonToggled.connect(self._toggled)

    @property
    def index(self) -> int:
        """Which one is chosen, from 0."""
        return next(index for index, radio in enumerate(self.radios) if radio.isChecked())

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:
        if on:
            self.changed.emit()


class RefundChoice(QWidget):
    """Asks what of ``payment`` goes back. Its sums come from ``domain.refunding``, never from here.

    Signals:
        changed: something else is chosen.
    """

    changed = Signal()

    def __init__(self, order: Order, payment: Payment) -> None:
        super().__init__()
        self.order, self.payment = order, payment
        offered = [Offered(line, refundable_pieces(order, payment, line)) for line in order.lines]
        self.lines = PiecesBox([each for each in offered if each.most], _TITLES, order.currency)
        self.how = MarkRow("Refund", tuple(How))
        left = refundable_shipping(order, payment)
        self.shipping = MarkRow("Shipping", ("Stays paid", f"Refund {amount(left, order.currency)}"))
        self.sum = SumRow(order.currency)
        self._shipping_left = left
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        for widget in (self.how, self.lines, self.shipping, self.sum):
            rows.addWidget(widget)
        for changed in (self.how.changed, self.lines.changed, self.shipping.changed, self.sum.changed):
            changed.connect(self._changed)
        if not self.lines.rows and not left:
            self.how.radios[1].setChecked(True)
            self.how.hide()
        self._show_parts()

    @property
    def by_items(self) -> bool:
        """Whether pieces are chosen, and no sum."""
        return list(How)[self.how.index] is How.ITEMS

    def plan(self) -> RefundPlan:
        """What the choice comes to. Raises RefundRefused or AmountRefused with what is wrong with it."""
        if not self.by_items:
            return refund_by_amount(self.order, self.payment, parse_money(self.sum.field.text(), self.order.currency))
        wrong = self.lines.wrong_sentence()
        if wrong:
            raise RefundRefused(wrong)
        shipping = self._shipping_left if self.shipping.index else 0
        return refund_by_lines(self.order, self.payment, self.lines.chosen(), shipping)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen yet, which is no mistake."""
        if not self.by_items:
            return not self.sum.field.text().strip()
        return not self.shipping.index and not any(row.stepper.value() != 0 for row in self.lines.rows)

    def show_plan(self, plan: RefundPlan | None, *, wrong: bool) -> None:
        """What each line comes to; ``wrong`` marks what was typed as a sum."""
        self.lines.show_amounts({line.position: line.amount for line in plan.lines} if plan else {})
        mark_wrong(self.sum.field, wrong and not self.by_items)

    def _changed(self) -> None:
        self._show_parts()
        self.changed.emit()

    def _show_parts(self) -> None:
        by_items = self.by_items
        self.lines.setVisible(by_items and bool(self.lines.rows))
        self.shipping.setVisible(by_items and self._shipping_left > 0)
        self.sum.setVisible(not by_items)


class SumRow(QWidget):
    """The field for a sum.

    Signals:
        changed: the text is another one.
    """

    changed = Signal()

    def __init__(self, currency: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = label("Sum", tone=Tone.MUTED)
        title.setMinimumWidth(pixels(TITLE_WIDTH))
        self.field = Field("Sum to refund")
        self.field.setMaxLength(40)
        self.field.setFixedWidth(pixels(140))
        self.field.textChanged.connect(self.changed)
        row.addWidget(title)
        row.addWidget(self.field)
        row.addWidget(label(currency.upper(), tone=Tone.MUTED))
        row.addStretch(1)
