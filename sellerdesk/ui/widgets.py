"""The factory for everything that shows words: labels, fields, rules, boxes. Text is always plain text here."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from sellerdesk.services.desk import Mode
from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens


class Tone(StrEnum):
    """The colour of words."""

    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    AMBER = "amber"
    RED = "red"
    GREEN = "green"


def tone_colour(tone: Tone, tokens: Tokens) -> str:
    """The token that belongs to ``tone``."""
    return {
        Tone.TEXT: tokens.text,
        Tone.MUTED: tokens.text2,
        Tone.FAINT: tokens.text3,
        Tone.ACCENT: tokens.accent,
        Tone.AMBER: tokens.amber_text,
        Tone.RED: tokens.red_text,
        Tone.GREEN: tokens.green_text,
    }[tone]


class TextLabel(QLabel):
    """A label that cannot be talked into mark-up. ``elide`` cuts a long line at its end, with the whole in the tip;
    ``most_lines`` does the same with the last line of a wrapped text, 0 never."""

    def __init__(self, elide: bool = False, most_lines: int = 0) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        # A name keeps its own direction inside its line; the line itself stays where the others stand.
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        self._elide = elide
        self._most_lines = most_lines
        self._full = self._shorter = ""
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_shorter(self, shorter: str) -> None:
        """What stands instead of a cut text where that would say too little."""
        self._shorter = plain.one_line(shorter)

    @property
    def full_text(self) -> str:
        """The text before cutting."""
        return self._full

    def setText(self, text: str) -> None:
        self._full = plain.lines(text) if self.wordWrap() else plain.one_line(text)
        if self._elide:
            self.setAccessibleName(self._full)
            self._cut()
        elif self._most_lines:
            self.setAccessibleName(self._full)
            self._cut_lines()
            self._claim_height()
        else:
            super().setText(self._full)
            self._claim_height()

    def set_tone(self, tone: Tone) -> None:
        """Change the colour. The style sheet is asked only when it is another one: that takes long."""
        if self.property("tone") == tone.value:
            return
        self.setProperty("tone", tone.value)
        self.style().unpolish(self)
        self.style().polish(self)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(24, hint.height()) if self._elide else hint

    def sizeHint(self) -> QSize:
        if not self._elide:
            return super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._elide:
            self._cut()
        elif self._most_lines:
            self._cut_lines()
        self._claim_height()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._claim_height()

    def _claim_height(self) -> None:
        """Insist on the height that the words need at this width. Layouts inside aligned or scrolled ones guess it
        for another width, and then cut the last line off."""
        if self.wordWrap() and self.isVisible():
            # Qt counts what was claimed before as needed, too.
            self.setMinimumHeight(0)
            self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def _cut(self) -> None:
        metrics, room = self.fontMetrics(), max(0, self.width())
        words = self._shorter if self._shorter and metrics.horizontalAdvance(self._full) > room else self._full
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        self._show_cut(shown)

    def _cut_lines(self) -> None:
        self._show_cut(_first_lines(self._full, self.font(), self.width(), self._most_lines))

    def _show_cut(self, shown: str) -> None:
        super().setText(shown)
        self.setToolTip(plain.tip(self._full) if shown != self._full else "")


def _first_lines(text: str, used: QFont, width: int, most: int) -> str:
    """As much of ``text`` as ``most`` lines of this width hold."""
    # What several lines could hold at the narrowest letters; a name of ten thousand letters is laid out only that far.
    layout = QTextLayout(text[: most * max(20, width)], used)
    options = QTextOption()
    options.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(options)
    layout.beginLayout()
    starts: list[int] = []
    while (line := layout.createLine()).isValid() and len(starts) <= most:
        line.setLineWidth(max(1, width))
        starts.append(line.textStart())
    layout.endLayout()
    if len(starts) <= most:
        return text
    last = text[starts[most - 1] : starts[most] + 20]
    cut = QFontMetrics(used).elidedText(f"{last} …", Qt.TextElideMode.ElideRight, width)
    return text[: starts[most - 1]] + cut


def label(
    text: str = "",
    *,
    size: Size = Size.BODY,
    tone: Tone = Tone.TEXT,
    strong: bool = False,
    wrap: bool = False,
    elide: bool = False,
    selectable: bool = False,
    most_lines: int = 0,
) -> TextLabel:
    """A plain-text label in one of the four sizes."""
    made = TextLabel(elide, most_lines)
    made.setFont(font(size, strong=strong))
    made.setWordWrap(wrap or most_lines > 0)
    made.setProperty("tone", tone.value)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setText(text)
    return made


class IconLabel(QWidget):
    """An icon in the colour of its tone. It says nothing to a screen reader: the words stand beside it."""

    def __init__(self, name: str, size: int = 16, tone: Tone = Tone.MUTED) -> None:
        """``size`` is its edge at the usual font size."""
        super().__init__()
        self._name, self._size, self._tone = name, pixels(size), tone
        self.setFixedSize(self._size, self._size)

    def stand_in(self, height: int) -> None:
        """Stand in the middle of a line of this height."""
        self.setFixedSize(self._size, max(self._size, height))

    def set_icon(self, name: str, tone: Tone | None = None) -> None:
        self._name = name
        self._tone = tone or self._tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = tokens_of(self)
        colour = tone_colour(self._tone, tokens) if self.isEnabled() else tokens.text3
        picture = icons.pixmap(self._name, colour, self._size, self.devicePixelRatioF())
        painter.drawPixmap(0, (self.height() - self._size) // 2, picture)


class IconText(QWidget):
    """An icon and a line of words beside it."""

    def __init__(
        self, icon: str, text: str = "", *, tone: Tone = Tone.TEXT, size: Size = Size.BODY, wrap: bool = False,
        elide: bool = False, strong: bool = False, icon_size: int = 14,
    ) -> None:  # fmt: skip
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.icon = IconLabel(icon, icon_size, tone)
        self.label = label(text, size=size, tone=tone, wrap=wrap, elide=elide, strong=strong)
        top = Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self.icon, 0, top)
        if wrap:
            self.icon.stand_in(self.label.fontMetrics().height())
            self.label.setAlignment(top | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        row.addWidget(self.label, 1)
        # Without its words the icon stays where it was.
        row.addStretch()

    def say(self, text: str, icon: str | None = None, tone: Tone | None = None) -> None:
        """Show other words, and another icon and tone where given."""
        self.label.setText(text)
        if tone is not None:
            self.label.set_tone(tone)
        if icon is not None or tone is not None:
            self.icon.set_icon(icon or self.icon._name, tone)


def rule(part: str = "rule") -> QFrame:
    """A thin line across: 'rule' between rows, 'region' between regions."""
    made = QFrame()
    made.setProperty("part", part)
    made.setFixedHeight(1)
    return made


def box(part: str = "box") -> QFrame:
    """A white box with a thin border: 'box', or 'card' for something one can choose."""
    made = QFrame()
    made.setProperty("part", part)
    return made


class Field(QLineEdit):
    """A field for one line. Its label is set with ``QLabel.setBuddy`` or as its name."""

    def __init__(self, name: str = "", *, icon: str = "", placeholder: str = "") -> None:
        super().__init__()
        if name:
            self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self._icon = icon
        self._action = self.addAction(icons.icon(icon, "#808080"), QLineEdit.ActionPosition.LeadingPosition) if icon \
            else None  # fmt: skip
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        # A base-class constructor sends PaletteChange before there is an action.
        action = getattr(self, "_action", None)
        if action is not None:
            action.setIcon(icons.icon(self._icon, tokens_of(self).text2))


def mark_wrong(widget: QWidget, wrong: bool) -> None:
    """Show a field with the border of a wrong one, or as usual again."""
    if widget.property("wrong") is not wrong:
        widget.setProperty("wrong", wrong)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class FieldError(IconText):
    """The sentence below a wrong field; takes no room while there is none."""

    def __init__(self) -> None:
        super().__init__("circle-x", tone=Tone.RED, size=Size.SMALL, wrap=True)
        self.hide()

    def show_sentence(self, sentence: str) -> None:
        """'' hides it."""
        self.label.setText(sentence)
        self.setVisible(bool(sentence))


_MODE_WORDS = {
    Mode.LIVE: ("LIVE, real money", "circle-dot"),
    Mode.TEST: ("TEST, no real money", "flask-conical"),
    Mode.DEMO: ("DEMO, no real money", "graduation-cap"),
}


class ModeTag(QWidget):
    """The mode at the top right of a dialog that moves money."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self._mode = mode
        self._words, self._icon = _MODE_WORDS[mode]
        self.setFont(font(Size.SMALL, strong=True))
        self.setAccessibleName(self._words)
        self.setFixedSize(self.fontMetrics().horizontalAdvance(self._words) + pixels(12) + 5 + 16, pixels(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        fill, ink = {
            Mode.LIVE: (tokens.live_band, tokens.live_text),
            Mode.TEST: (tokens.test_word, tokens.test_on),
            Mode.DEMO: (tokens.demo_word, tokens.demo_on),
        }[self._mode]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(self.rect(), 4, 4)
        icon = pixels(12)
        picture = icons.pixmap(self._icon, ink, icon, self.devicePixelRatioF())
        painter.drawPixmap(8, (self.height() - icon) // 2, picture)
        painter.setPen(QColor(ink))
        painter.drawText(self.rect().adjusted(8 + icon + 5, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, self._words)
