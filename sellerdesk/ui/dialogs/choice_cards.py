"""A few ways to decide, each a card with a mark, its name and what it means. One is chosen, or none at first."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from sellerdesk.ui.fonts import font
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import Tone, label

_RADIUS = 6


@dataclass(frozen=True, slots=True)
class Way:
    """One way to decide. ``name`` stands on the card, ``go`` on the button, ``busy`` on it while it is done."""

    name: str
    meaning: str
    go: str
    busy: str


class ChoiceCard(QWidget):
    """One card; a click anywhere on it chooses it."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.way = way
        self.mark = RadioMark(way.name)
        self.mark.setFont(font(strong=True))
        self.mark.setAccessibleDescription(way.meaning)
        self.mark.toggled.connect(self.update)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 10)
        rows.setSpacing(2)
        rows.addWidget(self.mark)
        meaning = fitting(label(way.meaning, tone=Tone.MUTED, wrap=True))
        meaning.setContentsMargins(24, 0, 0, 0)
        rows.addWidget(meaning)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.mark.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        chosen = self.mark.isChecked() and self.isEnabled()
        width = 2 if chosen else 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.control), width))
        painter.setBrush(QColor(tokens.base))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        painter.end()


class ChoiceCards(QWidget):
    """The cards, one below the other.

    Signals:
        changed: another way was chosen.
    """

    changed = Signal()

    def __init__(self, ways: Sequence[Way]) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        self._group = QButtonGroup(self)
        self.cards = tuple(ChoiceCard(way) for way in ways)
        for card in self.cards:
            self._group.addButton(card.mark)
            rows.addWidget(card)
        self._group.buttonToggled.connect(self._toggled)

    @property
    def chosen(self) -> Way | None:
        """The way that is chosen; None at first, so that nothing is decided by pressing on."""
        return next((card.way for card in self.cards if card.mark.isChecked()), None)

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:
        if on:
            self.changed.emit()
