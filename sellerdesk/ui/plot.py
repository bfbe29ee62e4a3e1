"""A plot that is looked at: the arrow keys and the pointer go through what it shows and tell each in words."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from sellerdesk.ui.canvas import Canvas
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

_BACK = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Up})
_ON = frozenset({Qt.Key.Key_Right, Qt.Key.Key_Down})


class Plot(QWidget):
    """Draws on its canvas whenever numbers, colours or size are others. A table with the same numbers stands beside it,
    and is not made here.

    Signals:
        pointed: carries the words for what the pointer or the keyboard is on, '' for nothing. UI thread.
    """

    pointed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(f"{name}, plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._points: tuple[str, ...] = ()
        self._current = -1
        self.canvas = Canvas()

    def draw(self, tokens: Tokens) -> None:
        """Put everything on the canvas, which is empty. For subclasses."""
        raise NotImplementedError

    def place_of(self, position: QPointF) -> float:
        """Which point is at ``position`` of the plane, as a number to be rounded. Points stand side by side, unless a
        subclass says otherwise."""
        return position.x()

    def mark_rect(self, index: int) -> QRectF:
        """What is marked when the point ``index`` is looked at."""
        return QRectF(index - 0.5, 0, 1, self.canvas.top)

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
        self.point_at(-1)
        self.redraw()

    def redraw(self) -> None:
        """Draw what is shown again: other colours, another size."""
        tokens = tokens_of(self)
        self.canvas.clear(QRectF(self.rect()).adjusted(5, 3, -5, -3), tokens.text2)
        if self._points:
            self.draw(tokens)
        self._mark()

    def point_at(self, index: int, *, speak: bool = False) -> None:
        """Look at a point, -1 for none; ``speak`` tells it to a screen reader, too."""
        if index == self._current:
            return
        self._current = index
        words = self._points[index] if index >= 0 else ""
        self._mark()
        self.pointed.emit(words)
        if speak and words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, key = len(self._points) - 1, Qt.Key(event.key())
        if key is Qt.Key.Key_Escape and self._current >= 0:
            self.point_at(-1)
        elif last >= 0 and key in _BACK:
            self.point_at(max(0, self._current - 1) if self._current >= 0 else last, speak=True)
        elif last >= 0 and key in _ON:
            self.point_at(min(last, self._current + 1), speak=True)
        elif last >= 0 and key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.point_at(0 if key is Qt.Key.Key_Home else last, speak=True)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.canvas.place_at(event.position())
        index = round(self.place_of(place)) if place is not None else -1
        self.point_at(index if 0 <= index < len(self._points) else -1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point_at(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_at(-1)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(self, "canvas"):
            self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.base))
        self.canvas.paint(painter)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _mark(self) -> None:
        is_one = 0 <= self._current < len(self._points)
        self.canvas.mark(self.mark_rect(self._current) if is_one else None, tokens_of(self).select)
        self.update()
