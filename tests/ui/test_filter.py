"""The filter: marks in a menu narrow the list, the button says so, and everything comes back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.listing import OrderFilter
from sellerdesk.domain.order import Order, Stage
from sellerdesk.ui.filters import EVERYTHING, FilterButton, Narrowing
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import DAY, Books, FakeOpener, Remembers, focused_widget, open_shop
from tests.ui.dressing import words_of
from tests.ui.sample_orders import HOUR, NOW, captured_order, facts, order, yen_order


def numbered(number: int, given: Order) -> Order:
    return replace(given, id=f"{number:032d}", reference=f"K7QP000{number}")


@pytest.fixture
def window(qtbot: QtBot, look: Theme, books: Books) -> MainWindow:
    books.add(
        numbered(1, order()),
        numbered(2, order(facts(left=5 * DAY), on_hand=())),
        numbered(3, yen_order()),
        numbered(4, captured_order()),
    )
    made = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.model.rowCount() == 3)
    qtbot.waitUntil(lambda: "jpy" in made.page.toolbar.filter.parts)
    return made


@pytest.fixture
def listed(window: MainWindow, qtbot: QtBot) -> Callable[..., None]:
    def wait(*numbers: int) -> None:
        wanted = [f"K7QP000{number}" for number in numbers]
        qtbot.waitUntil(lambda: [row.reference for row in window.model.rows] == wanted)

    return wait


def test_the_whole_way_by_keyboard(window: MainWindow, books: Books, listed: Callable[..., None]) -> None:
    button = window.page.toolbar.filter
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert button.menu_.isVisible()
    assert button.menu_.activeAction() is button.parts["lapsing"]
    QTest.keyClick(button.menu_, Qt.Key.Key_Space)
    listed(1)
    assert books.queries[-1].only == OrderFilter(lapses_before=NOW + DAY)
    assert button.menu_.isVisible()
    assert button.accessibleName() == "Filter, on: lapses within 24 h"
    assert button.text() == "Lapses within 24 h"
    QTest.keyClick(button.menu_, Qt.Key.Key_Space)
    listed(1, 3, 2)
    QTest.keyClick(button.menu_, Qt.Key.Key_Escape)
    assert not button.menu_.isVisible()
    assert button.hasFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(button, key)
        assert button.menu_.isVisible()
        button.menu_.close()


def test_a_click_sets_a_mark_and_leaves_the_menu_open(window: MainWindow, listed: Callable[..., None]) -> None:
    button = window.page.toolbar.filter
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseMove(button.menu_, button.menu_.actionGeometry(button.parts["eur"]).center())
    place = button.menu_.actionGeometry(button.parts["eur"]).center()
    QTest.mouseClick(button.menu_, Qt.MouseButton.LeftButton, pos=place)
    listed(1, 2)
    assert button.menu_.isVisible()
    button.menu_.close()
    assert window.page.toolbar.clear_filter.isVisible()
    QTest.mouseClick(window.page.toolbar.clear_filter, Qt.MouseButton.LeftButton)
    listed(1, 3, 2)
    assert not window.page.toolbar.clear_filter.isVisible()
    assert button.text() == "Filter"


def test_a_list_without_orders_leads_out_of_the_filter(
    window: MainWindow, qtbot: QtBot, listed: Callable[..., None]
) -> None:
    button = window.page.toolbar.filter
    button.parts["doubtful"].trigger()
    button.parts["eur"].trigger()
    qtbot.waitUntil(window.page.empty.isVisible)
    assert window.page.empty.title == "No order in To prepare fits the filter"
    assert "Shown only: check differs or risk, EUR." in words_of(window.page.empty)
    assert button.text() == "Filter, 2 on"
    QTest.keyClick(window.page.empty.way, Qt.Key.Key_Space)
    listed(1, 3, 2)


def test_a_search_goes_on_within_the_filter(window: MainWindow, qtbot: QtBot, listed: Callable[..., None]) -> None:
    field = window.page.toolbar.search
    window.page.toolbar.filter.parts["jpy"].trigger()
    listed(3)
    field.take_over("zo")
    qtbot.waitUntil(window.page.empty.isVisible)
    assert "and fits the filter" in window.page.empty.title
    window.page.empty.way.click()
    # Every stage is searched.
    listed(4, 1, 2)
    field.empty()
    listed(1, 3, 2)


def test_a_scanned_order_is_found_whatever_the_filter_hides(
    window: MainWindow, qtbot: QtBot, listed: Callable[..., None]
) -> None:
    window.page.toolbar.filter.parts["jpy"].trigger()
    listed(3)
    QTest.keyClicks(window.view, "K")
    QTest.keyClicks(focused_widget(), "7QP-0002")
    QTest.keyClick(focused_widget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.reference == "K7QP0002")
    assert window.page.toolbar.filter.narrowing == EVERYTHING


def test_another_stage_begins_with_everything(window: MainWindow, listed: Callable[..., None]) -> None:
    button = window.page.toolbar.filter
    button.parts["short"].trigger()
    listed(1)
    window.go_to(Stage.TO_SHIP)
    listed(4)
    assert button.narrowing == EVERYTHING
    # What only holds have is not offered here.
    assert not button.parts["short"].isVisible()
    assert not button.parts["lapsing"].isVisible()
    assert button.parts["doubtful"].isVisible()
    window.go_to(Stage.TO_PREPARE)
    assert button.parts["short"].isVisible()
    listed(1, 3, 2)


def test_the_edit_menu_clears_it_too(window: MainWindow, listed: Callable[..., None]) -> None:
    window.page.toolbar.filter.parts["short"].trigger()
    listed(1)
    window.actions_.clear_filter.trigger()
    listed(1, 3, 2)


def test_one_currency_is_no_choice(qtbot: QtBot, look: Theme) -> None:
    button = FilterButton()
    qtbot.addWidget(button)
    button.offer_currencies(("eur",))
    assert set(button.parts) == {"lapsing", "short", "doubtful"}
    button.offer_currencies(("eur", "usd"))
    button.offer_currencies(("eur", "jpy", "usd"))
    assert list(button.parts) == ["lapsing", "short", "doubtful", "eur", "jpy", "usd"]
    texts = [action.text() for action in button.menu_.actions() if action.text()]
    assert texts[-4:] == ["EUR", "JPY", "USD", "Clear filter"]


def test_every_part_has_words_and_narrows(qapp: QApplication) -> None:
    narrowing = EVERYTHING
    for part in ("lapsing", "short", "doubtful", "usd", "eur"):
        narrowing = narrowing.toggled(part, True)
    assert narrowing.words == ("lapses within 24 h", "short of stock", "check differs or risk", "EUR", "USD")
    assert narrowing.only(HOUR) == OrderFilter(25 * HOUR, True, True, frozenset({"eur", "usd"}))
    assert narrowing.toggled("eur", False).toggled("short", False) == Narrowing(
        lapsing=True, doubtful=True, currencies=frozenset({"usd"})
    )
