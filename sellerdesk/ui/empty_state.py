"""What stands where there is nothing: one icon, what is true, why, and one way on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui import icons, plain
from sellerdesk.ui.buttons import DeskButton, PlainButton, PrimaryButton
from sellerdesk.ui.columns import STAGE_ICONS, STAGE_NAMES
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import Tone, label

_EMPTY = {
    Stage.TO_PREPARE: ("Nothing to prepare", "Orders come here once a bank holds the money for them."),
    Stage.TO_SHIP: ("Nothing to ship", "Orders come here once their money is captured."),
    Stage.PROBLEM: ("No problems", "Orders come here when a card is refused."),
    Stage.UNFINISHED: ("Nothing unfinished", "Orders come here while a shopper has not finished paying."),
    Stage.SHIPPED: ("Nothing shipped yet", "Orders come here once their parcels are on the way."),
    Stage.ENDED: ("Nothing ended", "Orders come here when a hold lapses or is released, with nothing taken."),
}


# What makes the first orders come, for a shop whose checkout page is not known to run.
FIRST_COMMANDS = ("sellerdesk catalogue import PRODUCTS.csv SHIPPING.csv", "sellerdesk checkout")


class Way(Enum):
    """Where a button leads that leads to no stage."""

    CLEAR_SEARCH = auto()
    CLEAR_FILTER = auto()
    OPEN_PAGE = auto()
    COPY_COMMANDS = auto()
    READ_AGAIN = auto()
    IMPORT = auto()


@dataclass(frozen=True, slots=True)
class Emptiness:
    """``way`` is where the button leads; there is none without its words. It is primary only when it leads to work.
    ``commands`` are lines for a terminal."""

    icon: str
    title: str
    lines: tuple[str, ...]
    button: str = ""
    key: str = ""
    way: Stage | Way = Way.CLEAR_SEARCH
    leads_to_work: bool = False
    commands: tuple[str, ...] = ()


def no_orders(*, has_page: bool) -> Emptiness:
    """What to say in a shop that has no order at all, so that its seller knows what comes next."""
    why = "Orders come here from your checkout page, a moment after a shopper pays."
    if has_page:
        lines = (why, "Open it and place the first one.")
        return Emptiness("package", "No orders yet", lines, "Open the checkout page", "Ctrl B", Way.OPEN_PAGE, True)
    lines = (why, "Two commands in a terminal start it: what you sell, then the page itself.")
    return Emptiness(
        "package", "No orders yet", lines, "Copy both commands", "", Way.COPY_COMMANDS, commands=FIRST_COMMANDS
    )


def empty_stage(stage: Stage, overview: Overview | None, *, has_page: bool = False) -> Emptiness:
    """What to say when ``stage`` has no order."""
    if overview is not None and not any(count for _, count in overview.counts):
        return no_orders(has_page=has_page)
    title, why = _EMPTY[stage]
    waiting = overview.count(Stage.TO_PREPARE) if overview else 0
    if overview is None or stage is Stage.TO_PREPARE or not waiting:
        return Emptiness(STAGE_ICONS[stage], title, (why,))
    wait = "1 order waits" if waiting == 1 else f"{waiting} orders wait"
    line = f"{wait} in To prepare"
    if overview.at_risk_count:
        line += f", {overview.at_risk_count} of them {'lapses' if overview.at_risk_count == 1 else 'lapse'} within 24 h"
    lines = (why, f"{line}.")
    work = stage is Stage.TO_SHIP
    return Emptiness(STAGE_ICONS[stage], title, lines, "Go to To prepare", "Ctrl 1", Stage.TO_PREPARE, work)


def no_result(text: str, overview: Overview | None, narrowed: Sequence[str] = ()) -> Emptiness:
    """What to say when a search finds nothing; ``narrowed`` are the parts of the filter it was looked through with."""
    if narrowed:
        title = f"No order matches “{plain.apart(text)}” and fits the filter"
        lines = ("Looked through every stage.", f"Shown only: {', '.join(narrowed)}.")
        return Emptiness("search-x", title, lines, "Clear filter", way=Way.CLEAR_FILTER)
    total = sum(count for _, count in overview.counts) if overview else 0
    looked = f"Looked through all {total} orders in every stage:" if total > 1 else "Looked through every stage:"
    lines = (f"{looked} numbers, names,", "items, tracking, e-mail and the last four digits of cards.")
    return Emptiness("search-x", f"No order matches “{plain.apart(text)}”", lines, "Clear search", "Esc")


def no_match(stage: Stage, words: Sequence[str]) -> Emptiness:
    """What to say when a stage has orders and the filter lets none through; ``words`` are its parts."""
    title = f"No order in {STAGE_NAMES[stage]} fits the filter"
    return Emptiness("list-filter", title, (f"Shown only: {', '.join(words)}.",), "Clear filter", way=Way.CLEAR_FILTER)


_BIG = 40


class _BigIcon(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._name = "package"
        self.setFixedSize(pixels(_BIG), pixels(_BIG))

    def show_icon(self, name: str) -> None:
        self._name = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = tokens_of(self).control
        painter.drawPixmap(0, 0, icons.pixmap(self._name, colour, self.width(), self.devicePixelRatioF()))


class EmptyState(QWidget):
    """Shows an ``Emptiness``.

    Signals:
        way_taken: the button was pressed; carries the Stage or the Way it leads to.
    """

    way_taken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: Emptiness | None = None
        self._icon = _BigIcon()
        self._title = label(size=Size.BIG, strong=True, wrap=True)
        self._lines = label(tone=Tone.MUTED, wrap=True)
        self._commands = label(strong=True, wrap=True, selectable=True)
        self._primary = PrimaryButton("", key=" ", tall=True)
        self._plain = PlainButton("", key=" ", tall=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(40, 20, 40, 20)
        rows.setSpacing(8)
        rows.addStretch(10)
        rows.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addSpacing(8)
        for words in (self._title, self._lines, self._commands):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(words)
        rows.addSpacing(8)
        for button in (self._primary, self._plain):
            button.clicked.connect(self._pressed)
            rows.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(12)

    @property
    def title(self) -> str:
        return self._title.full_text

    @property
    def way(self) -> DeskButton:
        """The button that is shown."""
        return self._primary if self._shown is not None and self._shown.leads_to_work else self._plain

    def show_emptiness(self, shown: Emptiness) -> None:
        """Show it."""
        self._shown = shown
        self._icon.show_icon(shown.icon)
        self._title.setText(shown.title)
        self._lines.setText("\n".join(shown.lines))
        self._commands.setText("\n".join(shown.commands))
        self._commands.setVisible(bool(shown.commands))
        for button in (self._primary, self._plain):
            button.set_label(shown.button)
            button.set_key(shown.key)
            button.setVisible(bool(shown.button) and button is self.way)
        self.setAccessibleName(" ".join((shown.title, *shown.lines, *shown.commands)))

    def _pressed(self) -> None:
        if self._shown is not None:
            self.way_taken.emit(self._shown.way)


class OpeningState(QWidget):
    """Shown while a shop is being opened or the demo is being made: a sentence and a bar."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = label(size=Size.NAME, strong=True)
        self._step = label(tone=Tone.MUTED)
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(pixels(320))
        rows = QVBoxLayout(self)
        rows.setSpacing(12)
        rows.addStretch(10)
        for words in (self._sentence, self._step):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows.addWidget(self._sentence)
        centred = QHBoxLayout()
        centred.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addLayout(centred)
        rows.addWidget(self._step)
        rows.addStretch(12)

    @property
    def sentence(self) -> str:
        return self._sentence.full_text

    @property
    def step(self) -> str:
        return self._step.full_text

    def start(self, sentence: str) -> None:
        """Something of unknown length begins."""
        self._sentence.setText(sentence)
        self._step.setText("")
        self._bar.setRange(0, 0)

    def show_progress(self, step: str, done: int, of: int) -> None:
        """``done`` of ``of`` steps; ``step`` says which one runs."""
        self._step.setText(step)
        self._bar.setRange(0, max(1, of))
        self._bar.setValue(done)
