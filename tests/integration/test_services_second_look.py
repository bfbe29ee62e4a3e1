"""Interleavings that nobody thinks of first: two tabs, lost approvals, clocks that are wrong, long absences."""

from pathlib import Path

import pytest

from sellerdesk.domain.errors import CheckoutClosed, KeyRefused, OperationInProgress, OurBug, OutcomeUnknown
from sellerdesk.domain.merge import merge
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Parcel, Stage
from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus
from sellerdesk.domain.requests import Capture, Confirm, from_json
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services import record
from sellerdesk.services.calls import Effect, judge
from sellerdesk.services.pay_answer import PayState
from tests import builders, wiring
from tests.wiring import (
    ASKS_FIRST,
    DAY,
    DECLINED,
    RETURN_URL,
    TOTAL,
    MovedClock,
    Plant,
    calls,
    confirmation_token,
    stripe_call,
)


def test_the_same_cart_from_a_second_tab_is_the_order_that_is_held(shop: Plant, stripe_sandbox: Sandbox) -> None:
    first = shop.place()
    assert shop.pay(first).state is PayState.HELD
    second = shop.place(first.checkout_id)
    assert shop.pay(second).state is PayState.HELD
    assert stripe_sandbox.world.dump()["charges"] == 1


def test_a_checkout_closed_by_another_tab_is_not_paid(shop: Plant) -> None:
    """The closing comes between this tab's look at the order and its writing down of the press."""
    placed = shop.place()
    paying = shop.works.shopfront.pay_order._paying
    seen_open = placed.order
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, wiring.CART[:1])
    with pytest.raises(CheckoutClosed):
        paying.plan(seen_open, "ctoken_1", wiring.RETURN_URL)
    assert shop.order(placed.order.id).payment.held == 0


def test_a_closed_checkout_has_ended_unless_money_is_held(shop: Plant) -> None:
    placed = shop.place()
    shop.pay(placed, DECLINED)
    assert stage_of(shop.order(placed.order.id)) is Stage.PROBLEM
    with pytest.raises(CheckoutClosed):
        shop.place(placed.checkout_id, wiring.CART[:1])
    assert stage_of(shop.order(placed.order.id)) is Stage.ENDED
    assert shop.works.desk.orders.overview().count(Stage.ENDED) == 1


def test_what_the_bank_was_shown_is_not_changed_while_it_is_asked(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    stripe_sandbox.world.faults.plan("confirm", Fault.LOST_AFTER)
    assert shop.pay(placed).state is PayState.CHECKING
    elsewhere = wiring.shopper(name="Someone Else")
    with pytest.raises(OperationInProgress):
        shop.place(placed.checkout_id, shopper=elsewhere)
    assert shop.place(placed.checkout_id).order.id == placed.order.id
    shop.settle()
    assert shop.check_agrees(placed.order.id).shopper == wiring.ADA


def test_a_press_under_a_refused_key_is_over_at_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """It certainly was not carried out, and must not hold money hours later, when the key works again."""
    placed = shop.place()
    token = confirmation_token(stripe_sandbox)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    with pytest.raises(KeyRefused):
        shop.pay(placed, token=token)
    (confirm,) = shop.operations(placed.order.id, OperationKind.CONFIRM)
    assert confirm.state is OperationState.FAILED


def test_a_press_that_did_not_arrive_is_not_sent_hours_later(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    stripe_sandbox.world.faults.plan("confirm", Fault.LOST_BEFORE)
    assert shop.pay(placed).state is PayState.CHECKING
    shop.clock.advance(3 * 3600)
    stripe_sandbox.world.clock.advance(3 * 3600)
    # Who sent it may still wait for the answer, with a clock that is behind: it is looked at twice.
    shop.works.resolve.run_due()
    assert shop.operations(placed.order.id, OperationKind.CONFIRM)[0].is_open
    for each in (shop.clock, stripe_sandbox.world.clock):
        each.advance(300)
    shop.works.resolve.run_due()
    (confirm,) = shop.operations(placed.order.id, OperationKind.CONFIRM)
    assert confirm.state is OperationState.FAILED
    assert shop.check_agrees(placed.order.id).payment.held == 0
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1


def test_a_press_that_arrives_while_somebody_finds_it_too_late_counts(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    stripe_sandbox.world.faults.plan("confirm", Fault.LOST_BEFORE)
    assert shop.pay(placed).state is PayState.CHECKING
    for each in (shop.clock, stripe_sandbox.world.clock):
        each.advance(3 * 3600)
    shop.settle(1)
    token = {"confirmation_token": confirmation_token(stripe_sandbox), "return_url": RETURN_URL}
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/confirm", **token)
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL
    assert shop.operations(placed.order.id, OperationKind.CONFIRM)[0].state is OperationState.DONE


@pytest.mark.parametrize("repaired", [True, False])
def test_a_press_that_stripe_failed_at_is_over_when_stripe_cannot_repair_it_any_more(
    shop: Plant, stripe_sandbox: Sandbox, repaired: bool
) -> None:
    """https://docs.stripe.com/error-low-level#server-errors"""
    placed = shop.place()
    stripe_sandbox.world.faults.plan("confirm", Fault.ERROR_500_BEFORE, stored=True)
    assert shop.pay(placed).state is PayState.CHECKING

    def look_after(seconds: int) -> Operation:
        for each in (shop.clock, stripe_sandbox.world.clock):
            each.advance(seconds)
        shop.works.resolve.run_due()
        return shop.operations(placed.order.id, OperationKind.CONFIRM)[0]

    assert all(look_after(700).is_open for _ in range(4))
    if repaired:
        token = {"confirmation_token": confirmation_token(stripe_sandbox), "return_url": RETURN_URL}
        stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{placed.order.payment.intent_id}/confirm", **token)
    ended = [look_after(700).state for _ in range(4)][-1]
    assert ended is (OperationState.DONE if repaired else OperationState.FAILED)
    assert shop.check_agrees(placed.order.id).payment.held == (TOTAL if repaired else 0)


def test_an_older_question_of_the_bank_is_not_the_new_cards_answer(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    assert shop.pay(placed, ASKS_FIRST).state is PayState.ACTION
    stripe_sandbox.world.faults.plan("confirm", Fault.LOST_BEFORE)
    assert shop.pay(placed, "pm_card_visa").state is PayState.CHECKING
    shop.clock.advance(60)
    shop.works.resolve.run_due()
    asked = [from_json(each.params) for each in shop.operations(placed.order.id, OperationKind.CONFIRM)]
    assert sorted(each.after_action for each in asked if isinstance(each, Confirm)) == [False, True]
    assert shop.check_agrees(placed.order.id).payment.held == TOTAL


@pytest.mark.parametrize("status", [PaymentStatus.PROCESSING, PaymentStatus.OTHER])
def test_what_stripe_has_not_decided_is_not_failed(status: PaymentStatus) -> None:
    facts: PaymentFacts = builders.facts(status=status)
    request = Capture(facts.intent_id, 100, (), 0, ())
    assert judge(request, facts).effect is Effect.WAIT


def test_a_clock_that_is_ahead_at_the_first_poll_loses_no_event(stripe_sandbox: Sandbox, database: Path) -> None:
    with wiring.plant(stripe_sandbox, database) as shop:
        placed = shop.place()
        shop.pay(placed, ASKS_FIRST)
    with wiring.plant(stripe_sandbox, database, clock=MovedClock(ahead=DAY)) as shop:
        shop.works.desk.sync.poll()
        wiring.answer_challenge(stripe_sandbox, placed.order, approve=True)
        shop.works.desk.sync.poll()
        assert shop.order(placed.order.id).payment.held == TOTAL


def test_an_order_our_own_rules_refuse_does_not_stop_the_reading_of_others(
    shop: Plant, stripe_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop.works.desk.sync.poll()
    odd, good = shop.place(), shop.place()
    shop.pay(good, ASKS_FIRST)
    wiring.answer_challenge(stripe_sandbox, good.order, approve=True)

    def refuse(payment: Payment, facts: PaymentFacts) -> Payment:
        if payment.order_id == odd.order.id:
            raise OurBug("It contradicts itself.")
        return merge(payment, facts)

    monkeypatch.setattr(record, "merge", refuse)
    for _ in range(2):
        shop.works.desk.sync.poll()
    assert shop.order(good.order.id).payment.held == TOTAL
    assert f"payment {odd.order.payment.intent_id} could not be taken over" in caplog.text


def test_a_currency_that_was_changed_elsewhere_does_not_stop_the_reading_of_others(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    """It is not believed however often it is read, so that it rests ever longer; the audit names it."""
    shop.works.desk.sync.poll()
    odd, good = shop.place(), shop.place()
    shop.pay(good, ASKS_FIRST)
    intent_id = odd.order.payment.intent_id
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{intent_id}", currency="usd")
    wiring.answer_challenge(stripe_sandbox, good.order, approve=True)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="another currency"):
            shop.works.desk.sync.poll()
    assert shop.order(good.order.id).payment.held == TOTAL
    shop.works.desk.sync.poll()
    assert [each.intent_id for each in shop.works.desk.audit.run().breaks] == [intent_id]


def test_a_lease_written_by_a_clock_that_was_ahead_does_not_last(stripe_sandbox: Sandbox, database: Path) -> None:
    with wiring.plant(stripe_sandbox, database) as shop:
        order = shop.place_and_pay()
        operation_id = shop.works.desk.prepare.new_operation()
        shop.works.desk.prepare._plan(operation_id, order.id, order.version, {}, ShippingChoice.FULL, "")
        with shop.store.write() as unit:
            assert unit.journal.claim(operation_id, "dead", shop.clock.system_now() + 6 * 3600, shop.clock.now())
            unit.commit()
    with wiring.plant(stripe_sandbox, database) as shop:
        shop.clock.advance(10)
        shop.works.resolve.run_due()
        assert shop.check_agrees(order.id).payment.captured == TOTAL


def test_what_waits_for_a_person_is_finished_when_stripe_settled_it(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    operation_id = shop.works.desk.prepare.new_operation()
    shop.works.desk.prepare._plan(operation_id, order.id, order.version, {}, ShippingChoice.FULL, "")
    with shop.store.write() as unit:
        claimed = unit.journal.claim(operation_id, wiring.SEAT, shop.clock.system_now(), shop.clock.now())
        assert claimed is not None
        assert unit.journal.finish(claimed, OperationState.REVIEW, "somebody must look", shop.clock.now())
        unit.commit()
    shop.clock.advance()
    shop.works.resolve.run_due()
    assert shop.operations(order.id, OperationKind.CAPTURE)[0].state is OperationState.REVIEW
    assert not wiring.calls(stripe_sandbox, "POST", "/capture")
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture")
    shop.clock.advance()
    shop.works.resolve.run_due()
    assert shop.operations(order.id, OperationKind.CAPTURE)[0].state is OperationState.DONE
    settled = shop.check_agrees(order.id)
    assert [line.kept for line in settled.lines] == [line.quantity for line in settled.lines]


def test_after_a_long_absence_everything_unsettled_is_read(stripe_sandbox: Sandbox, database: Path) -> None:
    with wiring.plant(stripe_sandbox, database) as shop:
        shop.works.desk.sync.poll()
        order = shop.place_and_pay()
        shop.works.desk.sync.poll()
    stripe_sandbox.world.clock.advance(40 * DAY)
    with wiring.plant(stripe_sandbox, database, clock=MovedClock(ahead=40 * DAY)) as shop:
        shop.works.desk.sync.poll()
        assert shop.check_agrees(order.id).payment.status is PaymentStatus.CANCELED
    stripe_sandbox.world.clock.reset()


def test_corrected_tracking_reaches_stripe_whatever_the_clock_did_meanwhile(
    stripe_sandbox: Sandbox, database: Path
) -> None:
    with wiring.plant(stripe_sandbox, database, clock=MovedClock(ahead=DAY)) as shop:
        order = shop.ship(shop.prepare(shop.place_and_pay()))
    corrected = Parcel("dhl", "00340434161094042557")
    with wiring.plant(stripe_sandbox, database) as shop:
        shop.ship(shop.order(order.id), corrected)
        shop.settle()
        facts = shop.works.gateway.retrieve(order.payment.intent_id)
        assert facts.shipping is not None
        assert facts.shipping.tracking_number == corrected.number
