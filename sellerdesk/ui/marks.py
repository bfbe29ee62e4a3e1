"""Check boxes and radio buttons with marks that can be seen on dark, too."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font
from sellerdesk.ui.theme import tokens_of

_MARK = 16
_GAP = 8


class CheckMark(QCheckBox):
    """A box to tick."""

    def __init__(self, text: str) -> None:
        super().__init__(plain.menu_text(text))
        self.setFont(font(Size.BODY))

    def sizeHint(self) -> QSize:
        return _size(self)

    def minimumSizeHint(self) -> QSize:
        return _size(self)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = _mark_rect(self)
        on = self.isChecked() and self.isEnabled()
        painter.setPen(QPen(QColor(tokens.accent if on else _border(self))))
        painter.setBrush(QColor(tokens.accent if on else tokens.base if self.isEnabled() else tokens.window))
        painter.drawRoundedRect(mark, 3, 3)
        if self.isChecked():
            ink = tokens.on_accent if self.isEnabled() else tokens.text3
            tick = icons.pixmap("check", ink, 12, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(int(mark.left()) + 2, int(mark.top()) + 2), tick)
        _paint_words(self, painter)


class RadioMark(QRadioButton):
    """One of several choices."""

    def __init__(self, text: str) -> None:
        super().__init__(plain.menu_text(text))
        self.setFont(font(Size.BODY))

    def sizeHint(self) -> QSize:
        return _size(self)

    def minimumSizeHint(self) -> QSize:
        return _size(self)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = _mark_rect(self)
        on = self.isChecked() and self.isEnabled()
        painter.setPen(QPen(QColor(tokens.accent if on else _border(self))))
        painter.setBrush(QColor(tokens.base if self.isEnabled() else tokens.window))
        painter.drawEllipse(mark)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent if self.isEnabled() else tokens.text3))
            painter.drawEllipse(mark.adjusted(4, 4, -4, -4))
        _paint_words(self, painter)


def _size(button: QAbstractButton) -> QSize:
    metrics = QFontMetrics(button.font())
    return QSize(_MARK + _GAP + metrics.horizontalAdvance(button.text().replace("&&", "&")) + 2, max(24, _MARK + 8))


def _mark_rect(button: QAbstractButton) -> QRectF:
    return QRectF(0.5, (button.height() - _MARK) // 2 + 0.5, _MARK - 1, _MARK - 1)


def _border(button: QAbstractButton) -> str:
    tokens = tokens_of(button)
    return tokens.control if button.isEnabled() else tokens.line2


def _paint_words(button: QAbstractButton, painter: QPainter) -> None:
    tokens = tokens_of(button)
    painter.setPen(QColor(tokens.text if button.isEnabled() else tokens.text3))
    painter.setFont(button.font())
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextHideMnemonic)
    painter.drawText(button.rect().adjusted(_MARK + _GAP, 0, 0, 0), flags, button.text())
