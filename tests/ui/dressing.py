"""The look for widget tests: one theme for the application, switched as a test wants it; and helpers to read it."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from sellerdesk.ui import theme
from sellerdesk.ui.theme import Scheme, Theme
from sellerdesk.ui.widgets import TextLabel


def dressed(scheme: Scheme = Scheme.LIGHT) -> Theme:
    """The application's one theme, in ``scheme``."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found = next((each for each in app.children() if isinstance(each, Theme)), None) or theme.apply(app, scheme)
    found.choose(scheme)
    return found


def clear_away() -> None:
    """Delete now what was marked for it; a test has no event loop that would."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def words_of(widget: QWidget) -> str:
    """All words that can be seen in ``widget``, one label a line."""
    lines = []
    for each in widget.findChildren(QWidget):
        if not each.isVisible():
            continue
        if isinstance(each, TextLabel):
            lines.append(each.full_text)
        elif isinstance(each, QLabel | QAbstractButton):
            lines.append(each.text())
    return "\n".join(lines)


def nameless(widget: QWidget) -> list[str]:
    """What takes the focus and says nothing to a screen reader."""
    found = []
    for each in widget.findChildren(QWidget):
        if (
            not each.isVisible()
            or not each.isEnabled()
            or not isinstance(each, QAbstractButton | QLineEdit | QPlainTextEdit)
        ):
            continue
        if each.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        text = each.text() if isinstance(each, QAbstractButton) else ""
        if not (each.accessibleName() or text):
            found.append(type(each).__name__)
    return found


def colours_of(image: QImage) -> set[str]:
    """Colours of every seventh pixel, as '#rrggbb'."""
    return {QColor(image.pixel(x, y)).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
