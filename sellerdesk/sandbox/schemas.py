"""The parameters each call knows, as https://docs.stripe.com/api lists them for version 2026-10-28.endive.

``payment_method_types`` appears although the pinned version no longer takes it: it is refused with a code of its
own, and older versions may still send it.
"""

from sellerdesk.sandbox.params import (
    Check,
    Spec,
    anything,
    array,
    at_least,
    boolean,
    integer,
    metadata,
    obj,
    one_of,
    text,
)
from sellerdesk.sandbox.render_aftermath import EVIDENCE

_T = text()
EXPAND: Spec = {"expand": array(_T, 20)}
CREATED: Check = obj({"gt": integer, "gte": integer, "lt": integer, "lte": integer})


def _created(value: object, name: str) -> object:
    if isinstance(value, str):
        moment = integer(value, name)
        return {"gte": moment, "lte": moment}
    return CREATED(value, name)


_ADDRESS_PARTS: Spec = dict.fromkeys(("line1", "line2", "city", "state", "postal_code", "country"), _T)
ADDRESS: Check = obj(_ADDRESS_PARTS)
_SHIPPING_PARTS: Spec = {
    "name": _T,
    "address": ADDRESS,
    "carrier": _T,
    "phone": _T,
    "tracking_number": _T,
}
SHIPPING: Check = obj(_SHIPPING_PARTS, needs=("name", "address"), unsettable=True)
CHARGE_SHIPPING: Check = obj(_SHIPPING_PARTS, needs=("name", "address"))
CUSTOMER_SHIPPING: Check = obj(
    {"name": _T, "address": ADDRESS, "phone": _T}, needs=("name", "address"), unsettable=True
)
BILLING: Check = obj(
    {
        "name": text(),
        "email": text(800),
        "phone": text(),
        "tax_id": text(),
        "address": obj(_ADDRESS_PARTS, unsettable=True),
    }
)

_TAX: Check = obj({"total_tax_amount": at_least(0)}, needs=("total_tax_amount",), unsettable=True)
_LINE_ITEM: Check = obj(
    {
        "product_name": text(1024),
        "product_code": text(12),
        "quantity": at_least(1),
        "unit_cost": at_least(0),
        "discount_amount": at_least(1),
        "tax": _TAX,
        "unit_of_measure": text(12),
        "payment_method_options": anything,
    },
    needs=("product_name", "quantity", "unit_cost"),
)


def _discount(value: object, name: str) -> object:
    return "" if value == "" else at_least(1)(value, name)


AMOUNT_DETAILS: Check = obj(
    {
        "discount_amount": _discount,
        "enforce_arithmetic_validation": boolean,
        "line_items": array(_LINE_ITEM, 200, unsettable=True),
        "shipping": obj(
            {"amount": at_least(0), "from_postal_code": text(10), "to_postal_code": text(10)}, unsettable=True
        ),
        "tax": _TAX,
    },
    unsettable=True,
)
PAYMENT_DETAILS: Check = obj({"customer_reference": text(5000), "order_reference": text(5000)}, unsettable=True)

_USAGE: Check = one_of("on_session", "off_session")
USAGE_OR_UNSET: Check = one_of("on_session", "off_session", "")
CAPTURE: Check = one_of("automatic", "automatic_async", "manual")
_IF_AVAILABLE: Check = one_of("if_available", "never")
_OFF_SESSION: Check = one_of("true", "false", "one_off", "recurring")
TYPES: Check = array(text(40), 50)
CARD_OPTIONS: Check = obj(
    {
        "capture_method": one_of("manual", ""),
        "cvc_token": _T,
        "installments": anything,
        "mandate_options": anything,
        "moto": boolean,
        "network": _T,
        "request_extended_authorization": _IF_AVAILABLE,
        "request_incremental_authorization": _IF_AVAILABLE,
        "request_multicapture": _IF_AVAILABLE,
        "request_overcapture": _IF_AVAILABLE,
        "request_three_d_secure": one_of("automatic", "any", "challenge"),
        "require_cvc_recollection": boolean,
        "setup_future_usage": one_of("none", "on_session", "off_session", ""),
        "statement_descriptor_suffix_kana": _T,
        "statement_descriptor_suffix_kanji": _T,
        "three_d_secure": anything,
    }
)
_METHOD_DATA: Check = obj(
    {
        "type": text(40),
        "billing_details": BILLING,
        "card": obj({"token": _T}),
        "metadata": metadata,
        "allow_redisplay": one_of("always", "limited", "unspecified"),
        "radar_options": anything,
    },
    needs=("type",),
)

_COMMON: Spec = {
    "allowed_payment_method_types": TYPES,
    "amount_details": AMOUNT_DETAILS,
    "capture_method": CAPTURE,
    "excluded_payment_method_types": TYPES,
    "expand": array(_T, 20),
    "hooks": anything,
    "payment_details": PAYMENT_DETAILS,
    "payment_method": _T,
    "payment_method_data": _METHOD_DATA,
    "payment_method_options": obj({"card": CARD_OPTIONS}),
    "payment_method_types": TYPES,
    "receipt_email": text(800),
    "shipping": SHIPPING,
}
_DESCRIBING: Spec = {
    "amount": integer,
    "application_fee_amount": anything,
    "currency": text(10),
    "customer": _T,
    "customer_account": _T,
    "description": text(1000),
    "metadata": metadata,
    "payment_method_configuration": _T,
    "statement_descriptor": text(22),
    "statement_descriptor_suffix": text(22),
    "transfer_data": anything,
    "transfer_group": _T,
}
_ATTEMPTING: Spec = {
    "confirmation_token": _T,
    "error_on_requires_action": boolean,
    "mandate": _T,
    "mandate_data": anything,
    "off_session": _OFF_SESSION,
    "radar_options": anything,
    "return_url": _T,
    "use_stripe_sdk": boolean,
}

INTENT_CREATE: Spec = {
    **_COMMON,
    **_DESCRIBING,
    **_ATTEMPTING,
    "automatic_payment_methods": obj(
        {"enabled": boolean, "allow_redirects": one_of("always", "never")}, needs=("enabled",)
    ),
    "confirm": boolean,
    "confirmation_method": one_of("automatic", "manual"),
    "on_behalf_of": _T,
    "setup_future_usage": _USAGE,
}
INTENT_UPDATE: Spec = {**_COMMON, **_DESCRIBING, "setup_future_usage": USAGE_OR_UNSET}
INTENT_CONFIRM: Spec = {
    **_COMMON,
    **_ATTEMPTING,
    "amount_to_confirm": integer,
    "setup_future_usage": USAGE_OR_UNSET,
}
INTENT_CAPTURE: Spec = {
    "amount_details": AMOUNT_DETAILS,
    "amount_to_capture": integer,
    "application_fee_amount": anything,
    "expand": array(_T, 20),
    "final_capture": boolean,
    "hooks": anything,
    "metadata": metadata,
    "payment_details": PAYMENT_DETAILS,
    "statement_descriptor": text(22),
    "statement_descriptor_suffix": text(22),
    "transfer_data": anything,
}
INTENT_CANCEL: Spec = {
    "cancellation_reason": one_of("duplicate", "fraudulent", "requested_by_customer", "abandoned"),
    "expand": array(_T, 20),
}
INTENT_RETRIEVE: Spec = {**EXPAND, "client_secret": _T}

PAGING: Spec = {"limit": integer, "starting_after": _T, "ending_before": _T, **EXPAND}
INTENT_LIST: Spec = {**PAGING, "created": _created, "customer": _T, "customer_account": _T}
CHARGE_LIST: Spec = {
    **PAGING,
    "created": _created,
    "customer": _T,
    "payment_intent": _T,
    "transfer_group": _T,
}
REFUND_LIST: Spec = {**PAGING, "created": _created, "charge": _T, "payment_intent": _T}
DISPUTE_LIST: Spec = {**PAGING, "created": _created, "charge": _T, "payment_intent": _T}
CUSTOMER_LIST: Spec = {**PAGING, "created": _created, "email": text(800), "test_clock": _T}
METHOD_LIST: Spec = {
    **PAGING,
    "type": text(40),
    "allow_redisplay": one_of("always", "limited", "unspecified"),
}
EVENT_LIST: Spec = {
    **PAGING,
    "created": _created,
    "delivery_success": boolean,
    "type": text(200),
    "types": array(text(200), 20),
}

CHARGE_UPDATE: Spec = {
    "customer": _T,
    "description": text(1000),
    "expand": array(_T, 20),
    "fraud_details": anything,
    "metadata": metadata,
    "receipt_email": text(800),
    "shipping": CHARGE_SHIPPING,
    "transfer_group": _T,
}
CUSTOMER_CREATE: Spec = {
    "address": obj(_ADDRESS_PARTS, unsettable=True),
    "description": text(1000),
    "email": text(800),
    "expand": array(_T, 20),
    "invoice_prefix": _T,
    "invoice_settings": anything,
    "metadata": metadata,
    "name": text(),
    "payment_method": _T,
    "phone": _T,
    "preferred_locales": array(text(20), 10),
    "shipping": CUSTOMER_SHIPPING,
    "tax_exempt": one_of("none", "exempt", "reverse", ""),
}
CUSTOMER_UPDATE: Spec = {name: spec for name, spec in CUSTOMER_CREATE.items() if name != "payment_method"}
METHOD_CREATE: Spec = {
    "allow_redisplay": one_of("always", "limited", "unspecified"),
    "billing_details": BILLING,
    "card": obj(dict.fromkeys(("token", "number", "exp_month", "exp_year", "cvc"), _T)),
    "expand": array(_T, 20),
    "metadata": metadata,
    "type": text(40),
}
METHOD_LIST_ALL: Spec = {**METHOD_LIST, "customer": _T, "customer_account": _T}
METHOD_UPDATE: Spec = {
    "allow_redisplay": one_of("always", "limited", "unspecified"),
    "billing_details": BILLING,
    "card": obj({"exp_month": integer, "exp_year": integer, "networks": anything}),
    "expand": array(_T, 20),
    "metadata": metadata,
}
METHOD_ATTACH: Spec = {"customer": _T, **EXPAND}

TEST_CONFIRMATION_TOKEN: Spec = {
    "expand": array(_T, 20),
    "payment_method": _T,
    "payment_method_data": _METHOD_DATA,
    "payment_method_options": anything,
    "return_url": _T,
    "setup_future_usage": _USAGE,
    "shipping": CUSTOMER_SHIPPING,
}

REFUND_CREATE: Spec = {
    "amount": integer,
    "charge": _T,
    "expand": array(_T, 20),
    "instructions_email": text(800),
    "metadata": metadata,
    "payment_intent": _T,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
    "refund_application_fee": anything,
    "reverse_transfer": anything,
}
REFUND_UPDATE: Spec = {"metadata": metadata, **EXPAND}
DISPUTE_UPDATE: Spec = {
    "evidence": obj({**dict.fromkeys(EVIDENCE, text(20_000)), "enhanced_evidence": anything}),
    "expand": array(_T, 20),
    "metadata": metadata,
    "submit": boolean,
}
WARNING_LIST: Spec = DISPUTE_LIST
REVIEW_LIST: Spec = {**PAGING, "created": _created}

SEARCH: Spec = {"query": _T, "limit": integer, "page": _T, **EXPAND}
_ENDPOINT: Spec = {
    "description": text(5000),
    "enabled_events": array(text(200), 300),
    "expand": array(_T, 20),
    "metadata": metadata,
    "url": _T,
}
ENDPOINT_CREATE: Spec = {**_ENDPOINT, "api_version": text(40), "connect": boolean}
ENDPOINT_UPDATE: Spec = {**_ENDPOINT, "disabled": boolean}
