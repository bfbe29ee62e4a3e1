"""A program whose machine's clock is days off, and that has heard nothing from Stripe yet: it asks before it dates."""

from pathlib import Path

import pytest

from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_answer import PayState
from sellerdesk.services.saved_card import ChargeState
from tests.wiring import DAY, TOTAL, MovedClock, calls, plant

HOUR = 3600
BEHIND, AHEAD = -2 * DAY, 2 * DAY


def captured(sandbox: Sandbox, database: Path) -> Order:
    with plant(sandbox, database) as shop:
        return shop.prepare(shop.place_and_pay())


def test_a_refund_that_was_just_lost_is_not_left_to_a_person(stripe_sandbox: Sandbox, database: Path) -> None:
    """An hour has not passed since it was sent, though the clock that began it says two days."""
    order = captured(stripe_sandbox, database)
    with plant(stripe_sandbox, database, clock=MovedClock(BEHIND)) as shop:
        stripe_sandbox.world.faults.plan("create_refund", Fault.LOST_BEFORE)
        shop.refund(order, 2400)
        shop.clock.advance(5)
        shop.works.resolve.run_due()
        (refund,) = shop.operations(order.id, OperationKind.REFUND)
        assert refund.state is OperationState.DONE
        assert shop.check_agrees(order.id).payment.refunded == 2400
    assert {each.idempotency_key for each in calls(stripe_sandbox, "POST", "/v1/refunds")} == {f"sd-{refund.id}-0"}


def test_nothing_is_sent_before_stripe_has_told_its_time(stripe_sandbox: Sandbox, database: Path) -> None:
    order = captured(stripe_sandbox, database)
    with plant(stripe_sandbox, database, clock=MovedClock(BEHIND)) as shop:
        stripe_sandbox.world.faults.plan("list_events", Fault.LOST_BEFORE)
        assert shop.refund(order, 2400).open_operation is not None
        (refund,) = shop.operations(order.id, OperationKind.REFUND)
        assert (refund.state, refund.attempts) == (OperationState.PLANNED, 0)
        assert calls(stripe_sandbox, "POST", "/v1/refunds") == []
        shop.settle()
        assert shop.check_agrees(order.id).payment.refunded == 2400


@pytest.mark.parametrize("ahead", [-5 * HOUR, 5 * HOUR])
def test_a_parcel_that_left_is_dated_by_stripe(stripe_sandbox: Sandbox, database: Path, ahead: int) -> None:
    """What is charged later is still to be sent, and what was charged before has left with it."""
    with plant(stripe_sandbox, database) as shop:
        first, second = (shop.prepare(shop.place_and_save_card(), {1: 0}) for _ in range(2))
        second = shop.back_order(second).order
    with plant(stripe_sandbox, database, clock=MovedClock(ahead)) as desk:
        first = desk.ship(first)
    with plant(stripe_sandbox, database, clock=MovedClock(ahead)) as desk:
        assert stage_of(desk.ship(second)) is Stage.SHIPPED
    with plant(stripe_sandbox, database) as shop:
        for each in (shop.clock, stripe_sandbox.world.clock):
            each.advance(HOUR)
        charged = shop.back_order(first)
        assert (charged.state, stage_of(charged.order)) == (ChargeState.DONE, Stage.TO_SHIP)


def test_a_checkout_of_a_minute_ago_is_not_swept(stripe_sandbox: Sandbox, database: Path) -> None:
    with plant(stripe_sandbox, database) as shop:
        placed = shop.place()
        with plant(stripe_sandbox, database, seat="Seat 2", clock=MovedClock(AHEAD)) as other:
            assert other.works.sweep.run().closed == 0
        assert shop.pay(placed).state is PayState.HELD


def test_an_order_is_dated_by_stripe_and_not_swept_at_once(stripe_sandbox: Sandbox, database: Path) -> None:
    with plant(stripe_sandbox, database, seat="Checkout", clock=MovedClock(BEHIND)) as server:
        placed = server.place()
        with plant(stripe_sandbox, database) as desk:
            desk.works.sweep.run()
        assert server.order(placed.order.id).closed_at is None


def test_nothing_is_swept_while_stripe_does_not_tell_its_time(stripe_sandbox: Sandbox, database: Path) -> None:
    with plant(stripe_sandbox, database) as shop:
        placed = shop.place()
    with plant(stripe_sandbox, database, clock=MovedClock(AHEAD)) as other:
        stripe_sandbox.world.faults.plan("list_events", Fault.LOST_BEFORE)
        with pytest.raises(OutcomeUnknown):
            other.works.sweep.run()
        assert other.order(placed.order.id).closed_at is None


def test_corrected_tracking_waits_for_the_older_one(stripe_sandbox: Sandbox, database: Path) -> None:
    order = captured(stripe_sandbox, database)
    with plant(stripe_sandbox, database, clock=MovedClock(BEHIND)) as shop:
        stripe_sandbox.world.faults.plan("update", Fault.LOST_BEFORE)
        order = shop.ship(order)
        order = shop.ship(order, Parcel("dhl", "00340434161094042557"))
        shop.clock.advance(5)
        shop.works.resolve.run_due()
        assert len(calls(stripe_sandbox, "POST", order.payment.intent_id)) == 1


def test_a_second_renewal_stands_for_the_order_whatever_its_id(stripe_sandbox: Sandbox, database: Path) -> None:
    """Ids are made from the clock, and that of the second may be the smaller one."""
    with plant(stripe_sandbox, database) as shop:
        order = shop.place_and_save_card()
        stripe_sandbox.world.clock.advance(5 * DAY)
        shop.works.desk.sync.poll()
        shop.renew(shop.order(order.id))
        stripe_sandbox.world.clock.advance(6 * DAY)
        shop.works.desk.sync.poll()
        order = shop.order(order.id)
        plan = shop.works.desk.renew.offer(order).plan
    assert plan is not None
    with plant(stripe_sandbox, database, clock=MovedClock(BEHIND)) as other:
        renew = other.works.desk.renew
        renew.run(renew.new_operation(), order.id, order.version, plan)
        after = other.check_agrees(order.id)
        assert sorted(each.id for each in after.payments)[-1] != after.payment.id
        assert (after.payment.held, stage_of(after)) == (TOTAL, Stage.TO_PREPARE)
