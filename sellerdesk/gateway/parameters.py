"""Turns our requests into Stripe's parameters.

``payment_method_types`` is never among them: Stripe refuses it since
https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
"""

from typing import Any

from sellerdesk.domain.errors import TokenRefused
from sellerdesk.domain.payment import ShippingFacts
from sellerdesk.domain.requests import (
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    LineItem,
    PassTracking,
)

EXPAND = ["latest_charge"]

# https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount_details-line_items
_MOST_LINES = 200
_LONGEST_NAME = 1024
_LONGEST_CODE = 12

Params = dict[str, Any]


def create_customer(request: CreateCustomer) -> Params:
    """https://docs.stripe.com/api/customers/create"""
    return _without_blanks(
        {
            "name": request.name,
            "email": request.email,
            "phone": request.phone,
            # A customer's shipping block knows no carrier: https://docs.stripe.com/api/customers/object
            "shipping": {
                name: value
                for name, value in shipping(request.shipping).items()
                if name not in ("carrier", "tracking_number")
            },
            "metadata": dict(request.metadata),
        }
    )


def create_intent(request: CreateIntent) -> Params:
    """https://docs.stripe.com/payments/place-a-hold-on-a-payment-method"""
    manual = request.confirmation_method == "manual"
    return _without_blanks(
        {
            "amount": request.amount,
            "currency": request.currency,
            "capture_method": "manual",
            "confirmation_method": request.confirmation_method if manual else "",
            "allowed_payment_method_types": ["card"],
            "setup_future_usage": "off_session" if request.save_card else "",
            "customer": request.customer_id,
            "receipt_email": request.receipt_email,
            "description": request.description,
            "shipping": shipping(request.shipping) if request.shipping else {},
            "amount_details": _amount_details(request.lines, request.shipping_amount),
            "payment_details": {"order_reference": request.order_reference},
            "metadata": dict(request.metadata),
            "expand": EXPAND,
        }
    )


def charge_saved_card(request: ChargeSavedCard) -> Params:
    """https://docs.stripe.com/payments/save-during-payment#charge-saved-payment-method"""
    return _without_blanks(
        {
            "amount": request.amount,
            "currency": request.currency,
            "capture_method": "manual" if request.holds else "automatic",
            "allowed_payment_method_types": ["card"],
            "customer": request.customer_id,
            "payment_method": request.payment_method_id,
            "off_session": True,
            "confirm": True,
            "receipt_email": request.receipt_email,
            "description": request.description,
            "amount_details": _amount_details(request.lines, request.shipping_amount),
            "payment_details": {"order_reference": request.order_reference},
            "metadata": dict(request.metadata),
            "expand": EXPAND,
        }
    )


def confirm(request: Confirm) -> Params:
    """https://docs.stripe.com/api/payment_intents/confirm. Raises TokenRefused."""
    return _without_blanks(
        {
            **_token(request.token),
            **({"off_session": True} if request.off_session else {}),
            "return_url": request.return_url,
            "setup_future_usage": "off_session" if request.save_card else "",
            "receipt_email": request.receipt_email,
            "shipping": shipping(request.shipping),
            "expand": EXPAND,
        }
    )


def _token(token: str) -> Params:
    if token.startswith("ctoken_"):
        return {"confirmation_token": token}
    # A card that was saved long ago keeps its older name:
    # https://docs.stripe.com/payments/payment-methods/transitioning
    if token.startswith(("pm_", "card_")):
        return {"payment_method": token}
    if token:
        raise TokenRefused("The card details did not arrive as they should. Please enter them again.")
    return {}


def payment_method(token: str) -> Params:
    """The way Stripe documents for tokens of older pages: https://docs.stripe.com/api/payment_methods/create"""
    return {"type": "card", "card": {"token": token}}


def cancel(request: Cancel) -> Params:
    """https://docs.stripe.com/api/payment_intents/cancel"""
    return _without_blanks({"cancellation_reason": request.reason, "expand": EXPAND})


def capture(request: Capture) -> Params:
    """https://docs.stripe.com/api/payment_intents/capture"""
    return {
        "amount_to_capture": request.amount,
        "amount_details": _amount_details(request.lines, request.shipping_amount),
        "metadata": dict(request.metadata),
        "expand": EXPAND,
    }


def create_refund(request: CreateRefund) -> Params:
    """https://docs.stripe.com/api/refunds/create"""
    return _without_blanks(
        {
            "payment_intent": request.intent_id,
            "amount": request.amount,
            "reason": request.reason,
            "metadata": dict(request.metadata),
        }
    )


def tracking(request: PassTracking) -> Params:
    """https://docs.stripe.com/api/payment_intents/update, and the same for a charge: the whole block, because name and
    address are required inside it."""
    return {"shipping": shipping(request.shipping), "metadata": dict(request.metadata)}


def shipping(facts: ShippingFacts) -> Params:
    """Stripe's shipping block; blank parts are left out, because an empty one would ask Stripe to unset it."""
    return _without_blanks(
        {
            "name": facts.name,
            "phone": facts.phone,
            "carrier": facts.carrier,
            "tracking_number": facts.tracking_number,
            "address": _without_blanks(
                {
                    "line1": facts.line1,
                    "line2": facts.line2,
                    "city": facts.city,
                    "state": facts.state,
                    "postal_code": facts.postal_code,
                    "country": facts.country,
                }
            ),
        }
    )


def _amount_details(lines: tuple[LineItem, ...], shipping_amount: int) -> Params:
    """What the amount is made of. It describes the payment and never stops it: a sum that Stripe reckons otherwise is
    only reported (``enforce_arithmetic_validation``)."""
    sent = [_line_item(line) for line in lines if line.quantity > 0]
    return _without_blanks(
        {
            "line_items": sent if len(sent) <= _MOST_LINES else [],
            "shipping": {"amount": shipping_amount},
            "enforce_arithmetic_validation": False,
        }
    )


def _line_item(line: LineItem) -> Params:
    item: Params = {
        "product_name": line.name[:_LONGEST_NAME],
        "quantity": line.quantity,
        "unit_cost": line.unit_cost,
    }
    if 0 < len(line.sku) <= _LONGEST_CODE:
        item["product_code"] = line.sku
    if line.discount > 0:
        item["discount_amount"] = line.discount
    return item


def _without_blanks(params: Params) -> Params:
    return {name: value for name, value in params.items() if value not in ("", {}, [])}
