"""The shopper comes back by the order's link and approves a charge of their saved card on the bank's own page."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.checkout.shop import ShopWorld
from tests.checkout.test_approving import asked, charged

pytestmark = pytest.mark.browser


def test_approved_on_another_device_with_nothing_but_the_link(shopper: Page, shop: ShopWorld) -> None:
    link = asked(shop)
    shopper.goto(shop.url + link)
    expect(shopper.get_by_role("heading", name="Your bank asks about")).to_be_visible()
    shopper.get_by_role("button", name="Approve", exact=False).click()
    bank = shopper.get_by_role("button", name="Complete authentication")
    expect(bank).to_be_visible()
    assert urlsplit(shopper.url).netloc == urlsplit(shop.sandbox.url).netloc
    bank.click()
    expect(shopper.get_by_text("Charged later")).to_be_visible()
    expect(shopper.get_by_role("heading", name="Your bank asks about")).to_have_count(0)
    # What the bank's page brought along is out of the history at once.
    assert shopper.url == shop.url + link
    assert charged(shop, link) > 0


def test_without_approval_nothing_is_charged(chromium: Browser, shop: ShopWorld) -> None:
    link = asked(shop)
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin", viewport={"width": 390, "height": 844})
    phone = context.new_page()
    phone.goto(shop.url + link)
    phone.get_by_role("button", name="Approve", exact=False).click()
    phone.get_by_role("button", name="Fail authentication").click()
    expect(phone.get_by_role("heading", name="Your bank asks about")).to_be_visible()
    assert phone.url == shop.url + link
    assert charged(shop, link) == 0
    context.close()
