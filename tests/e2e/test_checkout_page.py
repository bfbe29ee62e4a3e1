"""The checkout page in a real browser: real server, real store, the sandbox's card frame and bank window."""

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import ShopWorld, pack, send
from tests.checkout.shopper import (
    APPROVE_CARD,
    DECLINED_CARD,
    bank_frame,
    fill_address,
    fill_cart,
    open_form,
    order_with,
    type_card,
)
from tests.checkout.states import order_page

pytestmark = pytest.mark.browser
TOTAL = "128.40\u00a0EUR"
PLACE = "document.getElementById('pay-button').getBoundingClientRect().top + scrollY"


def note(page: Page) -> Any:
    return page.locator("#note")


def intents_of(shop: ShopWorld, page: Page) -> list[str]:
    """Intents of this browser's shopper that hold money."""
    link = page.url.removeprefix(shop.url)
    order = shop.order(link)
    found = shop.client.v1.payment_intents.list({"customer": order.customer_id}).data
    return [intent.id for intent in found if intent.status == "requires_capture"]


def test_from_catalogue_to_a_hold(shopper: Page, shop: ShopWorld) -> None:
    fill_cart(shopper, shop)
    expect(shopper.locator("[data-sku=CANDLES-3] .plus")).to_have_attribute("aria-disabled", "true")
    expect(shopper.locator("[data-sku=BOARD-OAK] .stock")).to_have_text("Out of stock")
    shopper.locator(".cart a.btn").click()
    fill_address(shopper)
    expect(note(shopper)).to_contain_text(f"We hold {TOTAL} now and charge it when we pack your order.")
    type_card(shopper)
    posts: list[str] = []
    shopper.on("request", lambda request: posts.append(request.url) if request.url.endswith("/pay") else None)
    shopper.locator("#pay-button").dblclick()
    expect(shopper.locator("h1")).to_have_text(f"Thank you, Mara.We hold {TOTAL}.")
    expect(shopper).to_have_title(f"Held {TOTAL} · Kontor Nord")
    expect(shopper.locator("h1")).to_be_focused()
    expect(shopper.locator(".addr")).to_contain_text("Schönhauser Allee 112")
    assert len(posts) == 1
    assert len(intents_of(shop, shopper)) == 1
    assert shopper.evaluate("localStorage.getItem('sd-cart')") is None
    assert "secret" not in shopper.url


def test_a_declined_card_is_told_where_the_button_is_and_another_one_holds(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    shopper.locator("#save").check()
    place = shopper.evaluate(PLACE)
    order_with(shopper, DECLINED_CARD)
    expect(note(shopper)).to_have_text(
        "Your bank declined this card. Nothing is held. Try another card. Everything else you entered is kept."
    )
    expect(note(shopper)).to_have_attribute("role", "alert")
    expect(note(shopper)).to_be_focused()
    assert shopper.evaluate(PLACE) == place
    expect(shopper.locator("#name")).to_have_value("Mara Lindqvist-Oyelaran")
    type_card(shopper)
    expect(note(shopper)).to_contain_text("We hold")
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")
    assert len(intents_of(shop, shopper)) == 1
    order = shop.order(shopper.url.removeprefix(shop.url))
    assert order.save_card
    intent = shop.client.v1.payment_intents.retrieve(order.payment.intent_id)
    assert intent.setup_future_usage == "off_session"


def test_the_bank_asks_is_left_says_no_and_then_is_told_yes(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_label("Close without approving").click()
    expect(note(shopper)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    expect(note(shopper)).to_contain_text("Approve again, or use another card.")
    again = shopper.get_by_role("button", name="Approve again")
    if again.is_visible():
        again.click()
    else:
        order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_role("button", name="Fail authentication").click()
    expect(note(shopper)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_role("button", name="Complete authentication").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")
    assert len(intents_of(shop, shopper)) == 1


def test_what_to_fix_is_listed_and_focus_goes_to_the_first(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper, email="mara@example", postal_code="1043")
    requests: list[str] = []
    shopper.on("request", lambda request: requests.append(request.url) if "/api/orders" in request.url else None)
    shopper.locator("#pay-button").click()
    expect(note(shopper)).to_have_text("Three things to fix first: e-mail, postcode, card.")
    expect(shopper.locator("#email")).to_be_focused()
    expect(shopper.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(shopper.locator("#email-m")).to_have_text("This address has no ending, like .com or .de.")
    expect(shopper.locator("#postal_code-m")).to_have_text("Needs 5 digits.")
    assert requests == []
    shopper.locator("#email").fill("mara@example.com")
    expect(shopper.locator("#email-m")).to_have_text("For the receipt and the tracking link.")
    # Our server has the last word.
    fill_address(shopper, name="4242 4242 4242 4242")
    order_with(shopper)
    expect(note(shopper)).to_have_text("This looks like a card number. Please type it into the card form only.")
    fill_address(shopper, name="12345")
    order_with(shopper)
    expect(note(shopper)).to_have_text("One thing to fix first: name.")
    expect(shopper.locator("#name")).to_be_focused()


def test_two_tabs_share_one_checkout(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    type_card(shopper)
    other = shopper.context.new_page()
    other.goto(f"{shop.url}/checkout")
    expect(other.locator("#frame.ready")).to_be_visible()
    fill_address(other)
    order_with(other)
    expect(other.locator("h1")).to_contain_text("We hold")
    expect(shopper).to_have_url(other.url)
    assert len(intents_of(shop, other)) == 1


def test_a_cart_changed_in_another_tab_is_told(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    other = shopper.context.new_page()
    other.goto(shop.url)
    other.locator("[data-sku=CANDLES-3] .less").click()
    total = "100.40\u00a0EUR"
    expect(note(shopper)).to_contain_text(f"Your cart changed elsewhere. The new total is {total}.")
    expect(shopper.locator("#pay-button")).to_contain_text(total)


def test_an_answer_lost_after_sending_never_says_nothing_is_held(shopper: Page, shop: ShopWorld) -> None:
    shopper.clock.install()
    open_form(shopper, shop)
    fill_address(shopper)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    looks = 0

    def hold_looks(route: Route) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            route.abort()
        else:
            route.continue_()

    shopper.route("**/pay", lose)
    shopper.route("**/look", hold_looks)
    order_with(shopper)
    expect(note(shopper)).to_contain_text("The connection broke while we asked your bank.")
    assert "othing is held" not in note(shopper).inner_text()
    expect(shopper.get_by_role("link", name="Open your order page")).to_be_visible()
    expect(shopper.locator("#pay-button")).to_have_attribute("aria-disabled", "true")
    with shopper.expect_event("requestfailed"):
        shopper.clock.fast_forward(2000)
    shopper.clock.fast_forward(2000)
    expect(shopper.locator("h1")).to_contain_text("We hold", timeout=15_000)
    assert len(intents_of(shop, shopper)) == 1


def test_a_request_lost_before_our_server_ends_in_not_asked(shopper: Page, shop: ShopWorld) -> None:
    shopper.clock.install()
    open_form(shopper, shop)
    fill_address(shopper)
    shopper.route("**/pay", lambda route: route.abort())
    order_with(shopper)
    expect(note(shopper)).to_contain_text("The connection broke while we asked your bank.")
    shopper.clock.fast_forward(2000)
    expect(note(shopper)).to_contain_text("Your bank was not asked. Nothing is held.", timeout=10_000)
    shopper.unroute("**/pay")
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")


def test_stripe_loses_the_answer_and_the_page_waits(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    shop.sandbox.world.faults.plan("confirm", Fault.LOST_AFTER)
    order_with(shopper)
    expect(shopper.locator("#waiting")).to_contain_text("Checking with your bank")
    shopper.keyboard.press("Escape")
    expect(shopper.locator("#waiting")).to_be_visible()
    expect(shopper.locator("h1")).to_contain_text("We hold", timeout=20_000)
    assert len(intents_of(shop, shopper)) == 1


def test_a_slow_bank_opens_the_panel(shopper: Page, shop: ShopWorld) -> None:
    shopper.clock.install()
    open_form(shopper, shop)
    fill_address(shopper)
    slow = shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    expect(shopper.locator("#pay-button")).to_contain_text("Checking with your bank")
    expect(shopper.locator("#waiting")).to_be_hidden()
    shopper.clock.fast_forward(2000)
    expect(shopper.locator("#waiting h2")).to_be_focused()
    expect(shopper.locator("#waiting a")).to_have_attribute("href", re.compile("^/o/"))
    expect(shopper.locator("#waiting a")).to_be_visible()
    slow.release()
    expect(shopper.locator("h1")).to_contain_text("We hold")


def test_offline_before_sending(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    type_card(shopper)
    shopper.context.set_offline(True)
    expect(note(shopper)).to_contain_text("You are offline. Nothing was sent and nothing is held.")
    expect(shopper.locator("#offline")).to_be_visible()
    expect(shopper.locator("#pay-button")).to_have_attribute("aria-disabled", "true")
    shopper.context.set_offline(False)
    expect(note(shopper)).to_contain_text("We hold")
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")


def test_a_busy_server_is_tried_again_by_itself(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    shop.sandbox.world.faults.plan("create_intent", Fault.BUSY_429)
    order_with(shopper)
    expect(note(shopper)).to_contain_text("Many people are ordering right now. Nothing is held yet.")
    expect(shopper.locator("#pay-button")).to_contain_text("Trying again in")
    shopper.get_by_role("button", name="Stop trying").click()
    expect(note(shopper)).to_contain_text("We hold")
    type_card(shopper)
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")


def test_a_blocked_card_form_says_so_and_loads_again(shopper: Page, shop: ShopWorld) -> None:
    fill_cart(shopper, shop)
    shopper.route("**/stripe.js", lambda route: route.abort())
    shopper.goto(f"{shop.url}/checkout")
    expect(shopper.locator("#hole")).to_contain_text("The card form could not load")
    expect(note(shopper)).to_contain_text("Paying waits for the card form.")
    expect(shopper.locator("#pay-button")).to_have_attribute("aria-disabled", "true")
    shopper.unroute("**/stripe.js")
    shopper.get_by_role("button", name="Load the card form again").click()
    expect(shopper.locator("#frame.ready")).to_be_visible()
    expect(note(shopper)).to_contain_text("We hold")


def test_a_product_that_sold_out_leaves_the_cart_with_a_word(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    with shop.works.store.write() as unit:
        unit.catalogue.take_from_stock({"CANDLES-3": 1})
        unit.commit()
    order_with(shopper)
    expect(note(shopper)).to_contain_text("Beeswax candles, set of three sold out while you were here.")
    expect(note(shopper)).to_contain_text("The new total is 100.40\u00a0EUR.")
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold 100.40\u00a0EUR")


def test_a_price_that_changed_stops_before_the_bank(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    with shop.works.store.write() as unit:
        rates = unit.catalogue.shipping_rates()
        products = [replace(each, price=each.price + 100) for each in unit.catalogue.products()]
        unit.catalogue.replace(products, rates)
        unit.commit()
    order_with(shopper)
    expect(note(shopper)).to_contain_text("The new total is 132.40\u00a0EUR. Nothing is held.")
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold 132.40\u00a0EUR")


def test_the_order_page_follows_the_desk_in_place(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text("We hold")
    link = shopper.url.removeprefix(shop.url)
    shopper.evaluate("window.stays = true")
    pack(shop, link, CANDLES_3=1)
    shopper.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shopper.locator("h1")).to_have_text("We charged 100.40\u00a0EUR and released 28.00\u00a0EUR.")
    expect(shopper.locator("#polite")).to_contain_text("Your order changed: Packed.")
    send(shop, link)
    shopper.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shopper.get_by_role("link", name="Track at dhl.de")).to_be_visible()
    assert shopper.evaluate("window.stays") is True


def test_approving_on_the_order_page(shopper: Page, shop: ShopWorld) -> None:
    shopper.goto(shop.url + order_page(shopper, shop, "pm_card_authenticationRequired"))
    shopper.get_by_role("button", name=f"Approve {TOTAL}").click()
    bank_frame(shopper).get_by_role("button", name="Complete authentication").click()
    expect(shopper.locator(".badge")).to_have_text("Held, not charged")


def test_using_another_card_instead_of_approving(shopper: Page, shop: ShopWorld) -> None:
    shopper.goto(shop.url + order_page(shopper, shop, "pm_card_authenticationRequired"))
    shopper.get_by_role("button", name="Use another card").click()
    expect(shopper.locator("#frame.ready")).to_be_visible()
    order_with(shopper)
    expect(shopper.locator(".badge")).to_have_text("Held, not charged")


def test_a_return_from_the_bank_leaves_no_secret_in_the_address(shopper: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop, "pm_card_visa")
    shopper.goto(f"{shop.url}{link}?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2")
    expect(shopper).to_have_url(shop.url + link)


def test_without_javascript(chromium: Browser, shop: ShopWorld) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop.url}/checkout")
    expect(page.locator("noscript p")).to_contain_text("This page needs JavaScript to hand your card to Stripe safely.")
    context.close()


def test_the_cart_survives_odd_storage(shopper: Page, shop: ShopWorld) -> None:
    for odd in (
        "nonsense",
        "{}",
        '[{"sku":"NOTHING","quantity":1}]',
        '[{"sku":"MUG-SAND","quantity":1.5}]',
        "[null,7]",
    ):
        shopper.goto(shop.url)
        shopper.evaluate("(text) => localStorage.setItem('sd-cart', text)", odd)
        shopper.goto(shop.url)
        expect(shopper.locator("#cart-empty")).to_be_visible()
    shopper.evaluate("(text) => localStorage.setItem('sd-cart', text)", '[{"sku":"MUG-SAND","quantity":1}]')
    shopper.goto(shop.url)
    expect(shopper.locator("#lines li")).to_have_count(1)
