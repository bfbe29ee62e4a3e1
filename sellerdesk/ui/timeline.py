"""The timeline of an order: what happened, who did it, when, and under which request id of Stripe's."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.order import TimelineEntry
from sellerdesk.formats import when, when_exact
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import LinkButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.timeline_words import timeline_words
from sellerdesk.ui.widgets import Tone, label

_DOT = 4


class TimelineRow(QWidget):
    """One entry, with its dot and the line down to the next one."""

    def __init__(self, entry: TimelineEntry, now: int, zone: tzinfo | None, *, first: bool, last: bool) -> None:
        super().__init__()
        self._tone, self._first, self._last = timeline_words(entry).tone, first, last
        words = timeline_words(entry)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 0, 0, 6)
        rows.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = label(words.title, wrap=True)
        self.time = label(when(entry.at, now, zone), size=Size.SMALL, tone=Tone.MUTED)
        self.time.setToolTip(plain.tip(when_exact(entry.at, zone)))
        head.addWidget(self.title, 1)
        head.addWidget(self.time, 0, Qt.AlignmentFlag.AlignTop)
        rows.addLayout(head)
        detail = ", ".join(part for part in (entry.actor, entry.request_id) if part)
        if detail:
            rows.addWidget(label(detail, size=Size.SMALL, tone=Tone.MUTED, elide=True))
        if words.text:
            rows.addWidget(label(words.text, size=Size.SMALL, tone=Tone.MUTED, most_lines=6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        middle = 9.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line2), 1))
        if not self._first:
            painter.drawLine(QPointF(5, 0), QPointF(5, middle - _DOT - 2))
        if not self._last:
            painter.drawLine(QPointF(5, middle + _DOT + 2), QPointF(5, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        colour = {Tone.RED: tokens.red_mark, Tone.AMBER: tokens.amber_mark, Tone.GREEN: tokens.green_mark}.get(
            self._tone, tokens.accent if self._first else tokens.control
        )
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(5, middle), _DOT, _DOT)
        painter.end()


class Timeline(QWidget):
    """All entries, newest first, and a way to copy them."""

    def __init__(
        self, entries: tuple[TimelineEntry, ...], now: int, zone: tzinfo | None, copy: Callable[[str], None]
    ) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(label("Timeline", size=Size.SMALL, tone=Tone.MUTED, strong=True), 1)
        self.copy_all = LinkButton("Copy all")
        self.copy_all.setAccessibleName("Copy the timeline")
        self.copy_all.clicked.connect(lambda: copy(timeline_text(entries, zone)))
        if entries:
            head.addWidget(self.copy_all)
        rows.addLayout(head)
        rows.addSpacing(4)
        self.rows = [
            TimelineRow(entry, now, zone, first=index == 0, last=index == len(entries) - 1)
            for index, entry in enumerate(entries)
        ]
        for row in self.rows:
            rows.addWidget(row)
        if not entries:
            rows.addWidget(label("Nothing happened yet.", tone=Tone.MUTED))


def timeline_text(entries: tuple[TimelineEntry, ...], zone: tzinfo | None) -> str:
    """The timeline as lines of text, for a mail to support."""
    lines = []
    for entry in entries:
        words = timeline_words(entry)
        parts = (when_exact(entry.at, zone), words.title, words.text, entry.actor, entry.request_id)
        lines.append(", ".join(plain.one_line(part) for part in parts if part))
    return "\n".join(lines)
