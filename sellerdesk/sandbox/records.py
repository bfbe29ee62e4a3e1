"""Charges, customers, events and account: what is read, and the little that can be changed."""

from sellerdesk.sandbox.errors import ApiError, invalid, missing
from sellerdesk.sandbox.lists import narrowed, page
from sellerdesk.sandbox.methods import attach, check_attachable, find_method
from sellerdesk.sandbox.objects import Charge, Customer, Event, Json, PaymentMethod
from sellerdesk.sandbox.params import UNSET, merge_metadata
from sellerdesk.sandbox.render import charge_json, customer_json, event_json, method_json
from sellerdesk.sandbox.settlement import write_receipt
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.switches import check_pattern, named_by

EVENTS_KEPT_SECONDS = 30 * 24 * 3600
"""Events can be listed for 30 days (https://docs.stripe.com/api/events/list)."""


def find_charge(state: State, identifier: str) -> Charge:
    """The charge with this id, or ApiError 404."""
    charge = state.store.charges.get(identifier)
    if charge is None:
        raise missing("charge", identifier, "charge")
    return charge


def list_charges(state: State, params: Json) -> Json:
    """Charges newest first, of one intent or customer when asked."""
    return page(
        state.store.charges,
        params,
        "/v1/charges",
        charge_json,
        "charge",
        wanted=lambda charge: params.get("customer") in (None, charge.customer),
        group=narrowed(params),
    )


def update_charge(state: State, charge: Charge, params: Json) -> Charge:
    """``POST /v1/charges/{id}``; allowed in every state (https://docs.stripe.com/api/charges/update)."""
    metadata = merge_metadata(charge.metadata, params["metadata"]) if "metadata" in params else charge.metadata
    charge.metadata = metadata
    for name in ("description", "transfer_group"):
        if name in params:
            setattr(charge, name, params[name] or None)
    if "receipt_email" in params and params["receipt_email"] != (charge.receipt_email or ""):
        charge.receipt_email = params["receipt_email"] or None
        write_receipt(state, charge)  # https://docs.stripe.com/receipts
    if "shipping" in params:
        charge.shipping = params["shipping"]
    if params.get("fraud_details"):
        charge.fraud_details = params["fraud_details"]
    state.emit("charge.updated", charge_json(charge))
    return charge


def find_customer(state: State, identifier: str) -> Customer:
    """The customer with this id, or ApiError 404."""
    customer = state.store.customers.get(identifier)
    if customer is None:
        raise missing("customer", identifier, "id")
    return customer


def create_customer(state: State, params: Json) -> Customer:
    """``POST /v1/customers``."""
    metadata = merge_metadata({}, params["metadata"]) if "metadata" in params else {}
    data = {name: value for name, value in params.items() if name not in ("expand", "metadata", "payment_method")}
    data = {name: None if value == UNSET else value for name, value in data.items()}
    customer = Customer(state.ids.new("cus", 14), state.clock.now(), data, metadata)
    state.store.customers[customer.id] = customer
    if "payment_method" in params:
        try:
            attach_method(state, find_method(state, params["payment_method"]), customer.id)
        except ApiError:
            del state.store.customers[customer.id]
            raise
    state.emit("customer.created", customer_json(customer))
    return customer


def update_customer(state: State, customer: Customer, params: Json) -> Customer:
    """``POST /v1/customers/{id}``."""
    if "metadata" in params:
        customer.metadata = merge_metadata(customer.metadata, params["metadata"])
    data = {name: value for name, value in params.items() if name not in ("expand", "metadata")}
    customer.data |= {name: None if value == UNSET else value for name, value in data.items()}
    state.emit("customer.updated", customer_json(customer))
    return customer


def list_customers(state: State, params: Json) -> Json:
    """Customers newest first; the e-mail must match exactly."""
    return page(
        state.store.customers,
        params,
        "/v1/customers",
        customer_json,
        "customer",
        wanted=lambda customer: params.get("email") in (None, customer.data.get("email")),
    )


def attach_method(state: State, method: PaymentMethod, customer: str) -> PaymentMethod:
    """``POST /v1/payment_methods/{id}/attach``."""
    check_attachable(state, method, customer)
    if method.customer is None:
        attach(state, method, customer)
    return method


def list_methods(state: State, customer: Customer, params: Json) -> Json:
    """The cards saved with a customer."""

    def wanted(method: PaymentMethod) -> bool:
        return (
            params.get("type", "card") == "card"
            and method.customer == customer.id
            and params.get("allow_redisplay") in (None, method.allow_redisplay)
        )

    url = f"/v1/customers/{customer.id}/payment_methods"
    return page(state.store.methods, params, url, method_json, "payment_method", wanted=wanted)


def find_event(state: State, identifier: str) -> Event:
    """The event with this id if it is not older than 30 days, or ApiError 404."""
    event = state.store.events.get(identifier)
    if event is None or event.created < state.clock.now() - EVENTS_KEPT_SECONDS:
        raise missing("event", identifier, "id")
    return event


def list_events(state: State, params: Json) -> Json:
    """Events newest first, by type, wildcard or list of types."""
    if "type" in params and "types" in params:
        raise invalid("You may only send one of type and types.", "types")
    if any("*" in name for name in params.get("types", [])):
        raise invalid("types takes exact names only; use type for a wildcard.", "types")
    if "type" in params:
        check_pattern(params["type"], "type")
    created = dict(params.get("created") or {})
    created["gte"] = max(created.get("gte", 0), state.clock.now() - EVENTS_KEPT_SECONDS)
    return page(
        state.store.events,
        {**params, "created": created},
        "/v1/events",
        lambda event: event_json(state, event),
        "event",
        wanted=lambda event: (
            _wanted(event.type, params)
            and params.get("delivery_success") in (None, not state.store.undelivered.get(event.id))
        ),
    )


def account_json(state: State) -> Json:
    """The account the keys belong to."""
    return {
        "id": state.account,
        "object": "account",
        "business_profile": {
            "mcc": None,
            "name": state.shop_name,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": None,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "DE",
        "created": 0,
        "default_currency": "eur",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": state.shop_name, "timezone": "Etc/UTC"},
            "payments": {
                "statement_descriptor": "SANDBOX SHOP",
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
        },
        "type": "standard",
    }


def _wanted(kind: str, params: Json) -> bool:
    if "types" in params:
        return kind in params["types"]
    return named_by(kind, params.get("type", "*"))
