"""Settings: a list of pages at the left, their entries at the right, and nothing is kept before it is saved."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sellerdesk.settings import Setting, Settings
from sellerdesk.ui import icons
from sellerdesk.ui.desk_page import Edge
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.settings_parts import SettingsPage
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, Tone

_LEFT = 16
_NAME_LEFT = 40
_RIGHT = 12


@dataclass(frozen=True, slots=True)
class Change:
    """New values for the settings of one file. ``before`` are those that were kept."""

    settings: Settings
    values: dict[Setting[Any], object]
    before: dict[Setting[Any], object]


class PageButton(QAbstractButton):
    """The way to one page; a cross tells that something on it is wrong."""

    def __init__(self, title: str, icon: str) -> None:
        super().__init__()
        self.setText(title)
        self._icon = icon
        self._wrong = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("own_focus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_wrong(self, wrong: bool) -> None:
        """Mark the page, or take the mark away."""
        self._wrong = wrong
        self.setAccessibleName(f"{self.text()}, something on it is wrong" if wrong else self.text())
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(Size.BODY, strong=True)).horizontalAdvance(self.text())
        return QSize(_NAME_LEFT + words + 16 + 2 * _RIGHT, pixels(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        chosen = self.isChecked()
        if chosen:
            painter.fillRect(self.rect(), QColor(tokens.select))
            painter.fillRect(QRect(0, 0, 3, self.height()), QColor(tokens.accent))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.chip))
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        ratio, top = self.devicePixelRatioF(), (self.height() - 16) / 2
        mark = tokens.accent if chosen else tokens.text2
        painter.drawPixmap(QPointF(_LEFT, top), icons.pixmap(self._icon, mark, 16, ratio))
        painter.setFont(font(Size.BODY, strong=chosen))
        painter.setPen(QColor(tokens.text))
        painter.drawText(self.rect().adjusted(_NAME_LEFT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._wrong:
            right = self.width() - _RIGHT - 14
            cross = icons.pixmap("circle-x", tokens.red_text, 14, ratio)
            painter.drawPixmap(QPointF(right, (self.height() - 14) / 2), cross)


class SettingsDialog(DeskDialog):
    """Shows ``pages``; what was changed on all of them is saved at once, or nothing is.

    Signals:
        save_chosen: carries a tuple of Change. After it call ``finish``, or ``refuse`` with a sentence.
    """

    save_chosen = Signal(object)

    closes_by_itself = False

    def __init__(self, pages: list[SettingsPage], parent: QWidget | None = None) -> None:
        super().__init__("Settings", "Close", "Save changes", parent)
        self.pages = pages
        self.subtitle.hide()
        self.state = IconText("circle-check", tone=Tone.MUTED, size=Size.SMALL, elide=True)
        self.foot.insertWidget(0, self.state, 100)
        self.buttons: list[PageButton] = []
        self._group = QButtonGroup(self)
        self._stack = QStackedWidget()
        self.content.addLayout(self._lay_out_pages(), 1)
        for page in pages:
            page.changed.connect(self._show_state)
        self.finished.connect(self._leave)
        self.setMinimumSize(pixels(620), pixels(420))
        room = self.screen().availableGeometry().size()
        self.resize(QSize(pixels(880), pixels(660)).boundedTo(room))
        self.buttons[0].setChecked(True)
        self._show_state()

    def _lay_out_pages(self) -> QHBoxLayout:
        frame = QFrame()
        frame.setProperty("part", "pane")
        row = QHBoxLayout(frame)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        index = QWidget()
        index.setProperty("part", "panel")
        index.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        index.setAccessibleName("Pages")
        names = QVBoxLayout(index)
        names.setContentsMargins(0, 8, 0, 8)
        names.setSpacing(0)
        for page in self.pages:
            button = PageButton(page.title, page.icon)
            self._group.addButton(button, len(self.buttons))
            self.buttons.append(button)
            names.addWidget(button)
            self._stack.addWidget(_scrolling(page))
        names.addStretch(1)
        self._group.idToggled.connect(self._page_chosen)
        row.addWidget(index)
        row.addWidget(Edge())
        row.addWidget(self._stack, 1)
        outer = QHBoxLayout()
        outer.addWidget(frame)
        return outer

    def open_safely(self) -> None:
        super().open_safely()
        self.pages[self._stack.currentIndex()].enter()

    def first_focus(self) -> QWidget:
        """Nothing here moves money: the list of pages."""
        return self.buttons[self._stack.currentIndex()]

    def show_page(self, title: str) -> None:
        """Turn to the page of this title."""
        for button in self.buttons:
            if button.text() == title:
                button.setChecked(True)

    def fit(self) -> None:
        """The pages scroll; the dialog stays as large as it is. Texts are wrapped anew, the innermost first."""
        for widget in reversed(self.findChildren(QWidget)):
            layout = widget.layout()
            if layout is not None:
                layout.activate()

    def changes(self) -> tuple[Change, ...]:
        """What was changed and is right, a value for each file."""
        by_file: dict[int, Change] = {}
        for page in self.pages:
            for entry in page.entries:
                value, problem = entry.judge()
                if problem or value == entry.kept:
                    continue
                change = by_file.setdefault(id(entry.values), Change(entry.values, {}, {}))
                change.values[entry.setting] = value
                change.before[entry.setting] = entry.kept
        return tuple(by_file.values())

    def decide(self) -> None:
        self._stack.setEnabled(False)
        self.save_chosen.emit(self.changes())

    def busy_words(self) -> str:
        return "Saving…"

    def show_refusal(self, sentence: str) -> None:
        """Everything stays filled in, and it can be tried again."""
        self.sent = False
        self._stack.setEnabled(True)
        self._show_state()
        self.state.say(sentence, "circle-x", Tone.RED)

    def _page_chosen(self, index: int, chosen: bool) -> None:
        if chosen:
            self._stack.setCurrentIndex(index)
            self.pages[index].enter()

    def _show_state(self) -> None:
        count = sum(len(change.values) for change in self.changes())
        wrong = [(page, problem) for page in self.pages for problem in page.problems()]
        for page, button in zip(self.pages, self.buttons, strict=True):
            button.show_wrong(any(each is page for each, _ in wrong))
        if wrong:
            page, what = wrong[0]
            self.state.say(f"{what} is not right yet (page {page.title}).", "circle-x", Tone.RED)
        elif count:
            self.state.say(f"{count} {'change' if count == 1 else 'changes'}, not saved yet.", "circle-dot", Tone.MUTED)
        else:
            self.state.say("Nothing is changed.", "circle-check", Tone.MUTED)
        self.safe.set_label("Change nothing" if count or wrong else "Close")
        self.go.setEnabled(bool(count) and not wrong and not self.sent)

    def _leave(self) -> None:
        for page in self.pages:
            page.leave()


def _scrolling(page: SettingsPage) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(page)
    return area
