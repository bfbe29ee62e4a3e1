"""Cards that do what nobody expects of them: kept and then refused, asked about and left alone, approved much later."""

import pytest

from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.pay_answer import PayState
from tests import wiring
from tests.wiring import ASKS_FIRST, DAY, TOTAL, Placed, Plant, answer_challenge, calls

# 4000000000000341: can be attached to a customer, and then every charge fails. https://docs.stripe.com/testing
ATTACHES_AND_FAILS = "pm_card_chargeCustomerFail"
HOUR = 3600


def pass_time(shop: Plant, seconds: int) -> None:
    """At Stripe and here."""
    shop.sandbox.world.clock.advance(seconds)
    shop.clock.advance(seconds)


def refused(shop: Plant, placed: Placed) -> Order:
    """The order after its card was refused, checked: nothing is held, nothing is promised for later."""
    order = shop.check_agrees(placed.order.id)
    assert stage_of(order) is Stage.PROBLEM
    problem = order.payment.problem
    assert problem is not None
    assert problem.code == "card_declined"
    assert problem.card is not None
    assert problem.card.last4 == "0341"
    assert (order.payment.held, order.payment.saved_card_id) == (0, "")
    return order


def test_p08_a_card_that_is_kept_and_then_fails_is_not_promised_for_later(shop: Plant) -> None:
    placed = shop.place(save_card=True)
    assert shop.pay(placed, ATTACHES_AND_FAILS).state is PayState.DECLINED
    first = refused(shop, placed)
    assert shop.pay(placed).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    assert order.payment.intent_id == first.payment.intent_id
    assert order.payment.held == TOTAL
    assert order.payment.saved_card_id != ""
    assert order.payment.problem == first.payment.problem
    assert shop.happened(order.id) == ["placed", "declined", "held"]


def test_p04_a_card_attached_before_and_failing_now_holds_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Attaching it succeeds; the payment method itself is what comes to our server."""
    placed = shop.place()
    attached = wiring.stripe_call(
        stripe_sandbox,
        "POST",
        f"/v1/payment_methods/{ATTACHES_AND_FAILS}/attach",
        customer=shop.order(placed.order.id).customer_id,
    )
    assert attached["customer"] == shop.order(placed.order.id).customer_id
    assert shop.pay(placed, token=str(attached["id"])).state is PayState.DECLINED
    refused(shop, placed)
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p12_a_question_of_the_bank_that_nobody_answers_stays_unfinished(shop: Plant) -> None:
    placed = shop.place()
    assert shop.pay(placed, ASKS_FIRST).state is PayState.ACTION
    for _ in range(3):
        pass_time(shop, DAY)
        shop.works.desk.sync.poll()
        shop.works.resolve.run_due()
        order = shop.order(placed.order.id)
        assert stage_of(order) is Stage.UNFINISHED
        assert (order.payment.status, order.payment.held) == (PaymentStatus.REQUIRES_ACTION, 0)
    assert shop.happened(placed.order.id) == ["placed", "action"]
    assert shop.pay(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


@pytest.mark.parametrize("approve", [True, False])
def test_p18_the_bank_is_answered_an_hour_later_and_no_page_is_open(
    shop: Plant, stripe_sandbox: Sandbox, approve: bool
) -> None:
    placed = shop.place()
    asked = shop.pay(placed, ASKS_FIRST)
    shop.works.desk.sync.poll()
    pass_time(shop, HOUR)
    answer_challenge(stripe_sandbox, asked.order, approve=approve)
    shop.works.desk.sync.poll()
    order = shop.check_agrees(placed.order.id)
    if approve:
        assert stage_of(order) is Stage.TO_PREPARE
        assert order.payment.held == TOTAL
        assert shop.happened(order.id) == ["placed", "action", "held"]
    else:
        assert stage_of(order) is Stage.PROBLEM
        assert order.payment.problem is not None
        assert order.payment.problem.code == "payment_intent_authentication_failure"
        assert shop.happened(order.id) == ["placed", "action", "declined"]
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1


def test_p06_a_second_capture_straight_at_stripe_is_refused_and_changes_nothing(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    """Another program with the same key captures once more, and the rest."""
    captured = shop.prepare(shop.place_and_pay(), {1: 0})
    for form in ({}, {"amount_to_capture": "100"}):
        with pytest.raises(AssertionError, match="payment_intent_unexpected_state"):
            wiring.stripe_call(
                stripe_sandbox, "POST", f"/v1/payment_intents/{captured.payment.intent_id}/capture", **form
            )
    shop.works.desk.sync.poll()
    now = shop.check_agrees(captured.id)
    assert (now.payment.captured, now.payment.released) == (captured.payment.captured, captured.payment.released)
    assert shop.happened(captured.id).count("captured") == 1
