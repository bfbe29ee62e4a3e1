"""Parts of the overview: sums in a row, a card with a plot and its table, the legend."""

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sellerdesk.ui import plain
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.canvas import paint_stripes
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.tables import NumbersTable, Table
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import Tone, label

_LEAST_HEIGHT = 264


class Tile(QWidget):
    """A word and the sum below it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._sum = label("", size=Size.BIG, strong=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(label(name, size=Size.SMALL, tone=Tone.MUTED))
        rows.addWidget(self._sum)

    @property
    def text(self) -> str:
        return self._sum.full_text

    def show_sum(self, text: str, tone: Tone = Tone.TEXT) -> None:
        """Show another sum."""
        self._sum.setText(text)
        self._sum.set_tone(tone)
        self._sum.setAccessibleName(f"{self._name}: {text}")


class Mark(Enum):
    """How something is drawn in a plot."""

    CAPTURED = auto()
    HELD = auto()
    RELEASED = auto()
    LAPSED = auto()
    OPEN = auto()
    OLD = auto()


class Legend(QWidget):
    """What the marks of a plot mean; for the eye only, the table has the words in its header."""

    def __init__(self, entries: Sequence[tuple[Mark, str]]) -> None:
        super().__init__()
        self._entries = tuple(entries)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(Size.SMALL))
        width = sum(_mark_width(mark) + 6 + metrics.horizontalAdvance(text) + 14 for mark, text in self._entries)
        return QSize(max(0, width - 14), max(pixels(20), metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setFont(font(Size.SMALL))
        x = 0
        for mark, text in self._entries:
            self._paint_mark(painter, mark, QRectF(x, (self.height() - 10) // 2, _mark_width(mark), 10))
            x += _mark_width(mark) + 6
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.setPen(QColor(tokens.text))
            painter.drawText(x, 0, width + 2, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 14

    def _paint_mark(self, painter: QPainter, mark: Mark, rect: QRectF) -> None:
        tokens = tokens_of(self)
        if mark in {Mark.OPEN, Mark.OLD}:
            style = Qt.PenStyle.SolidLine if mark is Mark.OPEN else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(tokens.accent if mark is Mark.OPEN else tokens.amber_mark), 2, style))
            painter.drawLine(QPointF(rect.left(), rect.center().y()), QPointF(rect.right(), rect.center().y()))
            return
        fills = {Mark.CAPTURED: tokens.accent, Mark.HELD: tokens.plot_held, Mark.LAPSED: tokens.red_mark}
        if mark in fills:
            painter.fillRect(rect, QColor(fills[mark]))
        outline = {Mark.HELD: tokens.accent, Mark.RELEASED: tokens.plot_released}.get(mark)
        if mark is Mark.RELEASED:
            paint_stripes(painter, rect, tokens.plot_released)
        if outline:
            painter.setPen(QColor(outline))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))


def _mark_width(mark: Mark) -> int:
    return 16 if mark in {Mark.OPEN, Mark.OLD} else 10


class _Stack(QStackedWidget):
    """Takes the height it gets. A wrapped label in it would make the page as high as everything would like to be, and
    scroll where there is room enough."""

    def hasHeightForWidth(self) -> bool:
        return False


class PlotCard(QFrame):
    """Title, a line about it, the plot or its table, and a caption that tells what the pointer is on."""

    def __init__(self, title: str, legend: QWidget | None = None) -> None:
        super().__init__()
        self.setProperty("part", "box")
        self.title = title
        self._line = label(size=Size.SMALL, tone=Tone.MUTED, elide=True)
        self._caption = label(size=Size.SMALL, tone=Tone.MUTED, elide=True)
        self._words = ""
        self.toggle = IconButton("table", f"Show as a table: {title}", edge=24)
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._toggled)
        self.table = NumbersTable(f"{title}, table")
        self._nothing = label(tone=Tone.MUTED, wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = _Stack()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self.table)
        self._numbers: Table | None = None
        self._plot: QWidget | None = None
        self._has_points = False
        self._legend = legend
        self._title = label(title, size=Size.NAME, strong=True)
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(self.toggle)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(16, 8, 12, 8)
        self._rows.setSpacing(2)
        self._rows.addLayout(self._head)
        self._rows.addWidget(self._line)
        self._rows.addSpacing(4)
        self._rows.addWidget(self._stack, 1)
        self._rows.addWidget(self._caption)
        self.setMinimumHeight(pixels(_LEAST_HEIGHT))

    def set_plot(self, plot: QWidget) -> None:
        """The plot, made when it is first needed."""
        self._plot = plot
        self._stack.addWidget(plot)

    def show_words(self, line: str, caption: str, table: Table, *, nothing: str) -> None:
        """What stands around the plot. ``nothing`` is said in its place where there is nothing to draw, else ''."""
        self._line.setText(line)
        self._words = caption
        self._caption.setText(caption)
        self._nothing.setText(nothing)
        self._has_points = not nothing
        self._numbers = table
        self._choose()

    def say(self, words: str) -> None:
        """What the pointer or the keyboard is on, in place of the caption; '' is nothing."""
        self._caption.setText(words or self._words)
        self._caption.set_tone(Tone.TEXT if words else Tone.MUTED)

    @property
    def caption(self) -> str:
        return self._caption.full_text

    @property
    def line(self) -> str:
        return self._line.full_text

    @property
    def shows_table(self) -> bool:
        return self.toggle.isChecked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend stands beside the title, or in a line of its own where there is too little room."""
        super().resizeEvent(event)
        if self._legend is None:
            return
        needed = self._title.sizeHint().width() + self._legend.sizeHint().width() + self.toggle.width() + 3 * 12 + 28
        if self.width() >= needed:
            self._head.insertWidget(2, self._legend)
        else:
            self._rows.insertWidget(2, self._legend)

    def _toggled(self, as_table: bool) -> None:
        words = "Show the plot" if as_table else "Show as a table"
        self.toggle.setAccessibleName(f"{words}: {self.title}")
        self.toggle.setToolTip(plain.tip(f"{words}: {self.title}"))
        self.toggle.set_icon("chart-column" if as_table else "table")
        self._choose()

    def _choose(self) -> None:
        as_table = self.shows_table
        if as_table:
            self._fill_table()
            self._stack.setCurrentWidget(self.table)
        elif self._has_points and self._plot is not None:
            self._stack.setCurrentWidget(self._plot)
        else:
            self._stack.setCurrentWidget(self._nothing)
        self._caption.setVisible(not as_table and self._has_points)

    def _fill_table(self) -> None:
        """Only when somebody looks: hundreds of cells take longer than the plot."""
        if self._numbers is not None:
            self.table.show_table(self._numbers)
            self._numbers = None
