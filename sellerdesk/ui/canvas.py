"""The canvas of a plot: a plane with axes, grid, bars, steps and labels, painted on whole pixels in colours of ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from sellerdesk.ui.fonts import Size, font, pixels

_GAP = 8
_STRIPE = 5
_STEPS = (1, 2, 5)
_WIDE = 400
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at a place of an axis; ``colour`` '' is that of axes."""

    at: float
    text: str
    colour: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that stand on ``bases``: where, how high, and how they look. ``is_striped`` draws stripes of the fill's
    colour, ``outline`` '' is none, ``across`` lays them down."""

    at: Sequence[float]
    bases: Sequence[float]
    heights: Sequence[float]
    fill: str
    outline: str = ""
    is_striped: bool = False
    across: bool = False
    width: float = 0.68

    def rects(self) -> Iterable[QRectF]:
        """Each bar in units of the plane, those without height left out."""
        for at, base, height in zip(self.at, self.bases, self.heights, strict=True):
            start = at - self.width / 2
            if height:
                yield QRectF(*((base, start, height, self.width) if self.across else (start, base, self.width, height)))


@dataclass(frozen=True, slots=True)
class _Axis:
    ticks: tuple[Tick, ...] = ()
    line: str = ""
    at_edge: bool = False


@dataclass(frozen=True, slots=True)
class _Steps:
    values: tuple[float, ...]
    colour: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class _Label:
    at: QPointF
    text: str
    colour: str
    beside: bool


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


class Canvas:
    """What is to be painted, and where. Places are in units of the plane, whose origin is at the lower left; colours
    are '#rrggbb'."""

    def __init__(self) -> None:
        self._room = QRectF()
        self.clear(QRectF(), "#808080")

    def clear(self, room: QRectF, ink: str) -> None:
        """Begin anew in ``room``, pixels of the widget; ``ink`` is the colour of what axes say."""
        self._room, self._ink = room, ink
        self._range = QRectF(0, 0, 1, 1)
        self._axes: dict[str, _Axis] = {}
        self._inner: QRectF | None = None
        self._grid: tuple[tuple[float, ...], str] = ((), ink)
        self._bars: list[Bars] = []
        self._steps: list[_Steps] = []
        self._labels: list[_Label] = []
        self._mark: tuple[QRectF, str] | None = None

    def set_range(self, right: float, top: float, left: float = -0.5, bottom: float = 0) -> None:
        """The part of the plane that is shown."""
        self._range = QRectF(left, bottom, right - left, top - bottom)

    def set_axis(self, side: str, ticks: Sequence[Tick], *, line: str = "", at_edge: bool = False) -> None:
        """Words along 'left', 'right' or 'bottom', with a line of the colour ``line``; at the right they begin at the
        plane, or end at the edge."""
        self._axes[side] = _Axis(tuple(ticks), line, at_edge)
        self._inner = None

    def set_grid(self, at: Iterable[float], colour: str) -> None:
        """Thin lines across, behind everything."""
        self._grid = (tuple(at), colour)

    def add_bars(self, bars: Bars) -> None:
        """Bars, filled or striped."""
        self._bars.append(bars)

    def add_steps(self, values: Sequence[float], colour: str, *, dashed: bool = False) -> None:
        """A line that keeps each value for the whole width of its place."""
        self._steps.append(_Steps(tuple(values), colour, dashed))

    def add_label(self, x: float, y: float, text: str, colour: str, *, beside: bool = False) -> None:
        """A number above a place, or to the right of it."""
        self._labels.append(_Label(QPointF(x, y), text, colour, beside))

    def mark(self, rect: QRectF | None, colour: str = "") -> None:
        """Mark a part of the plane, behind everything; None marks nothing."""
        self._mark = None if rect is None else (rect, colour)

    @property
    def top(self) -> float:
        """The upper end of what is shown."""
        return self._range.bottom()

    def size(self) -> QSizeF:
        """Of the plane, in pixels; what the axes need is taken off."""
        return self._plane().size()

    def place_at(self, position: QPointF) -> QPointF | None:
        """The place of the plane at ``position``, pixels of the widget; None beside the plane."""
        plane = self._plane()
        if not plane.contains(position) or plane.isEmpty():
            return None
        x = self._range.left() + (position.x() - plane.left()) / plane.width() * self._range.width()
        y = self._range.bottom() - (position.y() - plane.top()) / plane.height() * self._range.height()
        return QPointF(x, y)

    def paint(self, painter: QPainter) -> None:
        """Paint everything."""
        plane = self._plane()
        if plane.isEmpty():
            return
        if self._mark is not None:
            painter.fillRect(self._pixels_of(self._mark[0]), QColor(self._mark[1]))
        for at in self._grid[0]:
            y = round(self._pixel(QPointF(0, at)).y())
            painter.fillRect(QRectF(plane.left(), y, plane.width(), 1), QColor(self._grid[1]))
        for bars in self._bars:
            self._paint_bars(painter, bars)
        for side in self._axes:
            self._paint_axis(painter, side, plane)
        for steps in self._steps:
            self._paint_steps(painter, steps)
        for label in self._labels:
            self._paint_label(painter, label)

    def _plane(self) -> QRectF:
        if self._inner is None:
            left, right, bottom = (self._axis_room(side) for side in ("left", "right", "bottom"))
            # The word of the topmost line stands half above it.
            self._inner = self._room.adjusted(left, pixels(_GAP), -right, -bottom)
        return self._inner

    def _axis_room(self, side: str) -> int:
        axis = self._axes.get(side)
        if axis is None:
            return 0
        if side == "bottom":
            return QFontMetrics(font(Size.SMALL)).height() + 4
        return max((text_width(each.text, strong=each.strong) for each in axis.ticks), default=0) + _GAP

    def _pixel(self, place: QPointF) -> QPointF:
        plane, shown = self._plane(), self._range
        x = plane.left() + (place.x() - shown.left()) / shown.width() * plane.width()
        y = plane.bottom() - (place.y() - shown.top()) / shown.height() * plane.height()
        return QPointF(x, y)

    def _pixels_of(self, rect: QRectF) -> QRectF:
        """``rect`` of the plane on whole pixels, at least one wide and high."""
        one, other = self._pixel(rect.topLeft()), self._pixel(rect.bottomRight())
        left, top = round(min(one.x(), other.x())), round(min(one.y(), other.y()))
        right, bottom = round(max(one.x(), other.x())), round(max(one.y(), other.y()))
        height = max(1, bottom - top)
        return QRectF(left, bottom - height, max(1, right - left), height)

    def _paint_bars(self, painter: QPainter, bars: Bars) -> None:
        for each in bars.rects():
            rect = self._pixels_of(each)
            if bars.is_striped:
                paint_stripes(painter, rect, bars.fill)
            else:
                painter.fillRect(rect, QColor(bars.fill))
            if bars.outline:
                painter.setPen(QColor(bars.outline))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_axis(self, painter: QPainter, side: str, plane: QRectF) -> None:
        axis = self._axes[side]
        if axis.line and side == "bottom":
            painter.fillRect(QRectF(plane.left(), round(plane.bottom()), plane.width(), 1), QColor(axis.line))
        elif axis.line:
            painter.fillRect(QRectF(round(plane.left()) - 1, plane.top(), 1, plane.height()), QColor(axis.line))
        for tick in axis.ticks:
            painter.setFont(font(Size.SMALL, strong=tick.strong))
            painter.setPen(QColor(tick.colour or self._ink))
            at = self._pixel(QPointF(tick.at, tick.at))
            if side == "bottom":
                # The last word may be wider than its place, but must not leave the canvas.
                x = min(at.x(), self._room.right() - text_width(tick.text, strong=tick.strong) / 2)
                _write(painter, QRectF(x - _WIDE, plane.bottom() + 4, 2 * _WIDE, 40), _CENTRE, tick.text)
            elif side == "left":
                room = QRectF(plane.left() - _GAP - _WIDE, at.y() - 20, _WIDE, 40)
                _write(painter, room, _MIDDLE | Qt.AlignmentFlag.AlignRight, tick.text)
            elif axis.at_edge:
                room = QRectF(self._room.right() - _WIDE, at.y() - 20, _WIDE, 40)
                _write(painter, room, _MIDDLE | Qt.AlignmentFlag.AlignRight, tick.text)
            else:
                _write(painter, QRectF(plane.right() + _GAP, at.y() - 20, _WIDE, 40), _MIDDLE, tick.text)

    def _paint_steps(self, painter: QPainter, steps: _Steps) -> None:
        points = [
            self._pixel(QPointF(index + side, value))
            for index, value in enumerate(steps.values)
            for side in (-0.5, 0.5)
        ]
        style = Qt.PenStyle.DashLine if steps.dashed else Qt.PenStyle.SolidLine
        pen = QPen(QColor(steps.colour), 2, style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(round(each.x()), round(each.y())) for each in points])

    def _paint_label(self, painter: QPainter, label: _Label) -> None:
        painter.setFont(font(Size.SMALL, strong=True))
        painter.setPen(QColor(label.colour))
        at = self._pixel(label.at)
        if label.beside:
            _write(painter, QRectF(at.x() + _GAP, at.y() - 20, _WIDE, 40), _MIDDLE, label.text)
        else:
            above = QRectF(at.x() - _WIDE, at.y() - 44, 2 * _WIDE, 40)
            _write(painter, above, Qt.AlignmentFlag.AlignBottom | _CENTRE, label.text)


def paint_stripes(painter: QPainter, rect: QRectF, colour: str) -> None:
    """Stripes from the lower left to the upper right."""
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 1.5))
    height = rect.height()
    x = rect.left() - height
    while x < rect.right():
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + height, rect.top()))
        x += pixels(_STRIPE)
    painter.restore()


def _write(painter: QPainter, room: QRectF, side: Qt.AlignmentFlag, text: str) -> None:
    painter.drawText(room, int(side) | int(Qt.TextFlag.TextSingleLine), text)
