"""The still canvas of a plot: pyqtgraph's plane and axes without anything that can be dragged, zoomed or opened.

pyqtgraph takes its time to load. This module is imported when a plot is first shown, and never before.
"""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.plot_items import GAP, Axis, Bars, BarsItem, Tick, text_width
from sellerdesk.ui.tokens import Tokens

_BEHIND = -20
_GRID = -10


class Canvas:
    """What is drawn on ``widget``. Places are in units of the plane; colours are '#rrggbb'."""

    def __init__(self) -> None:
        self._axes = {side: Axis(side) for side in ("left", "right", "bottom")}
        self._view: Any = pg.PlotWidget(axisItems=self._axes, enableMenu=False)
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot: Any = self._view.getPlotItem()
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.getViewBox().setDefaultPadding(0)
        self._plot.hideAxis("right")
        # The word of the topmost line stands half above it.
        self._plot.layout.setContentsMargins(0, pixels(8), 0, 0)
        self._marker: Any = None
        self._tokens: Tokens | None = None

    @property
    def widget(self) -> QWidget:
        """Where it is drawn; takes no focus, and lets the pointer through."""
        found = self._view
        assert isinstance(found, QWidget)
        return found

    def clear(self, tokens: Tokens) -> None:
        """Empty the plane, for a picture in these colours."""
        self._tokens = tokens
        self._marker = None
        self._plot.clear()
        self._view.setBackground(tokens.base)

    def set_range(self, right: float, top: float, left: float = -0.5, bottom: float = 0) -> None:
        """The part of the plane that is shown."""
        self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True)

    @property
    def top(self) -> float:
        """The upper end of what is shown."""
        return float(self._plot.getViewBox().viewRange()[1][1])

    def set_axis(self, side: str, ticks: Sequence[Tick], *, line: str = "", at_edge: bool = False) -> None:
        """Words along a side, with a line of the colour ``line``; at the right they begin at the plane, or end at the
        edge."""
        assert self._tokens is not None
        axis = self._axes[side]
        axis.show_ticks(ticks, self._tokens, line, at_edge)
        self._plot.showAxis(side)
        if side == "bottom":
            axis.setHeight(QFontMetrics(font(Size.SMALL)).height() + 4)
        else:
            widest = max((text_width(each.text, strong=each.strong) for each in ticks), default=0)
            axis.setWidth(widest + GAP)

    def add_grid(self, at: Sequence[float], colour: str) -> None:
        """Thin lines across, behind everything."""
        for each in at:
            line = pg.InfiniteLine(each, angle=0, pen=pg.mkPen(colour), movable=False)
            line.setZValue(_GRID)
            self._plot.addItem(line)

    def add_bars(self, bars: Bars) -> None:
        """Bars, filled or striped."""
        self._plot.addItem(BarsItem(bars))

    def add_steps(self, values: Sequence[float], colour: str, *, dashed: bool = False) -> None:
        """A line that keeps each value for the whole width of its place."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        # A pen of pyqtgraph's is as wide in pixels of the screen, however small these are.
        pen = pg.mkPen(colour, width=2 * self._view.devicePixelRatioF(), style=style)
        edges = [index - 0.5 for index in range(len(values) + 1)]
        self._plot.addItem(pg.PlotCurveItem(edges, list(values), stepMode="center", pen=pen))

    def add_label(self, x: float, y: float, text: str, colour: str, *, beside: bool = False) -> None:
        """A number above a place, or to the right of it."""
        label = pg.TextItem(text, color=colour, anchor=(0, 0.5) if beside else (0.5, 1))
        label.setFont(font(Size.SMALL, strong=True))
        label.setPos(x, y)
        self._plot.addItem(label, ignoreBounds=True)

    def mark(self, rect: QRectF | None) -> None:
        """Mark a part of the plane, behind everything; None marks nothing."""
        if self._marker is not None:
            self._plot.removeItem(self._marker)
            self._marker = None
        if rect is not None and self._tokens is not None:
            centre, size = rect.center(), rect.size()
            bars = Bars((centre.x(),), (rect.top(),), (size.height(),), self._tokens.select, width=size.width())
            self._marker = BarsItem(bars)
            self._marker.setZValue(_BEHIND)
            self._plot.addItem(self._marker)

    def size(self) -> tuple[float, float]:
        """Width and height of the plane in pixels."""
        # Axes have just got their width; the layout would take it in only with the next turn of the loop.
        self._plot.layout.activate()
        rect = self._plot.getViewBox().rect()
        return float(rect.width()), float(rect.height())

    def place_at(self, position: QPoint) -> QPointF | None:
        """The place of the plane below ``position``, which is in the parent's coordinates; None beside the plane."""
        box = self._plot.getViewBox()
        scene = self._view.mapToScene(self._view.mapFromParent(position))
        if not box.sceneBoundingRect().contains(scene):
            return None
        found = box.mapSceneToView(scene)
        return QPointF(found.x(), found.y())
