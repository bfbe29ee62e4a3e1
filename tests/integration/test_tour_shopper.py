"""The tour's shopper on a computer without a browser: the same orders, by the use cases behind the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk import demo
from sellerdesk.demo import DemoShop
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.tour.album import Album
from sellerdesk.tour.shopper import find_shopper


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[DemoShop]:
    """A demo shop without its weeks of orders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "live_through", lambda *_: None)
        found = demo.open_demo(tmp_path / "demo", lambda *_: None)
    yield found
    found.shop.close()


def test_the_tour_goes_on_without_a_browser(opened: DemoShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    album = Album(tmp_path / "pictures")
    shopper = find_shopper(opened, album)
    assert "without a browser" in shopper.how
    held = shopper.order()
    assert (held.payment.held, held.save_card) == (12840, True)
    left = shopper.leave_at_the_bank()
    assert left.payment.status is PaymentStatus.REQUIRES_ACTION
    shopper.come_back(left)
    assert opened.works.desk.orders.view(left.id).order.payment.held == 12840
    shopper.order_confirmed_by_page()
    shopper.look_at(held)
    shopper.leave()
    assert album.shots == []
