"""The card parts of payment methods and charges (https://docs.stripe.com/api/charges/object)."""

from typing import Any

from sellerdesk.sandbox.objects import Charge, Json, PaymentMethod

_SELLER_MESSAGES = {
    "authorized": "Payment complete.",
    "blocked": "The sandbox's risk rules blocked this payment as too risky.",
    "issuer_declined": "The bank did not approve this payment.",
}


def billing_json(billing: Json) -> Json:
    """Billing details with every part present."""
    address: dict[str, Any] = billing.get("address") or {}
    return {
        "address": {
            part: address.get(part) or None for part in ("city", "country", "line1", "line2", "postal_code", "state")
        },
        "email": billing.get("email") or None,
        "name": billing.get("name") or None,
        "phone": billing.get("phone") or None,
        "tax_id": billing.get("tax_id") or None,
    }


def method_card_json(method: PaymentMethod) -> Json:
    """``payment_method.card``."""
    card = method.card
    return {
        "brand": card.brand,
        "checks": checks_json(method),
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "fingerprint": method.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.brand != "amex"},
        "wallet": None,
    }


def charge_card_json(charge: Charge) -> Json:
    """``charge.payment_method_details.card``."""
    method, card, failed = charge.method, charge.method.card, charge.failure is not None
    details: Json = {
        "amount_authorized": None if failed else charge.amount,
        "authorization_code": None if failed else charge.id[-6:].upper(),
        "brand": card.brand,
        "checks": checks_json(method),
        "country": card.country,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": method.fingerprint,
        "funding": card.funding,
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": charge.id[-15:].lower(),
        "overcapture": {"maximum_amount_capturable": charge.amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": _three_d_secure(charge),
        "wallet": None,
    }
    if charge.capture_before is not None and not failed:
        details["capture_before"] = charge.capture_before
    return details


def checks_json(method: PaymentMethod) -> Json:
    """What the bank said about code, street and postcode; null for what was not given."""
    address: dict[str, Any] = method.billing.get("address") or {}
    given = {
        "address_line1_check": bool(address.get("line1")),
        "address_postal_code_check": bool(address.get("postal_code")),
        "cvc_check": method.has_cvc,
    }
    return {
        name: ("fail" if name in method.card.failing_checks else "pass") if sent else None
        for name, sent in given.items()
    }


def outcome_json(charge: Charge) -> Json:
    """``charge.outcome``."""
    card = charge.method.card
    if charge.failure is None:
        kind, network, reason = "authorized", "approved_by_network", None
        if card.risk == "elevated":
            reason = "elevated_risk_level"
    elif card.blocked:
        kind, network, reason = "blocked", "not_sent_to_network", "highest_risk_level"
    else:
        kind, network, reason = "issuer_declined", "declined_by_network", charge.failure[1]
    return {
        "advice_code": advice_for(charge.failure[1]) if charge.failure else None,
        "network_advice_code": None,
        "network_decline_code": "05" if kind == "issuer_declined" else None,
        "network_status": network,
        "reason": reason,
        "risk_level": card.risk,
        "seller_message": _SELLER_MESSAGES[kind],
        "type": kind,
    }


def advice_for(reason: str) -> str | None:
    """What the bank advises the seller to do after a refusal (https://docs.stripe.com/declines/card)."""
    if reason in ("lost_card", "stolen_card", "fraudulent"):
        return "do_not_try_again"
    if reason in ("expired_card", "incorrect_cvc"):
        return "confirm_card_data"
    if reason in ("insufficient_funds", "card_velocity_exceeded", "processing_error", "generic_decline"):
        return "try_again_later"
    return None


def _three_d_secure(charge: Charge) -> Json | None:
    if not charge.authenticated:
        return None
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": charge.id[-12:],
        "version": "2.2.0",
    }
