"""Lost, late, broken and odd answers to every kind of call: found out by reading, and nothing is ever done twice."""

from collections.abc import Sequence
from typing import Any

import pytest

from sellerdesk.domain.errors import CallError
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, PassedOn
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_answer import PayState
from tests.wiring import (
    ASKS_FIRST,
    PARCEL,
    TOTAL,
    Placed,
    Plant,
    answer_challenge,
    calls,
    confirmation_token,
    customers_of,
    intents_of,
    stripe_call,
)

SHORT = TOTAL - 6200
# Name of the fault, the sandbox's fault, and whether the answer is kept under the key (None: as the sandbox does).
FAULTS: tuple[tuple[str, Fault, bool | None], ...] = (
    *((fault.value, fault, None) for fault in Fault if fault not in (Fault.SLOW, Fault.SLOW_AFTER)),
    ("error_500_before_kept", Fault.ERROR_500_BEFORE, True),
    ("error_500_after_forgotten", Fault.ERROR_500_AFTER, False),
)
# Nobody can tell that the id of something just made is another one's.
CREATING = [each for each in FAULTS if each[1] is not Fault.ODD_200_OTHER_ID]


def each_of(faults: Sequence[tuple[str, Fault, bool | None]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("fault", "stored"), [each[1:] for each in faults], ids=[each[0] for each in faults])


EACH_FAULT = each_of(FAULTS)
EACH_FAULT_OF_CREATING = each_of(CREATING)


def plan(sandbox: Sandbox, kind: str, fault: Fault, stored: bool | None, **more: Any) -> None:
    sandbox.world.faults.plan(kind, fault, stored=stored, **more)


def final(plant: Plant, order_id: str, kind: OperationKind) -> OperationState:
    """The state of the one operation of this kind."""
    (operation,) = plant.operations(order_id, kind)
    return operation.state


@EACH_FAULT_OF_CREATING
@pytest.mark.parametrize("kind", [OperationKind.CREATE_CUSTOMER, OperationKind.CREATE_INTENT])
def test_placing(shop: Plant, stripe_sandbox: Sandbox, kind: OperationKind, fault: Fault, stored: bool | None) -> None:
    plan(stripe_sandbox, kind.value, fault, stored)
    with pytest.raises(CallError) as told:
        shop.place("checkout-1")
    assert str(told.value).endswith(".")
    shop.settle()
    placed = shop.place("checkout-1")
    order = shop.check_agrees(placed.order.id)
    assert (len(customers_of(stripe_sandbox, order.id)), len(intents_of(stripe_sandbox, order.id))) == (1, 1)
    assert final(shop, order.id, kind) is OperationState.DONE
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(order.id)


@EACH_FAULT_OF_CREATING
def test_placing_again_at_once_goes_on_where_it_stopped(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    """The page does not wait for the background: the shopper presses again."""
    plan(stripe_sandbox, "create_intent", fault, stored)
    for _ in range(6):
        try:
            placed = shop.place("checkout-1")
            break
        except CallError:
            continue
    assert shop.pay(placed).state is PayState.HELD
    shop.check_agrees(placed.order.id)


@EACH_FAULT
@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_visa_chargeDeclinedInsufficientFunds"])
def test_confirming(shop: Plant, stripe_sandbox: Sandbox, card: str, fault: Fault, stored: bool | None) -> None:
    placed = shop.place()
    token = confirmation_token(stripe_sandbox, card)
    plan(stripe_sandbox, "confirm", fault, stored)
    first = shop.pay(placed, token=token)
    declines = card != "pm_card_visa"
    if first.state is not PayState.DECLINED:
        assert (first.state, first.order.payment.held) == (PayState.CHECKING, 0)
    shop.settle()
    order = shop.check_agrees(placed.order.id)
    expected = PaymentStatus.REQUIRES_PAYMENT_METHOD if declines else PaymentStatus.REQUIRES_CAPTURE
    assert order.payment.status is expected
    if declines:
        assert order.payment.problem is not None
        assert order.payment.problem.decline_code == "insufficient_funds"
        assert shop.happened(order.id).count("declined") == 1
        assert shop.pay(placed).state is PayState.HELD
        shop.check_agrees(order.id)


@EACH_FAULT
def test_capturing(shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", fault, stored)
    asked = shop.prepare(order, {1: 0})
    assert asked.open_operation is not None
    assert (asked.open_operation.state, asked.open_operation.amount) == (OperationState.UNKNOWN, SHORT)
    assert asked.payment.captured == 0
    shop.settle()
    done = shop.check_agrees(order.id)
    assert (done.payment.captured, done.payment.released) == (SHORT, 6200)
    assert [(line.kept, line.left_out) for line in done.lines] == [(2, 0), (0, 1)]
    assert final(shop, order.id, OperationKind.CAPTURE) is OperationState.DONE
    with shop.store.read() as unit:
        assert {each.sku: each.on_hand for each in unit.catalogue.products()}["MUG"] == 36


@EACH_FAULT
def test_shipping(shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None) -> None:
    order = shop.prepare(shop.place_and_pay())
    plan(stripe_sandbox, "update", fault, stored)
    shipped = shop.ship(order)
    assert shipped.shipment is not None
    assert shipped.shipment.passed_on is PassedOn.PENDING
    shop.settle()
    told = shop.check_agrees(order.id)
    assert told.shipment is not None
    assert told.shipment.passed_on is PassedOn.ON_INTENT
    assert final(shop, order.id, OperationKind.SHIP) is OperationState.DONE
    assert shop.happened(order.id)[-2:] == ["shipped", "passed_on"]


@EACH_FAULT
def test_shipping_by_way_of_the_charge(shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None) -> None:
    order = shop.prepare(shop.place_and_pay())
    stripe_sandbox.world.refuse_shipping_after_authorization = True
    plan(stripe_sandbox, "update_charge", fault, stored)
    shop.ship(order)
    shop.settle(12)
    told = shop.check_agrees(order.id)
    assert told.shipment is not None
    assert told.shipment.passed_on is PassedOn.ON_CHARGE


def test_a_number_that_arrives_late_does_not_replace_the_corrected_one(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.prepare(shop.place_and_pay())
    on_intent = f"/v1/payment_intents/{order.payment.intent_id}"
    corrected = Parcel("dhl", "00340434161094042557")

    def at_stripe() -> str:
        return (stripe_call(stripe_sandbox, "GET", on_intent)["shipping"] or {}).get("tracking_number") or ""

    plan(stripe_sandbox, "update", Fault.LOST_BEFORE, None)
    shop.ship(order)
    shop.ship(shop.order(order.id), corrected)
    shop.settle()
    assert at_stripe() == ""
    # What was not answered is done after all, half an hour later.
    stripe_sandbox.world.clock.advance(1800)
    late = {"shipping[name]": "Ada Byron", "shipping[address][line1]": "1 Lovelace Way"}
    stripe_call(stripe_sandbox, "POST", on_intent, **late, **{"shipping[tracking_number]": PARCEL.number})
    shop.settle()
    assert at_stripe() == PARCEL.number
    stripe_sandbox.world.clock.advance(1900)
    shop.settle()
    assert at_stripe() == corrected.number
    told = shop.check_agrees(order.id)
    assert told.shipment is not None
    assert told.shipment.passed_on is PassedOn.ON_INTENT
    assert shop.happened(order.id)[-3:] == ["shipped", "shipped", "passed_on"]


def test_a_number_that_arrived_without_an_answer_does_not_hold_up_the_corrected_one(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    order = shop.prepare(shop.place_and_pay())
    corrected = Parcel("dhl", "00340434161094042557")
    plan(stripe_sandbox, "update", Fault.LOST_AFTER, None)
    shop.ship(order)
    shop.ship(shop.order(order.id), corrected)
    shop.settle(2)
    facts = shop.works.gateway.retrieve(order.payment.intent_id)
    assert facts.shipping is not None
    assert facts.shipping.tracking_number == corrected.number
    assert [each.state for each in shop.operations(order.id, OperationKind.SHIP)] == [OperationState.DONE] * 2
    shop.check_agrees(order.id)


def test_the_first_answer_under_a_key_is_not_taken_for_what_is_so_now(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The bank asks, the answer is lost, the shopper fails to prove themselves: Stripe still says that the bank asks
    when the same call is made again under its key."""
    placed = shop.place()
    plan(stripe_sandbox, "confirm", Fault.LOST_AFTER, None)
    assert shop.pay(placed, ASKS_FIRST).state is not PayState.HELD
    answer_challenge(stripe_sandbox, placed.order, approve=False)
    shop.settle()
    assert shop.check_agrees(placed.order.id).payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD


@EACH_FAULT
def test_the_answer_and_then_the_reading_are_lost(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault, stored: bool | None
) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", Fault.LOST_AFTER, None)
    shop.prepare(order, {1: 0})
    plan(stripe_sandbox, "retrieve", fault, None, times=2)
    shop.settle()
    assert shop.check_agrees(order.id).payment.captured == SHORT
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1


def test_answers_lost_again_and_again(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", Fault.LOST_BEFORE, None, times=8)
    shop.prepare(order, {1: 0})
    for _ in range(7):
        shop.clock.advance()
        assert shop.works.resolve.run_due().waiting == 1
        assert shop.order(order.id).payment.held == TOTAL
    shop.settle()
    assert shop.check_agrees(order.id).payment.captured == SHORT
    keys = {call.idempotency_key for call in calls(stripe_sandbox, "POST", "/capture")}
    assert len(keys) == 1


def test_a_stored_server_error_gets_a_new_key_only_after_a_reading_showed_nothing(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", Fault.ERROR_500_BEFORE, True)
    shop.prepare(order, {1: 0})
    shop.settle()
    order = shop.check_agrees(order.id)
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert operation.generation == 1
    sent = [call for call in stripe_sandbox.world.seen if order.payment.intent_id in call.path][-10:]
    captures = [call for call in sent if call.path.endswith("/capture")]
    assert [call.idempotency_key for call in captures] == [
        f"sd-{operation.id}-0",
        f"sd-{operation.id}-0",
        f"sd-{operation.id}-1",
    ]
    for call in captures[1:]:
        assert sent[sent.index(call) - 1].method == "GET"


def test_a_day_later_a_new_key_is_used_because_stripe_forgot_the_old_one(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", Fault.LOST_BEFORE, None)
    shop.prepare(order, {1: 0})
    stripe_sandbox.world.clock.advance(25 * 3600)
    shop.clock.advance(25 * 3600)
    shop.settle()
    shop.check_agrees(order.id)
    keys = [call.idempotency_key for call in calls(stripe_sandbox, "POST", "/capture")]
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert keys == [f"sd-{operation.id}-0", f"sd-{operation.id}-1"]


def test_a_hold_that_lapsed_while_the_answer_was_awaited(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    plan(stripe_sandbox, "capture", Fault.LOST_BEFORE, None)
    shop.prepare(order, {1: 0})
    stripe_sandbox.world.clock.advance(8 * 86_400)
    shop.settle()
    ended = shop.check_agrees(order.id)
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert (operation.state, operation.outcome) == (OperationState.FAILED, "The hold has lapsed.")
    assert ended.payment.status is PaymentStatus.CANCELED


def test_many_orders_at_once_in_trouble(shop: Plant, stripe_sandbox: Sandbox) -> None:
    orders: list[Order] = [shop.place_and_pay() for _ in range(5)]
    for order, fault in zip(
        orders,
        (Fault.LOST_AFTER, Fault.ODD_200_NULL, Fault.ERROR_500_AFTER, Fault.HTML_502_AFTER, Fault.ODD_200_OTHER_ID),
        strict=True,
    ):
        plan(stripe_sandbox, "capture", fault, None)
        shop.prepare(order, {1: 0})
    shop.clock.advance()
    assert shop.works.resolve.run_due().finished == 5
    for order in orders:
        assert shop.check_agrees(order.id).payment.captured == SHORT


def test_an_operation_that_cannot_be_recorded_does_not_hold_up_the_others(
    shop: Plant, stripe_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    stuck: Placed = shop.place()
    other = shop.place_and_pay()
    plan(stripe_sandbox, "confirm", Fault.LOST_AFTER, None)
    shop.pay(stuck)
    plan(stripe_sandbox, "capture", Fault.LOST_AFTER, None)
    shop.prepare(other)
    # A database edited by hand: the row has an intent that nobody made.
    with shop.store.write() as unit:
        unit._open_session().connection().exec_driver_sql(
            "UPDATE payment SET intent_id = 'pi_edited' WHERE order_id = ?", (stuck.order.id,)
        )
        unit.commit()
    shop.clock.advance()
    resolved = shop.works.resolve.run_due()
    assert (resolved.finished, resolved.waiting) == (1, 1)
    assert shop.order(other.id).payment.captured == TOTAL
    assert "could not be recorded" in caplog.text
