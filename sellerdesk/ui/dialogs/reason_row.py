"""Why money goes back, as a choice of a few words, and which of Stripe's words that is."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QHBoxLayout, QWidget

from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.widgets import Tone, label

TITLE_WIDTH = 76

R = TypeVar("R", bound=StrEnum)


class ReasonRow(QWidget, Generic[R]):
    """One mark a reason; the last one is chosen at first, and is the one that writes nothing.

    Signals:
        changed: another reason was chosen.
    """

    changed = Signal()

    def __init__(self, words: Mapping[R, str], written_to: str) -> None:
        """``words`` per reason, whose value is Stripe's word for it; ``written_to`` is what Stripe keeps it with."""
        super().__init__()
        self._written_to = written_to
        title = label("Reason", tone=Tone.MUTED)
        title.setMinimumWidth(pixels(TITLE_WIDTH))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.radios: dict[R, RadioMark] = {}
        self._group = QButtonGroup(self)
        for reason, text in words.items():
            self.radios[reason] = radio = RadioMark(text)
            radio.setAccessibleName(f"Reason: {text}")
            self._group.addButton(radio)
            row.addWidget(radio)
        row.addStretch(1)
        self.at_stripe = label(size=Size.SMALL, tone=Tone.MUTED, elide=True)
        grid.addWidget(title, 0, 0)
        grid.addLayout(row, 0, 1)
        grid.addWidget(self.at_stripe, 1, 1)
        grid.setColumnStretch(1, 1)
        # What nobody chose is not written to Stripe.
        list(self.radios.values())[-1].setChecked(True)
        self._say()
        self._group.buttonToggled.connect(self._toggled)

    def reason(self) -> R:
        """The one chosen."""
        return next(reason for reason, radio in self.radios.items() if radio.isChecked())

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:
        if on:
            self._say()
            self.changed.emit()

    def _say(self) -> None:
        word = self.reason().value
        self.at_stripe.setText(
            f"Stripe keeps it as “{word}”." if word else f"No reason is written to {self._written_to}."
        )
