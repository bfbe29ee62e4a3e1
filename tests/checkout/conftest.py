"""A whole shop for the checkout page: sandbox, real store, real gateway, real use cases, the server on a free port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk.checkout.limits import Allowance, Limits
from tests.checkout.shop import ShopWorld, open_world


@pytest.fixture(scope="package")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """One shop for all tests that need none of their own: they look at what they made, or leave nothing."""
    with open_world(tmp_path_factory.mktemp("shop"), Limits(*[Allowance(100_000, 60)] * 8)) as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ShopWorld]:
    """An open shop with the demo's catalogue."""
    with open_world(tmp_path) as running:
        yield running
