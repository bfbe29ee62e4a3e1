"""A whole shop for the checkout page: sandbox, real store, real gateway, real use cases, the server on a free port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout.shop import ShopWorld, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ShopWorld]:
    """An open shop with the demo's catalogue."""
    with open_world(tmp_path) as running:
        yield running
