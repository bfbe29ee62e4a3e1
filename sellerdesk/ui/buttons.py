"""Buttons that name every state themselves, with the key they answer to painted at their right end."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QToolButton, QWidget

from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

_PADDING = 14
_ICON = 16
_GAP = 8
_LINK_ICON = 12
_LINK_GAP = 5


class DeskButton(QPushButton):
    """A push button of ours. Never the automatic default: Return presses nothing that nobody pointed at.

    ``key`` is only shown; the shortcut itself belongs to whoever owns the button. ``busy`` shows a verb in -ing
    instead of the label and switches the button off.
    """

    def __init__(self, text: str, *, key: str = "", icon: str = "", tall: bool = False) -> None:
        super().__init__(plain.menu_text(text))
        self._key, self._icon = key, icon
        self._busy = ""
        self._height = 36 if tall else 32
        self.setAutoDefault(False)
        self.setFont(font(Size.BODY, strong=self._strong()))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def key(self) -> str:
        return self._key

    def set_key(self, key: str) -> None:
        """Show another key, or the reason why the button is off."""
        self._key = key
        self.updateGeometry()
        self.update()

    def set_label(self, text: str) -> None:
        """Another label; any text is fine."""
        self.setText(plain.menu_text(text))

    def set_busy(self, words: str) -> None:
        """'Capturing 96.30 EUR…', or '' when it is over. The button is off meanwhile."""
        self._busy = words
        self.setEnabled(not words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self._words()) + 2 * _PADDING
        if self._icon or self._busy:
            width += pixels(_ICON) + _GAP
        if self._key:
            width += self._key_width() + 12
        return QSize(width, pixels(self._height))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        fill, border, ink, hint = self._busy_colours(tokens) if self._busy else self._colours(tokens)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(border), 1))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self._paint_content(painter, ink, hint)

    def _paint_content(self, painter: QPainter, ink: str, hint: str) -> None:
        inner = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        icon = "loader-circle" if self._busy else self._icon
        metrics = QFontMetrics(self.font())
        edge = pixels(_ICON)
        content = metrics.horizontalAdvance(self._words()) + (edge + _GAP if icon else 0)
        left = inner.left() if self._key else inner.left() + max(0, (inner.width() - content) // 2)
        if icon:
            top = (self.height() - edge) // 2
            painter.drawPixmap(QPoint(left, top), icons.pixmap(icon, ink, edge, self.devicePixelRatioF()))
            left += edge + _GAP
        painter.setPen(QColor(ink))
        painter.setFont(self.font())
        rect = QRect(left, 0, max(0, inner.right() + 1 - left), self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextHideMnemonic), self._busy or self.text())
        if self._key:
            painter.setFont(font(Size.SMALL))
            painter.setPen(QColor(hint))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._key)

    def _words(self) -> str:
        return self._busy or self.text().replace("&&", "&")

    def _key_width(self) -> int:
        return QFontMetrics(font(Size.SMALL)).horizontalAdvance(self._key)

    def _strong(self) -> bool:
        return False

    def _colours(self, tokens: Tokens) -> tuple[str, str, str, str]:
        """Fill, border, text and key hint of the present state."""
        if not self.isEnabled():
            return _off(tokens)
        if self.isDown():
            return tokens.line2, tokens.control, tokens.text, tokens.text
        if self.underMouse():
            return tokens.select, tokens.control, tokens.text, tokens.text2
        return tokens.button, tokens.control, tokens.text, tokens.text2

    def _busy_colours(self, tokens: Tokens) -> tuple[str, str, str, str]:
        return tokens.window, tokens.line2, tokens.text2, tokens.text2


class PlainButton(DeskButton):
    """Any other way; in a dialog that moves money it says what stays, and has the focus."""


class PrimaryButton(DeskButton):
    """The one thing that comes next."""

    def _strong(self) -> bool:
        return True

    def _colours(self, tokens: Tokens) -> tuple[str, str, str, str]:
        if not self.isEnabled():
            return _off(tokens)
        if self.isDown():
            return tokens.accent_pressed, tokens.accent_pressed, tokens.on_accent, tokens.on_accent
        fill = tokens.accent_hover if self.underMouse() else tokens.accent
        return fill, fill, tokens.on_accent, tokens.on_accent2


class LinkButton(QPushButton):
    """A word to press, underlined."""

    def __init__(self, text: str, *, size: Size = Size.SMALL, icon: str = "") -> None:
        """``icon`` stands behind the word."""
        super().__init__(plain.menu_text(text))
        self._icon = icon
        self.setAutoDefault(False)
        made = font(size)
        made.setUnderline(True)
        self.setFont(made)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("own_focus", True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        icon = pixels(_LINK_ICON) + _LINK_GAP if self._icon else 0
        return QSize(metrics.horizontalAdvance(self.text().replace("&&", "&")) + 6 + icon, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.link if self.isEnabled() else tokens.text3))
        ink = tokens.link if self.isEnabled() else tokens.text3
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextHideMnemonic)
        words = self.rect()
        if self._icon:
            edge = pixels(_LINK_ICON)
            words.adjust(0, 0, -edge - _LINK_GAP, 0)
            at = QPoint(self.width() - 3 - edge, (self.height() - edge) // 2)
            painter.drawPixmap(at, icons.pixmap(self._icon, ink, edge, self.devicePixelRatioF()))
        painter.drawText(words, flags, self.text())
        _paint_own_focus(self, painter)


class IconButton(QToolButton):
    """A square button with an icon; its name is its tip and what a screen reader says. ``edge`` is for the usual font
    size."""

    def __init__(self, icon: str, name: str, *, framed: bool = False, edge: int = 28) -> None:
        super().__init__()
        self._icon, self._framed = icon, framed
        self.setAccessibleName(plain.one_line(name))
        self.setToolTip(plain.tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("own_focus", True)
        self.setFixedSize(pixels(edge), pixels(edge))

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = (tokens.control if self.isEnabled() else tokens.line2) if self._framed else ""
        fill = tokens.button if self._framed else ""
        if self.isEnabled() and (self.isDown() or self.isChecked() or self.underMouse()):
            fill = tokens.line2 if self.isDown() else tokens.select
        painter.setPen(QPen(QColor(border), 1) if border else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        ink = tokens.text2 if self.isEnabled() else tokens.text3
        icon = pixels(_ICON)
        at = (self.width() - icon) // 2
        painter.drawPixmap(at, at, icons.pixmap(self._icon, ink, icon, self.devicePixelRatioF()))
        _paint_own_focus(self, painter)


def _paint_own_focus(button: QAbstractButton, painter: QPainter) -> None:
    """Inside the button: small ones stand at edges that would cut a ring off."""
    if button.hasFocus():
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens_of(button).accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(button.rect()).adjusted(1, 1, -1, -1), 4, 4)


def is_ring_wanted(widget: object) -> bool:
    """Whether the focus ring goes round ``widget``: buttons and marks, and what has the property 'ring_inside'. Fields
    show focus by their own border, and so does a button with the property 'own_focus'."""
    if not isinstance(widget, QWidget):
        return False
    return bool(widget.property("ring_inside")) or (
        isinstance(widget, QAbstractButton) and not widget.property("own_focus")
    )


def danger_colours(button: QAbstractButton, tokens: Tokens) -> tuple[str, str, str, str]:
    """Fill, border, text and key hint of a button whose press cannot be undone."""
    if not button.isEnabled():
        return _off(tokens)
    if button.isDown():
        return tokens.red_mark, tokens.red_mark, tokens.base, tokens.base
    fill = tokens.red_fill if button.underMouse() else tokens.button
    return fill, tokens.red_mark, tokens.red_text, tokens.red_text


def _off(tokens: Tokens) -> tuple[str, str, str, str]:
    return tokens.window, tokens.line2, tokens.text3, tokens.text3
