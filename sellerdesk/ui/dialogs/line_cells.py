"""The cells of a table of lines in a dialog: titles, figures, and the part that scrolls."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from sellerdesk.ui.fonts import Size
from sellerdesk.ui.widgets import TextLabel, Tone, label


def title(text: str) -> TextLabel:
    """The word above a column."""
    return label(text, size=Size.SMALL, tone=Tone.MUTED, strong=True)


def cells(parent: QWidget) -> QHBoxLayout:
    """The row that takes the cells."""
    row = QHBoxLayout(parent)
    row.setContentsMargins(12, 0, 12, 0)
    row.setSpacing(12)
    return row


def fixed(widget: QWidget, width: int) -> QWidget:
    """A cell as wide as its column."""
    widget.setFixedWidth(width)
    return widget


def centred(widget: QWidget, width: int) -> QWidget:
    """The same with ``widget`` in the middle."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
    return fixed(holder, width)


def centred_title(text: str, width: int) -> QWidget:
    """A word in the middle of its column."""
    made = title(text)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return fixed(made, width)


def figure(words: TextLabel, width: int) -> QWidget:
    """A number at the right of its column."""
    words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return fixed(words, width)


def scrolling(content: QWidget) -> QScrollArea:
    """``content`` in a part that scrolls up and down only, and takes no focus of its own."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(content)
    scroll.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return scroll
