"""The blocks that the order panel explains with: an icon at the left, a small title and sentences at the right."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_parts import column, line
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, Tone, label, rule

_ICON = 16
_GAP = 10
# Where the words of a block begin, for what stands below them.
INDENT = _ICON + _GAP


class Block(QWidget):
    """``words`` takes what follows the sentences."""

    def __init__(self, icon: str, title: str, *texts: str, tone: Tone = Tone.MUTED, strong_first: bool = False) -> None:
        super().__init__()
        row = line(_GAP)
        self.setLayout(row)
        self._icon = IconLabel(icon, _ICON, tone)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.words = column(spacing=2)
        self.head = line(4)
        self.title = label(title, size=Size.SMALL, tone=Tone.MUTED, strong=True)
        self.head.addWidget(self.title, 1)
        self.words.addLayout(self.head)
        for index, text in enumerate(texts):
            strong = strong_first and index == 0
            self.words.addWidget(fitting(label(_breakable(text), strong=strong, wrap=True, selectable=True)))
        row.addLayout(self.words, 1)

    def add_button(self, button: QWidget) -> None:
        """Put a small square button at the right of the title."""
        self.head.addWidget(button)
        self._icon.stand_in(button.height())


def _breakable(text: str) -> str:
    """Let a code of Stripe's, which has no spaces, go on in the next line."""
    return text.replace("_", "_\u200b")


class Steps(QWidget):
    """A numbered list whose lines hang beside their number; one step alone has none."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for number, step in enumerate(steps):
            if len(steps) > 1:
                grid.addWidget(label(f"{number + 1}."), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fitting(label(step, wrap=True, selectable=True)), number, 1)


class Quote(QFrame):
    """Words to say, with a thin bar at their left."""

    def __init__(self, text: str) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 0, 0, 0)
        self.text = label(f"“{text}”", wrap=True, selectable=True)
        rows.addWidget(fitting(self.text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, 2, self.height(), QColor(tokens_of(self).line2))


def ruled(rows: QVBoxLayout, blocks: Iterable[QWidget]) -> None:
    """Add ``blocks`` to ``rows`` with thin rules between them."""
    for index, block in enumerate(blocks):
        if index:
            rows.addWidget(rule())
        rows.addWidget(block)
