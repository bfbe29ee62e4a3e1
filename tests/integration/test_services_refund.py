"""Refunds: each sum goes back once, never more than was captured, and nothing is asked for twice under another key."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from sellerdesk.domain.errors import (
    KeyRefused,
    OperationInProgress,
    OrderChanged,
    RefundRefused,
    Rejected,
    SellerDeskError,
)
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.refund import RefundReason, RefundState
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.sandbox.refunds import FATE_DELAY
from tests.wiring import TOTAL, Plant, calls, plant, stripe_call

# Name of the fault, the sandbox's fault, and whether the answer is kept under the key (None: as the sandbox does).
FAULTS: tuple[tuple[str, Fault, bool | None], ...] = (
    *((fault.value, fault, None) for fault in Fault if fault not in (Fault.SLOW, Fault.SLOW_AFTER)),
    ("error_500_after_forgotten", Fault.ERROR_500_AFTER, False),
)


def captured(shop: Plant, card: str = "pm_card_visa") -> Order:
    return shop.prepare(shop.place_and_pay(card))


def refund_calls(sandbox: Sandbox) -> set[str | None]:
    """The keys under which refunds were asked for."""
    return {call.idempotency_key for call in calls(sandbox, "POST", "/v1/refunds")}


def made_elsewhere(sandbox: Sandbox, order: Order, **form: str) -> str:
    return str(stripe_call(sandbox, "POST", "/v1/refunds", payment_intent=order.payment.intent_id, **form)["id"])


def test_all_of_it(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop)
    plan = shop.works.desk.refund.preview_amount(order, order.payment.id, TOTAL)
    assert (plan.amount, plan.left, plan.is_whole, plan.tax) == (TOTAL, 0, True, plan.tax)
    assert plan.card is not None
    assert plan.card.last4 == "4242"
    done = shop.refund(order, reason=RefundReason.REQUESTED_BY_CUSTOMER, note="The pot was cracked.")
    (refund,) = done.refunds
    assert (refund.amount, refund.state, refund.reason) == (TOTAL, RefundState.SUCCEEDED, "requested_by_customer")
    assert refund.note == "The pot was cracked."
    assert done.payment.refunded == done.refunded(done.payment) == TOTAL
    there = stripe_call(stripe_sandbox, "GET", f"/v1/refunds/{refund.refund_id}")
    assert (there["reason"], there["metadata"]["sd_op"]) == ("requested_by_customer", refund.operation_id)
    assert "cracked" not in str(there)
    assert shop.happened(order.id)[-1] == "refunded"
    shop.check_agrees(order.id)
    with pytest.raises(RefundRefused, match="All of it was refunded already"):
        shop.refund(shop.order(order.id), 1)


def test_by_lines_the_parts_add_up_to_what_was_charged(shop: Plant) -> None:
    order = captured(shop)
    first = shop.refund(order, pieces={0: 1}, note="One mug broke.")
    assert first.payment.refunded == 2400
    assert (first.refunds[0].lines, first.refunds[0].shipping) == (((0, 1),), 0)
    second = shop.refund(first, pieces={0: 1, 1: 1}, shipping=590)
    assert second.payment.refunded == TOTAL
    (later,) = (each for each in second.refunds if each.refund_id != first.refunds[0].refund_id)
    assert later.lines == ((0, 1), (1, 1))
    with pytest.raises(RefundRefused):
        shop.refund(second, pieces={0: 1})
    shop.check_agrees(order.id)


def test_what_was_left_out_cannot_be_refunded(shop: Plant) -> None:
    order = shop.prepare(shop.place_and_pay(), {1: 0})
    with pytest.raises(RefundRefused, match="between 0 and 0 pieces"):
        shop.refund(order, pieces={1: 1})
    with pytest.raises(RefundRefused, match="more than what is left"):
        shop.refund(order, TOTAL)
    assert calls(shop.sandbox, "POST", "/v1/refunds") == []


def test_a_hold_is_released_not_refunded(shop: Plant) -> None:
    with pytest.raises(RefundRefused, match="A hold is released instead"):
        shop.refund(shop.place_and_pay(), 100)


@pytest.mark.parametrize(("fault", "stored"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_a_lost_answer_is_found_out_and_nothing_goes_back_twice(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    order = captured(shop)
    stripe_sandbox.world.faults.plan("create_refund", fault, stored=stored)
    asked = shop.refund(order, 2400)
    # A refund under another id is nothing to be seen by: what the reading after it shows is taken.
    if fault is not Fault.ODD_200_OTHER_ID:
        assert asked.open_operation is not None
        assert (asked.open_operation.kind, asked.open_operation.amount) == (OperationKind.REFUND, 2400)
        assert asked.payment.refunded == 0
        with pytest.raises(OperationInProgress, match="is refunding"):
            shop.refund(asked, 100)
    shop.settle()
    done = shop.check_agrees(order.id)
    assert done.payment.refunded == 2400
    assert len(refund_calls(stripe_sandbox)) == 1


def test_a_kept_server_error_never_leads_to_a_new_key(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Stripe repeats it for that key for ever, and another key could pay twice. It is read for an hour, then asked."""
    order = captured(shop)
    stripe_sandbox.world.faults.plan("create_refund", Fault.ERROR_500_BEFORE, stored=True)
    shop.refund(order, 2400)
    for pass_ in range(10):  # sent again in the first one; an hour is over after nine more of seven minutes
        stripe_sandbox.world.clock.advance(420)
        shop.clock.advance(420)
        shop.works.resolve.run_due()
        (operation,) = shop.operations(order.id, OperationKind.REFUND)
        assert (operation.state is OperationState.UNKNOWN) == (pass_ < 9), pass_
    (operation,) = shop.operations(order.id, OperationKind.REFUND)
    assert (operation.state, operation.generation) == (OperationState.REVIEW, 0)
    assert operation.outcome.endswith(".")
    assert len(refund_calls(stripe_sandbox)) == 1
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 2
    # Somebody makes it in the Dashboard under our tag, as Stripe's own repair would: then it is done.
    made_elsewhere(stripe_sandbox, order, amount="2400", **{"metadata[sd_op]": operation.id})
    shop.settle()
    assert shop.check_agrees(order.id).payment.refunded == 2400


def test_a_day_later_the_key_is_not_used_again(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Stripe may have forgotten it: then it would be another refund."""
    order = captured(shop)
    stripe_sandbox.world.faults.plan("create_refund", Fault.LOST_BEFORE)
    shop.refund(order, 2400)
    stripe_sandbox.world.clock.advance(24 * 3600)
    shop.clock.advance(24 * 3600)
    shop.works.resolve.run_due()
    (operation,) = shop.operations(order.id, OperationKind.REFUND)
    assert operation.state is OperationState.REVIEW
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1


def test_the_reading_after_it_fails_and_the_refund_is_certain_all_the_same(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    order = captured(shop)
    stripe_sandbox.world.faults.plan("list_refunds", Fault.LOST_BEFORE)
    done = shop.refund(order, 2400)
    assert done.open_operation is None
    assert [each.amount for each in done.refunds] == [2400]
    assert (done.refunded(done.payment), done.payment.refunded) == (2400, 0)
    with pytest.raises(RefundRefused):
        shop.refund(done, TOTAL - 2399)
    shop.works.desk.sync.poll()
    shop.check_agrees(order.id)


def test_a_refund_can_wait_and_succeed_later(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop, "pm_card_pendingRefund")
    asked = shop.refund(order)
    assert [each.state for each in asked.refunds] == [RefundState.PENDING]
    with pytest.raises(RefundRefused):
        shop.refund(asked, 1)
    stripe_sandbox.world.clock.advance(FATE_DELAY + 1)
    shop.works.desk.sync.poll()
    assert [each.state for each in shop.check_agrees(order.id).refunds] == [RefundState.SUCCEEDED]


def test_a_refund_that_fails_later_lets_the_total_fall(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop, "pm_card_refundFail")
    done = shop.refund(order, pieces={0: 2})
    assert done.payment.refunded == 4800
    stripe_sandbox.world.clock.advance(FATE_DELAY + 1)
    shop.works.desk.sync.poll()
    after = shop.check_agrees(order.id)
    assert (after.payment.refunded, after.refunded(after.payment)) == (0, 0)
    assert (after.refunds[0].state, after.refunds[0].failure_reason) == (
        RefundState.FAILED,
        "expired_or_canceled_card",
    )
    assert after.version > done.version
    assert shop.happened(order.id)[-2:] == ["refunded", "refund_failed"]
    # What came back can go out again, by the same lines.
    assert shop.refund(after, pieces={0: 2}).refunded(after.payment) == 4800


def test_a_refund_made_elsewhere_is_seen(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop)
    shop.works.desk.sync.poll()
    made_elsewhere(stripe_sandbox, order, amount="1000", reason="duplicate")
    shop.works.desk.sync.poll()
    seen = shop.check_agrees(order.id)
    (refund,) = seen.refunds
    assert (refund.amount, refund.reason, refund.operation_id) == (1000, "duplicate", "")
    assert seen.version > order.version


def test_one_made_elsewhere_meanwhile_is_shown_by_the_refusal(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop)
    made_elsewhere(stripe_sandbox, order)
    with pytest.raises(Rejected, match="refunded already"):
        shop.refund(order, 2400)
    after = shop.check_agrees(order.id)
    assert (after.payment.refunded, len(after.refunds)) == (TOTAL, 1)
    (operation,) = shop.operations(order.id, OperationKind.REFUND)
    assert operation.state is OperationState.FAILED


def test_a_disputed_payment_is_not_refunded(shop: Plant) -> None:
    order = captured(shop, "pm_card_createDispute")
    with pytest.raises(Rejected, match="disputes this payment"):
        shop.refund(order, 2400)
    assert shop.check_agrees(order.id).refunds == ()


def test_pressing_twice_is_one_refund(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop)
    operation_id = shop.works.desk.refund.new_operation()
    shop.refund(order, 2400, operation_id=operation_id)
    again = shop.refund(order, 2400, operation_id=operation_id)
    assert again.payment.refunded == 2400
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1
    shop.check_agrees(order.id)


def test_who_looks_at_an_older_order_refunds_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = captured(shop)
    shop.refund(order, 2400)
    with pytest.raises(OrderChanged):
        shop.refund(order, 2400)
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1
    assert shop.check_agrees(order.id).payment.refunded == 2400


def test_two_seats_refund_the_same_money_at_the_same_instant(shop: Plant) -> None:
    order = captured(shop)
    barrier, told = Barrier(2), list[str]()

    def press() -> None:
        barrier.wait()
        try:
            shop.refund(order, 2400)
            told.append("refunded")
        except SellerDeskError as error:
            told.append(type(error).__name__)

    seats = [Thread(target=press) for _ in range(2)]
    for seat in seats:
        seat.start()
    for seat in seats:
        seat.join()
    assert told.count("refunded") == 1
    assert set(told) <= {"refunded", "OrderChanged", "OperationInProgress"}
    assert shop.check_agrees(order.id).payment.refunded == 2400


def test_a_refused_key_pauses_it_and_the_refund_goes_on_with_the_permission(
    stripe_sandbox: Sandbox, database: Path
) -> None:
    key, world = "rk_test_made_up_for_refunds", stripe_sandbox.world
    but_refunds = frozenset(f"{each}_write" for each in ("payment_intent", "charge", "customer")) | {"refund_read"}
    world.restrict_key(key, but_refunds)
    with plant(stripe_sandbox, database, key=key) as shop:
        order = captured(shop)
        with pytest.raises(KeyRefused):
            shop.refund(order, 2400)
        waiting = shop.order(order.id).open_operation
        assert waiting is not None
        world.restrict_key(key, but_refunds | {"refund_write"})
        shop.settle()
        assert shop.check_agrees(order.id).payment.refunded == 2400
    assert refund_calls(stripe_sandbox) == {f"sd-{waiting.id}-0"}
