"""The roads of confirmation over HTTP: which tokens are taken, and who is given what a page needs to confirm by
itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad
from tests.checkout.shop import MARA, Answer, Browser, ShopWorld, open_world

ASKS = "pm_card_authenticationRequired"
MANY = Limits(*[Allowance(100_000, 60)] * 8)


@pytest.fixture(scope="module", params=list(ConfirmationRoad), ids=lambda road: road.value)
def each_road(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    with open_world(tmp_path_factory.mktemp("shop"), MANY, request.param) as running:
        yield running


@pytest.fixture(scope="module")
def page_road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    with open_world(tmp_path_factory.mktemp("shop"), MANY, ConfirmationRoad.PAGE) as running:
        yield running


def pay(browser: Browser, placed: Answer, token: str) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/pay", {"token": token})


def start(browser: Browser, placed: Answer) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/start", {})


def look(browser: Browser, placed: Answer) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/look", {})


def made(world: ShopWorld, kind: str) -> str:
    """A token of this kind: what our page makes, a payment method, and what pages of long ago made."""
    match kind:
        case "ctoken":
            return world.token()
        case "pm":
            params: Any = {"type": "card", "card": {"token": "tok_visa"}}
            return world.client.v1.payment_methods.create(params).id
        case _:
            return "tok_mastercard"


@pytest.mark.parametrize("kind", ["ctoken", "pm", "tok"])
def test_p04_each_kind_of_token_authorizes(each_road: ShopWorld, kind: str) -> None:
    browser = each_road.browser().start()
    placed = browser.place()
    token = made(each_road, kind)
    assert token.startswith(f"{kind}_")
    assert pay(browser, placed, token).json == {"state": "held", "link": placed.json["link"]}
    order = each_road.order(placed.json["link"])
    assert (order.payment.status, order.payment.held) == (PaymentStatus.REQUIRES_CAPTURE, 12840)
    (confirm,) = [each for each in operations(each_road, order.id) if each.kind is OperationKind.CONFIRM]
    assert token in confirm.params
    assert pay(browser, placed, token).json["state"] == "held"


def operations(world: ShopWorld, order_id: str) -> Any:
    with world.works.store.read() as unit:
        return unit.journal.of_order(order_id)


@pytest.mark.parametrize("token", ["tok_chargeDeclined", "tok_visa_chargeDeclinedInsufficientFunds"])
def test_p04_a_refused_card_token_leaves_the_order_open(each_road: ShopWorld, token: str) -> None:
    browser = each_road.browser().start()
    placed = browser.place()
    assert pay(browser, placed, token).json["state"] == "declined"
    assert pay(browser, placed, "tok_visa").json["state"] == "held"


def test_p16_after_the_approval_looking_confirms_again(each_road: ShopWorld) -> None:
    browser = each_road.browser().start()
    placed = browser.place()
    asked = pay(browser, placed, each_road.token(ASKS))
    assert asked.json["state"] == "action"
    assert "Approve the payment with your bank." in browser.get(placed.json["link"]).text
    intent = each_road.order(placed.json["link"]).payment.intent_id
    each_road.sandbox.world.answer_challenge(intent, approve=True)
    assert look(browser, placed).json == {"state": "held", "link": placed.json["link"]}
    assert "Held, not charged" in browser.get(placed.json["link"]).text


def test_p15_placing_gives_the_secret_to_the_browser_that_placed_alone(
    page_road: ShopWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser, stranger = page_road.browser().start(), page_road.browser().start()
    placed = browser.place()
    secret = placed.json["client_secret"]
    assert secret.startswith(page_road.order(placed.json["link"]).payment.intent_id)
    shipping = placed.json["confirm"]["shipping"]
    assert (shipping["name"], shipping["address"]["line1"]) == (MARA["name"], MARA["line1"])
    assert placed.json["by_page"] is True
    again = start(browser, placed)
    assert (again.json["state"], again.json["client_secret"]) == ("ready", secret)
    assert again.json["confirm"] == placed.json["confirm"]
    assert start(stranger, placed).code == "unknown"
    link = placed.json["link"]
    told = [
        look(browser, placed),
        *(who.get(path) for who in (browser, stranger) for path in (link, f"/api{link}", "/checkout")),
        stranger.post(f"/api{link}/look", {}),
        stranger.post(f"/api{link}/pay", {"token": page_road.token("pm_card_visa_chargeDeclined")}),
    ]
    assert [answer.text for answer in told if "_secret_" in answer.text] == []
    assert [answer.text for answer in told[-2:] if MARA["line1"] in answer.text] == []
    assert "_secret_" not in caplog.text


def test_p15_the_other_roads_give_no_secret_when_placing(each_road: ShopWorld) -> None:
    browser = each_road.browser().start()
    placed = browser.place()
    by_page = bool(placed.json["by_page"])
    assert ("client_secret" in placed.json) is by_page
    assert start(browser, placed).json["state"] == ("ready" if by_page else "open")
    assert (f'"by_page":{"true" if by_page else "false"}') in browser.get("/checkout").text


def test_p15_every_leave_to_confirm_is_counted(tmp_path: Path) -> None:
    """With the secret a page may try cards at Stripe as it likes: it is given as rarely as cards are taken."""
    with open_world(tmp_path, Limits(pay_per_checkout=Allowance(2, 600)), ConfirmationRoad.PAGE) as world:
        browser = world.browser().start()
        placed = browser.place()
        assert start(browser, placed).json["state"] == "ready"
        for refused in (browser.place(), start(browser, placed)):
            assert (refused.status, refused.code) == (429, "too_often")
            assert refused.json["error"]["message"].endswith("Nothing is held. Please wait 5 minutes, then try again.")


def test_p15_an_order_that_is_over_is_not_started(page_road: ShopWorld) -> None:
    browser = page_road.browser().start()
    held = browser.place()
    assert pay(browser, held, page_road.token()).json["state"] == "held"
    assert start(browser, held).json == {"state": "held", "link": held.json["link"]}
    other = page_road.browser().start()
    closed = other.place()
    page_road.client.v1.payment_intents.cancel(page_road.order(closed.json["link"]).payment.intent_id)
    assert start(other, closed).json == {"state": "closed", "link": closed.json["link"]}


def test_p15_another_cart_closes_the_first_at_stripe_and_is_a_new_order(page_road: ShopWorld) -> None:
    browser = page_road.browser().start()
    first = browser.place()
    other = [{"sku": "TEAPOT-09", "quantity": 1}]
    assert browser.place(other).code == "closed"
    intent = page_road.order(first.json["link"]).payment.intent_id
    assert page_road.client.v1.payment_intents.retrieve(intent).status == "canceled"
    assert "This checkout was closed" in browser.get(first.json["link"]).text
    assert browser.post("/api/checkout/new", {}).status == 200
    second = browser.place(other)
    assert second.json["reference"] != first.json["reference"]
    assert second.json["client_secret"]
