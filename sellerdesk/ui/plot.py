"""What the plots have in common: a still canvas of pyqtgraph's in our colours, axes, bars and labels.

pyqtgraph takes its time to load. This module is imported when a plot is first shown, and never before.
"""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.plot_items import GAP, Axis, Bars, BarsItem, Tick, text_width
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

_BEHIND = -20
_GRID = -10


class Plot(QWidget):
    """A plot that is looked at, not worked with: no zoom, no menu. The arrow keys and the pointer go through what it
    shows and tell each in words; a table with the same numbers stands beside it.

    Signals:
        pointed: carries the words for what the pointer or the keyboard is on, '' for nothing. UI thread.
    """

    pointed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(f"{name}, plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setProperty("own_focus", True)
        self._axes = {side: Axis(side) for side in ("left", "right", "bottom")}
        self._canvas: Any = pg.PlotWidget(axisItems=self._axes, enableMenu=False)
        self._canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot: Any = self._canvas.getPlotItem()
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.getViewBox().setDefaultPadding(0)
        self._plot.hideAxis("right")
        # The word of the topmost line stands half above it.
        self._plot.layout.setContentsMargins(0, pixels(8), 0, 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(5, 3, 5, 3)
        rows.addWidget(self._canvas)
        self._points: tuple[str, ...] = ()
        self._current = -1
        self._marker: Any = None

    # --- for subclasses ---

    def draw(self, tokens: Tokens) -> None:
        """Put everything on the canvas, which is empty."""
        raise NotImplementedError

    def place_of(self, position: QPointF) -> float:
        """Where ``position``, in the plot's own coordinates, is among the points."""
        return position.x()

    def mark_rect(self, index: int) -> QRectF:
        """What is marked when the point ``index`` is looked at."""
        top = self._plot.getViewBox().viewRange()[1][1]
        return QRectF(index - 0.5, 0, 1, top)

    # --- what a plot is made of ---

    @property
    def points(self) -> tuple[str, ...]:
        """What can be pointed at, in words."""
        return self._points

    @property
    def current(self) -> int:
        """Which point is looked at, -1 for none."""
        return self._current

    def show_points(self, points: Sequence[str], description: str) -> None:
        """Draw anew. ``points`` are what can be pointed at, in words; ``description`` is what a reader hears first."""
        self._points = tuple(points)
        self.setAccessibleDescription(description)
        self._point_at(-1)
        self.redraw()

    def redraw(self) -> None:
        """Draw what is shown again: other colours, another size."""
        tokens = tokens_of(self)
        self._plot.clear()
        self._marker = None
        self._canvas.setBackground(tokens.base)
        if self._points:
            self.draw(tokens)
        self._mark()

    def set_range(self, right: float, top: float, left: float = -0.5, bottom: float = 0) -> None:
        """The part of the plane that is shown."""
        self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True)

    def set_axis(self, side: str, ticks: Sequence[Tick], *, line: str = "", at_edge: bool = False) -> None:
        """Words along a side, with a line of the colour ``line``; at the right they begin at the plane, or end at the
        edge."""
        axis = self._axes[side]
        axis.show_ticks(ticks, tokens_of(self), line, at_edge)
        self._plot.showAxis(side)
        if side == "bottom":
            axis.setHeight(QFontMetrics(font(Size.SMALL)).height() + 4)
        else:
            widest = max((text_width(each.text, strong=each.strong) for each in ticks), default=0)
            axis.setWidth(widest + GAP)

    def add_grid(self, at: Sequence[float], colour: str, *, upright: bool = False) -> None:
        """Thin lines behind everything."""
        for each in at:
            line = pg.InfiniteLine(each, angle=90 if upright else 0, pen=pg.mkPen(colour), movable=False)
            line.setZValue(_GRID)
            self._plot.addItem(line)

    def add_bars(self, bars: Bars) -> None:
        """Bars, filled or striped."""
        self._plot.addItem(BarsItem(bars))

    def add_steps(self, values: Sequence[float], colour: str, *, dashed: bool = False) -> None:
        """A line that keeps each value for the whole width of its place."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        pen = pg.mkPen(colour, width=2, style=style)
        edges = [index - 0.5 for index in range(len(values) + 1)]
        self._plot.addItem(pg.PlotCurveItem(edges, list(values), stepMode="center", pen=pen))

    def add_label(self, x: float, y: float, text: str, colour: str, *, beside: bool = False) -> None:
        """A number above a place, or to the right of it."""
        label = pg.TextItem(text, color=colour, anchor=(0, 0.5) if beside else (0.5, 1))
        label.setFont(font(Size.SMALL, strong=True))
        label.setPos(x, y)
        self._plot.addItem(label, ignoreBounds=True)

    def inner_size(self) -> tuple[float, float]:
        """Width and height of the plane in pixels."""
        # Axes have just got their width; the layout would take it in only with the next turn of the loop.
        self._plot.layout.activate()
        rect = self._plot.getViewBox().rect()
        return float(rect.width()), float(rect.height())

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._points) - 1
        before, after = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)
        match event.key():
            case key if key in before and last >= 0:
                self._point_at(max(0, self._current - 1) if self._current >= 0 else last, speak=True)
            case key if key in after and last >= 0:
                self._point_at(min(last, self._current + 1), speak=True)
            case Qt.Key.Key_Home if last >= 0:
                self._point_at(0, speak=True)
            case Qt.Key.Key_End if last >= 0:
                self._point_at(last, speak=True)
            case Qt.Key.Key_Escape if self._current >= 0:
                self._point_at(-1)
            case _:
                super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self._plot.getViewBox()
        inside = QPointF(self._canvas.mapFromParent(event.position().toPoint()))
        scene = self._canvas.mapToScene(inside.toPoint())
        if not box.sceneBoundingRect().contains(scene):
            self._point_at(-1)
            return
        index = round(self.place_of(box.mapSceneToView(scene)))
        self._point_at(index if 0 <= index < len(self._points) else -1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(-1)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(self, "_marker"):
            self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.base))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _point_at(self, index: int, *, speak: bool = False) -> None:
        if index == self._current:
            return
        self._current = index
        words = self._points[index] if index >= 0 else ""
        self._mark()
        self.pointed.emit(words)
        if speak and words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _mark(self) -> None:
        if self._marker is not None:
            self._plot.removeItem(self._marker)
            self._marker = None
        if 0 <= self._current < len(self._points):
            tokens = tokens_of(self)
            self._marker = BarsItem(_as_bar(self.mark_rect(self._current), tokens.select))
            self._marker.setZValue(_BEHIND)
            self._plot.addItem(self._marker)


def _as_bar(rect: QRectF, fill: str) -> Bars:
    return Bars((rect.center().x(),), (rect.top(),), (rect.height(),), fill, width=rect.width())
