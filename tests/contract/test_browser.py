"""The browser half in a real Chromium: a page on another port, the card frame, tokens, and the bank's window."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sellerdesk.sandbox import Sandbox
from sellerdesk.serving import AsgiServer
from tests.contract.pages import bank_frame, card_frame, type_card, well_behaved

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(page: Page, host: AsgiServer) -> Iterator[Page]:
    """The open page with the card form ready; it must not break its own policy or throw."""
    with well_behaved(page):
        page.goto(host.url)
        expect(page.locator("body")).to_have_attribute("data-ready", "seen")
        yield page


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


def test_the_bank_approves(shop: Page, client: stripe.StripeClient) -> None:
    type_card(shop, "4000002760003184")
    intent = confirm(client, start_intent(client).id, make_token(shop))
    assert intent.status == "requires_action"
    shop.evaluate(
        "(secret) => { window.answer = stripeClient.handleNextAction({ clientSecret: secret }); }", intent.client_secret
    )
    bank = bank_frame(shop)
    expect(bank.get_by_text("70.00 EUR")).to_be_visible()
    expect(bank.get_by_text("•••• 3184")).to_be_visible()
    bank.get_by_role("button", name="Complete authentication").click()
    answer = shop.evaluate("answer")
    assert answer["paymentIntent"]["status"] == "requires_capture"
    assert "metadata" not in answer["paymentIntent"]
    assert client.v1.payment_intents.retrieve(intent.id).amount_capturable == 7000
    expect(shop.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "cross", "escape in the window", "escape on the page"])
def test_the_bank_is_refused(shop: Page, client: stripe.StripeClient, way: str) -> None:
    type_card(shop, "4000002760003184")
    intent = confirm(client, start_intent(client).id, make_token(shop))
    shop.evaluate(
        "(secret) => { window.answer = stripeClient.handleNextAction({ clientSecret: secret }); }", intent.client_secret
    )
    bank = bank_frame(shop)
    expect(bank.get_by_text("70.00 EUR")).to_be_visible()
    if way == "button":
        bank.get_by_role("button", name="Fail authentication").click()
    elif way == "cross":
        bank.get_by_role("button", name="Close without approving").click()
    elif way == "escape in the window":
        bank.get_by_role("button", name="Fail authentication").press("Escape")
    else:
        shop.locator("dialog").evaluate("(dialog) => dialog.dispatchEvent(new Event('cancel', { cancelable: true }))")
    error = shop.evaluate("answer")["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert error["payment_intent"]["status"] == "requires_payment_method"
    after = client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.payment_method, after.latest_charge) == ("requires_payment_method", None, None)


def test_mistakes_are_told_at_the_field(shop: Page, sandbox: Sandbox) -> None:
    frame = card_frame(shop)
    type_card(shop, "4242424242424241", "1220", "12")
    expect(frame.get_by_text("Your card number is invalid.")).to_be_visible()
    expect(frame.get_by_text("Your card's expiration year is in the past.")).to_be_visible()
    expect(frame.get_by_text("Your card's security code is incomplete.")).to_be_visible()
    number = frame.get_by_label("Card number")
    expect(number).to_have_attribute("aria-invalid", "true")
    assert shop.evaluate("elements.submit()")["error"] == {
        "type": "validation_error",
        "code": "invalid_number",
        "message": "Your card number is invalid.",
    }
    number.fill("4242424242424242")
    expect(number).not_to_have_attribute("aria-invalid", "true")
    expect(frame.get_by_text("Your card number is invalid.")).to_be_hidden()
    assert sandbox.world.dump()["confirmation_tokens"] == 0


def test_codes_of_local_mistakes(shop: Page) -> None:
    number = "4242424242424242"
    mistakes = [
        ("", "1234", "123", "incomplete_number"),
        ("4242", "1234", "123", "incomplete_number"),
        (number, "", "123", "incomplete_expiry"),
        (number, "12", "123", "incomplete_expiry"),
        (number, "1334", "123", "invalid_expiry_month"),
        (number, "1220", "123", "invalid_expiry_year_past"),
        (number, "1299", "123", "invalid_expiry_year"),
        (number, "1234", "", "incomplete_cvc"),
        ("378282246310005", "1234", "123", "incomplete_cvc"),
    ]
    for typed in mistakes:
        shop.evaluate("card.clear()")
        type_card(shop, *typed[:3])
        assert shop.evaluate("elements.submit()")["error"]["code"] == typed[3], typed


def test_typing_groups_and_keeps_the_caret(shop: Page) -> None:
    frame = card_frame(shop)
    number = frame.get_by_label("Card number")
    number.click()
    shop.keyboard.type("378282246310005")
    expect(number).to_have_value("3782 822463 10005")
    for _ in range(11):
        shop.keyboard.press("ArrowLeft")
    shop.keyboard.press("Backspace")
    expect(number).to_have_value("3782 224631 0005")
    shop.keyboard.type("8")
    expect(number).to_have_value("3782 822463 10005")
    expiry = frame.get_by_label("Expiration date")
    expiry.click()
    shop.keyboard.type("4")
    expect(expiry).to_have_value("04 / ")
    shop.keyboard.press("Backspace")
    shop.keyboard.press("Backspace")
    shop.keyboard.press("Backspace")
    shop.keyboard.press("Backspace")
    shop.keyboard.press("Backspace")
    expect(expiry).to_have_value("")
    shop.keyboard.type("12/2031")
    expect(expiry).to_have_value("12 / 31")


def test_a_real_number_is_refused(shop: Page, sandbox: Sandbox) -> None:
    type_card(shop, "4111111111111111")
    error = shop.evaluate("makeToken()")["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "test_mode_live_card")
    expect(card_frame(shop).get_by_text("The sandbox takes test card numbers only.")).to_be_visible()
    assert "4111111111111111" not in repr(list(sandbox.world.seen))


def test_consent_told_to_elements_reaches_the_intent(shop: Page, client: stripe.StripeClient) -> None:
    shop.evaluate("elements.update({ setupFutureUsage: 'off_session' })")
    type_card(shop, "4242424242424242")
    customer = client.v1.customers.create({"email": "mara@example.com"})
    intent = client.v1.payment_intents.create(
        {"amount": 7000, "currency": "eur", "capture_method": "manual", "customer": customer.id}
    )
    intent = confirm(client, intent.id, make_token(shop))
    assert intent.setup_future_usage == "off_session"
    saved = client.v1.customers.payment_methods.list(customer.id)
    assert [method.id for method in saved] == [intent.payment_method]


def test_a_confirm_that_disagrees_with_elements_is_refused(shop: Page, client: stripe.StripeClient) -> None:
    type_card(shop, "4242424242424242")
    changes: list[tuple[dict[str, Any], str]] = [
        ({"amount": 7001}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"capture_method": "automatic"}, "capture_method"),
        ({"setup_future_usage": "off_session"}, "setup_future_usage"),
    ]
    for change, param in changes:
        wanted: Any = {"amount": 7000, "currency": "eur", "capture_method": "manual", **change}
        intent = client.v1.payment_intents.create(wanted)
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            confirm(client, intent.id, make_token(shop))
        assert refusal.value.param == param
        assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_misuse_is_told(shop: Page) -> None:
    throws = {
        "elements({ mode: 'payment', amount: 1, currency: 'eur', paymentMethodTypes: [] })": "allowedPayment",
        "elements({ mode: 'payment', amount: 0, currency: 'eur' })": "amount",
        "elements({ mode: 'payment', amount: 1, currency: 'EUR' })": "lower case",
        "elements({}).create('payment')": "mode",
    }
    for call, word in throws.items():
        message = shop.evaluate(
            f"() => {{ try {{ stripeClient.{call}; return ''; }} catch (problem) {{ return String(problem); }} }}"
        )
        assert "IntegrationError" in message and word in message
    for key in ("sk_test_1", "pk_live_1", ""):
        assert shop.evaluate(
            "(key) => { try { Stripe(key); return ''; } catch (problem) { return problem.name; } }", key
        )
    unsubmitted = "stripeClient.createConfirmationToken({ elements }).catch((problem) => problem.message)"
    assert "submit()" in shop.evaluate(unsubmitted)


def test_another_intents_secret_opens_nothing(shop: Page, client: stripe.StripeClient) -> None:
    one, other = start_intent(client), start_intent(client)
    stolen = f"{one.id}_secret_{str(other.client_secret).split('_secret_')[1]}"
    answer = shop.evaluate("(secret) => stripeClient.retrievePaymentIntent(secret)", stolen)
    assert answer["error"]["param"] == "client_secret"
    shown = shop.evaluate("(secret) => stripeClient.retrievePaymentIntent(secret)", one.client_secret)
    assert shown["paymentIntent"]["id"] == one.id
    again = shop.evaluate("(secret) => stripeClient.handleNextAction({ clientSecret: secret })", one.client_secret)
    assert again["error"]["payment_intent"]["status"] == "requires_payment_method"


def test_unmount_and_mount_again(shop: Page, client: stripe.StripeClient) -> None:
    shop.evaluate("() => { delete document.body.dataset.ready; card.unmount(); card.mount('#card'); }")
    expect(shop.locator("body")).to_have_attribute("data-ready", "seen")
    type_card(shop, "5555555555554444")
    assert make_token(shop).startswith("ctoken_")
    shop.evaluate("card.destroy()")
    expect(shop.locator("#card iframe")).to_have_count(0)


def test_a_stranger_gets_no_channel(shop: Page) -> None:
    """Only the page that made the frame, with the word it gave it, is listened to."""
    answered = shop.evaluate(
        """async () => {
          const frame = document.querySelector('#card iframe');
          const channel = new MessageChannel();
          const said = new Promise((resolve) => { channel.port1.onmessage = (event) => resolve(event.data); });
          frame.contentWindow.postMessage({ sandbox: 'connect', nonce: 'guessed' }, '*', [channel.port2]);
          return Promise.race([said, stripeClient.retrievePaymentIntent('pi_none_secret_none').then(() => 'silence')]);
        }"""
    )
    assert answered == "silence"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_wears_the_pages_colours(shop: Page, scheme: Any) -> None:
    shop.emulate_media(color_scheme=scheme)
    background = {"light": "rgb(255, 255, 255)", "dark": "rgb(25, 31, 29)"}[scheme]
    number = card_frame(shop).get_by_label("Card number")
    expect(number).to_have_css("background-color", background)
    expect(number).to_have_css("border-radius", "10px")
    assert shop.locator("#card iframe").evaluate("(frame) => frame.offsetHeight") == 290
    type_card(shop, "4242424242424241")
    expect(number).to_have_css("border-color", {"light": "rgb(179, 38, 30)", "dark": "rgb(255, 158, 148)"}[scheme])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_frames_can_be_used_by_everyone(page: Page, sandbox: Sandbox, client: stripe.StripeClient, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    intent: Any = client.v1.payment_intents.create(
        {
            "amount": 7000,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "http://127.0.0.1/back",
        }
    )
    bank = intent.next_action.redirect_to_url.url
    for address, label in ((f"{sandbox.url}/frames/payment.html", "MM / YY"), (bank, "•••• 3184")):
        page.goto(address)
        expect(page.get_by_placeholder(label).or_(page.get_by_text(label))).to_be_visible()
        found = Axe().run(page).response["violations"]
        # Inside the page that holds it the card form stands under that page's headings.
        assert [problem["id"] for problem in found if problem["id"] != "page-has-heading-one"] == []


def test_bank_opened_as_a_page_leads_back(page: Page, host: AsgiServer, client: stripe.StripeClient) -> None:
    intent: Any = client.v1.payment_intents.create(
        {
            "amount": 7000,
            "currency": "eur",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": f"{host.url}/?order=1",
        }
    )
    page.goto(intent.next_action.redirect_to_url.url)
    page.get_by_role("button", name="Complete authentication").click()
    page.wait_for_url(f"{host.url}/?order=1&payment_intent={intent.id}&*redirect_status=succeeded")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
