"""The rail with pages beside the orders, with commands at its foot, and as wide as its counts need."""

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
    made.places.add("Elsewhere", "package", page)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.panel.view is not None)
    return made


def test_a_place_is_shown_by_rail_menu_and_key(window: MainWindow, page: Page) -> None:
    button = window.rail.place_button("Elsewhere")
    entry = window.actions_.places[-1]
    ways: list[Callable[[], None]] = [
        button.click,
        entry.trigger,
        lambda: QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier),
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
    assert ("Go", "Ctrl+9", "Elsewhere") in window.actions_.sheet()


def test_what_is_searched_stands_among_the_orders(window: MainWindow, page: Page) -> None:
    window.places.show("Elsewhere")
    assert page.field.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.page.isVisible()
    assert window.page.toolbar.search.hasFocus()
    assert window.rail.button(Stage.TO_PREPARE).isChecked()
    window.places.show("Elsewhere")
    QTest.keyClicks(window.rail.place_button("Elsewhere"), "K")
    assert window.page.isVisible()
    assert window.page.toolbar.search.words == "K"


def test_places_need_a_shop(qtbot: QtBot, look: Theme, page: Page) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    window.places.add("Elsewhere", "package", page)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert not window.rail.place_button("Elsewhere").isEnabled()
    assert not window.actions_.places[-1].isEnabled()


def test_another_shop_is_shown_with_its_orders(window: MainWindow, page: Page, books: Books, qtbot: QtBot) -> None:
    window.places.show("Elsewhere")
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
