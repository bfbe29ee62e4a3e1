"""The band below the menu: which money moves, said by a word, a colour and a pattern."""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sellerdesk.formats import clock_time
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

_ICONS = {Mode.LIVE: "circle-dot", Mode.TEST: "flask-conical", Mode.DEMO: "graduation-cap", None: "unplug"}
_SAYS = {
    Mode.LIVE: "{name}. Real cards, real money.",
    Mode.TEST: "{name}. Stripe test mode: cards are pretend, no real money moves.",
    Mode.DEMO: "Practice shop on this computer. No card is real and no money moves.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of one mode; ``pattern`` '' means none."""

    word_fill: str
    word_ink: str
    fill: str
    pattern: str
    ink: str
    border: str


class ModeBand(QWidget):
    """Shows the shop of a ``ShopInfo``, or that there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._info: ShopInfo | None = None
        self._now = 0
        self._word_width = 184
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_shop(None, 0)

    @property
    def word(self) -> str:
        """LIVE, TEST, DEMO or NO SHOP."""
        return self._info.mode.value.upper() if self._info else "NO SHOP"

    @property
    def sentence(self) -> str:
        """What the band says, without the word and without the note at its right."""
        if self._info is None:
            return "Nothing is connected yet. No money can move."
        said = _SAYS[self._info.mode].format(name=plain.one_line(self._info.name))
        if self._info.other_address:
            said += f" Not Stripe: talking to {plain.one_line(self._info.other_address)}"
        return said

    @property
    def note(self) -> str:
        """Where the key is, or the demo's clock."""
        if self._info is None:
            return ""
        if self._info.mode is Mode.DEMO:
            return f"Clock: {clock_time(self._now)}" if self._now else ""
        return f"Key {plain.one_line(self._info.key_hint)}, read from the system keyring" if self._info.key_hint else ""

    def set_word_width(self, width: int) -> None:
        """As wide as the rail below."""
        self._word_width = max(width, _word_left() + QFontMetrics(_word_font()).horizontalAdvance("NO SHOP") + 16)
        self.update()

    def show_shop(self, info: ShopInfo | None, now: int) -> None:
        """Another shop, or None; ``now`` is seconds UTC of its clock."""
        self._info, self._now = info, now
        self.setAccessibleName(" ".join(part for part in (self.word, self.sentence, self.note) if part))
        self.setToolTip(plain.tip(self.sentence))
        self.update()

    def set_now(self, now: int) -> None:
        """The clock went on."""
        self.show_shop(self._info, now)

    def sizeHint(self) -> QSize:
        return QSize(400, pixels(30))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, pixels(30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = _look(self._info.mode if self._info else None, tokens_of(self))
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.fill))
        self._paint_pattern(painter, look)
        word = QRect(0, 0, self._word_width, self.height())
        painter.fillRect(word, QColor(look.word_fill))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(look.border))
        if not look.pattern:
            painter.fillRect(QRect(word.right(), 0, 1, self.height()), QColor(look.border))
        self._paint_words(painter, look)

    def _paint_pattern(self, painter: QPainter, look: Look) -> None:
        if not look.pattern:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._info is not None and self._info.mode is Mode.TEST:
            painter.setPen(QPen(QColor(look.pattern), 1.5))
            starts = range(-self.height(), self.width() + self.height(), 10)
            painter.drawLines([QLineF(x, self.height(), x + self.height(), 0) for x in starts])
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.pattern))
            for row, y in enumerate(range(4, self.height(), 6)):
                for x in range(4 + 3 * (row % 2), self.width(), 6):
                    painter.drawEllipse(QPointF(x, y), 0.9, 0.9)
        painter.restore()

    def _paint_words(self, painter: QPainter, look: Look) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        mode = self._info.mode if self._info else None
        edge = pixels(14)
        picture = icons.pixmap(_ICONS[mode], look.word_ink, edge, self.devicePixelRatioF())
        painter.drawPixmap(16, (self.height() - edge) // 2, picture)
        painter.setFont(_word_font())
        painter.setPen(QColor(look.word_ink))
        left = _word_left()
        painter.drawText(QRect(left, 0, self._word_width - left, self.height()), middle, self.word)
        painter.setPen(QColor(look.ink))
        note_font, body = font(Size.SMALL), font(Size.BODY)
        note_width = QFontMetrics(note_font).horizontalAdvance(self.note)
        room = QRect(self._word_width + 18, 0, self.width() - self._word_width - 18 - note_width - 40, self.height())
        said = QFontMetrics(body).elidedText(self.sentence, Qt.TextElideMode.ElideRight, room.width())
        # The pattern stops behind the words, so that they can be read.
        for text, used, place in (
            (said, body, QRect(room.left(), 0, QFontMetrics(body).horizontalAdvance(said), self.height())),
            (self.note, note_font, QRect(self.width() - 22 - note_width, 0, note_width, self.height())),
        ):
            if text:
                painter.fillRect(place.adjusted(-6, 0, 6, -1), QColor(look.fill))
                painter.setFont(used)
                painter.drawText(place.adjusted(0, 0, 2, 0), middle, text)


def _word_left() -> int:
    return 16 + pixels(14) + 8


def _word_font() -> QFont:
    made = font(Size.BODY)
    made.setBold(True)
    made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    return made


def _look(mode: Mode | None, tokens: Tokens) -> Look:
    match mode:
        case Mode.LIVE:
            return Look(tokens.live_text, tokens.live_band, tokens.live_band, "", tokens.live_text, tokens.live_band)
        case Mode.TEST:
            return Look(
                tokens.test_word, tokens.test_on, tokens.test_band, tokens.test_hatch, tokens.test_text,
                tokens.test_hatch,
            )  # fmt: skip
        case Mode.DEMO:
            return Look(
                tokens.demo_word, tokens.demo_on, tokens.demo_band, tokens.demo_hatch, tokens.demo_text,
                tokens.demo_hatch,
            )  # fmt: skip
        case _:
            return Look(tokens.rail, tokens.text, tokens.rail, "", tokens.text2, tokens.line2)
