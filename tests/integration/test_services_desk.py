"""Preparing and shipping: one capture per hold, facts in the database and at Stripe, and refusals in sentences."""

from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from sellerdesk.domain.errors import (
    CaptureRefused,
    KeyRefused,
    MessageRefused,
    OperationInProgress,
    OrderChanged,
    SellerDeskError,
    StateMoved,
    TrackingRefused,
    UnknownOrder,
    WrongStage,
)
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, PassedOn, Stage
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from tests import wiring
from tests.wiring import DAY, PARCEL, TOTAL, Plant, calls, stripe_call

SHORT = TOTAL - 6200  # without the teapot
WITHOUT_POT = {1: 0}


def stock(shop: Plant) -> dict[str, int]:
    with shop.store.read() as unit:
        return {product.sku: product.on_hand for product in unit.catalogue.products()}


def test_place_pay_prepare_shortened_ship(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    prepared = shop.prepare(held, WITHOUT_POT, message="The teapot broke. You do not pay for it.")
    assert (prepared.payment.captured, prepared.payment.released, prepared.payment.held) == (SHORT, 6200, 0)
    assert (stage_of(prepared), prepared.message) == (Stage.TO_SHIP, "The teapot broke. You do not pay for it.")
    assert [(line.kept, line.left_out) for line in prepared.lines] == [(2, 0), (0, 1)]
    assert prepared.shipping_kept == 590
    assert stock(shop) == {"MUG": 36, "POT": 1, "BOOK": 5}

    shipped = shop.ship(prepared, PARCEL, Parcel("Radbote", "R-7"))
    assert (stage_of(shipped), shipped.open_operation) == (Stage.SHIPPED, None)
    assert shipped.shipment is not None
    assert (shipped.shipment.passed_on, shipped.shipment.by) == (PassedOn.ON_INTENT, wiring.SEAT)

    intent = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{shipped.payment.intent_id}")
    assert (intent["status"], intent["amount"], intent["amount_received"]) == ("succeeded", TOTAL, SHORT)
    assert intent["shipping"]["tracking_number"] == "1Z999AA10123456784,R-7"
    assert intent["shipping"]["carrier"] == "UPS, Radbote"
    assert intent["shipping"]["name"] == "Ada Byron"
    assert intent["metadata"]["payment_intent_ship_status"] == "true"
    assert intent["metadata"]["sd_order"] == shipped.id
    assert shop.happened(shipped.id) == ["placed", "held", "captured", "released", "shipped", "passed_on"]
    shop.check_agrees(shipped.id)
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
    kinds = sorted(each.kind for each in shop.operations(shipped.id))
    assert kinds == sorted(
        (
            OperationKind.CREATE_CUSTOMER,
            OperationKind.CREATE_INTENT,
            OperationKind.CONFIRM,
            OperationKind.CAPTURE,
            OperationKind.SHIP,
        )
    )


def test_everything_kept_captures_the_whole_hold(shop: Plant) -> None:
    order = shop.prepare(shop.place_and_pay())
    assert (order.payment.captured, order.payment.released) == (TOTAL, 0)
    assert shop.happened(order.id) == ["placed", "held", "captured"]
    assert stock(shop) == {"MUG": 36, "POT": 0, "BOOK": 5}
    shop.check_agrees(order.id)


@pytest.mark.parametrize(
    ("choice", "amount"), [(ShippingChoice.FULL, 5390), (ShippingChoice.PROPORTION, 5057), (ShippingChoice.WAIVE, 4800)]
)
def test_shipping_may_shrink_with_the_order(shop: Plant, choice: ShippingChoice, amount: int) -> None:
    order = shop.prepare(shop.place_and_pay(), WITHOUT_POT, shipping=choice)
    assert (order.payment.captured, order.shipping_kept) == (amount, amount - 4800)
    shop.check_agrees(order.id)


@pytest.mark.parametrize(
    ("kept", "message"),
    [({0: 0, 1: 0}, ""), ({0: 3}, ""), ({0: -1}, ""), ({9: 1}, ""), ({0: True}, ""), ({}, "x" * 501)],
)
def test_what_cannot_be_captured_is_refused_and_nothing_is_written(
    shop: Plant, stripe_sandbox: Sandbox, kept: dict[int, int], message: str
) -> None:
    order = shop.place_and_pay()
    with pytest.raises((CaptureRefused, MessageRefused)):
        shop.prepare(order, kept, message=message)
    assert shop.order(order.id) == order
    assert len(shop.operations(order.id)) == 3
    assert not calls(stripe_sandbox, "POST", "/capture")


def test_pressing_twice_is_one_capture(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    operation_id = shop.works.desk.prepare.new_operation()
    first = shop.prepare(order, WITHOUT_POT, operation_id)
    assert shop.prepare(order, WITHOUT_POT, operation_id) == first
    assert shop.prepare(order, {}, operation_id) == first
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
    shop.check_agrees(order.id)


def test_a_second_capture_is_refused_with_a_sentence(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.prepare(shop.place_and_pay(), WITHOUT_POT)
    with pytest.raises(WrongStage, match=r"captured meanwhile by Seat 1 at \d\d:\d\d, and a hold can be captured once"):
        shop.prepare(order)
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1


def test_an_order_that_changed_since_it_was_looked_at(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    with shop.store.write() as unit:
        unit.orders.save_message(order.id, "changed on another desk")
        unit.commit()
    with pytest.raises(OrderChanged):
        shop.prepare(order, WITHOUT_POT)
    assert not calls(stripe_sandbox, "POST", "/capture")
    assert shop.prepare(shop.order(order.id)).payment.captured == TOTAL


def test_an_order_that_is_not_held_or_not_there(shop: Plant) -> None:
    placed = shop.place().order
    with pytest.raises(WrongStage, match="Nothing is held"):
        shop.prepare(placed)
    with pytest.raises(UnknownOrder):
        shop.works.desk.prepare.run("f" * 32, "nosuch", 1, {})
    with pytest.raises(WrongStage, match="not captured yet"):
        shop.ship(placed)


def race(works: list[Any]) -> list[object]:
    """Each at the same moment in a thread of its own; what it gave or raised."""
    start = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(index: int) -> None:
        start.wait(20)
        try:
            results[index] = works[index]()
        except SellerDeskError as error:
            results[index] = error

    threads = [Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.parametrize("round_", range(5))
def test_two_seats_press_prepare_at_the_same_moment(stripe_sandbox: Sandbox, database: Path, round_: int) -> None:
    with (
        wiring.plant(stripe_sandbox, database, seat="Seat 1") as one,
        wiring.plant(stripe_sandbox, database, seat="Seat 2") as two,
    ):
        order = one.place_and_pay()
        results = race([lambda: one.prepare(order, WITHOUT_POT), lambda: two.prepare(order, {0: 1})])
        won = [each for each in results if isinstance(each, Order)]
        lost = [each for each in results if not isinstance(each, Order)]
        assert len(won) == 1, results
        assert isinstance(lost[0], OperationInProgress | OrderChanged | WrongStage)
        assert str(lost[0]).endswith(".")
        assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
        one.check_agrees(order.id)
        captures = one.operations(order.id, OperationKind.CAPTURE)
        assert [each.state for each in captures] == [OperationState.DONE]


def test_one_operation_carried_out_by_two_workers_at_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    operation_id = shop.works.desk.prepare.new_operation()
    race([lambda: shop.prepare(order, WITHOUT_POT, operation_id)] * 4)
    assert len(calls(stripe_sandbox, "POST", "/capture")) == 1
    shop.check_agrees(order.id)


def test_a_late_worker_whose_lease_was_taken_cannot_write(stripe_sandbox: Sandbox, database: Path) -> None:
    """The first worker's answer is held up; a second one takes over after the lease, finds out, and finishes."""
    with wiring.plant(stripe_sandbox, database) as one, wiring.plant(stripe_sandbox, database, seat="Seat 2") as two:
        order = one.place_and_pay()
        slow = stripe_sandbox.world.faults.plan("capture", Fault.SLOW_AFTER)
        results: list[Order] = []
        worker = Thread(target=lambda: results.append(one.prepare(order, WITHOUT_POT)))
        worker.start()
        assert stripe_sandbox.world.faults.wait_until_holding()
        two.settle()
        two.check_agrees(order.id)
        slow.release()
        worker.join(60)
        assert results[0].payment.captured == SHORT
        one.check_agrees(order.id)
        assert one.happened(order.id).count("captured") == 1
        assert stock(one)["MUG"] == 36


def test_a_hold_that_lapsed_before_anybody_noticed(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    stripe_sandbox.world.clock.advance(8 * DAY)
    with pytest.raises(StateMoved):
        shop.prepare(order)
    ended = shop.check_agrees(order.id)
    assert (stage_of(ended), ended.payment.captured, ended.payment.released) == (Stage.ENDED, 0, TOTAL)
    assert shop.happened(order.id) == ["placed", "held", "expired", "released"]
    with pytest.raises(WrongStage):
        shop.prepare(ended)


def test_a_hold_whose_deadline_passed_is_not_even_tried(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    shop.clock.learn(shop.clock.now() + 8 * DAY)
    with pytest.raises(WrongStage, match="has lapsed"):
        shop.prepare(order)
    assert not calls(stripe_sandbox, "POST", "/capture")


@pytest.mark.parametrize("amount", ["1000", str(SHORT)])
def test_an_order_captured_elsewhere_meanwhile(shop: Plant, stripe_sandbox: Sandbox, amount: str) -> None:
    order = shop.place_and_pay()
    path = f"/v1/payment_intents/{order.payment.intent_id}/capture"
    stripe_call(stripe_sandbox, "POST", path, amount_to_capture=amount)
    if amount == str(SHORT):
        assert shop.prepare(order, WITHOUT_POT).payment.captured == SHORT
    else:
        operation_id = shop.works.desk.prepare.new_operation()
        with pytest.raises(StateMoved):
            shop.prepare(order, WITHOUT_POT, operation_id)
        with pytest.raises(WrongStage, match="captured elsewhere, for another amount"):
            shop.prepare(order, WITHOUT_POT, operation_id)
    after = shop.check_agrees(order.id)
    assert (stage_of(after), after.payment.captured) == (Stage.TO_SHIP, int(amount))


def test_a_capture_that_stripe_refused_says_so_each_time(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.place_and_pay()
    shop.clock.learn(shop.clock.now())
    operation_id = shop.works.desk.prepare.new_operation()
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/cancel")
    with pytest.raises(StateMoved):
        shop.prepare(order, {}, operation_id)
    with pytest.raises(WrongStage) as refused:
        shop.prepare(order, {}, operation_id)
    assert str(refused.value).endswith(".")
    assert stage_of(shop.check_agrees(order.id)) is Stage.ENDED


def test_a_revoked_key_leaves_the_operation_open_and_goes_on_with_the_same_key_value(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    order = shop.place_and_pay()
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    operation_id = shop.works.desk.prepare.new_operation()
    with pytest.raises(KeyRefused):
        shop.prepare(order, WITHOUT_POT, operation_id)
    waiting = shop.order(order.id)
    assert waiting.open_operation is not None
    assert (waiting.open_operation.state, waiting.payment.held) == (OperationState.UNKNOWN, TOTAL)
    for _ in range(3):
        shop.clock.advance()
        resolved = shop.works.resolve.run_due()
        assert isinstance(resolved.trouble, KeyRefused)
    stripe_sandbox.world.revoked_keys.clear()
    shop.settle()
    assert shop.check_agrees(order.id).payment.captured == SHORT
    used = {call.idempotency_key for call in calls(stripe_sandbox, "POST", "/capture")}
    assert used == {f"sd-{operation_id}-0"}


def test_a_refused_key_ends_the_pass_over_the_open_operations(shop: Plant, stripe_sandbox: Sandbox) -> None:
    orders = [shop.place_and_pay() for _ in range(3)]
    stripe_sandbox.world.faults.plan("capture", Fault.LOST_BEFORE, times=3)
    for order in orders:
        shop.prepare(order)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    shop.clock.advance()
    before = len(stripe_sandbox.world.seen)
    assert isinstance(shop.works.resolve.run_due().trouble, KeyRefused)
    assert len(stripe_sandbox.world.seen) == before + 1
    stripe_sandbox.world.revoked_keys.clear()
    shop.settle()
    for order in orders:
        assert shop.check_agrees(order.id).payment.captured == TOTAL


class TestShip:
    def test_the_intent_refuses_and_the_charge_takes_it(self, shop: Plant, stripe_sandbox: Sandbox) -> None:
        order = shop.prepare(shop.place_and_pay())
        stripe_sandbox.world.refuse_shipping_after_authorization = True
        shipped = shop.ship(order)
        assert shipped.shipment is not None
        assert shipped.shipment.passed_on is PassedOn.ON_CHARGE
        charge = stripe_call(stripe_sandbox, "GET", f"/v1/charges/{order.payment.facts.charge_id}")  # type: ignore[union-attr]
        assert charge["shipping"]["tracking_number"] == PARCEL.number
        assert shop.operations(order.id, OperationKind.SHIP)[-1].state is OperationState.DONE
        shop.check_agrees(order.id)

    def test_both_refuse_and_the_parcels_have_left_all_the_same(self, stripe_sandbox: Sandbox, database: Path) -> None:
        with wiring.plant(stripe_sandbox, database) as shop:
            order = shop.prepare(shop.place_and_pay())
        stripe_sandbox.world.refuse_shipping_after_authorization = True
        key = "rk_test_madeupmadeup12345678"
        stripe_sandbox.world.restrict_key(key, frozenset({"payment_intent_write", "payment_intent_read"}))
        with wiring.plant(stripe_sandbox, database, key=key) as shop:
            shipped = shop.ship(order)
            assert shipped.shipment is not None
            assert (shipped.shipment.passed_on, stage_of(shipped)) == (PassedOn.REFUSED, Stage.SHIPPED)
            assert shop.happened(order.id)[-2:] == ["shipped", "not_passed_on"]
            assert shop.operations(order.id, OperationKind.SHIP)[-1].state is OperationState.FAILED

    def test_a_correction_replaces_what_was_passed_on(self, shop: Plant, stripe_sandbox: Sandbox) -> None:
        order = shop.ship(shop.prepare(shop.place_and_pay()))
        corrected = shop.ship(order, Parcel("dhl", "00340434161094042557"))
        assert corrected.shipment is not None
        assert corrected.shipment.parcels == (Parcel("dhl", "00340434161094042557"),)
        intent = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{order.payment.intent_id}")
        assert intent["shipping"]["tracking_number"] == "00340434161094042557"
        assert intent["metadata"]["sd_tracking"] == "00340434161094042557"

    def test_only_the_newest_tracking_is_sent(self, shop: Plant, stripe_sandbox: Sandbox) -> None:
        order = shop.prepare(shop.place_and_pay())
        stripe_sandbox.world.faults.plan("update", Fault.LOST_BEFORE)
        first = shop.ship(order, Parcel("ups", "OLD-1"))
        assert first.shipment is not None
        assert first.shipment.passed_on is PassedOn.PENDING
        second = shop.ship(first, Parcel("ups", "NEW-1"))
        # The old one may still arrive, for an hour.
        stripe_sandbox.world.clock.advance(3700)
        shop.settle()
        assert len(calls(stripe_sandbox, "POST", second.payment.intent_id)) == 2
        intent = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{order.payment.intent_id}")
        assert intent["shipping"]["tracking_number"] == "NEW-1"
        states = [each.state for each in shop.operations(order.id, OperationKind.SHIP)]
        assert states == [OperationState.FAILED, OperationState.DONE]
        assert second.shipment is not None
        assert shop.order(order.id).shipment == replace(second.shipment, passed_on=PassedOn.ON_INTENT)

    def test_an_older_answer_does_not_say_that_newer_tracking_was_passed_on(
        self, stripe_sandbox: Sandbox, database: Path
    ) -> None:
        with wiring.plant(stripe_sandbox, database) as one, wiring.plant(stripe_sandbox, database) as two:
            order = one.prepare(one.place_and_pay())
            slow = stripe_sandbox.world.faults.plan("update", Fault.SLOW_AFTER)
            worker = Thread(target=lambda: one.ship(order, Parcel("ups", "OLD-1")))
            worker.start()
            assert stripe_sandbox.world.faults.wait_until_holding()
            stripe_sandbox.world.faults.plan("update", Fault.LOST_BEFORE)
            second = two.ship(two.order(order.id), Parcel("ups", "NEW-1"))
            slow.release()
            worker.join(60)
            assert second.shipment is not None
            assert two.order(order.id).shipment == second.shipment
            assert second.shipment.passed_on is PassedOn.PENDING
            two.settle()
            shipment = two.order(order.id).shipment
            assert shipment is not None
            assert shipment.passed_on is PassedOn.ON_INTENT
            intent = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{order.payment.intent_id}")
            assert intent["shipping"]["tracking_number"] == "NEW-1"

    @pytest.mark.parametrize(
        "parcels",
        [
            (Parcel("ups", ""),),
            (Parcel("ups", "1Z\x00"),),
            (Parcel("", "1Z1"),),
            (Parcel("ups", "1Z1"), Parcel("dhl", "1z 1")),
            tuple(Parcel("ups", f"1Z{index}") for index in range(21)),
        ],
    )
    def test_what_cannot_be_shipped(self, shop: Plant, parcels: tuple[Parcel, ...]) -> None:
        order = shop.prepare(shop.place_and_pay())
        with pytest.raises(TrackingRefused):
            shop.works.desk.ship.run(shop.works.desk.ship.new_operation(), order.id, order.version, parcels)
        with pytest.raises(TrackingRefused):
            shop.works.desk.ship.run(shop.works.desk.ship.new_operation(), order.id, order.version, ())
        assert shop.order(order.id) == order

    def test_pressing_twice_is_one_shipment(self, shop: Plant, stripe_sandbox: Sandbox) -> None:
        order = shop.prepare(shop.place_and_pay())
        operation_id = shop.works.desk.ship.new_operation()
        first = shop.ship(order, operation_id=operation_id)
        assert shop.ship(order, operation_id=operation_id) == first
        assert shop.happened(order.id).count("shipped") == 1
        assert len(calls(stripe_sandbox, "POST", order.payment.intent_id)) == 1
        with pytest.raises(OrderChanged):
            shop.ship(order, Parcel("ups", "OTHER-1"))
