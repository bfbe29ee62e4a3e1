"""Events: the list, and what can be switched wrong about it (https://docs.stripe.com/api/events)."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import authorize, call, control, create, types_of

pytestmark = pytest.mark.usefixtures("sandbox")  # an account has events of its own


def test_kinds_can_be_chosen(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    client.v1.payment_intents.capture(authorize(client).id)
    now = sandbox.world.clock.now()

    def kinds(**params: Any) -> list[str]:
        return [event.type for event in client.v1.events.list(params).data]  # type: ignore[arg-type]

    assert kinds(type="charge.*") == ["charge.captured", "charge.succeeded"]
    assert kinds(types=["charge.captured", "payment_intent.created"]) == ["charge.captured", "payment_intent.created"]
    assert len(kinds(type="*")) == 5
    assert kinds(type="payment_intent.succeeded", created={"gte": now}) == ["payment_intent.succeeded"]
    assert kinds(created={"gt": now}) == []
    by_brackets = call(sandbox, "GET", "/v1/events?types[]=charge.captured&types[]=charge.succeeded").json()
    assert [event["type"] for event in by_brackets["data"]] == ["charge.captured", "charge.succeeded"]
    many = "&".join(f"types[{n}]=a.b" for n in range(21))
    for wrong in ("type=charge*", "type=*.captured", "types[0]=charge.*", "type=a.b&types[0]=a.b", many):
        answer = call(sandbox, "GET", f"/v1/events?{wrong}")
        assert (answer.status_code, answer.json()["error"]["param"]) in ((400, "type"), (400, "types"))


def test_both_cursors_and_the_way_forward_in_time(client: stripe.StripeClient) -> None:
    for _ in range(7):
        create(client)
    newest_first = [event.id for event in client.v1.events.list({"limit": 100}).data]
    after = client.v1.events.list({"limit": 3, "starting_after": newest_first[1]})
    assert ([event.id for event in after.data], after.has_more) == (newest_first[2:5], True)
    forward = client.v1.events.list({"limit": 2, "ending_before": newest_first[6]})
    assert [event.id for event in forward.auto_paging_iter()] == newest_first[5::-1]


def test_thirty_days(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    create(client)
    event = client.v1.events.list().data[0].id
    sandbox.world.clock.advance(30 * 24 * 3600)
    assert client.v1.events.retrieve(event).id == event
    sandbox.world.clock.advance(1)
    assert client.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.events.retrieve(event)
    assert refusal.value.http_status == 404


def test_events_know_their_cause_and_what_they_changed(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Mara", "metadata": {"a": "1", "b": "2"}}).id
    client.v1.customers.update(
        customer, {"name": "Mara O.", "metadata": {"a": "3", "c": "4"}}, {"idempotency_key": "k"}
    )
    updated: Any = client.v1.events.list().data[0]
    assert updated.type == "customer.updated" and updated.request.idempotency_key == "k"
    assert updated.data.previous_attributes.to_dict() == {"name": "Mara", "metadata": {"a": "1", "c": None}}
    created: Any = client.v1.events.list().data[1]
    assert "previous_attributes" not in created.data


def test_switches(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    def switched(**switches: Any) -> list[str]:
        assert control(sandbox, "POST", "events", switches).status_code == 200
        before = len(types_of(client))
        authorize(client)
        return types_of(client)[before:]

    usual = ["payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated"]
    assert switched(reverse=True) == usual[::-1]
    assert switched(reverse=False, duplicate=True) == [kind for kind in usual for _ in "12"]
    twins: Any = client.v1.events.list({"limit": 2}).data
    assert twins[0].id != twins[1].id and twins[0].data.to_dict() == twins[1].data.to_dict()
    assert switched(duplicate=False, missing=["payment_intent.*"]) == usual[1:2]
    assert switched(missing=["*"]) == []
    assert control(sandbox, "GET", "events").json() == {"duplicate": False, "reverse": False, "missing": ["*"]}
    assert switched(missing=[]) == usual
    for wrong in ({"reverse": 1}, {"missing": ["a*"]}, {"order": "odd"}):
        assert control(sandbox, "POST", "events", wrong).status_code == 400


def test_the_accounts_version_is_set_from_outside(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    answer = control(sandbox, "POST", "version", {"default": "2022-08-01"}).json()
    assert answer["default"] == "2022-08-01" and "2026-10-28.endive" in answer["known"]
    create(client)
    event: Any = client.v1.events.list().data[0]
    assert event.api_version == "2022-08-01" and event.data.object.charges.data == []
    assert control(sandbox, "POST", "version", {"default": "1999-01-01"}).status_code == 400
    sandbox.world.reset()
    assert control(sandbox, "GET", "version").json()["default"] == "2026-10-28.endive"
