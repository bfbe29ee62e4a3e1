"""Stripe's events at the checkout server: only Stripe's own get in, each once, whatever else is sent."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from sellerdesk.checkout.events import MAX_BYTES, PATH
from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.domain.payment import EventHint, PaymentStatus
from tests.checkout.shop import SIGNING_SECRET, ShopWorld

MINUTE = 60


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.amount_capturable_updated",
        "created": 1_700_000_000,
        "livemode": False,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    } | changes


def signed(shop: ShopWorld, body: str, *, ago: int = 0, secret: str = SIGNING_SECRET) -> str:
    at = shop.works.clock.now() - ago
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, at))


def send(shop: ShopWorld, body: str | bytes, signature: str | None, method: str = "POST") -> tuple[int, bytes]:
    parts = urlsplit(shop.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0"}
    if signature is not None:
        headers["Stripe-Signature"] = signature
    try:
        connection.request(method, PATH, body.encode() if isinstance(body, str) else body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def send_event(shop: ShopWorld, what: dict[str, Any]) -> int:
    body = json.dumps(what)
    return send(shop, body, signed(shop, body))[0]


def waiting(shop: ShopWorld) -> list[EventHint]:
    with shop.works.store.read() as unit:
        return list(unit.inbox.waiting())


def test_an_event_tells_of_a_capture_made_elsewhere(world: ShopWorld) -> None:
    browser = world.browser().start()
    link = browser.place().json["link"]
    order = world.order(link)
    world.client.v1.payment_intents.confirm(
        order.payment.intent_id, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    )
    found = event(data={"object": {"id": order.payment.intent_id, "object": "payment_intent", "status": "canceled"}})
    assert send_event(world, found) == 200
    assert waiting(world) == [EventHint("evt_1", found["type"], found["created"], order.payment.intent_id)]
    assert world.works.desk.sync.read_arrived() == 1
    # Read again at Stripe: what the event itself says about the payment counts for nothing.
    assert world.order(link).payment.status is PaymentStatus.REQUIRES_CAPTURE
    assert waiting(world) == []


def test_the_sandbox_sends_its_events_here(world: ShopWorld) -> None:
    """From the authorization over the signed delivery to the order, with the sandbox's clock an hour ahead."""
    sandbox = world.sandbox.world
    sandbox.clock.advance(60 * MINUTE)
    made = world.client.v1.webhook_endpoints.create(
        {"url": world.url + PATH, "enabled_events": ["payment_intent.amount_capturable_updated"]}
    )
    sandbox.store.endpoints[made.id].secrets = {SIGNING_SECRET: None}
    browser = world.browser().start()
    link = browser.place().json["link"]
    intent = world.order(link).payment.intent_id
    world.client.v1.payment_intents.confirm(
        intent, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    )
    assert sandbox.courier.wait_until_tried(1)
    assert [attempt.status for each in sandbox.store.deliveries for attempt in each.attempts] == [200]
    assert [hint.intent_id for hint in waiting(world)] == [intent]
    assert world.works.desk.sync.read_arrived() == 1
    assert world.order(link).payment.status is PaymentStatus.REQUIRES_CAPTURE


def test_the_same_event_comes_many_times_at_once(world: ShopWorld) -> None:
    body = json.dumps(event())
    signature = signed(world, body)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: send(world, body, signature)[0], range(40)))
    assert answers == [200] * 40
    assert len(waiting(world)) == 1


def test_two_signatures_of_which_one_is_right(world: ShopWorld) -> None:
    """While a secret is being rolled Stripe signs with the old one and the new one."""
    body = json.dumps(event())
    right = signed(world, body)
    other = signed(world, body, secret="whsec_of_another_endpoint").partition(",")[2]
    stamp, _, scheme = right.partition(",")
    assert send(world, body, f"{stamp},{other},{scheme},v0=6ffbb59b")[0] == 200


@pytest.mark.parametrize(
    "what",
    [
        event(type="customer.created"),
        event(type="something.from.the.future"),
        event(livemode=True),
        event(account="acct_of_a_connected_one"),
        {"id": "evt_2", "object": "v2.core.event", "type": "v2.core.account.updated"},
    ],
    ids=["other type", "unknown type", "live", "connected account", "thin"],
)
def test_what_is_stripes_and_none_of_our_business(open_shop: ShopWorld, what: dict[str, Any]) -> None:
    before = waiting(open_shop)
    assert send_event(open_shop, what) == 200
    assert waiting(open_shop) == before


BAD_SIGNATURES: dict[str, Callable[[ShopWorld, str], str | None]] = {
    "none": lambda shop, body: None,
    "empty": lambda shop, body: "",
    "no date": lambda shop, body: signed(shop, body).partition(",")[2],
    "another scheme only": lambda shop, body: signed(shop, body).replace("v1=", "v0="),
    "not of this body": lambda shop, body: signed(shop, body + " "),
    "another secret": lambda shop, body: signed(shop, body, secret="whsec_of_another_endpoint"),
    "five minutes old": lambda shop, body: signed(shop, body, ago=5 * MINUTE + 2),
    "an hour ahead": lambda shop, body: signed(shop, body, ago=-60 * MINUTE),
    "a year ahead": lambda shop, body: signed(shop, body, ago=-365 * 24 * 60 * MINUTE),
    "no number": lambda shop, body: "t=soon,v1=00",
    "not finite": lambda shop, body: "t=1e400,v1=00",
    "negative": lambda shop, body: "t=-1,v1=00",
    "very long number": lambda shop, body: f"t={'9' * 5000},v1=00",
    "letters that are not plain": lambda shop, body: signed(shop, body).replace("v1=", "v1=é"),
    "only commas": lambda shop, body: ",,,,",
}


@pytest.mark.parametrize("made", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_what_stripe_did_not_sign(open_shop: ShopWorld, made: Callable[[ShopWorld, str], str | None]) -> None:
    body = json.dumps(event(id="evt_forged"))
    before = waiting(open_shop)
    assert send(open_shop, body, made(open_shop, body)) == (400, b"")
    assert waiting(open_shop) == before


BAD_BODIES = {
    "empty": "",
    "null": "null",
    "list": "[]",
    "object": "{}",
    "number": "NaN",
    "text": '"event"',
    "nested": '{"a":' * 5000 + "1" + "}" * 5000,
    "deeply nested lists": "[" * 100_000,
    "cut off": json.dumps(event())[:-5],
    "no id": json.dumps(event(id=None)),
    "id of another kind": json.dumps(event(id="pi_1")),
    "type is no text": json.dumps(event(type=["charge.captured"])),
    "mode is no flag": json.dumps(event(livemode="false")),
    "data is no object": json.dumps(event(data=[1])),
    "created is huge": json.dumps(event(created=10**30)),
    "created is no number": json.dumps(event(created="now")),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_nonsense_with_a_good_signature(open_shop: ShopWorld, body: str) -> None:
    before = waiting(open_shop)
    assert send(open_shop, body, signed(open_shop, body)) == (400, b"")
    assert waiting(open_shop) == before


def test_bytes_that_are_no_text(open_shop: ShopWorld) -> None:
    assert send(open_shop, b"\xff\xfe\x00{", "t=1,v1=00") == (400, b"")


def test_a_body_that_is_too_large(open_shop: ShopWorld) -> None:
    body = json.dumps(event(id="evt_large", padding="x" * MAX_BYTES))
    assert send(open_shop, body, signed(open_shop, body))[0] == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods(open_shop: ShopWorld, method: str) -> None:
    assert send(open_shop, "{}", None, method)[0] == 405


def test_what_cannot_be_kept_is_sent_again_by_stripe(world: ShopWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise DatabaseUnusable("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(world.works.store, "write", full)
        assert send_event(world, event()) == 503
    assert waiting(world) == []
    assert send_event(world, event()) == 200
    assert len(waiting(world)) == 1
