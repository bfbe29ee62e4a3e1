"""What went out of an order, read from the lines that Stripe was told of."""

import pytest

from sellerdesk.domain.requests import LineItem
from sellerdesk.services.missed import pieces_kept
from tests import builders


@pytest.mark.parametrize(
    ("discounts", "kept"),
    [((500, 0), {0: 1, 1: 1}), ((500,), {0: 1, 1: 0}), ((0,), {0: 0, 1: 1}), ((), {0: 0, 1: 0})],
)
def test_lines_that_only_their_discount_tells_apart(discounts: tuple[int, ...], kept: dict[int, int]) -> None:
    lines = tuple(
        builders.line(position, 1, 1000, name="Shirt", sku="SHIRT", discount=discount)
        for position, discount in enumerate((500, 0))
    )
    told = tuple(LineItem("Shirt", "SHIRT", 1, 1000, discount) for discount in discounts)
    assert pieces_kept(builders.order(lines), told) == kept
