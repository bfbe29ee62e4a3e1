"""What can be done with an order beside the next step: the pay link, Stripe's page, copies, the release, the tries."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import OrderChanged, OutcomeUnknown, StateMoved
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import CardAttempt
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.services.desk import Mode
from sellerdesk.ui.bars import LedgerLine
from sellerdesk.ui.dialogs.release import ReleaseDialog
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import Kind
from sellerdesk.ui.panel_tries import TriesBlock
from sellerdesk.ui.theme import Theme
from tests.ui import sample_orders as samples
from tests.ui.conftest import Books, Ears, FakeOpener, Remembers, open_shop
from tests.ui.dressing import words_of
from tests.ui.sample_orders import NOW

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
Open = Callable[..., MainWindow]
PAGE = "https://shop.example/"
LINK = "https://shop.example/o/token"
HERE = "http://127.0.0.1:9/"


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def show(qtbot: QtBot, look: Theme, books: Books, ears: Ears) -> Iterator[Open]:
    def open_it(order: Order, stage: Stage, **shop: object) -> MainWindow:
        """A window that shows ``order``, with the keyboard in the table."""
        books.add(order)
        opener = FakeOpener(open_shop(books, **{"page": PAGE, **shop}))  # type: ignore[arg-type]
        window = MainWindow(opener, look, Remembers())
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.notices.speak_through(ears)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.list.overview is not None)
        window.go_to(stage)
        qtbot.waitUntil(lambda: window.orders.view is not None and window.orders.view.order.id == order.id)
        return window

    yield open_it
    QGuiApplication.clipboard().clear()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def offered(window: MainWindow) -> list[str]:
    return [action.text().replace("&", "") for group in window.panel.head.more.possible() for action in group]


COPIES = ["Copy order number", "Copy address", "Copy everything"]
LINKS = ["Copy pay link", "Send pay link by mail…"]
AT_STRIPE = "Open at Stripe"


@pytest.mark.parametrize(
    ("order", "stage", "expected"),
    [
        (samples.order(), Stage.TO_PREPARE, [AT_STRIPE, *COPIES, "Release hold…"]),
        (samples.captured_order(), Stage.TO_SHIP, [AT_STRIPE, *COPIES, "Refund…"]),
        (samples.problem_order(), Stage.PROBLEM, [*LINKS, AT_STRIPE, *COPIES]),
        (samples.order(samples.facts("requires_action")), Stage.UNFINISHED, [*LINKS, AT_STRIPE, *COPIES]),
        (samples.order(samples.facts("canceled")), Stage.ENDED, [AT_STRIPE, *COPIES]),
        (samples.with_operation(samples.order(), OperationState.UNKNOWN), Stage.TO_PREPARE, [AT_STRIPE, *COPIES]),
    ],
)
def test_more_offers_what_is_possible_now(show: Open, order: Order, stage: Stage, expected: list[str]) -> None:
    assert offered(show(order, stage)) == expected


def test_a_shop_that_does_not_talk_to_stripe_has_no_page_there(show: Open) -> None:
    assert AT_STRIPE not in offered(show(samples.order(), Stage.TO_PREPARE, mode=Mode.DEMO))


def test_more_opens_from_the_keyboard_and_its_entries_are_pressed_there(qtbot: QtBot, show: Open) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    more = window.panel.head.more
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if more.hasFocus():
            break
    assert more.hasFocus()
    QTest.keyClick(more, Qt.Key.Key_Return)
    qtbot.waitUntil(more.menu_.isVisible)
    assert more.menu_.activeAction() is window.actions_.open_at_stripe
    QTest.keyClick(more.menu_, Qt.Key.Key_Down)
    assert more.menu_.activeAction() is window.actions_.copy_reference
    QTest.keyClick(more.menu_, Qt.Key.Key_Return)
    assert clipboard() == "K7QP-3MX2"
    assert not more.menu_.isVisible()
    QTest.keyClick(more, Qt.Key.Key_Down)
    qtbot.waitUntil(more.menu_.isVisible)
    QTest.keyClick(more.menu_, Qt.Key.Key_Escape)
    assert not more.menu_.isVisible()


def test_every_action_of_more_stands_in_the_menu_with_a_key_and_on_the_sheet(show: Open) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    sheet = {what: key for _, key, what in window.actions_.sheet()}
    for group in window.actions_.more():
        for action in group:
            words = action.text().replace("&", "").removesuffix("…")
            assert sheet[words] == action.shortcut().toString()
            assert sheet[words]


@pytest.mark.parametrize(
    ("order", "stage"),
    [
        (samples.problem_order(), Stage.PROBLEM),
        (samples.order(samples.facts("requires_payment_method")), Stage.UNFINISHED),
    ],
)
def test_enter_copies_the_pay_link_of_an_unpaid_order(
    qtbot: QtBot, show: Open, ears: Ears, order: Order, stage: Stage
) -> None:
    window = show(order, stage)
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    assert clipboard() == LINK
    assert ears.words == "The pay link of order K7QP-3MX2 is on the clipboard."
    QGuiApplication.clipboard().clear()
    window.panel.head.primary.click()
    assert clipboard() == LINK


def test_without_a_page_the_window_says_where_to_set_it(show: Open, ears: Ears) -> None:
    window = show(samples.problem_order(), Stage.PROBLEM, page="")
    QGuiApplication.clipboard().setText("before")
    window.actions_.copy_link.trigger()
    window.actions_.send_link.trigger()
    assert clipboard() == "before"
    assert ears.heard[0].kind is Kind.RULE
    assert "does not know where your checkout page is" in ears.heard[0].text
    assert "Settings" in ears.heard[0].next_step
    assert len(ears.heard) == 2


def test_a_page_on_this_computer_is_no_address_for_shoppers_elsewhere(
    show: Open, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: pytest.fail("opened"))
    window = show(samples.problem_order(), Stage.PROBLEM, page=HERE)
    window.actions_.copy_link.trigger()
    assert clipboard() == "http://127.0.0.1:9/o/token"
    assert "It works on this computer only. Enter the page’s public address in Settings" in ears.words
    window.actions_.send_link.trigger()
    assert ears.heard[1].kind is Kind.RULE
    assert "would lead the shopper nowhere" in ears.heard[1].text


def test_the_page_of_the_demo_is_meant_to_be_here(show: Open, ears: Ears) -> None:
    window = show(samples.problem_order(), Stage.PROBLEM, page=HERE, mode=Mode.DEMO)
    window.actions_.copy_link.trigger()
    assert ears.words == "The pay link of order K7QP-3MX2 is on the clipboard."


def test_a_mail_with_the_pay_link_is_made_ready(show: Open, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def take(url: QUrl) -> bool:
        opened.append(url.toEncoded().toStdString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    window = show(samples.problem_order(), Stage.PROBLEM)
    QTest.keyClick(window, Qt.Key.Key_M, CTRL_SHIFT)
    assert len(opened) == 1
    assert opened[0].startswith("mailto:z.lefevre@example.fr?subject=")
    assert "%2Fo%2Ftoken" in opened[0]
    assert ears.heard == []


@pytest.mark.parametrize("email", ["z.lefevre@example.fr", "no address <b>"])
def test_where_no_mail_can_be_opened_the_link_is_copied(
    show: Open, ears: Ears, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    order = samples.problem_order()
    window = show(replace(order, shopper=replace(order.shopper, email=email)), Stage.PROBLEM)
    window.actions_.send_link.trigger()
    assert clipboard() == LINK
    assert "clipboard instead" in ears.words


def test_the_payment_opens_at_stripe(show: Open, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    answers = [True, False]

    def take(url: QUrl) -> bool:
        opened.append(url.toString())
        return answers.pop(0)

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    window = show(samples.order(), Stage.TO_PREPARE)
    QTest.keyClick(window, Qt.Key.Key_O, CTRL_SHIFT)
    assert opened == ["https://dashboard.stripe.com/test/payments/pi_3Qb7"]
    assert ears.heard == []
    window.actions_.open_at_stripe.trigger()
    assert "dashboard.stripe.com/test/payments/pi_3Qb7" in ears.words


def test_everything_about_an_order_is_copied_as_plain_text(show: Open) -> None:
    window = show(samples.hostile_order(), Stage.TO_PREPARE)
    QTest.keyClick(window, Qt.Key.Key_E, CTRL_SHIFT)
    text = clipboard()
    for part in (
        "Order K7QP-3MX2, ",
        "To prepare",
        "Placed ",
        "<b>Robert</b>",
        "Authorized ",
        "pi_3Qb7",
        "Order placed",
    ):
        assert part in text
    assert "\u202e" not in text
    assert all(letter.isprintable() for letter in text.replace("\n", "").replace("\u00a0", ""))


# --- release ---


def open_release(qtbot: QtBot, window: MainWindow) -> ReleaseDialog:
    QTest.keyClick(window, Qt.Key.Key_R, CTRL_SHIFT)
    qtbot.waitUntil(lambda: window.orders.dialog is not None)
    dialog = window.orders.dialog
    assert isinstance(dialog, ReleaseDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_release_with_the_keyboard_alone(qtbot: QtBot, show: Open, books: Books, ears: Ears) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    dialog = open_release(qtbot, window)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.orders.dialog is None)
    assert books.commands == []
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    dialog = open_release(qtbot, window)
    dialog.reason.radios[ReleaseReason.DUPLICATE].setChecked(True)
    dialog.message.field.setPlainText("  Sorry.  ")
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(ears.heard) == 1)
    assert ears.words == ("Released 128.40\u00a0EUR of order K7QP-3MX2. Nothing is held any more; do not ship.")
    assert list(books.released.values()) == [(ReleaseReason.DUPLICATE, "Sorry.")]
    qtbot.waitUntil(lambda: window.orders.dialog is None)
    window.go_to(Stage.ENDED)
    qtbot.waitUntil(lambda: "The hold was released. It was a duplicate." in words_of(window.panel))
    qtbot.waitUntil(lambda: window.model.index(0, window.model.columnCount() - 1).data() == "Duplicate")


def test_release_is_shown_at_once_and_its_lost_answer_leaves_both_open(qtbot: QtBot, show: Open, books: Books) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    books.gate.clear()
    dialog = open_release(qtbot, window)
    dialog.go.click()
    dialog.go.click()
    qtbot.waitUntil(books.started.is_set)
    assert "Releasing 128.40\u00a0EUR…" in words_of(window.panel)
    assert window.model.rows[0].open_operation is not None
    assert not window.actions_.release.isEnabled()
    books.gate.set()
    qtbot.waitUntil(lambda: window.orders.dialog is None and len(books.commands) == 1)
    lost = samples.with_operation(samples.order(), OperationState.UNKNOWN, kind=OperationKind.CANCEL, since=NOW - 60)
    assert lost.open_operation is not None
    lost = replace(lost, open_operation=replace(lost.open_operation, amount=12840))
    window.panel.show_order(samples.view(lost), Mode.TEST)
    words = words_of(window.panel)
    assert "Waiting for Stripe: 128.40\u00a0EUR" in words
    assert "We asked Stripe to release 128.40\u00a0EUR" in words
    names = [each.accessibleName() for each in window.panel.body.findChildren(LedgerLine)]
    assert "Released: 128.40 or still on hold" in names


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            samples.facts("succeeded", captured=12840),
            "It was captured meanwhile: 128.40\u00a0EUR was taken, so there is no hold to release. Refund it instead.",
        ),
        (samples.facts("canceled", cancellation_reason="expired"), "The hold had lapsed already."),
    ],
)
def test_release_that_came_too_late_says_so_in_the_dialog(
    qtbot: QtBot, show: Open, books: Books, ears: Ears, facts: object, sentence: str
) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    books.fail_with = StateMoved("The hold had lapsed already.", facts=facts)  # type: ignore[arg-type]
    dialog = open_release(qtbot, window)
    dialog.go.click()
    qtbot.waitUntil(lambda: sentence in words_of(dialog))
    assert "Nothing was released." in words_of(dialog)
    assert dialog.isVisible()
    assert ears.heard == []


def test_release_that_came_too_late_after_its_dialog_closed_is_told_in_a_notice(
    qtbot: QtBot, show: Open, books: Books, ears: Ears
) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    books.gate.clear()
    books.fail_with = StateMoved("The payment changed meanwhile.", facts=samples.facts("succeeded", captured=12840))
    dialog = open_release(qtbot, window)
    dialog.go.click()
    qtbot.waitUntil(lambda: window.orders.dialog is None)
    books.gate.set()
    qtbot.waitUntil(lambda: len(ears.heard) == 1)
    assert "It was captured meanwhile: 128.40\u00a0EUR was taken" in ears.words


def test_release_of_an_order_that_changed_is_refused_in_the_dialog(
    qtbot: QtBot, show: Open, books: Books, ears: Ears
) -> None:
    window = show(samples.order(), Stage.TO_PREPARE)
    books.fail_with = OrderChanged()
    dialog = open_release(qtbot, window)
    dialog.go.click()
    qtbot.waitUntil(lambda: "changed while you were looking" in words_of(dialog))
    assert "Nothing was released by this." in words_of(dialog)
    assert ears.heard == []
    qtbot.waitUntil(lambda: window.model.rows[0].open_operation is None)


# --- tries ---


def test_p19_the_tries_are_read_when_a_refused_order_is_shown(qtbot: QtBot, show: Open, books: Books) -> None:
    order = samples.problem_order()
    problem = order.payment.problem
    assert problem is not None
    books.attempts[order.id] = (CardAttempt("ch_3Qb7", NOW - 3600, 12840, "eur", problem.card, problem),)
    window = show(order, Stage.PROBLEM)
    qtbot.waitUntil(lambda: "1 of 8 tries used" in words_of(window.panel))
    assert books.asked_for_attempts == [order.id]
    window.orders.reload()
    qtbot.waitUntil(lambda: window.orders.view is not None)
    assert books.asked_for_attempts == [order.id]


def test_an_order_without_a_refusal_asks_nothing(show: Open, books: Books) -> None:
    show(samples.order(), Stage.TO_PREPARE)
    assert books.asked_for_attempts == []


def test_p19_tries_that_could_not_be_read_are_read_when_asked_again(
    qtbot: QtBot, show: Open, books: Books, ears: Ears
) -> None:
    order = samples.problem_order()
    books.fail_attempts_with = OutcomeUnknown("The connection to Stripe broke. Nothing was changed.")
    window = show(order, Stage.PROBLEM)
    qtbot.waitUntil(lambda: "The tries could not be read." in words_of(window.panel))
    assert ears.heard == []
    books.fail_attempts_with = None
    window.panel.findChild(TriesBlock).again.click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Attempts, 1" in words_of(window.panel))
