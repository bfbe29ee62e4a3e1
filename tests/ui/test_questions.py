"""Open questions in the window: checking at once, deciding, and Stripe out of reach and back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import DatabaseUnusable, OutcomeUnknown
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.services.desk import Synced, Trouble
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import Kind
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, Ears, FakeOpener, Remembers, changed, focused_widget, open_shop
from tests.ui.dressing import words_of
from tests.ui.sample_orders import NOW, captured_order, order, with_operation

Open = Callable[[Order], MainWindow]
WAITING = with_operation(order(), OperationState.UNKNOWN)
OFFLINE = "Stripe could not be reached. Nothing was changed; it is read again later."


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books, ears: Ears) -> Open:
    def open_it(given: Order) -> MainWindow:
        books.add(given)
        window = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
        window.notices.speak_through(ears)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.panel.view is not None)
        return window

    return open_it


def test_checking_now_finds_what_happened(qtbot: QtBot, open_window: Open, books: Books, ears: Ears) -> None:
    window = open_window(WAITING)
    question = window.panel.head.question
    books.found[WAITING.id] = captured_order(id=WAITING.id)
    books.gate.clear()
    question.check_now.setFocus()
    QTest.keyClick(question.check_now, Qt.Key.Key_Space)
    assert not question.check_now.isEnabled()
    QTest.keyClick(window.panel, Qt.Key.Key_Space)
    books.gate.set()
    qtbot.waitUntil(lambda: window.model.rowCount() == 0)
    assert books.checks == 1
    assert not question.isVisible()
    assert ears.heard[-1].kind is Kind.NOTE
    assert "Stripe has answered. 96.30\u00a0EUR was captured, once." in ears.heard[-1].text


def test_what_has_not_happened_is_said_where_one_looks(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(WAITING)
    question = window.panel.head.question
    question.check_now.click()
    qtbot.waitUntil(question.seen.isVisible)
    assert "Stripe shows nothing of it so far." in question.seen.full_text
    assert question.check_now.isEnabled()
    # It stays while time goes on, and leaves with the order.
    window.panel.tick()
    assert question.seen.isVisible()
    books.orders[WAITING.id] = order()
    changed(books)
    qtbot.waitUntil(question.isHidden)
    books.orders[WAITING.id] = WAITING
    changed(books)
    qtbot.waitUntil(question.isVisible)
    assert question.seen.isHidden()


@pytest.mark.parametrize("of", [OutcomeUnknown(OFFLINE), DatabaseUnusable("The disk is full.")])
def test_a_look_that_fails_is_said_and_can_be_tried_again(
    qtbot: QtBot, open_window: Open, books: Books, ears: Ears, of: Exception
) -> None:
    window = open_window(WAITING)
    question = window.panel.head.question
    if isinstance(of, OutcomeUnknown):
        books.found[WAITING.id] = of
    else:
        books.fail_reads_with = of
    question.check_now.click()
    qtbot.waitUntil(lambda: str(of) in words_of(question) + ears.words)
    qtbot.waitUntil(question.check_now.isEnabled)
    books.fail_reads_with = None
    books.found[WAITING.id] = captured_order(id=WAITING.id)
    question.check_now.click()
    qtbot.waitUntil(question.isHidden)


def test_the_answer_for_an_order_that_was_left_goes_nowhere(qtbot: QtBot, open_window: Open, books: Books) -> None:
    assert WAITING.open_operation is not None
    another = replace(WAITING.open_operation, id="d" * 32)
    other = replace(WAITING, id="c" * 32, reference="OTHER111", open_operation=another)
    books.add(other)
    window = open_window(WAITING)
    window.view.select_order(WAITING.id)
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.id == WAITING.id)
    books.gate.clear()
    window.orders.check_now()
    window.view.select_order(other.id)
    qtbot.waitUntil(lambda: window.panel.view is not None and window.panel.view.order.id == other.id)
    books.gate.set()
    qtbot.waitUntil(lambda: books.checks == 1)
    question = window.panel.head.question
    qtbot.waitUntil(question.check_now.isEnabled)
    assert question.seen.isHidden()


def test_the_status_bar_counts_decisions_apart(qtbot: QtBot, open_window: Open, books: Books) -> None:
    books.add(replace(WAITING, id="c" * 32, reference="OTHER111"))
    window = open_window(with_operation(order(), OperationState.REVIEW))
    qtbot.waitUntil(lambda: window.status.sentence.startswith("1 order needs a decision."))
    window.panel.head.question.check_now.click()
    qtbot.waitUntil(window.panel.head.question.seen.isVisible)
    assert "nothing is settled at Stripe so far" in window.panel.head.question.seen.full_text
    del books.orders["a" * 32]
    changed(books)
    qtbot.waitUntil(lambda: window.status.sentence.startswith("1 operation waits for an answer."))


def test_stripe_out_of_reach_and_back(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    assert books.told is not None
    books.told(Synced(NOW - 240))
    books.told(Trouble(OFFLINE))
    toolbar = window.page.toolbar
    qtbot.waitUntil(lambda: window.status.sentence == OFFLINE)
    assert toolbar.sync_state.label.full_text == "Offline, synced 4 min ago"
    # Everything can still be looked at.
    window.go_to(Stage.TO_SHIP)
    qtbot.waitUntil(window.page.empty.isVisible)
    books.told(Trouble(""))
    qtbot.waitUntil(lambda: window.status.sentence == "Stripe answers again. What waited goes on by itself.")
    assert toolbar.sync_state.label.full_text == "Synced 4 min ago"
    books.told(Synced(NOW))
    qtbot.waitUntil(lambda: toolbar.sync_state.label.full_text == "Synced just now")
    window.tick()
    assert window.status.sentence.startswith("Up to date with Stripe, asked ")


def test_a_refused_key_is_said_until_another_works(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    window.notices.speak_through(window.bar.say)
    assert books.told is not None
    books.told(Trouble("Stripe refused the key.", key_refused=True))
    qtbot.waitUntil(window.bar.isVisible)
    assert "Replace key" in words_of(window.bar)
    assert window.page.toolbar.sync_state.label.full_text == "Key refused"
    # A closed notice does not come back by itself, and another one is not taken away.
    books.told(Trouble(""))
    qtbot.waitUntil(window.bar.isHidden)
    books.told(Trouble("Stripe refused the key.", key_refused=True))
    qtbot.waitUntil(window.bar.isVisible)
    window.notices.error(DatabaseUnusable("The disk is full."))
    books.told(Trouble(""))
    qtbot.waitUntil(lambda: window.page.toolbar.sync_state.label.full_text == "Not synced yet")
    assert "The disk is full." in words_of(window.bar)


def test_every_way_is_open_to_the_keyboard(open_window: Open) -> None:
    window = open_window(WAITING)
    for _ in range(40):
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        if focused_widget() is window.panel.head.question.check_now:
            return
    raise AssertionError("Check now cannot be reached by Tab")
