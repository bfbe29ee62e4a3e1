"""What holds on every road of confirmation: a customer first, one confirm call with all that changed, and outcomes told
apart in the answer, on the order page and on the desk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sellerdesk.checkout.order_words import PageState, state_of
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.pay_answer import PayAnswer, PayState
from sellerdesk.services.requests import shipping_of
from tests import wiring
from tests.integration.test_services_page_road import ASKS, ATTACHES_THEN_FAILS, DECLINED, GOOD, paid
from tests.wiring import TOTAL, Placed, Plant, answer_challenge, calls, stripe_call

# The same test cards, by number for a page and by id for a server.
IDS = {
    GOOD: "pm_card_visa",
    DECLINED: "pm_card_visa_chargeDeclined",
    ASKS: "pm_card_authenticationRequired",
    ATTACHES_THEN_FAILS: "pm_card_chargeCustomerFail",
}


@pytest.fixture(params=list(ConfirmationRoad), ids=lambda road: road.value)
def road(request: pytest.FixtureRequest) -> ConfirmationRoad:
    found = request.param
    assert isinstance(found, ConfirmationRoad)
    return found


@pytest.fixture
def shop(stripe_sandbox: Sandbox, database: Path, road: ConfirmationRoad) -> Iterator[Plant]:
    with wiring.plant(stripe_sandbox, database, road=road) as plant:
        yield plant


def press(shop: Plant, placed: Placed, number: str = GOOD) -> PayAnswer:
    """One press on the page, by the road that the order was made for."""
    if road_of(placed.order.payment) is ConfirmationRoad.PAGE:
        return paid(shop, placed, number)
    return shop.pay(placed, IDS[number])


def changes(shop: Plant, placed: Placed) -> list[str]:
    """Every call that changed the order's intent, in order."""
    intent = placed.order.payment.intent_id
    return [call.path.rpartition(intent)[2] for call in calls(shop.sandbox, "POST", "") if intent in call.path]


def test_p14_a_customer_is_made_first_and_stands_on_the_intent(shop: Plant, road: ConfirmationRoad) -> None:
    placed = shop.place()
    assert press(shop, placed).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    made = [call.path for call in calls(shop.sandbox, "POST", "") if call.path.count("/") == 2]
    assert made == ["/v1/customers", "/v1/payment_intents"]
    assert order.customer_id
    assert order.payment.facts is not None
    assert order.payment.facts.customer_id == order.customer_id
    assert road_of(order.payment) is road


def test_p08_a_card_is_kept_for_later_only_when_the_shopper_agreed(shop: Plant) -> None:
    for agreed in (True, False):
        placed = shop.place(save_card=agreed)
        if road_of(placed.order.payment) is ConfirmationRoad.PAGE:
            answer = paid(shop, placed)
        else:
            made = {"payment_method": "pm_card_visa"} | ({"setup_future_usage": "off_session"} if agreed else {})
            token = stripe_call(shop.sandbox, "POST", "/v1/test_helpers/confirmation_tokens", **made)["id"]
            answer = shop.pay(placed, token=token)
        assert answer.state is PayState.HELD
        order = shop.check_agrees(placed.order.id)
        kept = stripe_call(shop.sandbox, "GET", f"/v1/customers/{order.customer_id}/payment_methods")["data"]
        assert [method["id"] for method in kept] == ([order.payment.saved_card_id] if agreed else [])
        assert bool(order.payment.saved_card_id) is agreed


def test_p17_all_that_changed_since_travels_in_the_confirm_call(shop: Plant) -> None:
    placed = shop.place()
    moved = wiring.shopper(
        name="Ada King", email="ada@elsewhere.example", address=replace(wiring.ADA.address, line1="2 Lovelace Way")
    )
    again = shop.place(placed.checkout_id, shopper=moved)
    assert changes(shop, again) == []
    assert press(shop, again).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    assert order.payment.facts is not None
    assert (order.payment.facts.shipping, order.payment.facts.receipt_email) == (
        shipping_of(moved),
        "ada@elsewhere.example",
    )
    assert changes(shop, again) == ["/confirm"]


def test_p17_tracking_goes_by_update_because_a_captured_intent_cannot_be_confirmed(shop: Plant) -> None:
    placed = shop.place()
    press(shop, placed)
    order = shop.ship(shop.prepare(shop.order(placed.order.id)))
    assert changes(shop, placed) == ["/confirm", "/capture", ""]
    facts = shop.works.gateway.retrieve(order.payment.intent_id)
    assert facts.shipping is not None
    assert facts.shipping.tracking_number == wiring.PARCEL.number
    assert facts.shipping.line1 == wiring.ADA.address.line1


def test_p18_the_outcomes_are_told_apart_everywhere(shop: Plant) -> None:
    placed = shop.place()

    def stands(answer: PayAnswer) -> tuple[PayState, PageState, Stage, PaymentStatus | None]:
        order = shop.order(placed.order.id)
        return answer.state, state_of(order), stage_of(order), order.payment.status

    refused = press(shop, placed, DECLINED)
    assert stands(refused) == (
        PayState.DECLINED,
        PageState.PAY_AGAIN,
        Stage.PROBLEM,
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
    )
    assert refused.problem is not None
    asked = press(shop, placed, ASKS)
    assert stands(asked) == (PayState.ACTION, PageState.APPROVE, Stage.UNFINISHED, PaymentStatus.REQUIRES_ACTION)
    assert asked.client_secret.startswith(placed.order.payment.intent_id)
    answer_challenge(shop.sandbox, asked.order, approve=False)
    assert stands(shop.look_again(placed))[:3] == (PayState.DECLINED, PageState.PAY_AGAIN, Stage.PROBLEM)
    answer_challenge(shop.sandbox, press(shop, placed, ASKS).order, approve=True)
    held = stands(shop.look_again(placed))
    assert held == (PayState.HELD, PageState.HELD, Stage.TO_PREPARE, PaymentStatus.REQUIRES_CAPTURE)
    shop.prepare(shop.order(placed.order.id))
    captured = stands(shop.look_again(placed))
    assert captured == (PayState.HELD, PageState.PACKED, Stage.TO_SHIP, PaymentStatus.SUCCEEDED)
    assert shop.check_agrees(placed.order.id).payment.captured == TOTAL


def test_a_card_that_attaches_and_then_fails_leaves_the_order_open(shop: Plant) -> None:
    placed = shop.place()
    assert press(shop, placed, ATTACHES_THEN_FAILS).state is PayState.DECLINED
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.PROBLEM
    assert press(shop, placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p12_an_order_left_at_the_bank_is_resumed_with_its_own_intent(shop: Plant) -> None:
    shop.works.desk.sync.poll()
    placed = shop.place()
    press(shop, placed, ASKS)
    shop.works.desk.sync.poll()
    (row,) = shop.works.desk.orders.page(OrderQuery(Stage.UNFINISHED)).rows
    assert row.id == placed.order.id
    back = shop.place(placed.checkout_id)
    assert (back.order.id, back.order.payment.intent_id) == (placed.order.id, placed.order.payment.intent_id)
    resumed = shop.look_again(back)
    assert resumed.state is PayState.ACTION
    answer_challenge(shop.sandbox, resumed.order, approve=True)
    assert shop.look_again(back).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert shop.at_stripe(placed.order)["authorizations"] == 1
