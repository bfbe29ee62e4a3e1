"""What somebody new must find: the checkout page, cards to pay with, what to do in a shop without orders; and notes
that leave when they have been read."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.order import Stage
from sellerdesk.services.desk import Mode, OpenShop, PageMoved
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.empty_state import FIRST_COMMANDS
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import NOTE_STAYS_MS, Kind, NoticeBar, from_error
from sellerdesk.ui.notices import Notice as Said
from sellerdesk.ui.sheets import TEST_CARDS
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.dressing import words_of
from tests.ui.sample_orders import order, problem_order

Open = Callable[..., MainWindow]
PAGE = "http://127.0.0.1:9/"


class Browser(QObject):
    """Takes the addresses that would go to the browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser(qapp: QApplication) -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("http", made, "open")  # type: ignore[arg-type]
    yield made
    QDesktopServices.unsetUrlHandler("http")


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme) -> Open:
    def open_it(shop: OpenShop) -> MainWindow:
        window = MainWindow(FakeOpener(shop), look, Remembers())
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.list.overview is not None and not window.list._running)
        return window

    return open_it


def test_the_checkout_page_is_a_click_away(open_window: Open, books: Books, browser: Browser) -> None:
    books.add(order())
    window = open_window(open_shop(books, Mode.DEMO))
    assert window.rail.page.isVisible()
    assert PAGE in window.rail.page.toolTip()
    QTest.mouseClick(window.rail.page, Qt.MouseButton.LeftButton)
    QTest.keyClick(window.rail.page, Qt.Key.Key_Space)
    window.actions_.shop_page.trigger()
    assert browser.opened == [PAGE] * 3
    window.rail.copy_page.click()
    assert QApplication.clipboard().text() == PAGE
    QApplication.clipboard().clear()
    window.actions_.copy_page.trigger()
    assert QApplication.clipboard().text() == PAGE


def test_a_shop_without_a_known_page_has_no_link_to_one(open_window: Open, books: Books) -> None:
    books.add(order())
    window = open_window(open_shop(books, page=""))
    assert not window.rail.page.isVisible()
    assert not window.rail.copy_page.isVisible()
    assert not window.actions_.shop_page.isEnabled()
    assert not window.actions_.copy_page.isEnabled()


def test_a_page_that_is_started_later_shows_by_itself(
    qtbot: QtBot, open_window: Open, books: Books, browser: Browser
) -> None:
    books.add(problem_order())
    window = open_window(open_shop(books, page=""))
    window.go_to(Stage.PROBLEM)
    assert books.told is not None
    books.told(PageMoved(PAGE))
    qtbot.waitUntil(window.rail.page.isVisible)
    assert window.actions_.shop_page.isEnabled()
    qtbot.waitUntil(lambda: window.orders.view is not None)
    window.orders.copy_link()
    assert QApplication.clipboard().text().startswith(f"{PAGE}o/")
    window.rail.page.click()
    assert browser.opened == [PAGE]
    books.told(PageMoved(""))
    qtbot.waitUntil(lambda: not window.rail.page.isVisible())
    assert not window.actions_.shop_page.isEnabled()


@pytest.mark.parametrize("mode", [Mode.DEMO, Mode.TEST])
def test_cards_to_pay_with(qtbot: QtBot, open_window: Open, books: Books, mode: Mode) -> None:
    window = open_window(open_shop(books, mode))
    QTest.mouseClick(window.rail.cards, Qt.MouseButton.LeftButton)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    words = words_of(sheet)
    for number, what in TEST_CARDS:
        assert number in words
        assert what in words
    sheet.findChildren(IconButton)[0].click()
    assert QApplication.clipboard().text() == "4242424242424242"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert window.actions_.test_cards.isEnabled()


def test_no_test_cards_where_money_is_real(open_window: Open, books: Books) -> None:
    window = open_window(open_shop(books, Mode.LIVE))
    assert not window.rail.cards.isVisible()
    assert not window.actions_.test_cards.isEnabled()


def test_a_new_shop_says_what_comes_first(open_window: Open, books: Books) -> None:
    window = open_window(open_shop(books, page=""))
    for stage in (Stage.TO_PREPARE, Stage.SHIPPED):
        window.go_to(stage)
        assert window.page.empty.isVisible()
        assert window.page.empty.title == "No orders yet"
        for command in FIRST_COMMANDS:
            assert command in words_of(window.page.empty)
            assert command in window.page.empty.accessibleName()
    window.page.empty.way.click()
    assert QApplication.clipboard().text() == "\n".join(FIRST_COMMANDS)


def test_a_new_shop_with_a_page_leads_there(open_window: Open, books: Books, browser: Browser) -> None:
    window = open_window(open_shop(books))
    assert window.page.empty.title == "No orders yet"
    assert FIRST_COMMANDS[0] not in words_of(window.page.empty)
    window.page.empty.way.click()
    assert browser.opened == [PAGE]


def test_a_note_leaves_by_itself_and_a_failure_stays(qtbot: QtBot, look: Theme) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.say(Said(Kind.NOTE, "Captured 96.30 EUR."))
    assert bar._leaving.isActive()
    assert bar._leaving.interval() == NOTE_STAYS_MS
    bar._leaving.timeout.emit()
    assert bar.isHidden()
    bar.say(Said(Kind.NOTE, "Captured 96.30 EUR."))
    bar.say(from_error(OurBug("Two answers were taken for one.")))
    assert not bar._leaving.isActive()
    bar._leaving.timeout.emit()
    bar.clear_note()
    assert bar.isVisible()


def test_a_note_leaves_when_something_else_begins(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(order())
    window = open_window(open_shop(books))
    qtbot.waitUntil(lambda: window.panel.view is not None)
    window.notices.note("Order K7QP-3MX2 is shipped.")
    window.go_to(Stage.SHIPPED)
    assert window.bar.notice is None
    window.go_to(Stage.TO_PREPARE)
    qtbot.waitUntil(lambda: window.panel.view is not None)
    window.notices.note("Order K7QP-3MX2 is shipped.")
    window.orders.prepare()
    assert window.bar.notice is None
    assert window.orders.dialog is not None
    window.orders.dialog.close()
    window.notices.error(OurBug("Two answers were taken for one."))
    window.go_to(Stage.ENDED)
    assert window.bar.notice is not None


def test_the_window_opens_within_the_screen(qtbot: QtBot, look: Theme) -> None:
    window = MainWindow(FakeOpener(None), look, Remembers())
    qtbot.addWidget(window)
    room = QGuiApplication.primaryScreen().availableGeometry()
    # With some of it left for a title bar, or the status bar is below the edge.
    assert window.height() <= room.height() - 24
    assert window.width() <= room.width()
