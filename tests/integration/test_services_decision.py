"""A person decides about an operation in review: by what Stripe says, or by sending it again; once, and by name."""

from pathlib import Path

import pytest

from sellerdesk.domain.errors import OperationInProgress, OutcomeUnknown, WrongStage
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order, PassedOn
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from tests.integration.test_services_review import in_review
from tests.wiring import SEAT, TOTAL, Plant, calls, plant, stripe_call

HOUR = 3600


def refund_in_review(shop: Plant, sandbox: Sandbox) -> tuple[Order, Operation]:
    """A refund whose key was used for something else: nothing of it can be done under that key."""
    order = shop.prepare(shop.place_and_pay())
    operation_id = shop.works.desk.refund.new_operation()
    stripe_call(sandbox, "POST", "/v1/customers", key=f"sd-{operation_id}-0", name="Somebody")
    shop.refund(order, 2400, operation_id=operation_id)
    (operation,) = shop.operations(order.id, OperationKind.REFUND)
    assert operation.state is OperationState.REVIEW
    return order, operation


def later(shop: Plant, sandbox: Sandbox, seconds: int) -> None:
    sandbox.world.clock.advance(seconds)
    shop.clock.advance(seconds)
    shop.works.desk.sync.poll()


def test_accepting_that_nothing_happened_frees_the_order(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = refund_in_review(shop, stripe_sandbox)
    review = shop.works.desk.review
    evidence = review.look(operation.id)
    assert evidence.asked == operation
    assert evidence.facts is not None
    assert (evidence.facts.amount_received, evidence.refunds, evidence.settled) == (TOTAL, (), False)
    assert all(text.endswith(".") for text in (evidence.says, evidence.accept, evidence.why_not_again))
    assert evidence.again == ""
    after = review.accept(operation.id)
    assert (after.open_operation, after.refunds) == (None, ())
    (ended,) = shop.operations(order.id, OperationKind.REFUND)
    assert (ended.state, SEAT in ended.outcome) == (OperationState.FAILED, True)
    entry = shop.works.desk.orders.view(order.id).timeline[0]
    assert (entry.what, entry.actor) == ("accepted", SEAT)
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1
    for again in (review.accept, review.send_again, review.look):
        with pytest.raises(WrongStage):
            again(operation.id)
    assert shop.refund(after, 2400).payment.refunded == 2400
    shop.check_agrees(order.id)


class Died(BaseException):
    """The program ends here."""


def test_a_decision_is_written_down_whole_or_not_at_all(shop: Plant, stripe_sandbox: Sandbox, database: Path) -> None:
    """What was found half decided would be sent: the person decided that it must not be."""
    order, operation = in_review(shop, stripe_sandbox)

    def die(gap: str) -> None:
        if gap == "capture.before_commit":
            raise Died

    with plant(stripe_sandbox, database, reached=die) as dying, pytest.raises(Died):
        dying.works.desk.review.accept(operation.id)
    shop.settle(2)
    assert shop.operations(order.id, OperationKind.CAPTURE) == [operation]
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
    assert shop.works.desk.review.accept(operation.id).open_operation is None
    assert shop.happened(order.id).count("accepted") == 1
    shop.check_agrees(order.id)


def test_a_refund_is_sent_again_under_a_new_key_an_hour_later(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = refund_in_review(shop, stripe_sandbox)
    review = shop.works.desk.review
    with pytest.raises(WrongStage, match="can be sent again in 60 min"):
        review.send_again(operation.id)
    with pytest.raises(OperationInProgress, match="needs a decision"):
        shop.refund(shop.order(order.id), 100)
    later(shop, stripe_sandbox, HOUR)
    assert "twice" in review.look(operation.id).again
    done = review.send_again(operation.id)
    assert done.payment.refunded == 2400
    (ended,) = shop.operations(order.id, OperationKind.REFUND)
    assert (ended.state, ended.generation) == (OperationState.DONE, 1)
    assert "sent_anew" in shop.happened(order.id)
    shop.check_agrees(order.id)


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ERROR_500_AFTER])
def test_the_answer_to_that_is_lost(shop: Plant, stripe_sandbox: Sandbox, fault: Fault) -> None:
    order, operation = refund_in_review(shop, stripe_sandbox)
    later(shop, stripe_sandbox, 24 * HOUR)
    stripe_sandbox.world.faults.plan("create_refund", fault)
    assert shop.works.desk.review.send_again(operation.id).open_operation is not None
    shop.settle()
    assert shop.check_agrees(order.id).payment.refunded == 2400
    keys = {call.idempotency_key for call in calls(stripe_sandbox, "POST", "/v1/refunds")}
    assert keys == {f"sd-{operation.id}-0", f"sd-{operation.id}-1"}


def test_what_was_done_at_stripe_meanwhile_needs_no_decision(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = refund_in_review(shop, stripe_sandbox)
    later(shop, stripe_sandbox, HOUR)
    tagged = {"metadata[sd_op]": operation.id}
    stripe_call(stripe_sandbox, "POST", "/v1/refunds", payment_intent=order.payment.intent_id, amount="2400", **tagged)
    assert shop.works.desk.review.send_again(operation.id).payment.refunded == 2400
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 2
    shop.check_agrees(order.id)


def test_a_capture_is_sent_again_at_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Its payment can be captured once only, whatever the key."""
    order, operation = in_review(shop, stripe_sandbox)
    evidence = shop.works.desk.review.look(operation.id)
    assert (evidence.again != "", evidence.why_not_again) == (True, "")
    done = shop.works.desk.review.send_again(operation.id)
    assert (done.payment.status, done.payment.captured) == (PaymentStatus.SUCCEEDED, TOTAL - 6200)
    shop.check_agrees(order.id)


def test_looking_settles_what_stripe_settled(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order, operation = in_review(shop, stripe_sandbox)
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/cancel")
    evidence = shop.works.desk.review.look(operation.id)
    assert (evidence.settled, evidence.asked.state) == (True, OperationState.FAILED)
    shop.check_agrees(order.id)


def test_without_an_answer_nothing_is_decided(shop: Plant, stripe_sandbox: Sandbox) -> None:
    _, operation = in_review(shop, stripe_sandbox)
    review = shop.works.desk.review
    for decide in (review.accept, review.send_again):
        stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
        with pytest.raises(OutcomeUnknown):
            decide(operation.id)
    assert shop.operations(operation.order_id, OperationKind.CAPTURE)[0].state is OperationState.REVIEW
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1


def test_tracking_that_nobody_passes_on_any_more_is_told_so(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.prepare(shop.place_and_pay())
    operation_id = shop.works.desk.ship.new_operation()
    stripe_call(stripe_sandbox, "POST", "/v1/customers", key=f"sd-{operation_id}-0", name="Somebody")
    shop.ship(order, operation_id=operation_id)
    assert shop.operations(order.id, OperationKind.SHIP)[0].state is OperationState.REVIEW
    after = shop.works.desk.review.accept(operation_id)
    assert after.shipment is not None
    assert (after.open_operation, after.shipment.passed_on) == (None, PassedOn.REFUSED)
