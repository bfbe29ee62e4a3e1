"""Small painted things: the bar of a hold's days, the bar of a split sum, and the lines of an account."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sellerdesk.domain.money import exponent
from sellerdesk.formats import amount
from sellerdesk.ui import icons
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of

_HOUR = 3600
_DAY = 24 * _HOUR
_ICON = 14


class DeadlineBar(QWidget):
    """One part a day of the hold; what is gone is grey, the rest accent, amber under 24 h, red under 6 h."""

    def __init__(self) -> None:
        super().__init__()
        self._begin = self._end = self._now = 0
        self.setFixedHeight(pixels(7))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hold(self, begin: int, end: int, now: int) -> None:
        """A hold from ``begin`` to ``end``, seen at ``now``; all seconds UTC."""
        self._begin, self._end, self._now = begin, end, now
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        length = self._end - self._begin
        if length <= 0:
            return
        tokens = tokens_of(self)
        left = self._end - self._now
        rest = tokens.red_mark if left < 6 * _HOUR else tokens.amber_mark if left < _DAY else tokens.accent
        painter = QPainter(self)
        parts = max(1, round(length / _DAY))
        gone_until = self.width() * min(1.0, max(0.0, (self._now - self._begin) / length))
        for index in range(parts):
            start = self.width() * index / parts
            stop = self.width() * (index + 1) / parts - (2 if index < parts - 1 else 0)
            painter.fillRect(QRectF(start, 0, stop - start, self.height()), QColor(tokens.line2))
            if stop > gone_until:
                begin = max(start, gone_until)
                painter.fillRect(QRectF(begin, 0, stop - begin, self.height()), QColor(rest))


class SplitBar(QWidget):
    """How a sum is split: the first part filled, the rest outlined."""

    def __init__(self) -> None:
        super().__init__()
        self._part, self._whole = 0, 0
        self.setFixedHeight(pixels(6))

    def show_split(self, part: int, whole: int) -> None:
        """``part`` of ``whole``, both in minor units of one currency."""
        self._part, self._whole = part, whole
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._whole <= 0:
            return
        tokens = tokens_of(self)
        painter = QPainter(self)
        width = round(self.width() * min(1.0, self._part / self._whole))
        painter.fillRect(QRectF(0, 0, width, self.height()), QColor(tokens.accent))
        if width < self.width():
            painter.setPen(QPen(QColor(tokens.control)))
            painter.drawRect(QRectF(width + 2.5 if width else 0.5, 0.5, self.width() - width - 3.5, self.height() - 1))


class LedgerLine(QWidget):
    """A word, a dotted leader and an amount; ``total`` puts a rule above and a double rule below. In doubt it shows
    words instead of the amount, in amber and with an icon."""

    def __init__(self, word: str, *, total: bool = False) -> None:
        super().__init__()
        self._word, self._total = word, total
        self._amount, self._currency = 0, ""
        self._doubt = ""
        self.setFont(font(Size.BODY, strong=total))
        self.setFixedHeight(pixels(30 if total else 20))

    def show_amount(self, minor: int, currency: str, word: str | None = None) -> None:
        """``minor`` units of ``currency``; zero is quiet unless this is the total."""
        self._amount, self._currency = minor, currency
        self._word = word if word is not None else self._word
        self.setAccessibleName(f"{self._word} {amount(minor, currency)} {currency.upper()}")
        self.update()

    def show_doubt(self, words: str) -> None:
        """'72.00 or nothing': nobody knows yet."""
        self._doubt = words
        self.setAccessibleName(f"{self._word}: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._doubt:
            self._paint_doubt()
        elif self._currency:
            self._paint_amount()

    def _paint_doubt(self) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setFont(self.font())
        edge = pixels(_ICON)
        picture = icons.pixmap("hourglass", tokens.amber_text, edge, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(0, (self.height() - edge) / 2), picture)
        painter.setPen(QColor(tokens.amber_text))
        left = edge + 6
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, self.width(), self.height()), flags, self._word)
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self._doubt)
        painter.drawText(QRectF(self.width() - width - 1, 0, width + 2, self.height()), flags, self._doubt)
        self._paint_leader(painter, left + metrics.horizontalAdvance(self._word) + 8, self.width() - width - 8)

    def _paint_leader(self, painter: QPainter, start: float, end: float) -> None:
        painter.setPen(QPen(QColor(tokens_of(self).line2), 1, Qt.PenStyle.DotLine))
        base = self.height() / 2 + QFontMetrics(self.font()).ascent() / 2 - 1
        painter.drawLine(QPointF(start, base), QPointF(end, base))

    def _paint_amount(self) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        quiet = self._amount == 0 and not self._total
        middle = self.height() - (6 if self._total else 0)
        painter.setFont(font(Size.BODY))
        code = self._currency.upper()
        metrics = QFontMetrics(painter.font())
        code_width = metrics.horizontalAdvance(code)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text2))
        painter.drawText(QRectF(self.width() - code_width - 1, 0, code_width + 1, middle), flags, code)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.text2 if quiet else tokens.text))
        number = amount(self._amount, self._currency)
        strong = QFontMetrics(self.font())
        right = self.width() - code_width - 6
        # The whole column of one order has one currency, so the decimal sign lines up by itself.
        assert exponent(self._currency) in {0, 2}
        number_width = strong.horizontalAdvance(number)
        painter.drawText(QRectF(right - number_width - 1, 0, number_width + 2, middle), flags, number)
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, 0, self.width(), middle), flags, self._word)
        if self._total:
            self._paint_rules(painter)
            return
        self._paint_leader(painter, strong.horizontalAdvance(self._word) + 8, right - number_width - 8)

    def _paint_rules(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(tokens_of(self).text), 1))
        bottom = self.height()
        for y in (0, bottom - 4, bottom - 1):
            painter.drawLine(0, y, self.width(), y)
