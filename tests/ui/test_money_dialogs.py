"""Refund, back-order and decision: what becomes of the money is said first, and nothing is pressed by accident."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Order
from sellerdesk.domain.refund import Refund, RefundReason, RefundState
from sellerdesk.services.desk import Mode
from sellerdesk.ui.dialogs.back_order import BackOrderDialog
from sellerdesk.ui.dialogs.choice_cards import Way
from sellerdesk.ui.dialogs.decide import DecideDialog
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.refund import RefundDialog
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, dressed, nameless, words_of
from tests.ui.room import cramped
from tests.ui.sample_orders import NOW

CTRL = Qt.KeyboardModifier.ControlModifier
WAYS = (
    Way("Accept that it did not happen", "Nothing is sent.", "Accept", "Accepting…"),
    Way("Send it again", "It goes under a new key.", "Send again", "Sending…"),
)

Show = Callable[[DeskDialog], None]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    dressed()

    def open_it(dialog: DeskDialog) -> None:
        qtbot.addWidget(dialog)
        dialog.open_safely()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)

    yield open_it
    clear_away()


def saved(order: Order) -> Order:
    """The same order, whose shopper let the card be saved."""
    facts = order.payment.facts
    assert facts is not None
    kept = replace(facts, setup_future_usage="off_session", payment_method_id="pm_1", customer_id="cus_1")
    return replace(order, payments=(replace(order.payment, facts=kept),), save_card=True)


def refunding(order: Order | None = None, mode: Mode = Mode.TEST) -> RefundDialog:
    return RefundDialog(order or samples.captured_order(), mode, "b" * 32)


def charging(order: Order | None = None) -> BackOrderDialog:
    return BackOrderDialog(saved(order or samples.captured_order()), Mode.TEST, lambda: NOW, "b" * 32)


def deciding() -> DecideDialog:
    dialog = DecideDialog("Decide about order K7QP-3MX2", Mode.TEST, WAYS, "Packing desk 2")
    dialog.show_evidence("Nothing of it is to be seen at Stripe.", "We asked at 09:14:20.", "Sent 1 time so far.", "")
    return dialog


@pytest.mark.parametrize("make", [refunding, charging, deciding])
def test_nothing_is_pressed_by_accident(show: Show, qtbot: QtBot, make: Callable[[], DeskDialog]) -> None:
    dialog = make()
    show(dialog)
    assert dialog.focusWidget() is dialog.safe
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(dialog, key)
        QTest.keyClick(dialog.go, key)
    QTest.keyClick(dialog.go, Qt.Key.Key_Space)
    assert (dialog.sent, dialog.isVisible()) == (False, True)
    assert nameless(dialog) == []
    assert cramped(dialog) == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("mode", list(Mode))
def test_a_refund_says_what_goes_back_and_what_stays(show: Show, mode: Mode) -> None:
    dialog = refunding(mode=mode)
    show(dialog)
    assert (dialog.go.isEnabled(), dialog.plan) == (False, None)
    dialog.choice.lines.rows[0].stepper.step(1)
    dialog.choice.shipping.radios[1].setChecked(True)
    assert dialog.sums.accessibleName() == (
        "Paid, less refunds 96.30\u00a0EUR, refunding now 30.50\u00a0EUR, stays with you 65.80\u00a0EUR"
    )
    assert dialog.go.text() == "Refund 30.50\u00a0EUR"
    assert "30.50\u00a0EUR goes back to \u2068Zoë Lefèvre-Okafor\u2069." in words_of(dialog)
    for row in dialog.choice.lines.rows:
        row.stepper.field.setText(str(row.most))
    assert dialog.sums.accessibleName().endswith("stays with you nothing")


def test_a_refund_is_decided_with_the_keyboard_and_sent_once(show: Show) -> None:
    dialog = refunding()
    show(dialog)
    chosen: list[tuple[object, ...]] = []
    dialog.refund_chosen.connect(lambda *what: chosen.append(what))
    dialog.choice.lines.rows[1].stepper.field.setFocus()
    QTest.keyClick(dialog.choice.lines.rows[1].stepper.field, Qt.Key.Key_Up)
    dialog.reason.radios[RefundReason.FRAUDULENT].setChecked(True)
    assert "Do not tell the shopper that you suspect fraud." in words_of(dialog)
    dialog.own_note.field.setText("Broken.")
    plan = dialog.plan
    for _ in range(2):
        QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    dialog.go.click()
    assert chosen == [("b" * 32, plan, RefundReason.FRAUDULENT, "Broken.")]
    assert dialog.busy_words() == "Refunding 9.40\u00a0EUR…"
    assert dialog.refuse("Somebody was faster.")
    assert "Nothing was refunded by this." in words_of(dialog)
    assert not dialog.go.isEnabled()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "nothing is chosen yet"),
        ("96.31", "more than what is left"),
        ("-5", "amount"),
        ("1e3", "amount"),
        ("9,63", "9"),
        ("１２", "digits"),
    ],
)
def test_a_typed_sum_that_is_none_is_refused_at_its_field(show: Show, typed: str, said: str) -> None:
    dialog = refunding()
    show(dialog)
    dialog.choice.how.radios[1].setChecked(True)
    assert dialog.trouble.accessibleName() == ""
    dialog.choice.sum.field.setText(typed)
    assert (dialog.plan, dialog.go.isEnabled()) == (None, False)
    assert said in dialog.trouble.accessibleName()
    assert dialog.choice.sum.field.property("wrong") is True


def test_what_went_back_before_is_not_offered_again(show: Show) -> None:
    order = samples.captured_order()
    back = Refund("re_1", order.payment.id, 2460, "eur", RefundState.SUCCEEDED, NOW, lines=((1, 1),))
    dialog = refunding(replace(order, refunds=(back,)))
    show(dialog)
    assert "24.60\u00a0EUR of it went back before." in words_of(dialog)
    assert dialog.choice.lines.rows[0].most == 1
    dialog.choice.lines.rows[0].stepper.field.setText("2")
    assert "refund between 0 and 1 pieces" in dialog.trouble.accessibleName()


def test_a_back_order_offers_what_was_left_out(show: Show) -> None:
    dialog = charging()
    show(dialog)
    assert [(row.item.sku, row.most) for row in dialog.lines.rows] == [("KETTLE-12", 1)]
    assert dialog.go.text() == "Charge 32.10\u00a0EUR"
    assert dialog.sums.accessibleName() == (
        "Paid so far 96.30\u00a0EUR, charging now 32.10\u00a0EUR, still owed nothing"
    )
    dialog.lines.rows[0].stepper.step(-1)
    assert (dialog.plan, dialog.go.isEnabled()) == (None, False)
    dialog.lines.rows[0].stepper.step(1)
    chosen: list[tuple[object, ...]] = []
    dialog.charge_chosen.connect(lambda *what: chosen.append(what))
    plan = dialog.plan
    dialog.go.click()
    dialog.go.click()
    assert chosen == [("b" * 32, plan)]


def test_nobody_decides_by_pressing_on(show: Show) -> None:
    dialog = deciding()
    show(dialog)
    chosen: list[Way] = []
    dialog.way_chosen.connect(chosen.append)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    assert (chosen, dialog.go.text()) == ([], "Choose one")
    QTest.mouseClick(dialog.ways.cards[1], Qt.MouseButton.LeftButton, pos=dialog.ways.cards[1].rect().center())
    assert dialog.go.text() == "Send again"
    assert "Recorded as decided by Packing desk 2." in words_of(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    dialog.go.click()
    assert chosen == [WAYS[1]]


def test_hostile_words_stay_words(show: Show) -> None:
    hostile = samples.hostile_order()
    known = samples.facts("succeeded", captured=hostile.total, amount=hostile.total)
    paid = replace(hostile, payments=(replace(hostile.payment, facts=known),))
    dialog = refunding(paid)
    show(dialog)
    assert "\u202e" not in words_of(dialog)
    assert "<b>Robert</b>" in words_of(dialog)
    assert cramped(dialog) == []
