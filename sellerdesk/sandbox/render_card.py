"""The card parts of payment methods and charges (https://docs.stripe.com/api/charges/object)."""

from typing import Any

from sellerdesk.sandbox.objects import CardToken, Charge, Json, PaymentMethod

_ADDRESS_CHECKS = ("address_line1_check", "address_postal_code_check")
_BRAND_NAMES = {
    "visa": "Visa",
    "mastercard": "MasterCard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
_PAYMENT_COMPLETE = "Payment complete."
_IN_REVIEW = "The risk of this payment is elevated. The sandbox's risk rules placed it in review."
_TOO_RISKY = "The sandbox's risk rules blocked this payment as too risky."
_BY_RULE = "A rule of your own blocked this payment."
_NO_DETAILS = "The bank refused and gave no details."


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
        "checks": checks_json(method, method.checked),
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


def token_json(token: CardToken) -> Json:
    """A card token with the older card object inside (https://docs.stripe.com/api/tokens/object)."""
    method, card = token.method, token.method.card
    address: dict[str, Any] = method.billing.get("address") or {}
    checks = checks_json(method, method.checked)
    return {
        "id": token.id,
        "object": "token",
        "card": {
            "id": token.id.replace("tok_", "card_"),
            "object": "card",
            "address_city": address.get("city") or None,
            "address_country": address.get("country") or None,
            "address_line1": address.get("line1") or None,
            "address_line1_check": checks["address_line1_check"],
            "address_line2": address.get("line2") or None,
            "address_state": address.get("state") or None,
            "address_zip": address.get("postal_code") or None,
            "address_zip_check": checks["address_postal_code_check"],
            "brand": _BRAND_NAMES[card.brand],
            "country": card.country,
            "cvc_check": checks["cvc_check"],
            "dynamic_last4": None,
            "exp_month": method.exp_month,
            "exp_year": method.exp_year,
            "fingerprint": method.fingerprint,
            "funding": card.funding,
            "last4": card.last4,
            "metadata": {},
            "name": method.billing.get("name") or None,
            "regulated_status": "unregulated",
            "tokenization_method": None,
        },
        "client_ip": "127.0.0.1",
        "created": token.created,
        "livemode": False,
        "type": "card",
        "used": token.used,
    }


def charge_card_json(charge: Charge) -> Json:
    """``charge.payment_method_details.card``."""
    method, card, failed = charge.method, charge.method.card, charge.failure is not None
    details: Json = {
        "amount_authorized": None if failed else charge.amount,
        "authorization_code": None if failed else charge.id[-6:].upper(),
        "brand": card.brand,
        "checks": checks_json(method, True),
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


def checks_json(method: PaymentMethod, checked: bool) -> Json:
    """What the bank said about code, street and postcode; null for what was not given.

    Before a bank has seen the card everything that was given is ``unchecked``.
    """
    address: dict[str, Any] = method.billing.get("address") or {}
    given = {
        "address_line1_check": bool(address.get("line1")),
        "address_postal_code_check": bool(address.get("postal_code")),
        "cvc_check": method.has_cvc,
    }
    return {name: _check(method, name, checked) if sent else None for name, sent in given.items()}


def outcome_json(charge: Charge) -> Json:
    """``charge.outcome``: who decided, and why (https://docs.stripe.com/declines)."""
    failure, risk = charge.failure, charge.method.card.risk
    outcome: Json = {
        "advice_code": failure.advice_code if failure else None,
        "network_advice_code": None,
        "network_decline_code": failure.network_decline_code if failure else None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": risk,
        "seller_message": _PAYMENT_COMPLETE,
        "type": "authorized",
    }
    if failure is None:
        if risk == "elevated":
            outcome |= {"type": "manual_review", "reason": "elevated_risk_level", "seller_message": _IN_REVIEW}
        return outcome
    if failure.blocked_by is not None:
        outcome |= {"type": "blocked", "network_status": "not_sent_to_network", "reason": failure.blocked_by}
        outcome["network_decline_code"] = None
        outcome["seller_message"] = _BY_RULE if failure.blocked_by == "rule" else _TOO_RISKY
        if failure.blocked_by == "rule":
            outcome["rule"] = "block_if_on_list"
        return outcome
    reason = failure.decline_code or failure.code
    plain = reason in ("generic_decline", "do_not_honor")
    message = _NO_DETAILS if plain else f"The bank refused with the code {reason}."
    return outcome | {
        "type": "issuer_declined",
        "network_status": "declined_by_network",
        "reason": reason,
        "seller_message": message,
    }


def _check(method: PaymentMethod, name: str, checked: bool) -> str:
    if not checked or (name in _ADDRESS_CHECKS and method.card.address_unchecked):
        return "unchecked"
    return "fail" if name in method.card.failing_checks else "pass"


def _three_d_secure(charge: Charge) -> Json | None:
    result = charge.three_d_secure
    if result is None:
        return None
    asked = result == "authenticated"
    return {
        "authentication_flow": "challenge" if asked else None,
        "electronic_commerce_indicator": {"authenticated": "05", "attempt_acknowledged": "06"}.get(result),
        "exemption_indicator": None,
        "result": result,
        "result_reason": {"attempt_acknowledged": "card_not_enrolled", "not_supported": "network_not_supported"}.get(
            result
        ),
        "transaction_id": charge.id[-12:] if asked else None,
        "version": "2.2.0" if asked else None,
    }
