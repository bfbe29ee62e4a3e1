"""A box that says something to mind: a mark at the left edge, an icon, a strong sentence and what it means.

Both stand on one line where they fit.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.ui.fonts import Size
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, TextLabel, Tone, label

_LEFT, _RIGHT, _ABOVE, _GAP = 14, 12, 8, 10
_BETWEEN = 5
_ANY = 16_777_215  # what Qt calls QWIDGETSIZE_MAX
_LOOKS = {Tone.TEXT: "circle-alert", Tone.AMBER: "circle-alert", Tone.RED: "octagon-alert", Tone.GREEN: "circle-check"}


class NoteBox(QWidget):
    """Says a title and a text in one of four tones: TEXT (a fact), AMBER, RED, GREEN. Hidden while it has no title."""

    def __init__(self, *, title_size: Size = Size.BODY) -> None:
        super().__init__()
        self._tone = Tone.TEXT
        self._below: list[QWidget] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT, _ABOVE, _RIGHT, _ABOVE)
        row.setSpacing(_GAP)
        self._icon = IconLabel("circle-alert", 16, Tone.TEXT)
        self.title = fitting(label(strong=True, size=title_size, wrap=True))
        self.text = fitting(label(wrap=True, selectable=True))
        self._icon.stand_in(self.title.fontMetrics().height())
        self._words = QVBoxLayout()
        self._words.setSpacing(4)
        self._words.addWidget(self.title)
        self._words.addWidget(self.text, 1)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._column.addLayout(self._words)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._column, 1)
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
        self._arrange()
        self.updateGeometry()
        self.update()

    def add_below(self, widget: QWidget) -> None:
        """Put ``widget`` below the words: what can be done about it."""
        self._column.addWidget(widget)
        self._below.append(widget)

    def minimumSizeHint(self) -> QSize:
        """Without the height that wrapped texts would need at their narrowest."""
        return QSize(120, self.heightForWidth(max(self.width(), 300)))

    def heightForWidth(self, width: int) -> int:
        inner = width - _LEFT - _RIGHT - _GAP - self._icon.width()
        title, text = self.title.heightForWidth(inner), self.text.heightForWidth(inner)
        if not self.text.full_text:
            words = title
        elif self._fits(width):
            words = max(self.title.fontMetrics().height(), self.text.fontMetrics().height())
        else:
            words = title + self._words.spacing() + text
        below = sum(_height_of(each, inner) + self._column.spacing() for each in self._below if not each.isHidden())
        return max(words, self._icon.height()) + below + 2 * _ABOVE

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def _fits(self, width: int) -> bool:
        """Whether title and text stand on one line."""
        room = width - _LEFT - _RIGHT - _GAP - self._icon.width() - _BETWEEN
        title = self.title.fontMetrics().horizontalAdvance(self.title.full_text)
        text = self.text.full_text
        return "\n" not in text and title + self.text.fontMetrics().horizontalAdvance(text) + 4 <= room

    def _arrange(self) -> None:
        fits = bool(self.text.full_text) and self._fits(self.width())
        self._words.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(_BETWEEN if fits else 4)
        title = self.title.fontMetrics().horizontalAdvance(self.title.full_text)
        self.title.setMinimumWidth(title + 2 if fits else 1)
        self.title.setMaximumWidth(title + 2 if fits else _ANY)

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


def _height_of(widget: QWidget, width: int) -> int:
    return widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()


def fitting(made: TextLabel) -> TextLabel:
    """Let a wrapped label become narrower than its longest word, so that a hostile name cannot widen the window."""
    made.setMinimumWidth(1)
    return made
