"""The table of calls: address, name, parameters, permission, and what is done."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sellerdesk.sandbox import captures, methods, payments, records, schemas
from sellerdesk.sandbox.errors import ApiError, invalid, missing, required
from sellerdesk.sandbox.lists import envelope, page, within
from sellerdesk.sandbox.objects import CardToken, Json
from sellerdesk.sandbox.params import Spec
from sellerdesk.sandbox.render import (
    charge_json,
    confirmation_token_json,
    customer_json,
    event_json,
    intent_json,
    line_item_json,
    method_json,
    publishable_intent_json,
)
from sellerdesk.sandbox.render_card import method_card_json
from sellerdesk.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Call:
    """One call with its parameters already checked. ``version`` is the date part of ``Stripe-Version``."""

    state: State
    params: Json
    identifier: str
    publishable: bool
    version: str


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. ``name`` is also the kind that faults are planned for."""

    method: str
    pattern: re.Pattern[str]
    name: str
    spec: Spec
    permission: str
    run: Callable[[Call], Json]
    for_page: bool = False
    for_server: bool = True


def find(method: str, path: str) -> tuple[Route, str]:
    """The route and the identifier in the path. ApiError 404 for an unknown path, 405 for a wrong method."""
    known = False
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is None:
            continue
        if route.method == method:
            return route, match.groupdict().get("id") or ""
        known = True
    if known:
        raise ApiError(405, f"The method {method} cannot be used on {path}.")
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}). The sandbox has nothing there.")


def _create_intent(call: Call) -> Json:
    return intent_json(call.state, payments.create(call.state, call.params, call.version))


def _list_intents(call: Call) -> Json:
    params = call.params
    found = [
        intent
        for intent in call.state.store.intents.values()
        if params.get("customer") in (None, intent.customer) and within(intent.created, params.get("created"))
    ]
    return page(found, params, "/v1/payment_intents", lambda intent: intent_json(call.state, intent), "payment_intent")


def _retrieve_intent(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    secret = call.params.get("client_secret")
    if secret is not None and secret != intent.client_secret:
        raise invalid("The client_secret does not belong to this PaymentIntent.", "client_secret")
    if call.publishable:
        if secret is None:
            raise required("client_secret")
        return publishable_intent_json(call.state, intent)
    return intent_json(call.state, intent)


def _update_intent(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, payments.update(call.state, intent, call.params, call.version))


def _confirm_intent(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, payments.confirm(call.state, intent, call.params, call.version))


def _capture_intent(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, captures.capture(call.state, intent, call.params))


def _cancel_intent(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, captures.cancel(call.state, intent, call.params))


def _list_lines(call: Call) -> Json:
    intent = payments.find_intent(call.state, call.identifier)
    lines = [line_item_json(item) for item in intent.line_items]
    return envelope(lines, f"/v1/payment_intents/{intent.id}/amount_details_line_items")


def _list_charges(call: Call) -> Json:
    return records.list_charges(call.state, call.params)


def _retrieve_charge(call: Call) -> Json:
    return charge_json(records.find_charge(call.state, call.identifier))


def _update_charge(call: Call) -> Json:
    charge = records.find_charge(call.state, call.identifier)
    return charge_json(records.update_charge(call.state, charge, call.params))


def _create_customer(call: Call) -> Json:
    return customer_json(records.create_customer(call.state, call.params))


def _list_customers(call: Call) -> Json:
    return records.list_customers(call.state, call.params)


def _retrieve_customer(call: Call) -> Json:
    return customer_json(records.find_customer(call.state, call.identifier))


def _update_customer(call: Call) -> Json:
    customer = records.find_customer(call.state, call.identifier)
    return customer_json(records.update_customer(call.state, customer, call.params))


def _list_methods(call: Call) -> Json:
    customer = records.find_customer(call.state, call.identifier)
    return records.list_methods(call.state, customer, call.params)


def _create_method(call: Call) -> Json:
    return method_json(methods.create_method(call.state, call.params))


def _retrieve_method(call: Call) -> Json:
    return method_json(methods.find_method(call.state, call.identifier))


def _attach_method(call: Call) -> Json:
    if "customer" not in call.params:
        raise required("customer")
    method = methods.find_method(call.state, call.identifier)
    return method_json(records.attach_method(call.state, method, call.params["customer"]))


def _create_token(call: Call) -> Json:
    return _token_json(methods.create_card_token(call.state, call.params))


def _token_json(token: CardToken) -> Json:
    card = method_card_json(token.method)
    kept = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {
        "id": token.id,
        "object": "token",
        "card": {"id": token.id.replace("tok_", "card_"), "object": "card", **{name: card[name] for name in kept}},
        "client_ip": "127.0.0.1",
        "created": token.created,
        "livemode": False,
        "type": "card",
        "used": token.used,
    }


def _create_confirmation_token(call: Call) -> Json:
    return confirmation_token_json(methods.create_confirmation_token(call.state, call.params))


def _create_test_confirmation_token(call: Call) -> Json:
    return confirmation_token_json(methods.create_test_confirmation_token(call.state, call.params))


def _retrieve_confirmation_token(call: Call) -> Json:
    token = call.state.store.confirmation_tokens.get(call.identifier)
    if token is None:
        raise missing("confirmation token", call.identifier, "confirmation_token")
    return confirmation_token_json(token)


def _list_events(call: Call) -> Json:
    return records.list_events(call.state, call.params)


def _retrieve_event(call: Call) -> Json:
    return event_json(records.find_event(call.state, call.identifier))


def _list_refunds(_call: Call) -> Json:
    return envelope([], "/v1/refunds")


def _list_disputes(_call: Call) -> Json:
    return envelope([], "/v1/disputes")


def _balance(call: Call) -> Json:
    return records.balance_json(call.state)


def _account(call: Call) -> Json:
    return records.account_json(call.state)


def _route(
    method: str,
    path: str,
    name: str,
    spec: Spec,
    permission: str,
    run: Callable[[Call], Json],
    *,
    for_page: bool = False,
    for_server: bool = True,
) -> Route:
    pattern = re.compile(path.replace("{id}", r"(?P<id>[A-Za-z0-9_\-]{1,200})"))
    return Route(method, pattern, name, spec, permission, run, for_page, for_server)


_PI = "/v1/payment_intents"
ROUTES: tuple[Route, ...] = (
    _route("POST", _PI, "create_intent", schemas.INTENT_CREATE, "payment_intent_write", _create_intent),
    _route("GET", _PI, "list_intents", schemas.INTENT_LIST, "payment_intent_read", _list_intents),
    _route(
        "GET",
        _PI + "/{id}",
        "retrieve",
        schemas.INTENT_RETRIEVE,
        "payment_intent_read",
        _retrieve_intent,
        for_page=True,
    ),
    _route("POST", _PI + "/{id}", "update", schemas.INTENT_UPDATE, "payment_intent_write", _update_intent),
    _route("POST", _PI + "/{id}/confirm", "confirm", schemas.INTENT_CONFIRM, "payment_intent_write", _confirm_intent),
    _route("POST", _PI + "/{id}/capture", "capture", schemas.INTENT_CAPTURE, "payment_intent_write", _capture_intent),
    _route("POST", _PI + "/{id}/cancel", "cancel", schemas.INTENT_CANCEL, "payment_intent_write", _cancel_intent),
    _route(
        "GET",
        _PI + "/{id}/amount_details_line_items",
        "list_lines",
        schemas.PAGING,
        "payment_intent_read",
        _list_lines,
    ),
    _route("GET", "/v1/charges", "list_charges", schemas.CHARGE_LIST, "charge_read", _list_charges),
    _route("GET", "/v1/charges/{id}", "retrieve_charge", schemas.EXPAND, "charge_read", _retrieve_charge),
    _route("POST", "/v1/charges/{id}", "update_charge", schemas.CHARGE_UPDATE, "charge_write", _update_charge),
    _route("POST", "/v1/customers", "create_customer", schemas.CUSTOMER_CREATE, "customer_write", _create_customer),
    _route("GET", "/v1/customers", "list_customers", schemas.CUSTOMER_LIST, "customer_read", _list_customers),
    _route("GET", "/v1/customers/{id}", "retrieve_customer", schemas.EXPAND, "customer_read", _retrieve_customer),
    _route(
        "POST", "/v1/customers/{id}", "update_customer", schemas.CUSTOMER_UPDATE, "customer_write", _update_customer
    ),
    _route(
        "GET",
        "/v1/customers/{id}/payment_methods",
        "list_methods",
        schemas.METHOD_LIST,
        "payment_method_read",
        _list_methods,
    ),
    _route(
        "POST", "/v1/payment_methods", "create_method", schemas.METHOD_CREATE, "payment_method_write", _create_method
    ),
    _route(
        "GET", "/v1/payment_methods/{id}", "retrieve_method", schemas.EXPAND, "payment_method_read", _retrieve_method
    ),
    _route(
        "POST",
        "/v1/payment_methods/{id}/attach",
        "attach_method",
        schemas.METHOD_ATTACH,
        "payment_method_write",
        _attach_method,
    ),
    _route(
        "POST",
        "/v1/tokens",
        "create_token",
        schemas.TOKEN_CREATE,
        "token_write",
        _create_token,
        for_page=True,
        for_server=False,
    ),
    _route(
        "POST",
        "/v1/confirmation_tokens",
        "create_confirmation_token",
        schemas.CONFIRMATION_TOKEN_CREATE,
        "confirmation_token_write",
        _create_confirmation_token,
        for_page=True,
        for_server=False,
    ),
    _route(
        "GET",
        "/v1/confirmation_tokens/{id}",
        "retrieve_confirmation_token",
        schemas.EXPAND,
        "confirmation_token_read",
        _retrieve_confirmation_token,
    ),
    _route(
        "POST",
        "/v1/test_helpers/confirmation_tokens",
        "create_test_confirmation_token",
        schemas.TEST_CONFIRMATION_TOKEN,
        "confirmation_token_write",
        _create_test_confirmation_token,
    ),
    _route("GET", "/v1/events", "list_events", schemas.EVENT_LIST, "event_read", _list_events),
    _route("GET", "/v1/events/{id}", "retrieve_event", schemas.EXPAND, "event_read", _retrieve_event),
    _route("GET", "/v1/refunds", "list_refunds", schemas.REFUND_LIST, "refund_read", _list_refunds),
    _route("GET", "/v1/disputes", "list_disputes", schemas.DISPUTE_LIST, "dispute_read", _list_disputes),
    _route("GET", "/v1/balance", "balance", schemas.EXPAND, "balance_read", _balance),
    _route("GET", "/v1/account", "account", schemas.EXPAND, "account_read", _account),
)
