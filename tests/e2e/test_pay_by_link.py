"""The order page pays its own order, also on a device that has only the link; two devices never hold twice."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import MARA, ShopWorld
from tests.checkout.shopper import APPROVE_CARD, DECLINED_CARD, bank_frame, order_with, type_card
from tests.checkout.states import order_page

pytestmark = pytest.mark.browser
TOTAL = "128.40\u00a0EUR"
HELD = f"Thank you, Mara.We hold {TOTAL}."
NOTHING_HELD = re.compile("nothing is held", re.IGNORECASE)


def holds(shop: ShopWorld, link: str) -> list[int]:
    """What every intent of the order's customer holds."""
    found = shop.client.v1.payment_intents.list({"customer": shop.order(link).customer_id}).data
    return [intent.amount_capturable for intent in found]


def open_to_pay(page: Page, shop: ShopWorld, link: str) -> None:
    page.goto(shop.url + link)
    expect(page.locator("#frame.ready")).to_be_visible()


def test_p12_the_link_alone_finishes_the_order(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "pm_card_visa_chargeDeclined")
    shopper.goto(shop.url + link)
    seen: list[str] = []
    device.on("response", lambda response: seen.append(response.text()) if response.url.startswith(shop.url) else None)
    open_to_pay(device, shop, link)
    expect(device.locator("h1")).to_have_text("The payment did not go through.")
    expect(device.locator("#pay-button")).to_have_text(f"Hold {TOTAL}")
    order_with(device, DECLINED_CARD)
    expect(device.locator("#note")).to_contain_text("Your bank declined this card. Nothing is held.")
    order_with(device)
    expect(device.locator("h1")).to_have_text(HELD)
    expect(device.locator(".addr")).to_have_text("Mara L., Berlin, Germany")
    assert [word for word in (MARA["line1"], MARA["email"], "Lindqvist") if any(word in text for text in seen)] == []
    assert holds(shop, link) == [12840]
    shopper.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shopper.locator("h1")).to_have_text(HELD)
    expect(shopper.locator(".addr")).to_contain_text("Schönhauser Allee 112")


def test_p12_the_bank_asks_on_the_device_the_card_was_typed_in(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "pm_card_authenticationRequired")
    open_to_pay(device, shop, link)
    expect(device.locator("h1")).to_have_text("Approve the payment with your bank.")
    expect(device.locator("#approve")).to_have_count(0)
    order_with(device, APPROVE_CARD)
    bank_frame(device).get_by_label("Close without approving").click()
    expect(device.locator("#note")).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    order_with(device, APPROVE_CARD)
    bank_frame(device).get_by_role("button", name="Complete authentication").click()
    expect(device.locator("h1")).to_have_text(HELD)
    assert holds(shop, link) == [12840]


def test_an_answer_lost_on_the_way_brings_no_secret_by_the_link(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "")
    open_to_pay(device, shop, link)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    device.route("**/pay", lose)
    order_with(device, APPROVE_CARD)
    expect(device.locator("#note")).to_contain_text("Approve it in the browser the card was typed in", timeout=15_000)
    expect(device.get_by_role("button", name="Approve again")).to_have_count(0)
    device.unroute("**/pay")
    order_with(device)
    expect(device.locator("h1")).to_have_text(HELD)
    assert holds(shop, link) == [12840]


def test_p12_two_devices_press_at_once(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "")
    for page in (shopper, device):
        open_to_pay(page, shop, link)
        type_card(page)
    slow = shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    shopper.locator("#pay-button").click()
    assert shop.sandbox.world.faults.wait_until_holding()
    device.locator("#pay-button").click()
    expect(device.locator("#note")).to_contain_text("Checking with your bank")
    for page in (shopper, device):
        assert not NOTHING_HELD.search(page.locator("#note").inner_text())
    slow.release()
    for page in (shopper, device):
        expect(page.locator("h1")).to_have_text(HELD, timeout=15_000)
    assert holds(shop, link) == [12840]


def test_p12_one_device_pays_while_the_bank_asks_the_other(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "")
    open_to_pay(shopper, shop, link)
    order_with(shopper, APPROVE_CARD)
    approve = bank_frame(shopper).get_by_role("button", name="Complete authentication")
    expect(approve).to_be_visible()
    open_to_pay(device, shop, link)
    order_with(device)
    expect(device.locator("h1")).to_have_text(HELD)
    approve.click()
    expect(shopper.locator("h1")).to_have_text(HELD, timeout=15_000)
    assert holds(shop, link) == [12840]


def test_the_cart_of_who_pays_for_somebody_else_stays(shopper: Page, device: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "")
    device.goto(shop.url)
    device.locator("[data-sku=MUG-SAND] .add").click()
    open_to_pay(device, shop, link)
    order_with(device)
    expect(device.locator("h1")).to_have_text(HELD)
    device.goto(shop.url)
    expect(device.locator("#lines li")).to_have_count(1)
