"""One order from the shopper's card to the parcel, through every real part, in three variants.

Real: Chromium on the checkout page, `sellerdesk checkout` in a process of its own, HTTP to the sandbox, one SQLite
file, a Secret Service keyring, the desk's window. Nothing is patched.
"""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from playwright.sync_api import Page, expect

from sellerdesk.domain.order import PassedOn, Stage
from sellerdesk.sandbox.launch import Sandbox
from tests.checkout.shop import CART
from tests.checkout.shopper import (
    APPROVE_CARD,
    DECLINED_CARD,
    GOOD_CARD,
    bank_frame,
    fill_address,
    order_with,
    type_card,
)
from tests.e2e.conftest import OpenDesk
from tests.e2e.road import CheckoutProcess, Seller, intent_at_stripe

TRACKING = "00340434161094042557"
pytestmark = [pytest.mark.browser, pytest.mark.keyring, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def page_process(open_desk: OpenDesk) -> Iterator[CheckoutProcess]:
    process = CheckoutProcess(open_desk.seller.data_dir)
    yield process
    process.stop()


@pytest.fixture
def checkout(page_process: CheckoutProcess) -> CheckoutProcess:
    return page_process


def fill_cart_and_form(page: Page, url: str) -> None:
    page.goto(url)
    for item in CART:
        good = page.locator(f"[data-sku={item['sku']}]")
        good.locator(".add").click()
        for _ in range(int(str(item["quantity"])) - 1):
            good.locator(".plus").click()
    page.goto(f"{url}/checkout")
    expect(page.locator("#frame.ready")).to_be_visible()
    fill_address(page)


def reference_on(page: Page) -> str:
    """The order number on the order page."""
    page.wait_for_url("**/o/*")
    expect(page.get_by_text("Held, not charged").first).to_be_visible()
    text = page.get_by_text("Order ", exact=False).filter(has_text="-").first.inner_text()
    return text.split()[-1]


def prepare_and_ship(seller: Seller, sandbox: Sandbox, page: Page) -> None:
    """The seller's part and what everybody sees afterwards; the candles are short."""
    reference = reference_on(page)
    order_id = seller.see(Stage.TO_PREPARE, reference)
    assert seller.order(order_id).payment.captured == 0
    seller.prepare(leave_out_last=1)
    seller.see(Stage.TO_SHIP, reference)
    order = seller.order(order_id)
    assert (order.payment.authorized, order.payment.captured, order.payment.released) == (12840, 10040, 2800)
    seller.ship(TRACKING)
    seller.see(Stage.SHIPPED, reference)
    seller.wait(
        lambda: (shipment := seller.order(order_id).shipment) is not None and shipment.passed_on is PassedOn.ON_INTENT
    )

    intent = intent_at_stripe(sandbox, order)
    assert intent["status"] == "succeeded"
    assert intent["amount_received"] == 10040
    assert intent["shipping"]["tracking_number"] == TRACKING
    assert intent["metadata"]["payment_intent_ship_status"] == "true"
    assert intent["latest_charge"]["amount_captured"] == 10040

    page.reload()
    expect(page.get_by_text("Your parcel is on its way.").first).to_be_visible()
    expect(page.get_by_text("28.00\u00a0EUR").first).to_be_visible()
    assert TRACKING in "".join(page.inner_text("body").split())


def test_a_shopper_pays_and_the_seller_prepares_and_ships(
    page: Page, checkout: CheckoutProcess, seller: Seller, sandbox: Sandbox
) -> None:
    fill_cart_and_form(page, checkout.url)
    order_with(page)
    prepare_and_ship(seller, sandbox, page)
    assert_keys_are_in_the_keyring_only(sandbox, seller.data_dir)


def test_a_declined_card_is_replaced_and_the_same_intent_is_paid(
    page: Page, checkout: CheckoutProcess, seller: Seller, sandbox: Sandbox
) -> None:
    known = len(sandbox.world.dump()["intents"])
    fill_cart_and_form(page, checkout.url)
    order_with(page, DECLINED_CARD)
    expect(page.get_by_text("Nothing is held.").first).to_be_visible()
    seller.wait(
        lambda: (
            (shop := seller.window.keeper.shop) is not None and shop.desk.orders.overview().count(Stage.PROBLEM) == 1
        )
    )
    order_with(page, GOOD_CARD)
    prepare_and_ship(seller, sandbox, page)
    assert len(sandbox.world.dump()["intents"]) == known + 1


def test_a_bank_that_asks_is_answered_in_its_own_window(
    page: Page, checkout: CheckoutProcess, seller: Seller, sandbox: Sandbox
) -> None:
    fill_cart_and_form(page, checkout.url)
    type_card(page, APPROVE_CARD)
    page.locator("#pay-button").click()
    bank_frame(page).get_by_role("button", name="Complete").click()
    prepare_and_ship(seller, sandbox, page)


def assert_keys_are_in_the_keyring_only(sandbox: Sandbox, data_dir: Path) -> None:
    """The secret key is found in the keyring, and in no file of ours."""
    profiles = [path.name for path in data_dir.iterdir() if path.name.endswith("-test")]
    assert len(profiles) == 1
    assert keyring.get_password("SellerDesk", f"{profiles[0]}/secret_key") == sandbox.secret_key
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    holding = [path for path in files if sandbox.secret_key.encode() in path.read_bytes()]
    assert holding == []
    database = next(path for path in files if path.suffix == ".db")
    assert database.stat().st_mode & 0o077 == 0
