"""The browser half in a real Chromium: a page on another port, the card frame, tokens, and the bank's window."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sellerdesk.sandbox import Sandbox
from sellerdesk.serving import AsgiServer

pytestmark = pytest.mark.browser
HOST_PAGE = Path(__file__).with_name("host_page")


@pytest.fixture
def host(sandbox: Sandbox) -> Iterator[AsgiServer]:
    """A shop's page on a port of its own, with a strict content security policy."""
    policy = (
        f"default-src 'none'; script-src 'self' {sandbox.url}; frame-src {sandbox.url}; "
        f"connect-src 'self' {sandbox.url}; style-src 'self'"
    )

    async def index(_request: Request) -> Response:
        text = (HOST_PAGE / "index.html").read_text("utf-8")
        text = text.replace("{base}", sandbox.url).replace("{key}", sandbox.publishable_key)
        return Response(text, media_type="text/html", headers={"Content-Security-Policy": policy})

    def asset(name: str, kind: str) -> Route:
        async def endpoint(_request: Request) -> Response:
            return Response((HOST_PAGE / name).read_bytes(), media_type=kind)

        return Route(f"/{name}", endpoint)

    routes = [Route("/", index), asset("host.js", "text/javascript"), asset("host.css", "text/css")]
    with AsgiServer(Starlette(routes=routes)) as server:
        yield server


@pytest.fixture
def shop(page: Page, host: AsgiServer) -> Iterator[Page]:
    """The open page with the card form ready; it must not break its own policy or throw."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(host.url)
    expect(page.locator("body")).to_have_attribute("data-ready", "seen")
    yield page
    assert [text for text in problems if "favicon" not in text] == []


def card_frame(page: Page) -> FrameLocator:
    return page.frame_locator("#card iframe")


def type_card(page: Page, number: str, expiry: str = "1234", cvc: str = "123") -> None:
    frame = card_frame(page)
    frame.get_by_label("Card number").click()
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(expiry)
    page.keyboard.press("Tab")
    page.keyboard.type(cvc)
    page.keyboard.press("Tab")


def make_token(page: Page) -> str:
    answer: dict[str, Any] = page.evaluate("makeToken()")
    assert "error" not in answer, answer
    return str(answer["confirmationToken"]["id"])


def start_intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": 7000,
            "currency": "eur",
            "capture_method": "manual",
            "allowed_payment_method_types": ["card"],
        }
    )


def confirm(client: stripe.StripeClient, intent: str, token: str) -> stripe.PaymentIntent:
    return client.v1.payment_intents.confirm(
        intent, {"confirmation_token": token, "return_url": "http://127.0.0.1/back"}
    )


def test_typed_card_becomes_a_hold(shop: Page, sandbox: Sandbox, client: stripe.StripeClient) -> None:
    type_card(shop, "4242424242424242")
    frame = card_frame(shop)
    expect(frame.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("Expiration date")).to_have_value("12 / 34")
    expect(frame.get_by_label("Country")).to_have_value("DE")
    expect(shop.locator("body")).to_have_attribute("data-change", "true")
    token = make_token(shop)
    assert token.startswith("ctoken_")
    preview = client.v1.confirmation_tokens.retrieve(token).payment_method_preview
    assert preview is not None and preview.card is not None
    assert (preview.card.last4, preview.billing_details.address.country) == ("4242", "DE")  # type: ignore[union-attr]
    intent = confirm(client, start_intent(client).id, token)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 7000)
