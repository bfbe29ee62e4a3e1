"""The overview: period and currency, four sums, how many holds were captured in time, and four plots."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sellerdesk.domain.overview import OLD_AFTER_DAYS, Figures
from sellerdesk.formats import money
from sellerdesk.ui import overview_words as words
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.desk_page import Edge
from sellerdesk.ui.empty_state import Emptiness, EmptyState, OpeningState, Way
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.overview_parts import Legend, Mark, PlotCard, Tile
from sellerdesk.ui.overview_plots import BackOrdersPlot, FailuresPlot, HoldsPlot, LeadsPlot
from sellerdesk.ui.segments import ChoiceBox, Segments
from sellerdesk.ui.widgets import Tone, label, rule

PERIODS = (14, 30, 90)
_TWO_COLUMNS_FROM = 800
_EDGE = 16
_GAP = 12
_BETWEEN_SUMS = 20
_NOTHING_YET = Emptiness(
    "chart-column",
    "Nothing to show yet",
    ("The overview fills with the first orders: what was captured, what went back, and what was lost to time.",),
)


class OverviewPage(QWidget):
    """Shows ``Figures``; reads nothing itself.

    Signals (UI thread):
        period_chosen: carries the number of days a person wants to see.
        again_wanted: the reading failed, and a person wants it tried again.
        leave_wanted: Escape, which nothing on the page had a use for.
        export_wanted: the numbers shall go to a file.
    """

    period_chosen = Signal(int)
    again_wanted = Signal()
    leave_wanted = Signal()
    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._figures: Figures | None = None
        self._currency = ""
        self._make_head()
        self._make_sums()
        self._make_cards()
        self.reading = OpeningState()
        self.empty = EmptyState()
        self.empty.way_taken.connect(self._way_taken)
        self.stack = QStackedWidget()
        self._content = self._lay_out_content()
        for each in (self.reading, self.empty, self._content):
            self.stack.addWidget(each)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._head)
        rows.addWidget(rule("region"))
        rows.addWidget(self.stack, 1)

    @property
    def figures(self) -> Figures | None:
        """What is shown, None before the first reading."""
        return self._figures

    @property
    def days(self) -> int:
        """The period that is chosen."""
        return PERIODS[next(number for number, each in enumerate(self.period.segments) if each.isChecked())]

    def show_reading(self) -> None:
        """Nothing is known yet. What is shown already stays till something newer comes."""
        if self._figures is None:
            self.reading.start("Reading the orders…")
            self._show(self.reading)

    def show_failure(self, sentence: str) -> None:
        """It could not be read, and nothing older is there to be shown."""
        lines = (sentence, "No money moved.")
        self.empty.show_emptiness(
            Emptiness("triangle-alert", "The overview could not be read", lines, "Read again", "", Way.READ_AGAIN)
        )
        self._show(self.empty)

    def forget(self) -> None:
        """Another shop: nothing of this one stays."""
        self._figures, self._currency = None, ""
        self._show(self.reading)

    def show_figures(self, figures: Figures) -> None:
        """Show what was read."""
        self._figures = figures
        if not figures.has_orders:
            self.empty.show_emptiness(_NOTHING_YET)
            self._show(self.empty)
            return
        self._offer_currencies(figures)
        self._say_sums(figures)
        self._fill_cards(figures)
        self._show(self._content)

    def focusInEvent(self, _event: QFocusEvent) -> None:
        """The page is looked at first; Page Down leads through it."""
        if self.stack.currentWidget() is self._content:
            self._content.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # --- making ---

    def _make_head(self) -> None:
        self.period = Segments("Period", [f"{days} days" for days in PERIODS])
        self.period.chosen.connect(lambda number: self.period_chosen.emit(PERIODS[number]))
        self.currency = ChoiceBox("Currency of the sums")
        self.currency.setToolTip("Currency of the sums. They are never added up across currencies.")
        self.currency.activated.connect(self._currency_chosen)
        self.tables = PlainButton("Show as tables", icon="table")
        self.tables.clicked.connect(self._toggle_tables)
        self.export = PlainButton("Export…", icon="download")
        self.export.clicked.connect(self.export_wanted)
        self._head = QWidget()
        self._head.setFixedHeight(max(48, pixels(48)))
        row = QHBoxLayout(self._head)
        row.setContentsMargins(_EDGE, 8, _EDGE, 8)
        row.setSpacing(8)
        row.addWidget(label("Overview", size=Size.NAME, strong=True))
        row.addStretch(1)
        for each in (self.period, self.currency, self.tables, self.export):
            row.addWidget(each)

    def _make_sums(self) -> None:
        self.tiles = tuple(Tile(name) for name in ("Captured", "Still held", "Released", "Lapsed, lost to time"))
        self._headline = label(size=Size.SMALL, strong=True)
        self._lapsed = label(size=Size.SMALL, tone=Tone.MUTED)
        self._said = QWidget()
        rows = QVBoxLayout(self._said)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addStretch(1)
        rows.addWidget(self._headline)
        rows.addWidget(self._lapsed)
        rows.addStretch(1)
        self._row = QGridLayout()
        self._row.setHorizontalSpacing(_BETWEEN_SUMS)
        self._row.setVerticalSpacing(8)
        self._edges = tuple(Edge() for _ in self.tiles[1:])
        self._sums = QGridLayout()
        self._sums.setContentsMargins(4, 0, 4, 0)
        self._sums.setVerticalSpacing(8)
        self._sums.addLayout(self._row, 0, 0)
        self._sums.setColumnStretch(1, 1)

    def _make_cards(self) -> None:
        marks = zip((Mark.CAPTURED, Mark.HELD, Mark.RELEASED, Mark.LAPSED), words.SHARE_NAMES, strict=True)
        lines = ((Mark.OPEN, "Open"), (Mark.OLD, f"Older than {OLD_AFTER_DAYS} days"))
        helps = label("What helps", size=Size.SMALL, tone=Tone.MUTED)
        self.holds = PlotCard(words.HOLDS, Legend([(m, f"× {n}" if m is Mark.LAPSED else n) for m, n in marks]))
        self.leads = PlotCard(words.LEADS)
        self.failures = PlotCard(words.FAILURES, helps)
        self.back_orders = PlotCard(words.BACK_ORDERS, Legend(lines))
        self.plots = (
            HoldsPlot(words.HOLDS),
            LeadsPlot(words.LEADS),
            FailuresPlot(words.FAILURES),
            BackOrdersPlot(words.BACK_ORDERS),
        )
        for card, plot in zip(self.cards, self.plots, strict=True):
            card.set_plot(plot)
            plot.pointed.connect(card.say)

    @property
    def cards(self) -> tuple[PlotCard, ...]:
        return self.holds, self.leads, self.failures, self.back_orders

    def _lay_out_content(self) -> QWidget:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(_EDGE, _GAP, _EDGE, 8)
        rows.setSpacing(_GAP)
        rows.addLayout(self._sums)
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        rows.addLayout(self._grid, 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Overview")
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setProperty("ring_inside", True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._place()
        return scroll

    def _place(self) -> None:
        """Two cards beside each other where there is room, and the sentence beside the sums."""
        columns = 2 if self.width() >= pixels(_TWO_COLUMNS_FROM) else 1
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
        self._grid.setColumnStretch(1, columns - 1)
        self._grid.setColumnStretch(0, 1)
        for number in range(4):
            self._grid.setRowStretch(number, 1 if number < 4 // columns else 0)
        # The layouts around them learn of new words only with the next turn of the loop.
        sums = sum(tile.sizeHint().width() + 2 * _BETWEEN_SUMS + 1 for tile in self.tiles)
        needed = sums + self._said.sizeHint().width() + 2 * _EDGE
        beside = self.width() >= needed
        side = Qt.AlignmentFlag.AlignRight if beside else Qt.AlignmentFlag.AlignLeft
        for each in (self._headline, self._lapsed):
            each.setAlignment(side)
        self._sums.addWidget(self._said, *((0, 1, side) if beside else (1, 0, 1, 2)))
        self._place_tiles(2 if sums + 2 * _EDGE > self.width() else len(self.tiles))

    def _place_tiles(self, columns: int) -> None:
        """All in a row, with lines between, or two and two."""
        for number, tile in enumerate(self.tiles):
            self._row.addWidget(tile, number // columns, 2 * (number % columns))
        for number, edge in enumerate(self._edges):
            self._row.addWidget(edge, 0, 2 * number + 1)
            edge.setVisible(columns == len(self.tiles))

    # --- showing ---

    def _show(self, what: QWidget) -> None:
        self.stack.setCurrentWidget(what)
        has_figures = what is self._content
        if has_figures and self.hasFocus():
            self._content.setFocus()
        self.currency.setVisible(has_figures)
        for each in (self.tables, self.export):
            each.setEnabled(has_figures)
        self.period.setEnabled(what is not self.empty or self._figures is None)

    def _offer_currencies(self, figures: Figures) -> None:
        """Keep the one that is chosen, even if these days have no hold in it."""
        known = [each.currency for each in figures.currencies]
        if not self._currency or (self._currency not in known and not self.currency.count()):
            self._currency = known[0] if known else "eur"
        offered = known if self._currency in known else [*known, self._currency]
        self.currency.clear()
        for each in offered:
            self.currency.addItem(each.upper(), each)
        self.currency.setCurrentIndex(offered.index(self._currency))

    def _say_sums(self, figures: Figures) -> None:
        total = figures.of_currency(self._currency).total
        parts = (total.captured, total.held, total.released, total.lapsed)
        for tile, part in zip(self.tiles, parts, strict=True):
            tone = Tone.RED if tile is self.tiles[-1] and part else Tone.TEXT
            tile.show_sum(money(part, self._currency), tone)
        first, second = words.headline(figures)
        self._headline.setText(first)
        self._lapsed.setText(second)
        self._lapsed.setVisible(bool(second))
        self._place()

    def _fill_cards(self, figures: Figures) -> None:
        holds, leads, failures, back_orders = self.plots
        days = words.dates(figures)
        period, months = f"in these {len(days)} days", words.months(days)
        sums = figures.of_currency(self._currency)
        self.holds.show_words(
            words.holds_line(sums), f"{months}, day of the hold",
            words.holds_table(figures, self._currency),
            nothing="" if sums.holds else f"No hold {period}.",
        )  # fmt: skip
        holds.show_days(days, sums, self.holds.line)
        decided = figures.leads.captures or figures.leads.lapsed
        self.leads.show_words(
            words.leads_line(figures), "Time left on the hold when it was captured", words.leads_table(figures),
            nothing="" if decided else f"No hold was captured or lost {period}.",
        )  # fmt: skip
        leads.show_leads(figures.leads, self.leads.line)
        self.failures.show_words(
            words.failures_line(figures.failures), "", words.failures_table(figures),
            nothing="" if figures.failures.refusals else f"No card was refused {period}.",
        )  # fmt: skip
        failures.show_failures(figures.failures, self.failures.line)
        owed = figures.back_orders
        self.back_orders.show_words(
            words.back_orders_line(figures), months, words.back_orders_table(figures),
            nothing="" if any(owed.open) else "Items left out of orders whose card is saved are counted here.",
        )  # fmt: skip
        back_orders.show_back_orders(days, owed, self.back_orders.line)

    def _currency_chosen(self, index: int) -> None:
        self._currency = str(self.currency.itemData(index))
        if self._figures is not None:
            self._say_sums(self._figures)
            self._fill_cards(self._figures)

    def _toggle_tables(self) -> None:
        as_tables = not all(card.shows_table for card in self.cards)
        self.tables.set_label("Show as plots" if as_tables else "Show as tables")
        for card in self.cards:
            card.toggle.setChecked(as_tables)

    def _way_taken(self, _way: object) -> None:
        self.again_wanted.emit()
