"""The overview as a seller sees it: sums, plots and their tables, periods and currencies, trouble, export."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.domain.overview import Figures
from sellerdesk.services.desk import Desk
from sellerdesk.ui.overview_page import OverviewPage
from sellerdesk.ui.side_pages import OVERVIEW
from sellerdesk.ui.theme import Scheme, Theme
from sellerdesk.ui.tokens import DARK, LIGHT
from tests.builders import DAY
from tests.ui.access import guessing_labels, nameless
from tests.ui.conftest import StillClock, focused_widget
from tests.ui.dressing import colours_of, words_of
from tests.ui.real_shop import PRICE, RealShop, captured, cells, held, lapsed, real_shop, released, shortened

__all__ = ["real_shop"]
Open = Callable[..., RealShop]


class Readings:
    """Stands before the real reading: holds it up, or lets it fail."""

    def __init__(self) -> None:
        self.gate = Event()
        self.gate.set()
        self.days: list[int] = []
        self.error: Exception | None = None

    def before(self, desk: Desk) -> Desk:
        real = desk.figures

        def read(days: int, zone: Any = None) -> Figures:
            self.days.append(days)
            assert self.gate.wait(10)
            if self.error is not None:
                raise self.error
            return real.read(days, zone)

        return replace(desk, figures=type("Reading", (), {"read": staticmethod(read)})())


@pytest.fixture
def overview(qtbot: QtBot, real_shop: Open) -> Callable[..., tuple[RealShop, OverviewPage]]:
    """Opens a shop and its overview, and waits until the numbers are there."""

    def open_it(*orders: Any, **more: Any) -> tuple[RealShop, OverviewPage]:
        shop = real_shop(*orders, **more)
        shop.go_to(OVERVIEW)
        page = shop.window.side.overview.page
        qtbot.waitUntil(lambda: page.figures is not None)
        return shop, page

    return open_it


Overview = Callable[..., tuple[RealShop, OverviewPage]]


def some_orders() -> list[Any]:
    return [held(), captured(), shortened(), released(), lapsed(), captured(currency="jpy", amount=8720)]


# --- what it says ----------------------------------------------------------------------------------------


def test_the_sums_are_those_of_the_orders(overview: Overview) -> None:
    _, page = overview(*some_orders())
    assert [tile.text.replace("\u00a0", " ") for tile in page.tiles] == [
        "142.30 EUR", "87.20 EUR", "119.30 EUR", "87.20 EUR",
    ]  # fmt: skip
    words = words_of(page)
    assert "3 of 4 holds captured in time." in words
    assert "1 lapsed: order " in words
    assert "Per day of the hold, EUR. The last bars are still open." in words
    assert "3 captures and 1 lapsed hold in 14 days, all currencies. Half had 6 d or more left." in words
    assert "Worth 32.10\u00a0EUR, to be charged on saved cards." in words
    assert "No card was refused." in words


def test_currencies_are_shown_one_at_a_time(overview: Overview) -> None:
    _, page = overview(*some_orders())
    assert [page.currency.itemText(index) for index in range(page.currency.count())] == ["EUR", "JPY"]
    page.currency.setFocus()
    QTest.keyClick(page.currency, Qt.Key.Key_Down)
    page.tables.click()
    assert [tile.text for tile in page.tiles] == ["8,720\u00a0JPY", "0\u00a0JPY", "0\u00a0JPY", "0\u00a0JPY"]
    header = page.holds.table.horizontalHeaderItem(1)
    assert header is not None
    assert header.text() == "Captured, JPY"


def test_another_period_is_read_and_the_currency_stays(qtbot: QtBot, overview: Overview) -> None:
    old = captured(20 * DAY, currency="jpy")
    _, page = overview(held(), captured(currency="jpy"), old)
    page.currency.setCurrentIndex(page.currency.findData("jpy"))
    page.currency.activated.emit(page.currency.currentIndex())
    page.period.segments[1].click()
    qtbot.waitUntil(lambda: page.figures is not None and len(page.figures.starts) == 30)
    assert page.currency.currentText() == "JPY"
    assert page.tiles[0].text == "17,440\u00a0JPY"
    page.period.segments[2].click()
    qtbot.waitUntil(lambda: page.figures is not None and len(page.figures.starts) == 90)
    assert page.currency.currentText() == "JPY"


def test_refusals_are_told_by_reason_with_what_helps(qtbot: QtBot, overview: Overview) -> None:
    shop, page = overview(held())
    order = captured()
    shop.add(order)
    shop.refuse(order, "insufficient_funds", "insufficient_funds", "lost_card")
    page.tables.click()
    shop.tell()
    qtbot.waitUntil(lambda: len(cells(page.failures.table)) == 2)
    assert cells(page.failures.table) == [
        ["Not enough money or limit", "2", "Try in days"],
        ["Card blocked", "1", "Never"],
    ]
    assert page.failures.line == "3 refusals on 1 order. It was paid later."


# --- plots and tables ------------------------------------------------------------------------------------


def test_each_plot_has_its_table_one_click_away(overview: Overview) -> None:
    _, page = overview(*some_orders())
    for card, plot in zip(page.cards[:2], page.plots[:2], strict=True):
        assert plot.isVisible()
        card.toggle.click()
        assert card.table.isVisible()
        assert not plot.isVisible()
        assert card.toggle.accessibleName() == f"Show the plot: {card.title}"
        card.toggle.click()
        assert plot.isVisible()


def test_all_tables_at_once_and_back(overview: Overview) -> None:
    _, page = overview(*some_orders())
    page.holds.toggle.click()
    page.tables.click()
    assert [card.table.isVisible() for card in page.cards] == [True] * 4
    assert page.tables.text() == "Show as plots"
    page.tables.click()
    assert [card.table.isVisible() for card in page.cards] == [False] * 4
    assert page.tables.text() == "Show as tables"


def test_a_table_has_the_numbers_of_its_plot(overview: Overview) -> None:
    _, page = overview(*some_orders())
    page.tables.click()
    rows = cells(page.holds.table)
    assert len(rows) == 15
    assert rows[-1] == ["Total", "142.30", "87.20", "119.30", "87.20"]
    assert ["Sat 21 Nov", "142.30", "0.00", "32.10", "0.00"] in rows
    assert cells(page.leads.table)[-1] == ["Too late, lapsed", "1"]
    assert cells(page.back_orders.table)[-1] == ["Mon 23 Nov", "1", "0"]


def test_arrow_keys_go_through_a_plot_and_tell_each_bar(overview: Overview) -> None:
    _, page = overview(*some_orders())
    plot, card = page.plots[0], page.holds
    plot.setFocus()
    assert focused_widget() is plot
    assert card.caption == "November, day of the hold"
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert card.caption == "Mon 23 Nov: still held 87.20\u00a0EUR"
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert card.caption == "Sun 22 Nov: no hold"
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert card.caption.startswith("Tue 10 Nov")
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.current == 0
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot.current == 13
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert card.caption == "November, day of the hold"
    # A second Escape is not the plot's any more.
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_pointer_tells_the_bar_below_it(overview: Overview) -> None:
    _, page = overview(*some_orders())
    plot = page.plots[0]

    def move(x: float, y: float) -> None:
        at = QPointF(plot.width() * x, plot.height() * y)
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, plot.mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(plot, event)

    move(0.98, 0.5)
    assert page.holds.caption == "Mon 23 Nov: still held 87.20\u00a0EUR"
    move(0.01, 0.99)
    assert page.holds.caption == "November, day of the hold"


def test_a_plot_cannot_be_dragged_zoomed_or_opened(overview: Overview) -> None:
    _, page = overview(*some_orders())
    for plot in page.plots:
        before = plot.grab().toImage()
        QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        QTest.mouseMove(plot, QPoint(90, 60))
        QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(90, 60))
        QTest.mouseClick(plot, Qt.MouseButton.RightButton, pos=QPoint(40, 40))
        plot.point_at(-1)
        assert QApplication.activePopupWidget() is None
        assert plot.hasFocus() or plot.grab().toImage() == before


def test_plots_are_drawn_in_the_colours_of_the_look(overview: Overview, look: Theme) -> None:
    _, page = overview(*some_orders())
    for scheme, tokens in ((Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)):
        look.choose(scheme)
        seen = all_colours(page)
        for colour in (tokens.accent, tokens.plot_held, tokens.red_mark, tokens.base):
            assert colour.lower() in seen, (scheme, colour)
        other = DARK if tokens is LIGHT else LIGHT
        assert other.accent.lower() not in seen
    look.choose(Scheme.LIGHT)


def all_colours(page: OverviewPage) -> set[str]:
    image = page.holds.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


# --- states ----------------------------------------------------------------------------------------------


def test_a_shop_without_orders_says_so(overview: Overview) -> None:
    _, page = overview()
    assert page.empty.isVisible()
    assert page.empty.title == "Nothing to show yet"
    assert not page.export.isEnabled()
    assert not page.currency.isVisible()


def test_days_without_orders_say_so_in_each_card(overview: Overview) -> None:
    _, page = overview(captured(40 * DAY))
    words = words_of(page)
    assert "No hold in these 14 days." in words
    assert "No hold was captured or lost in these 14 days." in words
    assert "No card was refused in these 14 days." in words
    assert page.tiles[0].text == "0.00\u00a0EUR"
    assert "No hold of these 14 days is decided yet." in words


def test_it_says_that_it_reads(qtbot: QtBot, real_shop: Open) -> None:
    readings = Readings()
    readings.gate.clear()
    shop = real_shop(held(), change=readings.before)
    page = shop.window.side.overview.page
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(lambda: bool(readings.days))
    assert page.reading.isVisible()
    assert page.reading.sentence == "Reading the orders…"
    # However often news comes meanwhile, it is read once more only.
    for _ in range(5):
        shop.tell()
    QApplication.processEvents()
    readings.gate.set()
    qtbot.waitUntil(lambda: len(readings.days) == 2 and not shop.window.side.overview._running)
    assert page.figures is not None


def test_a_reading_that_fails_can_be_tried_again(qtbot: QtBot, real_shop: Open) -> None:
    readings = Readings()
    readings.error = DatabaseUnusable("The disk is gone.")
    shop = real_shop(held(), change=readings.before)
    page = shop.window.side.overview.page
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(page.empty.isVisible)
    assert page.empty.title == "The overview could not be read"
    assert "The disk is gone." in page.empty.accessibleName()
    assert "The disk is gone." in shop.ears.words
    readings.error = None
    page.empty.way.click()
    qtbot.waitUntil(lambda: page.figures is not None)
    # What was read stays when a later reading fails.
    readings.error = DatabaseUnusable("The disk is gone again.")
    shop.tell()
    qtbot.waitUntil(lambda: "gone again" in shop.ears.words)
    assert page.tiles[1].isVisible()
    assert "What is shown may be old." in shop.ears.words


def test_news_is_shown_while_one_looks_and_read_when_one_comes_back(qtbot: QtBot, real_shop: Open) -> None:
    readings = Readings()
    shop = real_shop(held(), change=readings.before)
    page = shop.window.side.overview.page
    shop.tell()
    QApplication.processEvents()
    assert readings.days == []
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(lambda: page.figures is not None)
    shop.add(held())
    shop.tell()
    qtbot.waitUntil(lambda: page.tiles[1].text == "174.40\u00a0EUR")
    shop.window.places.leave()
    shop.add(held())
    shop.tell()
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(lambda: page.tiles[1].text == "261.60\u00a0EUR")


def test_another_day_begins_at_midnight(qtbot: QtBot, overview: Overview, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, page = overview(held())
    clock = shop.works.clock
    assert isinstance(clock, StillClock)
    keeper = shop.window.side.overview
    keeper.tick()
    assert not keeper._running
    monkeypatch.setattr(clock, "moment", clock.moment + DAY)
    keeper.tick()
    qtbot.waitUntil(lambda: not keeper._running)
    assert page.figures is not None
    assert page.figures.now == clock.moment


# --- export ----------------------------------------------------------------------------------------------


def test_every_number_goes_to_a_file(qtbot: QtBot, overview: Overview, tmp_path: Path) -> None:
    shop, page = overview(*some_orders())
    page.export.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Export the overview"
    path = tmp_path / "sums.csv"
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: "Exported to" in shop.ears.words)
    text = path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    assert text.count("\r\n") == len(rows)
    assert ["2026-11-21", "EUR", "142.30", "0.00", "32.10", "0.00"] in rows
    assert ["2026-11-21", "JPY", "8720", "0", "0", "0"] in rows
    assert sum(row[1] == "EUR" for row in rows) == 14
    assert ["EUR", "32.10", "", "", "", ""] in rows


def test_a_file_that_cannot_be_written_is_told(qtbot: QtBot, overview: Overview, tmp_path: Path) -> None:
    shop, page = overview(held())
    page.export.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "gone" / "sums.csv"))
    dialog.reject()
    qtbot.waitUntil(lambda: "cannot be written" in shop.ears.words)
    assert "No money moved. Choose another place." in shop.ears.words


# --- names -----------------------------------------------------------------------------------------------


def test_everything_has_a_name_and_every_plot_a_description(overview: Overview) -> None:
    _, page = overview(*some_orders())
    window = page.window()
    assert nameless(window) == []
    assert guessing_labels(window) == []
    for plot, card in zip(page.plots, page.cards, strict=True):
        assert plot.accessibleName() == f"{card.title}, plot"
        assert plot.accessibleDescription() == card.line
        assert card.table.accessibleName() == f"{card.title}, table"
    assert PRICE == 8720
    assert colours_of(page.grab().toImage())
