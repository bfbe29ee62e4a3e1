"""Where the keyboard is can be seen: each stop of Tab looks other with the focus than without."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Order, Stage
from sellerdesk.services.desk import Mode
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.side_pages import CATALOGUE, OVERVIEW
from sellerdesk.ui.theme import Scheme, Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.dressing import dressed
from tests.ui.real_shop import RealShop, held, real_shop
from tests.ui.sample_orders import captured_order, order, problem_order

__all__ = ["real_shop"]

# The ring stands this far outside of a button.
RING = 5
Open = Callable[[Order], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books) -> Open:
    def open_it(given: Order) -> MainWindow:
        books.add(given)
        window = MainWindow(FakeOpener(open_shop(books, Mode.DEMO)), look, Remembers())
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.list.overview is not None and not window.list._running)
        return window

    return open_it


def stops(window: QWidget) -> list[QWidget]:
    """Every stop of Tab, from the first one round to it again."""
    found: list[QWidget] = []
    while len(found) < 200:
        focused = window.focusWidget()
        assert focused is not None
        if focused in found:
            return found
        found.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    raise AssertionError("Tab does not come round")


def picture(window: QWidget, around: QWidget) -> QImage:
    QApplication.processEvents()
    corner = around.mapTo(window, QPoint(0, 0))
    place = QRect(corner, around.size()).adjusted(-RING, -RING, RING, RING)
    return window.grab(place.intersected(window.rect())).toImage()


def unseen(window: QWidget) -> list[str]:
    """Stops that look the same with the focus and without."""
    found = []
    for here in stops(window):
        here.clearFocus()
        without = picture(window, here)
        here.setFocus(Qt.FocusReason.TabFocusReason)
        if picture(window, here) == without:
            found.append(f"{type(here).__name__} “{here.accessibleName()}”")
    return found


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_in_the_window(open_window: Open, qtbot: QtBot, scheme: Scheme) -> None:
    dressed(scheme)
    window = open_window(order())
    qtbot.waitUntil(lambda: window.panel.view is not None)
    window.view.setFocus()
    assert unseen(window) == []
    dressed()


def test_in_a_problem(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(problem_order())
    window.go_to(Stage.PROBLEM)
    qtbot.waitUntil(lambda: window.panel.view is not None)
    window.view.setFocus()
    assert unseen(window) == []


def test_in_an_empty_stage(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(order())
    window.go_to(Stage.SHIPPED)
    qtbot.waitUntil(window.page.empty.isVisible)
    window.page.empty.way.setFocus()
    assert window.view not in stops(window)
    assert unseen(window) == []


def test_in_the_places(qtbot: QtBot, real_shop: Callable[..., RealShop]) -> None:
    shop = real_shop(held())
    overview, catalogue = shop.window.side.overview.page, shop.window.side.catalogue.page
    shop.window.activateWindow()
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(lambda: overview.figures is not None)
    overview.setFocus()
    assert unseen(shop.window) == []
    shop.go_to(CATALOGUE)
    qtbot.waitUntil(catalogue.view.isVisible)
    catalogue.view.setFocus()
    assert unseen(shop.window) == []


@pytest.mark.parametrize("wanted", ["prepare", "ship", "release", "connect_stripe", "keys", "test_cards", "settings"])
def test_in_the_dialogs(open_window: Open, qtbot: QtBot, wanted: str) -> None:
    ships = wanted == "ship"
    window = open_window(captured_order() if ships else order())
    window.go_to(Stage.TO_SHIP if ships else Stage.TO_PREPARE)
    qtbot.waitUntil(lambda: window.panel.view is not None)
    getattr(window.actions_, wanted).trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert unseen(dialog) == []
    dialog.reject()


def test_what_does_not_fit_into_the_panel_is_read_by_keyboard(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(order())
    window.resize(1440, 500)
    qtbot.waitUntil(lambda: window.panel.view is not None)
    bar = window.panel.body.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    window.view.setFocus()
    assert window.panel.body in stops(window)
    window.panel.body.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.panel.body, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    window.resize(1440, 2000)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    window.view.setFocus()
    assert window.panel.body not in stops(window)
