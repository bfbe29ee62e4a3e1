"""More: what else can be done with the order shown, beside the one thing that comes next."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu

from sellerdesk.ui import icons
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.fonts import pixels

_PADDING = 14
_ARROW = 14
_GAP = 10


class MoreButton(PlainButton):
    """Opens a menu of those actions that are possible now. They are the window's own, with their keys.

    ``menu`` is made anew at each press.
    """

    def __init__(self) -> None:
        super().__init__("More", tall=True)
        self.setAccessibleDescription("What else can be done with this order.")
        self.menu_ = QMenu(self)
        self._groups: Sequence[Sequence[QAction]] = ()
        self.clicked.connect(self._open)

    def offer(self, groups: Sequence[Sequence[QAction]]) -> None:
        """Actions in groups, with a line between them; what is off is left out of the menu."""
        self._groups = groups

    def possible(self) -> list[list[QAction]]:
        """What the menu would show."""
        shown = [[action for action in group if action.isEnabled()] for group in self._groups]
        return [group for group in shown if group]

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self._words())
        return QSize(words + 2 * _PADDING + _GAP + pixels(_ARROW), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.click()
            return
        super().keyPressEvent(event)

    def _paint_content(self, painter: QPainter, ink: str, hint: str) -> None:  # noqa: ARG002 - there is no key to hint at
        painter.setPen(ink)
        painter.setFont(self.font())
        inner = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._words())
        edge = pixels(_ARROW)
        place = QPoint(inner.right() + 1 - edge, (self.height() - edge) // 2)
        painter.drawPixmap(place, icons.pixmap("chevron-down", ink, edge, self.devicePixelRatioF()))

    def _empty(self) -> None:
        """Not by ``clear``, which takes the window's own actions along."""
        for action in self.menu_.actions():
            self.menu_.removeAction(action)
            if action.isSeparator():
                action.deleteLater()

    def _open(self) -> None:
        groups = self.possible()
        if not groups:
            return
        self._empty()
        for number, group in enumerate(groups):
            if number:
                self.menu_.addSeparator()
            self.menu_.addActions(group)
        right = self.mapToGlobal(QPoint(self.width(), self.height() + 4))
        self.menu_.popup(right - QPoint(self.menu_.sizeHint().width(), 0))
        self.menu_.setActiveAction(groups[0][0])
