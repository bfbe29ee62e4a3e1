"""The demo's goods: a date in a file grows old, the demo's does not."""

from datetime import UTC, datetime

import pytest

from sellerdesk.demo import demo_products


@pytest.mark.parametrize("year", [2026, 2031])
def test_what_ships_later_does_so_in_eleven_days(year: int) -> None:
    now = int(datetime(year, 11, 23, 12, tzinfo=UTC).timestamp())
    later = {each.sku: each.available_from for each in demo_products(now) if each.available_from}
    assert later == {"PLATE-ARITA": f"{year}-12-04"}
