"""Everything that can be used has a name, in every page and every dialog; no label guesses at mark-up; no two keys are
the same; Tab goes everywhere."""

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.services.desk import Mode
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.side_pages import CATALOGUE, OVERVIEW
from sellerdesk.ui.theme import Theme
from tests.ui.access import guessing_labels, nameless
from tests.ui.conftest import Books, FakeOpener, Remembers, focused_widget, open_shop
from tests.ui.real_shop import RealShop, held, real_shop
from tests.ui.sample_orders import (
    captured_order,
    endless_order,
    facts,
    hostile_order,
    order,
    problem_order,
    shipped_order,
    with_operation,
)

__all__ = ["real_shop"]

ORDERS = {
    "held": order(),
    "captured": captured_order(),
    "shipped": shipped_order(),
    "refused": problem_order(),
    "unfinished": order(facts("requires_action")),
    "ended": order(facts("canceled", cancellation_reason="automatic")),
    "waiting": with_operation(order(), OperationState.UNKNOWN),
    "to decide": with_operation(order(), OperationState.REVIEW),
    "hostile": hostile_order(),
    "endless": endless_order(),
}
# What leads out of the window: no dialog of ours.
LEADS_OUT = {"Quit", "Open demo shop"}

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _address: True)

    def open_it(given: Order | None = None) -> MainWindow:
        shop = open_shop(books, Mode.DEMO) if given is not None else None
        if given is not None:
            books.add(given)
        window = MainWindow(FakeOpener(shop), look, Remembers())
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        if given is None:
            qtbot.waitUntil(window.welcome.page.isVisible)
        else:
            qtbot.waitUntil(lambda: window.list.overview is not None and not window.list._running)
        return window

    return open_it


def show_stage_of(window: MainWindow, qtbot: QtBot) -> None:
    """Go to where the one order is."""
    for stage in Stage:
        window.rail.button(stage).click()
        qtbot.waitUntil(lambda: not window.list._running)
        if window.model.rowCount():
            qtbot.waitUntil(lambda: window.panel.view is not None)
            return


def open_dialogs() -> list[QDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def entries(menu: QMenu) -> list[QAction]:
    """Everything that can be chosen in a menu and in those below it."""
    found: list[QAction] = []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            found += entries(below)
        elif not action.isSeparator():
            found.append(action)
    return found


def walk_the_menus(window: MainWindow, qtbot: QtBot) -> tuple[list[str], int]:
    """Choose every entry that is on, look at the dialog it opens, leave it; what was found, and how many there were."""
    found: list[str] = []
    dialogs = 0
    menus = [action.menu() for action in window.menuBar().actions()]
    for action in [each for menu in menus if isinstance(menu, QMenu) for each in entries(menu)]:
        words = action.text().replace("&", "").removesuffix("…")
        assert words
        if not action.isEnabled() or words in LEADS_OUT:
            continue
        action.trigger()
        QApplication.processEvents()
        for dialog in open_dialogs():
            dialogs += 1
            found += [f"{words}: {line}" for line in nameless(dialog)]
            assert guessing_labels(dialog) == []
            dialog.reject()
        for menu in (window.page.toolbar.filter.menu_,):
            menu.close()
        qtbot.waitUntil(lambda: not open_dialogs())
        found += [f"after {words}: {line}" for line in nameless(window)]
    return found, dialogs


@pytest.mark.parametrize("given", ORDERS.values(), ids=ORDERS.keys())
def test_the_window_with_every_kind_of_order(qtbot: QtBot, open_window: Open, given: Order) -> None:
    window = open_window(given)
    for stage in Stage:
        window.rail.button(stage).click()
        qtbot.waitUntil(lambda: not window.list._running)
        assert nameless(window) == []
        assert guessing_labels(window) == []
    qtbot.waitUntil(lambda: not window.list._running)


@pytest.mark.parametrize("kind", ["held", "captured", "refused", "unfinished"])
def test_everything_the_menus_open(qtbot: QtBot, open_window: Open, kind: str) -> None:
    window = open_window(ORDERS[kind])
    show_stage_of(window, qtbot)
    found, dialogs = walk_the_menus(window, qtbot)
    assert found == []
    assert dialogs >= (4 if kind in {"held", "captured"} else 3)


def test_the_menus_before_there_is_a_shop(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    assert nameless(window) == []
    assert guessing_labels(window) == []
    found, dialogs = walk_the_menus(window, qtbot)
    assert found == []
    assert dialogs >= 3


def test_the_menus_of_the_window_itself(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(ORDERS["held"])
    show_stage_of(window, qtbot)
    window.page.toolbar.filter.open_menu()
    window.panel.head.more.click()
    for menu in (window.page.toolbar.filter.menu_, window.panel.head.more.menu_):
        assert menu.isVisible()
        assert all(action.text() for action in menu.actions() if not action.isSeparator())
        menu.close()


def test_the_places(qtbot: QtBot, real_shop: Callable[..., RealShop]) -> None:
    shop = real_shop(held())
    overview, catalogue = shop.window.side.overview.page, shop.window.side.catalogue.page
    for place, is_shown in ((OVERVIEW, lambda: overview.figures is not None), (CATALOGUE, catalogue.view.isVisible)):
        shop.go_to(place)
        qtbot.waitUntil(is_shown)
        assert nameless(shop.window) == []
        assert guessing_labels(shop.window) == []


def test_a_narrow_window(open_window: Open) -> None:
    window = open_window(ORDERS["held"])
    window.resize(800, 600)
    window.page.open_drawer(True)
    assert nameless(window) == []


def test_a_button_without_a_name_is_found(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    rows = QVBoxLayout(page)
    rows.addWidget(QPushButton("Named"))
    rows.addWidget(QPushButton())
    page.show()
    assert len(nameless(page)) == 2  # once as a widget, once as a screen reader comes by


def test_no_two_actions_have_the_same_key(qtbot: QtBot, look: Theme) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    qtbot.addWidget(window)
    keys = Counter(
        action.shortcut().toString() for action in window.findChildren(QAction) if not action.shortcut().isEmpty()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    assert keys["F5"] == 1


def test_tab_walks_through_the_whole_window(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(ORDERS["held"])
    qtbot.waitUntil(lambda: window.panel.view is not None)
    window.view.setFocus()
    visited: list[QWidget] = []
    for _ in range(60):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        visited.append(focused_widget())
        if visited[-1] is window.view:
            break
    assert visited[-1] is window.view, "Tab does not come round"
    assert len(set(visited)) == len(visited)
    toolbar, head = window.page.toolbar, window.panel.head
    for wanted in (toolbar.search, toolbar.filter, toolbar.sync, head.primary, head.more):
        assert wanted in visited
    # In the order in which one reads: from the bar above the list to the order beside it.
    places = [visited.index(each) for each in (head.primary, head.more)]
    assert places == sorted(places)
