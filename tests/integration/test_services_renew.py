"""Renewing a hold: the new one first, the old one released after, and never more than one captured."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sellerdesk.domain.charging_later import VISA_HOLD_SECONDS, RenewalRoad, waiting_renewal
from sellerdesk.domain.errors import OperationInProgress, Rejected, WrongStage
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.approving import ApprovalState
from sellerdesk.services.saved_card import ChargeState
from sellerdesk.ui.saved_card_words import told
from tests.wiring import ASKS_FIRST, DAY, RETURN_URL, TOTAL, Plant, calls, intents_of, plant, stripe_call

FAULTS = (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ERROR_500_AFTER, Fault.ODD_200_NULL)


def lapsing(shop: Plant, sandbox: Sandbox, card: str = "pm_card_visa") -> Order:
    """On hold for five days already; the card is saved."""
    order = shop.place_and_save_card(card)
    sandbox.world.clock.advance(5 * DAY)
    shop.works.desk.sync.poll()
    return shop.order(order.id)


def held_at_stripe(sandbox: Sandbox, order: Order) -> list[str]:
    return [each["id"] for each in intents_of(sandbox, order.id) if each["status"] == "requires_capture"]


def test_the_new_hold_stands_for_the_order(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox)
    offer = shop.works.desk.renew.offer(order)
    assert (offer.road, offer.plan is not None) == (RenewalRoad.SAVED_CARD, True)
    renewed = shop.renew(order)
    assert renewed.state is ChargeState.DONE
    after = shop.check_agrees(order.id)
    assert after.payment.id == renewed.payment.id != order.payment.id
    assert (after.payment.held, after.payments[0].status) == (TOTAL, PaymentStatus.CANCELED)
    assert after.payment.capture_before is not None
    assert after.payment.capture_before - (after.payment.facts.authorized_at or 0) == VISA_HOLD_SECONDS  # type: ignore[union-attr]
    assert stage_of(after) is Stage.TO_PREPARE
    assert shop.happened(order.id)[-2:] == ["renewed", "replaced"]
    assert held_at_stripe(stripe_sandbox, after) == [after.payment.intent_id]
    # From now on everything is done with the new one.
    captured = shop.ship(shop.prepare(after, {1: 0}))
    assert (stage_of(captured), captured.payment.captured) == (Stage.SHIPPED, TOTAL - 6200)
    assert shop.back_order(captured).state is ChargeState.DONE
    shop.check_agrees(order.id)
    with shop.store.read() as unit:
        (hold,) = unit.history.holds(0, 2**40)
    assert (hold.shares.captured, hold.shares.released) == (TOTAL - 6200, 6200)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_is_found_out(shop: Plant, stripe_sandbox: Sandbox, fault: Fault) -> None:
    order = lapsing(shop, stripe_sandbox)
    stripe_sandbox.world.faults.plan("create_intent", fault)
    asked = shop.renew(order)
    assert asked.state is ChargeState.WAITING
    # Until that is known nobody touches the old hold.
    with pytest.raises(OperationInProgress, match="is renewing the hold"):
        shop.prepare(asked.order)
    shop.settle()
    after = shop.check_agrees(order.id)
    assert (after.payment.role, after.payment.held) == ("renewal", TOTAL)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_answer_to_the_release_is_lost(shop: Plant, stripe_sandbox: Sandbox, fault: Fault) -> None:
    order = lapsing(shop, stripe_sandbox)
    stripe_sandbox.world.faults.plan("cancel", fault)
    renewed = shop.renew(order)
    assert renewed.order.payment.id == renewed.payment.id
    shop.settle()
    shop.check_agrees(order.id)


def test_the_old_hold_stays_when_the_bank_refuses(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox)
    stripe_sandbox.world.decline_next("insufficient_funds")
    refused = shop.renew(order)
    assert (refused.state, refused.order.payment.id) == (ChargeState.DECLINED, order.payment.id)
    shop.settle()
    seen = shop.check_agrees(order.id)
    assert (seen.payment.held, seen.payment.role) == (TOTAL, "original")
    assert shop.works.desk.renew.offer(seen).road is RenewalRoad.NONE
    renew = shop.works.desk.renew
    again = renew.try_again(renew.new_operation(), order.id, seen.version)
    assert (again.state, again.payment.intent_id) == (ChargeState.DONE, refused.payment.intent_id)
    assert shop.check_agrees(order.id).payment.role == "renewal"


@pytest.mark.parametrize("card", ["pm_card_visa", ASKS_FIRST])
def test_capturing_the_old_hold_ends_a_new_one_that_nobody_approved(
    shop: Plant, stripe_sandbox: Sandbox, card: str
) -> None:
    order = lapsing(shop, stripe_sandbox, card)
    if card == "pm_card_visa":
        stripe_sandbox.world.decline_next("insufficient_funds")
    refused = shop.renew(order)
    assert refused.state is (ChargeState.DECLINED if card == "pm_card_visa" else ChargeState.NEEDS_SHOPPER)
    captured = shop.prepare(refused.order)
    assert captured.payment.captured == TOTAL
    shop.settle(1)
    after = shop.check_agrees(order.id)
    assert [each.status for each in after.payments] == [PaymentStatus.SUCCEEDED, PaymentStatus.CANCELED]


def test_a_new_hold_is_released_when_the_old_one_was_captured_elsewhere(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """In the Dashboard, at the very moment: both cannot stay."""
    order = lapsing(shop, stripe_sandbox)
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture")
    shop.renew(order)
    shop.works.desk.sync.poll()
    shop.settle(2)
    after = shop.check_agrees(order.id)
    assert (after.payment.id, after.payment.captured) == (order.payment.id, TOTAL)
    assert held_at_stripe(stripe_sandbox, after) == []


def test_a_hold_that_lapsed_is_made_anew(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox)
    stripe_sandbox.world.clock.advance(3 * DAY)
    shop.works.desk.sync.poll()
    lapsed = shop.order(order.id)
    assert stage_of(lapsed) is Stage.ENDED
    renewed = shop.renew(lapsed)
    assert (renewed.state, stage_of(renewed.order)) == (ChargeState.DONE, Stage.TO_PREPARE)
    assert calls(stripe_sandbox, "POST", "/cancel") == []
    shop.check_agrees(order.id)


def test_a_renewed_hold_can_be_renewed(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.renew(lapsing(shop, stripe_sandbox)).order
    for seconds in (0, 1, 1800):
        shop.clock.advance(seconds)
        assert shop.works.desk.renew.offer(order).road is RenewalRoad.NONE
    stripe_sandbox.world.clock.advance(4 * DAY)
    shop.works.desk.sync.poll()
    again = shop.renew(shop.order(order.id))
    assert again.payment.replaces_id == order.payment.id
    assert len(held_at_stripe(stripe_sandbox, shop.check_agrees(order.id))) == 1


def test_the_shopper_approves_no_new_hold_while_the_old_one_may_be_captured(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    asked = shop.renew(lapsing(shop, stripe_sandbox, ASKS_FIRST))
    assert asked.state is ChargeState.NEEDS_SHOPPER
    stripe_sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
    assert shop.prepare(asked.order).open_operation is not None
    approving = shop.works.shopfront.approving
    assert approving.start(asked.order.link_token, RETURN_URL).state is ApprovalState.CHECKING
    shop.settle()
    assert approving.start(asked.order.link_token, RETURN_URL).state is ApprovalState.NOTHING
    assert len(calls(stripe_sandbox, "POST", "/confirm")) == 1  # of the order's first payment
    assert shop.check_agrees(asked.order.id).payment.captured == TOTAL


def test_only_renewals_are_gone_through_for_what_is_not_needed(shop: Plant) -> None:
    """Of a hundred thousand payments a handful is a renewal, and this is asked again and again."""
    asked: list[tuple[str, Any]] = []
    engine = shop.store._reader

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    shop.works.desk.renew.run_due()
    shop.works.desk.renew.run_due()
    event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = [each for each in asked if "FROM payment" in each[0]]  # the second was too early
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "USING INDEX uq_payment_one_renewal" in str(plan[0])
    assert not any("SCAN" in str(row) for row in plan)


def test_releasing_the_order_ends_a_new_hold_that_nobody_approved(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox, ASKS_FIRST)
    asked = shop.renew(order)
    released = shop.release(asked.order)
    assert stage_of(released) is Stage.ENDED
    shop.settle(1)
    assert [each.status for each in shop.check_agrees(order.id).payments] == [PaymentStatus.CANCELED] * 2


def test_a_request_that_stripe_refuses_leaves_the_way_free(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox)
    with stripe_sandbox.world.open() as world:
        method = world.store.methods[order.payment.saved_card_id]
        owner, method.customer = method.customer, "cus_somebody_else"
    with pytest.raises(Rejected):
        shop.renew(order)
    with stripe_sandbox.world.open():
        method.customer = owner
    assert shop.renew(shop.check_agrees(order.id)).state is ChargeState.DONE
    assert len(shop.check_agrees(order.id).payments) == 2


def test_who_presses_again_after_the_new_hold_was_released_is_not_told_that_the_bank_refused(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    order = lapsing(shop, stripe_sandbox)
    plan = shop.works.desk.renew.offer(order).plan
    assert plan is not None
    wish = shop.works.desk.renew.new_operation()
    shop.works.desk.renew.run(wish, order.id, order.version, plan)
    shop.release(shop.order(order.id))
    again = shop.works.desk.renew.run(wish, order.id, order.version, plan)
    assert again.state is ChargeState.DONE
    assert told(again).endswith("It is not any more.")
    assert held_at_stripe(stripe_sandbox, shop.check_agrees(order.id)) == []


def test_two_seats_renew_at_once(stripe_sandbox: Sandbox, database: Path) -> None:
    with plant(stripe_sandbox, database) as one, plant(stripe_sandbox, database, seat="Seat 2") as two:
        order = lapsing(one, stripe_sandbox)
        two.works.desk.sync.poll()  # it learns from Stripe what day it is
        stripe_sandbox.world.faults.plan("create_intent", Fault.LOST_AFTER)
        one.renew(order)
        for seen in (order, two.order(order.id)):
            with pytest.raises(OperationInProgress, match="Seat 1 is renewing the hold of this order since"):
                two.renew(seen)
        one.settle()
        assert len(held_at_stripe(stripe_sandbox, one.check_agrees(order.id))) == 1
        assert [each.kind for each in one.operations(order.id, OperationKind.RENEW)] == [OperationKind.RENEW]


def test_what_is_possible_and_why(shop: Plant, stripe_sandbox: Sandbox) -> None:
    offer = shop.works.desk.renew.offer
    fresh = shop.place_and_save_card()
    assert (offer(fresh).road, "too early" in offer(fresh).why) == (RenewalRoad.NONE, True)
    unsaved = shop.place_and_pay()
    assert (offer(unsaved).road, "link" in offer(unsaved).why) == (RenewalRoad.SHOPPER, True)
    assert offer(shop.prepare(fresh)).road is RenewalRoad.NONE
    assert offer(shop.place().order).road is RenewalRoad.NONE
    order = lapsing(shop, stripe_sandbox)
    shop.clock.advance(40 * 365 * DAY)
    assert offer(order).road is RenewalRoad.SHOPPER
    assert waiting_renewal(order) is None
    shop.release(unsaved)
    assert offer(shop.order(unsaved.id)).road is RenewalRoad.NONE


def test_no_second_capture_while_the_first_holds_answer_is_open(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The new hold stands for the order while nobody knows whether the old one was captured: it waits."""
    order = lapsing(shop, stripe_sandbox, ASKS_FIRST)
    assert shop.renew(order).state is ChargeState.NEEDS_SHOPPER
    stripe_sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
    shop.prepare(shop.order(order.id))
    new = waiting_renewal(shop.order(order.id))
    assert new is not None
    stripe_call(
        stripe_sandbox,
        "POST",
        f"/v1/payment_intents/{new.intent_id}/confirm",
        payment_method="pm_card_visa",
        return_url="https://shop.example",
    )
    shop.works.desk.sync.read_again(new.intent_id)
    again = shop.order(order.id)
    assert again.payment.id == new.id
    with pytest.raises(OperationInProgress, match="earlier hold"):
        shop.prepare(again)
    with pytest.raises(OperationInProgress, match="earlier hold"):
        shop.release(again)
    shop.settle()
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1


def test_a_new_hold_that_lapsed_was_released_by_nobody(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The release of the hold that it replaced says nothing of it."""
    order = shop.renew(lapsing(shop, stripe_sandbox)).order
    stripe_sandbox.world.clock.advance(6 * DAY)
    shop.works.desk.sync.poll()
    lapsed = shop.order(order.id)
    for press in (shop.prepare, shop.release):
        with pytest.raises(WrongStage, match="had lapsed already"):
            press(lapsed)


def test_no_third_hold_while_the_first_is_not_released(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = lapsing(shop, stripe_sandbox)
    stripe_sandbox.world.faults.plan("cancel", Fault.LOST_BEFORE)
    shop.renew(order)
    for each in (shop.clock, stripe_sandbox.world.clock):
        each.advance(DAY)
    shop.works.desk.sync.poll()
    offer = shop.works.desk.renew.offer(shop.order(order.id))
    assert (offer.plan, "not released yet" in offer.why) == (None, True)
    shop.settle()
    assert len(held_at_stripe(stripe_sandbox, shop.check_agrees(order.id))) == 1
