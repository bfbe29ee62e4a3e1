"""The checkout page against the clock: quotes that overtake each other, tabs that pay at once, networks that lie."""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from sellerdesk.checkout.limits import Limits
from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import Answer, ShopWorld, open_world
from tests.checkout.shopper import (
    DECLINED_CARD,
    card_frame,
    fill_address,
    fill_cart,
    open_form,
    order_with,
    type_card,
)

pytestmark = pytest.mark.browser
DE, FR, AT, US = (f"{total}\u00a0EUR" for total in ("128.40", "132.40", "131.40", "147.40"))
NOTHING_HELD = re.compile("nothing is held", re.IGNORECASE)
OFFLINE_ALWAYS = "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"
# Every sum to be held, wherever it stands; two different ones at any moment are noted.
WATCH = """() => {
  window.torn = [];
  window.sums = () => [...new Set([...document.querySelectorAll(
    '#note .num, #pay-button .num, #step-hold .num, [data-q=total]')].map((e) => e.textContent))];
  new MutationObserver(() => window.sums().length > 1 && window.torn.push(window.sums()))
    .observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def note(page: Page) -> Any:
    return page.locator("#note")


def button(page: Page) -> Any:
    return page.locator("#pay-button")


def holds(shop: ShopWorld, page: Page) -> list[int]:
    """What is held of the order whose page is open."""
    order = shop.order(page.url.removeprefix(shop.url))
    found = shop.client.v1.payment_intents.list({"customer": order.customer_id}).data
    return [intent.amount_capturable for intent in found if intent.status == "requires_capture"]


def expect_one_sum(page: Page, total: str) -> None:
    expect(button(page)).to_contain_text(total)
    expect(button(page)).to_have_attribute("aria-disabled", "false")
    assert page.evaluate("[window.sums(), window.torn]") == [[total], []]


class Held:
    """Answers that the server has given and the page has not got yet."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._pattern = pattern
        self._waiting: list[tuple[Route, APIResponse]] = []
        page.route(pattern, lambda route: self._waiting.append((route, route.fetch())))

    def after(self, act: Callable[[], object]) -> None:
        """Do something that asks the server, and wait until it has answered."""
        known = len(self._waiting)
        with self._page.expect_request(self._pattern):
            act()
        while len(self._waiting) == known:
            self._page.evaluate("0")

    def give(self, *order: int) -> None:
        """Let the answers through, in this order; whatever comes later is not held."""
        for index in order:
            route, answer = self._waiting[index]
            route.fulfill(response=answer)
        self._page.unroute(self._pattern)


def test_every_sum_comes_from_the_newest_quote(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    type_card(shopper)
    shopper.evaluate(WATCH)
    expect_one_sum(shopper, DE)
    orders: list[str] = []
    shopper.on("request", lambda request: orders.append(request.url) if "/api/orders" in request.url else None)
    quotes = Held(shopper, "**/api/quote")
    for code in ("FR", "US", "AT"):
        quotes.after(lambda code=code: shopper.locator("#country").select_option(code))  # type: ignore[misc]
        expect(button(shopper)).to_have_attribute("aria-disabled", "true")
        button(shopper).click(force=True)
    quotes.give(2, 0, 1)
    expect(shopper.locator("[data-q=shipping_label]").first).to_have_text("Shipping to Austria")
    expect_one_sum(shopper, AT)
    assert orders == []
    for code in ("US", "DE", "FR", "AT", "US", "FR"):
        shopper.locator("#country").select_option(code)
    expect_one_sum(shopper, FR)
    fill_address(shopper, postal_code="75002")
    button(shopper).click()
    expect(shopper.locator("h1")).to_contain_text(f"We hold {FR}")
    assert holds(shop, shopper) == [13240]


def test_the_country_changes_while_the_order_is_under_way(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    type_card(shopper, DECLINED_CARD)
    shopper.evaluate(WATCH)
    answers = Held(shopper, "**/api/orders/*/pay")
    answers.after(lambda: button(shopper).click())
    shopper.locator("#country").select_option("FR")
    answers.give(0)
    expect(note(shopper)).to_contain_text("Your bank declined this card. Nothing is held.")
    expect_one_sum(shopper, FR)
    fill_address(shopper, postal_code="75002")
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text(f"We hold {FR}")
    assert holds(shop, shopper) == [13240]
    assert shop.order(shopper.url.removeprefix(shop.url)).shopper.address.country == "FR"


def test_a_quote_that_does_not_come_keeps_the_button_off(shopper: Page, shop: ShopWorld) -> None:
    shopper.clock.install()
    open_form(shopper, shop)
    shopper.evaluate(WATCH)
    shopper.route("**/api/quote", lambda route: route.abort())
    shopper.locator("#country").select_option("AT")
    expect(note(shopper)).to_contain_text("We try again by ourselves")
    expect(button(shopper)).to_have_attribute("aria-disabled", "true")
    shopper.unroute("**/api/quote")
    shopper.clock.fast_forward(3000)
    expect(note(shopper)).to_contain_text(f"We hold {AT} now")
    expect_one_sum(shopper, AT)


def test_form_and_card_follow_the_country(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    country = card_frame(shopper).get_by_label("Country")
    expect(country).to_have_value("DE")
    expect(shopper.locator("#state")).to_be_hidden()
    shopper.locator("#country").select_option("FR")
    expect(country).to_have_value("FR")
    card_frame(shopper).get_by_label("Card number").focus()
    shopper.locator("#country").select_option("US")
    expect(shopper.locator("[data-q=shipping_label]").first).to_have_text("Shipping to United States")
    expect(shopper.locator("[data-field=postal_code] label")).to_have_text("ZIP code")
    expect(shopper.locator("select#state")).to_be_visible()
    expect(country).to_have_value("FR")
    shopper.reload()
    expect(shopper.locator("#line1")).to_have_value("Schönhauser Allee 112")
    expect(country).to_have_value("US")
    expect(shopper.locator("select#state")).to_be_visible()
    shopper.locator("#country").select_option("DE")
    expect(shopper.locator("#state")).to_be_hidden()


def test_a_browser_without_any_network_interface_still_orders(shopper: Page, shop: ShopWorld) -> None:
    shopper.add_init_script(OFFLINE_ALWAYS)
    open_form(shopper, shop)
    with shopper.expect_response("**/healthz"):
        shopper.evaluate("dispatchEvent(new Event('offline'))")
    fill_address(shopper)
    expect(shopper.locator("#offline")).to_be_hidden()
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text(f"We hold {DE}")


def test_offline_ends_with_our_servers_answer_whatever_the_browser_says(shopper: Page, shop: ShopWorld) -> None:
    shopper.add_init_script(OFFLINE_ALWAYS)
    shopper.clock.install()
    open_form(shopper, shop)
    shopper.route("**/healthz", lambda route: route.abort())
    shopper.evaluate("dispatchEvent(new Event('offline'))")
    expect(note(shopper)).to_contain_text("You are offline. Nothing was sent and nothing is held.")
    expect(button(shopper)).to_have_attribute("aria-disabled", "true")
    shopper.unroute("**/healthz")
    shopper.clock.fast_forward(3000)
    expect(note(shopper)).to_contain_text("We hold")
    expect(button(shopper)).to_have_attribute("aria-disabled", "false")


def never_says_nothing_is_held(page: Page) -> None:
    """From now on, every text of the notice place is kept."""
    page.evaluate(
        """() => {
          window.said = [];
          const note = document.getElementById('note');
          new MutationObserver(() => window.said.push(note.textContent))
            .observe(note, {subtree: true, childList: true});
        }"""
    )


def said(page: Page) -> str:
    return "\n".join(page.evaluate("window.said"))


def test_two_tabs_with_different_carts_pay_at_once(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    other = shopper.context.new_page()
    other.goto(f"{shop.url}/checkout")
    expect(other.locator("#frame.ready")).to_be_visible()
    fill_address(other)
    type_card(other)
    shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    third = shopper.context.new_page()
    third.goto(shop.url)
    third.locator("[data-sku=TEAPOT-09] .add").click()
    expect(note(other)).to_contain_text("Your cart changed elsewhere. The new total is 192.40")
    for page in (shopper, other):
        never_says_nothing_is_held(page)
    button(other).click()
    expect(note(other)).to_contain_text("Checking with your bank")
    shop.sandbox.world.faults.release()
    expect(shopper.locator("h1")).to_contain_text(f"We hold {DE}")
    expect(other.locator("h1")).to_contain_text(f"We hold {DE}")
    assert other.url == shopper.url
    assert holds(shop, other) == [12840]
    # What the other tab added was not ordered: it is still in the cart.
    expect(third.locator("#lines li")).to_have_count(1)
    expect(third.locator("#lines li")).to_contain_text("Teapot")


def test_while_a_tab_pays_no_tab_says_that_nothing_is_held(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    other = shopper.context.new_page()
    other.goto(f"{shop.url}/checkout")
    expect(other.locator("#frame.ready")).to_be_visible()
    fill_address(other)
    type_card(other)
    shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    for page in (shopper, other):
        never_says_nothing_is_held(page)
    shopper.context.set_offline(True)
    expect(other.locator("#offline")).to_be_visible()
    expect(note(other)).to_contain_text("The bank’s answer to your last try is still open. Please don’t pay again")
    shopper.context.set_offline(False)
    expect(button(other)).to_have_attribute("aria-disabled", "false")
    other.route("**/api/orders", lambda route: route.abort())
    button(other).click()
    expect(note(other)).to_contain_text("The connection broke while we asked your bank.")
    expect(other.get_by_role("link", name="Open your order page")).to_be_visible()
    third = shopper.context.new_page()
    third.goto(f"{shop.url}/checkout")
    expect(note(third)).to_contain_text("Checking with your bank")
    for page in (shopper, other):
        assert not NOTHING_HELD.search(said(page)), said(page)
    shop.sandbox.world.faults.release()
    for page in (shopper, other, third):
        expect(page.locator("h1")).to_contain_text(f"We hold {DE}", timeout=15_000)
    assert holds(shop, shopper) == [12840]


def test_a_tab_closed_while_paying_finds_its_order(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    with shopper.expect_response("**/api/orders") as placed:
        order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    link = placed.value.json()["link"]
    again = shopper.context.new_page()
    shopper.close()
    shop.sandbox.world.faults.release()
    while shop.order(link).payment.held == 0:
        again.evaluate("0")
    again.goto(f"{shop.url}/checkout")
    expect(again).to_have_url(shop.url + link)
    assert holds(shop, again) == [12840]


def test_back_from_the_order_page(shopper: Page, shop: ShopWorld) -> None:
    fill_cart(shopper, shop)
    shopper.locator(".cart a.btn").click()
    expect(shopper.locator("#frame.ready")).to_be_visible()
    fill_address(shopper)
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text("We hold")
    link = shopper.url
    shopper.go_back()
    expect(shopper.locator("#cart-empty")).to_be_visible()
    shopper.goto(f"{shop.url}/checkout")
    expect(shopper).to_have_url(link)
    assert holds(shop, shopper) == [12840]


@pytest.mark.parametrize(("locale", "clock"), [("en-US", r"\d{1,2}:\d\d\s[AP]M"), ("de-DE", r"\d\d:\d\d")])
def test_times_are_in_the_hours_of_the_browser(chromium: Browser, shop: ShopWorld, locale: str, clock: str) -> None:
    context = chromium.new_context(locale=locale, timezone_id="America/New_York")
    page = context.new_page()
    jar = shop.browser().start()
    placed = jar.place().json
    jar.post(f"/api/orders/{placed['reference']}/pay", {"token": shop.token()})
    page.goto(shop.url + placed["link"])
    expect(page.locator("#checked time")).to_have_text(re.compile(rf"^{clock}$"))
    day = r"[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2,3}"
    expect(page.locator(".hero time")).to_have_text(re.compile(rf"^{day} at {clock}$"))
    expect(page.locator(".tl time").first).to_have_text(re.compile(rf"^{day}, {clock}$"))
    context.close()


def test_another_cart_waits_for_the_one_at_the_bank(shopper: Page, shop: ShopWorld) -> None:
    jar = shop.browser().start()
    first = jar.place().json
    jar.post(f"/api/orders/{first['reference']}/pay", {"token": shop.token("pm_card_authenticationRequired")})
    shopper.context.add_cookies([{"name": k, "value": v, "url": shop.url} for k, v in jar.cookies.items()])
    open_form(shopper, shop)
    expect(note(shopper)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    shopper.evaluate('localStorage.setItem(\'sd-cart\', \'[{"sku":"TEAPOT-09","quantity":1}]\')')
    shopper.reload()
    expect(shopper.locator("#frame.ready")).to_be_visible()
    fill_address(shopper)
    order_with(shopper)
    expect(note(shopper)).to_contain_text("An earlier order of yours waits for your bank.")
    expect(note(shopper).get_by_role("link", name="Open your order page")).to_have_attribute("href", first["link"])


def test_a_card_that_met_a_full_server_was_not_sent_and_can_be_sent_again(
    shopper: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another shopper takes the last thread between the two calls of a press."""
    with open_world(tmp_path_factory.mktemp("shop"), Limits(wait_together=1)) as shop, ThreadPoolExecutor(1) as pool:
        other = shop.browser().start()
        placed, token = other.place(), shop.token()
        slow = shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
        paying: list[Future[Answer]] = []

        def late(route: Route) -> None:
            path = f"/api/orders/{placed.json['reference']}/pay"
            paying.append(pool.submit(other.post, path, {"token": token}))
            assert shop.sandbox.world.faults.wait_until_holding()
            route.continue_()

        shopper.route("**/pay", late, times=1)
        open_form(shopper, shop)
        fill_address(shopper)
        order_with(shopper)
        expect(note(shopper)).to_have_text(
            "Many people are ordering right now. Your bank was not asked, and nothing is held by this try. "
            "Please press again in a minute."
        )
        slow.release()
        assert paying[0].result().json["state"] == "held"
        button(shopper).click()
        expect(shopper.locator("h1")).to_contain_text(f"We hold {DE}")
        assert holds(shop, shopper) == [12840]
