"""Radio buttons with marks that can be seen on dark, too."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton

from sellerdesk.ui import plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of

_MARK = 16
_GAP = 8


class RadioMark(QRadioButton):
    """One of several choices."""

    def __init__(self, text: str) -> None:
        super().__init__(plain.menu_text(text))
        self.setFont(font(Size.BODY))

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text().replace("&&", "&"))
        return QSize(pixels(_MARK) + _GAP + words + 2, pixels(_MARK) + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter)
        self._paint_words(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        tokens = tokens_of(self)
        edge = pixels(_MARK)
        mark = QRectF(0.5, (self.height() - edge) // 2 + 0.5, edge - 1, edge - 1)
        border = tokens.control if self.isEnabled() else tokens.line2
        painter.setPen(QPen(QColor(tokens.accent if self.isChecked() and self.isEnabled() else border)))
        painter.setBrush(QColor(tokens.base if self.isEnabled() else tokens.window))
        painter.drawEllipse(mark)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent if self.isEnabled() else tokens.text3))
            painter.drawEllipse(mark.adjusted(edge / 4, edge / 4, -edge / 4, -edge / 4))

    def _paint_words(self, painter: QPainter) -> None:
        tokens = tokens_of(self)
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.text3))
        painter.setFont(self.font())
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextHideMnemonic)
        painter.drawText(self.rect().adjusted(pixels(_MARK) + _GAP, 0, 0, 0), flags, self.text())
