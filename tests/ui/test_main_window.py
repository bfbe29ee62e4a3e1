"""The window as a person uses it: opening, stages, search and scanner, prepare and ship, news, trouble, closing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import AnswerNotSaved, DatabaseUnusable, OrderChanged, OurBug, Rejected
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.standing import Behind, CaughtUp
from sellerdesk.services.desk import BackupNews, Mode, Synced, Trouble
from sellerdesk.ui.dialogs.prepare import PrepareDialog
from sellerdesk.ui.dialogs.ship import ShipDialog
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import Kind
from sellerdesk.ui.order_list import FIRST, PAGE
from sellerdesk.ui.theme import Scheme, Theme
from tests.ui.conftest import Books, Ears, FakeOpener, Remembers, changed, focused_widget, open_shop
from tests.ui.dressing import words_of
from tests.ui.sample_orders import NOW, captured_order, order, problem_order, with_operation

Open = Callable[..., MainWindow]


def numbered(number: int, given: Order | None = None) -> Order:
    return replace(given or order(), id=f"{number:032d}", reference=f"K7QP000{number}")


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books, ears: Ears) -> Open:
    """Opens a window on a shop with three held orders, and waits until they are shown."""

    def open_it(opener: FakeOpener | None = None, *, wait: bool = True) -> MainWindow:
        if not books.orders:
            books.add(*(numbered(number) for number in (1, 2, 3)))
        window = MainWindow(opener or FakeOpener(open_shop(books)), look, Remembers())
        window.notices.speak_through(ears)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        if wait:
            qtbot.waitUntil(lambda: window.model.rowCount() > 0 and window.panel.view is not None)
        return window

    return open_it


def test_it_shows_itself_before_the_shop_is_open(qtbot: QtBot, open_window: Open, books: Books) -> None:
    opener = FakeOpener(open_shop(books))
    opener.gate.clear()
    window = open_window(opener, wait=False)
    qtbot.waitUntil(lambda: window.keeper.is_busy)
    assert window.band.word == "NO SHOP"
    assert window.opening.isVisible()
    assert window.opening.sentence == "Opening your shop…"
    assert not window.rail.button(Stage.TO_PREPARE).isEnabled()
    opener.gate.set()
    qtbot.waitUntil(lambda: window.band.word == "TEST")
    assert "TEST" in window.windowTitle()
    assert "no real money" in window.band.sentence
    assert window.band.note == "Key …h7Qx, read from the system keyring"


def test_the_first_start_offers_two_ways(qtbot: QtBot, open_window: Open, books: Books) -> None:
    opener = FakeOpener(None, demo=open_shop(books, Mode.DEMO, "http://127.0.0.1:4242"))
    opener.gate.set()
    window = open_window(opener, wait=False)
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert window.status.sentence == "Not connected"
    opener.gate.clear()
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.opening.step == "Day 3 of 7: Ola ships two orders")
    opener.gate.set()
    qtbot.waitUntil(lambda: window.band.word == "DEMO")
    assert "Not Stripe: talking to http://127.0.0.1:4242" in window.band.sentence
    assert window.band.note.startswith("Clock: Mon 23 Nov, ")


def test_a_shop_that_cannot_be_opened_leads_to_the_two_ways(qtbot: QtBot, open_window: Open, ears: Ears) -> None:
    window = open_window(FakeOpener(DatabaseUnusable("The database is damaged.")), wait=False)
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert "The database is damaged." in ears.words
    assert ears.heard[0].kind is Kind.WORLD


def test_stages_and_counts(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(*(numbered(number) for number in (1, 2)), numbered(3, problem_order()))
    window = open_window()
    assert window.rail.button(Stage.TO_PREPARE).accessibleName() == "To prepare, 2 orders, 1 lapses within 24 hours"
    assert window.rail.button(Stage.PROBLEM).accessibleName() == "Problems, 1 order"
    QTest.keyClick(window.view, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [row.stage for row in window.model.rows] == [Stage.PROBLEM])
    assert window.rail.button(Stage.PROBLEM).isChecked()
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.reference == "K7QP0003")
    window.go_to(Stage.SHIPPED)
    qtbot.waitUntil(window.page.empty.isVisible)
    assert window.page.empty.title == "Nothing shipped yet"
    qtbot.waitUntil(lambda: window.panel.view is None)
    QTest.mouseClick(window.page.empty.way, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.model.rowCount() == 2)


def test_the_panel_follows_the_selection(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    QTest.keyClick(window.view, Qt.Key.Key_Down)
    QTest.keyClick(window.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.reference == "K7QP0003")


def test_a_day_with_the_keyboard_alone(qtbot: QtBot, open_window: Open, books: Books, ears: Ears) -> None:
    window = open_window()
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.orders.dialog, PrepareDialog))
    dialog = window.orders.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert books.commands == []
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(ears.heard) == 1)
    # The kettle was out of stock.
    assert ears.heard[0].text.startswith("Captured 96.30\u00a0EUR for order K7QP-0001. 32.10\u00a0EUR went back")
    qtbot.waitUntil(lambda: window.orders.dialog is None)
    qtbot.waitUntil(lambda: window.model.rowCount() == 2)
    # The next order has taken its place.
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.reference == "K7QP0002")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [row.stage for row in window.model.rows] == [Stage.TO_SHIP])
    qtbot.waitUntil(lambda: window.orders.next_stage is Stage.TO_SHIP)
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.orders.dialog, ShipDialog))
    ship = window.orders.dialog
    assert ship is not None
    qtbot.waitUntil(ship.isActiveWindow)
    QTest.keyClicks(focused_widget(), "00340434161094042557")
    QTest.keyClick(focused_widget(), Qt.Key.Key_Return)
    assert len(books.commands) == 1
    qtbot.waitUntil(ship.go.isEnabled)
    QTest.keyClick(ship, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(ears.heard) == 2)
    assert "K7QP-0001 is shipped" in ears.heard[1].text
    qtbot.waitUntil(lambda: window.model.rowCount() == 0)
    assert len(books.commands) == 2


def test_capturing_is_shown_at_once_and_pressing_twice_is_one(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window()
    books.gate.clear()
    window.orders.prepare()
    dialog = window.orders.dialog
    assert isinstance(dialog, PrepareDialog)
    dialog.go.click()
    dialog.go.click()
    qtbot.waitUntil(books.started.is_set)
    row = window.model.rows[0]
    assert row.open_operation is not None
    assert row.open_operation.state is OperationState.SENDING
    assert window.panel.view is not None
    assert window.panel.view.order.open_operation is not None
    assert not window.actions_.prepare.isEnabled()
    window.orders.prepare()
    # News that comes meanwhile does not take the chip away.
    seen = len(books.queries)
    changed(books)
    qtbot.waitUntil(lambda: len(books.queries) > seen)
    assert window.model.rows[0].open_operation is not None
    books.gate.set()
    qtbot.waitUntil(lambda: window.model.rowCount() == 2)
    assert len(books.commands) == 1
    assert all(row.open_operation is None for row in window.model.rows)


@pytest.mark.parametrize(
    ("error", "kind", "part"),
    [
        (
            Rejected("Stripe refused the capture.", code="capture_charge_authorization_expired"),
            Kind.WORLD,
            "Nothing was captured",
        ),
        (DatabaseUnusable("The disk is full."), Kind.WORLD, "nothing is asked twice"),
        (
            AnswerNotSaved(DatabaseUnusable("The disk is full.")),
            Kind.WORLD,
            "What Stripe has done stays",
        ),
        (OurBug("The sums do not add up."), Kind.BUG, "never guessed"),
        (ZeroDivisionError("x"), Kind.BUG, "mistake of its own"),
    ],
)
def test_what_goes_wrong_is_said_in_three_sentences(
    qtbot: QtBot, open_window: Open, books: Books, ears: Ears, error: Exception, kind: Kind, part: str
) -> None:
    window = open_window()
    books.fail_with = error
    window.orders.prepare()
    dialog = window.orders.dialog
    assert dialog is not None
    dialog.go.click()
    qtbot.waitUntil(lambda: len(ears.heard) == 1)
    assert ears.heard[0].kind is kind
    assert part in ears.heard[0].text
    qtbot.waitUntil(lambda: window.orders.next_stage is Stage.TO_PREPARE)
    assert window.model.rowCount() == 3
    assert window.model.rows[0].open_operation is None


def test_a_rule_says_no_in_the_dialog_itself(qtbot: QtBot, open_window: Open, books: Books, ears: Ears) -> None:
    window = open_window()
    books.fail_with = OrderChanged()
    window.orders.prepare()
    dialog = window.orders.dialog
    assert isinstance(dialog, PrepareDialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: "changed while you were looking" in words_of(dialog))
    assert ears.heard == []
    assert dialog.isVisible()


def test_a_lost_answer_leaves_the_order_waiting(qtbot: QtBot, open_window: Open, books: Books, ears: Ears) -> None:
    books.add(numbered(1, with_operation(order(), OperationState.UNKNOWN)))
    window = open_window()
    assert window.orders.next_stage is None
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    assert window.orders.dialog is None
    assert "1 operation waits for an answer" in window.status.sentence
    assert not window.actions_.prepare.isEnabled()


def test_typing_anywhere_searches_in_every_stage(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(numbered(1), numbered(2, replace(captured_order(), shopper=replace(order().shopper, name="田中 愛子"))))
    window = open_window()
    QTest.keyClicks(window.view, "z")
    QTest.keyClicks(focused_widget(), "o")
    assert window.page.toolbar.search.words == "zo"
    qtbot.waitUntil(lambda: books.queries[-1].text == "zo")
    assert books.queries[-1].stage is None
    qtbot.waitUntil(lambda: [row.reference for row in window.model.rows] == ["K7QP0001"])
    window.page.toolbar.search.setText("nobody <b>")
    qtbot.waitUntil(window.page.empty.isVisible)
    assert "nobody <b>" in window.page.empty.title
    QTest.keyClick(window.page.toolbar.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: books.queries[-1].stage is Stage.TO_PREPARE)
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)


def test_a_scanner_finds_an_order_and_presses_nothing(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(*(numbered(number) for number in (1, 2)), numbered(3, captured_order()))
    window = open_window()
    for code, reference in (("k7qp-0002", "K7QP0002"), ("K7QP0003", "K7QP0003")):
        for letter in code:
            QTest.keyClicks(focused_widget(), letter)
        # Some scanners send two.
        QTest.keyClick(focused_widget(), Qt.Key.Key_Return)
        QTest.keyClick(focused_widget(), Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda reference=reference: (  # type: ignore[misc]
                window.panel.view is not None and window.panel.view.order.reference == reference
            )
        )
    assert window.orders.dialog is None
    assert books.commands == []
    QTest.keyClick(focused_widget(), Qt.Key.Key_Down)
    assert window.view.hasFocus()
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.orders.dialog, ShipDialog))


def test_news_is_read_once_however_often_it_comes(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window()
    before = len(books.queries)
    books.add(numbered(4))
    for _ in range(50):
        changed(books)
    qtbot.waitUntil(lambda: window.model.rowCount() == 4)
    assert len(books.queries) - before <= 3


def test_an_order_prepared_elsewhere_changes_here(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window()
    books.orders[f"{1:032d}"] = numbered(1, captured_order())
    changed(books)
    qtbot.waitUntil(lambda: window.model.rowCount() == 2)
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.reference == "K7QP0002")


def test_agreement_and_trouble_are_said(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window()
    assert books.told is not None
    books.told(Synced(NOW - 240))
    qtbot.waitUntil(lambda: window.status.sentence.startswith("Up to date with Stripe, asked "))
    assert window.page.toolbar.sync_state.label.full_text == "Synced 4 min ago"
    books.told(Trouble("No connection to Stripe. Nothing is lost; SellerDesk tries again in a minute."))
    qtbot.waitUntil(lambda: window.status.sentence.startswith("No connection"))
    books.told(Trouble(""))
    qtbot.waitUntil(lambda: window.status.sentence.startswith("Stripe answers again."))
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert books.syncs == 1


def test_a_database_from_the_past_and_a_backup_that_fails_are_said(
    qtbot: QtBot, open_window: Open, books: Books, ears: Ears
) -> None:
    window = open_window()
    assert books.told is not None
    books.told(Behind(NOW - 3600))
    qtbot.waitUntil(lambda: "before anything is sent." in window.status.sentence)
    assert window.status.sentence.startswith("This database is from ")
    books.told(CaughtUp(NOW - 3600, NOW, 4))
    qtbot.waitUntil(lambda: "4 orders were brought up to date with Stripe." in ears.words)
    assert "before anything is sent." not in window.status.sentence
    problem = "No backup could be made: the disk is full. The database is as it was, and orders go on."
    books.told(BackupNews(problem))
    qtbot.waitUntil(lambda: window.status.sentence == problem)
    books.told(BackupNews(""))
    qtbot.waitUntil(lambda: window.status.sentence != problem)


def test_a_reading_that_fails_is_said_and_tried_again(
    qtbot: QtBot, open_window: Open, books: Books, ears: Ears
) -> None:
    window = open_window()
    books.fail_reads_with = DatabaseUnusable("The database is locked.")
    changed(books)
    qtbot.waitUntil(lambda: "The database is locked." in ears.words)
    assert window.model.rowCount() == 3
    books.fail_reads_with = None
    books.add(numbered(4))
    changed(books)
    qtbot.waitUntil(lambda: window.model.rowCount() == 4)


def test_pages_grow_while_one_scrolls(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(*(replace(order(), id=f"{number:032d}", reference=f"K7Q{number:05d}") for number in range(450)))
    window = open_window()
    assert window.model.rowCount() == FIRST
    bar = window.view.verticalScrollBar()
    bar.setValue(bar.maximum() - window.view.viewport().height() // 2)
    qtbot.waitUntil(lambda: window.model.rowCount() >= FIRST + PAGE)
    window.view.scrollToBottom()
    qtbot.waitUntil(lambda: window.model.rowCount() == 450)
    changed(books)
    qtbot.waitUntil(lambda: books.queries[-1].limit == 450)
    assert len({row.id for row in window.model.rows}) == 450
    window.go_to(Stage.TO_SHIP)
    qtbot.waitUntil(lambda: books.queries[-1].stage is Stage.TO_SHIP)
    assert books.queries[-1].limit == FIRST


def test_small_windows_get_a_drawer_and_a_narrow_rail(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    assert window.panel.isVisible()
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.page.is_drawer)
    assert not window.panel.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert window.panel.isVisible()
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    assert not window.panel.isVisible()
    assert window.rail.width() < 100
    assert window.band.word == "TEST"


def test_copying_and_the_colours(qtbot: QtBot, open_window: Open, look: Theme) -> None:
    window = open_window()
    window.actions_.copy_reference.trigger()
    assert QApplication.clipboard().text() == "K7QP-0001"
    window.actions_.copy_address.trigger()
    assert QApplication.clipboard().text().startswith("Zoë Lefèvre-Okafor\n14 rue de la Part-Dieu")
    window.actions_.scheme_chosen.emit(Scheme.DARK)
    assert look.tokens.dark
    assert not window.grab().isNull()


def test_another_shop_replaces_the_first(qtbot: QtBot, open_window: Open, books: Books) -> None:
    other = Books()
    other.add(numbered(7))
    books.add(*(numbered(number) for number in (1, 2)))
    window = open_window(FakeOpener(open_shop(books), open_shop(other, Mode.DEMO)))
    window.keeper.open_demo()
    qtbot.waitUntil(lambda: [row.reference for row in window.model.rows] == ["K7QP0007"])
    assert books.closed == 1
    assert books.told is None
    assert window.band.word == "DEMO"


def test_it_closes_at_once_while_work_runs(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window()
    books.gate.clear()
    window.orders.prepare()
    dialog = window.orders.dialog
    assert dialog is not None
    dialog.go.click()
    qtbot.waitUntil(books.started.is_set)
    dialog.close()
    window.close()
    assert not window.isVisible()
    assert window.finish(10)
    assert books.closed == 1
    books.gate.set()
    assert window.tasks.close(10)


def test_keys_and_about_are_sheets_of_plain_text(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    assert any(key == "Ctrl+1" for _, key, _ in window.actions_.sheet())
    for action in (window.actions_.keys, window.actions_.about):
        action.trigger()
        sheet = QApplication.activeModalWidget()
        assert sheet is not None
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
