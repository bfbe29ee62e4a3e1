"""The focus ring: a rounded line two pixels outside a button, or just inside of what has the property 'ring_inside',
which a style sheet cannot draw."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from sellerdesk.ui.buttons import is_ring_wanted
from sellerdesk.ui.theme import tokens_of

_OUTSIDE = 4


class _Ring(QWidget):
    """Lies over the parent, so that it is cut off where the widget itself would be, and lets everything through."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around.parentWidget())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around = around
        self._outside = 0 if around.property("ring_inside") else _OUTSIDE
        around.installEventFilter(self)
        self._follow()

    def let_go(self) -> None:
        if isValid(self._around):
            self._around.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        by = self._outside
        self.setGeometry(self._around.geometry().adjusted(-by, -by, by, by))
        self.setVisible(not self._around.isHidden())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens_of(self).accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)


class FocusRing(QObject):
    """Keeps one ring round whatever button of the application has the focus."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self._ring is not None and isValid(self._ring):
            self._ring.let_go()
        self._ring = None
        if now is not None and now.parentWidget() is not None and is_ring_wanted(now):
            self._ring = _Ring(now)
