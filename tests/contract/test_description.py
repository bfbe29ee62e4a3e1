"""The watch over Stripe's own description sees what is wrong, and excuses no more than it must."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sellerdesk.sandbox.api import ApiAnswer, ApiRequest
from sellerdesk.sandbox.world import World
from tests.contract.calls import RETURN_URL
from tests.contract.inside import Client
from tests.openapi.differences import DIFFERENCES, SINCE_THE_DESCRIPTION
from tests.openapi.document import document
from tests.openapi.watch import Watch

HOLD: dict[str, Any] = {
    "amount": 7000,
    "currency": "eur",
    "capture_method": "manual",
    "allowed_payment_method_types": ["card"],
    "payment_method": "pm_card_visa",
    "confirm": True,
    "return_url": RETURN_URL,
    "expand": ["latest_charge.balance_transaction"],
}
Change = Callable[[Any], object]


def answered(method: str, path: str, body: Any, status: int = 200, **more: Any) -> list[str]:
    """What the watch says about an answer."""
    watch = Watch()
    headers = {"Stripe-Version": more.pop("version", stripe.api_version)}
    request = ApiRequest(method, path, body=more.pop("sent", b""), **more)
    watch.observe(request, ApiAnswer(status, headers, json.dumps(body).encode()))
    return watch.take()


@pytest.fixture(scope="module")
def shop() -> Client:
    """A sandbox with an order that was captured and one that was refused."""
    client = Client(World())
    held = client.post("payment_intents", **HOLD).body["id"]
    client.post(f"payment_intents/{held}/capture")
    client.post("payment_intents", **HOLD | {"payment_method": "pm_card_visa_chargeDeclined"})
    return client


@pytest.mark.parametrize(
    ("path", "change", "complaint"),
    [
        ("payment_intents", lambda page: page["data"][1].pop("livemode"), "payment_intent.livemode: is missing"),
        ("payment_intents", lambda page: page.pop("has_more"), "GET /v1/payment_intents.has_more: is missing"),
        ("payment_intents", lambda page: page["data"][0].update(status="held"), "status: is none of the known words"),
        ("payment_intents", lambda page: page["data"][0].update(amount="7000"), "amount: must be of type integer"),
        ("payment_intents", lambda page: page["data"][0].update(amount=True), "amount: must be of type integer"),
        ("payment_intents", lambda page: page["data"][0].update(amount=None), "amount: must be of type integer"),
        ("payment_intents", lambda page: page["data"][0].update(charges=[]), "payment_intent.charges: is unknown"),
        (
            "payment_intents",
            lambda page: page["data"][0].update(latest_charge=7),
            "latest_charge: must be of type string",
        ),
        ("payment_intents", lambda page: page["data"][0]["metadata"].update(a=1), "metadata.*: must be of type string"),
        ("payment_intents", lambda page: page["data"][0].update(description="x" * 5001), "is longer than 5000"),
        ("charges", lambda page: page["data"][0]["outcome"].pop("type"), "charge_outcome.type: is missing"),
        ("charges", lambda page: page["data"][0].update(payment_method_details=[]), "must be an object"),
        ("events", lambda page: page["data"][0]["data"]["object"].pop("id"), "payment_intent.id: is missing"),
        ("events", lambda page: page["data"][0]["data"]["object"].update(object="order"), "is no object of the API"),
        ("balance", lambda balance: balance.update(available={}), "balance.available: must be a list"),
    ],
)
def test_a_wrong_answer_is_seen(shop: Client, path: str, change: Change, complaint: str) -> None:
    body = copy.deepcopy(shop.get(path, **({"limit": 100} if path != "balance" else {})).body)
    assert answered("GET", f"/v1/{path}", body) == []
    change(body)
    found = answered("GET", f"/v1/{path}", body)
    assert len(found) == 1 and complaint in found[0], found


def test_expanded_objects_are_looked_into(shop: Client) -> None:
    page = shop.get("payment_intents", expand=["data.latest_charge.balance_transaction"]).body
    page["data"][1]["latest_charge"]["balance_transaction"] = {"object": "balance_transaction", "id": "txn_1"}
    found = answered("GET", "/v1/payment_intents", page)
    assert any("balance_transaction.net: is missing" in each for each in found)


def test_the_intent_inside_a_refusal_is_looked_into() -> None:
    refusal = Client(World()).post("payment_intents", **HOLD | {"payment_method": "pm_card_visa_chargeDeclined"})
    assert refusal.status == 402 and answered("POST", "/v1/payment_intents", refusal.body, 402) == []
    refusal.error["payment_intent"]["last_payment_error"]["type"] = "bank_error"
    found = answered("POST", "/v1/payment_intents", refusal.body, 402)
    assert len(found) == 1 and "api_errors.type: is none of the known words" in found[0]


def test_calls_that_stripe_does_not_have_are_seen(shop: Client) -> None:
    assert answered("GET", "/v1/orders", shop.get("balance").body) != []
    assert answered("GET", "/v1/orders", shop.get("orders").body, 404) == []


def test_older_versions_are_described_elsewhere(shop: Client) -> None:
    assert answered("GET", "/v1/balance", {"old": True}, version="2019-03-14") == []
    event = copy.deepcopy(shop.get("events").body["data"][0])
    event["data"]["object"]["charges"] = []
    assert answered("GET", f"/v1/events/{event['id']}", event) != []
    event["api_version"] = "2019-03-14"
    assert answered("GET", f"/v1/events/{event['id']}", event) == []


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("amount=70&currency=eur&order=7", "POST /v1/payment_intents.order: is unknown"),
        ("amount=70", "POST /v1/payment_intents.currency: is missing"),
        ("amount=7e1&currency=eur", "POST /v1/payment_intents.amount: must be of type integer"),
        ("amount=70&currency=eur&confirm=yes", "POST /v1/payment_intents.confirm: must be of type boolean"),
        ("amount=70&currency=eur&expand=latest_charge", "POST /v1/payment_intents.expand: must be a list"),
        ("amount=70&currency=eur&capture_method=late", "capture_method: is none of the known words"),
        ("amount=70&currency=eur&shipping[name]=M", "shipping.address: is missing"),
        ("amount=70&currency=eur&shipping[name]=M&shipping[address][zip]=1", "shipping.address.zip: is unknown"),
    ],
)
def test_a_wrong_request_is_seen(shop: Client, form: str, complaint: str) -> None:
    """Of our gateway's even where the sandbox refuses it; of others where the sandbox accepts it."""
    intent, refusal = shop.get("payment_intents").body["data"][0], shop.get("orders").body
    ours = {"user-agent": "Stripe/v1 PythonBindings/16.1.0 SellerDesk/0.1"}
    for body, status, headers in ((refusal, 400, ours), (intent, 200, {})):
        found = answered("POST", "/v1/payment_intents", body, status, headers=headers, sent=form.encode())
        assert len(found) == 1 and complaint in found[0], found
    assert answered("POST", "/v1/payment_intents", refusal, 400, sent=form.encode()) == []


def test_every_difference_is_met_and_tells_its_page() -> None:
    """An entry that nothing needs any more has to go."""
    watch, world = Watch(), World()
    client = Client(world, observe=watch.observe)
    page = Client(world, "pk_test_123456789012", watch.observe)
    types = {"allowed_payment_method_types": ["card"]}
    by_token = {"payment_method_data": {"type": "card", "card": {"token": "tok_visa"}}, "return_url": RETURN_URL}
    intent = client.post("payment_intents", amount=7000, currency="eur", **types).body["id"]
    client.post(f"payment_intents/{intent}", **types)
    client.post(f"payment_intents/{intent}/confirm", **types, **by_token)
    client.post("payment_intents", amount=7000, currency="eur", confirm=True, **by_token)
    typed = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123"}
    page.post("confirmation_tokens", payment_method_data={"type": "card", "card": typed})
    assert watch.take() == []
    assert watch.met == set(DIFFERENCES)
    assert all(entry.page.startswith("https://docs.stripe.com/") for entry in DIFFERENCES.values())


def test_the_description_is_older_than_what_we_speak() -> None:
    """Once it is as new, what came since has to go."""
    assert document().version < stripe.api_version or not SINCE_THE_DESCRIPTION
