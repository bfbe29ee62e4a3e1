"""What the product promises a shopper, shown in a real browser. Each test bears its promise's code."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.store import sqlite
from tests.checkout.shop import MARA, ShopWorld, open_world, restock
from tests.checkout.shopper import card_frame, fill_address, open_form, order_with, type_card

pytestmark = pytest.mark.browser

CARD = "4000056655665556"
CVC = "739"
TOTAL = "128.40\u00a0EUR"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("promises")


@pytest.fixture(scope="module")
def running_shop(folder: Path) -> Iterator[ShopWorld]:
    with open_world(folder, Limits(*[Allowance(100_000, 60)] * 5)) as running:
        yield running


@pytest.fixture
def shop(running_shop: ShopWorld) -> ShopWorld:
    restock(running_shop.works)
    return running_shop


def rows(folder: Path, sql: str) -> list[str]:
    """Every column of every row, as text, read by a connection of its own."""
    connection = sqlite.connect(sqlite.driver(), folder / "shop.db")
    try:
        return [str(row) for row in connection.execute(sql).fetchall()]
    finally:
        connection.close()


def type_that_card(page: Page) -> None:
    frame = card_frame(page)
    frame.get_by_label("Card number").fill(CARD)
    frame.get_by_label("Expiration date").fill("12 / 34")
    frame.get_by_label("Security code").fill(CVC)


def spaced(digits: str) -> re.Pattern[str]:
    """The digits, however they are grouped."""
    return re.compile("[ +\\-]?".join(digits))


def test_p01_card_number_and_code_go_from_the_browser_to_stripe_only(
    shopper: Page, shop: ShopWorld, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[Request] = []
    shopper.on("request", lambda request: sent.append(request))
    open_form(shopper, shop)
    fill_address(shopper)
    type_that_card(shopper)
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")

    number = spaced(CARD)
    with_number = [each for each in sent if number.search(f"{each.url} {each.post_data or ''}")]
    assert with_number, "the card must have gone somewhere"
    for each in with_number:
        assert each.url.startswith(f"{shop.sandbox.url}/v1/"), each.url
        assert each.frame.url.startswith(f"{shop.sandbox.url}/"), "only the frame of Stripe's origin sends it"
    to_us = [each for each in sent if each.url.startswith(shop.url)]
    assert [each for each in to_us if re.search(rf"\b{CVC}\b", each.post_data or "")] == []
    assert any("ctoken_" in (each.post_data or "") for each in to_us)

    # The page itself cannot read the fields, and nothing of them stays anywhere on our side.
    assert not number.search(shopper.content())
    assert not number.search(json.dumps(shopper.context.storage_state()))
    assert not number.search(caplog.text)
    for path in folder.rglob("*"):
        assert not path.is_file() or CARD.encode() not in path.read_bytes(), path.name


def test_p02_format_mistakes_are_shown_at_the_field_and_nothing_is_sent(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    frame = card_frame(shopper)
    before = shop.sandbox.world.dump()
    posts: list[str] = []
    shopper.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    for number, expiry, code, words in (
        ("4242424242424241", "12 / 34", "123", "Your card number is invalid."),
        ("4242", "12 / 34", "123", "Your card number is incomplete."),
        (CARD, "01 / 20", "123", "Your card's expiration year is in the past."),
        (CARD, "12 / 34", "12", "Your card's security code is incomplete."),
    ):
        frame.get_by_label("Card number").fill(number)
        frame.get_by_label("Expiration date").fill(expiry)
        frame.get_by_label("Security code").fill(code)
        shopper.locator("#pay-button").click()
        expect(frame.locator(".Error:visible")).to_have_text([words])
    after = shop.sandbox.world.dump()
    assert [each for each in posts if "/api/orders" in each] == []
    assert after["confirmation_tokens"] == before["confirmation_tokens"]
    assert after["payment_methods"] == before["payment_methods"]


def test_p03_the_server_keeps_ids_and_what_stripe_tells_about_the_card(
    shopper: Page, shop: ShopWorld, folder: Path
) -> None:
    bodies: list[str] = []
    shopper.on("request", lambda request: bodies.append(request.post_data or "") if "/pay" in request.url else None)
    open_form(shopper, shop)
    fill_address(shopper)
    type_that_card(shopper)
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")
    (body,) = [each for each in bodies if each]
    token = json.loads(body)
    assert set(token) == {"token"}
    assert token["token"].startswith("ctoken_")

    order = shop.order(shopper.url.removeprefix(shop.url))
    facts = order.payment.facts
    assert facts is not None
    assert facts.card is not None
    assert (facts.card.brand, facts.card.last4, facts.card.exp_month, facts.card.exp_year) == ("visa", "5556", 12, 2034)
    assert facts.card.cvc_check == "pass"
    assert any(
        token["token"] in row for row in rows(folder, f"SELECT params FROM operation WHERE order_id='{order.id}'")
    )
    assert any("5556" in row for row in rows(folder, f"SELECT card FROM payment WHERE order_id='{order.id}'"))


def test_p05_held_is_not_taken_and_is_shown_so(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper)
    expect(shopper.locator("h1")).to_have_text(f"Thank you, Mara.We hold {TOTAL}.")
    expect(shopper.get_by_text("Held, not charged").first).to_be_visible()
    expect(shopper.get_by_text("Nothing is charged yet.").first).to_be_visible()
    order = shop.order(shopper.url.removeprefix(shop.url))
    intent = shop.client.v1.payment_intents.retrieve(order.payment.intent_id)
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 12840, 0)
    assert (order.payment.status, order.payment.held, order.payment.captured) == (
        PaymentStatus.REQUIRES_CAPTURE,
        12840,
        0,
    )


def test_p13_a_receipt_is_asked_for_when_the_intent_is_made(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    with shop.sandbox.world.open() as world:
        world.seen.clear()
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text("We hold")
    order = shop.order(shopper.url.removeprefix(shop.url))
    created = next(event for event in shop.client.v1.events.list({"type": "payment_intent.created"}).data)
    assert created.data.object["id"] == order.payment.intent_id
    assert created.data.object["receipt_email"] == MARA["email"]


def test_p14_a_customer_is_made_first_and_stands_on_the_intent(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    with shop.sandbox.world.open() as world:
        world.seen.clear()
    order_with(shopper)
    expect(shopper.locator("h1")).to_contain_text("We hold")
    with shop.sandbox.world.open() as world:
        paths = [each.path for each in world.seen if each.method == "POST"]
    assert paths.index("/v1/customers") < paths.index("/v1/payment_intents")
    order = shop.order(shopper.url.removeprefix(shop.url))
    intent = shop.client.v1.payment_intents.retrieve(order.payment.intent_id)
    assert intent.customer == order.customer_id != ""
    customer = shop.client.v1.customers.retrieve(order.customer_id)
    assert (customer.email, customer.name) == (MARA["email"], MARA["name"])


def test_p18_the_page_tells_refused_from_held(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, "4000000000000002")
    expect(shopper.locator("#note")).to_contain_text("Your bank declined this card. Nothing is held.")
    (intent,) = [
        each
        for each in shop.client.v1.payment_intents.list({"limit": 1}).data
        if each.status == "requires_payment_method"
    ]
    assert intent.last_payment_error is not None
    type_card(shopper)
    shopper.locator("#pay-button").click()
    expect(shopper.locator("h1")).to_contain_text("We hold")
    again = shop.client.v1.payment_intents.retrieve(intent.id)
    assert (again.status, again.last_payment_error) == ("requires_capture", None)
