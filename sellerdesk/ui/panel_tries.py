"""The tries to pay an order: when and with which card, how many are sensible, and when another one is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from sellerdesk.domain.declines import MOST_TRIES, Tries, count_tries, explain
from sellerdesk.domain.explanation import Again, Explanation
from sellerdesk.domain.payment import CardAttempt, Payment
from sellerdesk.formats import clock_time, when, when_exact
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import LinkButton
from sellerdesk.ui.columns import card_text
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_blocks import Block
from sellerdesk.ui.panel_parts import line
from sellerdesk.ui.panel_words import sum_words
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, Tone, label

_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class TriesRead:
    """What Stripe told about the tries of an order: nothing yet, the attempts newest first, or why they could not be
    read."""

    attempts: tuple[CardAttempt, ...] | None = None
    trouble: str = ""


class ShowsTries(QWidget):
    """Anything in the panel that the answer about the tries is for."""

    def show_tries(self, read: TriesRead) -> None:
        """Show what is known now."""
        raise NotImplementedError


def settle(block: QWidget) -> None:
    """Lay ``block`` out at once: an answer changes what is shown below other things, and must not be seen half done."""
    for each in (block, block.parentWidget()):
        layout = each.layout() if each is not None else None
        if layout is not None:
            layout.activate()


class TriesBar(QWidget):
    """One part for each sensible try, the used ones dark."""

    def __init__(self) -> None:
        super().__init__()
        self._used = 0
        self.setFixedHeight(7)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_used(self, used: int) -> None:
        self._used = used
        self.setAccessibleName(used_words(used))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(25 * MOST_TRIES, 7)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        for number in range(MOST_TRIES):
            colour = tokens.control if number < self._used else tokens.line2
            painter.fillRect(25 * number, 0, 23, self.height(), QColor(colour))


def used_words(used: int) -> str:
    """'3 of 8 tries used'."""
    return f"{used} of {MOST_TRIES} tries used"


class RetryBlock(ShowsTries):
    """When another try makes sense, and how many are left."""

    def __init__(self, explanation: Explanation, now: int, zone: tzinfo | None) -> None:
        super().__init__()
        self._explanation, self._now, self._zone = explanation, now, zone
        self.block = Block("calendar-clock", "May retry")
        self.when = IconText("clock", strong=True)
        self.used = label(tone=Tone.MUTED, size=Size.SMALL)
        self.bar = TriesBar()
        row = line(8)
        row.addWidget(self.when)
        row.addWidget(self.used, 1, Qt.AlignmentFlag.AlignBottom)
        self.block.words.addLayout(row)
        self.block.words.addSpacing(3)
        self.block.words.addWidget(self.bar)
        outer = line(0)
        self.setLayout(outer)
        outer.addWidget(self.block)
        self.show_tries(TriesRead())

    def show_tries(self, read: TriesRead) -> None:
        tries = count_tries(read.attempts) if read.attempts is not None else None
        words, icon, tone = _again_words(self._explanation, tries, self._now, self._zone)
        self.when.say(words, icon or None, tone)
        self.when.icon.setVisible(bool(icon))
        if self._explanation.again_at is not None:
            self.when.setToolTip(plain.tip(when_exact(self._explanation.again_at, self._zone)))
        for widget in (self.used, self.bar):
            widget.setVisible(tries is not None and tries.used > 0)
        if tries is not None:
            self.used.setText(used_words(tries.used))
            self.bar.show_used(tries.used)
        settle(self.block)


_AGAIN = {
    Again.NEVER: ("Never with this card", "ban", Tone.RED),
    Again.REVIEW: ("After you have looked at it", "eye", Tone.AMBER),
    Again.OTHER_CARD: ("At once, with another card", "", Tone.TEXT),
    Again.RETYPED: ("At once, typed again", "", Tone.TEXT),
    Again.WITH_SHOPPER: ("At once, with the shopper", "", Tone.TEXT),
}


def _again_words(explanation: Explanation, tries: Tries | None, now: int, zone: tzinfo | None) -> tuple[str, str, Tone]:
    """Words, icon ('' for none) and tone."""
    if tries is not None and not tries.left and explanation.again is not Again.NEVER:
        return "No more tries: banks take more for misuse", "ban", Tone.RED
    if explanation.again_at is None:
        return _AGAIN[explanation.again]
    at = explanation.again_at
    if at <= now:
        return "Now", "", Tone.TEXT
    clock = when(at, now, zone)
    words = f"{clock} today" if len(clock) == len("18:20") else clock_time(at, zone)
    return f"From {words}", "", Tone.TEXT


class TriesBlock(ShowsTries):
    """Every try that is known, newest first. Until Stripe has answered, the last refusal that was kept here."""

    def __init__(
        self, payment: Payment, now: int, zone: tzinfo | None, read_again: Callable[[], None], title: str = "Attempts"
    ) -> None:
        super().__init__()
        self._payment, self._now, self._zone, self._title = payment, now, zone, title
        self.block = Block("history", title)
        self.rows = QWidget()
        self.hint = fitting(label(tone=Tone.MUTED, size=Size.SMALL, wrap=True))
        self.again = LinkButton("Read again")
        self.again.setAccessibleName("Read the tries from Stripe again")
        self.again.clicked.connect(read_again)
        self.block.words.addWidget(self.rows)
        self.block.words.addWidget(self.hint)
        self.block.words.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.block.words.addStretch(1)
        outer = line(0)
        self.setLayout(outer)
        outer.addWidget(self.block)
        self.show_tries(TriesRead())

    def show_tries(self, read: TriesRead) -> None:
        known = _with_kept(self._payment, read.attempts or ())
        title = f"{self._title}, {len(known)}" if read.attempts is not None else self._title
        self.block.title.setText(title)
        fresh = _rows(known, self._now, self._zone)
        self.block.words.replaceWidget(self.rows, fresh)
        self.rows.hide()
        self.rows.deleteLater()
        self.rows = fresh
        fresh.show()
        hint = "Reading the tries from Stripe…" if read.attempts is None else ""
        self.hint.setText(f"The tries could not be read. {read.trouble}" if read.trouble else hint)
        self.hint.setVisible(bool(self.hint.full_text))
        self.again.setVisible(bool(read.trouble))
        settle(self.block)


def _with_kept(payment: Payment, attempts: tuple[CardAttempt, ...]) -> tuple[CardAttempt, ...]:
    """With the refusal that we kept, where Stripe's charges do not tell it: no bank was asked then, or they are not
    read yet."""
    kept = payment.problem
    if kept is None or (kept.charge_id and any(each.charge_id == kept.charge_id for each in attempts)):
        return attempts
    own = CardAttempt(kept.charge_id, kept.at, payment.amount, payment.currency, kept.card, kept)
    return tuple(sorted((own, *attempts), key=lambda each: -each.at))


def _rows(attempts: tuple[CardAttempt, ...], now: int, zone: tzinfo | None) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 2, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(2, 1)
    for number, attempt in enumerate(attempts):
        at = when(attempt.at, now, zone)
        time = label(f"today {at}" if len(at) == len("18:20") else at, tone=Tone.MUTED)
        time.setToolTip(plain.tip(when_exact(attempt.at, zone)))
        words = _outcome(attempt)
        made_by = (time, label(card_text(attempt.card) or "No card"), words)
        for place, widget in enumerate(made_by):
            grid.addWidget(widget, number, place, Qt.AlignmentFlag.AlignTop)
    return made


def _outcome(attempt: CardAttempt) -> QWidget:
    if attempt.problem is None:
        held = f"Held {sum_words(attempt.amount, attempt.currency)}"
        return fitting(label(held, tone=Tone.GREEN, wrap=True))
    return fitting(label(explain(attempt.problem).headline, wrap=True))
