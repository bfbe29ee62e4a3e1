"""The rail at the left: the stages with their counts, the way to the checkout page, and who sits here."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui import icons, plain
from sellerdesk.ui.buttons import IconButton
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


class RailLink(QAbstractButton):
    """An icon and underlined words: leads out of the desk. In a narrow rail the icon alone."""

    def __init__(self, icon: str, text: str, name: str) -> None:
        super().__init__()
        self._icon = icon
        self._narrow = False
        self.setText(text)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        """The icon alone, or with words."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = 0 if self._narrow else 8 + QFontMetrics(_link_font()).horizontalAdvance(self.text()) + 4
        return QSize(_LEFT + 16 + words, pixels(30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        picture = icons.pixmap(self._icon, tokens.link, 16, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(_LEFT, (self.height() - 16) / 2), picture)
        if not self._narrow:
            painter.setFont(_link_font())
            painter.setPen(QColor(tokens.link))
            painter.drawText(self.rect().adjusted(_NAME_LEFT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


def _link_font() -> QFont:
    made = font(Size.BODY)
    made.setUnderline(True)
    return made


class Rail(QWidget):
    """All stages, one of them chosen; below them the checkout page and the test cards, where a shop has them.

    Signals:
        stage_chosen: carries the Stage a person chose. UI thread.
        page_wanted: the seller wants to see the checkout page. UI thread.
        page_copied: the seller wants its address on the clipboard. UI thread.
        cards_wanted: the seller wants to see the test cards. UI thread.
    """

    stage_chosen = Signal(object)
    page_wanted = Signal()
    page_copied = Signal()
    cards_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Stages")
        self._group = QButtonGroup(self)
        self._buttons: dict[Stage, StageButton] = {}
        self._has_page = self._narrow = False
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
        rows.addWidget(self._make_links())
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

    def _make_links(self) -> QWidget:
        self.page = RailLink("external-link", "Checkout page", "Open the checkout page in the browser")
        self.page.clicked.connect(self.page_wanted)
        self.copy_page = IconButton("copy", "Copy the address of the checkout page", edge=26)
        self.copy_page.clicked.connect(self.page_copied)
        self.cards = RailLink("credit-card", "Test cards", "Show the test cards")
        self.cards.setToolTip("Cards to pay with on the checkout page. No money moves.")
        self.cards.clicked.connect(self.cards_wanted)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 8)
        rows.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 10, 0)
        row.setSpacing(0)
        row.addWidget(self.page, 1)
        row.addWidget(self.copy_page)
        rows.addLayout(row)
        rows.addWidget(self.cards)
        return made

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

    def open_shop(self, seat: str, page: str = "", *, test_cards: bool = False) -> None:
        """Switch the stages on. ``page`` is the checkout page's address, '' for none; ``test_cards``: it takes them."""
        self._seat.say(plain.one_line(seat))
        self._has_page = bool(page)
        self.page.setToolTip(plain.tip(f"Open {plain.one_line(page)} in the browser (Ctrl+B)"))
        self.cards.setVisible(test_cards)
        self._show_page()
        for button in self._buttons.values():
            button.setEnabled(True)

    def close_shop(self) -> None:
        """No shop: the stages are there and off."""
        self._seat.say("This computer")
        self._has_page = False
        self.cards.setVisible(False)
        self._show_page()
        for button in self._buttons.values():
            button.show_count(None)
            button.setEnabled(False)

    def set_narrow(self, narrow: bool) -> None:
        """Icons and counts only, for small windows."""
        self._seat.label.setVisible(not narrow)
        for button in self._buttons.values():
            button.set_narrow(narrow)
        for link in (self.page, self.cards):
            link.set_narrow(narrow)
        self._narrow = narrow
        self._show_page()
        self.setFixedWidth(max(button.sizeHint().width() for button in self._buttons.values()))

    def _show_page(self) -> None:
        self.page.setVisible(self._has_page)
        self.copy_page.setVisible(self._has_page and not self._narrow)

    def _clicked(self) -> None:
        button = self._group.checkedButton()
        if isinstance(button, StageButton):
            self.stage_chosen.emit(button.stage)
