"""The page confirms by itself: our server learns of it by reading, and still there is one order, one intent, one
hold."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from sellerdesk.domain.errors import CallError, CheckoutClosed, KeyRefused, OperationInProgress, WrongStage
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_answer import PayAnswer, PayState
from sellerdesk.services.requests import shipping_of
from tests import wiring
from tests.integration.test_services_lost_answers import EACH_FAULT_OF_CREATING, FAULTS, each_of, plan
from tests.integration.test_services_place import at_once
from tests.wiring import TOTAL, Placed, Plant, answer_challenge, calls, stripe_call

GOOD, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"
# It attaches to a customer, and then the bank refuses it.
ATTACHES_THEN_FAILS = "4000000000000341"
SOME_FAULTS = each_of([each for each in FAULTS if each[1] in (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ODD_200_NULL)])


@pytest.fixture
def shop(stripe_sandbox: Sandbox, database: Path) -> Iterator[Plant]:
    with wiring.plant(stripe_sandbox, database, road=ConfirmationRoad.PAGE) as plant:
        yield plant


def start(shop: Plant, placed: Placed) -> PayAnswer:
    return shop.works.shopfront.pay_order.start(placed.checkout_id, placed.order.reference)


def confirm(shop: Plant, answer: PayAnswer, number: str = GOOD) -> dict[str, Any]:
    """What Stripe's script does on the page; the intent, or the error, as Stripe gives it to the script."""
    order = answer.order
    form = {
        "client_secret": answer.client_secret,
        "return_url": wiring.RETURN_URL,
        "use_stripe_sdk": "true",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": number,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "123",
        "client_context[mode]": "payment",
        "client_context[amount]": str(order.total),
        "client_context[currency]": order.currency,
        "client_context[capture_method]": "manual",
    }
    if order.save_card:
        form["client_context[setup_future_usage]"] = "off_session"
    if answer.receipt_email:
        form["receipt_email"] = answer.receipt_email
    if answer.shipping is not None:
        form["shipping[name]"] = answer.shipping.name
        for part in ("line1", "city", "postal_code", "country"):
            form[f"shipping[address][{part}]"] = getattr(answer.shipping, part)
    return by_page(shop, "POST", f"/v1/payment_intents/{order.payment.intent_id}/confirm", **form)


def by_page(shop: Plant, method: str, path: str, **form: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {shop.sandbox.publishable_key}"}
    request = Request(f"{shop.sandbox.url}{path}", urlencode(form).encode(), headers, method=method)
    try:
        with urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))
    except HTTPError as error:
        return dict(json.load(error))


def paid(shop: Plant, placed: Placed, number: str = GOOD) -> PayAnswer:
    """The whole road of one press."""
    ready = start(shop, placed)
    assert ready.state is PayState.READY
    confirm(shop, ready, number)
    return shop.look_again(placed)


def writes(shop: Plant, placed: Placed) -> list[str]:
    intent = placed.order.payment.intent_id
    return [call.path.rpartition(intent)[2] for call in calls(shop.sandbox, "POST", "") if intent in call.path]


def test_p15_the_page_confirms_and_our_own_reading_counts(shop: Plant) -> None:
    placed = shop.place()
    ready = start(shop, placed)
    assert (ready.state, ready.client_secret[:3]) == (PayState.READY, "pi_")
    assert ready.client_secret not in repr(ready)
    confirm(shop, ready)
    assert shop.order(placed.order.id).payment.held == 0
    assert shop.look_again(placed).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    assert (order.payment.held, road_of(order.payment)) == (TOTAL, ConfirmationRoad.PAGE)
    assert order.payment.facts is not None
    assert order.payment.facts.confirmation_method == "automatic"
    assert order.payment.facts.shipping == shipping_of(order.shopper)
    assert writes(shop, placed) == ["/confirm"]
    assert shop.operations(order.id, OperationKind.CONFIRM) == []
    assert shop.happened(order.id) == ["placed", "held"]
    assert not shop.rows("SELECT 1 FROM operation WHERE params LIKE '%' || ? || '%'", ready.client_secret)


def test_p15_a_window_closed_after_the_press_is_found_by_the_poll(shop: Plant) -> None:
    shop.works.desk.sync.poll()
    placed = shop.place()
    confirm(shop, start(shop, placed))
    assert stage_of(shop.order(placed.order.id)) is Stage.UNFINISHED
    shop.works.desk.sync.poll()
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.TO_PREPARE


@pytest.mark.parametrize("number", [DECLINED, ATTACHES_THEN_FAILS])
def test_p15_a_refused_card_and_then_another_on_the_same_intent(shop: Plant, number: str) -> None:
    placed = shop.place()
    refused = paid(shop, placed, number)
    assert refused.state is PayState.DECLINED
    assert refused.problem is not None
    assert refused.problem.code == "card_declined"
    assert stage_of(refused.order) is Stage.PROBLEM
    assert paid(shop, shop.place(placed.checkout_id)).state is PayState.HELD
    shop.check_agrees(placed.order.id)
    assert shop.happened(placed.order.id) == ["placed", "declined", "held"]


@pytest.mark.parametrize("approve", [True, False])
def test_p15_three_d_secure_needs_no_second_confirmation(shop: Plant, approve: bool) -> None:
    placed = shop.place()
    asked = paid(shop, placed, ASKS)
    assert asked.state is PayState.ACTION
    assert asked.client_secret
    answer_challenge(shop.sandbox, asked.order, approve=approve)
    told = shop.look_again(placed)
    assert told.state is (PayState.HELD if approve else PayState.DECLINED)
    if not approve:
        assert paid(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)
    assert writes(shop, placed) == ["/confirm"] * (1 if approve else 2)


def test_p15_the_card_is_saved_when_the_shopper_agreed(shop: Plant) -> None:
    placed = shop.place(save_card=True)
    assert placed.order.payment.facts is not None
    assert placed.order.payment.facts.setup_future_usage == "off_session"
    assert paid(shop, placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.saved_card_id.startswith("pm_")


def test_p15_pressing_again_after_the_hold_gives_no_secret(shop: Plant) -> None:
    placed = shop.place()
    paid(shop, placed)
    answer = start(shop, placed)
    assert (answer.state, answer.client_secret) == (PayState.HELD, "")
    assert shop.place(placed.checkout_id).order.payment.held == TOTAL


def test_p15_a_hold_that_only_stripe_knows_is_seen_before_anything_is_decided(shop: Plant) -> None:
    """The page was closed after its confirmation, and nobody has looked since."""
    placed = shop.place()
    confirm(shop, start(shop, placed))
    assert shop.place(placed.checkout_id).order.payment.held == TOTAL
    other = shop.place()
    confirm(shop, start(shop, other))
    with pytest.raises(CheckoutClosed):
        shop.place(other.checkout_id, wiring.CART[:1])
    assert shop.order(other.order.id).closed_at is None
    assert shop.check_agrees(other.order.id).payment.held == TOTAL


def test_p15_another_cart_waits_for_the_one_at_the_bank(shop: Plant) -> None:
    placed = shop.place()
    confirm(shop, start(shop, placed), ASKS)
    with pytest.raises(OperationInProgress):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert shop.order(placed.order.id).closed_at is None


def test_p15_another_cart_closes_the_payment_at_stripe_too(shop: Plant) -> None:
    """A page left open has the secret: closing the order here would not keep it from holding."""
    placed = shop.place()
    left_open = start(shop, placed)
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert confirm(shop, left_open)["error"]["code"] == "payment_intent_unexpected_state"
    assert shop.look_again(placed).state is PayState.CLOSED
    order = shop.check_agrees(placed.order.id)
    assert (stage_of(order), order.payment.held) == (Stage.ENDED, 0)
    assert order.payment.facts is not None
    assert order.payment.facts.cancellation_reason == "abandoned"


@SOME_FAULTS
def test_p15_no_other_cart_is_begun_before_the_payment_is_closed_for_sure(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = shop.place()
    left_open = start(shop, placed)
    plan(stripe_sandbox, "cancel", fault, stored)
    with pytest.raises(CallError):
        shop.place(placed.checkout_id, wiring.CART[:1])
    with pytest.raises((CheckoutClosed, CallError)):
        shop.place(placed.checkout_id, wiring.CART[:1])
    shop.settle()
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, wiring.CART[:1])
    confirm(shop, left_open)
    assert shop.look_again(placed).state is PayState.CLOSED
    assert shop.check_agrees(placed.order.id).payment.held == 0
    (cancel,) = shop.operations(placed.order.id, OperationKind.CANCEL)
    assert cancel.state is OperationState.DONE


def test_p15_a_page_that_was_faster_than_the_closing_holds_nothing_in_the_end(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    placed = shop.place()
    left_open = start(shop, placed)
    plan(stripe_sandbox, "cancel", Fault.LOST_BEFORE, None)
    with pytest.raises(CallError):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert confirm(shop, left_open)["status"] == "requires_capture"
    shop.settle()
    order = shop.check_agrees(placed.order.id)
    assert (order.payment.status, order.payment.held) == (PaymentStatus.CANCELED, 0)


def test_p15_two_tabs_at_once_hold_once(shop: Plant) -> None:
    placed = shop.place()
    one, other = start(shop, placed), start(shop, placed)
    assert one.client_secret == other.client_secret
    at_once(lambda: confirm(shop, one), lambda: confirm(shop, other), lambda: shop.look_again(placed))
    assert shop.look_again(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert shop.at_stripe(placed.order)["charges"] == 1


def test_p15_the_seller_cancels_at_stripe_before_the_page_confirms(shop: Plant) -> None:
    placed = shop.place()
    ready = start(shop, placed)
    stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/cancel")
    assert "error" in confirm(shop, ready)
    assert shop.look_again(placed).state is PayState.CLOSED
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.ENDED
    assert start(shop, placed).state is PayState.CLOSED


def test_p15_the_pages_confirmation_races_a_cancel(shop: Plant) -> None:
    """Whoever is first, nothing stays held and both sides hear so."""
    placed = shop.place()
    ready = start(shop, placed)
    cancel = f"/v1/payment_intents/{placed.order.payment.intent_id}/cancel"
    at_once(lambda: confirm(shop, ready), lambda: stripe_call(shop.sandbox, "POST", cancel))
    assert shop.look_again(placed).state is PayState.CLOSED
    order = shop.check_agrees(placed.order.id)
    assert (stage_of(order), order.payment.held) == (Stage.ENDED, 0)


def test_p15_a_hold_is_released_by_the_desk_once_it_is_known(shop: Plant) -> None:
    placed = shop.place()
    confirm(shop, start(shop, placed))
    with pytest.raises(WrongStage):
        shop.release(shop.order(placed.order.id))
    held = shop.look_again(placed).order
    shop.release(shop.order(held.id))
    assert shop.look_again(placed).state is PayState.CLOSED
    assert shop.check_agrees(placed.order.id).payment.released == TOTAL


def test_p15_captured_elsewhere_before_we_looked(shop: Plant) -> None:
    placed = shop.place()
    confirm(shop, start(shop, placed))
    stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/capture")
    assert shop.look_again(placed).state is PayState.HELD
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.TO_SHIP


@EACH_FAULT_OF_CREATING
def test_p15_the_answer_to_the_making_of_the_intent_is_lost(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    plan(stripe_sandbox, "create_intent", fault, stored)
    with pytest.raises(CallError):
        shop.place("checkout-1")
    shop.settle()
    placed = shop.place("checkout-1")
    assert paid(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


@SOME_FAULTS
def test_p15_a_reading_is_lost(shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None) -> None:
    placed = shop.place()
    for ask in (lambda: start(shop, placed), lambda: shop.look_again(placed), lambda: shop.place(placed.checkout_id)):
        plan(stripe_sandbox, "retrieve", fault, stored)
        with pytest.raises(CallError):
            ask()
    assert paid(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


@SOME_FAULTS
def test_p15_the_pages_own_answer_is_lost(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = shop.place()
    ready = start(shop, placed)
    plan(stripe_sandbox, "confirm", fault, stored)
    with contextlib.suppress(OSError, ValueError, TypeError):
        confirm(shop, ready)
    shop.look_again(placed)
    again = start(shop, placed)
    if again.state is PayState.READY:
        confirm(shop, again)
    assert shop.look_again(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)
    assert shop.at_stripe(placed.order)["charges"] == 1


def test_p15_a_key_without_permission_to_read(shop: Plant, stripe_sandbox: Sandbox, database: Path) -> None:
    placed = shop.place()
    stripe_sandbox.world.restrict_key("rk_test_blind", frozenset({"customer_write"}))
    ready = start(shop, placed)
    with wiring.plant(stripe_sandbox, database, key="rk_test_blind", road=ConfirmationRoad.PAGE) as blind:
        confirm(shop, ready)
        with pytest.raises(KeyRefused):
            start(blind, placed)
        with pytest.raises(KeyRefused):
            blind.look_again(placed)
    assert shop.look_again(placed).state is PayState.HELD


def test_p17_what_changed_since_is_for_the_pages_own_confirmation(shop: Plant) -> None:
    placed = shop.place()
    moved = wiring.shopper(email="ada@elsewhere.example", address=replace(wiring.ADA.address, line1="2 Lovelace Way"))
    again = shop.place(placed.checkout_id, shopper=moved)
    ready = start(shop, again)
    assert (ready.receipt_email, ready.shipping) == ("ada@elsewhere.example", shipping_of(moved))
    confirm(shop, ready)
    shop.look_again(again)
    order = shop.check_agrees(placed.order.id)
    assert order.payment.facts is not None
    assert order.payment.facts.shipping == shipping_of(moved)
    assert order.payment.facts.receipt_email == "ada@elsewhere.example"
    assert writes(shop, placed) == ["/confirm"]


def test_p17_an_address_that_stripe_has_already_is_brought_by_our_server_alone(shop: Plant) -> None:
    """Stripe lets no page change what a server set: https://github.com/stripe/react-stripe-js/issues/504"""
    placed = shop.place()
    paid(shop, placed, DECLINED)
    same = start(shop, placed)
    assert (same.state, same.shipping, same.receipt_email) == (PayState.READY, None, "")
    moved = wiring.shopper(address=replace(wiring.ADA.address, line1="2 Lovelace Way"))
    again = shop.place(placed.checkout_id, shopper=moved)
    answer = start(shop, again)
    assert (answer.state, answer.client_secret) == (PayState.DECLINED, "")
    assert shop.pay(again).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    assert order.payment.facts is not None
    assert order.payment.facts.shipping == shipping_of(moved)
    assert writes(shop, placed) == ["/confirm", "/confirm"]


def test_p15_whoever_has_the_link_pays_by_our_server(shop: Plant) -> None:
    placed = shop.place()
    pay_order = shop.works.shopfront.pay_order
    token = wiring.confirmation_token(shop.sandbox, wiring.DECLINED)
    refused = pay_order.pay_by_link(placed.order.link_token, token, wiring.RETURN_URL)
    assert (refused.state, refused.client_secret) == (PayState.DECLINED, "")
    assert pay_order.look_by_link(placed.order.link_token).client_secret == ""
    assert paid(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p15_while_our_server_asks_the_bank_the_page_gets_no_secret(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    plan(stripe_sandbox, "confirm", Fault.LOST_AFTER, None)
    assert shop.pay(placed).state is PayState.CHECKING
    answer = start(shop, placed)
    assert (answer.state, answer.client_secret) == (PayState.CHECKING, "")
    shop.settle()
    assert start(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p15_an_order_of_the_page_stays_one_when_the_shop_chooses_otherwise(
    shop: Plant, stripe_sandbox: Sandbox, database: Path
) -> None:
    placed = shop.place()
    with wiring.plant(stripe_sandbox, database, clock=shop.clock) as later:
        assert not later.works.shopfront.place_order.page_confirms()
        assert later.place(placed.checkout_id).order.id == placed.order.id
        assert paid(later, placed).state is PayState.HELD
        made_later = later.place()
        assert start(later, made_later).state is PayState.DECLINED
        assert road_of(made_later.order.payment) is ConfirmationRoad.SERVER
