"""Refunding: however it is cut into parts, they add up to what was charged, and never to more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.errors import RefundRefused
from sellerdesk.domain.money import step
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.refund import Refund, RefundFacts, RefundState, merge_refund
from sellerdesk.domain.refunding import (
    RefundPlan,
    refund_by_amount,
    refund_by_lines,
    refundable_pieces,
    refundable_shipping,
)
from sellerdesk.domain.shortening import kept_amount
from tests import builders
from tests.unit.test_shortening import orders


def captured(order: Order, kept: dict[int, int] | None = None) -> Order:
    """``order`` after the pieces in ``kept`` (else all) were captured, with its shipping."""
    lines = tuple(replace(line, kept=(kept or {}).get(line.position, line.quantity)) for line in order.lines)
    total = sum(kept_amount(line, line.kept or 0, order.currency) for line in lines) + order.shipping
    facts = builders.facts("succeeded", order.total, amount_received=total, currency=order.currency)
    payment = Payment("b" * 32, order.id, "original", order.total, order.currency, facts)
    return replace(order, lines=lines, shipping_kept=order.shipping, payments=(payment,))


def after(order: Order, plan: RefundPlan, state: RefundState = RefundState.SUCCEEDED) -> Order:
    """``order`` once ``plan`` was carried out."""
    refund = Refund(
        f"re_{len(order.refunds)}", plan.payment_id, plan.amount, plan.currency, state, 0, lines=plan.pieces,
        shipping=plan.shipping,
    )  # fmt: skip
    return replace(order, refunds=(*order.refunds, refund))


def planned(order: Order, pieces: dict[int, int]) -> RefundPlan | None:
    """The plan, or None for pieces that come to nothing."""
    try:
        return refund_by_lines(order, order.payment, pieces)
    except RefundRefused:
        return None


@given(orders(), st.data())
def test_piece_by_piece_all_of_it_goes_back_and_not_a_cent_more(order: Order, data: st.DataObject) -> None:
    kept = {line.position: data.draw(st.integers(0, line.quantity)) for line in order.lines}
    order = captured(order, kept)
    payment = order.payment
    while any(refundable_pieces(order, payment, line) for line in order.lines):
        pieces = {
            line.position: data.draw(st.integers(0, refundable_pieces(order, payment, line))) for line in order.lines
        }
        rest = {line.position: refundable_pieces(order, payment, line) for line in order.lines}
        plan = planned(order, pieces) or planned(order, rest)
        if plan is None:
            break  # what is left costs nothing
        assert sum(line.amount for line in plan.lines) == plan.amount
        assert plan.refunded + plan.amount + plan.left == plan.captured
        assert 0 <= plan.tax <= plan.amount
        order = after(order, plan)
    left = payment.captured - order.refunded(payment)
    assert left == refundable_shipping(order, payment) == order.shipping
    last = refund_by_lines(order, payment, {}, order.shipping)
    assert (last.left, last.is_whole) == (0, True)


@given(orders(), st.data())
def test_by_amount(order: Order, data: st.DataObject) -> None:
    order = captured(order)
    unit = step(order.currency)
    amount = data.draw(st.integers(1, order.payment.captured // unit)) * unit
    plan = refund_by_amount(order, order.payment, amount)
    assert (plan.amount, plan.left, plan.lines) == (amount, order.payment.captured - amount, ())
    assert 0 <= plan.tax <= amount
    rest = after(order, plan)
    with pytest.raises(RefundRefused):
        refund_by_amount(rest, rest.payment, plan.left + unit)


@pytest.mark.parametrize("amount", [0, -1, True, 150.0])
def test_what_is_no_amount(amount: int) -> None:
    order = captured(builders.order())
    with pytest.raises(RefundRefused):
        refund_by_amount(order, order.payment, amount)
    with pytest.raises(RefundRefused):
        refund_by_amount(
            captured(builders.order(currency="isk")), captured(builders.order(currency="isk")).payment, 150
        )


@pytest.mark.parametrize("pieces", [{9: 1}, {0: 3}, {0: -1}, {0: True}, {}])
def test_pieces_that_were_not_charged(pieces: dict[int, int]) -> None:
    order = captured(builders.order())
    with pytest.raises(RefundRefused):
        refund_by_lines(order, order.payment, pieces)
    with pytest.raises(RefundRefused):
        refund_by_lines(order, order.payment, {0: 1}, order.shipping + 1)


def test_one_that_failed_gives_its_pieces_free_again() -> None:
    order = captured(builders.order())
    plan = refund_by_lines(order, order.payment, {0: 2}, order.shipping)
    assert refundable_pieces(after(order, plan), order.payment, order.lines[0]) == 0
    failed = after(order, plan, RefundState.FAILED)
    assert refundable_pieces(failed, order.payment, order.lines[0]) == 2
    assert refundable_shipping(failed, order.payment) == order.shipping
    assert failed.refunded(order.payment) == 0


@given(st.permutations(list(RefundState)))
def test_the_order_of_readings_does_not_matter(states: list[RefundState]) -> None:
    known = Refund("re_1", "p", 100, "eur", RefundState.OTHER, 0)
    for state in states:
        known = merge_refund(known, RefundFacts("re_1", "pi_1", 100, "eur", state, 0))
        assert merge_refund(known, RefundFacts("re_1", "pi_1", 100, "eur", state, 0)) == known
    assert (known.state, known.counts) == (RefundState.FAILED, False)
