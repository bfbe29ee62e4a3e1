"""Check now: a lost answer is looked up out of turn, by reading alone; nothing is sent that its turn would not send."""

import pytest

from sellerdesk.domain.errors import OutcomeUnknown, UnknownOrder
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.shortening import plan
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services import requests
from sellerdesk.services.plans import planned
from tests.wiring import SEAT, TOTAL, Plant, calls, stripe_call

SHORT = TOTAL - 6200


def lost(shop: Plant, sandbox: Sandbox, fault: Fault) -> tuple[Order, Operation]:
    """A capture whose answer got lost, before or after the money moved."""
    order = shop.place_and_pay()
    sandbox.world.faults.plan("capture", fault)
    assert shop.prepare(order, {1: 0}).open_operation is not None
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert operation.state is OperationState.UNKNOWN
    return order, operation


def captures(sandbox: Sandbox) -> int:
    return len(calls(sandbox, "POST", "/capture"))


def test_what_has_happened_is_known_at_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, _ = lost(shop, stripe_sandbox, Fault.LOST_AFTER)
    checked = shop.works.desk.check.run(order.id)
    assert checked.error is None
    assert checked.order.open_operation is None
    assert checked.order.payment.captured == SHORT
    assert captures(stripe_sandbox) == 1
    shop.check_agrees(order.id)


def test_what_has_not_happened_is_left_to_its_turn(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = lost(shop, stripe_sandbox, Fault.LOST_BEFORE)
    for _ in range(3):
        checked = shop.works.desk.check.run(order.id)
        assert checked.error is None
        assert checked.order.open_operation is not None
        assert checked.order.open_operation.next_try_at == operation.next_try_at
    assert captures(stripe_sandbox) == 1
    assert shop.operations(order.id, OperationKind.CAPTURE) == [operation]
    shop.settle()
    assert captures(stripe_sandbox) == 2
    assert shop.check_agrees(order.id).payment.captured == SHORT


def test_when_stripe_cannot_be_asked_it_says_so(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = lost(shop, stripe_sandbox, Fault.LOST_AFTER)
    stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
    checked = shop.works.desk.check.run(order.id)
    assert isinstance(checked.error, OutcomeUnknown)
    assert checked.order.open_operation is not None
    assert shop.operations(order.id, OperationKind.CAPTURE) == [operation]
    assert shop.works.desk.check.run(order.id).order.open_operation is None


def test_what_was_never_sent_is_neither_read_nor_sent(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    request = requests.capture(order, plan(order, {}), "f" * 32)
    with shop.store.write() as unit:
        unit.journal.plan(planned("f" * 32, OperationKind.CAPTURE, order, request, SEAT, shop.clock))
        unit.commit()
    with stripe_sandbox.world.open() as world:
        before = len(world.seen)
    assert shop.works.desk.check.run(order.id).order.open_operation is not None
    with stripe_sandbox.world.open() as world:
        assert len(world.seen) == before
    shop.settle()
    shop.check_agrees(order.id)


def test_what_somebody_works_on_is_left_alone(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = lost(shop, stripe_sandbox, Fault.LOST_AFTER)
    with shop.store.write() as unit:
        assert unit.journal.claim(operation.id, "Seat 2", shop.clock.system_now(), shop.clock.now()) is not None
        unit.commit()
    (before,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert shop.works.desk.check.run(order.id).order.open_operation is not None
    assert shop.operations(order.id, OperationKind.CAPTURE) == [before]


def test_what_waits_for_a_person_ends_as_stripe_says(
    shop: Plant, stripe_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    order = shop.place_and_pay()
    operation_id = shop.works.desk.prepare.new_operation()
    stripe_call(stripe_sandbox, "POST", "/v1/customers", key=f"sd-{operation_id}-0", name="Somebody")
    shop.prepare(order, {1: 0}, operation_id)
    open_operation = shop.works.desk.check.run(order.id).order.open_operation
    assert open_operation is not None
    assert open_operation.state is OperationState.REVIEW
    assert "idempotency key" in open_operation.why
    assert open_operation.next_try_at is None
    form = {"amount_to_capture": "1000"}
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture", **form)
    assert shop.works.desk.check.run(order.id).order.open_operation is None
    assert shop.check_agrees(order.id).payment.captured == 1000
    assert stripe_sandbox.secret_key not in caplog.text


def test_an_order_without_a_question_is_simply_shown(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    assert shop.works.desk.check.run(order.id).order.payment.held == TOTAL
    with pytest.raises(UnknownOrder):
        shop.works.desk.check.run("0" * 32)
