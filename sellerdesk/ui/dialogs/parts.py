"""What the dialogs share: head, content and foot, where Return presses nothing, and the button that moves things."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from sellerdesk.services.desk import Mode
from sellerdesk.ui.buttons import PlainButton, PrimaryButton, danger_colours
from sellerdesk.ui.dialogs.frame import FramedDialog
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.tokens import Tokens
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


class DangerGoButton(GoButton):
    """The same for what cannot be undone."""

    def _colours(self, tokens: Tokens) -> tuple[str, str, str, str]:
        return danger_colours(self, tokens)


class _Inside(QWidget):
    """Holds the content. Asks for the height it needs at its present width: Qt itself would take wrapped texts at their
    narrowest and make dialogs far too high.

    Signals:
        moved: something in it needs more or less room.
    """

    moved = Signal()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.moved.emit()
        return done

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(0, layout.totalMinimumHeightForWidth(self.width()) if layout is not None else 0)


class DeskDialog(FramedDialog):
    """Title, subtitle, mode at the top right, content, and a foot with the safe button and the one that goes. Content
    that is higher than the screen scrolls between the two.

    Whoever shows it keeps it: after the decision it stays open and busy for a second, then closes by itself while
    the work goes on. ``finish`` closes it at once, ``refuse`` shows why it was not done.
    """

    closes_by_itself = True

    def __init__(
        self, title: str, safe: str, go: str, parent: QWidget | None = None, *, danger: bool = False
    ) -> None:  # fmt: skip
        """``safe`` and ``go`` are the labels of the two buttons; ``danger``: what goes cannot be undone."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.title = label(title, size=Size.BIG, strong=True)
        self.subtitle = fitting(label(tone=Tone.MUTED, most_lines=3))
        self.safe = PlainButton(safe, key="Esc", tall=True)
        self.safe.clicked.connect(self.reject)
        self.go = DangerGoButton(go) if danger else GoButton(go)
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
        # See fit() and _Inside.
        rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self._top = QVBoxLayout()
        self._top.setContentsMargins(20, 16, 20, 8)
        self._top.setSpacing(4)
        self._head.addWidget(self.title, 1)
        self._top.addLayout(self._head)
        self._top.addWidget(self.subtitle)
        self._inside = _Inside()
        self._inside.moved.connect(self._fit_if_shown)
        self.content.setContentsMargins(20, 4, 20, 16)
        self._inside.setLayout(self.content)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inside)
        self._scroll.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        rows.addLayout(self._top)
        rows.addWidget(self._scroll, 1)
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
        """Head or foot need more or less room."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_if_shown()
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
        width = self.width()
        around = _height_of(self._top, width) + 1 + _height_of(self.foot, width)
        least = self._inside.minimumSizeHint().height()
        self.setMinimumHeight(min(around + least, most))
        self._inside.updateGeometry()
        height = min(around + max(least, _height_of(self.content, width)), most)
        if height != self._fitted:
            self._fitted = height
            self.resize(width, height)
            layout.activate()

    def open_safely(self) -> None:
        """Show it above its parent only, with the focus on the safe button."""
        self.guard(self)
        room = self.screen().availableGeometry().width()
        self.setMinimumWidth(min(self.minimumWidth(), room))
        self.resize(min(self.width(), room), self.height())
        self.open()
        self.fit()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        """Where the focus rests at first."""
        return self.safe

    def _fit_if_shown(self) -> None:
        if self.isVisible():
            self.fit()

    def _go_pressed(self) -> None:
        if self.sent or not self.go.isEnabled():
            return
        self.sent = True
        self.go.set_busy(self.busy_words())
        if self.closes_by_itself:
            self._closing.start()
        self.decide()


def _height_of(layout: QLayout, width: int) -> int:
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def _lay_out_inside(window: QWidget) -> None:
    """Lay out the innermost first. Qt goes from one to the next only with each turn of its loop, and a picture taken
    meanwhile shows words on top of others."""
    for widget in reversed(window.findChildren(QWidget)):
        layout = widget.layout()
        if layout is not None:
            layout.activate()
