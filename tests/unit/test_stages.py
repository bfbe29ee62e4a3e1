"""Stages: every combination of payment status, known problem and shipment has one place on the desk."""

from dataclasses import replace

import pytest

from sellerdesk.domain.order import Order, PassedOn, Shipment, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from tests import builders

SHIPMENT = Shipment((), builders.NOW, "Seat 1")
UNPAID = {
    PaymentStatus.REQUIRES_PAYMENT_METHOD: Stage.UNFINISHED,
    PaymentStatus.REQUIRES_CONFIRMATION: Stage.UNFINISHED,
    PaymentStatus.REQUIRES_ACTION: Stage.UNFINISHED,
    PaymentStatus.PROCESSING: Stage.UNFINISHED,
    PaymentStatus.REQUIRES_CAPTURE: Stage.TO_PREPARE,
    PaymentStatus.SUCCEEDED: Stage.TO_SHIP,
    PaymentStatus.CANCELED: Stage.ENDED,
    PaymentStatus.OTHER: Stage.UNFINISHED,
    None: Stage.UNFINISHED,
}


def an_order(status: PaymentStatus | None, problem: bool, shipped: bool) -> Order:
    order = builders.order(status=status or "requires_payment_method")
    payment = replace(order.payment, problem=builders.problem() if problem else None)
    if status is None:
        payment = replace(payment, facts=None)
    return replace(order, payments=(payment,), shipment=SHIPMENT if shipped else None)


@pytest.mark.parametrize("shipped", [False, True])
@pytest.mark.parametrize("problem", [False, True])
@pytest.mark.parametrize("status", [*PaymentStatus, None])
def test_every_combination(status: PaymentStatus | None, problem: bool, shipped: bool) -> None:
    expected = UNPAID[status]
    if status is PaymentStatus.REQUIRES_PAYMENT_METHOD and problem:
        expected = Stage.PROBLEM
    if status is PaymentStatus.SUCCEEDED and shipped:
        expected = Stage.SHIPPED
    assert stage_of(an_order(status, problem, shipped)) is expected


@pytest.mark.parametrize("passed_on", PassedOn)
def test_whether_stripe_was_told_moves_no_order(passed_on: PassedOn) -> None:
    order = an_order(PaymentStatus.SUCCEEDED, problem=False, shipped=True)
    assert stage_of(replace(order, shipment=replace(SHIPMENT, passed_on=passed_on))) is Stage.SHIPPED


def test_goods_sent_on_a_hold_stay_visible_as_work() -> None:
    assert stage_of(an_order(PaymentStatus.REQUIRES_CAPTURE, problem=False, shipped=True)) is Stage.TO_PREPARE
