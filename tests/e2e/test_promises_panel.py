"""What is promised about refused payments, saved cards, receipts and releases.

Shown in the real window against the sandbox. Each test bears its promise's code.

Shoppers order in a second program on the same database, as `sellerdesk checkout` is one.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.sandbox.faults import Fault
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from sellerdesk.ui.dialogs.release import ReleaseDialog
from tests import wiring
from tests.e2e.road import Seller, intent_at_stripe
from tests.e2e.test_promises_desk import CART, MARA, words_in
from tests.wiring import confirmation_token, stripe_call

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


class Shopper:
    """One shopper with a checkout of their own."""

    def __init__(self, checkout: ProfileWorks, sandbox: Sandbox, *, save_card: bool = False) -> None:
        self._front = checkout.works.shopfront
        self._sandbox, self._save_card = sandbox, save_card
        self._id = new_secret_token()
        self.order = self._front.place_order.place(self._id, CART, MARA, save_card)

    def pay(self, card: str = "pm_card_visa") -> Order:
        token = self._saving_token(card) if self._save_card else confirmation_token(self._sandbox, card)
        self.order = self._front.pay_order.pay(self._id, self.order.reference, token, wiring.RETURN_URL).order
        return self.order

    def _saving_token(self, card: str) -> str:
        path = "/v1/test_helpers/confirmation_tokens"
        made = stripe_call(self._sandbox, "POST", path, payment_method=card, setup_future_usage="off_session")
        return str(made["id"])


def sees(seller: Seller, *parts: str) -> None:
    """Wait until the panel says all of it."""
    seller.wait(lambda: all(part in words_in(seller.window.panel) for part in parts))


def press(seller: Seller, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key of the window's menu, which only an active window hears."""
    seller.window.activateWindow()
    seller.wait(seller.window.isActiveWindow)
    QTest.keyClick(seller.window.view, key, modifiers)


def focus_of(dialog: QWidget) -> QWidget:
    focused: object = dialog.focusWidget()
    assert isinstance(focused, QWidget)
    return focused


# --- P19 ---


REFUSALS: dict[str, tuple[str, ...]] = {
    "insufficient_funds": (
        "too little money, or over its limit",
        "Not Stripe, not you",
        "The reason may be told, politely",
    ),
    "expired_card": ("past its date", "Not Stripe, not you", "At once, typed again"),
    "stolen_card": ("has blocked the card", "Never with this card", "Do not give the reason"),
    "processing_error": ("Something failed at the bank", "the same card is fine", "From "),
    "payment_intent_authentication_failure": ("asked the shopper to approve", "The shopper did not approve it"),
    "merchant_blacklist": ("your own block list", "Not the bank", "After you have looked at it"),
    "do_not_honor": ("gives no reason", "Not Stripe, not you", "At once, with another card"),
}


def test_p19_each_refused_card_is_explained_in_the_window(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    for decline_code, parts in REFUSALS.items():
        sandbox.world.decline_next(decline_code)
        order = Shopper(checkout, sandbox).pay()
        seller.see(Stage.PROBLEM, order.shown_reference)
        told = (*parts, "Nothing was taken and nothing is on hold. Do not ship.", "Visa 4242", "Attempts, 1")
        sees(seller, decline_code, order.shown_reference, *told)


def test_p19_a_payment_that_stripe_blocked_is_not_blamed_on_the_bank(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay("pm_card_radarBlock")
    seller.see(Stage.PROBLEM, order.shown_reference)
    # Who refused stands on the failed charge, which a reading brings.
    press(seller, Qt.Key.Key_F5)
    sees(seller, "Stripe’s risk rules. Not the bank, not you.", "Do not give the reason", "After you have looked at it")
    model = seller.window.model

    def cells() -> list[str]:
        row = next(at for at, each in enumerate(model.rows) if each.id == order.id)
        return [model.index(row, column).data() for column in range(model.columnCount())]

    seller.wait(lambda: cells()[-3:] == ["Risk too high, stopped", "Stripe rules", "After review"])


def test_p19_a_refusal_is_kept_after_stripe_cleared_it(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    shopper = Shopper(checkout, sandbox)
    shopper.pay("pm_card_visa_chargeDeclinedInsufficientFunds")
    order = shopper.pay()
    assert intent_at_stripe(sandbox, order)["last_payment_error"] is None
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    sees(seller, "Earlier tries, 2", "Not enough money, or limit", "Visa 9995", "Held 128.40\u00a0EUR")
    assert "What the shopper may be told" not in words_in(seller.window.panel)


def test_p19_tries_that_cannot_be_read_leave_what_is_known(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    sandbox.world.faults.plan("list_charges", Fault.LOST_BEFORE)
    order = Shopper(checkout, sandbox).pay("pm_card_visa_chargeDeclined")
    seller.see(Stage.PROBLEM, order.shown_reference)
    sees(seller, "The tries could not be read.", "The bank refused the card and gives no reason.")


def test_p19_the_one_button_leads_to_where_the_shopper_can_pay(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    """A shop that has not said where its checkout page is learns how to say it."""
    order = Shopper(checkout, sandbox).pay("pm_card_visa_chargeDeclined")
    seller.see(Stage.PROBLEM, order.shown_reference)
    QTest.keyClick(seller.window.view, Qt.Key.Key_Return)
    notice = seller.window.bar.notice
    assert notice is not None
    copied = QGuiApplication.clipboard().text()
    assert "Settings" in notice.next_step or copied.endswith(f"/o/{order.link_token}")


# --- P08, P13 ---


def test_p08_the_desk_shows_whether_the_difference_can_be_charged_later(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    for save_card, card, later in (
        (True, "Card saved with consent", "The card is saved: it can be charged later."),
        (False, "Not saved", "Charging it later needs the shopper to pay again."),
    ):
        order = Shopper(checkout, sandbox, save_card=save_card).pay()
        intent = intent_at_stripe(sandbox, order)
        assert intent["setup_future_usage"] == ("off_session" if save_card else None)
        seller.see(Stage.TO_PREPARE, order.shown_reference)
        sees(seller, order.shown_reference, card)
        seller.prepare(leave_out_last=1)
        seller.see(Stage.TO_SHIP, order.shown_reference)
        sees(seller, order.shown_reference, f"28.00\u00a0EUR left out. {later}")
        saved = stripe_call(sandbox, "GET", f"/v1/customers/{order.customer_id}/payment_methods")["data"]
        assert [each["id"] for each in saved] == ([intent["payment_method"]] if save_card else [])


def test_p13_a_receipt_is_asked_for_and_never_said_to_have_been_mailed(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    assert intent_at_stripe(sandbox, order)["receipt_email"] == MARA.email
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    sees(seller, f"Stripe mails a receipt to {MARA.email} when the money is captured, in live mode only.")
    seller.prepare(leave_out_last=0)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    sees(seller, f"Stripe mails receipts in live mode only; this one would go to {MARA.email}.")


# --- release ---


def open_release(seller: Seller) -> ReleaseDialog:
    press(seller, Qt.Key.Key_R, CTRL_SHIFT)
    seller.wait(lambda: (opened := seller.window.orders.dialog) is not None and opened.isActiveWindow())
    dialog = seller.window.orders.dialog
    assert isinstance(dialog, ReleaseDialog)
    return dialog


def test_release_gives_the_whole_hold_back_with_a_reason_and_words_to_the_shopper(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = open_release(seller)
    assert "128.40\u00a0EUR goes back to" in words_in(dialog)
    QTest.keyClick(focus_of(dialog), Qt.Key.Key_Return)
    assert intent_at_stripe(sandbox, order)["status"] == "requires_capture"
    dialog.reason.radios[ReleaseReason.REQUESTED_BY_CUSTOMER].setFocus()
    QTest.keyClick(focus_of(dialog), Qt.Key.Key_Space)
    QTest.keyClick(focus_of(dialog), Qt.Key.Key_Tab)
    QTest.keyClicks(focus_of(dialog), "As you wished.")
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    seller.wait(lambda: seller.window.orders.dialog is None and seller.order(order_id).payment.released == order.total)
    seller.see(Stage.ENDED, order.shown_reference)
    sees(seller, "The hold was released. The shopper asked for it.", "“As you wished.”", "Released 128.40")
    intent = intent_at_stripe(sandbox, order)
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "requested_by_customer")
    assert intent["latest_charge"]["amount_refunded"] == 0


def test_release_whose_answer_got_lost_says_so_and_is_found_out(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    sandbox.world.faults.plan("cancel", Fault.LOST_AFTER)
    dialog = open_release(seller)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    sees(seller, "Waiting for Stripe: 128.40\u00a0EUR", "It may have worked.", "Released: 128.40 or still on hold")
    assert not seller.window.actions_.release.isEnabled()
    seller.wait(lambda: seller.order(order_id).open_operation is None)
    seller.see(Stage.ENDED, order.shown_reference)
    assert seller.order(order_id).payment.released == order.total
    assert len(wiring.calls(sandbox, "POST", f"/{order.payment.intent_id}/cancel")) == 1


def test_release_that_a_capture_overtook_says_so_and_takes_nothing_back(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = open_release(seller)
    stripe_call(sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture")
    told: list[str] = []
    seller.window.notices.speak_through(lambda notice: told.append(notice.text))
    said = "It was captured meanwhile"

    def is_said() -> bool:
        """In the dialog, or where it has closed by itself, in a notice."""
        shown = seller.window.orders.dialog
        return any(said in text for text in told) or (shown is not None and said in words_in(shown))

    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    seller.wait(is_said)
    if seller.window.orders.dialog is not None:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    now = seller.order(order_id)
    assert (now.payment.captured, now.payment.released, now.open_operation) == (order.total, 0, None)


def test_release_is_refused_when_another_window_was_faster(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = open_release(seller)
    prepare = checkout.works.desk.prepare
    prepare.run(prepare.new_operation(), order_id, seller.order(order_id).version, {2: 0})
    told: list[str] = []
    seller.window.notices.speak_through(lambda notice: told.append(notice.text))
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    def is_said() -> bool:
        shown = seller.window.orders.dialog
        words = [*told, words_in(shown) if shown is not None else ""]
        return any("It was captured meanwhile" in text for text in words)

    seller.wait(is_said)
    if seller.window.orders.dialog is not None:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    now = seller.order(order_id)
    assert (now.payment.captured, now.payment.released) == (10040, 2800)
    assert wiring.calls(sandbox, "POST", f"/{order.payment.intent_id}/cancel") == []
