"""What the panel of exercises is made of: an entry of its list, a step, a column that scrolls."""

from enum import StrEnum

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, Tone, label

_LEFT = 16
_ICON = 14
_GAP = 8


class ExerciseEntry(QAbstractButton):
    """One exercise in the list: whether it was ever done, and its title."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = plain.one_line(title)
        self._done = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_done(False)

    def show_done(self, done: bool) -> None:
        """Tick it, or not."""
        self._done = done
        words = f"{self._title}, done" if done else self._title
        self.setAccessibleName(words)
        self.setToolTip(plain.tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font(Size.BODY, strong=True)).horizontalAdvance(self._title)
        return QSize(_LEFT + pixels(_ICON) + _GAP + width + _LEFT, pixels(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), QColor(tokens.select))
            painter.fillRect(QRect(0, 0, 3, self.height()), QColor(tokens.accent))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        icon, ink = ("circle-check", tokens.green_mark) if self._done else ("circle-dashed", tokens.text2)
        edge = pixels(_ICON)
        picture = icons.pixmap(icon, ink, edge, self.devicePixelRatioF())
        painter.drawPixmap(_LEFT, (self.height() - edge) // 2, picture)
        painter.setFont(font(Size.BODY, strong=self.isChecked()))
        painter.setPen(QColor(tokens.text))
        room = self.rect().adjusted(_LEFT + edge + _GAP, 0, -4, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._title)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class Mark(StrEnum):
    """Where a step stands."""

    DONE = "Done"
    NOW = "Now"
    LATER = "Later"


_LOOKS = {
    Mark.DONE: ("circle-check", Tone.GREEN, Tone.MUTED),
    Mark.NOW: ("chevron-right", Tone.ACCENT, Tone.TEXT),
    Mark.LATER: ("circle-dashed", Tone.MUTED, Tone.MUTED),
}


class StepRow(QWidget):
    """One step in words, and where it stands. The present one has the window's usual text colour."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__()
        self.words = words
        self._icon = IconLabel("circle-dashed", _ICON)
        self._number = label(f"{number}.", tone=Tone.MUTED)
        self._text = fitting(label(wrap=True))
        top = Qt.AlignmentFlag.AlignTop
        self._icon.stand_in(self._text.fontMetrics().height())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon, 0, top)
        row.addWidget(self._number, 0, top)
        row.addWidget(self._text, 1, top)
        self._text.setText(words)
        self.show_mark(Mark.LATER)

    @property
    def mark(self) -> Mark:
        return self._mark

    def show_mark(self, mark: Mark) -> None:
        """Where the step stands now."""
        self._mark = mark
        icon, tone, ink = _LOOKS[mark]
        self._icon.set_icon(icon, tone)
        self._text.set_tone(ink)
        self._text.setAccessibleName(f"{mark}: {self.words}")


class _Inside(QWidget):
    """Asks for the height that its texts need at the width it has; Qt would take them at their narrowest."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(0, layout.totalMinimumHeightForWidth(self.width()) if layout is not None else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()


class Column(QScrollArea):
    """A column that scrolls when there is too little height, by the keyboard, too. Fill ``rows``."""

    def __init__(self, name: str) -> None:
        super().__init__()
        inside = _Inside()
        self.rows = QVBoxLayout(inside)
        self.rows.setContentsMargins(4, 4, 10, 4)
        self.rows.setSpacing(8)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, and seen only where it is of use: see the order panel.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(name)
        self.setProperty("ring_inside", True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._scrollable)
        self._scrollable(0, 0)
        self.setWidget(inside)
        # After Qt has switched it on.
        inside.setAutoFillBackground(False)

    def _scrollable(self, _least: int, most: int) -> None:
        self.verticalScrollBar().setEnabled(most > 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most > 0 else Qt.FocusPolicy.NoFocus)
