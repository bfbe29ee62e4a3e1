"""The rail at the left: the stages with their counts, and who sits here."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui import icons, plain
from sellerdesk.ui.columns import STAGE_ICONS, STAGE_NAMES, STAGES
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, Tone, rule

WIDE = 184
NARROW = 76
_LEFT = 16
_NAME_LEFT = _LEFT + 24
_RIGHT = 18
_COUNT_GAP = 10
_MARK_ROOM = 20


class StageButton(QAbstractButton):
    """One stage: icon, name, count; beside it a triangle and how many holds lapse soon."""

    def __init__(self, stage: Stage, number: int) -> None:
        super().__init__()
        self.stage = stage
        self._number = number
        self._count: int | None = None
        self._at_risk = 0
        self._narrow = False
        self.setCheckable(True)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def show_count(self, count: int | None, at_risk: int = 0) -> None:
        """None while no shop is open."""
        self._count, self._at_risk = count, at_risk
        self._say()

    def set_narrow(self, narrow: bool) -> None:
        """Icons and counts only."""
        self._narrow = narrow
        self._say()

    def sizeHint(self) -> QSize:
        """Room for the name, a count of four figures and, where holds lapse soon, theirs of two."""
        if self._narrow:
            return QSize(pixels(NARROW), pixels(32))
        strong, small = QFontMetrics(font(Size.BODY, strong=True)), QFontMetrics(font(Size.SMALL, strong=True))
        words = _NAME_LEFT + strong.horizontalAdvance(STAGE_NAMES[self.stage])
        at_risk = small.horizontalAdvance("00") + _MARK_ROOM if self.stage is Stage.TO_PREPARE else 0
        needed = words + at_risk + _COUNT_GAP + strong.horizontalAdvance("0000") + _RIGHT
        return QSize(max(pixels(WIDE), needed), pixels(32))

    def _say(self) -> None:
        name = STAGE_NAMES[self.stage]
        words = name
        if self._count is not None:
            words += f", {self._count} {'order' if self._count == 1 else 'orders'}"
        if self._at_risk:
            words += f", {self._at_risk} lapse within 24 hours"
        self.setAccessibleName(words)
        self.setToolTip(f"{words} (Ctrl+{self._number})")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        chosen = self.isChecked() and self.isEnabled()
        if chosen:
            painter.fillRect(self.rect(), QColor(tokens.select))
            painter.fillRect(QRect(0, 0, 3, self.height()), QColor(tokens.accent))
        elif self.isEnabled() and self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        ink = tokens.text if self.isEnabled() else tokens.text3
        mark = tokens.accent if chosen else tokens.text2 if self.isEnabled() else tokens.text3
        ratio = self.devicePixelRatioF()
        top = (self.height() - 16) / 2
        painter.drawPixmap(QPointF(_LEFT, top), icons.pixmap(STAGE_ICONS[self.stage], mark, 16, ratio))
        painter.setFont(font(Size.BODY, strong=chosen))
        painter.setPen(QColor(ink))
        middle = Qt.AlignmentFlag.AlignVCenter
        if not self._narrow:
            painter.drawText(self.rect().adjusted(_NAME_LEFT, 0, 0, 0), middle, STAGE_NAMES[self.stage])
        self._paint_counts(painter, ink if chosen else tokens.text2)

    def _paint_counts(self, painter: QPainter, ink: str) -> None:
        if self._count is None:
            return
        middle = Qt.AlignmentFlag.AlignVCenter
        right = self.width() - (10 if self._narrow else _RIGHT)
        count = str(self._count)
        width = QFontMetrics(painter.font()).horizontalAdvance(count)
        painter.setPen(QColor(ink))
        painter.drawText(QRect(right - width, 0, width + 2, self.height()), middle, count)
        if not self._at_risk or self._narrow:
            return
        tokens = tokens_of(self)
        painter.setFont(font(Size.SMALL, strong=True))
        painter.setPen(QColor(tokens.amber_text))
        text = str(self._at_risk)
        text_width = QFontMetrics(painter.font()).horizontalAdvance(text)
        left = right - width - _COUNT_GAP - text_width
        painter.drawText(QRect(left, 0, text_width + 2, self.height()), middle, text)
        triangle = icons.pixmap("triangle-alert", tokens.amber_text, 12, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(left - 15, (self.height() - 12) / 2), triangle)


class Rail(QWidget):
    """All stages, one of them chosen.

    Signals:
        stage_chosen: carries the Stage a person chose. UI thread.
    """

    stage_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Stages")
        self._group = QButtonGroup(self)
        self._buttons: dict[Stage, StageButton] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 9, 0, 12)
        rows.setSpacing(0)
        for number, stage in enumerate(STAGES, start=1):
            button = StageButton(stage, number)
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self._buttons[stage] = button
            rows.addWidget(button)
        rows.addStretch(1)
        self._line = rule()
        self._seat = IconText("monitor", tone=Tone.MUTED, elide=True, icon_size=16)
        foot = QVBoxLayout()
        foot.setContentsMargins(_LEFT, 0, _LEFT, 0)
        foot.setSpacing(12)
        foot.addWidget(self._line)
        foot.addWidget(self._seat)
        rows.addLayout(foot)
        self.set_narrow(False)
        self.close_shop()

    def button(self, stage: Stage) -> StageButton:
        """The button of a stage."""
        return self._buttons[stage]

    def choose(self, stage: Stage) -> None:
        """Show ``stage`` as the chosen one; says nothing."""
        self._buttons[stage].setChecked(True)

    def show_overview(self, overview: Overview) -> None:
        """The counts."""
        for stage, button in self._buttons.items():
            at_risk = overview.at_risk_count if stage is Stage.TO_PREPARE else 0
            button.show_count(overview.count(stage), at_risk)

    def open_shop(self, seat: str) -> None:
        """Switch the stages on."""
        self._seat.say(plain.one_line(seat))
        for button in self._buttons.values():
            button.setEnabled(True)

    def close_shop(self) -> None:
        """No shop: the stages are there and off."""
        self._seat.say("This computer")
        for button in self._buttons.values():
            button.show_count(None)
            button.setEnabled(False)

    def set_narrow(self, narrow: bool) -> None:
        """Icons and counts only, for small windows."""
        self._seat.label.setVisible(not narrow)
        for button in self._buttons.values():
            button.set_narrow(narrow)
        self.setFixedWidth(max(button.sizeHint().width() for button in self._buttons.values()))

    def _clicked(self) -> None:
        button = self._group.checkedButton()
        if isinstance(button, StageButton):
            self.stage_chosen.emit(button.stage)
