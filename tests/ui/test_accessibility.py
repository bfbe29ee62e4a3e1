"""Everything that can have the focus has a name, no label guesses at mark-up, and no two keys are the same."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Order, Stage
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, focused_widget, open_shop
from tests.ui.sample_orders import captured_order, hostile_order, order, problem_order, shipped_order


def nameless(window: QWidget) -> list[str]:
    """Visible widgets that take the focus by Tab and say nothing."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy():
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def guessing_labels(window: QWidget) -> list[str]:
    """Labels that would take a shopper's text for mark-up."""
    return [each.text() for each in window.findChildren(QLabel) if each.textFormat() is not Qt.TextFormat.PlainText]


@pytest.mark.parametrize("given", [order(), captured_order(), shipped_order(), problem_order(), hostile_order()])
def test_the_window_with_an_order(qtbot: QtBot, look: Theme, books: Books, given: Order) -> None:
    books.add(given)
    window = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window.list.overview is not None)
    for stage in Stage:
        window.rail.button(stage).click()
        qtbot.waitUntil(lambda: not window.list._running)
        assert nameless(window) == []
        assert guessing_labels(window) == []
    qtbot.waitUntil(lambda: not window.list._running)


def test_the_first_start(qtbot: QtBot, look: Theme) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert nameless(window) == []
    assert guessing_labels(window) == []


def test_no_two_actions_have_the_same_key(qtbot: QtBot, look: Theme) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    qtbot.addWidget(window)
    keys = Counter(
        action.shortcut().toString() for action in window.findChildren(QAction) if not action.shortcut().isEmpty()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    assert keys["F5"] == 1


def test_tab_walks_through_the_whole_window(qtbot: QtBot, look: Theme, books: Books) -> None:
    books.add(order())
    window = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.panel.view is not None)
    visited: list[QWidget] = []
    for _ in range(40):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        visited.append(focused_widget())
    for wanted in (window.view, window.page.toolbar.search, window.page.toolbar.sync, window.panel.head.primary):
        assert wanted in visited
