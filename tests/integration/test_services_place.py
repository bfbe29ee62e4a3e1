"""Placing and paying: one order, one intent, and at most one hold, whatever the page does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import (
    CartRefused,
    CheckoutClosed,
    OperationInProgress,
    OutcomeUnknown,
    SellerDeskError,
    TokenRefused,
    UnknownOrder,
)
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_answer import PayState
from tests import wiring
from tests.wiring import ASKS_FIRST, DECLINED, TOTAL, Plant, answer_challenge, calls, confirmation_token


def test_a_placed_order_has_its_intent_and_holds_nothing(shop: Plant) -> None:
    order = shop.place().order
    there = shop.at_stripe(order)
    assert (order.total, there["amount"], there["currency"], there["status"]) == (
        TOTAL,
        TOTAL,
        "eur",
        "requires_payment_method",
    )
    assert there["metadata"]["sd_order"] == order.id
    assert there["metadata"]["sd_payment"] == order.payment.id
    assert there["metadata"]["sd_install"] == shop.store.installation()
    assert (order.payment.held, stage_of(order)) == (0, Stage.UNFINISHED)
    assert shop.happened(order.id) == ["placed"]
    shop.check_agrees(order.id)


def test_paying_holds_the_whole_amount_with_three_writes(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    answer = shop.pay(placed)
    assert answer.state is PayState.HELD
    assert (answer.order.payment.held, stage_of(answer.order)) == (TOTAL, Stage.TO_PREPARE)
    assert answer.client_secret == ""
    writes = [call.path for call in calls(stripe_sandbox, "POST", "") if "test_helpers" not in call.path]
    assert writes == [
        "/v1/customers",
        "/v1/payment_intents",
        f"/v1/payment_intents/{answer.order.payment.intent_id}/confirm",
    ]
    assert shop.happened(placed.order.id) == ["placed", "held"]
    shop.check_agrees(placed.order.id)


def test_the_same_checkout_is_the_same_order(shop: Plant) -> None:
    placed = shop.place()
    moved = wiring.shopper(name="Ada King", address=replace(wiring.ADA.address, line1="2 Lovelace Way"))
    again = shop.place(placed.checkout_id, shopper=moved)
    assert (again.order.id, again.order.payment.intent_id) == (placed.order.id, placed.order.payment.intent_id)
    shop.pay(again)
    order = shop.check_agrees(placed.order.id)
    assert order.shopper == moved
    assert order.payment.facts is not None
    assert order.payment.facts.shipping is not None
    assert order.payment.facts.shipping.line1 == "2 Lovelace Way"


def test_prices_are_ours_and_a_refused_cart_leaves_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    for cart in ((CartItem("MUG", 0),), (CartItem("NOSUCH", 1),), ()):
        with pytest.raises(CartRefused):
            shop.place(cart=cart)
    assert stripe_sandbox.world.dump()["customers"] == 0
    assert shop.rows("SELECT count(*) FROM orders") == [(0,)]


def test_a_declined_card_and_then_another_on_the_same_intent(shop: Plant) -> None:
    placed = shop.place()
    refused = shop.pay(placed, DECLINED)
    assert refused.state is PayState.DECLINED
    assert refused.problem is not None
    assert (refused.problem.code, refused.problem.decline_code) == ("card_declined", "insufficient_funds")
    assert stage_of(refused.order) is Stage.PROBLEM
    paid = shop.pay(placed)
    assert paid.state is PayState.HELD
    assert paid.order.payment.intent_id == placed.order.payment.intent_id
    assert paid.order.payment.problem == refused.problem
    order = shop.check_agrees(placed.order.id)
    assert shop.happened(order.id) == ["placed", "declined", "held"]
    assert shop.at_stripe(order)["charges"] == 2


def test_two_declines_are_told_once_each_however_often_they_are_read(shop: Plant) -> None:
    placed = shop.place()
    shop.pay(placed, DECLINED)
    shop.look_again(placed)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    shop.pay(placed, "pm_card_visa_chargeDeclinedLostCard")
    shop.look_again(placed)
    assert shop.happened(placed.order.id) == ["placed", "declined", "declined"]
    problem = shop.order(placed.order.id).payment.problem
    assert problem is not None
    assert problem.decline_code == "lost_card"


@pytest.mark.parametrize("approve", [True, False])
def test_three_d_secure(shop: Plant, stripe_sandbox: Sandbox, approve: bool) -> None:
    placed = shop.place()
    asked = shop.pay(placed, ASKS_FIRST)
    assert asked.state is PayState.ACTION
    assert asked.client_secret.startswith(placed.order.payment.intent_id)
    assert asked.client_secret not in repr(asked)
    assert shop.look_again(placed).client_secret == asked.client_secret
    answer_challenge(stripe_sandbox, asked.order, approve=approve)
    told = shop.look_again(placed)
    if approve:
        assert told.state is PayState.HELD
        assert shop.happened(placed.order.id) == ["placed", "action", "held"]
    else:
        assert told.state is PayState.DECLINED
        assert told.problem is not None
        assert told.problem.code == "payment_intent_authentication_failure"
        assert shop.pay(placed).state is PayState.HELD
        assert shop.happened(placed.order.id) == ["placed", "action", "declined", "held"]
    shop.check_agrees(placed.order.id)
    assert shop.rows("SELECT count(*) FROM operation WHERE params LIKE '%' || ? || '%'", asked.client_secret) == [(0,)]


def test_another_card_while_the_bank_waits_for_approval(shop: Plant) -> None:
    placed = shop.place()
    assert shop.pay(placed, ASKS_FIRST).state is PayState.ACTION
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_the_same_token_twice_is_one_try(shop: Plant, stripe_sandbox: Sandbox) -> None:
    for card, state in (("pm_card_visa", PayState.HELD), (DECLINED, PayState.DECLINED), (ASKS_FIRST, PayState.ACTION)):
        placed = shop.place()
        token = confirmation_token(stripe_sandbox, card)
        first, second = shop.pay(placed, token=token), shop.pay(placed, token=token)
        assert first.state is second.state is state
        assert (first.problem, first.client_secret) == (second.problem, second.client_secret)
        assert len(shop.operations(placed.order.id, OperationKind.CONFIRM)) == 1
        assert len(calls(stripe_sandbox, "POST", f"{placed.order.payment.intent_id}/confirm")) == 1


@pytest.mark.parametrize(
    "token", ["", "tok_", "pi_123", "ctoken_", "ctoken_<script>", "ctoken_" + "x" * 10_000, "4242424242424242"]
)
def test_what_is_no_token_is_refused_before_anything_is_sent(shop: Plant, stripe_sandbox: Sandbox, token: str) -> None:
    placed = shop.place()
    with pytest.raises(TokenRefused):
        shop.works.shopfront.pay_order.pay(placed.checkout_id, placed.order.reference, token, wiring.RETURN_URL)
    assert not calls(stripe_sandbox, "POST", "/confirm")


def test_a_token_that_stripe_does_not_know(shop: Plant) -> None:
    placed = shop.place()
    for _ in range(2):
        with pytest.raises(TokenRefused, match="Nothing is held"):
            shop.pay(placed, token="ctoken_nosuch")
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_a_token_that_paid_another_order(shop: Plant, stripe_sandbox: Sandbox) -> None:
    token = confirmation_token(stripe_sandbox)
    assert shop.pay(shop.place(), token=token).state is PayState.HELD
    other = shop.place()
    with pytest.raises(TokenRefused):
        shop.pay(other, token=token)
    assert shop.order(other.order.id).payment.held == 0
    shop.check_agrees(other.order.id)


def test_an_order_is_paid_from_its_own_checkout_only(shop: Plant) -> None:
    one, other = shop.place(), shop.place()
    pay_order = shop.works.shopfront.pay_order
    for checkout_id, reference in (
        (one.checkout_id, other.order.reference),
        ("nosuch", one.order.reference),
        ("", ""),
    ):
        with pytest.raises(UnknownOrder):
            pay_order.pay(checkout_id, reference, "ctoken_x", wiring.RETURN_URL)
        with pytest.raises(UnknownOrder):
            pay_order.look_again(checkout_id, reference)


def test_a_paid_checkout_is_not_paid_again(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    shop.pay(placed)
    assert shop.pay(placed).state is PayState.HELD
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1
    again = shop.place(placed.checkout_id)
    assert again.order.id == placed.order.id
    assert shop.pay(again).state is PayState.HELD
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1
    assert stripe_sandbox.world.dump()["captures"] == 0


def test_another_answer_about_saving_the_card_is_another_order(shop: Plant) -> None:
    """What an intent was told about saving the card cannot be taken back."""
    placed = shop.place(save_card=True)
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, save_card=False)
    assert shop.look_again(placed).state is PayState.CLOSED


def test_another_cart_closes_an_unpaid_checkout(shop: Plant) -> None:
    placed = shop.place()
    with pytest.raises(CheckoutClosed, match="cart has changed"):
        shop.place(placed.checkout_id, (CartItem("MUG", 1),))
    with pytest.raises(CheckoutClosed):
        shop.pay(placed)
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id)
    assert shop.look_again(placed).state is PayState.CLOSED
    assert shop.check_agrees(placed.order.id).payment.held == 0


def test_another_cart_never_gives_up_an_order_whose_money_is_held_or_on_its_way(shop: Plant) -> None:
    asked = shop.place()
    shop.pay(asked, ASKS_FIRST)
    with pytest.raises(OperationInProgress):
        shop.place(asked.checkout_id, (CartItem("MUG", 1),))
    held = shop.place()
    shop.pay(held)
    with pytest.raises(CheckoutClosed):
        shop.place(held.checkout_id, (CartItem("MUG", 1),))
    assert shop.order(asked.order.id).closed_at is None
    assert shop.order(held.order.id).closed_at is None


def test_a_closed_checkout_pays_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    with shop.store.write() as unit:
        unit.orders.close(placed.order.id, shop.clock.now())
        unit.commit()
    with pytest.raises(CheckoutClosed, match="not charged"):
        shop.pay(placed)
    assert not calls(stripe_sandbox, "POST", "/confirm")


def test_an_intent_cancelled_elsewhere_closes_the_checkout(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    wiring.stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/cancel")
    assert shop.pay(placed).state is PayState.CLOSED
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.ENDED


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each in a thread of its own; what each gave or raised."""
    start = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(index: int, work: Callable[[], object]) -> None:
        start.wait(20)
        try:
            results[index] = work()
        except SellerDeskError as error:
            results[index] = error

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_checkout_sent_several_times_at_once(shop: Plant) -> None:
    checkout_id = "once"
    results = at_once(*[lambda: shop.place(checkout_id)] * 4)
    assert all(isinstance(each, wiring.Placed | OutcomeUnknown | OperationInProgress) for each in results), results
    shop.settle()
    placed = shop.place(checkout_id)
    shop.check_agrees(placed.order.id)
    assert shop.rows("SELECT count(*) FROM orders") == [(1,)]


def test_a_second_request_that_read_the_order_before_the_first_made_its_customer_and_intent(
    stripe_sandbox: Sandbox, database: Path
) -> None:
    """The second one goes on with what it read: it must look again before it asks Stripe for a second customer."""
    with wiring.plant(stripe_sandbox, database) as first, wiring.plant(stripe_sandbox, database) as second:
        place_order = first.works.shopfront.place_order
        intents = place_order._intents
        stale = place_order._enter("twice", wiring.CART, wiring.ADA, False)
        done = second.place("twice").order
        assert intents.ensure(stale).payment.intent_id == done.payment.intent_id
        assert intents._intent(stale).payment.intent_id == done.payment.intent_id
        first.check_agrees(done.id)


def test_one_token_pressed_several_times_at_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    token = confirmation_token(stripe_sandbox)
    at_once(*[lambda: shop.pay(placed, token=token)] * 4)
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1


def test_two_cards_at_once_hold_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    tokens = [confirmation_token(stripe_sandbox) for _ in range(3)]
    at_once(*[lambda token=token: shop.pay(placed, token=token) for token in tokens])
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_a_try_under_way_is_waited_for(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    stripe_sandbox.world.faults.plan("confirm", Fault.LOST_AFTER)
    assert shop.pay(placed).state is PayState.CHECKING
    assert shop.pay(placed).state is PayState.CHECKING
    assert shop.look_again(placed).state is PayState.CHECKING
    shop.clock.advance()
    assert shop.look_again(placed).state is PayState.HELD
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1
    shop.check_agrees(placed.order.id)


def test_a_press_that_was_never_sent_is_not_sent_much_later(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The program ended between writing the press down and sending it; the shopper went away meanwhile."""
    placed = shop.place()
    token = confirmation_token(stripe_sandbox)
    shop.works.shopfront.pay_order._paying.plan(placed.order, token, wiring.RETURN_URL)
    shop.clock.advance(3600)
    shop.works.resolve.run_due()
    (confirm,) = shop.operations(placed.order.id, OperationKind.CONFIRM)
    assert confirm.state is OperationState.DROPPED
    assert not calls(stripe_sandbox, "POST", "/confirm")
    with pytest.raises(TokenRefused):
        shop.pay(placed, token=token)
    assert shop.pay(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.status is PaymentStatus.REQUIRES_CAPTURE
