"""Parts that plots are made of: ticks, bars and axes, drawn on whole pixels in colours of ours.

Imported with pyqtgraph, and so never before a plot is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.tokens import Tokens

GAP = 8
_STRIPE = 5
_STEPS = (1, 2, 5)
_CENTRE = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at a place of an axis; ``colour`` '' is that of axes."""

    at: float
    text: str
    colour: str = ""
    strong: bool = False


@dataclass(slots=True)
class Bars:
    """Bars that stand on ``bases``: where, how high, and how they look. ``is_striped`` draws stripes of the fill's
    colour, ``outline`` '' none."""

    at: Sequence[float]
    bases: Sequence[float]
    heights: Sequence[float]
    fill: str
    outline: str = ""
    is_striped: bool = False
    across: bool = False
    width: float = 0.68
    rects: list[QRectF] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at, base, height in zip(self.at, self.bases, self.heights, strict=True):
            if height:
                start = at - self.width / 2
                across, upright = (base, start, height, self.width), (start, base, self.width, height)
                self.rects.append(QRectF(*(across if self.across else upright)))


def nice_ticks(most: float, whole: float = 1) -> list[float]:
    """0 and up to five round numbers above it, the last well above ``most``; never closer than ``whole``."""
    wanted = max(most * 1.08, whole)
    size = whole
    while True:
        for factor in _STEPS:
            step = size * factor
            if step * 4 >= wanted:
                return [step * index for index in range(int(wanted // step) + 2) if step * (index - 1) < wanted]
        size *= 10


def text_width(text: str, *, strong: bool = False) -> int:
    """Pixels that a word of an axis takes."""
    return QFontMetrics(font(Size.SMALL, strong=strong)).horizontalAdvance(text)


class Axis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph has no types
    """An axis whose words have colours of their own, and which never leaves one out."""

    def __init__(self, side: str) -> None:
        super().__init__(side, pen=None, maxTickLength=0, hideOverlappingLabels=False)
        self._ticks: tuple[Tick, ...] = ()
        self._ink = self._line = ""
        self._at_edge = False

    def show_ticks(self, ticks: Sequence[Tick], tokens: Tokens, line: str, at_edge: bool) -> None:
        """These words and no others, with a line along the axis in the colour ``line`` where there is one."""
        self._ticks, self._ink, self._line, self._at_edge = tuple(ticks), tokens.text2, line, at_edge
        self.setTicks([])
        self.picture = None
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        view = self.linkedView()
        if view is None:
            return
        bounds = self.mapRectFromParent(self.geometry())
        self._paint_line(painter, bounds)
        for tick in self._ticks:
            painter.setFont(font(Size.SMALL, strong=tick.strong))
            painter.setPen(QColor(tick.colour or self._ink))
            at = self.mapFromItem(view, view.mapFromView(QPointF(tick.at, tick.at)))
            rect, flags = self._place(bounds, at, painter.fontMetrics().horizontalAdvance(tick.text))
            painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextDontClip), tick.text)

    def _paint_line(self, painter: QPainter, bounds: QRectF) -> None:
        if not self._line:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self._line))
        if self.orientation == "bottom":
            painter.drawLine(bounds.topLeft(), bounds.topRight())
        elif self.orientation == "left":
            painter.drawLine(bounds.topRight(), bounds.bottomRight())

    def _place(self, bounds: QRectF, at: QPointF, width: int) -> tuple[QRectF, Qt.AlignmentFlag]:
        middle = Qt.AlignmentFlag.AlignVCenter
        if self.orientation == "bottom":
            # The last word may be wider than its place, but must not leave the canvas.
            edge = self.mapRectFromParent(self.parentItem().boundingRect()).right()
            x = min(at.x(), edge - width / 2)
            return QRectF(x - 100, bounds.top() + 4, 200, bounds.height()), _CENTRE
        rect = QRectF(bounds.left(), at.y() - 20, bounds.width(), 40)
        if self.orientation == "left":
            return rect.adjusted(0, 0, -GAP, 0), middle | Qt.AlignmentFlag.AlignRight
        side = Qt.AlignmentFlag.AlignRight if self._at_edge else Qt.AlignmentFlag.AlignLeft
        return rect.adjusted(GAP, 0, 0, 0), middle | side


class BarsItem(QGraphicsItem):
    """Paints bars on whole pixels, whatever the plane's scale: stripes and outlines are as wide at 200 %."""

    def __init__(self, bars: Bars) -> None:
        super().__init__()
        self._bars = bars
        self._bounds = QRectF()
        for rect in bars.rects:
            self._bounds = self._bounds.united(rect)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        bars, plane = self._bars, painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for each in bars.rects:
            rect = plane.mapRect(each)
            left, top = round(rect.left()), round(rect.top())
            whole = QRectF(left, top, max(1, round(rect.right()) - left), max(1, round(rect.bottom()) - top))
            if bars.is_striped:
                self._stripe(painter, whole)
            else:
                painter.fillRect(whole, QColor(bars.fill))
            if bars.outline:
                painter.setPen(QColor(bars.outline))
                painter.drawRect(whole.adjusted(0, 0, -1, -1))
        painter.restore()

    def _stripe(self, painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._bars.fill), 1.5))
        height = rect.height()
        x = rect.left() - height
        while x < rect.right():
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + height, rect.top()))
            x += pixels(_STRIPE)
        painter.restore()
