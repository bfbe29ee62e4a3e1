"""Refund, back-order and a decision, in the real window against the sandbox. Each test looks at orders of its own."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sellerdesk.domain.order import Stage
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from sellerdesk.ui.dialogs.back_order import BackOrderDialog
from sellerdesk.ui.dialogs.decide import DecideDialog
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.refund import RefundDialog
from tests.e2e.road import Seller, intent_at_stripe
from tests.e2e.test_promises_desk import words_in
from tests.e2e.test_promises_panel import CTRL, CTRL_SHIFT, Shopper, press, sees
from tests.wiring import stripe_call

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]


def catch_up(seller: Seller) -> None:
    """Until all news of the order was read, and shows: who decides about an older state is told to look again."""
    shop, shown = seller.window.keeper.shop, seller.window.orders.view
    assert shop is not None
    assert shown is not None
    shop.desk.sync.poll()
    version = seller.order(shown.order.id).version
    seller.wait(lambda: (now := seller.window.orders.view) is not None and now.order.version == version)


def opened(seller: Seller, key: Qt.Key) -> DeskDialog:
    """Press the key of an action, and wait until its dialog has the keyboard."""
    catch_up(seller)
    press(seller, key, CTRL_SHIFT)
    return showing(seller)


def showing(seller: Seller) -> DeskDialog:
    seller.wait(lambda: (shown := seller.window.orders.dialog) is not None and shown.isActiveWindow())
    dialog = seller.window.orders.dialog
    assert dialog is not None
    return dialog


def go(seller: Seller, dialog: DeskDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    seller.wait(lambda: seller.window.orders.dialog is None)


def refunds_of(sandbox: Sandbox, intent_id: str) -> list[int]:
    """The sums of the refunds of a payment at Stripe."""
    found = stripe_call(sandbox, "GET", f"/v1/refunds?payment_intent={intent_id}")["data"]
    return [each["amount"] for each in found]


def test_what_was_left_out_is_charged_later_and_both_payments_are_refunded(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox, save_card=True).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    actions = seller.window.actions_
    assert [each.isEnabled() for each in (actions.refund, actions.back_order, actions.renew)] == [False, False, False]
    seller.prepare(leave_out_last=1)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    seller.wait(actions.back_order.isEnabled)

    dialog = opened(seller, Qt.Key.Key_B)
    assert isinstance(dialog, BackOrderDialog)
    assert dialog.go.text() == "Charge 28.00\u00a0EUR"
    go(seller, dialog)
    seller.wait(lambda: seller.order(order_id).all_captured == order.total)
    sees(seller, "Paid")
    seller.wait(lambda: "charged later" not in words_in(seller.window.panel))
    seller.wait(lambda: not actions.back_order.isEnabled() and actions.refund.isEnabled())

    dialog = opened(seller, Qt.Key.Key_D)
    assert isinstance(dialog, RefundDialog)
    assert not dialog.go.isEnabled()
    dialog.choice.lines.rows[0].stepper.step(1)
    refunded = dialog.plan.amount if dialog.plan else 0
    go(seller, dialog)
    seller.wait(lambda: seller.order(order_id).all_refunded == refunded > 0)
    assert intent_at_stripe(sandbox, order)["latest_charge"]["amount_refunded"] == refunded

    # The second payment is refunded by a sum, which is read with care.
    seller.wait(actions.refund.isEnabled)
    dialog = opened(seller, Qt.Key.Key_D)
    assert isinstance(dialog, RefundDialog)
    dialog.payment.radios[1].setChecked(True)
    dialog.choice.how.radios[1].setChecked(True)
    for typed, sentence in (("28.01", "more than what is left"), ("1,5", "")):
        dialog.choice.sum.field.setText(typed)
        assert not dialog.go.isEnabled()
        assert sentence in dialog.trouble.accessibleName()
    dialog.choice.sum.field.setText("28.00")
    assert dialog.go.text() == "Refund 28.00\u00a0EUR"
    go(seller, dialog)
    seller.wait(lambda: seller.order(order_id).all_refunded == refunded + 2800)
    sees(seller, "Paid, less refunds")
    for payment, amount in zip(seller.order(order_id).payments, (refunded, 2800), strict=True):
        assert refunds_of(sandbox, payment.intent_id) == [amount]


def test_a_refused_back_order_is_tried_again_or_given_up(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox, save_card=True).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    seller.prepare(leave_out_last=1)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    seller.wait(seller.window.actions_.back_order.isEnabled)
    sandbox.world.decline_next("insufficient_funds")
    go(seller, opened(seller, Qt.Key.Key_B))
    seller.wait(lambda: (said := seller.window.bar.notice) is not None and "refused 28.00\u00a0EUR" in said.text)

    seller.wait(seller.window.actions_.back_order.isEnabled)
    dialog = opened(seller, Qt.Key.Key_B)
    assert isinstance(dialog, DecideDialog)
    assert [card.way.name for card in dialog.ways.cards] == ["Try the saved card again", "Give it up"]
    assert (dialog.go.isEnabled(), dialog.go.text()) == (False, "Choose one")
    dialog.ways.cards[0].mark.setChecked(True)
    go(seller, dialog)
    seller.wait(lambda: seller.order(order_id).all_captured == order.total)
    assert len(seller.order(order_id).payments) == 2


def test_a_refund_that_nothing_settles_is_decided_by_a_person(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    seller.prepare(leave_out_last=0)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    seller.wait(seller.window.actions_.refund.isEnabled)
    dialog = opened(seller, Qt.Key.Key_D)
    assert isinstance(dialog, RefundDialog)
    # The key of this wish was used for something else: nothing of it can ever be done under that key.
    stripe_call(sandbox, "POST", "/v1/customers", key=f"sd-{dialog.operation_id}-0", name="Somebody")
    dialog.choice.lines.rows[0].stepper.step(1)
    go(seller, dialog)
    sees(seller, "Needs a decision")
    QTest.keyClick(seller.window.view, Qt.Key.Key_Return)
    dialog = showing(seller)
    assert isinstance(dialog, DecideDialog)
    assert "Nothing of it is to be seen at Stripe." in dialog.evidence.accessibleName()
    assert [card.way.name for card in dialog.ways.cards] == ["Accept that it did not happen"]
    assert "can be sent again in" in dialog.rest.full_text
    dialog.ways.cards[0].mark.setChecked(True)
    go(seller, dialog)
    seller.wait(lambda: seller.order(order_id).open_operation is None)
    assert seller.order(order_id).refunds == ()
    assert refunds_of(sandbox, order.payment.intent_id) == []
    seller.wait(seller.window.actions_.refund.isEnabled)
