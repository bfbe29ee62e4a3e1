"""The seller's words to the shopper, as the dialogs ask for them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from sellerdesk.domain.message import MESSAGE_LENGTH
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.widgets import Tone, label, mark_wrong


class CountedEdit(QPlainTextEdit):
    """A field of some lines with a count in its corner, which no word runs under. ``widest`` is the longest count."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self.count = label(size=Size.SMALL, tone=Tone.MUTED)
        self.count.setParent(self)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        width = self.count.fontMetrics().horizontalAdvance(widest) + 2
        self.count.resize(width, self.count.fontMetrics().height())
        self.setViewportMargins(0, 0, width + 8, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.count.move(self.width() - self.count.width() - 10, 7)


class MessageField(QWidget):
    """Words to the shopper, optional, shown on the order page as they are.

    Signals:
        changed: the text is another one.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        title = label("To shopper", tone=Tone.MUTED)
        title.setMinimumWidth(pixels(76))
        self.field = CountedEdit(f"{MESSAGE_LENGTH} of {MESSAGE_LENGTH}")
        self.count = self.field.count
        self.field.setAccessibleName("Message to the shopper")
        self.field.setPlaceholderText("Optional. It stands on the shopper’s order page, word for word.")
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(pixels(48))
        self.field.textChanged.connect(self._changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.field, 1)
        self._changed()

    def text(self) -> str:
        return self.field.toPlainText().strip()

    def problem(self) -> str:
        """A sentence, or ''."""
        over = len(self.text()) - MESSAGE_LENGTH
        return f"The message to the shopper is {over} characters too long." if over > 0 else ""

    def _changed(self) -> None:
        self.count.setText(f"{len(self.text())} of {MESSAGE_LENGTH}")
        mark_wrong(self.field, bool(self.problem()))
        self.changed.emit()
