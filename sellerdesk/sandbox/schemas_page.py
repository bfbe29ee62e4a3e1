"""The parameters a page may send with the publishable key: everything about a card comes from the frames.

https://docs.stripe.com/api/payment_intents/confirm , https://docs.stripe.com/api/tokens/create_card
"""

from sellerdesk.sandbox.params import Check, Spec, anything, array, boolean, integer, metadata, obj, one_of, text
from sellerdesk.sandbox.schemas import (
    BILLING,
    CAPTURE,
    CUSTOMER_SHIPPING,
    EXPAND,
    SHIPPING,
    TYPES,
    USAGE_OR_UNSET,
)

_T = text()
_TYPED = ("number", "exp_month", "exp_year", "cvc")
_REDISPLAY: Check = one_of("always", "limited", "unspecified")
_TYPED_CARD: Check = obj(dict.fromkeys(_TYPED, _T), needs=_TYPED[:3])
_ANY_CARD: Check = obj(dict.fromkeys((*_TYPED, "token"), _T))
_METHOD: Spec = {
    "type": one_of("card"),
    "billing_details": BILLING,
    "metadata": metadata,
    "allow_redisplay": _REDISPLAY,
}
_CONTEXT: Check = obj(
    {
        "mode": one_of("payment"),
        "amount": integer,
        "currency": text(10),
        "capture_method": CAPTURE,
        "setup_future_usage": USAGE_OR_UNSET,
        "allowed_payment_method_types": TYPES,
    },
    needs=("mode", "amount", "currency"),
)
"""What Elements were told when they were made without an intent."""

_ADDRESS = ("line1", "line2", "city", "state", "zip", "country")
TOKEN_CREATE: Spec = {
    "card": obj(
        dict.fromkeys((*_TYPED, "name", "currency", *(f"address_{part}" for part in _ADDRESS)), _T), needs=_TYPED[:3]
    ),
    **EXPAND,
}
CONFIRMATION_TOKEN_CREATE: Spec = {
    "client_context": _CONTEXT,
    "payment_method_data": obj({**_METHOD, "card": _TYPED_CARD}, needs=("type", "card")),
    "return_url": _T,
    "shipping": CUSTOMER_SHIPPING,
    "use_stripe_sdk": boolean,
}
METHOD_CREATE_BY_PAGE: Spec = {**_METHOD, "card": _ANY_CARD, "expand": array(_T, 20)}
INTENT_CONFIRM_BY_PAGE: Spec = {
    "client_context": _CONTEXT,
    "client_secret": _T,
    "confirmation_token": _T,
    "expand": array(_T, 20),
    "mandate_data": anything,
    "payment_method": _T,
    "payment_method_data": obj({**_METHOD, "card": _ANY_CARD}, needs=("type",)),
    "payment_method_options": obj({"card": obj({"network": _T})}),
    "receipt_email": text(800),
    "return_url": _T,
    "setup_future_usage": USAGE_OR_UNSET,
    "shipping": SHIPPING,
    "use_stripe_sdk": boolean,
}
