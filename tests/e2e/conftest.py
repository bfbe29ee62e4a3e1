"""One running shop for each file of browser tests, and a shopper whose page must not fail silently."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from sellerdesk.checkout.limits import Allowance, Limits
from tests.checkout.shop import ShopWorld, open_world, restock

EXPECTED_NOISE = ("Failed to load resource",)
_MANY = Allowance(100_000, 60)


@pytest.fixture(scope="module")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """One shop for all tests of a file; each browser profile is a new shopper."""
    with open_world(tmp_path_factory.mktemp("shop"), Limits(*[_MANY] * 5)) as running:
        yield running


@pytest.fixture
def shop(running_shop: ShopWorld) -> Iterator[ShopWorld]:
    """The file's shop, with full shelves, and without faults or a moved clock afterwards."""
    restock(running_shop.works)
    yield running_shop
    running_shop.sandbox.world.faults.clear()
    running_shop.sandbox.world.clock.reset()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile. Reduced motion: no colour is caught half-way, and nothing is drawn for
    nobody."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def device(chromium: Browser) -> Iterator[Page]:
    """A second device: no cookie, no storage."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def shopper(page: Page) -> Iterator[Page]:
    """A page that must neither throw nor break its own content security policy."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    yield page
    assert [text for text in problems if not text.startswith(EXPECTED_NOISE)] == []
