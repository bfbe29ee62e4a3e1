"""The strip below the band that says what is switched on in the demo shop, and leads back to normal."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sellerdesk.services.practice import Switches
from sellerdesk.ui.buttons import LinkButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.practice_words import how_much_is_on, what_is_on
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, Tone, label


class PracticeBar(QWidget):
    """Hidden while nothing is on.

    Signals:
        normal_wanted: the person wants everything switched off. UI thread.
    """

    normal_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        icon = IconLabel("graduation-cap", 14, Tone.AMBER)
        self.words = label(tone=Tone.AMBER, elide=True)
        self.normal = LinkButton("Back to normal", size=Size.BODY)
        self.normal.clicked.connect(self.normal_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 16, 6)
        row.setSpacing(8)
        row.addWidget(icon)
        row.addWidget(self.words, 1)
        row.addWidget(self.normal)
        self.hide()

    def show_switches(self, switches: Switches) -> None:
        """Say what is on."""
        said = what_is_on(switches)
        if said == self._said:
            return
        self._said = said
        self.words.set_shorter(how_much_is_on(switches))
        self.words.setText(said)
        self.setAccessibleName(said)
        self.setVisible(bool(said))
        if said:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.amber_fill))
        painter.fillRect(0, 0, 3, self.height(), QColor(tokens.amber_mark))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens.line2))
