"""Whatever a server answers, the gateway gives checked facts or one of our own errors, never a guess."""

import copy
import json
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from sellerdesk.addresses import Addresses
from sellerdesk.clock import Clock
from sellerdesk.domain.errors import (
    Busy,
    CallError,
    Declined,
    KeyRefused,
    OurBug,
    OutcomeUnknown,
    Rejected,
    SellerDeskError,
    StateMoved,
)
from sellerdesk.domain.payment import PaymentStatus, ShippingFacts
from sellerdesk.domain.requests import Capture, Confirm, CreateCustomer, CreateIntent, LineItem, PassTracking
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.gateway.transport import Deadlines, Transport
from tests.integration.scripted_server import ScriptedServer, answer, charge_json, error_json, intent_json

KEY = "sk_test_madeupmadeup1234"
NOWHERE = ShippingFacts("A", "B", "", "C", "", "D", "AT")
LINES = (LineItem("Mug", "MUG", 1, 4500, 0),)
CUSTOMER = CreateCustomer("A", "a@example.com", "", NOWHERE, ())
INTENT = CreateIntent(4500, "eur", "cus_1", "a@example.com", "Order", "K7QP3MX2", NOWHERE, LINES, 0, ())
CAPTURE = Capture("pi_1", 2500, LINES, 0, (("sd_capture", "1"),))
CONFIRM = Confirm("pi_1", "ctoken_1", "https://shop.example/r", True, "a@example.com", NOWHERE)
TRACKING = PassTracking("pi_1", "ch_1", NOWHERE, ())

Call = Callable[[StripeGateway], object]
WRITES: dict[str, Call] = {
    "create_customer": lambda gateway: gateway.create_customer(CUSTOMER, "k"),
    "create_intent": lambda gateway: gateway.create_intent(INTENT, "k"),
    "confirm": lambda gateway: gateway.confirm(CONFIRM, "k"),
    "capture": lambda gateway: gateway.capture(CAPTURE, "k"),
    "pass_tracking": lambda gateway: gateway.pass_tracking(TRACKING, "k"),
    "pass_tracking_on_charge": lambda gateway: gateway.pass_tracking_on_charge(TRACKING, "k"),
}
READS: dict[str, Call] = {
    "retrieve": lambda gateway: gateway.retrieve("pi_1"),
    "find_intent": lambda gateway: gateway.find_intent("op", "payment", "cus_1"),
    "find_customer": lambda gateway: gateway.find_customer("op", "", 0),
    "events": lambda gateway: gateway.events(0),
    "check_key": lambda gateway: gateway.check_key(),
}
CALLS = WRITES | READS


def gateway_at(server: ScriptedServer) -> StripeGateway:
    transport = Transport(Deadlines(5, 10, 20), use_proxies=False)
    return StripeGateway(KEY, Addresses.at(server.url), Clock(), transport=transport)


def ask(reply: bytes, call: Call) -> object:
    with ScriptedServer.saying(reply) as server:
        return call(gateway_at(server))


def failing(reply: bytes, call: Call) -> CallError:
    with pytest.raises(SellerDeskError) as caught:
        ask(reply, call)
    assert isinstance(caught.value, CallError)
    check_is_discreet(caught.value)
    return caught.value


def check_is_discreet(error: BaseException) -> None:
    """No key in the sentence, and no way from the error to the frames and objects of the SDK."""
    assert KEY not in str(error)
    assert KEY not in "".join(traceback.format_exception(error))
    assert error.__cause__ is None
    assert error.__context__ is None
    assert str(error).endswith((".", "?"))


ODD: dict[str, bytes] = {
    "null": answer(b"null"),
    "list": answer(b"[]"),
    "number": answer(b"5"),
    "text": answer(b'"succeeded"'),
    "nothing": answer(b""),
    "empty object": answer(b"{}"),
    "no JSON": answer(b"<html>hello</html>"),
    "cut JSON": answer(json.dumps(intent_json()).encode()[:200]),
    "too short": answer(json.dumps(intent_json()).encode(), length=20_000),
    "no UTF-8": answer(b'{"id": "\xff\xfe"}'),
    "deep": answer(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "another object": answer({"id": "re_1", "object": "refund", "livemode": False}),
    "deleted": answer({"id": "cus_1", "object": "customer", "deleted": True}),
    "live": answer({"id": "pi_1", "object": "payment_intent", "livemode": True}),
    "HTML 502": answer(b"<html>Bad gateway</html>", "502 Bad Gateway", {"Content-Type": "text/html"}),
    "500": answer(error_json(type="api_error"), "500 Internal Server Error"),
    "503 empty": answer(b"", "503 Service Unavailable"),
    "error null": answer({"error": None}, "400 Bad Request"),
    "error list": answer({"error": []}, "402 Payment Required"),
    "error text": answer({"error": "no"}, "400 Bad Request"),
    "HTML 400": answer(b"<html>no</html>", "400 Bad Request"),
    "HTML 403": answer(b"<html>captive portal</html>", "403 Forbidden"),
    "418": answer(error_json(), "418 Teapot"),
    "closed": b"",
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "unfinished head": b"HTTP/1.1 200 OK\r\nContent-",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("reply", ODD.values(), ids=ODD)
def test_an_odd_answer_leaves_the_outcome_unknown(reply: bytes, call: Call) -> None:
    error = failing(reply, call)
    assert type(error) is OutcomeUnknown
    told = "may or may not have happened" in str(error)
    assert told is (call in WRITES.values())


ODD_INTENTS: dict[str, dict[str, Any]] = {
    "another id": {"id": "pi_2"},
    "no id": {"id": None},
    "live": {"livemode": True},
    "no mode": {"livemode": None},
    "mode in words": {"livemode": "false"},
    "no status": {"status": None},
    "amount in words": {"amount": "4500"},
    "amount a fraction": {"amount": 4500.0},
    "amount true": {"amount": True},
    "amount negative": {"amount_capturable": -1},
    "amount enormous": {"amount_received": 10**30},
    "amount missing": {"amount_received": None},
    "no currency": {"currency": None},
    "metadata a list": {"metadata": ["a"]},
    "metadata nested": {"metadata": {"sd_op": {}}},
    "charge not expanded": {"latest_charge": "ch_1"},
    "no charge": {"latest_charge": None},
    "charge is something else": {"latest_charge": {"id": "re_1", "object": "refund"}},
    "deadline in words": {
        "latest_charge": charge_json(payment_method_details={"card": {"capture_before": "tomorrow"}})
    },
}


@pytest.mark.parametrize("changes", ODD_INTENTS.values(), ids=ODD_INTENTS)
@pytest.mark.parametrize("call", [READS["retrieve"], WRITES["confirm"], WRITES["pass_tracking"]])
def test_an_odd_intent_is_never_believed(changes: dict[str, Any], call: Call) -> None:
    assert type(failing(answer(intent_json(**changes)), call)) is OutcomeUnknown


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_received": 2500, "status": "requires_capture"},
        {"amount_received": 2499, "status": "succeeded"},
        {"amount_received": 4500, "status": "succeeded"},
        {"amount_received": 2500, "status": "succeeded", "id": "pi_2"},
    ],
)
def test_a_capture_must_have_taken_what_was_asked(changes: dict[str, Any]) -> None:
    assert type(failing(answer(intent_json(**changes)), WRITES["capture"])) is OutcomeUnknown


@pytest.mark.parametrize(
    "changes", [{"amount": 4501}, {"currency": "usd"}, {"customer": "cus_2"}, {"capture_method": "automatic"}]
)
def test_a_new_intent_must_be_what_was_asked(changes: dict[str, Any]) -> None:
    unconfirmed = intent_json(status="requires_payment_method", latest_charge=None, amount_capturable=0)
    ask(answer(unconfirmed), WRITES["create_intent"])
    assert type(failing(answer(unconfirmed | changes), WRITES["create_intent"])) is OutcomeUnknown


def test_an_unknown_status_is_kept_as_it_is() -> None:
    with ScriptedServer.saying(answer(intent_json(status="requires_reauthorization"))) as server:
        facts = gateway_at(server).retrieve("pi_1")
    assert facts.status is PaymentStatus.OTHER
    assert facts.raw_status == "requires_reauthorization"


def test_unknown_fields_do_no_harm() -> None:
    with ScriptedServer.saying(answer(intent_json(something_new={"a": [1, {"b": None}]}))) as server:
        facts = gateway_at(server).retrieve("pi_1")
    assert facts.capture_before == 1_700_604_805
    assert facts.request_id == "req_scripted"


def test_another_charge_is_not_believed() -> None:
    for changes in ({"id": "ch_2"}, {"payment_intent": "pi_2"}, {"livemode": True}):
        assert type(failing(answer(charge_json(**changes)), WRITES["pass_tracking_on_charge"])) is OutcomeUnknown
    assert ask(answer(charge_json()), WRITES["pass_tracking_on_charge"]) is None


REFUSALS: list[tuple[str, dict[str, Any], type[CallError]]] = [
    ("400 Bad Request", {"code": "parameter_unknown"}, Rejected),
    ("400 Bad Request", {}, Rejected),
    ("400 Bad Request", {"code": "payment_intent_unexpected_state"}, StateMoved),
    ("400 Bad Request", {"code": "charge_already_captured"}, StateMoved),
    ("400 Bad Request", {"code": "charge_expired_for_capture"}, StateMoved),
    ("400 Bad Request", {"code": "capture_charge_authorization_expired"}, StateMoved),
    ("400 Bad Request", {"code": "rate_limit"}, Busy),
    ("404 Not Found", {"code": "resource_missing"}, Rejected),
    ("401 Unauthorized", {}, KeyRefused),
    ("403 Forbidden", {}, KeyRefused),
    ("402 Payment Required", {"type": "card_error", "code": "expired_card"}, Declined),
    ("409 Conflict", {"code": "idempotency_key_in_use"}, Busy),
    ("429 Too Many Requests", {"code": "lock_timeout"}, Busy),
    ("429 Too Many Requests", {"code": "rate_limit"}, Busy),
    ("500 Internal Server Error", {}, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "parts", "expected"), REFUSALS)
@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
def test_every_refusal_has_its_class(call: Call, status: str, parts: dict[str, Any], expected: type[CallError]) -> None:
    error = failing(answer(error_json(**parts), status, {"Idempotent-Replayed": "true"}), call)
    assert type(error) is expected
    assert error.http_status == int(status[:3])
    assert error.code == parts.get("code", "")
    assert error.request_id == "req_scripted"
    assert error.replayed is True


def test_a_key_used_with_other_parameters_is_our_bug() -> None:
    with pytest.raises(OurBug) as caught:
        ask(answer(error_json(type="idempotency_error"), "400 Bad Request"), WRITES["capture"])
    check_is_discreet(caught.value)


def test_a_decline_brings_checked_facts() -> None:
    refused = {
        "code": "card_declined",
        "decline_code": "do_not_honor",
        "message": "Your card was declined.",
        "advice_code": "try_again_later",
        "charge": "ch_1",
        "payment_method": {
            "object": "payment_method",
            "card": {"brand": "visa", "last4": "0002", "exp_month": 1, "exp_year": 2030},
        },
    }
    intent = intent_json(
        status="requires_payment_method", latest_charge="ch_1", amount_capturable=0, last_payment_error=refused
    )
    body = error_json(type="card_error", **refused) | {}
    body["error"]["payment_intent"] = intent
    error = failing(answer(body, "402 Payment Required"), WRITES["confirm"])
    assert type(error) is Declined
    assert (error.code, error.decline_code) == ("card_declined", "do_not_honor")
    assert "Your card was declined." in str(error)
    assert error.facts is not None
    assert error.facts.charge_id == "ch_1"
    assert error.facts.problem is not None
    assert error.facts.problem.advice_code == "try_again_later"
    assert error.facts.problem.card is not None
    assert error.facts.problem.card.last4 == "0002"


@pytest.mark.parametrize(
    "changes", [{"id": "pi_2"}, {"livemode": True}, {"latest_charge": "ch_1"}, {"amount": None}, {"object": "refund"}]
)
def test_an_errors_own_snapshot_is_checked_too(changes: dict[str, Any]) -> None:
    """A held intent whose charge came as a bare id would read as one that was never authorized."""
    body = error_json(code="payment_intent_unexpected_state")
    body["error"]["payment_intent"] = intent_json()
    whole = failing(answer(body, "400 Bad Request"), WRITES["capture"])
    assert whole.facts is not None
    assert whole.facts.amount_capturable == 4500
    spoilt = copy.deepcopy(body)
    spoilt["error"]["payment_intent"] |= changes
    error = failing(answer(spoilt, "400 Bad Request"), WRITES["capture"])
    assert type(error) is StateMoved
    assert error.facts is None


def test_stripes_words_about_a_permission_are_quoted_without_a_key() -> None:
    message = f"The provided key '{KEY}' does not have the required permissions. Having 'rak_x_write' would do."
    error = failing(answer(error_json(message=message), "403 Forbidden"), WRITES["capture"])
    assert "rak_x_write" in str(error)


def test_a_list_that_does_not_end_is_given_up() -> None:
    page = {"object": "list", "data": [], "has_more": True, "url": "/v1/events"}
    assert type(failing(answer(page), READS["events"])) is OutcomeUnknown
    event = {"id": "evt_1", "object": "event", "type": "x", "created": 1, "livemode": False, "data": {"object": {}}}
    assert type(failing(answer(page | {"data": [event]}), READS["events"])) is OutcomeUnknown


def test_events_of_both_shapes_name_their_intent() -> None:
    def event(number: int, snapshot: dict[str, Any]) -> dict[str, Any]:
        body = {"id": f"evt_{number}", "object": "event", "type": "x", "created": number, "livemode": False}
        return body | {"data": {"object": snapshot}}

    page = {
        "object": "list",
        "has_more": False,
        "data": [
            event(4, charge_json(payment_intent=intent_json(id="pi_4"))),
            event(3, charge_json(payment_intent="pi_3")),
            event(2, charge_json(payment_intent=None)),
            event(1, intent_json(id="pi_1", charges={"data": []})),
        ],
    }
    with ScriptedServer.saying(answer(page)) as server:
        hints = gateway_at(server).events(5)
        sent = server.requests[0].form
    assert [hint.intent_id for hint in hints] == ["pi_1", "pi_3", "pi_4"]
    assert sent["created[gte]"] == ["5"]
    assert len([name for name in sent if name.startswith("types[")]) <= 20


def test_the_clock_learns_only_from_stripe() -> None:
    clock = Clock()
    date = {"Date": "Tue, 14 Nov 2023 22:13:20 GMT"}
    with ScriptedServer.saying(answer(b"<html>portal</html>", headers=date | {"Request-Id": ""})) as server:
        with pytest.raises(OutcomeUnknown):
            StripeGateway(KEY, Addresses.at(server.url), clock).retrieve("pi_1")
        assert clock.offset == 0
        server.script = lambda connection, _: connection.sendall(answer(intent_json(), headers=date))
        facts = StripeGateway(KEY, Addresses.at(server.url), clock).retrieve("pi_1")
    assert abs(clock.now() - 1_700_000_000) <= 5
    assert abs(facts.observed_ms - 1_700_000_000_000) <= 5_000


def test_a_broken_date_does_no_harm() -> None:
    assert ask(answer(intent_json(), headers={"Date": "yesterday"}), READS["retrieve"])


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_payment_method_types_are_never_sent(call: Call) -> None:
    with ScriptedServer.saying(answer(error_json(), "400 Bad Request")) as server:
        with suppress(Rejected):
            call(gateway_at(server))
        assert server.requests
        for request in server.requests:
            names = {name.partition("[")[0] for name in request.form}
            assert "payment_method_types" not in names
            assert request.headers["stripe-version"] == "2026-10-28.endive"


def test_what_is_sent() -> None:
    with ScriptedServer.saying(answer(error_json(), "400 Bad Request")) as server:
        gateway = gateway_at(server)
        for call in (WRITES["create_intent"], WRITES["confirm"], WRITES["capture"], WRITES["pass_tracking"]):
            with pytest.raises(Rejected):
                call(gateway)
        created, confirmed, captured, shipped = (request.form for request in server.requests)
        assert {request.headers["idempotency-key"] for request in server.requests} == {"k"}
    assert created["capture_method"] == ["manual"]
    assert created["allowed_payment_method_types[0]"] == ["card"]
    assert created["payment_details[order_reference]"] == ["K7QP3MX2"]
    assert created["amount_details[line_items][0][product_code]"] == ["MUG"]
    assert created["amount_details[line_items][0][unit_cost]"] == ["4500"]
    assert created["expand[0]"] == ["latest_charge"]
    assert confirmed["confirmation_token"] == ["ctoken_1"]
    assert confirmed["setup_future_usage"] == ["off_session"]
    assert confirmed["return_url"] == ["https://shop.example/r"]
    assert not [name for name in confirmed if name.startswith(("metadata", "amount", "customer", "description"))]
    assert captured["amount_to_capture"] == ["2500"]
    assert captured["metadata[sd_capture]"] == ["1"]
    assert "final_capture" not in captured
    assert shipped["shipping[address][line1]"] == ["B"]
    assert "shipping[address][line2]" not in shipped
