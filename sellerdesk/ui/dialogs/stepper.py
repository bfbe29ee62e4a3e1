"""The stepper: minus, a number, plus."""

import re

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from sellerdesk.ui import plain
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.fonts import font, pixels
from sellerdesk.ui.theme import tokens_of


class Stepper(QWidget):
    """Minus, a number, plus. What is typed stays as typed: a number out of range is shown as wrong and never quietly
    changed, whatever a scanner types into it.

    Signals:
        changed: the text is another one.
    """

    changed = Signal()

    def __init__(self, name: str, value: int, most: int, verb: str = "pack") -> None:
        """``name`` is what is counted, ``verb`` what is done with the pieces."""
        super().__init__()
        self._most = most
        name = plain.one_line(name)
        self.minus = IconButton("minus", f"One piece less: {name}", edge=26)
        self.plus = IconButton("plus", f"One piece more: {name}", edge=26)
        self.field = QLineEdit(str(value))
        self.field.setAccessibleName(f"Pieces to {verb}: {name}")
        self.field.setAccessibleDescription(f"0 to {most}")
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setFont(font(strong=True))
        self.field.setMaxLength(20)
        self.field.setStyleSheet(
            "QLineEdit, QLineEdit:focus { border: none; background: transparent; padding: 0; min-height: 0; }"
        )
        self.field.setFrame(False)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._changed)
        for button, by in ((self.minus, -1), (self.plus, 1)):
            # Arrow keys do the same from the field; the buttons are for the mouse.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("by", by)
            button.clicked.connect(self._pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        for widget in (self.minus, self.field, self.plus):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.field)
        self._changed()

    def sizeHint(self) -> QSize:
        return QSize(pixels(88), pixels(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def value(self) -> int | None:
        """The number, or None when the text is no whole number from 0 to the most."""
        text = self.field.text().strip()
        if not re.fullmatch("[0-9]{1,6}", text) or int(text) > self._most:
            return None
        return int(text)

    def step(self, by: int) -> None:
        """One more or less, within bounds; from a wrong text to the nearest end."""
        value = self.value()
        start = value if value is not None else self._most
        self.field.setText(str(min(self._most, max(0, start + by))))
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Minus: -1}.get(
                Qt.Key(event.key())
            )
            if by is not None:
                self.step(by)
                return True
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        colour, width = tokens.control, 1
        if not self.isEnabled():
            colour = tokens.line2
        elif self.value() is None:
            colour, width = tokens.red_mark, 2
        elif self.field.hasFocus():
            colour, width = tokens.accent, 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(QColor(tokens.base))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 4, 4)
        painter.setPen(QPen(QColor(tokens.control if self.isEnabled() else tokens.line2), 1))
        for x in (self.minus.geometry().right() + 1, self.plus.geometry().left() - 1):
            painter.drawLine(x, 1, x, self.height() - 2)
        painter.end()

    def _pressed(self) -> None:
        button = self.sender()
        if button is not None:
            self.step(int(button.property("by")))

    def _changed(self) -> None:
        value = self.value()
        self.minus.setEnabled(value is None or value > 0)
        self.plus.setEnabled(value is None or value < self._most)
        self.update()
        self.changed.emit()
