"""Everything around the payments: keys, idempotency, lists, events, clock, faults, control plane, odd requests."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import HOLD_SECONDS
from tests.contract.calls import RETURN_URL, alone, authorize, call, code_of, control, create, make_client, types_of


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("sk_" + "live_123456789012", None),
        ("rk_" + "live_123456789012", None),
        ("sk_org_test_123456789", None),
        ("something", None),
        ("pk_test_123456789012", "secret_key_required"),
    ],
)
def test_wrong_keys(sandbox: Sandbox, key: str, code: str | None) -> None:
    with pytest.raises(stripe.AuthenticationError) as refusal:
        create(make_client(sandbox, key))
    assert (refusal.value.http_status, code_of(refusal)) == (401, code)
    assert key not in str(refusal.value.user_message)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Digest sk_test_123456789", "Basic %%%"])
def test_no_key(sandbox: Sandbox, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = requests.get(f"{sandbox.url}/v1/balance", headers=headers, timeout=20)
    assert answer.status_code == 401 and answer.json()["error"]["type"] == "invalid_request_error"


def test_key_as_user_name_is_taken(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/v1/balance", auth=(sandbox.secret_key, ""), timeout=20)
    assert answer.json()["livemode"] is False


def test_revoked_key(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    assert client.v1.accounts.retrieve_current().id == sandbox.world.account
    sandbox.world.revoke_key(sandbox.secret_key)
    with pytest.raises(stripe.AuthenticationError) as refusal:
        client.v1.balance.retrieve()
    assert code_of(refusal) == "api_key_expired"


def test_restricted_key_names_what_it_lacks(sandbox: Sandbox) -> None:
    key = "rk_test_123456789012"
    sandbox.world.restrict_key(key, frozenset({"payment_intent_write"}))
    limited = make_client(sandbox, key)
    assert create(limited).status == "requires_payment_method"
    assert limited.v1.payment_intents.list().data
    with pytest.raises(stripe.PermissionError) as refusal:
        limited.v1.customers.create({})
    assert refusal.value.http_status == 403 and "rak_customer_write" in str(refusal.value.user_message)


def test_same_key_same_answer(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    params: Any = {"amount": 7000, "currency": "eur"}
    first = client.v1.payment_intents.create(params, {"idempotency_key": "once"})
    again = client.v1.payment_intents.create(params, {"idempotency_key": "once"})
    assert (first.id, again.last_response.headers["idempotent-replayed"]) == (again.id, "true")  # type: ignore[union-attr]
    with pytest.raises(stripe.IdempotencyError) as refusal:
        client.v1.payment_intents.create({"amount": 7001, "currency": "eur"}, {"idempotency_key": "once"})
    assert refusal.value.http_status == 400
    sandbox.world.clock.advance(24 * 3600)
    assert client.v1.payment_intents.create(params, {"idempotency_key": "once"}).id != first.id


def test_refusals_and_keys(client: stripe.StripeClient) -> None:
    """A decline is remembered; parameters refused before anything began are not."""
    intent = create(client)
    confirm: Any = {"payment_method": "pm_card_visa_chargeDeclined", "return_url": RETURN_URL}
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as decline:
            client.v1.payment_intents.confirm(intent.id, confirm, {"idempotency_key": f"declined-{intent.id}"})
        assert decline.value.headers is not None
        assert decline.value.headers.get("idempotent-replayed") == replayed
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": 0, "currency": "eur"}, {"idempotency_key": f"bad-{intent.id}"})
    assert client.v1.payment_intents.create(
        {"amount": 70, "currency": "eur"}, {"idempotency_key": f"bad-{intent.id}"}
    ).id


def test_same_key_while_running(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    sandbox.world.faults.plan("capture", "slow")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.v1.payment_intents.capture, intent.id, {}, {"idempotency_key": "c"})
        assert sandbox.world.faults.wait_until_holding()
        with pytest.raises(stripe.APIError) as refusal:
            client.v1.payment_intents.capture(intent.id, {}, {"idempotency_key": "c"})
        assert (refusal.value.http_status, code_of(refusal)) == (409, "idempotency_key_in_use")
        assert sandbox.world.dump()["captures"] == 0
        sandbox.world.faults.release()
        assert running.result(20).status == "succeeded"
    assert sandbox.world.dump()["captures"] == 1


def test_many_captures_at_once_take_the_money_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    start = threading.Barrier(8)

    def capture(number: int) -> str:
        start.wait(20)
        try:
            return client.v1.payment_intents.capture(intent.id, {}, {"idempotency_key": f"k{number}"}).status
        except stripe.StripeError as problem:
            return str(problem.http_status)

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(capture, range(8)))
    assert results == ["400"] * 7 + ["succeeded"]
    assert sandbox.world.dump()["intents"][intent.id]["captures"] == 1


def test_lists_have_cursors(client: stripe.StripeClient) -> None:
    alone(client)
    made = [create(client).id for _ in range(7)]
    newest_first = made[::-1]
    page = client.v1.payment_intents.list({"limit": 3})
    assert ([intent.id for intent in page.data], page.has_more) == (newest_first[:3], True)
    assert [intent.id for intent in page.auto_paging_iter()] == newest_first
    before = client.v1.payment_intents.list({"limit": 3, "ending_before": newest_first[5]})
    assert ([intent.id for intent in before.data], before.has_more) == (newest_first[2:5], True)
    last = client.v1.payment_intents.list({"limit": 3, "starting_after": newest_first[5]})
    assert ([intent.id for intent in last.data], last.has_more) == (newest_first[6:], False)
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "pi_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_intents.list(wrong)  # type: ignore[arg-type]


def test_lists_expand(client: stripe.StripeClient) -> None:
    alone(client)
    authorize(client)
    page = client.v1.payment_intents.list({"expand": ["data.latest_charge", "data.latest_charge.refunds"]})
    charge: Any = page.data[0].latest_charge
    assert charge.payment_method_details.card.brand == "visa" and charge.refunds.data == []


def test_events_are_found(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    start = sandbox.world.clock.now()
    intent = create(client)
    sandbox.world.clock.advance(100)
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL}, {"idempotency_key": "sd-1-1"}
    )
    events = client.v1.events
    newest = events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert [event.type for event in newest] == ["charge.succeeded", "payment_intent.created"]
    request: Any = newest[0].request
    assert (request.idempotency_key, newest[0].data.object["payment_intent"]) == ("sd-1-1", intent.id)
    assert [event.type for event in events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    assert len(events.list({"created": {"gte": start + 100}}).data) == 2
    assert len(events.list({"created": {"gt": start - 1, "lt": start + 50}}).data) == 1
    assert events.retrieve(newest[0].id).api_version == stripe.api_version
    sandbox.world.clock.advance(30 * 24 * 3600 + 1)
    assert {event.type for event in events.list().data} == {"charge.expired", "payment_intent.canceled"}
    with pytest.raises(stripe.InvalidRequestError):
        events.list({"type": "charge.*", "types": ["charge.captured"]})


def test_holds_lapse_when_the_clock_passes(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    early, kept, late = authorize(client), authorize(client), None
    client.v1.payment_intents.capture(kept.id)
    sandbox.world.clock.advance(100)
    late = authorize(client)
    sandbox.world.clock.advance(HOLD_SECONDS - 101)
    assert client.v1.payment_intents.retrieve(early.id).status == "requires_capture"
    sandbox.world.clock.advance(1)
    lapsed = client.v1.payment_intents.retrieve(early.id, {"expand": ["latest_charge"]})
    charge: Any = lapsed.latest_charge
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "expired")
    assert (charge.captured, charge.amount_refunded, charge.refunded) == (False, 0, False)
    assert lapsed.canceled_at == charge.created + HOLD_SECONDS
    assert client.v1.payment_intents.retrieve(late.id).status == "requires_capture"
    assert client.v1.payment_intents.retrieve(kept.id).status == "succeeded"
    sandbox.world.clock.advance(HOLD_SECONDS)
    assert types_of(client)[-4:] == ["charge.expired", "payment_intent.canceled"] * 2
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(late.id)
    assert code_of(refusal) == "payment_intent_unexpected_state"


def test_answers_carry_the_sandboxs_time(sandbox: Sandbox) -> None:
    sandbox.world.clock.set(1_700_000_000)
    answer = call(sandbox, "GET", "/v1/balance")
    assert answer.headers["Date"].startswith("Tue, 14 Nov 2023 22:13")
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Content-Type"] == "application/json"


def test_balance_follows_an_hour_later(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    client.v1.payment_intents.capture(intent.id)
    sandbox.world.clock.advance(3600)
    charge: Any = client.v1.charges.list({"expand": ["data.balance_transaction"]}).data[0]
    assert charge.balance_transaction.net == 7000 - 130
    assert types_of(client)[-1] == "charge.updated"
    pending: Any = client.v1.balance.retrieve().pending
    assert [(money.amount, money.currency) for money in pending] == [(7000 - 130, "eur")]


@pytest.mark.parametrize(
    ("fault", "captured"), [("lost_before", 0), ("lost_after", 1), ("error_500_before", 0), ("error_500_after", 1),
                            ("html_502", 0), ("html_502_after", 1), ("busy_429", 0), ("lock_timeout_429", 0),
                            ("conflict_409", 0)],
)  # fmt: skip
def test_faults_of_a_capture(client: stripe.StripeClient, sandbox: Sandbox, fault: str, captured: int) -> None:
    intent = authorize(client)
    sandbox.world.faults.plan("capture", fault)
    expected = {"lost": stripe.APIConnectionError, "busy": stripe.RateLimitError, "lock": stripe.RateLimitError}
    with pytest.raises(expected.get(fault.split("_")[0], stripe.APIError)):
        client.v1.payment_intents.capture(intent.id, {}, {"idempotency_key": "k"})
    assert sandbox.world.dump()["captures"] == captured
    if fault == "error_500_after":
        with pytest.raises(stripe.APIError) as stored:
            client.v1.payment_intents.capture(intent.id, {}, {"idempotency_key": "k"})
        assert stored.value.headers is not None and stored.value.headers["idempotent-replayed"] == "true"
    else:
        assert client.v1.payment_intents.capture(intent.id, {}, {"idempotency_key": "k"}).status == "succeeded"
    assert sandbox.world.dump()["captures"] == 1


def test_a_500_that_is_not_remembered(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.world.faults.plan("create_intent", "error_500_after", stored=False, should_retry=True)
    params: Any = {"amount": 7000, "currency": "eur"}
    with pytest.raises(stripe.APIError) as problem:
        client.v1.payment_intents.create(params, {"idempotency_key": "k"})
    assert problem.value.headers is not None and problem.value.headers["stripe-should-retry"] == "true"
    client.v1.payment_intents.create(params, {"idempotency_key": "k"})
    assert len(sandbox.world.dump()["intents"]) == 2


@pytest.mark.parametrize("fault", ["odd_200_null", "odd_200_list", "odd_200_other_id"])
def test_odd_answers(client: stripe.StripeClient, sandbox: Sandbox, fault: str) -> None:
    intent = create(client)
    sandbox.world.faults.plan("retrieve", fault)
    body = json.loads(call(sandbox, "GET", f"/v1/payment_intents/{intent.id}").text)
    assert body in (None, []) or (body["id"].startswith("pi_") and body["id"] != intent.id)
    assert client.v1.payment_intents.retrieve(intent.id).id == intent.id


def test_skip_and_times(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.world.faults.plan("list_intents", "busy_429", skip=1, times=2)
    seen = [call(sandbox, "GET", "/v1/payment_intents").status_code for _ in range(4)]
    assert seen == [200, 429, 429, 200]


def test_slow_answer_after_the_work(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    assert control(sandbox, "POST", "faults", {"kind": "capture", "fault": "slow_after"}).status_code == 200
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.v1.payment_intents.capture, intent.id)
        assert sandbox.world.faults.wait_until_holding()
        assert control(sandbox, "GET", "state").json()["captures"] == 1
        assert not running.done()
        assert control(sandbox, "POST", "faults/release").json() == {"ok": True}
        assert running.result(20).status == "succeeded"


def test_control_plane(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    for token in ("", "guess", sandbox.control_token + "x"):
        assert control(sandbox, "GET", "state", token=token).status_code == 403
    now = sandbox.world.clock.now()
    assert control(sandbox, "POST", "clock/advance", {"seconds": 60}).json()["now"] >= now + 60
    assert control(sandbox, "POST", "clock/set", {"timestamp": 1_700_000_000}).json()["now"] >= 1_700_000_000
    assert control(sandbox, "POST", "clock/set", {"timestamp": None}).json()["offset"] == 0
    assert control(sandbox, "POST", "clock/advance", {"seconds": -1}).status_code == 400
    assert control(sandbox, "POST", "faults", {"kind": "capture", "fault": "nonsense"}).status_code == 400
    assert control(sandbox, "POST", "faults", [1]).status_code == 400
    create(client)
    seen = control(sandbox, "GET", "requests").json()["requests"]
    assert (seen[-1]["method"], seen[-1]["path"], seen[-1]["status"]) == ("POST", "/v1/payment_intents", 200)
    assert control(sandbox, "POST", "shipping", {"refuse": True}).json() == {"refuse": True}
    assert control(sandbox, "POST", "keys/revoke", {"key": "sk_test_gone00000"}).json() == {"ok": True}
    restricted = {"key": "rk_test_less00000", "permissions": ["event_read"]}
    assert control(sandbox, "POST", "keys/restrict", restricted).json() == {"ok": True}
    assert call(sandbox, "GET", "/v1/balance", key="rk_test_less00000").status_code == 403
    assert control(sandbox, "POST", "reset").json() == {"ok": True}
    assert control(sandbox, "GET", "state").json()["intents"] == {}
    assert call(sandbox, "GET", "/v1/balance", key="sk_test_gone00000").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_other_hosts_are_refused(sandbox: Sandbox, host: str) -> None:
    answer = call(sandbox, "GET", "/v1/balance", headers={"Host": host})
    assert answer.status_code == 421


def test_other_origins_are_refused(sandbox: Sandbox) -> None:
    answer = call(sandbox, "POST", "/v1/customers", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert sandbox.world.dump()["customers"] == 0


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/nothing", {}, 404),
        ("DELETE", "/v1/payment_intents", {}, 405),
        ("PATCH", "/v1/payment_intents/pi_1", {}, 405),
        ("GET", "/v1/payment_intents/pi_none", {}, 404),
        ("GET", "/v1/payment_intents/..%2f..%2fetc", {}, 404),
        ("POST", "/v1/payment_intents", {"json": {"amount": 1}}, 400),
        ("POST", "/v1/payment_intents", {"data": b"\xff\xfe"}, 400),
        ("POST", "/v1/payment_intents", {"data": "a" + "[b]" * 20 + "=1"}, 400),
        ("POST", "/v1/payment_intents", {"data": "amount=1&amount[x]=2"}, 400),
        ("POST", "/v1/payment_intents", {"data": "[]=1"}, 400),
        ("GET", "/v1/events?types[" + "9" * 5000 + "]=a", {}, 400),
        ("OPTIONS", "/v1/payment_intents", {}, 405),
        ("POST", "/v1/payment_intents", {"data": "&".join(f"k{n}=1" for n in range(3000))}, 400),
        ("POST", "/v1/payment_intents", {"data": "x=" + "y" * 600_000}, 413),
        ("GET", "/v1/events", {"headers": {"Stripe-Version": "yesterday"}}, 400),
    ],
)
def test_odd_requests_get_stripes_shape(
    sandbox: Sandbox, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    if isinstance(more.get("data"), str | bytes):
        more = {**more, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    answer = call(sandbox, method, path, **more)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error" and answer.json()["error"]["message"]


def test_card_numbers_never_come_from_a_server(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    typed = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "1", "card[exp_year]": "40"}
    assert call(sandbox, "POST", "/v1/payment_methods", data=typed).status_code == 400
    token = {"card[number]": "4242424242424242", "card[exp_month]": "1", "card[exp_year]": "40", "card[cvc]": "123"}
    assert call(sandbox, "POST", "/v1/tokens", data=token).status_code == 403
    made = call(sandbox, "POST", "/v1/tokens", key=sandbox.publishable_key, data=token).json()["id"]
    params: Any = {"type": "card", "card": {"token": made}}
    method = client.v1.payment_methods.create(params)
    assert method.card is not None and method.card.last4 == "4242"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_methods.create(params)
    assert code_of(refusal) == "token_already_used"


def test_attached_cards(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "a@b.example", "address": {"country": "DE"}}).id
    client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    assert len(client.v1.customers.payment_methods.list(customer, {"type": "card"}).data) == 1
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})
    fails_later = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    with pytest.raises(stripe.CardError):
        authorize(client, fails_later.id, customer=customer)
    assert client.v1.customers.list({"email": "a@b.example"}).data[0].id == customer


def test_customers_can_be_changed(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "a@b.example", "phone": "1", "metadata": {"a": "1"}}).id
    changed = client.v1.customers.update(customer, {"name": "Mara", "phone": "", "metadata": {"b": "2"}})
    assert (changed.name, changed.email, changed.phone) == ("Mara", "a@b.example", None)
    after: Any = client.v1.customers.retrieve(customer)
    assert after.metadata.to_dict() == {"a": "1", "b": "2"}
    assert types_of(client)[-1] == "customer.updated"
