"""The bar above the table: the search, which is where a scanner types, and when Stripe was last asked."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from sellerdesk.formats import when_exact
from sellerdesk.ui import icons, plain
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.filters import EVERYTHING, FilterButton, Narrowing
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import Field, IconText, Tone

_PAUSE_MS = 150
_LONGEST = 200
_AT_THE_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SearchField(Field):
    """Searches while one types; Return means: this very order. Return never does more than that, because a scanner
    sends one after each code.

    Signals:
        searched: carries the words, after a short pause in typing; '' when the field was emptied.
        looked_up: Return; carries the words.
        left_down: the Down key: on to the table.
    """

    searched = Signal(str)
    looked_up = Signal(str)
    left_down = Signal()

    def __init__(self) -> None:
        super().__init__("Search orders", icon="search", placeholder="Search orders, people, items, tracking")
        self.setMaxLength(_LONGEST)
        self.setMaximumWidth(pixels(400))
        self._told = ""
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._clear = self.addAction(icons.icon("x", tokens_of(self).text2), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setText("Clear search")
        self._clear.setToolTip("Clear search (Esc)")
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.empty)
        self.textChanged.connect(self._changed)

    @property
    def words(self) -> str:
        """What is searched, without spaces at the ends."""
        return self.text().strip()

    def empty(self) -> None:
        """Clear the field and tell at once."""
        self.clear()
        self._tell()

    def take_over(self, text: str) -> None:
        """What was typed or scanned elsewhere in the window goes on here."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.setText(plain.one_line(text))

    def forget(self) -> None:
        """Empty it without telling: somebody went to another list."""
        self._told = ""
        self.clear()
        self._pause.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._pause.stop()
                if self.words and not event.isAutoRepeat():
                    self._told = self.words
                    self.looked_up.emit(self.words)
                    self.selectAll()
            case Qt.Key.Key_Escape if self.text():
                self.empty()
            case Qt.Key.Key_Down:
                self.left_down.emit()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.text() or self.hasFocus():
            return
        painter = QPainter(self)
        painter.setFont(font(Size.SMALL))
        painter.setPen(QColor(tokens_of(self).text2))
        painter.drawText(self.rect().adjusted(0, 0, -10, 0), int(_AT_THE_END), "Ctrl F")

    def _changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        if self.words != self._told:
            self._told = self.words
            self.searched.emit(self.words)

    def _recolour(self) -> None:
        super()._recolour()
        clear = getattr(self, "_clear", None)
        if clear is not None:
            clear.setIcon(icons.icon("x", tokens_of(self).text2))


class Toolbar(QWidget):
    """Search and filter at the left, synchronising at the right.

    Signals:
        sync_wanted: the seller wants Stripe asked now.
    """

    sync_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(pixels(48))
        self.search = SearchField()
        self.filter = FilterButton()
        self.clear_filter = IconButton("x", "Clear filter", edge=28)
        self.clear_filter.clicked.connect(self.filter.clear)
        self.sync_state = IconText("refresh-cw", tone=Tone.MUTED, size=Size.SMALL, icon_size=14)
        self.sync = IconButton("rotate-cw", "Ask Stripe for news now (F5)", framed=True, edge=32)
        self.sync.clicked.connect(self.sync_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.search, 4)
        row.addWidget(self.filter)
        row.addWidget(self.clear_filter)
        row.addStretch(1)
        row.addWidget(self.sync_state)
        row.addWidget(self.sync)
        self.show_narrowing(EVERYTHING)
        self.show_sync(None, 0)

    def show_narrowing(self, narrowing: Narrowing) -> None:
        """What the list is narrowed to, with a way out while it is."""
        self.filter.show_narrowing(narrowing)
        if not narrowing.is_on and self.clear_filter.hasFocus():
            self.filter.setFocus()
        self.clear_filter.setVisible(narrowing.is_on)

    def show_sync(self, at: int | None, now: int) -> None:
        """When Stripe was last asked (seconds UTC), or None: not yet in this session."""
        if at is None:
            words, tip = "Not synced yet", ""
        else:
            words, tip = f"Synced {_ago(now - at)}", when_exact(at)
        self.sync_state.say(words, "refresh-cw", Tone.MUTED)
        self.sync_state.setToolTip(tip)

    def show_trouble(self, at: int | None, now: int, *, key_refused: bool) -> None:
        """Stripe does not answer, or not with this key; what is shown is as old as ``at``."""
        since = f", synced {_ago(now - at)}" if at is not None else ""
        words, icon = ("Key refused", "key-round") if key_refused else ("Offline", "unplug")
        self.sync_state.say(f"{words}{since}", icon, Tone.AMBER)
        self.sync_state.setToolTip("Orders can be looked at; what is shown may be old.")

    def show_syncing(self) -> None:
        """Asked just now."""
        self.sync_state.say("Syncing…", "refresh-cw", Tone.MUTED)


def _ago(seconds: int) -> str:
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    return f"{seconds // 3600} h ago"
