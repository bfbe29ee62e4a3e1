"""Shortening: whatever is left out, the parts add up to what is captured, and the rest is what is released."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.catalogue import included_tax, minimum_amount
from sellerdesk.domain.errors import CaptureRefused
from sellerdesk.domain.money import share_out, step
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.shortening import CapturePlan, ShippingChoice, plan
from tests import builders

CURRENCIES = ("eur", "usd", "jpy", "isk", "ugx", "huf")
RATES = (0, 700, 1900, 2550)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    currency = draw(st.sampled_from(CURRENCIES))
    unit = step(currency)
    bare = draw(
        st.lists(st.tuples(st.integers(1, 99), st.integers(0, 40_000), st.sampled_from(RATES)), min_size=1, max_size=6)
    )
    amounts = [quantity * price * unit for quantity, price, _ in bare]
    discount = draw(st.integers(0, sum(amounts) // unit)) * unit
    discounts = share_out(discount, amounts, unit)
    lines = tuple(
        builders.line(index, quantity, price * unit, tax_rate=rate, discount=part)
        for index, ((quantity, price, rate), part) in enumerate(zip(bare, discounts, strict=True))
    )
    shipping = draw(st.integers(1, 5000)) * unit + minimum_amount(currency)
    return builders.order(lines, currency=currency, shipping=shipping, shipping_tax_rate=draw(st.sampled_from(RATES)))


@st.composite
def shortened(draw: st.DrawFn) -> tuple[Order, dict[int, int]]:
    order = draw(orders())
    kept = {line.position: draw(st.integers(0, line.quantity)) for line in order.lines}
    return order, kept


def planned(order: Order, kept: dict[int, int], shipping: ShippingChoice) -> CapturePlan | None:
    try:
        return plan(order, kept, shipping)
    except CaptureRefused:
        return None


@given(shortened(), st.sampled_from(ShippingChoice))
def test_the_parts_add_up(given_: tuple[Order, dict[int, int]], shipping: ShippingChoice) -> None:
    order, kept = given_
    found = planned(order, kept, shipping)
    if found is None:
        return
    assert sum(line.amount for line in found.lines) + found.shipping == found.total
    assert found.total + found.released == found.authorized == order.total
    assert 0 < found.total <= order.total
    assert found.kept == kept
    unit = step(order.currency)
    for before, line in zip(order.lines, found.lines, strict=True):
        assert line.amount == line.unit_price * line.quantity - line.discount
        assert 0 <= line.amount <= before.amount
        assert 0 <= line.discount <= before.discount
        assert line.amount % unit == line.discount % unit == 0
    assert found.shipping % unit == 0
    assert 0 <= found.shipping <= order.shipping


@given(shortened(), st.sampled_from(ShippingChoice))
def test_the_tax_of_each_rate_adds_up(given_: tuple[Order, dict[int, int]], shipping: ShippingChoice) -> None:
    order, kept = given_
    found = planned(order, kept, shipping)
    if found is None:
        return
    rate_of = {line.position: line.tax_rate for line in order.lines}
    for rate in set(rate_of.values()):
        mine = [line for line in found.lines if rate_of[line.position] == rate]
        assert sum(line.tax for line in mine) == included_tax(sum(line.amount for line in mine), rate)
        assert all(0 <= line.tax <= line.amount for line in mine)
    assert found.tax == sum(line.tax for line in found.lines) + included_tax(found.shipping, order.shipping_tax_rate)


@given(orders())
def test_everything_kept_is_the_whole_hold(order: Order) -> None:
    whole = {line.position: line.quantity for line in order.lines}
    for kept in (whole, {}):
        found = plan(order, kept)
        assert (found.total, found.released, found.is_shortened) == (order.payment.held, 0, False)
        assert plan(order, kept, ShippingChoice.PROPORTION) == found


@given(shortened(), st.data())
def test_one_piece_more_never_costs_less(given_: tuple[Order, dict[int, int]], data: st.DataObject) -> None:
    order, kept = given_
    short = [line for line in order.lines if kept[line.position] < line.quantity]
    if not short:
        return
    position = data.draw(st.sampled_from(short)).position
    more = {**kept, position: kept[position] + 1}
    for shipping in ShippingChoice:
        fewer, greater = planned(order, kept, shipping), planned(order, more, shipping)
        if fewer is not None and greater is not None:
            assert fewer.total <= greater.total
            assert fewer.released >= greater.released


@given(shortened())
def test_the_three_ways_to_charge_shipping(given_: tuple[Order, dict[int, int]]) -> None:
    order, kept = given_
    full, part, none = (planned(order, kept, choice) for choice in ShippingChoice)
    if full is not None:
        assert full.shipping == order.shipping
    if none is not None:
        assert none.shipping == 0
    if full is not None and part is not None and none is not None:
        assert none.total <= part.total <= full.total


def two_of_one(**more: object) -> Order:
    return builders.order((builders.line(0, 2, 2000, **more), builders.line(1, 1, 3000)))


def test_a_discount_goes_with_its_pieces() -> None:
    found = plan(two_of_one(discount=101), {0: 1})
    assert [(line.quantity, line.discount, line.amount) for line in found.lines] == [(1, 51, 1949), (1, 0, 3000)]


def test_yen_and_kronur_stay_whole() -> None:
    yen = builders.order((builders.line(0, 3, 333, discount=100),), currency="jpy", shipping=590)
    assert plan(yen, {0: 1}, ShippingChoice.PROPORTION).total == (333 - 33) + 197
    kronur = builders.order((builders.line(0, 3, 90_000, discount=1000),), currency="isk", shipping=59_000)
    found = plan(kronur, {0: 1}, ShippingChoice.PROPORTION)
    assert (found.total, found.released) == (89_700 + 19_700, 328_000 - 109_400)


@pytest.mark.parametrize("pieces", [-1, 3, True, False, 1.0, 0.5, "1", None, 2**63])
def test_pieces_are_whole_numbers_within_the_order(pieces: object) -> None:
    with pytest.raises(CaptureRefused, match="pack between 0 and 2 pieces"):
        plan(two_of_one(), {0: pieces})  # type: ignore[dict-item]


def test_a_line_that_is_not_in_the_order_is_refused_and_not_passed_over() -> None:
    with pytest.raises(CaptureRefused, match="no such line"):
        plan(two_of_one(), {7: 1})


def test_nothing_kept_is_no_capture() -> None:
    with pytest.raises(CaptureRefused, match="release it instead"):
        plan(two_of_one(), {0: 0, 1: 0})


def test_zero_is_no_capture() -> None:
    free = builders.order((builders.line(0, 1, 0), builders.line(1, 1, 3000)))
    with pytest.raises(CaptureRefused, match="comes to zero"):
        plan(free, {0: 1, 1: 0}, ShippingChoice.WAIVE)


def test_less_than_a_card_payment_can_be_is_refused() -> None:
    cheap = builders.order((builders.line(0, 1, 49), builders.line(1, 1, 3000)))
    with pytest.raises(CaptureRefused, match="smallest card payment"):
        plan(cheap, {1: 0}, ShippingChoice.WAIVE)


def with_hold(order: Order, held: int) -> Order:
    payment = order.payment
    assert payment.facts is not None
    return replace(order, payments=(replace(payment, facts=replace(payment.facts, amount_capturable=held)),))


def test_a_hold_cannot_grow() -> None:
    order = two_of_one()
    assert plan(with_hold(order, order.total), {}).released == 0
    with pytest.raises(CaptureRefused, match="more than what is held"):
        plan(with_hold(order, order.total - 1), {})


@pytest.mark.parametrize("status", [status for status in PaymentStatus if status != "requires_capture"])
def test_nothing_is_captured_where_nothing_is_held(status: PaymentStatus) -> None:
    with pytest.raises(CaptureRefused, match="Nothing is held"):
        plan(builders.order(status=status), {})


def test_an_order_without_intent_holds_nothing() -> None:
    order = two_of_one()
    with pytest.raises(CaptureRefused, match="Nothing is held"):
        plan(replace(order, payments=(replace(order.payment, facts=None),)), {})


def test_line_names_stand_in_the_sentence_as_they_are() -> None:
    lines: tuple[OrderLine, ...] = (builders.line(0, name="<b>Mug</b>"),)
    with pytest.raises(CaptureRefused, match="“<b>Mug</b>”"):
        plan(builders.order(lines), {0: 9})
