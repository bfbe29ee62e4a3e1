"""The lifecycle table, cell by cell: every call in each status, its answer, what became of the intent, the events."""

import os

import pytest

from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.world import World
from tests.contract.acting import ACTS, ASKED, ASKED_THEN_REFUSED, bring, events_after, judge
from tests.contract.inside import Client, LiveWire
from tests.contract.lifecycle import CALLS, STATUSES, TABLE
from tests.openapi.watch import Watch

NOBODYS_CALLS = ("pass the challenge", "pass it and be refused", "fail the challenge", "let the window end")
CALLED_BY_SOMEBODY = [(call, status) for call, status in TABLE if call not in NOBODYS_CALLS]


@pytest.mark.parametrize(("call", "status"), list(TABLE), ids=[" in ".join(cell) for cell in TABLE])
def test_each_call_in_each_status(call: str, status: str) -> None:
    watch, world = Watch(), World(Clock(lambda: 1_800_000_000))
    client = Client(world, observe=watch.observe)
    intent = bring(client, world, status, ASKED_THEN_REFUSED if call == "pass it and be refused" else ASKED)
    before, last = client.get(f"payment_intents/{intent}").body, events_after(client, None)[-1][0]
    expected = TABLE[call, status]
    judge(ACTS[call](client, world, intent), expected)
    after = client.get(f"payment_intents/{intent}").body
    assert after["status"] == expected.status
    happened = [kind for _, kind in events_after(client, last)]
    if call == "let the window end" and status == "succeeded":
        happened.remove("charge.updated")  # the balance was booked meanwhile
    assert tuple(happened) == expected.events
    if expected.http == 400:
        assert after == before
    assert watch.take() == []


@pytest.mark.live
@pytest.mark.parametrize(("call", "status"), CALLED_BY_SOMEBODY, ids=[" in ".join(cell) for cell in CALLED_BY_SOMEBODY])
def test_each_call_in_each_status_of_a_test_account(call: str, status: str) -> None:
    client = LiveWire(os.environ["STRIPE_SECRET_KEY"])
    intent = bring(client, client.world, status)
    judge(ACTS[call](client, client.world, intent), TABLE[call, status])
    assert client.get(f"payment_intents/{intent}").body["status"] == TABLE[call, status].status


def test_every_call_has_a_cell_or_cannot_be_made() -> None:
    assert {call for call, _ in TABLE} == set(CALLS) == set(ACTS)
    assert {status for _, status in TABLE} == set(STATUSES.values())
    assert all(told.page.startswith("https://docs.stripe.com/") for told in CALLS.values())
