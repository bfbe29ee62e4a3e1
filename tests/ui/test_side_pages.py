"""Going to the overview and the catalogue and back: rail, menu, keys, search, and what is off meanwhile."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Stage
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.side_pages import CATALOGUE, OVERVIEW
from tests.ui.conftest import focused_widget
from tests.ui.real_shop import RealShop, captured, held, real_shop

__all__ = ["real_shop"]
Open = Callable[..., RealShop]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, real_shop: Open) -> MainWindow:
    """A window that shows its first held order."""
    shop = real_shop(held(), captured())
    qtbot.waitUntil(lambda: shop.window.panel.view is not None)
    return shop.window


@pytest.mark.parametrize(("place", "key"), [(OVERVIEW, 7), (CATALOGUE, 8)])
def test_a_place_is_reached_by_rail_menu_and_key(window: MainWindow, place: str, key: int) -> None:
    page = window.side.overview.page if place == OVERVIEW else window.side.catalogue.page
    button, entry = window.rail.place_button(place), window.actions_.places[key - 7]
    ways: list[Callable[[], None]] = [
        lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton),
        entry.trigger,
        lambda: QTest.keyClick(window.view, Qt.Key(Qt.Key.Key_0.value + key), CONTROL),
    ]
    for way in ways:
        way()
        assert window.stack.currentWidget() is page
        assert button.isChecked()
        QTest.keyClick(focused_widget(), Qt.Key.Key_Escape)
        assert window.stack.currentWidget() is window.page
        assert window.rail.button(Stage.TO_PREPARE).isChecked()
        assert window.view.hasFocus()
    assert button.toolTip() == f"{place} (Ctrl+{key})"


def test_the_list_is_as_it_was_when_one_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.go_to(Stage.TO_SHIP)
    qtbot.waitUntil(lambda: [row.stage for row in window.model.rows] == [Stage.TO_SHIP])
    window.places.show(OVERVIEW)
    QTest.keyClick(focused_widget(), Qt.Key.Key_Escape)
    assert window.rail.button(Stage.TO_SHIP).isChecked()
    assert window.list.showing.stage is Stage.TO_SHIP
    assert [row.stage for row in window.model.rows] == [Stage.TO_SHIP]


def test_a_stage_is_one_step_away_from_a_place(window: MainWindow) -> None:
    window.places.show(CATALOGUE)
    window.rail.button(Stage.PROBLEM).click()
    assert window.stack.currentWidget() is window.page
    assert window.list.showing.stage is Stage.PROBLEM


def test_letters_are_searched_for(window: MainWindow) -> None:
    for place in (OVERVIEW, CATALOGUE):
        window.places.show(place)
        QTest.keyClicks(focused_widget(), "z")
        assert window.stack.currentWidget() is window.page
        assert window.page.toolbar.search.text() == "z"
        window.page.toolbar.search.empty()


def test_nothing_is_done_to_an_order_out_of_sight(qtbot: QtBot, window: MainWindow) -> None:
    actions = (window.actions_.prepare, window.actions_.copy_reference, window.actions_.panel)
    qtbot.waitUntil(window.actions_.prepare.isEnabled)
    for place in (OVERVIEW, CATALOGUE):
        window.places.show(place)
        # An order that is read again meanwhile changes nothing about it.
        with qtbot.waitSignal(window.orders.order_shown):
            window.orders.reload()
        assert [action.isEnabled() for action in actions] == [False] * 3
        window.places.leave()
        assert [action.isEnabled() for action in actions] == [True] * 3


def test_nothing_of_a_shop_stays_when_it_is_closed(qtbot: QtBot, window: MainWindow) -> None:
    overview, catalogue = window.side.overview, window.side.catalogue
    window.places.show(CATALOGUE)
    qtbot.waitUntil(lambda: bool(catalogue.model.products))
    window.places.show(OVERVIEW)
    qtbot.waitUntil(lambda: overview.page.figures is not None)
    window.keeper.closing.emit()
    assert overview.page.figures is None
    assert catalogue.model.products == ()


def tab_stops(window: MainWindow, most: int = 60) -> list[QWidget]:
    """Where Tab leads, from where the focus is."""
    stops = []
    for _ in range(most):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        stops.append(focused_widget())
    return stops


def test_tab_reaches_everything_of_the_overview(qtbot: QtBot, window: MainWindow) -> None:
    page = window.side.overview.page
    window.places.show(OVERVIEW)
    qtbot.waitUntil(lambda: page.figures is not None)
    stops = tab_stops(window)
    plots = page.plots
    wanted = [page.currency, page.tables, page.export, *(card.toggle for card in page.cards), plots[0], plots[1]]
    assert [each.accessibleName() or type(each).__name__ for each in wanted if each not in stops] == []
    assert any(each in stops for each in page.period.segments)


def test_tab_reaches_everything_of_the_catalogue(qtbot: QtBot, window: MainWindow) -> None:
    page = window.side.catalogue.page
    window.places.show(CATALOGUE)
    qtbot.waitUntil(lambda: bool(window.side.catalogue.model.products))
    stops = tab_stops(window)
    assert all(each in stops for each in (page.view, page.rates, page.take, page.export))
