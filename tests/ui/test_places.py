"""The rail with pages beside the orders, with commands at its foot, and as wide as its counts need."""

"""Going to the overview and the catalogue and back: rail, menu, keys, search, and what is off meanwhile."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.rail import Rail
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.sample_orders import order


class Page(QWidget):
    """A page with something to type into."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.setFocusProxy(self.field)


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def window(qtbot: QtBot, look: Theme, books: Books, page: Page) -> MainWindow:
    books.add(order())
    made = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
    made.places.add("Overview", "package", page)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.panel.view is not None)
    return made


def test_a_place_is_shown_by_rail_menu_and_key(window: MainWindow, page: Page) -> None:
    button = window.rail.place_button("Overview")
    entry = window.actions_.places[0]
    ways: list[Callable[[], None]] = [
        button.click,
        entry.trigger,
        lambda: QTest.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier),
    ]
    for way in ways:
        way()
        assert page.isVisible()
        assert button.isChecked()
        assert not window.rail.button(Stage.TO_PREPARE).isChecked()
        window.rail.button(Stage.SHIPPED).click()
        assert window.page.isVisible()
        assert not button.isChecked()
        assert window.rail.button(Stage.SHIPPED).isChecked()
    assert ("Go", "Ctrl+7", "Overview") in window.actions_.sheet()


def test_what_is_searched_stands_among_the_orders(window: MainWindow, page: Page) -> None:
    window.places.show("Overview")
    assert page.field.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.page.isVisible()
    assert window.page.toolbar.search.hasFocus()
    assert window.rail.button(Stage.TO_PREPARE).isChecked()
    window.places.show("Overview")
    QTest.keyClicks(window.rail.place_button("Overview"), "K")
    assert window.page.isVisible()
    assert window.page.toolbar.search.words == "K"


def test_places_need_a_shop(qtbot: QtBot, look: Theme, page: Page) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    window.places.add("Overview", "package", page)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert not window.rail.place_button("Overview").isEnabled()
    assert not window.actions_.places[0].isEnabled()


def test_another_shop_is_shown_with_its_orders(window: MainWindow, page: Page, books: Books, qtbot: QtBot) -> None:
    window.places.show("Overview")
    window.attach(open_shop(books))
    assert window.page.isVisible()
    assert window.rail.button(Stage.TO_PREPARE).isChecked()
    qtbot.waitUntil(lambda: not window.list._running)


def test_a_command_stands_at_the_foot_and_is_on_without_a_shop(qtbot: QtBot, look: Theme) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    pressed: list[str] = []
    command = rail.add_command("lock", "Settings…", "Open the settings")
    command.clicked.connect(lambda: pressed.append("settings"))
    rail.resize(rail.width(), 600)
    rail.show()
    assert command.isEnabled()
    QTest.keyClick(command, Qt.Key.Key_Space)
    assert pressed == ["settings"]
    assert command.accessibleName() == "Open the settings"
    assert command.y() > rail.button(Stage.ENDED).y() + 100


def test_the_rail_is_as_wide_as_its_counts(qtbot: QtBot, look: Theme, qapp: QApplication) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    usual = rail.width()
    told: list[int] = []
    rail.width_changed.connect(told.append)
    rail.open_shop("Seat")
    rail.show_overview(Overview(((Stage.TO_PREPARE, 10_438),), (), (), 1204, 0))
    assert rail.width() > usual
    assert told == [rail.width()]
    rail.close_shop()
    assert rail.width() == usual
    rail.set_narrow(True)
    assert rail.width() < usual


from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.place import Place
from sellerdesk.ui.theme import Theme
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


@pytest.mark.parametrize(("place", "key"), [(Place.OVERVIEW, Qt.Key.Key_7), (Place.CATALOGUE, Qt.Key.Key_8)])
def test_a_place_is_reached_by_rail_menu_and_key(window: MainWindow, place: Place, key: Qt.Key) -> None:
    page, button = window.places.page(place), window.rail.button(place)
    ways: list[Callable[[], None]] = [
        lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton),
        window.actions_.places[place].trigger,
        lambda: QTest.keyClick(window.view, key, CONTROL),
    ]
    for way in ways:
        way()
        assert window.stack.currentWidget() is page
        assert window.places.shown is place
        assert button.isChecked()
        assert not window.rail.button(Stage.TO_PREPARE).isChecked()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.stack.currentWidget() is window.page
        assert window.rail.button(Stage.TO_PREPARE).isChecked()
    assert button.toolTip().endswith(f"(Ctrl+{7 if place is Place.OVERVIEW else 8})")


def test_the_list_is_as_it_was_when_one_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.go_to(Stage.TO_SHIP)
    qtbot.waitUntil(lambda: [row.stage for row in window.model.rows] == [Stage.TO_SHIP])
    window.places.show(Place.OVERVIEW)
    QTest.keyClick(focused_widget(), Qt.Key.Key_Escape)
    assert window.rail.button(Stage.TO_SHIP).isChecked()
    assert window.list.showing.stage is Stage.TO_SHIP
    assert window.view.hasFocus()


def test_a_stage_is_one_step_away_from_a_place(window: MainWindow) -> None:
    window.places.show(Place.CATALOGUE)
    window.rail.button(Stage.PROBLEM).click()
    assert window.stack.currentWidget() is window.page
    assert window.places.shown is None
    assert window.list.showing.stage is Stage.PROBLEM


def test_what_is_typed_or_scanned_is_searched_for(qtbot: QtBot, window: MainWindow) -> None:
    for place in Place:
        window.places.show(place)
        QTest.keyClicks(window.places.page(place), "z")
        assert window.places.shown is None
        assert window.page.toolbar.search.text() == "z"
        window.page.toolbar.search.empty()
    window.places.show(Place.OVERVIEW)
    window.actions_.find.trigger()
    assert window.stack.currentWidget() is window.page
    qtbot.waitUntil(window.page.toolbar.search.hasFocus)


def test_nothing_is_done_to_an_order_out_of_sight(qtbot: QtBot, window: MainWindow) -> None:
    actions = (window.actions_.prepare, window.actions_.copy_reference, window.actions_.panel)
    qtbot.waitUntil(window.actions_.prepare.isEnabled)
    for place in Place:
        window.places.show(place)
        # An order that is read again meanwhile changes nothing about it.
        window.orders.reload()
        qtbot.waitUntil(lambda: window.panel.view is not None)
        assert [action.isEnabled() for action in actions] == [False] * 3
        window.places.leave()
        assert [action.isEnabled() for action in actions] == [True] * 3


def test_without_a_shop_there_is_no_place_to_go_to(qtbot: QtBot, look: Theme) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(window.welcome.page.isVisible)
    for place in Place:
        assert not window.rail.button(place).isEnabled()
        assert not window.actions_.places[place].isEnabled()


def test_nothing_of_a_shop_stays_when_it_is_closed(qtbot: QtBot, window: MainWindow) -> None:
    places = window.places
    for place in Place:
        places.show(place)
    qtbot.waitUntil(lambda: bool(places.catalogue.model.products))
    places.show(Place.OVERVIEW)
    qtbot.waitUntil(lambda: places.overview.page.figures is not None)
    window.detach()
    assert places.shown is None
    assert places.overview.page.figures is None
    assert places.catalogue.model.products == ()


def tab_stops(window: MainWindow, most: int = 60) -> list[QWidget]:
    """Where Tab leads, from where the focus is."""
    stops = []
    for _ in range(most):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        stops.append(focused_widget())
    return stops


def test_tab_reaches_everything_of_the_overview(qtbot: QtBot, window: MainWindow) -> None:
    page = window.places.overview.page
    window.places.show(Place.OVERVIEW)
    qtbot.waitUntil(lambda: page.figures is not None)
    stops = tab_stops(window)
    plots = page.plots
    assert plots is not None
    wanted = [page.currency, page.tables, page.export, *(card.toggle for card in page.cards), plots[0], plots[1]]
    assert [each.accessibleName() or type(each).__name__ for each in wanted if each not in stops] == []
    assert any(each in stops for each in page.period.segments)


def test_tab_reaches_everything_of_the_catalogue(qtbot: QtBot, window: MainWindow) -> None:
    page = window.places.catalogue.page
    window.places.show(Place.CATALOGUE)
    qtbot.waitUntil(lambda: bool(window.places.catalogue.model.products))
    stops = tab_stops(window)
    assert all(each in stops for each in (page.view, page.rates, page.take, page.export))
    QToolTip.hideText()
