"""Manual confirmation: our server confirms, and once more within an hour of the bank's approval, whoever comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk.domain.errors import CheckoutClosed, KeyRefused, OperationInProgress, TokenRefused
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.requests import Confirm, from_json
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.calls import is_second_confirmation
from sellerdesk.services.confirm_again import QUICK_SECONDS, SLOW_SECONDS, WATCHED_SECONDS
from sellerdesk.services.pay_answer import PayState
from tests import wiring
from tests.integration.test_services_lost_answers import EACH_FAULT, FAULTS, each_of, plan
from tests.integration.test_services_place import at_once
from tests.wiring import ASKS_FIRST, DECLINED, TOTAL, Placed, Plant, answer_challenge, calls, stripe_call

APPROVED_THEN_REFUSED = "pm_card_threeDSecureRequiredChargeDeclined"
HOUR = 3600
SOME_FAULTS = each_of([each for each in FAULTS if each[1] in (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ODD_200_NULL)])


@pytest.fixture
def shop(stripe_sandbox: Sandbox, database: Path) -> Iterator[Plant]:
    with wiring.plant(stripe_sandbox, database, road=ConfirmationRoad.MANUAL) as plant:
        yield plant


def asked(shop: Plant, card: str = ASKS_FIRST) -> Placed:
    """An order whose shopper is asked by the bank."""
    placed = shop.place()
    answer = shop.pay(placed, card)
    assert answer.state is PayState.ACTION
    assert answer.client_secret.startswith(placed.order.payment.intent_id)
    return Placed(placed.checkout_id, answer.order)


def approved(shop: Plant, card: str = ASKS_FIRST) -> Placed:
    """An order whose shopper has approved, which nobody here knows yet."""
    placed = asked(shop, card)
    answer_challenge(shop.sandbox, placed.order, approve=True)
    return placed


def confirms(shop: Plant, placed: Placed) -> list[Operation]:
    return shop.operations(placed.order.id, OperationKind.CONFIRM)


def second(shop: Plant, placed: Placed) -> Operation:
    (found,) = [each for each in confirms(shop, placed) if is_second_confirmation(each)]
    return found


def sent(shop: Plant, placed: Placed) -> int:
    return len(calls(shop.sandbox, "POST", f"{placed.order.payment.intent_id}/confirm"))


def pass_time(shop: Plant, seconds: int) -> None:
    """Time passes at Stripe and here."""
    shop.sandbox.world.clock.advance(seconds)
    shop.clock.advance(seconds)


def test_p16_without_a_question_of_the_bank_one_confirmation_holds(shop: Plant) -> None:
    placed = shop.place()
    assert shop.pay(placed).state is PayState.HELD
    order = shop.check_agrees(placed.order.id)
    assert order.payment.facts is not None
    assert order.payment.facts.confirmation_method == "manual"
    assert (order.payment.held, sent(shop, placed)) == (TOTAL, 1)


def test_p16_after_the_approval_the_server_confirms_again(shop: Plant) -> None:
    placed = approved(shop)
    assert shop.look_again(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert shop.happened(placed.order.id) == ["placed", "action", "approved", "held"]
    first, again = sorted(confirms(shop, placed), key=is_second_confirmation)
    assert [each.state for each in (first, again)] == [OperationState.DONE] * 2
    requests = [from_json(each.params) for each in (first, again)]
    assert [request.token[:7] for request in requests if isinstance(request, Confirm)] == ["ctoken_", ""]
    keys = [call.idempotency_key for call in calls(shop.sandbox, "POST", "/confirm")]
    assert keys == [first.idempotency_key, again.idempotency_key]


def test_p16_declined_and_then_another_card_on_the_same_intent(shop: Plant) -> None:
    placed = shop.place()
    assert shop.pay(placed, DECLINED).state is PayState.DECLINED
    assert shop.pay(placed, "pm_card_chargeCustomerFail").state is PayState.DECLINED
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p16_the_bank_may_refuse_what_its_holder_approved(shop: Plant) -> None:
    placed = approved(shop, APPROVED_THEN_REFUSED)
    answer = shop.look_again(placed)
    assert answer.state is PayState.DECLINED
    assert answer.problem is not None
    assert answer.problem.code == "card_declined"
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)
    assert shop.happened(placed.order.id) == ["placed", "action", "approved", "declined", "held"]


def test_p16_a_question_refused_leaves_the_order_open_for_another_card(shop: Plant) -> None:
    placed = asked(shop)
    answer_challenge(shop.sandbox, placed.order, approve=False)
    assert shop.look_again(placed).state is PayState.DECLINED
    again = shop.pay(placed, ASKS_FIRST)
    answer_challenge(shop.sandbox, again.order, approve=True)
    assert shop.look_again(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)
    assert len(confirms(shop, placed)) == 3


def test_p16_another_card_instead_of_the_approved_one(shop: Plant) -> None:
    placed = approved(shop)
    assert shop.pay(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert shop.at_stripe(placed.order)["charges"] == 1


def test_p16_a_card_that_cannot_be_used_does_not_stop_the_approved_one(shop: Plant) -> None:
    placed = asked(shop)
    with pytest.raises(TokenRefused):
        shop.pay(placed, token="ctoken_nosuch")
    answer_challenge(shop.sandbox, placed.order, approve=True)
    assert shop.look_again(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p16_the_window_was_closed_after_the_approval(shop: Plant) -> None:
    """Stripe tells nobody of the approval: the background looks, and finishes it within the hour."""
    placed = asked(shop)
    shop.works.resolve.run_due()
    assert shop.order(placed.order.id).payment.status is PaymentStatus.REQUIRES_ACTION
    answer_challenge(shop.sandbox, placed.order, approve=True)
    shop.works.resolve.run_due()
    assert shop.order(placed.order.id).payment.held == 0
    pass_time(shop, QUICK_SECONDS)
    shop.works.resolve.run_due()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    before = sent(shop, placed)
    pass_time(shop, QUICK_SECONDS)
    shop.works.resolve.run_due()
    assert (len(confirms(shop, placed)), sent(shop, placed)) == (2, before)


def test_p16_an_approval_that_a_poll_saw_is_finished_at_once(shop: Plant) -> None:
    placed = asked(shop)
    shop.works.resolve.run_due()
    answer_challenge(shop.sandbox, placed.order, approve=True)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    assert stage_of(shop.order(placed.order.id)) is Stage.UNFINISHED
    shop.works.resolve.run_due()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_p16_page_and_background_at_once_confirm_once(shop: Plant) -> None:
    placed = approved(shop)
    answers = at_once(
        lambda: shop.look_again(placed),
        lambda: shop.look_again(placed),
        shop.works.resolve.run_due,
        shop.works.resolve.run_due,
    )
    assert not [each for each in answers if isinstance(each, Exception)]
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert (len(confirms(shop, placed)), sent(shop, placed)) == (2, 2)


def test_p16_while_nobody_approves_nothing_is_written(shop: Plant) -> None:
    """Whoever watches the database would otherwise think every minute that something had happened."""
    placed = asked(shop)
    before = shop.store.changes()
    reads = len(calls(shop.sandbox, "GET", placed.order.payment.intent_id))
    for _ in range(3):
        shop.works.resolve.run_due()
        pass_time(shop, QUICK_SECONDS)
    assert shop.store.changes() == before
    assert len(calls(shop.sandbox, "GET", placed.order.payment.intent_id)) == reads + 3


def test_p16_the_watch_gets_slower_and_ends(shop: Plant) -> None:
    placed = asked(shop)

    def reads() -> int:
        return len(calls(shop.sandbox, "GET", placed.order.payment.intent_id))

    pass_time(shop, HOUR)
    known = reads()
    for _ in range(4):
        shop.works.resolve.run_due()
        pass_time(shop, SLOW_SECONDS // 2)
    assert reads() == known + 2
    pass_time(shop, WATCHED_SECONDS)
    shop.works.resolve.run_due()
    assert reads() == known + 2


def test_p16_approved_an_hour_after_the_bank_asked(shop: Plant) -> None:
    placed = asked(shop)
    pass_time(shop, HOUR + 60)
    shop.works.resolve.run_due()
    answer_challenge(shop.sandbox, placed.order, approve=True)
    pass_time(shop, SLOW_SECONDS)
    shop.works.resolve.run_due()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_p16_after_an_hour_stripe_gives_up_and_the_order_shows_why(shop: Plant) -> None:
    placed = approved(shop)
    shop.works.desk.sync.poll()
    pass_time(shop, HOUR + 1)
    shop.works.desk.sync.poll()
    order = shop.check_agrees(placed.order.id)
    assert stage_of(order) is Stage.PROBLEM
    assert order.payment.problem is not None
    assert order.payment.problem.code == "payment_intent_payment_attempt_expired"
    assert shop.look_again(placed).state is PayState.DECLINED
    assert len(confirms(shop, placed)) == 1
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(order.id)


@EACH_FAULT
def test_p16_the_answer_to_the_second_confirmation_is_lost(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = approved(shop)
    plan(stripe_sandbox, "confirm", fault, stored)
    assert shop.look_again(placed).state is PayState.CHECKING
    assert shop.look_again(placed).state is PayState.CHECKING
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert len(confirms(shop, placed)) == 2
    assert shop.look_again(placed).state is PayState.HELD


@SOME_FAULTS
def test_p16_the_answer_is_lost_and_it_was_a_refusal(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = approved(shop, APPROVED_THEN_REFUSED)
    plan(stripe_sandbox, "confirm", fault, stored)
    assert shop.look_again(placed).state in (PayState.CHECKING, PayState.DECLINED)
    shop.settle()
    order = shop.check_agrees(placed.order.id)
    assert stage_of(order) is Stage.PROBLEM
    assert shop.look_again(placed).state is PayState.DECLINED
    assert shop.happened(order.id).count("declined") == 1


@SOME_FAULTS
def test_p16_the_answer_to_the_first_confirmation_is_lost(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = shop.place()
    plan(stripe_sandbox, "confirm", fault, stored)
    assert shop.pay(placed, ASKS_FIRST).state is PayState.CHECKING
    shop.settle()
    answer = shop.look_again(placed)
    assert answer.state is PayState.ACTION
    answer_challenge(stripe_sandbox, answer.order, approve=True)
    assert shop.look_again(placed).state is PayState.HELD
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


@SOME_FAULTS
def test_p16_a_reading_is_lost_while_the_background_watches(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    placed = approved(shop)
    plan(stripe_sandbox, "retrieve", fault, stored)
    assert shop.works.resolve.run_due().trouble is not None
    pass_time(shop, QUICK_SECONDS)
    assert shop.works.resolve.run_due().trouble is None
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_p16_a_key_that_is_refused_meanwhile_is_waited_for(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Nobody needs to stand there: it is finished when the key works again within the hour."""
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    assert isinstance(shop.works.resolve.run_due().trouble, KeyRefused)
    assert shop.look_again(placed).state is PayState.CHECKING
    stripe_sandbox.world.revoked_keys.clear()
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_p16_a_key_that_works_again_too_late(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    shop.works.resolve.run_due()
    pass_time(shop, HOUR + 10)
    stripe_sandbox.world.revoked_keys.clear()
    shop.settle()
    order = shop.check_agrees(placed.order.id)
    assert stage_of(order) is Stage.PROBLEM
    assert second(shop, placed).state is OperationState.FAILED
    assert shop.look_again(placed).state is PayState.DECLINED
    assert shop.pay(placed).state is PayState.HELD


def test_p16_stripe_gives_up_while_a_lost_answer_is_found_out(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The approved card is gone from the intent: nothing is sent for it any more, and the shopper need not wait."""
    placed = approved(shop)
    pass_time(shop, HOUR - 60)
    plan(stripe_sandbox, "confirm", Fault.LOST_BEFORE, None)
    assert shop.look_again(placed).state is PayState.CHECKING
    pass_time(shop, 90)
    shop.works.resolve.run_due()
    found = second(shop, placed)
    assert (found.state, found.outcome) == (OperationState.FAILED, "declined")
    answer = shop.look_again(placed)
    assert answer.state is PayState.DECLINED
    assert answer.problem is not None
    assert answer.problem.code == "payment_intent_payment_attempt_expired"
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


def test_p16_a_second_confirmation_that_was_never_sent_is_not_sent_after_the_hour(shop: Plant) -> None:
    """The program ended between writing it down and sending it. Stripe has given up meanwhile, or soon will."""
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    again = shop.works.shopfront.pay_order._paying._again
    assert again._plan(placed.order.id) is not None
    pass_time(shop, HOUR + 10)
    shop.works.resolve.run_due()
    assert second(shop, placed).state is OperationState.DROPPED
    shop.works.desk.sync.poll()
    assert sent(shop, placed) == 1
    assert shop.look_again(placed).state is PayState.DECLINED


def test_p16_cancelled_at_stripe_after_the_approval(shop: Plant) -> None:
    placed = approved(shop)
    stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/cancel")
    assert shop.look_again(placed).state is PayState.CLOSED
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.ENDED


def test_p16_cancelled_while_the_second_confirmation_is_written_down(shop: Plant) -> None:
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/cancel")
    shop.works.resolve.run_due()
    shop.settle()
    assert stage_of(shop.check_agrees(placed.order.id)) is Stage.ENDED
    assert shop.order(placed.order.id).payment.held == 0


def test_p16_held_and_captured_elsewhere_meanwhile(shop: Plant) -> None:
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    intent = f"/v1/payment_intents/{placed.order.payment.intent_id}"
    stripe_call(shop.sandbox, "POST", f"{intent}/confirm")
    stripe_call(shop.sandbox, "POST", f"{intent}/capture")
    shop.works.resolve.run_due()
    shop.settle()
    order = shop.check_agrees(placed.order.id)
    assert (stage_of(order), order.payment.captured) == (Stage.TO_SHIP, TOTAL)
    assert shop.look_again(placed).state is PayState.HELD


def test_p16_another_cart_waits_until_the_approved_one_is_finished(shop: Plant) -> None:
    placed = approved(shop)
    shop.works.desk.sync.read_again(placed.order.payment.intent_id)
    with pytest.raises(OperationInProgress):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert shop.look_again(placed).state is PayState.HELD
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


def test_p16_an_order_keeps_its_road_whatever_the_shop_chooses_later(
    shop: Plant, stripe_sandbox: Sandbox, database: Path
) -> None:
    placed = asked(shop)
    for road in (ConfirmationRoad.SERVER, ConfirmationRoad.PAGE):
        with wiring.plant(stripe_sandbox, database, road=road, clock=shop.clock) as later:
            assert later.place(placed.checkout_id).order.id == placed.order.id
            assert later.look_again(placed).state is PayState.ACTION
    answer_challenge(stripe_sandbox, placed.order, approve=True)
    with wiring.plant(stripe_sandbox, database, clock=shop.clock) as later:
        assert later.look_again(placed).state is PayState.HELD
        later.check_agrees(placed.order.id)
