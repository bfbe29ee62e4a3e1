"""Operations that nothing can decide by itself: they stop, nothing of theirs is sent, and Stripe's word ends them."""

import pytest

from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.pay_answer import PayState
from tests.wiring import ASKS_FIRST, TOTAL, Plant, answer_challenge, calls, stripe_call

SHORT = TOTAL - 6200


def in_review(shop: Plant, sandbox: Sandbox) -> tuple[Order, Operation]:
    """A capture whose idempotency key was used for something else: we contradict ourselves."""
    order = shop.place_and_pay()
    operation_id = shop.works.desk.prepare.new_operation()
    stripe_call(sandbox, "POST", "/v1/customers", key=f"sd-{operation_id}-0", name="Somebody")
    shop.prepare(order, {1: 0}, operation_id)
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert operation.state is OperationState.REVIEW
    return order, operation


def test_nothing_of_an_operation_in_review_is_sent(
    shop: Plant, stripe_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    order, operation = in_review(shop, stripe_sandbox)
    for _ in range(4):
        shop.clock.advance()
        shop.works.resolve.run_due()
    assert shop.operations(order.id, OperationKind.CAPTURE)[0].state is OperationState.REVIEW
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
    seen = shop.order(order.id)
    assert seen.payment.held == TOTAL
    assert seen.open_operation is not None
    assert seen.open_operation.id == operation.id
    assert stripe_sandbox.secret_key not in caplog.text


@pytest.mark.parametrize(
    ("action", "form", "state", "status"),
    [
        ("capture", {"amount_to_capture": str(SHORT)}, OperationState.DONE, PaymentStatus.SUCCEEDED),
        ("capture", {"amount_to_capture": "1000"}, OperationState.FAILED, PaymentStatus.SUCCEEDED),
        ("cancel", {}, OperationState.FAILED, PaymentStatus.CANCELED),
    ],
)
def test_what_was_settled_at_stripe_is_settled_here(
    shop: Plant,
    stripe_sandbox: Sandbox,
    action: str,
    form: dict[str, str],
    state: OperationState,
    status: PaymentStatus,
) -> None:
    order, _ = in_review(shop, stripe_sandbox)
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/{action}", **form)
    shop.clock.advance()
    shop.works.resolve.run_due()
    after = shop.check_agrees(order.id)
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert (operation.state, after.payment.status) == (state, status)
    assert [line.kept for line in after.lines] == ([2, 0] if state is OperationState.DONE else [None, None])


def test_other_orders_go_on_meanwhile(shop: Plant, stripe_sandbox: Sandbox) -> None:
    in_review(shop, stripe_sandbox)
    asked = shop.place()
    assert shop.pay(asked, ASKS_FIRST).state is PayState.ACTION
    answer_challenge(stripe_sandbox, shop.order(asked.order.id), approve=True)
    shop.works.desk.sync.poll()
    assert shop.prepare(shop.order(asked.order.id)).payment.captured == TOTAL
