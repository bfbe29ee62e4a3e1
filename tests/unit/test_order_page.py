"""The shopper's order page shows what Prepare captured, line by line, to the last minor unit."""

from dataclasses import replace

import pytest

from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.order_page import order_page
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.shortening import ShippingChoice, plan
from tests import builders


@pytest.mark.parametrize(
    ("currency", "price", "discount"), [("eur", 2000, 101), ("jpy", 333, 100), ("isk", 90_000, 1000)]
)
def test_a_shortened_line_costs_what_was_captured(currency: str, price: int, discount: int) -> None:
    order = builders.order((builders.line(0, 3, price, discount=discount),), currency=currency)
    captured = plan(order, {0: 1}, ShippingChoice.FULL)
    paid = builders.facts("succeeded", order.total, currency=currency, amount_received=captured.total)
    order = replace(
        order,
        lines=(replace(order.lines[0], kept=1),),
        shipping_kept=captured.shipping,
        payments=(replace(order.payment, facts=paid),),
    )
    page = order_page(OrderView(order, ()), mine=True)
    assert [line.amount for line in page.lines] == [amount_markup(captured.lines[0].amount, currency)]
    assert [row.amount for row in page.sums] == [
        amount_markup(captured.lines[0].amount, currency),
        amount_markup(captured.shipping, currency),
    ]
    assert page.vat is not None
    assert page.vat.amount == amount_markup(captured.tax, currency)
