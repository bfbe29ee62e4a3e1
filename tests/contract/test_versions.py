"""The request's ``Stripe-Version``: what is refused, what is done, and how objects look in older versions."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import HOLD_SECONDS
from sellerdesk.sandbox.versions import CHANGES, KNOWN, NEWEST, unknown_in
from tests.contract.calls import RETURN_URL, authorize, call, code_of, make_client, types_of


def client_in(sandbox: Sandbox, version: str) -> stripe.StripeClient:
    """The official SDK, asking for a version of choice."""
    client = make_client(sandbox, sandbox.secret_key)
    client._requestor._options.stripe_version = version
    return client


def asked(sandbox: Sandbox, version: str | None, path: str, **data: Any) -> Any:
    """The answer to a plain POST that asks for a version, or for none."""
    headers = {} if version is None else {"Stripe-Version": version}
    return call(sandbox, "POST", path, data=data, headers=headers)


def old_intent(client: stripe.StripeClient, **more: Any) -> stripe.PaymentIntent:
    wanted: Any = {"amount": 7000, "currency": "eur", "capture_method": "manual", "confirm": True, **more}
    wanted["payment_method"] = "pm_card_visa"
    return client.v1.payment_intents.create(wanted)


def test_the_sdks_version_is_the_newest_known() -> None:
    assert stripe.api_version == str(NEWEST)
    assert [str(version) for version in sorted(KNOWN.values())] == list(KNOWN)


def test_every_change_names_its_page_and_a_known_version() -> None:
    for change in CHANGES:
        assert str(change.since) in KNOWN and change.what.endswith(".")
        assert change.page.startswith("https://docs.stripe.com/changelog/") and change.since.date in change.page
    assert list(CHANGES) == sorted(CHANGES, key=lambda change: change.since)
    assert unknown_in(NEWEST) == frozenset()


@pytest.mark.parametrize("version", ["yesterday", "2018-11-08", "2026-10-28", "2027-01-01.fern", "2026-10-28.endive "])
def test_a_version_nobody_knows(sandbox: Sandbox, version: str) -> None:
    answer = call(sandbox, "GET", "/v1/events", headers={"Stripe-Version": version + "x"})
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize(
    ("version", "name", "code"),
    [
        ("2026-10-28.endive", "payment_method_types", "payment_method_types_no_longer_supported"),
        ("2026-09-30.endive", "payment_method_types", "payment_method_types_no_longer_supported"),
        ("2026-08-26.dahlia", "payment_method_types", None),
        ("2026-07-29.dahlia", "allowed_payment_method_types", None),
        ("2026-06-24.dahlia", "allowed_payment_method_types", "parameter_unknown"),
        ("2022-11-15", "allowed_payment_method_types", "parameter_unknown"),
    ],
)
def test_which_types_can_be_sent(sandbox: Sandbox, version: str, name: str, code: str | None) -> None:
    answer = asked(sandbox, version, "/v1/payment_intents", amount=7000, currency="eur", **{f"{name}[0]": "card"})
    if code is None:
        assert answer.status_code == 200 and answer.json()["payment_method_types"] == ["card"]
    else:
        problem = answer.json()["error"]
        assert (answer.status_code, problem["code"], problem["param"]) == (400, code, name)


@pytest.mark.parametrize(
    ("version", "capture_method", "automatic"),
    [("2023-10-16", "automatic", True), ("2024-04-10", "automatic_async", True), ("2022-11-15", "automatic", False)],
)
def test_what_is_usual(sandbox: Sandbox, version: str, capture_method: str, automatic: bool) -> None:
    made = asked(sandbox, version, "/v1/payment_intents", amount=7000, currency="eur").json()
    assert (made["capture_method"], made["automatic_payment_methods"] is not None) == (capture_method, automatic)
    assert "allowed_payment_method_types" not in made
    confirm = {"payment_method": "pm_card_visa"}
    answer = asked(sandbox, version, f"/v1/payment_intents/{made['id']}/confirm", **confirm)
    assert answer.status_code == (400 if automatic else 200)  # automatic methods may redirect
    if automatic:
        assert answer.json()["error"]["param"] == "return_url"
        refused = {**confirm, "error_on_requires_action": "true", "return_url": RETURN_URL}
        again = asked(sandbox, version, f"/v1/payment_intents/{made['id']}/confirm", **refused)
        assert again.json()["error"]["param"] == "error_on_requires_action"


def test_money_taken_at_once_is_booked_at_once_where_the_version_says_so(sandbox: Sandbox) -> None:
    data = {"amount": 7000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}
    for version, booked in (("2022-11-15", True), ("2026-08-26.dahlia", False)):
        made = asked(sandbox, version, "/v1/payment_intents", **data, return_url=RETURN_URL).json()
        charge = call(sandbox, "GET", f"/v1/charges/{made['latest_charge']}").json()
        assert (charge["balance_transaction"] is not None) is booked


@pytest.mark.parametrize("end", ["capture", "cancel"])
def test_money_let_go_was_a_refund_once(sandbox: Sandbox, end: str) -> None:
    released = {"capture": 3000, "cancel": 7000}[end]
    for version, shown in (("2025-02-24.acacia", released), ("2025-03-31.basil", 0)):
        client = client_in(sandbox, version)
        intent = authorize(client, allowed_payment_method_types=None, payment_method_types=["card"])
        if end == "capture":
            client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 4000})
        else:
            client.v1.payment_intents.cancel(intent.id)
        charge = client.v1.charges.retrieve(str(intent.latest_charge))
        assert (charge.amount_refunded, charge.refunded) == (shown, shown == 7000)
        refunds = [(each.amount, each.status, each.reason) for each in client.v1.refunds.list().data]
        assert refunds == ([(shown, "succeeded", None)] if shown else [])
        assert ("charge.refunded" in types_of(client)) is bool(shown)
        sandbox.world.reset()


def test_what_was_let_go_is_not_taken_from_what_can_be_refunded(sandbox: Sandbox) -> None:
    client = client_in(sandbox, "2025-02-24.acacia")
    intent = authorize(client, allowed_payment_method_types=None, payment_method_types=["card"])
    client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 4000})
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 4000
    charge = make_client(sandbox, sandbox.secret_key).v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (7000, True)


@pytest.mark.parametrize(("default", "reason"), [("2025-02-24.acacia", "automatic"), ("2025-03-31.basil", "expired")])
def test_a_lapse_follows_the_accounts_version(sandbox: Sandbox, default: str, reason: str) -> None:
    sandbox.world.default_version = KNOWN[default]
    client = client_in(sandbox, default)
    intent = authorize(client, allowed_payment_method_types=None, payment_method_types=["card"])
    sandbox.world.clock.advance(HOLD_SECONDS)
    assert client.v1.payment_intents.retrieve(intent.id).cancellation_reason == reason
    newest = make_client(sandbox, sandbox.secret_key)
    assert newest.v1.payment_intents.retrieve(intent.id).cancellation_reason == "expired"
    event: Any = newest.v1.events.list({"type": "payment_intent.canceled"}).data[0]
    assert (event.api_version, event.data.object.cancellation_reason) == (default, reason)
    refunds = [(each.reason, each.amount) for each in newest.v1.refunds.list().data]
    assert refunds == ([("expired_uncaptured_charge", 7000)] if reason == "automatic" else [])


def test_charges_and_refunds_inside(sandbox: Sandbox) -> None:
    client = client_in(sandbox, "2022-08-01")
    intent: Any = old_intent(client, expand=["charges.data.balance_transaction"])
    assert [charge.id for charge in intent.charges.data] == [intent.latest_charge]
    client.v1.payment_intents.capture(intent.id)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    listed: Any = client.v1.payment_intents.list().data[0]
    charge = listed.charges.data[0]
    assert (listed.charges.total_count, charge.captured, charge.refunds.data[0].amount) == (1, True, 100)
    alone: Any = client.v1.charges.retrieve(charge.id)
    assert alone.refunds.data[0].amount == 100
    newer: Any = client_in(sandbox, "2022-11-15").v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert "charges" not in newer and "refunds" not in newer.latest_charge


def test_an_expansion_is_in_the_same_version(sandbox: Sandbox) -> None:
    old: Any = old_intent(client_in(sandbox, "2022-08-01"), expand=["latest_charge.payment_intent"])
    assert old.latest_charge.refunds.data == []
    assert old.latest_charge.payment_intent.charges.data[0].id == old.latest_charge.id
    assert "allowed_payment_method_types" not in old.latest_charge.payment_intent


@pytest.mark.parametrize(
    ("version", "code"), [("2026-07-29.dahlia", "expired_card"), ("2026-08-26.dahlia", "expired_payment_method")]
)
def test_newer_error_codes(sandbox: Sandbox, version: str, code: str) -> None:
    client = client_in(sandbox, version)
    sandbox.world.decline_next("expired_payment_method")
    with pytest.raises(stripe.CardError) as refusal:
        old_intent(client, return_url=RETURN_URL)
    problem: Any = refusal.value.error
    assert (code_of(refusal), problem.payment_intent.last_payment_error.code) == (code, code)
    assert client.v1.charges.list().data[0].failure_code == code


def test_no_version_means_the_accounts_own(sandbox: Sandbox) -> None:
    answer = asked(sandbox, None, "/v1/payment_intents", amount=7000, currency="eur")
    assert (answer.headers["Stripe-Version"], "charges" in answer.json()) == (str(NEWEST), False)
    sandbox.world.default_version = KNOWN["2020-08-27"]
    answer = asked(sandbox, None, "/v1/payment_intents", amount=7000, currency="eur")
    assert (answer.headers["Stripe-Version"], "charges" in answer.json()) == ("2020-08-27", True)


def test_events_are_written_in_the_accounts_version(sandbox: Sandbox) -> None:
    sandbox.world.default_version = KNOWN["2020-08-27"]
    newest = make_client(sandbox, sandbox.secret_key)
    intent = authorize(newest)
    newest.v1.payment_intents.capture(intent.id)
    events: Any = newest.v1.events.list({"type": "payment_intent.*"}).data
    assert {event.api_version for event in events} == {"2020-08-27"}
    captured = [event.data.object.charges.data for event in events]
    assert [[charge.captured for charge in charges] for charges in captured] == [[True], [False], []]
    old: Any = client_in(sandbox, "2020-08-27").v1.events.list({"type": "payment_intent.*"}).data
    assert [event.to_dict() for event in old] == [event.to_dict() for event in events]
