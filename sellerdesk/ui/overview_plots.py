"""The four plots of the overview."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics

from sellerdesk.domain.money import exponent
from sellerdesk.domain.overview import OLD_AFTER_DAYS, BackOrders, CurrencyDays, Failures, Leads, Shares
from sellerdesk.formats import amount_parts, day_name
from sellerdesk.ui.canvas import Bars, Tick, nice_ticks, text_width
from sellerdesk.ui.fonts import Size, font
from sellerdesk.ui.overview_words import (
    LEAD_LABELS,
    SHORT_LEAD_LABELS,
    TOO_LATE,
    back_order_points,
    day_points,
    failure_points,
    lead_points,
    whole_amount,
)
from sellerdesk.ui.plot import Plot
from sellerdesk.ui.tokens import Tokens

_SPACE = 10
_CROSS = "×"
_ELIDE = Qt.TextElideMode.ElideRight
_LONGEST_MONTH = 31


class HoldsPlot(Plot):
    """What became of the holds: one bar a day, in four parts."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._days: Sequence[date] = ()
        self._sums = CurrencyDays("eur", 0, ())

    def show_days(self, days: Sequence[date], sums: CurrencyDays, description: str) -> None:
        """The sums of one currency, a day each."""
        self._days, self._sums = days, sums
        self.show_points(day_points(days, sums), description)

    def draw(self, tokens: Tokens) -> None:
        shares, currency = self._sums.days, self._sums.currency
        unit = 10 ** exponent(currency)
        ticks = nice_ticks(max(each.total for each in shares), unit)
        self.canvas.set_axis("left", [Tick(at, amount_parts(round(at), currency)[0]) for at in ticks])
        self.canvas.set_range(len(shares) - 0.5, ticks[-1])
        self.canvas.set_axis("bottom", day_ticks(self._days, self.canvas.size().width(), tokens), line=tokens.control)
        self.canvas.set_grid(ticks[1:], tokens.line)
        at = range(len(shares))
        below = [0] * len(shares)
        for name, fill, outline, is_striped in (
            ("captured", tokens.accent, "", False),
            ("held", tokens.plot_held, tokens.accent, False),
            ("released", tokens.plot_released, tokens.plot_released, True),
            ("lapsed", tokens.red_mark, "", False),
        ):
            heights = [getattr(each, name) for each in shares]
            self.canvas.add_bars(Bars(at, list(below), heights, fill, outline, is_striped))
            below = [base + height for base, height in zip(below, heights, strict=True)]
        self._label_lapsed(shares, tokens)

    def _label_lapsed(self, shares: Sequence[Shares], tokens: Tokens) -> None:
        """A cross and the sum above each bar with lapsed holds; where two would touch, the second has only a cross."""
        place = self.canvas.size().width() / max(1, len(shares))
        free_from = 0.0
        for index, each in enumerate(shares):
            if not each.lapsed:
                continue
            text = f"{_CROSS} {whole_amount(each.lapsed, self._sums.currency)}"
            middle, half = (index + 0.5) * place, text_width(text, strong=True) / 2
            if middle - half < free_from:
                text, half = _CROSS, text_width(_CROSS, strong=True) / 2
            free_from = middle + half
            self.canvas.add_label(index, each.total, text, tokens.red_text)


class LeadsPlot(Plot):
    """How much time was left when holds were captured."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._leads = Leads((0,) * len(LEAD_LABELS), 0, 0, None, ())

    def show_leads(self, leads: Leads, description: str) -> None:
        """Counts by step; the first step only where it is needed."""
        self._leads = leads
        self.show_points(lead_points(leads), description)

    def draw(self, tokens: Tokens) -> None:
        first = 0 if self._leads.counts[0] else 1
        counts = [*self._leads.counts[first:], len(self._leads.lapsed)]
        ticks = nice_ticks(max(counts))
        self.canvas.set_axis("left", [Tick(at, f"{round(at):,}") for at in ticks])
        self.canvas.set_range(len(counts) - 0.5, ticks[-1])
        self.canvas.set_axis("bottom", self._labels(first), line=tokens.control)
        self.canvas.set_grid(ticks[1:], tokens.line)
        last = len(counts) - 1
        colours = {last - 2: tokens.amber_mark, last - 1: tokens.red_mark, last: tokens.red_mark}
        inks = {last - 2: tokens.amber_text, last - 1: tokens.red_text, last: tokens.red_text}
        for index, count in enumerate(counts):
            if count:
                self.canvas.add_bars(Bars((index,), (0,), (count,), colours.get(index, tokens.accent), width=0.7))
                text = f"{_CROSS} {count:,}" if index == last else f"{count:,}"
                self.canvas.add_label(index, count, text, inks.get(index, tokens.text))

    def _labels(self, first: int) -> list[Tick]:
        """In full where there is room for all of them."""
        names = (*LEAD_LABELS[first:], TOO_LATE)
        place = self.canvas.size().width() / len(names)
        if max(text_width(each) for each in names) + 4 > place:
            names = (*SHORT_LEAD_LABELS[first:], TOO_LATE)
        return [Tick(index, name) for index, name in enumerate(names)]


class FailuresPlot(Plot):
    """Refusals by reason, with what helps beside each."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._failures = Failures((), 0, 0)

    def show_failures(self, failures: Failures, description: str) -> None:
        """One bar a reason, the longest on top."""
        self._failures = failures
        self.show_points(failure_points(failures), description)

    def place_of(self, position: QPointF) -> float:
        return -position.y()

    def mark_rect(self, index: int) -> QRectF:
        return QRectF(0, -index - 0.5, self._right(), 1)

    def draw(self, tokens: Tokens) -> None:
        rows = self._failures.by_reason
        most = self.width() * 2 // 5
        metrics = QFontMetrics(font(Size.SMALL))
        names = [metrics.elidedText(reason.label, _ELIDE, most) for reason, _ in rows]
        ticks = [Tick(-index, name, tokens.text) for index, name in enumerate(names)]
        helps = [Tick(-index, reason.helps) for index, (reason, _) in enumerate(rows)]
        self.canvas.set_axis("left", ticks, line=tokens.control)
        self.canvas.set_axis("right", helps, at_edge=True)
        # A few rows are drawn as if there were more, so that bars stay slim.
        self.canvas.set_range(self._right(), 0.5, left=0, bottom=0.5 - max(len(rows), 6))
        for is_final, fill in ((False, tokens.accent), (True, tokens.red_mark)):
            chosen = [(-i, count) for i, (reason, count) in enumerate(rows) if reason.is_final is is_final]
            at, counts = [each for each, _ in chosen], [each for _, each in chosen]
            self.canvas.add_bars(Bars(at, [0] * len(at), counts, fill, across=True, width=0.52))
        for index, (_, count) in enumerate(rows):
            self.canvas.add_label(count, -index, f" {count:,}", tokens.text, beside=True)

    def _right(self) -> float:
        """Room for the number beside the longest bar."""
        most = max((count for _, count in self._failures.by_reason), default=1)
        inner = max(self.canvas.size().width(), 80)
        return most * inner / (inner - text_width(f" {most:,} ", strong=True) - 8)


class BackOrdersPlot(Plot):
    """Open back-orders day by day, and the old ones among them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._days: Sequence[date] = ()
        self._found = BackOrders((), (), ())

    def show_back_orders(self, days: Sequence[date], found: BackOrders, description: str) -> None:
        """One place a day."""
        self._days, self._found = days, found
        self.show_points(back_order_points(days, found), description)

    def draw(self, tokens: Tokens) -> None:
        found = self._found
        ticks = nice_ticks(max(found.open))
        self.canvas.set_axis("left", [Tick(at, f"{round(at):,}") for at in ticks])
        ends = [
            Tick(found.open[-1], f"{found.open[-1]:,} open", tokens.text, strong=True),
            Tick(found.old[-1], f"{found.old[-1]:,} over {OLD_AFTER_DAYS} d", tokens.amber_text, strong=True),
        ]
        self.canvas.set_axis("right", [each for each in ends if each.at])
        self.canvas.set_range(len(self._days) - 0.5, ticks[-1])
        self.canvas.set_axis("right", self._apart([each for each in ends if each.at], ticks[-1]))
        self.canvas.set_axis("bottom", day_ticks(self._days, self.canvas.size().width(), tokens), line=tokens.control)
        self.canvas.set_grid(ticks[1:], tokens.line)
        if any(found.old):
            self.canvas.add_steps(found.old, tokens.amber_mark, dashed=True)
        self.canvas.add_steps(found.open, tokens.accent)

    def _apart(self, ends: list[Tick], top: float) -> list[Tick]:
        """The words at the ends of both lines, so far from each other that both can be read."""
        if len(ends) < 2:
            return ends
        upper, lower = ends
        line = QFontMetrics(font(Size.SMALL)).height() * top / max(1.0, self.canvas.size().height())
        low = max(line / 2, min(lower.at, upper.at - line))
        high = max(upper.at, low + line)
        return [Tick(high, upper.text, upper.colour, True), Tick(low, lower.text, lower.colour, True)]


def day_ticks(days: Sequence[date], width: float, tokens: Tokens) -> list[Tick]:
    """As many days as there is room for, counted back from today, which is strong. Beyond a month a day alone would
    mean two things, so the month stands with it."""
    long = len(days) > _LONGEST_MONTH
    words = [day_name(day).partition(" ")[2] if long else str(day.day) for day in days]
    widest = max(text_width(each, strong=True) for each in words) + _SPACE
    places = width / len(days)
    # The last word ends with the plane, and so stands nearer to the one before it.
    nearer = max(0.0, (widest - places) / 2)
    every = next(step for step in (1, 2, 3, 5, 7, 10, 14, 15, 30, 90) if step * places >= widest + nearer or step == 90)
    last = len(days) - 1
    return [
        Tick(index, words[index], tokens.text if index == last else "", index == last)
        for index in range(last, -1, -every)
    ]
