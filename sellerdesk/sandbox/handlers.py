"""What each call of the API does, from checked parameters to the JSON that goes back."""

from sellerdesk.sandbox import captures, methods, payments, records
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.errors import missing, required
from sellerdesk.sandbox.lists import envelope, narrowed, page
from sellerdesk.sandbox.objects import Intent, Json
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
from sellerdesk.sandbox.render_card import token_json


def create_intent(call: Call) -> Json:
    """``POST /v1/payment_intents``."""
    return intent_json(call.state, payments.create(call.state, call.params, call.version))


def list_intents(call: Call) -> Json:
    """``GET /v1/payment_intents``."""
    params = call.params
    return page(
        call.state.store.intents,
        params,
        "/v1/payment_intents",
        lambda intent: intent_json(call.state, intent),
        "payment_intent",
        group=narrowed(params),
    )


def retrieve_intent(call: Call) -> Json:
    """``GET /v1/payment_intents/{id}``; a page needs the client secret and sees its part only."""
    intent = payments.find_intent(call.state, call.identifier)
    if call.publishable or "client_secret" in call.params:
        payments.check_secret(intent, call.params.get("client_secret"))
    return _shown(call, intent)


def update_intent(call: Call) -> Json:
    """``POST /v1/payment_intents/{id}``."""
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, payments.update(call.state, intent, call.params, call.version))


def confirm_intent(call: Call) -> Json:
    """``POST /v1/payment_intents/{id}/confirm``, by the server or with the client secret by a page."""
    intent = payments.find_intent(call.state, call.identifier)
    return _shown(call, payments.confirm(call.state, intent, call.params, call.version, by_page=call.publishable))


def capture_intent(call: Call) -> Json:
    """``POST /v1/payment_intents/{id}/capture``."""
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, captures.capture(call.state, intent, call.params, call.version))


def cancel_intent(call: Call) -> Json:
    """``POST /v1/payment_intents/{id}/cancel``."""
    intent = payments.find_intent(call.state, call.identifier)
    return intent_json(call.state, captures.cancel(call.state, intent, call.params, call.version))


def list_lines(call: Call) -> Json:
    """``GET /v1/payment_intents/{id}/amount_details_line_items``."""
    intent = payments.find_intent(call.state, call.identifier)
    lines = [line_item_json(item) for item in intent.line_items]
    return envelope(lines, f"/v1/payment_intents/{intent.id}/amount_details_line_items")


def list_charges(call: Call) -> Json:
    """``GET /v1/charges``."""
    return records.list_charges(call.state, call.params)


def retrieve_charge(call: Call) -> Json:
    """``GET /v1/charges/{id}``."""
    return charge_json(records.find_charge(call.state, call.identifier))


def update_charge(call: Call) -> Json:
    """``POST /v1/charges/{id}``."""
    charge = records.find_charge(call.state, call.identifier)
    return charge_json(records.update_charge(call.state, charge, call.params))


def create_customer(call: Call) -> Json:
    """``POST /v1/customers``."""
    return customer_json(records.create_customer(call.state, call.params))


def list_customers(call: Call) -> Json:
    """``GET /v1/customers``."""
    return records.list_customers(call.state, call.params)


def update_customer(call: Call) -> Json:
    """``POST /v1/customers/{id}``."""
    customer = records.find_customer(call.state, call.identifier)
    return customer_json(records.update_customer(call.state, customer, call.params))


def list_methods(call: Call) -> Json:
    """``GET /v1/customers/{id}/payment_methods``."""
    customer = records.find_customer(call.state, call.identifier)
    return records.list_methods(call.state, customer, call.params)


def create_method(call: Call) -> Json:
    """``POST /v1/payment_methods``."""
    return method_json(methods.create_method(call.state, call.params, call.publishable))


def retrieve_method(call: Call) -> Json:
    """``GET /v1/payment_methods/{id}``."""
    return method_json(methods.find_method(call.state, call.identifier))


def attach_method(call: Call) -> Json:
    """``POST /v1/payment_methods/{id}/attach``."""
    if "customer" not in call.params:
        raise required("customer")
    method = methods.find_method(call.state, call.identifier)
    return method_json(records.attach_method(call.state, method, call.params["customer"]))


def create_token(call: Call) -> Json:
    """``POST /v1/tokens``, by the page's frame only."""
    return token_json(methods.create_card_token(call.state, call.params))


def retrieve_token(call: Call) -> Json:
    """``GET /v1/tokens/{id}``."""
    return token_json(methods.find_card_token(call.state, call.identifier))


def create_confirmation_token(call: Call) -> Json:
    """``POST /v1/confirmation_tokens``, by the page's frame only."""
    return confirmation_token_json(methods.create_confirmation_token(call.state, call.params))


def create_test_confirmation_token(call: Call) -> Json:
    """``POST /v1/test_helpers/confirmation_tokens``."""
    return confirmation_token_json(methods.create_test_confirmation_token(call.state, call.params))


def retrieve_confirmation_token(call: Call) -> Json:
    """``GET /v1/confirmation_tokens/{id}``."""
    token = call.state.store.confirmation_tokens.get(call.identifier)
    if token is None:
        raise missing("confirmation token", call.identifier, "confirmation_token")
    return confirmation_token_json(token)


def list_events(call: Call) -> Json:
    """``GET /v1/events``."""
    return records.list_events(call.state, call.params)


def retrieve_event(call: Call) -> Json:
    """``GET /v1/events/{id}``."""
    return event_json(call.state, records.find_event(call.state, call.identifier))


def _shown(call: Call, intent: Intent) -> Json:
    return publishable_intent_json(call.state, intent) if call.publishable else intent_json(call.state, intent)
