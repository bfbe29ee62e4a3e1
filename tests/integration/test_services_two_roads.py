"""Polling and webhooks end in the same tables, however the webhooks come: out of order, twice, or not at all."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import stripe

from sellerdesk.gateway.webhooks import WebhookReader
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.receive import ReceiveEvents
from sellerdesk.store import sqlite
from tests import wiring
from tests.wiring import ASKS_FIRST, DAY, DECLINED, MovedClock, Plant, answer_challenge, confirmation_token, stripe_call

SECRET = "whsec_made_up_for_this_test"
# When an answer came, under which number, and who noticed it first, may differ; facts may not.
TABLES = {
    "orders": "SELECT id, version > 0, stage, closed_at, customer_id FROM orders",
    "payment": (
        "SELECT id, intent_id, status, intent_amount, amount_capturable, amount_received, amount_refunded, charge_id, "
        "authorized_at, capture_before, canceled_at, cancellation_reason, card, problem, last_problem FROM payment"
    ),
    "ledger": "SELECT stripe_object, kind, amount, currency FROM ledger",
    "timeline": "SELECT order_id, what, amount, note FROM timeline",
    "shipment": "SELECT order_id FROM shipment",
}


def what_happened_elsewhere(shop: Plant) -> None:
    """A day of everything that nobody told this desk."""
    sandbox = shop.sandbox
    captured, shortened, canceled, refunded, lapsing = (shop.place_and_pay() for _ in range(5))
    asked, failed, retried = (
        shop.place_and_pay(ASKS_FIRST),
        shop.place_and_pay(ASKS_FIRST),
        shop.place_and_pay(DECLINED),
    )
    shop.place()
    intent = "/v1/payment_intents"
    stripe_call(sandbox, "POST", f"{intent}/{captured.payment.intent_id}/capture")
    stripe_call(sandbox, "POST", f"{intent}/{shortened.payment.intent_id}/capture", amount_to_capture="1500")
    stripe_call(sandbox, "POST", f"{intent}/{canceled.payment.intent_id}/cancel")
    stripe_call(sandbox, "POST", f"{intent}/{refunded.payment.intent_id}/capture")
    stripe_call(sandbox, "POST", "/v1/refunds", payment_intent=refunded.payment.intent_id, amount="700")
    answer_challenge(sandbox, asked, approve=True)
    answer_challenge(sandbox, failed, approve=False)
    stripe_call(
        sandbox,
        "POST",
        f"{intent}/{retried.payment.intent_id}/confirm",
        confirmation_token=confirmation_token(sandbox),
        return_url=wiring.RETURN_URL,
    )
    assert lapsing.payment.held
    sandbox.world.clock.advance(8 * DAY)
    stripe_call(sandbox, "POST", f"{intent}/{failed.payment.intent_id}/cancel", cancellation_reason="abandoned")


def all_events(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = stripe_call(sandbox, "GET", f"/v1/events?limit=100{after}")
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&starting_after={found[-1]['id']}"


def copy_of(shop: Plant, folder: Path, name: str) -> Path:
    target = folder / f"{name}.db"
    connection = sqlite.connect(sqlite.driver(), shop.path)
    connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
    return target


@contextmanager
def another(shop: Plant, path: Path) -> Iterator[Plant]:
    clock = MovedClock()
    clock.learn(shop.sandbox.world.clock.now())
    with wiring.plant(shop.sandbox, path, clock=clock) as plant:
        yield plant


def tables(shop: Plant) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(shop.rows(sql), key=repr) for name, sql in TABLES.items()}


def deliver(shop: Plant, events: list[dict[str, Any]]) -> None:
    receive = ReceiveEvents(shop.store, WebhookReader(SECRET, False, shop.clock), shop.clock, lambda: None)
    for event in events:
        body = json.dumps(event)
        signature = stripe.WebhookSignature.generate_signature_header(body, SECRET, shop.clock.now())
        receive.take(body.encode(), str(signature))


@pytest.mark.parametrize("seed", range(2))
def test_both_roads_end_in_the_same_tables(shop: Plant, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    what_happened_elsewhere(shop)
    before = tables(shop)
    paths = [copy_of(shop, tmp_path, name) for name in ("polled", "pushed", "both")]
    events = all_events(shop.sandbox)
    with another(shop, paths[0]) as polled, another(shop, paths[1]) as pushed, another(shop, paths[2]) as both:
        polled.works.desk.sync.poll()
        assert tables(polled) != before
        often = [event for event in events for _ in range(chance.randint(1, 3))]
        chance.shuffle(often)
        while often:
            now, often = often[:7], often[7:]
            deliver(pushed, now)
            pushed.works.desk.sync.read_arrived()
        deliver(both, [event for event in events if chance.random() < 0.4])
        both.works.desk.sync.read_arrived()
        both.works.desk.sync.poll()
        deliver(both, events)
        both.works.desk.sync.read_arrived()
        assert tables(pushed) == tables(polled)
        assert tables(both) == tables(polled)
