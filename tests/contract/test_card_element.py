"""The card Element in a real Chromium: one line in a frame, its mistakes told by events, tokens made from it."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sellerdesk.sandbox import Sandbox
from sellerdesk.serving import AsgiServer
from tests.contract.calls import RETURN_URL, create
from tests.contract.pages import card_frame, type_line, well_behaved

pytestmark = pytest.mark.browser
GOOD = "4242424242424242" + "1234" + "123" + "10115"

Open = Callable[..., Page]


@pytest.fixture
def shop(page: Page, host: AsgiServer) -> Iterator[Open]:
    """Opens the page with the card Element, with options of choice."""
    with well_behaved(page):

        def open_page(**options: Any) -> Page:
            page.goto(f"{host.url}/card.html#{quote(json.dumps(options))}")
            expect(page.locator("body")).to_have_attribute("data-ready", "seen")
            return page

        yield open_page


def last_change(page: Page) -> dict[str, Any]:
    change: dict[str, Any] = page.evaluate("events.filter((event) => event.name === 'change').at(-1)")
    return change


def expect_change(page: Page, **expected: str) -> None:
    """Wait for the Element to have told ``brand``, ``complete`` and ``code`` (``none`` without an error)."""
    for name, value in expected.items():
        expect(page.locator("body")).to_have_attribute(f"data-{name}", value)


def test_typing_moves_on_by_itself(shop: Open) -> None:
    page = shop()
    type_line(page, GOOD)
    frame = card_frame(page)
    expect(frame.get_by_label("Credit or debit card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("expiration date")).to_have_value("12 / 34")
    expect(frame.get_by_label("CVC")).to_have_value("123")
    expect(frame.get_by_label("ZIP")).to_have_value("10115")
    expect_change(page, complete="true")
    change = last_change(page)
    assert {name: change[name] for name in ("elementType", "brand", "complete", "empty", "error", "value")} == {
        "elementType": "card",
        "brand": "visa",
        "complete": True,
        "empty": False,
        "error": None,
        "value": {"postalCode": "10115"},
    }
    for _ in range(5 + 1 + 3 + 1):
        page.keyboard.press("Backspace")
    expect(frame.get_by_label("expiration date")).to_be_focused()
    expect_change(page, complete="false")


def test_the_brand_is_told(shop: Open) -> None:
    page = shop()
    brands = {
        "4": "visa", "55": "mastercard", "37": "amex", "6011": "discover", "36": "diners", "3566": "jcb",
        "62": "unionpay", "9": "unknown",
    }  # fmt: skip
    for typed, brand in brands.items():
        page.evaluate("card.clear()")
        type_line(page, typed)
        expect_change(page, brand=brand)


def test_codes_of_local_mistakes(shop: Open, sandbox: Sandbox) -> None:
    """What is told while typing, and what createToken() returns then; nothing is sent."""
    page = shop()
    number = "4242424242424242"
    mistakes: list[tuple[str, str, str]] = [
        ("4242", "none", "incomplete_number"),
        ("4242424242424241", "invalid_number", "invalid_number"),
        (number + "1334", "invalid_expiry_month", "invalid_expiry_month"),
        (number + "1220", "invalid_expiry_year_past", "invalid_expiry_year_past"),
        (number + "1299", "invalid_expiry_year", "invalid_expiry_year"),
        (number + "12", "none", "incomplete_expiry"),
        (number + "1234" + "12", "none", "incomplete_cvc"),
        ("378282246310005" + "1234" + "123", "none", "incomplete_cvc"),
        (number + "1234" + "123", "none", "incomplete_zip"),
        (number + "1234" + "123" + "101", "none", "incomplete_zip"),
    ]
    assert page.evaluate("stripeClient.createToken(card)")["error"]["code"] == "incomplete_number"
    for typed, told, returned in mistakes:
        page.evaluate("card.clear()")
        expect(page.locator("#card")).not_to_contain_class("StripeElement--invalid")
        type_line(page, typed)
        expect_change(page, code=told)
        error = page.evaluate("stripeClient.createToken(card)")["error"]
        assert (error["type"], error["code"]) == ("validation_error", returned), typed
        expect_change(page, code=returned)
        expect(page.locator("#card-errors")).to_have_text(error["message"])
        expect(page.locator("#card")).to_contain_class("StripeElement--invalid")
    assert not [seen for seen in sandbox.world.seen if seen.method == "POST"]


def test_what_is_missing_is_told_after_leaving(shop: Open) -> None:
    page = shop()
    type_line(page, "4242 4242")
    expect_change(page, code="none")
    page.locator("#outside").focus()
    expect(page.locator("#card-errors")).to_have_text("Your card number is incomplete.")
    expect_change(page, code="incomplete_number")
    card_frame(page).get_by_label("Credit or debit card number").press_sequentially("42424242")
    expect(page.locator("#card-errors")).to_have_text("")


def test_a_token_carries_the_page_s_words(shop: Open, client: stripe.StripeClient) -> None:
    page = shop()
    type_line(page, GOOD)
    made = page.evaluate(
        "stripeClient.createToken(card, { name: 'Mara', address_line1: 'Allee 1', address_country: 'DE' })"
    )
    token = made["token"]
    assert (token["card"]["last4"], token["card"]["name"], token["card"]["address_zip"]) == ("4242", "Mara", "10115")
    params: Any = {"type": "card", "card": {"token": token["id"]}}
    method: Any = client.v1.payment_methods.create(params)
    address = method.billing_details.address
    assert (address.line1, address.postal_code, address.country) == ("Allee 1", "10115", "DE")
    held = create(client, payment_method=method.id, confirm=True, return_url=RETURN_URL)
    assert held.status == "requires_capture"


@pytest.mark.parametrize("way", ["card", "element", "token"])
def test_payment_methods(shop: Open, client: stripe.StripeClient, way: str) -> None:
    page = shop(hidePostalCode=True)
    type_line(page, "5555555555554444" + "1234" + "123")
    billing = "{ name: 'Mara', address: { postal_code: '69003' } }"
    call = {
        "card": f"stripeClient.createPaymentMethod({{ type: 'card', card, billing_details: {billing} }})",
        "element": f"stripeClient.createPaymentMethod({{ element: card, params: {{ billing_details: {billing} }} }})",
        "token": "stripeClient.createToken(card).then(({ token }) => stripeClient.createPaymentMethod("
        f"{{ type: 'card', card: {{ token: token.id }}, billing_details: {billing} }}))",
    }[way]
    method = page.evaluate(call)["paymentMethod"]
    kept: Any = client.v1.payment_methods.retrieve(method["id"])
    assert (kept.card.brand, kept.billing_details.name) == ("mastercard", "Mara")
    assert kept.billing_details.address.postal_code == "69003"


def test_hidden_postal_code(shop: Open) -> None:
    page = shop(hidePostalCode=True)
    type_line(page, "4242424242424242" + "1234" + "123")
    expect(card_frame(page).get_by_label("ZIP")).to_be_hidden()
    expect_change(page, complete="true")
    assert last_change(page)["value"] == {"postalCode": ""}
    page.evaluate("card.update({ hidePostalCode: false })")
    expect(card_frame(page).get_by_label("ZIP")).to_be_visible()


def test_postal_codes_follow_the_cards_country(shop: Open) -> None:
    page = shop()
    type_line(page, "4000002760003184" + "1234" + "123" + "d-10115")
    expect(card_frame(page).get_by_label("ZIP")).to_have_value("D-10115")
    expect_change(page, complete="true")


def test_a_real_number_is_refused(shop: Open, sandbox: Sandbox) -> None:
    page = shop()
    type_line(page, "4111111111111111" + "1234" + "123" + "10115")
    error = page.evaluate("stripeClient.createToken(card)")["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "test_mode_live_card")
    expect(card_frame(page).get_by_label("Credit or debit card number")).to_have_attribute("aria-invalid", "true")
    assert "4111" not in repr(list(sandbox.world.seen)) + page.content()


def test_styles_classes_and_states(shop: Open) -> None:
    page = shop()
    box, number = page.locator("#card"), card_frame(page).get_by_label("Credit or debit card number")
    expect(box).to_have_class("StripeElement StripeElement--empty")
    expect(number).to_have_css("color", "rgb(50, 50, 93)")
    expect(number).to_have_css("font-size", "16px")
    page.emulate_media(color_scheme="dark")
    expect(number).to_have_css("color", "rgb(237, 241, 238)")
    page.emulate_media(color_scheme="light")
    type_line(page, "4242424242424241")
    expect(number).to_have_css("color", "rgb(179, 38, 30)")
    expect(box).to_have_class("StripeElement StripeElement--focus StripeElement--invalid")
    page.evaluate("card.clear()")
    expect(number).to_have_value("")
    expect(box).to_have_class("StripeElement StripeElement--focus StripeElement--empty")
    page.evaluate("card.update({ disabled: true })")
    expect(number).to_be_disabled()
    page.evaluate("card.destroy()")
    expect(page.locator("#card iframe")).to_have_count(0)
    expect(box).to_have_class("")


def test_the_appearance_is_worn_where_no_style_says_otherwise(shop: Open) -> None:
    page = shop()
    page.evaluate(
        """() => {
          card.destroy();
          delete document.body.dataset.ready;
          const dressed = stripeClient.elements({
            appearance: { theme: "night", variables: { colorText: "#aabbcc", fontSizeBase: "20px" } },
          });
          window.card = dressed.create("card", { style: { invalid: { color: "#010203" } } });
          card.on("ready", () => { document.body.dataset.ready = "seen"; });
          card.mount("#card");
        }"""
    )
    expect(page.locator("body")).to_have_attribute("data-ready", "seen")
    number = card_frame(page).get_by_label("Credit or debit card number")
    expect(number).to_have_css("color", "rgb(170, 187, 204)")
    expect(number).to_have_css("font-size", "20px")
    type_line(page, "4242424242424241")
    expect(number).to_have_css("color", "rgb(1, 2, 3)")


def test_keyboard_label_and_events(shop: Open) -> None:
    page = shop()
    frame = card_frame(page)
    page.locator("#label").click()
    expect(frame.get_by_label("Credit or debit card number")).to_be_focused()
    expect(page.locator("body")).to_have_attribute("data-focus", "seen")
    page.keyboard.press("Escape")
    expect(page.locator("body")).to_have_attribute("data-escape", "seen")
    for name in ("expiration date", "CVC", "ZIP"):
        page.keyboard.press("Tab")
        expect(frame.get_by_label(name)).to_be_focused()
        expect(frame.get_by_label(name)).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator("#outside")).to_be_focused()
    expect(page.locator("body")).to_have_attribute("data-blur", "seen")
    once = page.evaluate(
        """async () => {
          let heard = 0;
          card.once("change", () => { heard += 1; });
          card.clear();
          await stripeClient.createToken(card);
          return heard;
        }"""
    )
    assert once == 1


def test_misuse_is_told(shop: Open) -> None:
    page = shop()
    throws = {
        "elements.create('card')": "only one card",
        "elements.create('iban')": "iban",
        "elements.create('payment')": "clientSecret or a mode",
        "stripeClient.elements({ clientSecret: 'pi_1' })": "client secret",
        "stripeClient.elements({ clientSecret: 'pi_1_secret_2', mode: 'payment' })": "together",
        "stripeClient.elements({ paymentMethodCreation: 'auto' })": "manual",
    }
    for call, words in throws.items():
        message = page.evaluate(
            f"() => {{ try {{ {call}; return ''; }} catch (problem) {{ return String(problem); }} }}"
        )
        assert "IntegrationError" in message and words in message
    rejects = {
        "createToken({})": "card Element",
        "createPaymentMethod({ type: 'sepa_debit' })": "type: 'card'",
        "createPaymentMethod({ type: 'card', card: {} })": "card Element",
        "createPaymentMethod({ elements })": "paymentMethodCreation",
        "confirmCardPayment('nonsense')": "client secret",
        "confirmCardPayment('pi_1_secret_2', { payment_method: {} })": "payment_method.card",
        "confirmPayment({ clientSecret: 'pi_1_secret_2' })": "return_url",
        "confirmPayment({ clientSecret: 'pi_1_secret_2', redirect: 'never' })": "redirect",
        "confirmPayment({ clientSecret: 'pi_1_secret_2', redirect: 'if_required' })": "elements",
        "confirmPayment({ elements: {}, redirect: 'if_required' })": "stripe.elements()",
        "confirmPayment({ elements, clientSecret: 'pi_1_secret_2', redirect: 'if_required' })": "payment Element",
        "handleCardAction('nonsense')": "client secret",
    }
    for call, words in rejects.items():
        message = page.evaluate(f"stripeClient.{call}.then(() => '', (problem) => String(problem))")
        assert "IntegrationError" in message and words in message, call
    page.evaluate("card.unmount()")
    message = page.evaluate("stripeClient.createToken(card).then(() => '', (problem) => String(problem))")
    assert "Mount the card Element" in message


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_can_be_used_by_everyone(page: Page, sandbox: Sandbox, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{sandbox.url}/frames/card.html")
    expect(page.get_by_placeholder("MM / YY")).to_be_visible()
    found = Axe().run(page).response["violations"]
    # Inside the page that holds it the card form stands under that page's headings.
    assert [problem["id"] for problem in found if problem["id"] != "page-has-heading-one"] == []
