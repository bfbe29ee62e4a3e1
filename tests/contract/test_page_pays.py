"""Pages that confirm by themselves, in a real Chromium: both Elements, with an intent or before one, 3-D Secure."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from playwright.sync_api import Page, expect

from sellerdesk.sandbox import Sandbox
from sellerdesk.serving import AsgiServer
from tests.contract.calls import RETURN_URL, authorize, create
from tests.contract.pages import bank_frame, card_frame, type_card, type_line, well_behaved

pytestmark = pytest.mark.browser
DEFERRED: dict[str, Any] = {
    "mode": "payment",
    "amount": 7000,
    "currency": "eur",
    "captureMethod": "manual",
    "allowedPaymentMethodTypes": ["card"],
}
GOOD, SECURE = "4242424242424242", "4000002760003184"


@pytest.fixture
def shop(page: Page, host: AsgiServer) -> Iterator[Page]:
    """The page that will hold a payment Element."""
    with well_behaved(page):
        page.goto(f"{host.url}/pay.html")
        yield page


@pytest.fixture
def card_shop(page: Page, host: AsgiServer) -> Iterator[Page]:
    """The page with a card Element."""
    with well_behaved(page):
        page.goto(f"{host.url}/card.html")
        expect(page.locator("body")).to_have_attribute("data-ready", "seen")
        yield page


def start(page: Page, **options: Any) -> None:
    page.evaluate("(options) => start(options)", options)
    expect(page.locator("body")).to_have_attribute("data-ready", "seen")


def pay(page: Page, **options: Any) -> Any:
    return page.evaluate("(options) => pay(options)", {"redirect": "if_required", **options})


def begin(page: Page, call: str, *arguments: Any) -> None:
    """Start a call that waits for the shopper; its answer is fetched with :func:`answer`."""
    page.evaluate(f"(given) => {{ window.answer = {call}(...given); }}", list(arguments))


def answer(page: Page) -> Any:
    return page.evaluate("answer")


def retype_card(page: Page, number: str) -> None:
    page.evaluate("elements.getElement('payment').clear()")
    expect(card_frame(page).get_by_label("Card number")).to_have_value("")
    type_card(page, number)


def type_good_line(page: Page, number: str = GOOD) -> None:
    type_line(page, number + "1234" + "123" + ("D-10115" if number == SECURE else "10115"))


# --- the payment Element -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["client secret first", "deferred"])
def test_confirm_payment(shop: Page, client: stripe.StripeClient, way: str) -> None:
    intent = create(client)
    deferred = way == "deferred"
    start(shop, **(DEFERRED if deferred else {"clientSecret": intent.client_secret}))
    type_card(shop, GOOD)
    params = {
        "receipt_email": "mara@example.com",
        "shipping": {"name": "Mara", "address": {"line1": "Allee 1", "country": "DE"}},
        "payment_method_data": {"billing_details": {"name": "Mara", "address": {"postal_code": "10115"}}},
    }
    done = pay(shop, confirmParams=params, **({"clientSecret": intent.client_secret} if deferred else {}))
    assert done["paymentIntent"]["status"] == "requires_capture"
    after: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["payment_method"]})
    assert (after.amount_capturable, after.receipt_email, after.shipping.name) == (7000, "mara@example.com", "Mara")
    address = after.payment_method.billing_details.address
    assert (address.postal_code, address.country) == ("10115", "DE")


def test_confirm_payment_leads_through_3d_secure(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, **DEFERRED)
    type_card(shop, SECURE)
    begin(shop, "pay", {"clientSecret": intent.client_secret, "redirect": "if_required"})
    bank_frame(shop).get_by_role("button", name="Complete authentication").click()
    assert answer(shop)["paymentIntent"]["status"] == "requires_capture"
    expect(shop.locator("dialog")).to_have_count(0)


def test_confirm_payment_and_the_bank_says_no(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, clientSecret=intent.client_secret)
    type_card(shop, SECURE)
    begin(shop, "pay", {"redirect": "if_required"})
    bank_frame(shop).get_by_role("button", name="Fail authentication").click()
    error = answer(shop)["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert error["payment_intent"]["status"] == "requires_payment_method"
    retype_card(shop, "4000000000000069")
    error = pay(shop)["error"]
    assert (error["code"], error["payment_intent"]["status"]) == ("expired_card", "requires_payment_method")
    expect(card_frame(shop).get_by_text("Your card has expired.")).to_be_visible()
    retype_card(shop, GOOD)
    assert pay(shop)["paymentIntent"]["status"] == "requires_capture"


def test_confirm_payment_leaves_the_page_by_default(shop: Page, host: AsgiServer, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, **DEFERRED)
    type_card(shop, GOOD)
    options = {"clientSecret": intent.client_secret, "confirmParams": {"return_url": f"{host.url}/?order=1"}}
    begin(shop, "pay", options)
    shop.wait_for_url(f"{host.url}/?order=1&payment_intent={intent.id}&*redirect_status=succeeded")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_an_error_keeps_the_page(shop: Page, host: AsgiServer, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, **DEFERRED)
    type_card(shop, "4000000000009995")
    options = {"clientSecret": intent.client_secret, "confirmParams": {"return_url": host.url}, "redirect": "always"}
    error = pay(shop, **options)["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "insufficient_funds")
    assert shop.url == f"{host.url}/pay.html"


def test_elements_that_were_told_otherwise_are_refused(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    lies: list[tuple[dict[str, Any], str]] = [
        ({"amount": 7001}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"captureMethod": "automatic"}, "capture_method"),
        ({"setupFutureUsage": "off_session"}, "setup_future_usage"),
    ]
    for told, param in lies:
        start(shop, **{**DEFERRED, **told})
        type_card(shop, GOOD)
        error = pay(shop, clientSecret=intent.client_secret)["error"]
        assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_deferred_elements_must_be_submitted(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, **DEFERRED)
    type_card(shop, GOOD)
    call = "(secret) => stripeClient.confirmPayment({ elements, clientSecret: secret, redirect: 'if_required' })"
    message = shop.evaluate(f"(secret) => ({call})(secret).catch((problem) => problem.message)", intent.client_secret)
    assert "elements.submit()" in message


def test_mistakes_reach_nobody(shop: Page, client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client)
    start(shop, clientSecret=intent.client_secret)
    type_card(shop, "4242424242424241")
    call = "stripeClient.confirmPayment({ elements, redirect: 'if_required' })"
    assert shop.evaluate(call)["error"]["code"] == "invalid_number"
    assert not [seen for seen in sandbox.world.seen if seen.path.endswith("/confirm")]


def test_a_finished_intent_shows_no_form(shop: Page, client: stripe.StripeClient) -> None:
    held, taken, released = (authorize(client) for _ in range(3))
    ends = {
        "requires_capture": held,
        "succeeded": client.v1.payment_intents.capture(taken.id),
        "canceled": client.v1.payment_intents.cancel(released.id),
    }
    for status, intent in ends.items():
        shop.evaluate("(options) => start(options)", {"clientSecret": intent.client_secret})
        expect(shop.locator("body")).to_have_attribute("data-loaderror", "seen")
        event = shop.evaluate("events.at(-1)")
        assert (event["elementType"], event["error"]["code"]) == ("payment", "payment_intent_unexpected_state")
        assert status in event["error"]["message"]
        expect(shop.locator("#card iframe")).to_have_count(0)


def test_an_intent_that_waits_for_the_bank_may_be_paid_anew(shop: Page, client: stripe.StripeClient) -> None:
    intent = authorize(client, "pm_card_authenticationRequired", use_stripe_sdk=True)
    start(shop, clientSecret=intent.client_secret)
    type_card(shop, GOOD)
    assert pay(shop)["paymentIntent"]["status"] == "requires_capture"


def test_a_page_cannot_confirm_a_manual_intent(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client, confirmation_method="manual")
    start(shop, **DEFERRED)
    type_card(shop, GOOD)
    assert "publishable key" in pay(shop, clientSecret=intent.client_secret)["error"]["message"]


@pytest.mark.parametrize("function", ["handleNextAction", "handleCardAction"])
def test_the_bank_s_window_for_a_manual_intent(shop: Page, client: stripe.StripeClient, function: str) -> None:
    """The page leads through 3-D Secure, the server finishes."""
    start(shop, **DEFERRED)
    type_card(shop, SECURE)
    made = shop.evaluate("elements.submit().then(() => stripeClient.createConfirmationToken({ elements }))")
    confirm: Any = {"confirmation_token": made["confirmationToken"]["id"]}
    intent = client.v1.payment_intents.confirm(create(client, confirmation_method="manual").id, confirm)
    assert intent.status == "requires_action"
    secret = intent.client_secret
    begin(shop, f"stripeClient.{function}", {"clientSecret": secret} if function == "handleNextAction" else secret)
    bank_frame(shop).get_by_role("button", name="Complete authentication").click()
    assert answer(shop)["paymentIntent"]["status"] == "requires_confirmation"
    assert client.v1.payment_intents.confirm(intent.id).status == "requires_capture"
    again = shop.evaluate("(secret) => stripeClient.handleCardAction(secret)", secret)
    assert again["error"]["code"] == "payment_intent_unexpected_state"


def test_payment_methods_from_the_payment_element(shop: Page, client: stripe.StripeClient) -> None:
    start(shop, **DEFERRED, paymentMethodCreation="manual")
    type_card(shop, GOOD)
    method = shop.evaluate(
        """async () => {
          await elements.submit();
          return stripeClient.createPaymentMethod({ elements, params: { billing_details: { name: "Mara" } } });
        }"""
    )["paymentMethod"]
    kept: Any = client.v1.payment_methods.retrieve(method["id"])
    assert (kept.billing_details.name, kept.billing_details.address.country) == ("Mara", "DE")
    held = create(client, payment_method=method["id"], confirm=True, return_url=RETURN_URL)
    assert held.status == "requires_capture"


def test_a_saved_card_needs_no_form(shop: Page, client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({}).id
    method = client.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    with pytest.raises(stripe.CardError) as refusal:
        create(client, customer=customer, payment_method=method, off_session=True, confirm=True)
    intent: Any = refusal.value.error.payment_intent  # type: ignore[union-attr]
    options = {
        "clientSecret": intent.client_secret,
        "confirmParams": {"payment_method": method, "return_url": RETURN_URL},
        "redirect": "if_required",
    }
    begin(shop, "stripeClient.confirmPayment", options)
    bank_frame(shop).get_by_role("button", name="Complete authentication").click()
    assert answer(shop)["paymentIntent"]["status"] == "requires_capture"


def test_a_captcha_is_seen_and_passed(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    start(shop, clientSecret=intent.client_secret)
    type_card(shop, "4000000000001208")
    begin(shop, "pay", {"redirect": "if_required"})
    window = bank_frame(shop)
    expect(window.get_by_role("heading", name="Show that you are a person")).to_be_visible()
    window.get_by_role("button", name="I am a person").click()
    assert answer(shop)["paymentIntent"]["status"] == "requires_capture"
    charge: Any = client.v1.charges.list({"payment_intent": intent.id}).data[0]
    assert charge.payment_method_details.card.three_d_secure is None


def test_a_lost_answer_is_told(shop: Page, client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The page cannot know what happened: the intent can."""
    intent = create(client)
    start(shop, clientSecret=intent.client_secret)
    type_card(shop, GOOD)
    sandbox.world.faults.plan("confirm", "html_502_after")
    assert pay(shop)["error"]["type"] == "api_connection_error"
    seen = shop.evaluate("(secret) => stripeClient.retrievePaymentIntent(secret)", intent.client_secret)
    assert seen["paymentIntent"]["status"] == "requires_capture"


# --- the card Element --------------------------------------------------------------------------------------


def test_confirm_card_payment(card_shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client, automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
                    allowed_payment_method_types=None)  # fmt: skip
    type_good_line(card_shop)
    done = card_shop.evaluate(
        """(secret) => stripeClient.confirmCardPayment(secret, {
          payment_method: { card, billing_details: { name: "Mara", address: { line1: "Allee 1" } } },
          shipping: { name: "Mara", address: { line1: "Allee 1", country: "DE" } },
          receipt_email: "mara@example.com",
        })""",
        intent.client_secret,
    )
    assert done["paymentIntent"]["status"] == "requires_capture"
    after: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["payment_method"]})
    billing = after.payment_method.billing_details
    assert (billing.name, billing.address.line1, billing.address.postal_code) == ("Mara", "Allee 1", "10115")
    assert (after.receipt_email, after.shipping.address.country) == ("mara@example.com", "DE")


def test_confirm_card_payment_saves_the_card(card_shop: Page, client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({}).id
    intent = create(client, customer=customer)
    type_good_line(card_shop)
    card_shop.evaluate(
        """([secret, back]) => stripeClient.confirmCardPayment(
          secret, { payment_method: { card }, setup_future_usage: "off_session", return_url: back },
        )""",
        [intent.client_secret, RETURN_URL],
    )
    saved = client.v1.customers.payment_methods.list(customer).data
    assert [method.id for method in saved] == [client.v1.payment_intents.retrieve(intent.id).payment_method]


@pytest.mark.parametrize("answer_word", ["Complete authentication", "Fail authentication"])
def test_confirm_card_payment_and_3d_secure(card_shop: Page, client: stripe.StripeClient, answer_word: str) -> None:
    intent = create(client)
    type_good_line(card_shop, SECURE)
    card_shop.evaluate(
        """([secret, back]) => {
          window.answer = stripeClient.confirmCardPayment(secret, { payment_method: { card }, return_url: back });
        }""",
        [intent.client_secret, RETURN_URL],
    )
    bank_frame(card_shop).get_by_role("button", name=answer_word).click()
    done = answer(card_shop)
    if answer_word.startswith("Complete"):
        assert done["paymentIntent"]["status"] == "requires_capture"
    else:
        assert done["error"]["code"] == "payment_intent_authentication_failure"


@pytest.mark.parametrize("way", ["id", "token", "known on the intent"])
def test_confirm_card_payment_without_the_form(card_shop: Page, client: stripe.StripeClient, way: str) -> None:
    intent = create(client, payment_method="pm_card_mastercard" if way == "known on the intent" else None)
    method: Any = {"id": "pm_card_visa", "token": {"card": {"token": "tok_visa"}}}.get(way)
    data = {"return_url": RETURN_URL, **({"payment_method": method} if method else {})}
    done = card_shop.evaluate("(given) => stripeClient.confirmCardPayment(...given)", [intent.client_secret, data])
    assert done["paymentIntent"]["status"] == "requires_capture"


def test_next_actions_can_be_left_to_the_page(card_shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    type_good_line(card_shop, SECURE)
    done = card_shop.evaluate(
        """([secret, back]) => stripeClient.confirmCardPayment(
          secret, { payment_method: { card }, return_url: back }, { handleActions: false },
        )""",
        [intent.client_secret, RETURN_URL],
    )
    action = done["paymentIntent"]["next_action"]
    assert done["paymentIntent"]["status"] == "requires_action"
    assert action["redirect_to_url"]["return_url"] == RETURN_URL
    expect(card_shop.locator("dialog")).to_have_count(0)


def test_a_declined_card_is_told_at_the_field(card_shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    type_good_line(card_shop, "4000000000000127")
    error = card_shop.evaluate(
        "([secret, back]) => stripeClient.confirmCardPayment(secret, { payment_method: { card }, return_url: back })",
        [intent.client_secret, RETURN_URL],
    )["error"]
    assert (error["code"], error["decline_code"]) == ("incorrect_cvc", "incorrect_cvc")
    expect(card_frame(card_shop).get_by_label("CVC")).to_have_attribute("aria-invalid", "true")
    assert error["payment_intent"]["last_payment_error"]["payment_method"]["card"]["last4"] == "0127"
