"""One of a few choices: side by side, or in a box that opens."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from sellerdesk.ui import icons
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of

_PADDING = 14


class Segment(QAbstractButton):
    """One choice. Arrow keys go on to the next."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setProperty("own_focus", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font(Size.BODY, strong=True)).horizontalAdvance(self.text())
        return QSize(width + 2 * _PADDING, max(30, pixels(30)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        if self.isChecked() or self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.select if self.isChecked() else tokens.hover))
        painter.setFont(font(Size.BODY, strong=self.isChecked()))
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.text3))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class Segments(QWidget):
    """All choices in one frame.

    Signals:
        chosen: a person took another one; carries its number.
    """

    chosen = Signal(int)

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self.segments = [Segment(text) for text in texts]
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        for number, segment in enumerate(self.segments):
            segment.setAccessibleName(f"{name}: {segment.text()}")
            self._group.addButton(segment, number)
            row.addWidget(segment)
        self.segments[0].setChecked(True)
        self._group.idToggled.connect(self._toggled)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.control))
        painter.setBrush(QColor(tokens.button))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(tokens.line2))
        for segment in self.segments[1:]:
            x = segment.x() - 1
            painter.drawLine(x, 1, x, self.height() - 2)

    def _toggled(self, number: int, is_chosen: bool) -> None:
        if is_chosen:
            self.chosen.emit(number)


class ChoiceBox(QComboBox):
    """A box that opens. Turning the mouse wheel over it changes nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = tokens_of(self)
        colour = tokens.text2 if self.isEnabled() else tokens.text3
        edge = pixels(14)
        arrow = icons.pixmap("chevron-down", colour, edge, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(self.width() - 6 - edge, (self.height() - edge) // 2, arrow)
        painter.end()
