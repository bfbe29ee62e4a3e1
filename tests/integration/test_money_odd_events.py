"""Lists of events that are broken, gigantic or full of the unknown: the watermark stays where it is until all that
makes sense was taken in, and what makes no sense holds up nothing."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest

from sellerdesk.addresses import Addresses
from sellerdesk.app import assemble
from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.payment import EventHint
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.sync import STREAM
from tests.engines import open_place
from tests.integration.scripted_server import Request, ScriptedServer, answer, error_json
from tests.wiring import MovedClock, Plant

PAGES, PAGE = 3, 100
GREAT_MANY = 10_000
TOO_LARGE = 50 * 1024 * 1024
LIST = {"object": "list", "url": "/v1/events", "has_more": False, "data": []}


def event(number: int, kind: str = "payment_intent.succeeded", intent: Any = "pi_1", **changes: Any) -> dict[str, Any]:
    snapshot = {"id": intent, "object": "payment_intent"}
    body = {"id": f"evt_{number}", "object": "event", "type": kind, "created": number, "livemode": False}
    return body | {"data": {"object": snapshot}} | changes


class Stripe:
    """Answers questions about events with ``reply``, or page by page from ``events``, newest first."""

    def __init__(self) -> None:
        self.reply: bytes | None = None
        self.events: list[Any] = []

    def __call__(self, connection: socket.socket, request: Request) -> None:
        if "/v1/events" not in request.line:
            connection.sendall(answer(error_json(message="No such payment_intent"), "404 Not Found"))
        elif self.reply is not None:
            with suppress(OSError):  # who hears too much hangs up
                connection.sendall(self.reply)
        else:
            after = request.form.get("starting_after", [""])[0]
            start = next((n + 1 for n, each in enumerate(self.events) if after and each.get("id") == after), 0)
            page = self.events[start : start + PAGE]
            more = start + PAGE < len(self.events)
            connection.sendall(answer(LIST | {"data": page, "has_more": more}))


@pytest.fixture
def stripe() -> Stripe:
    return Stripe()


@pytest.fixture
def shop(stripe: Stripe, database: Path) -> Iterator[Plant]:
    """A shop that asked Stripe before, over a network."""
    store, clock = open_place(database), MovedClock()
    with ScriptedServer(stripe) as server:
        gateway = StripeGateway("sk_test_madeupmadeup1234", Addresses.at(server.url), clock)
        works = assemble(store, gateway, clock, seat="Seat 1", installation=store.installation())
        with store.write() as unit:
            unit.inbox.move_watermark(STREAM, clock.now() - 60)
            unit.commit()
        yield Plant(cast("Sandbox", None), store, clock, works)
        gateway.close()
    store.close()


def taken_in(shop: Plant) -> int:
    ((number,),) = shop.rows("SELECT count(*) FROM inbox")
    return int(number)


def test_a_list_that_is_broken_or_gigantic_loses_nothing(
    shop: Plant, stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sellerdesk.gateway.calls._MOST_PAGES", 3)
    before = shop.rows("SELECT last_created FROM watermark")
    text = json.dumps(LIST | {"data": [event(1)]}).encode()
    bad = {
        "gigantic": answer(b'{"object": "list", "filling": "' + b"x" * TOO_LARGE + b'"}'),
        "truncated": answer(text, length=len(text) + 10),
        "no JSON": answer(text[:-5]),
        "nested too deep": answer(b"[" * 200_000),
        "no events": answer(LIST | {"data": [1, None]}),
        "no end": answer(LIST | {"data": [event(1)], "has_more": True}),
        "of another mode": answer(LIST | {"data": [event(1, livemode=True)]}),
        "a stranger's page": answer(b"<html>Please log in</html>", headers={"Content-Type": "text/html"}),
    }
    for what, stripe.reply in bad.items():
        with pytest.raises(OutcomeUnknown) as said:
            shop.works.desk.sync.poll()
        assert str(said.value).endswith("."), what
        assert "xxx" not in str(said.value)
        assert (taken_in(shop), shop.rows("SELECT last_created FROM watermark")) == (0, before), what
    stripe.reply, stripe.events = None, [event(shop.clock.now())]
    assert shop.works.desk.sync.poll().new == 1
    assert shop.rows("SELECT last_created FROM watermark") > before


def test_what_makes_sense_is_taken_in_and_the_odd_ones_among_it_passed_over(
    shop: Plant, stripe: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    now = shop.clock.now()
    odd = [
        event(7, created="yesterday"),
        event(6, id=None),
        event(5, data={"object": "text"}),
        event(4, type=["list"]),
        {"object": "event", "id": "evt_3"},
        {"id": "evt_2"},
    ]
    unknown = [event(now, "entirely.new", intent=""), event(now + 1, "payment_intent.something_new", intent="pi_2")]
    many = [event(now - number) for number in range(1, PAGES * PAGE - len(odd) - len(unknown) + 1)]
    stripe.events = [*reversed(unknown), *many[:50], *odd, *many[50:]]
    report = shop.works.desk.sync.poll()
    assert report.new == taken_in(shop) == len(many) + 1
    assert shop.rows("SELECT count(*) FROM inbox WHERE handled_at IS NULL") == [(0,)]
    assert shop.rows("SELECT last_created FROM watermark") == [(now + 1,)]
    assert caplog.text.count("passed over") == len(odd)
    assert shop.works.desk.sync.poll().new == 0


def test_ten_thousand_events_at_once_are_taken_in_and_marked_together(shop: Plant) -> None:
    """As after a day on which another program charged every member of a club."""
    hints = [EventHint(f"evt_{number}", "charge.captured", number, f"pi_{number}") for number in range(GREAT_MANY)]
    with shop.store.write() as unit:
        assert unit.inbox.add(hints, "poll", 1) == GREAT_MANY
        assert unit.inbox.add(hints, "poll", 1) == 0
        unit.inbox.handled([hint.id for hint in hints[1:]], 2, "read")
        unit.commit()
    with shop.store.read() as unit:
        assert unit.inbox.waiting() == (hints[0],)
