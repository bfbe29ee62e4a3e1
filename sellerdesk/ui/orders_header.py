"""The header of the table: titles where their columns stand, an arrow at the one that the rows are sorted by."""

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from sellerdesk.ui import icons
from sellerdesk.ui.delegates import EDGE, PAD
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.orders_model import Role
from sellerdesk.ui.theme import tokens_of

_ARROW = 12
_ARROW_GAP = 4


class OrdersHeader(QHeaderView):
    """Paints itself. Columns can be dragged wider and narrower, not moved.

    Signals:
        dragged: a border was dragged and let go. UI thread.
    """

    dragged = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        # The style's own minimum is wider than a column of two figures, and would push the last one out.
        self.setMinimumSectionSize(1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.dragged.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        paint_ground(painter, self.viewport())
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        tokens = tokens_of(self)
        model = self.model()
        title = str(model.headerData(index, self.orientation()) or "")
        align = model.headerData(index, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        arrow = model.headerData(index, self.orientation(), Role.SORT)
        room = rect.adjusted(EDGE if index == 0 else PAD, 0, -PAD, -1)
        used = font(Size.SMALL, strong=True)
        painter.setFont(used)
        painter.setPen(QColor(tokens.text if arrow else tokens.text2))
        painter.drawText(room, align | Qt.TextFlag.TextSingleLine, title)
        if arrow:
            left = room.left() + QFontMetrics(used).horizontalAdvance(title) + _ARROW_GAP
            edge = pixels(_ARROW)
            picture = icons.pixmap(str(arrow), tokens.text2, edge, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(left, rect.top() + (rect.height() - 1 - edge) / 2), picture)


class HeaderCorner(QWidget):
    """What stands above the scroll bar, so that the header goes on to the edge of the table."""

    def __init__(self, header: OrdersHeader) -> None:
        super().__init__()
        self._header = header
        self._follow()
        header.installEventFilter(self)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setFixedHeight(max(1, self._header.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ground(painter, self)


def paint_ground(painter: QPainter, widget: QWidget) -> None:
    """The header's own ground, with the line to the rows."""
    tokens = tokens_of(widget)
    painter.fillRect(widget.rect(), QColor(tokens.window))
    painter.fillRect(QRect(0, widget.height() - 1, widget.width(), 1), QColor(tokens.line2))


def title_width(title: str, *, sorted_by: bool) -> int:
    """The room a title needs, its arrow included."""
    words = QFontMetrics(font(Size.SMALL, strong=True)).horizontalAdvance(title)
    return words + (_ARROW_GAP + pixels(_ARROW) if sorted_by else 0)
