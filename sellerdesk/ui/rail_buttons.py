"""What the rail is made of: entries with an icon, a name and a count, and words that lead out of the desk."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of

WIDE = 184
NARROW = 76
LEFT = 16
_RIGHT = 18
_COUNT_GAP = 10
# A rail that starts with this much room does not become wider with the second order of a day.
_LEAST_COUNT = "00"


class RailButton(QAbstractButton):
    """One entry: icon, name, count; beside it a triangle and how many holds lapse soon."""

    def __init__(self, name: str, icon: str, key: str = "") -> None:
        """``key`` is what also leads there; it is only shown."""
        super().__init__()
        self._name, self._icon, self._key = name, icon, key
        self._count: int | None = None
        self._at_risk = 0
        self._narrow = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def show_count(self, count: int | None, at_risk: int = 0) -> None:
        """None while there is nothing to count."""
        self._count, self._at_risk = count, at_risk
        self._say()

    def set_narrow(self, narrow: bool) -> None:
        """Icon and count only."""
        self._narrow = narrow
        self._say()

    def sizeHint(self) -> QSize:
        """Room for the name, the count and, where holds lapse soon, theirs."""
        if self._narrow:
            return QSize(pixels(NARROW), pixels(32))
        strong, small = QFontMetrics(font(Size.BODY, strong=True)), QFontMetrics(font(Size.SMALL, strong=True))
        needed = _name_left() + strong.horizontalAdvance(self._name) + _RIGHT
        if self._count is not None:
            needed += _COUNT_GAP + strong.horizontalAdvance(max(_LEAST_COUNT, str(self._count), key=len))
        if self._at_risk:
            needed += small.horizontalAdvance(str(self._at_risk)) + pixels(12) + 8
        return QSize(max(pixels(WIDE), needed), pixels(32))

    def _say(self) -> None:
        words = self._name
        if self._count is not None:
            words += f", {self._count} {'order' if self._count == 1 else 'orders'}"
        if self._at_risk:
            words += f", {self._at_risk} {'lapses' if self._at_risk == 1 else 'lapse'} within 24 hours"
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({self._key})" if self._key else words)
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        chosen = self.isChecked() and self.isEnabled()
        if chosen:
            painter.fillRect(self.rect(), QColor(tokens.select))
            painter.fillRect(QRect(0, 0, 3, self.height()), QColor(tokens.accent))
        elif self.isEnabled() and self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        _paint_focus(self, painter)
        ink = tokens.text if self.isEnabled() else tokens.text3
        mark = tokens.accent if chosen else tokens.text2 if self.isEnabled() else tokens.text3
        _paint_icon(self, painter, self._icon, mark)
        painter.setFont(font(Size.BODY, strong=chosen))
        painter.setPen(QColor(ink))
        if not self._narrow:
            room = self.rect().adjusted(_name_left(), 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._name)
        self._paint_counts(painter, ink if chosen else tokens.text2)

    def _paint_counts(self, painter: QPainter, ink: str) -> None:
        if self._count is None:
            return
        middle = Qt.AlignmentFlag.AlignVCenter
        right = self.width() - (10 if self._narrow else _RIGHT)
        count = str(self._count)
        width = QFontMetrics(painter.font()).horizontalAdvance(count)
        painter.setPen(QColor(ink))
        painter.drawText(QRect(right - width, 0, width + 2, self.height()), middle, count)
        if not self._at_risk or self._narrow:
            return
        tokens = tokens_of(self)
        painter.setFont(font(Size.SMALL, strong=True))
        painter.setPen(QColor(tokens.amber_text))
        text = str(self._at_risk)
        text_width = QFontMetrics(painter.font()).horizontalAdvance(text)
        left = right - width - _COUNT_GAP - text_width
        painter.drawText(QRect(left, 0, text_width + 2, self.height()), middle, text)
        edge = pixels(12)
        triangle = icons.pixmap("triangle-alert", tokens.amber_text, edge, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(left - 3 - edge, (self.height() - edge) / 2), triangle)


class RailLink(QAbstractButton):
    """An icon and words, without a count. Underlined when it leads out of the desk. In a narrow rail the icon alone."""

    def __init__(self, icon: str, text: str, name: str, *, leads_out: bool = True) -> None:
        super().__init__()
        self._icon, self._leads_out = icon, leads_out
        self._narrow = False
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(plain.tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if leads_out:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        """The icon alone, or with words."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = 0 if self._narrow else 8 + QFontMetrics(self._font()).horizontalAdvance(self.text()) + 4
        return QSize(LEFT + pixels(16) + words, pixels(30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        _paint_focus(self, painter)
        ink = tokens.link if self._leads_out else tokens.text2
        _paint_icon(self, painter, self._icon, ink)
        if not self._narrow:
            painter.setFont(self._font())
            painter.setPen(QColor(ink))
            painter.drawText(self.rect().adjusted(_name_left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())

    def _font(self) -> QFont:
        made = font(Size.BODY)
        made.setUnderline(self._leads_out)
        return made


def _name_left() -> int:
    return LEFT + pixels(24)


def _paint_icon(button: QAbstractButton, painter: QPainter, icon: str, ink: str) -> None:
    edge = pixels(16)
    picture = icons.pixmap(icon, ink, edge, button.devicePixelRatioF())
    painter.drawPixmap(QPointF(LEFT, (button.height() - edge) / 2), picture)


def _paint_focus(button: QAbstractButton, painter: QPainter) -> None:
    """Inside the entry: a ring outside it would lie on its neighbours."""
    if button.hasFocus():
        accent = QColor(tokens_of(button).accent)
        edge = button.rect()
        for line in (
            QRect(0, 0, edge.width(), 2), QRect(0, edge.bottom() - 1, edge.width(), 2),
            QRect(0, 0, 2, edge.height()), QRect(edge.right() - 1, 0, 2, edge.height()),
        ):  # fmt: skip
            painter.fillRect(line, accent)
