"""Facts to JSON, in the shapes of version 2026-10-28.endive (https://docs.stripe.com/api)."""

from typing import Any

from sellerdesk.sandbox.objects import (
    Charge,
    ConfirmationToken,
    Customer,
    Event,
    Intent,
    Json,
    PaymentMethod,
)
from sellerdesk.sandbox.render_card import billing_json, charge_card_json, method_card_json, outcome_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import latest_charge, status_of

PUBLISHABLE_FIELDS = (
    "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "capture_method", "client_secret", "confirmation_method", "created", "currency", "description",
    "last_payment_error", "livemode", "next_action", "payment_method", "payment_method_types", "processing",
    "receipt_email", "setup_future_usage", "shipping", "status",
)  # fmt: skip
"""What a page may see of an intent with the publishable key and the intent's client secret."""


def intent_json(state: State, intent: Intent) -> Json:
    """A PaymentIntent as the secret key sees it."""
    charge = latest_charge(state, intent)
    held = charge is not None and charge.held
    present = {} if intent.payment_details is None else {"payment_details": intent.payment_details}
    return {
        **present,
        "id": intent.id,
        "object": "payment_intent",
        "allowed_payment_method_types": intent.allowed_types,
        "amount": intent.amount,
        "amount_capturable": intent.amount if held else 0,
        "amount_details": _amount_details(intent),
        "amount_received": intent.amount_received,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": intent.automatic_methods,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": intent.client_secret,
        "confirmation_method": intent.confirmation_method,
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "customer_account": None,
        "description": intent.description,
        "excluded_payment_method_types": None,
        "last_payment_error": intent.last_error,
        "latest_charge": intent.charge,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": dict(intent.metadata),
        "next_action": _next_action(state, intent),
        "on_behalf_of": None,
        "payment_method": intent.method.id if intent.method else None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
                **intent.card_options,
            }
        },
        "payment_method_types": intent.allowed_types or intent.older_types or ["card"],
        "processing": None,
        "receipt_email": intent.receipt_email,
        "review": charge.review if charge else None,
        "setup_future_usage": intent.setup_future_usage,
        "shipping": shipping_json(intent.shipping),
        "statement_descriptor": intent.statement_descriptor,
        "statement_descriptor_suffix": intent.statement_descriptor_suffix,
        "status": status_of(state, intent),
        "transfer_data": None,
        "transfer_group": intent.transfer_group,
    }


def publishable_intent_json(state: State, intent: Intent) -> Json:
    """The part of a PaymentIntent that a page may see."""
    return publishable_part(intent_json(state, intent))


def publishable_part(whole: Json) -> Json:
    """What a page may see of a rendered PaymentIntent."""
    return {name: whole[name] for name in PUBLISHABLE_FIELDS}


def charge_json(charge: Charge) -> Json:
    """A charge: one attempt at a card."""
    failed = charge.failure is not None
    return {
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount_captured,
        "amount_refunded": charge.amount_refunded + charge.amount_released,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": charge.balance_transaction,
        "billing_details": billing_json(charge.method.billing),
        "calculated_statement_descriptor": "SANDBOX SHOP",
        "captured": charge.captured_at is not None,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "description": charge.description,
        "disputed": charge.disputed,
        "failure_balance_transaction": None,
        "failure_code": charge.failure.code if charge.failure else None,
        "failure_message": charge.failure.message if charge.failure else None,
        "fraud_details": charge.fraud_details,
        "livemode": False,
        "metadata": dict(charge.metadata),
        "on_behalf_of": None,
        "outcome": outcome_json(charge),
        "paid": not failed,
        "payment_intent": charge.intent,
        "payment_method": charge.method.id,
        "payment_method_details": {"card": charge_card_json(charge), "type": "card"},
        "radar_options": {},
        "receipt_email": charge.receipt_email,
        "receipt_number": None,
        "receipt_url": None if failed else f"https://pay.stripe.com/receipts/payment/{charge.id}",
        "refunded": 0 < charge.amount_captured == charge.amount_refunded or charge.amount_released == charge.amount,
        "review": charge.review,
        "shipping": shipping_json(charge.shipping),
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if failed else "succeeded",
        "transfer_data": None,
        "transfer_group": charge.transfer_group,
    }


def method_json(method: PaymentMethod) -> Json:
    """A payment method."""
    return {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": method.allow_redisplay,
        "billing_details": billing_json(method.billing),
        "card": method_card_json(method),
        "created": method.created,
        "customer": method.customer,
        "customer_account": None,
        "livemode": False,
        "metadata": dict(method.metadata),
        "type": "card",
    }


def customer_json(customer: Customer) -> Json:
    """A customer."""
    data = customer.data
    return {
        "id": customer.id,
        "object": "customer",
        "address": address_json(data.get("address")),
        "balance": 0,
        "created": customer.created,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": data.get("description"),
        "email": data.get("email"),
        "invoice_prefix": customer.id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": dict(customer.metadata),
        "name": data.get("name"),
        "next_invoice_sequence": 1,
        "phone": data.get("phone"),
        "preferred_locales": data.get("preferred_locales") or [],
        "shipping": _customer_shipping(data.get("shipping")),
        "tax_exempt": data.get("tax_exempt") or "none",
        "test_clock": None,
    }


def confirmation_token_json(token: ConfirmationToken) -> Json:
    """A confirmation token with the preview of what the shopper typed."""
    method = token.method
    return {
        "id": token.id,
        "object": "confirmation_token",
        "created": token.created,
        "expires_at": token.expires_at,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": token.payment_intent,
        "payment_method_options": None,
        "payment_method_preview": {
            "allow_redisplay": method.allow_redisplay,
            "billing_details": billing_json(method.billing),
            "card": method_card_json(method),
            "customer": method.customer,
            "customer_account": None,
            "type": "card",
        },
        "return_url": token.return_url,
        "setup_future_usage": token.setup_future_usage,
        "setup_intent": None,
        "shipping": None
        if token.shipping is None
        else {
            "address": address_json(token.shipping["address"]) or {},
            "name": token.shipping["name"],
            "phone": token.shipping.get("phone"),
        },
        "use_stripe_sdk": token.use_stripe_sdk,
    }


def event_json(state: State, event: Event) -> Json:
    """An event; its object is rendered as it was at that moment."""
    return {
        "id": event.id,
        "object": "event",
        "api_version": event.api_version,
        "created": event.created,
        "data": {"object": event.object} | ({} if event.previous is None else {"previous_attributes": event.previous}),
        "livemode": False,
        "pending_webhooks": len(state.store.undelivered.get(event.id, ())),
        "request": {"id": event.request_id, "idempotency_key": event.idempotency_key},
        "type": event.type,
    }


def line_item_json(item: Json) -> Json:
    """One line of an intent's ``amount_details``."""
    return {
        "id": item["id"],
        "object": "payment_intent_amount_details_line_item",
        "discount_amount": item.get("discount_amount"),
        "payment_method_options": item.get("payment_method_options"),
        "product_code": item.get("product_code"),
        "product_name": item["product_name"],
        "quantity": item["quantity"],
        "tax": item.get("tax") or None,
        "unit_cost": item["unit_cost"],
        "unit_of_measure": item.get("unit_of_measure"),
    }


def shipping_json(shipping: Json | None) -> Json | None:
    """A shipping block with every part present."""
    if shipping is None:
        return None
    return {
        "address": address_json(shipping.get("address")) or {},
        "carrier": shipping.get("carrier") or None,
        "name": shipping.get("name"),
        "phone": shipping.get("phone") or None,
        "tracking_number": shipping.get("tracking_number") or None,
    }


def address_json(address: Any) -> Json | None:
    """An address with every part present; empty texts become null."""
    if not address:
        return None
    return {part: address.get(part) or None for part in ("city", "country", "line1", "line2", "postal_code", "state")}


def _customer_shipping(shipping: Any) -> Json | None:
    if not shipping:
        return None
    return {
        "address": address_json(shipping["address"]) or {},
        "name": shipping["name"],
        "phone": shipping.get("phone"),
    }


def _amount_details(intent: Intent) -> Json:
    details: Json = {"tip": {}}
    for name in ("discount_amount", "shipping", "tax"):
        if intent.amount_details.get(name):
            details[name] = intent.amount_details[name]
    if intent.amount_error:
        details["error"] = intent.amount_error
    return details


def _next_action(state: State, intent: Intent) -> Json | None:
    challenge = intent.challenge
    if challenge is None or status_of(state, intent) != "requires_action":
        return None
    window = f"{state.base_url}/frames/challenge.html?ticket={challenge.ticket}"
    if challenge.use_stripe_sdk or not challenge.return_url:
        return {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "source": challenge.source,
                "ticket": challenge.ticket,
            },
        }
    return {"type": "redirect_to_url", "redirect_to_url": {"url": window, "return_url": challenge.return_url}}
