"""A charge of the saved card that Stripe carries out when everybody has given it up: it counts once, for what it is."""

import json
from typing import Any

import pytest

from sellerdesk.domain.errors import ChargeRefused
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.sandbox.faults import Fault
from tests.wiring import TOTAL, Plant, intents_of, stripe_call

POT = 6200


def given_up(shop: Plant, kept: dict[int, int], pieces: dict[int, int]) -> tuple[Order, Operation]:
    """Stripe keeps a fault under its key, and an hour later a person accepts that nothing of it is there."""
    order = shop.prepare(shop.place_and_save_card(), kept)
    shop.works.desk.sync.poll()
    shop.sandbox.world.faults.plan("create_intent", Fault.ERROR_500_BEFORE, stored=True)
    shop.back_order(order, pieces)
    for _ in range(11):
        pass_time(shop, 420)
        shop.works.resolve.run_due()
    (charge,) = shop.operations(order.id, OperationKind.BACK_ORDER)
    assert charge.state is OperationState.REVIEW
    shop.works.desk.review.look(charge.id)
    return shop.works.desk.review.accept(charge.id), charge


def pass_time(shop: Plant, seconds: int) -> None:
    for each in (shop.clock, shop.sandbox.world.clock):
        each.advance(seconds)


def arrive_late(shop: Plant, charge: Operation) -> None:
    """Stripe finishes it by itself, as it was asked for."""
    asked: dict[str, Any] = json.loads(charge.params)
    lines = {
        f"amount_details[line_items][{number}][{name}]": str(value)
        for number, line in enumerate(asked["lines"])
        for name, value in (
            ("product_name", line["name"]),
            ("product_code", line["sku"]),
            ("quantity", line["quantity"]),
            ("unit_cost", line["unit_cost"]),
        )
    }
    form = {
        "amount": str(asked["amount"]),
        "currency": "eur",
        "customer": asked["customer_id"],
        "payment_method": asked["payment_method_id"],
        "off_session": "true",
        "confirm": "true",
        **{f"metadata[{name}]": value for name, value in asked["metadata"]},
        **lines,
    }
    stripe_call(shop.sandbox, "POST", "/v1/payment_intents", **form)


def captured_at_stripe(shop: Plant, order: Order) -> int:
    return sum(int(each["amount_received"]) for each in intents_of(shop.sandbox, order.id))


@pytest.mark.parametrize("beside", [False, True], ids=["nothing else is open", "tracking is on its way"])
def test_it_is_taken_over_whatever_else_is_open_and_not_charged_again(shop: Plant, beside: bool) -> None:
    order, charge = given_up(shop, {1: 0}, {1: 1})
    if beside:
        shop.sandbox.world.faults.plan("update", Fault.LOST_BEFORE)
        order = shop.ship(order)
        assert order.open_operation is not None
    arrive_late(shop, charge)
    shop.works.desk.sync.poll()
    assert [each.captured for each in shop.order(order.id).back_orders] == [POT]
    shop.settle()
    with pytest.raises(ChargeRefused):
        shop.back_order(shop.check_agrees(order.id))
    assert captured_at_stripe(shop, order) == TOTAL


def test_it_is_no_answer_to_another_wish(shop: Plant) -> None:
    """The pot was charged late while a mug and the pot were asked for: nothing more is charged, and the mug is owed."""
    order, charge = given_up(shop, {0: 1, 1: 0}, {1: 1})
    shop.sandbox.world.faults.plan("create_intent", Fault.LOST_BEFORE)
    shop.back_order(order, {0: 1, 1: 1})
    arrive_late(shop, charge)
    shop.settle()
    newer = shop.operations(order.id, OperationKind.BACK_ORDER)[-1]
    assert (newer.state, "after all" in newer.outcome) == (OperationState.FAILED, True)
    order = shop.check_agrees(order.id)
    (back_order,) = order.back_orders
    assert (back_order.lines, back_order.amount, back_order.captured) == (((1, 1),), POT, POT)
    assert [pieces_owed(order, line) for line in order.lines] == [1, 0]
    shop.back_order(order, {0: 1})
    assert captured_at_stripe(shop, order) == TOTAL
