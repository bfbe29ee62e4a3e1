"""The frame of every dialog: rounded where the platform lets us draw it, above a window that is dimmed meanwhile."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from sellerdesk.ui.theme import tokens_of

_RADIUS = 8
# X11 does not tell whether corners can be seen through, and other desktops round native frames themselves.
_ROUNDED_ON = frozenset({"wayland", "wayland-egl", "offscreen"})


def is_rounded() -> bool:
    """Whether dialogs draw their own frame on this platform."""
    return QGuiApplication.platformName() in _ROUNDED_ON


class _Dim(QWidget):
    """Lies over a window while a dialog is open. Qt itself keeps presses and keys from the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        red, green, blue, percent = tokens_of(self).dim
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(red, green, blue, round(percent * 2.55)))


class FramedDialog(QDialog):
    """A dialog whose parent is dimmed while it is open. A frame of its own can be dragged by whatever is no field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dim: _Dim | None = None
        if is_rounded():
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not is_rounded():
            super().paintEvent(event)
            return
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line2)))
        painter.setBrush(QColor(tokens.window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if is_rounded() and event.button() is Qt.MouseButton.LeftButton:
            self.windowHandle().startSystemMove()
        super().mousePressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None and self._dim is None:
            self._dim = _Dim(parent.window())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        dim, self._dim = self._dim, None
        if dim is not None and isValid(dim):
            dim.hide()
            dim.deleteLater()
