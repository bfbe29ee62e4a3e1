"""A page that confirms by itself, when things go wrong between it and Stripe."""

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import ShopWorld, open_world
from tests.checkout.shopper import fill_address, open_form, order_with

pytestmark = pytest.mark.browser
HELD = "We hold 128.40\u00a0EUR"
# More than the page looks: it may not have come to its next waiting yet when the clock moves.
STEPS = 100
ASK = "fetch('/healthz').then((answer) => answer.text())"


@pytest.fixture(scope="module")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    limits = Limits(*[Allowance(100_000, 60)] * 5)
    with open_world(tmp_path_factory.mktemp("shop"), limits, ConfirmationRoad.PAGE) as running:
        yield running


def note(page: Page) -> Any:
    return page.locator("#note")


def newest(shop: ShopWorld) -> Order:
    """The order placed last."""
    intent = shop.client.v1.payment_intents.list({"limit": 1}).data[0]
    with shop.works.store.read() as unit:
        found = unit.orders.by_intent(intent.id)
    assert found is not None
    return found


def holds(shop: ShopWorld, order: Order) -> list[int]:
    found = shop.client.v1.payment_intents.list({"customer": order.customer_id}).data
    return [intent.amount_capturable for intent in found if intent.status == "requires_capture"]


def lose(shop: ShopWorld, fault: Fault) -> None:
    """Lose the confirmation however often it is sent: over a connection that was used before a browser sends it again
    by itself."""
    shop.sandbox.world.faults.plan("confirm", fault, times=100)


def look_until(page: Page, text: str) -> None:
    """Let the page look again and again; its waiting is over in no time, its questions are real."""
    under_way: Counter[str] = Counter()
    page.on("request", lambda request: under_way.update([request.url]))
    for ended in ("requestfinished", "requestfailed"):
        page.on(ended, lambda request: under_way.subtract([request.url]))
    for _ in range(STEPS):
        if text in (note(page).text_content() or ""):
            return
        page.clock.run_for(2000)
        # A question of our own, there and back: one that the page has begun is known by then.
        page.evaluate(ASK)
        while any(number for url, number in under_way.items() if url.endswith("/look")):
            page.evaluate(ASK)
    expect(note(page)).to_contain_text(text)


def test_p15_the_secret_is_in_no_address_no_storage_and_no_log(
    shopper: Page, shop: ShopWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ours: list[str] = []
    shopper.on("request", lambda request: ours.append(request.url + (request.post_data or "")))
    open_form(shopper, shop)
    fill_address(shopper)
    with shopper.expect_response("**/api/orders") as placed:
        order_with(shopper)
    secret = placed.value.json()["client_secret"]
    expect(shopper.locator("h1")).to_contain_text(HELD)
    assert [text for text in ours if text.startswith(shop.url) and secret in text] == []
    kept = shopper.evaluate("JSON.stringify([localStorage, sessionStorage, history.state, location.href])")
    assert secret not in kept
    assert secret not in caplog.text


def test_p15_the_answer_is_lost_and_the_page_finds_out(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    lose(shop, Fault.LOST_AFTER)
    said: list[str] = []
    shopper.expose_function("heard", lambda text: said.append(text))
    shopper.evaluate(
        """() => {
          const note = document.getElementById('note');
          new MutationObserver(() => window.heard(note.textContent)).observe(note, {subtree: true, childList: true});
        }"""
    )
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text(HELD)
    assert any("The connection broke while we asked your bank." in text for text in said)
    assert not any("othing is held" in text for text in said)
    assert holds(shop, newest(shop)) == [12840]


def test_p15_a_press_that_never_arrived_ends_in_a_sentence_and_may_be_made_again(
    shopper: Page, shop: ShopWorld
) -> None:
    shopper.clock.install()
    open_form(shopper, shop)
    fill_address(shopper)
    lose(shop, Fault.LOST_BEFORE)
    order_with(shopper)
    expect(note(shopper)).to_contain_text("The connection broke while we asked your bank.")
    shop.sandbox.world.faults.clear()
    look_until(shopper, "Your bank has not answered, and nothing is held so far.")
    order = newest(shop)
    assert holds(shop, order) == []
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text(HELD)
    assert holds(shop, order) == [12840]


def test_p15_coming_back_to_a_press_that_never_arrived(shopper: Page, shop: ShopWorld) -> None:
    """Nobody knows whether it still travels: the page looks for a while before it offers the button again."""
    context = shopper.context
    open_form(shopper, shop)
    fill_address(shopper)
    lose(shop, Fault.LOST_BEFORE)
    order_with(shopper)
    expect(note(shopper)).to_contain_text("The connection broke while we asked your bank.")
    shopper.close()
    back = context.new_page()
    back.clock.install()
    back.goto(f"{shop.url}/checkout")
    expect(note(back)).to_contain_text("Checking with your bank")
    expect(back.locator("#pay-button")).to_have_attribute("aria-disabled", "true")
    look_until(back, "Your bank has not answered, and nothing is held so far.")
    expect(back.locator("#pay-button")).to_have_attribute("aria-disabled", "false")


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.SLOW_AFTER])
def test_p15_the_seller_cancels_while_the_page_confirms(shopper: Page, shop: ShopWorld, fault: Fault) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    slow = shop.sandbox.world.faults.plan("confirm", fault)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    order = newest(shop)
    shop.client.v1.payment_intents.cancel(order.payment.intent_id)
    slow.release()
    expect(note(shopper)).to_contain_text("This checkout was closed. Nothing is held.")
    assert shop.order(f"/o/{order.link_token}").payment.status is PaymentStatus.CANCELED
    assert holds(shop, order) == []
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text(HELD)
    assert newest(shop).id != order.id


def test_p15_while_the_page_confirms_its_own_panel_stays_away(shopper: Page, shop: ShopWorld) -> None:
    """The bank's window is Stripe's and opens inside of the confirmation: ours must not lie over it."""
    shopper.clock.install()
    open_form(shopper, shop)
    fill_address(shopper)
    slow = shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    shopper.clock.run_for(5000)
    expect(shopper.locator("#waiting")).to_be_hidden()
    expect(note(shopper)).to_contain_text("Checking with your bank. Please don’t pay again.")
    expect(shopper.locator("#pay-button")).to_have_attribute("aria-disabled", "true")
    slow.release()
    expect(shopper.locator("h1")).to_contain_text(HELD)


def test_p15_too_many_cards_are_stopped_before_stripe(shopper: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    limits = Limits(pay_per_checkout=Allowance(1, 600))
    with open_world(tmp_path_factory.mktemp("shop"), limits, ConfirmationRoad.PAGE) as shop:
        open_form(shopper, shop)
        fill_address(shopper)
        order_with(shopper, "4000000000000002")
        expect(note(shopper)).to_contain_text("Your bank declined this card.")
        order_with(shopper)
        expect(note(shopper)).to_contain_text("Nothing is held. Please wait")
        link = f"/o/{newest(shop).link_token}"
        shopper.goto(shop.url + link)
        expect(shopper.locator("#frame.ready")).to_be_visible()
        order_with(shopper)
        expect(note(shopper)).to_contain_text("Nothing is held. Please wait")
        assert shop.order(link).payment.held == 0
