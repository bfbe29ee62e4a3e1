"""A box that says something to mind: a mark at the left edge, an icon, a strong sentence and what it means."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.ui.fonts import Size
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, TextLabel, Tone, label

_LOOKS = {Tone.TEXT: "circle-alert", Tone.AMBER: "circle-alert", Tone.RED: "octagon-alert", Tone.GREEN: "circle-check"}


class NoteBox(QWidget):
    """Says a title and a text in one of four tones: TEXT (a fact), AMBER, RED, GREEN. Hidden while it has no title."""

    def __init__(self, *, title_size: Size = Size.BODY) -> None:
        super().__init__()
        self._tone = Tone.TEXT
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 12, 8)
        row.setSpacing(10)
        self._icon = IconLabel("circle-alert", 16, Tone.TEXT)
        self.title = fitting(label(strong=True, size=title_size, wrap=True))
        self.text = fitting(label(wrap=True, selectable=True))
        self._icon.stand_in(self.title.fontMetrics().height())
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    @property
    def tone(self) -> Tone:
        return self._tone

    def say(self, title: str, text: str = "", tone: Tone = Tone.TEXT, icon: str = "") -> None:
        """Show these words; '' hides the box."""
        self._tone = tone
        title_tone = tone if tone in {Tone.AMBER, Tone.RED} else Tone.TEXT
        self._icon.set_icon(icon or _LOOKS[tone], title_tone)
        self.title.setText(title)
        self.title.set_tone(title_tone)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(" ".join(part for part in (title, text) if part))
        self.setVisible(bool(title))
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Without the height that wrapped texts would need at their narrowest."""
        return QSize(120, self.heightForWidth(max(self.width(), 300)))

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        fill, border, mark = {
            Tone.AMBER: (tokens.amber_fill, tokens.amber_mark, tokens.amber_mark),
            Tone.RED: (tokens.red_fill, tokens.red_mark, tokens.red_mark),
            Tone.GREEN: (tokens.green_fill, tokens.green_mark, tokens.green_mark),
        }.get(self._tone, (tokens.base, tokens.line2, tokens.text2))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(border)))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.fillRect(QRectF(0, 1, 3, self.height() - 2), QColor(mark))
        painter.end()


def fitting(made: TextLabel) -> TextLabel:
    """Let a wrapped label become narrower than its longest word, so that a hostile name cannot widen the window."""
    made.setMinimumWidth(1)
    return made
