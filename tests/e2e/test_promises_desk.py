"""What the product promises a seller, shown in the real window against the sandbox. Each test bears its promise's code.

Shoppers order in a second program on the same database, as `sellerdesk checkout` is one.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import OperationInProgress, OrderChanged, WrongStage
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Address, Order, PassedOn, Shopper, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from tests import wiring
from tests.e2e.road import Seller, intent_at_stripe
from tests.wiring import confirmation_token

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]

MARA = Shopper("Mara Lindqvist", "mara@example.com", Address("Schönhauser Allee 112", "Berlin", "10439", "DE"))
CART = (CartItem("MUG-SAND", 2), CartItem("APRON-GREEN", 1), CartItem("CANDLES-3", 1))
TRACKING = "00340434161094042557"


def order_by(checkout: ProfileWorks, sandbox: Sandbox, card: str = "pm_card_visa", save_card: bool = False) -> Order:
    """What the page and its server do for one shopper."""
    front = checkout.works.shopfront
    checkout_id = new_secret_token()
    order = front.place_order.place(checkout_id, CART, MARA, save_card)
    token = confirmation_token(sandbox, card)
    return front.pay_order.pay(checkout_id, order.reference, token, wiring.RETURN_URL).order


def words_in(widget: QWidget) -> str:
    """Everything that stands in ``widget`` for people to read or to be read to, now."""
    shown = [each for each in widget.findChildren(QWidget) if each.isVisibleTo(widget)]
    read = [each.text() for each in shown if isinstance(each, QLabel)]
    return "\n".join(filter(None, [*read, *(each.accessibleName() for each in shown)]))


def captures(sandbox: Sandbox, order: Order) -> int:
    """How often the order's money was taken."""
    with sandbox.world.open() as world:
        return world.store.intents[order.payment.intent_id].captures


def test_p05_held_money_is_shown_as_held_and_not_as_paid(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = order_by(checkout, sandbox)
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    words = words_in(seller.window.panel)
    assert "Still on hold" in words
    assert "not paid yet" in words
    assert "Paid" not in words.replace("not paid", "")
    intent = intent_at_stripe(sandbox, order)
    assert (intent["status"], intent["amount_received"]) == ("requires_capture", 0)


def test_p06_a_hold_is_captured_once_and_the_desk_says_so_before(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = order_by(checkout, sandbox)
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = seller.open_next()
    assert "A hold can be captured once." in words_in(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(lambda: seller.window.orders.dialog is None and seller.order(order_id).payment.captured > 0)

    # The desk offers it no more; another seat that still shows the order as held is refused; Stripe refuses, too.
    seller.see(Stage.TO_SHIP, order.shown_reference)
    assert not seller.window.actions_.prepare.isEnabled()
    prepare = checkout.works.desk.prepare
    with pytest.raises((WrongStage, OrderChanged, OperationInProgress)):
        prepare.run(prepare.new_operation(), order_id, order.version, {})
    with pytest.raises(AssertionError, match="payment_intent_unexpected_state"):
        wiring.stripe_call(sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture")
    assert intent_at_stripe(sandbox, order)["amount_received"] == order.total
    assert captures(sandbox, order) == 1


def test_p06_a_capture_made_elsewhere_harms_nothing(seller: Seller, checkout: ProfileWorks, sandbox: Sandbox) -> None:
    """Somebody captures in Stripe's dashboard while the seller's dialog is open."""
    order = order_by(checkout, sandbox)
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = seller.open_next()
    wiring.stripe_call(sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture")
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(lambda: seller.window.orders.dialog is None)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    now = seller.order(order_id)
    assert (now.payment.captured, now.payment.released, now.open_operation) == (order.total, 0, None)
    assert captures(sandbox, order) == 1


def test_p07_prepare_captures_less_and_the_rest_is_released(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = order_by(checkout, sandbox)
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = seller.open_next()
    seller.leave_out_last(dialog, 1)
    words = words_in(dialog)
    for amount in ("128.40\u00a0EUR", "100.40\u00a0EUR", "28.00\u00a0EUR"):
        assert amount in words
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(lambda: seller.window.orders.dialog is None)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    now = seller.order(order_id)
    assert (now.payment.authorized, now.payment.captured, now.payment.released) == (12840, 10040, 2800)
    assert [line.kept for line in now.lines] == [2, 1, 0]
    assert "Released" in words_in(seller.window.panel)
    intent = intent_at_stripe(sandbox, order)
    assert (intent["amount"], intent["amount_received"], intent["amount_capturable"]) == (12840, 10040, 0)
    assert intent["latest_charge"]["amount_refunded"] == 0


def test_p10_prepare_moves_the_order_to_to_ship(seller: Seller, checkout: ProfileWorks, sandbox: Sandbox) -> None:
    order = order_by(checkout, sandbox)
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    seller.prepare(leave_out_last=0)
    order_id = seller.see(Stage.TO_SHIP, order.shown_reference)
    assert seller.order(order_id).payment.status is PaymentStatus.SUCCEEDED
    assert intent_at_stripe(sandbox, order)["status"] == "succeeded"


def test_p11_ship_writes_carrier_number_and_status_to_stripe(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    """On the intent, and where Stripe takes it there no more, on the charge."""
    for refused, where in ((False, PassedOn.ON_INTENT), (True, PassedOn.ON_CHARGE)):
        order = order_by(checkout, sandbox)
        seller.see(Stage.TO_PREPARE, order.shown_reference)
        seller.prepare(leave_out_last=1)
        order_id = seller.see(Stage.TO_SHIP, order.shown_reference)
        sandbox.world.refuse_shipping_after_authorization = refused
        seller.ship(TRACKING)
        seller.see(Stage.SHIPPED, order.shown_reference)
        seller.wait(lambda order_id=order_id, where=where: passed_on(seller, order_id) is where)  # type: ignore[misc]
        intent = intent_at_stripe(sandbox, order)
        told = intent["latest_charge"] if refused else intent
        assert (told["shipping"]["carrier"], told["shipping"]["tracking_number"]) == ("DHL Paket", TRACKING)
        assert told["metadata"]["payment_intent_ship_status"] == "true"
        assert told["shipping"]["name"] == MARA.name
        assert TRACKING in words_in(seller.window.panel).replace(" ", "")


def passed_on(seller: Seller, order_id: str) -> PassedOn | None:
    """Where the shipment was written to at Stripe, if it was."""
    shipment = seller.order(order_id).shipment
    return shipment.passed_on if shipment else None


def test_p14_a_customer_of_its_own_stands_on_each_intent(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    one, other = order_by(checkout, sandbox), order_by(checkout, sandbox)
    assert intent_at_stripe(sandbox, one)["customer"] == one.customer_id != ""
    assert intent_at_stripe(sandbox, other)["customer"] == other.customer_id
    assert one.customer_id != other.customer_id
    seller.see(Stage.TO_PREPARE, one.shown_reference)


def test_p06_pressing_in_two_windows_at_once_captures_once(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    """The other window presses while this one's dialog is open; this one is told and shows what is so."""
    order = order_by(checkout, sandbox)
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    dialog = seller.open_next()
    prepare = checkout.works.desk.prepare
    prepare.run(prepare.new_operation(), order_id, seller.order(order_id).version, {2: 0})
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.see(Stage.TO_SHIP, order.shown_reference)
    now = seller.order(order_id)
    assert (now.payment.captured, now.payment.released) == (10040, 2800)
    assert captures(sandbox, order) == 1
