"""Releasing a hold: all of it goes back, once, and whoever captured first has won."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from sellerdesk.domain.errors import (
    MessageRefused,
    OperationInProgress,
    OrderChanged,
    SellerDeskError,
    StateMoved,
    WrongStage,
)
from sellerdesk.domain.message import MESSAGE_LENGTH
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from tests.wiring import DAY, TOTAL, Plant, calls, stripe_call

FAULTS = [each for each in Fault if each not in (Fault.SLOW, Fault.SLOW_AFTER)]


@pytest.mark.parametrize("reason", list(ReleaseReason))
def test_the_whole_hold_goes_back(shop: Plant, stripe_sandbox: Sandbox, reason: ReleaseReason) -> None:
    held = shop.place_and_pay()
    released = shop.release(held, reason, "We cannot get the teapot any more.")
    payment = released.payment
    assert (payment.authorized, payment.captured, payment.released, payment.held) == (TOTAL, 0, TOTAL, 0)
    assert (stage_of(released), released.message) == (Stage.ENDED, "We cannot get the teapot any more.")
    intent = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{payment.intent_id}")
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", reason.value or None)
    assert shop.happened(held.id) == ["placed", "held", "canceled", "released"]
    shop.check_agrees(held.id)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_is_found_out_and_nothing_is_released_twice(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault
) -> None:
    held = shop.place_and_pay()
    stripe_sandbox.world.faults.plan("cancel", fault)
    asked = shop.release(held)
    assert asked.open_operation is not None
    assert (asked.open_operation.kind, asked.open_operation.amount) == (OperationKind.CANCEL, TOTAL)
    shop.settle()
    done = shop.check_agrees(held.id)
    assert (done.payment.status, done.payment.released) == (PaymentStatus.CANCELED, TOTAL)


def test_what_was_captured_elsewhere_is_not_released(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{held.payment.intent_id}/capture")
    with pytest.raises(StateMoved, match="captured meanwhile") as refused:
        shop.release(held)
    assert refused.value.facts is not None
    assert refused.value.facts.amount_received == TOTAL
    order = shop.check_agrees(held.id)
    assert (stage_of(order), order.payment.captured, order.payment.released) == (Stage.TO_SHIP, TOTAL, 0)
    (operation,) = shop.operations(held.id, OperationKind.CANCEL)
    assert operation.state is OperationState.FAILED
    assert "captured" in operation.outcome


def test_what_was_released_elsewhere_counts_as_released(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{held.payment.intent_id}/cancel")
    assert stage_of(shop.release(held)) is Stage.ENDED
    shop.check_agrees(held.id)


def test_a_hold_that_lapsed_is_said_to_have_lapsed(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    stripe_sandbox.world.clock.advance(8 * DAY)
    with pytest.raises(StateMoved):
        shop.release(held)
    order = shop.check_agrees(held.id)
    assert (stage_of(order), order.payment.facts and order.payment.facts.has_lapsed) == (Stage.ENDED, True)
    with pytest.raises(WrongStage, match="had lapsed already"):
        shop.release(order)


def test_release_and_capture_at_the_same_instant(shop: Plant) -> None:
    """Two windows: the index lets one of them through, and the money goes one way only."""
    for _ in range(5):
        held = shop.place_and_pay()
        barrier = Barrier(2)
        refused: list[SellerDeskError] = []

        def attempt(
            act: Callable[[Order], Order], order: Order, barrier: Barrier, refused: list[SellerDeskError]
        ) -> None:
            barrier.wait()
            try:
                act(order)
            except SellerDeskError as error:
                refused.append(error)

        threads = [Thread(target=attempt, args=(act, held, barrier, refused)) for act in (shop.release, shop.prepare)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        assert isinstance(refused[0], OperationInProgress | OrderChanged | WrongStage)
        order = shop.check_agrees(held.id)
        assert (order.payment.captured, order.payment.released) in {(TOTAL, 0), (0, TOTAL)}


def test_pressing_twice_is_one_release(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    release = shop.works.desk.release
    operation_id = release.new_operation()
    for _ in range(2):
        assert stage_of(release.run(operation_id, held.id, held.version, ReleaseReason.DUPLICATE)) is Stage.ENDED
    assert len(calls(stripe_sandbox, "POST", "/cancel")) == 1


def test_refused_by_a_rule_nothing_is_sent(shop: Plant, stripe_sandbox: Sandbox) -> None:
    captured = shop.prepare(shop.place_and_pay())
    with pytest.raises(WrongStage, match="captured meanwhile"):
        shop.release(captured)
    with pytest.raises(WrongStage, match="there is nothing to release"):
        shop.release(shop.place().order)
    held = shop.place_and_pay()
    with pytest.raises(MessageRefused):
        shop.release(held, message="x" * (MESSAGE_LENGTH + 1))
    release = shop.works.desk.release
    with pytest.raises(OrderChanged):
        release.run(release.new_operation(), held.id, held.version - 1, ReleaseReason.OTHER)
    assert calls(stripe_sandbox, "POST", "/cancel") == []
    assert shop.check_agrees(held.id).payment.held == TOTAL


def test_while_a_release_waits_nothing_is_captured(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    stripe_sandbox.world.faults.plan("cancel", Fault.BUSY_429)
    asked = shop.release(held)
    with pytest.raises(OperationInProgress, match="releasing"):
        shop.prepare(asked)
    shop.settle()
    assert shop.check_agrees(held.id).payment.released == TOTAL
