"""What is known about a question that a person must decide: what we asked beside what Stripe says."""

from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.operation import OpenOperation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.formats import to_the_second
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.panel_words import sum_words
from sellerdesk.ui.widgets import TextLabel, Tone, label

_NOTHING = "–"


class DecisionFacts(QWidget):
    """Two columns of sums, what differs in red, and the numbers to look the payment up by."""

    def __init__(self, order: Order, operation: OpenOperation, now: int, zone: tzinfo | None) -> None:
        super().__init__()
        facts = order.payment.facts
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(label("What we know", size=Size.SMALL, tone=Tone.MUTED, strong=True), 1)
        if facts is not None:
            read = f"read from Stripe {to_the_second(facts.observed_ms // 1000, now, zone)}"
            head.addWidget(label(read, size=Size.SMALL, tone=Tone.MUTED))
        rows.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)
        self._add("", "We asked", "Stripe says", tone=Tone.MUTED)
        for word, asked, said in _sums(order, operation):
            if asked is None and not said:
                continue
            differs = asked is not None and asked != said
            ours = sum_words(asked, order.currency) if asked is not None else _NOTHING
            self._add(word, ours, sum_words(said, order.currency), differs=differs)
        self._add("When", to_the_second(operation.since, now, zone), _NOTHING)
        self._add("By", operation.seat, _NOTHING)
        rows.addLayout(self._grid)
        if facts is not None:
            numbers = ", ".join(part for part in (facts.intent_id, facts.charge_id, facts.request_id) if part)
            rows.addWidget(label(numbers, size=Size.SMALL, tone=Tone.MUTED, elide=True, selectable=True))

    def _add(self, word: str, ours: str, theirs: str, *, tone: Tone = Tone.TEXT, differs: bool = False) -> None:
        row = self._grid.rowCount()
        size = Size.SMALL if tone is Tone.MUTED else Size.BODY
        self._grid.addWidget(label(word), row, 0)
        self._grid.addWidget(_right(label(ours, tone=tone, size=size, elide=True)), row, 1)
        said_tone = Tone.RED if differs else tone
        self._grid.addWidget(_right(label(theirs, tone=said_tone, size=size, strong=differs)), row, 2)


def _sums(order: Order, operation: OpenOperation) -> list[tuple[str, int | None, int]]:
    """Word, what was asked (None: nothing of the kind), what Stripe says; minor units."""
    payment, asked = order.payment, operation.amount
    capture = operation.kind is OperationKind.CAPTURE and asked is not None
    cancel = operation.kind is OperationKind.CANCEL and asked is not None
    confirm = operation.kind is OperationKind.CONFIRM and asked is not None
    rest = payment.authorized - asked if capture and asked is not None else asked if cancel else None
    return [
        ("Held", asked if confirm else None, payment.held),
        ("Captured", asked if capture else None, payment.captured),
        ("Released", rest, payment.released),
    ]


def _right(words: TextLabel) -> TextLabel:
    words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return words
