"""One running shop for each file of browser tests, and a shopper whose page must not fail silently; one connected
window for each file of desk tests."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from tests.checkout.shop import ShopWorld, open_world, restock
from tests.e2e.road import Seller, import_demo_catalogue
from tests.secret_service import SecretService, forget_backends

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


@dataclass(frozen=True)
class OpenDesk:
    """A seller who connected Stripe in the window and took over a catalogue, and a second program on the same shop."""

    sandbox: Sandbox
    seller: Seller
    checkout: ProfileWorks


@pytest.fixture(scope="module")
def keyring_of_file(_secret_service: SecretService) -> Iterator[None]:
    """A real keyring for all tests of a file."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _secret_service.environment.items():
            patch.setenv(name, value)
        forget_backends()
        yield
        _secret_service.clear()
    forget_backends()


@pytest.fixture(scope="module")
def open_desk(
    qapp: QApplication,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    keyring_of_file: None,
) -> Iterator[OpenDesk]:
    """One window for all tests of a file that each look at orders of their own."""
    with Sandbox() as sandbox:
        seller = Seller(QtBot(request), tmp_path_factory.mktemp("desk"), sandbox.url)
        seller.connect(sandbox.secret_key, sandbox.publishable_key)
        import_demo_catalogue(seller.data_dir)
        checkout = seller.second_program()
        yield OpenDesk(sandbox, seller, checkout)
        checkout.close()
        seller.leave()


@pytest.fixture
def seller(open_desk: OpenDesk) -> Iterator[Seller]:
    """The file's seller, with full shelves, and with neither an open dialog nor a fault afterwards."""
    restock(open_desk.checkout.works)
    yield open_desk.seller
    open_desk.seller.come_to_rest()
    open_desk.sandbox.world.faults.clear()
    open_desk.sandbox.world.refuse_shipping_after_authorization = False


@pytest.fixture
def sandbox(open_desk: OpenDesk) -> Sandbox:
    return open_desk.sandbox


@pytest.fixture
def checkout(open_desk: OpenDesk) -> ProfileWorks:
    """The second program."""
    return open_desk.checkout
