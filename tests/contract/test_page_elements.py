"""Several Elements on one page, what may be changed and told, and the way over the bank's own page and back.

One sandbox, one shop and one browser page serve the whole file; each test opens the shop's page anew.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.render import PUBLISHABLE_FIELDS
from sellerdesk.serving import AsgiServer
from tests.contract.calls import RETURN_URL, create, make_client
from tests.contract.pages import bank_frame, host_app, well_behaved

pytestmark = pytest.mark.browser
ASKS = "pm_card_authenticationRequired"
GOOD, SECURE, DECLINED = "4242424242424242", "4000002760003184", "4000000000000002"
DEFERRED: dict[str, Any] = {
    "mode": "payment",
    "amount": 7000,
    "currency": "eur",
    "captureMethod": "manual",
    "allowedPaymentMethodTypes": ["card"],
}
ENDS = [("Complete authentication", "succeeded", "requires_capture"),
        ("Fail authentication", "failed", "requires_payment_method payment_intent_authentication_failure")]  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Sandbox, AsgiServer]]:
    with Sandbox() as sandbox, AsgiServer(host_app(sandbox)) as server:
        yield sandbox, server


@pytest.fixture(scope="module")
def client(shared: tuple[Sandbox, AsgiServer]) -> stripe.StripeClient:
    return make_client(shared[0], shared[0].secret_key)


@pytest.fixture(scope="module")
def address(shared: tuple[Sandbox, AsgiServer]) -> str:
    """Where the shop's page is."""
    return f"{shared[1].url}/two.html"


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def shop(browser_page: Page, address: str) -> Iterator[Page]:
    with well_behaved(browser_page):
        browser_page.goto(address)
        yield browser_page


def show(
    page: Page, place: str, kind: str = "payment", own: dict[str, Any] | None = None, **options: Any
) -> list[list[str]]:
    """Mount an Element and wait until it can be used. The names and kinds of its first events.

    ``own`` are the options of the Element itself, ``options`` those of the group it belongs to.
    """
    told: list[list[str]] = page.evaluate("(given) => show(...given)", [place, kind, options, own or {}])
    return told


def form(page: Page, place: str) -> FrameLocator:
    return page.frame_locator(f"#{place} iframe")


def type_into(page: Page, place: str, number: str) -> None:
    form(page, place).get_by_label("Card number").click()
    for text in (number, "1234", "123"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")


def run(page: Page, script: str, *given: Any) -> Any:
    """The answer of an async function of the page, called with ``given``."""
    return page.evaluate(f"(given) => ({script})(...given)", list(given))


CONFIRM = """async (place, clientSecret, confirmParams = {}, redirect = "if_required") => {
  const { elements } = groups[place];
  const { error } = await elements.submit();
  return error ? { error } : stripeClient.confirmPayment({ elements, clientSecret, confirmParams, redirect });
}"""


# --- the way over the bank's page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leave", "button", "redirect_status", "shown"),
    [("handleNextAction", *ENDS[0]), ("handleNextAction", *ENDS[1]), ("the page itself", *ENDS[0])],
)
def test_to_the_bank_and_back(
    shop: Page, client: stripe.StripeClient, address: str, leave: str, button: str, redirect_status: str, shown: str
) -> None:
    """The page is left for the bank's, which leads back to the return_url with what the page needs to go on."""
    back = f"{address}?order=1"
    if leave == "handleNextAction":
        intent = create(client, payment_method=ASKS, confirm=True, return_url=back)
        shop.evaluate("(secret) => { stripeClient.handleNextAction({ clientSecret: secret }); }", intent.client_secret)
    else:
        intent = create(client)
        data = {"payment_method": ASKS, "return_url": back}
        script = "(secret, data) => stripeClient.confirmCardPayment(secret, data, { handleActions: false })"
        action = run(shop, script, intent.client_secret, data)["paymentIntent"]["next_action"]
        shop.evaluate("(url) => { location.assign(url); }", action["redirect_to_url"]["url"])
    shop.get_by_role("button", name=button).click()
    expect(shop.locator("#status")).to_have_text(shown)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(shop.url).query).items()}
    assert asked == {
        "order": "1",
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.client_secret,
        "redirect_status": redirect_status,
    }
    assert client.v1.payment_intents.retrieve(intent.id).status == shown.split()[0]


@pytest.mark.parametrize(("button", "redirect_status", "shown"), ENDS)
def test_the_banks_window_then_the_return_url(
    shop: Page, client: stripe.StripeClient, address: str, button: str, redirect_status: str, shown: str
) -> None:
    """``confirmPayment`` leaves the page when all went well, after the bank's window; an error keeps the page."""
    intent = create(client)
    show(shop, "one", **DEFERRED)
    type_into(shop, "one", SECURE)
    params = {"return_url": f"{address}?order=2"}
    given = ["one", intent.client_secret, params, "always"]
    shop.evaluate(f"(given) => {{ window.answer = ({CONFIRM})(...given); }}", given)
    bank_frame(shop).get_by_role("button", name=button).click()
    if redirect_status == "succeeded":
        expect(shop.locator("#status")).to_have_text(shown)
        assert f"payment_intent={intent.id}" in shop.url and "redirect_status=succeeded" in shop.url
    else:
        assert shop.evaluate("answer")["error"]["code"] == shown.split()[1]
        assert shop.url == address


# --- several forms -------------------------------------------------------------------------------------------


def test_forms_do_not_know_each_other(shop: Page, client: stripe.StripeClient) -> None:
    """Two payment Elements and a card Element, three cards, three intents; one form goes, the others stay."""
    intents = [create(client) for _ in range(3)]
    assert show(shop, "one", **DEFERRED) == [["loaderstart", "payment"], ["ready", "payment"]]
    show(shop, "two", clientSecret=intents[1].client_secret)
    show(shop, "line", "card")
    type_into(shop, "one", GOOD)
    type_into(shop, "two", "5555555555554444")
    form(shop, "line").get_by_label("Credit or debit card number").click()
    shop.keyboard.type("378282246310005" + "1234" + "1234" + "10115")
    assert run(shop, CONFIRM, "one", intents[0].client_secret)["paymentIntent"]["status"] == "requires_capture"
    shop.evaluate("groups.one.element.destroy()")
    expect(shop.locator("#one iframe")).to_have_count(0)
    assert run(shop, CONFIRM, "two")["paymentIntent"]["id"] == intents[1].id
    script = """(secret, return_url) => stripeClient.confirmCardPayment(
      secret, { payment_method: { card: groups.line.element }, return_url },
    )"""
    assert run(shop, script, intents[2].client_secret, RETURN_URL)["paymentIntent"]["id"] == intents[2].id
    brands = []
    for intent in intents:
        charge: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
        brands.append(charge.payment_method_details.card.brand)
    assert brands == ["visa", "mastercard", "amex"]


def test_a_destroyed_element_is_gone(shop: Page) -> None:
    show(shop, "one", **DEFERRED)
    shop.evaluate("groups.one.element.destroy()")
    again = "() => { try { groups.one.element.mount('#one'); } catch (problem) { return problem.message; } }"
    assert "destroyed" in shop.evaluate(again)
    assert shop.evaluate("groups.one.elements.getElement('payment')") is None
    shop.evaluate(
        """() => new Promise((resolve) => {
          const element = groups.one.elements.create("payment");
          element.on("ready", resolve);
          element.mount("#one");
        })"""
    )
    assert shop.evaluate("groups.one.elements.getElement('payment') !== null")
    shop.evaluate("groups.one.elements.getElement('payment').unmount()")
    expect(shop.locator("#one iframe")).to_have_count(0)
    assert shop.evaluate("groups.one.elements.getElement('payment') !== null")


# --- options and changes -------------------------------------------------------------------------------------


def test_options_of_the_documentation_are_taken(shop: Page) -> None:
    """Unknown ones are warned about, not refused. The page's language names the countries."""
    warned: list[str] = []
    shop.on("console", lambda message: warned.append(message.text) if message.type == "warning" else None)
    own = {
        "layout": {"type": "tabs"},
        "terms": {"card": "never"},
        "business": {"name": "Shop"},
        "defaultValues": {"billingDetails": {"address": {"country": "AT"}}},
    }
    show(
        shop,
        "one",
        own=own,
        **DEFERRED,
        loader="never",
        fonts=[{"cssSrc": "https://example.com/f.css"}],
        paymentMethodOptions={},
    )
    assert warned == []
    country = form(shop, "one").get_by_label("Country")
    expect(country).to_have_value("AT")
    assert country.locator("option[value=DE]").text_content() == "Deutschland"
    show(shop, "two", **DEFERRED, locale="fr", colour="blue", appearance={"theme": "night", "labels": "floating"})
    assert form(shop, "two").get_by_label("Country").locator("option[value=DE]").text_content() == "Allemagne"
    assert warned == ["elements(): unrecognized options: colour"]


def test_changes_reach_the_confirmation(shop: Page, client: stripe.StripeClient) -> None:
    """What Elements is told later counts, and must be submitted anew."""
    show(shop, "one", **DEFERRED)
    type_into(shop, "one", GOOD)
    make = "() => stripeClient.createConfirmationToken({ elements: groups.one.elements })"
    assert run(shop, "async () => (await groups.one.elements.submit()).selectedPaymentMethod") == "card"
    shop.evaluate("groups.one.elements.update({ amount: 6500, currency: 'usd' })")
    assert "submit()" in run(shop, f"() => ({make})().catch((problem) => problem.message)")
    token = run(shop, f"async () => {{ await groups.one.elements.submit(); return ({make})(); }}")["confirmationToken"][
        "id"
    ]
    confirm: Any = {"confirmation_token": token, "return_url": RETURN_URL}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(create(client).id, confirm)
    changed = create(client, amount=6500, currency="usd")
    assert client.v1.payment_intents.confirm(changed.id, confirm).amount_capturable == 6500


def test_updates_are_fetched(shop: Page, client: stripe.StripeClient) -> None:
    intent = create(client)
    show(shop, "one", clientSecret=intent.client_secret)
    client.v1.payment_intents.update(intent.id, {"amount": 6500})
    assert shop.evaluate("groups.one.elements.fetchUpdates()") == {}
    type_into(shop, "one", GOOD)
    assert run(shop, CONFIRM, "one")["paymentIntent"]["amount"] == 6500
    show(shop, "two", **DEFERRED)
    assert shop.evaluate("groups.two.elements.fetchUpdates()") == {}
    show(shop, "line", clientSecret=f"{intent.id}_secret_guessed")
    assert shop.evaluate("groups.line.elements.fetchUpdates()")["error"]["type"] == "invalid_request_error"


# --- what a page sees ----------------------------------------------------------------------------------------


def test_a_page_sees_its_part_of_the_intent_only(shop: Page, client: stripe.StripeClient) -> None:
    """Whichever way it gets to see one: asking, confirming, or being refused."""
    intent = create(client, metadata={"margin": "30 %"}, description="Order 7")
    show(shop, "one", clientSecret=intent.client_secret)
    type_into(shop, "one", DECLINED)
    refused = run(shop, CONFIRM, "one")["error"]
    assert refused["code"] == "card_declined"
    seen = [
        run(shop, "(secret) => stripeClient.retrievePaymentIntent(secret)", intent.client_secret)["paymentIntent"],
        refused["payment_intent"],
        run(shop, "(secret) => stripeClient.handleNextAction({ clientSecret: secret })", intent.client_secret)["error"][
            "payment_intent"
        ],
        run(
            shop,
            "(secret, data) => stripeClient.confirmCardPayment(secret, data)",
            intent.client_secret,
            {"payment_method": "pm_card_visa", "return_url": RETURN_URL},
        )["paymentIntent"],
    ]
    for part in seen:
        assert set(part) == set(PUBLISHABLE_FIELDS)
        assert "30 %" not in str(part) and part["description"] == "Order 7"
