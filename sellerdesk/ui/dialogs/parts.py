"""What the dialogs share: a frame in which Return presses nothing, the button that moves things, and the stepper."""

import re

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from sellerdesk.services.desk import Mode
from sellerdesk.ui.buttons import IconButton, PlainButton, PrimaryButton
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import ModeTag, Tone, label, rule

_RETURN = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
# A dialog whose work takes longer closes by itself; the order shows how it goes on.
CLOSES_AFTER_MS = 1000


class GoButton(PrimaryButton):
    """The button that moves money or goods. A click or Ctrl+Enter presses it; Return and Space do not, so that
    nothing a scanner types can."""

    def __init__(self, text: str) -> None:
        super().__init__(text, key="Ctrl Enter", tall=True)
        self.setAccessibleDescription("Press Ctrl and Enter.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN or event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Select}:
            event.ignore()
            return
        super().keyPressEvent(event)


class DeskDialog(QDialog):
    """Title, subtitle, mode at the top right, content, and a foot with the safe button and the one that goes.

    Whoever shows it keeps it: after the decision it stays open and busy for a second, then closes by itself while
    the work goes on. ``finish`` closes it at once, ``refuse`` shows why it was not done.
    """

    closes_by_itself = True

    def __init__(self, title: str, safe: str, go: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.title = label(title, size=Size.BIG, strong=True)
        self.subtitle = fitting(label(tone=Tone.MUTED, wrap=True))
        self.safe = PlainButton(safe, key="Esc", tall=True)
        self.safe.clicked.connect(self.reject)
        self.go = GoButton(go)
        self.go.clicked.connect(self._go_pressed)
        self.sent = False
        self._fitted = 0
        self._closing = QTimer(self)
        self._closing.setSingleShot(True)
        self._closing.setInterval(CLOSES_AFTER_MS)
        self._closing.timeout.connect(self.accept)
        for keys in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(int(Qt.KeyboardModifier.ControlModifier.value) | int(keys)), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self.go.click)
        self.content = QVBoxLayout()
        self.content.setSpacing(12)
        self.foot = QHBoxLayout()
        self._head = QHBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        # Qt's own constraint takes wrapped texts at their narrowest and makes dialogs far too high; see fit().
        rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        body = QVBoxLayout()
        body.setContentsMargins(20, 16, 20, 16)
        body.setSpacing(4)
        self._head.addWidget(self.title, 1)
        body.addLayout(self._head)
        body.addWidget(self.subtitle)
        body.addSpacing(8)
        body.addLayout(self.content, 1)
        rows.addLayout(body, 1)
        rows.addWidget(rule("region"))
        self.foot.setContentsMargins(20, 10, 20, 10)
        self.foot.setSpacing(16)
        self.foot.addStretch(1)
        self.foot.addWidget(self.safe)
        self.foot.addWidget(self.go)
        rows.addLayout(self.foot)

    def show_mode(self, mode: Mode) -> None:
        """Put the mode at the top right."""
        self.add_to_head(ModeTag(mode))

    def add_to_head(self, widget: QWidget) -> None:
        """Put ``widget`` at the top right."""
        self._head.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def decide(self) -> None:
        """The decision was made and is valid: what subclasses do with it. Called once."""
        raise NotImplementedError

    def busy_words(self) -> str:
        """What the button says while it is done: 'Capturing 96.30 EUR…'."""
        raise NotImplementedError

    def finish(self) -> None:
        """It was done: close, if the dialog is still there."""
        if not isValid(self):
            return
        self._closing.stop()
        if self.isVisible():
            self.accept()

    def refuse(self, sentence: str) -> bool:
        """It was not done, and why. The decision cannot be repeated here: whoever wants to opens a new dialog, which
        sees the order as it is then. False when the dialog has closed meanwhile and the sentence must be said
        elsewhere."""
        if not isValid(self):
            return False
        self._closing.stop()
        if not self.isVisible():
            return False
        self.go.set_busy("")
        self.go.setEnabled(False)
        self.safe.setFocus()
        self.show_refusal(sentence)
        return True

    def show_refusal(self, sentence: str) -> None:
        """Where a refusal is shown."""
        raise NotImplementedError

    def guard(self, widget: QWidget) -> None:
        """Let Return press no button in ``widget``; some desktops would."""
        for button in widget.findChildren(QAbstractButton):
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _RETURN:
            return not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN:
            event.accept()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Something in it needs more or less room."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return done

    def fit(self) -> None:
        """Take the height that the content needs at this width, as far as the screen goes."""
        layout = self.layout()
        if layout is None:
            return
        # The second time for texts that were wrapped at another width.
        for _ in range(2):
            _lay_out_inside(self)
            layout.activate()
        most = self.screen().availableGeometry().height()
        least = layout.totalMinimumHeightForWidth(self.width())
        self.setMinimumHeight(min(least, most))
        height = min(max(least, layout.totalHeightForWidth(self.width())), most)
        if height != self._fitted:
            self._fitted = height
            self.resize(self.width(), height)

    def open_safely(self) -> None:
        """Show it above its parent only, with the focus on the safe button."""
        self.guard(self)
        self.open()
        self.fit()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        """Where the focus rests at first."""
        return self.safe

    def _go_pressed(self) -> None:
        if self.sent or not self.go.isEnabled():
            return
        self.sent = True
        self.go.set_busy(self.busy_words())
        if self.closes_by_itself:
            self._closing.start()
        self.decide()


def _lay_out_inside(window: QWidget) -> None:
    """Lay out the innermost first. Qt goes from one to the next only with each turn of its loop, and a picture taken
    meanwhile shows words on top of others."""
    for widget in reversed(window.findChildren(QWidget)):
        layout = widget.layout()
        if layout is not None:
            layout.activate()


class Stepper(QWidget):
    """Minus, a number, plus. What is typed stays as typed: a number out of range is shown as wrong and never quietly
    changed, whatever a scanner types into it.

    Signals:
        changed: the text is another one.
    """

    changed = Signal()

    def __init__(self, name: str, value: int, most: int) -> None:
        super().__init__()
        self._most = most
        self.minus = IconButton("minus", f"One piece less: {name}", edge=26)
        self.plus = IconButton("plus", f"One piece more: {name}", edge=26)
        self.field = QLineEdit(str(value))
        self.field.setAccessibleName(f"Pieces to pack: {name}")
        self.field.setAccessibleDescription(f"0 to {most}")
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setMaxLength(20)
        self.field.setStyleSheet(
            "QLineEdit, QLineEdit:focus { border: none; background: transparent; padding: 0; min-height: 0; }"
        )
        self.field.setFrame(False)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._changed)
        for button, by in ((self.minus, -1), (self.plus, 1)):
            # Arrow keys do the same from the field; the buttons are for the mouse.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("by", by)
            button.clicked.connect(self._pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        for widget in (self.minus, self.field, self.plus):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.field)
        self._changed()

    def sizeHint(self) -> QSize:
        return QSize(pixels(88), 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def value(self) -> int | None:
        """The number, or None when the text is no whole number from 0 to the most."""
        text = self.field.text().strip()
        if not re.fullmatch("[0-9]{1,6}", text) or int(text) > self._most:
            return None
        return int(text)

    def step(self, by: int) -> None:
        """One more or less, within bounds; from a wrong text to the nearest end."""
        value = self.value()
        start = value if value is not None else self._most
        self.field.setText(str(min(self._most, max(0, start + by))))
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Minus: -1}.get(
                Qt.Key(event.key())
            )
            if by is not None:
                self.step(by)
                return True
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        colour, width = tokens.control, 1
        if not self.isEnabled():
            colour = tokens.line2
        elif self.value() is None:
            colour, width = tokens.red_mark, 2
        elif self.field.hasFocus():
            colour, width = tokens.accent, 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(QColor(tokens.base))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 4, 4)
        painter.setPen(QPen(QColor(tokens.line2), 1))
        for x in (self.minus.geometry().right() + 1, self.plus.geometry().left() - 1):
            painter.drawLine(x, 2, x, self.height() - 3)
        painter.end()

    def _pressed(self) -> None:
        button = self.sender()
        if button is not None:
            self.step(int(button.property("by")))

    def _changed(self) -> None:
        value = self.value()
        self.minus.setEnabled(value is None or value > 0)
        self.plus.setEnabled(value is None or value < self._most)
        self.update()
        self.changed.emit()
