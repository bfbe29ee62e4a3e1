"""One mouth: everything the window says to a person goes through here, and tests can listen instead."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.errors import CallError, KeyRefused, OurBug, RefusedError, SellerDeskError, WorldError
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import IconButton, LinkButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, Tone, label


class Kind(StrEnum):
    """Whose fault it is: nobody's, a rule's, the world's, ours."""

    NOTE = "note"
    RULE = "rule"
    WORLD = "world"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said: what happened, what it means for the money, what to do. ``details`` are folded away at first."""

    kind: Kind
    happened: str
    money: str = ""
    next_step: str = ""
    details: str = ""

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.happened, self.money, self.next_step) if part)


Mouth = Callable[[Notice], None]


def from_error(error: Exception, *, money: str = "No money moved.", next_step: str = "") -> Notice:
    """The notice for ``error``. ``money`` and ``next_step`` are the second and third sentence where the error itself
    does not know better."""
    details = _details(error)
    match error:
        case RefusedError():
            return Notice(Kind.RULE, str(error), money, next_step, details)
        case KeyRefused():
            return Notice(Kind.WORLD, str(error), money, next_step, details)
        case WorldError():
            return Notice(Kind.WORLD, str(error), money, next_step or "Please try once more.", details)
        case OurBug():
            happened = str(error)
        case _:
            happened = "SellerDesk made a mistake of its own."
    return Notice(
        Kind.BUG,
        happened,
        "Money is never guessed: what Stripe has done stays as it is.",
        "Look at the order again before you go on, and report the details.",
        details,
    )


def _details(error: Exception) -> str:
    if isinstance(error, CallError):
        facts = (
            ("status", str(error.http_status or "")),
            ("code", error.code),
            ("decline code", error.decline_code),
            ("request", error.request_id),
        )
        return ", ".join(f"{name} {value}" for name, value in facts if value)
    if isinstance(error, SellerDeskError) and not isinstance(error, OurBug):
        return ""
    return f"{type(error).__name__}: {error}"


_LOOKS = {
    Kind.NOTE: ("info", Tone.MUTED),
    Kind.RULE: ("circle-alert", Tone.TEXT),
    Kind.WORLD: ("triangle-alert", Tone.AMBER),
    Kind.BUG: ("octagon-alert", Tone.RED),
}


NOTE_STAYS_MS = 8000
_LINE = 24


class NoticeBar(QWidget):
    """Shows one notice at a time until it is closed or another one comes. A plain note leaves by itself, but not from
    under the pointer; what went wrong stays. Hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._notice: Notice | None = None
        self._leaving = QTimer(self, singleShot=True, interval=NOTE_STAYS_MS)
        self._leaving.timeout.connect(self._leave)
        self._icon = IconLabel("info")
        self._text = label(wrap=True, selectable=True)
        self._details = label(size=Size.SMALL, tone=Tone.MUTED, wrap=True, selectable=True)
        self._unfold = LinkButton("Details")
        self._unfold.clicked.connect(self._toggle_details)
        close = IconButton("x", "Close this message", edge=_LINE)
        close.clicked.connect(self.clear)
        self._icon.stand_in(_LINE)
        words = QVBoxLayout()
        words.setContentsMargins(0, max(0, (_LINE - self._text.fontMetrics().height()) // 2), 0, 0)
        words.setSpacing(4)
        words.addWidget(self._text)
        words.addWidget(self._unfold, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self._details)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        return self._notice

    def say(self, notice: Notice) -> None:
        """Show ``notice`` and tell it to a screen reader."""
        self._notice = notice
        icon, tone = _LOOKS[notice.kind]
        self._icon.set_icon(icon, tone)
        self._text.setText(notice.text)
        self._details.setText(notice.details)
        self._details.hide()
        self._unfold.setVisible(bool(notice.details))
        spoken = plain.lines(notice.text)
        self.setAccessibleName(spoken)
        self.show()
        self.update()
        if notice.kind is Kind.NOTE:
            self._leaving.start()
        else:
            self._leaving.stop()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def clear(self) -> None:
        """Nothing to say any more."""
        self._leaving.stop()
        self._notice = None
        self.hide()

    def take_back(self, notice: Notice) -> None:
        """``notice`` is not true any more. Another one stays."""
        if self._notice is notice:
            self.clear()

    def clear_note(self) -> None:
        """Something else begins: a plain note has done its work. Anything else stays."""
        if self._notice is not None and self._notice.kind is Kind.NOTE:
            self.clear()

    def _leave(self) -> None:
        if self.underMouse():
            self._leaving.start()
        else:
            self.clear_note()

    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._notice is None:
            return
        tokens = tokens_of(self)
        fill, mark = {
            Kind.NOTE: (tokens.base, tokens.text2),
            Kind.RULE: (tokens.base, tokens.text),
            Kind.WORLD: (tokens.amber_fill, tokens.amber_mark),
            Kind.BUG: (tokens.red_fill, tokens.red_mark),
        }[self._notice.kind]
        painter = QPainter(self)
        painter.setPen(QColor(tokens.line2))
        painter.setBrush(QColor(fill))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, 3, self.height(), QColor(mark))


class Notices(QObject):
    """Hands notices to whoever is the mouth now: a bar, or a recorder in tests. What is said before there is one is
    kept and said then."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mouth: Mouth | None = None
        self._waiting: list[Notice] = []

    def speak_through(self, mouth: Mouth) -> None:
        """Use ``mouth`` from now on."""
        self._mouth = mouth
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            mouth(notice)

    def say(self, notice: Notice) -> None:
        """Say it."""
        if self._mouth is None:
            self._waiting.append(notice)
        else:
            self._mouth(notice)

    def note(self, sentence: str) -> None:
        """A plain remark."""
        self.say(Notice(Kind.NOTE, sentence))

    def error(self, error: Exception, *, money: str = "No money moved.", next_step: str = "") -> None:
        """What went wrong, sorted by whose fault it is."""
        self.say(from_error(error, money=money, next_step=next_step))
