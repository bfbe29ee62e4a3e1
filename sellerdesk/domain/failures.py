"""Reasons of refused payments, few enough to be compared at a glance, each with the one thing that helps most.

What exactly happened, and what the shopper may be told, is in ``declines``; here codes are only sorted into groups.
Codes keep Stripe's spelling: https://docs.stripe.com/declines/codes
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """``label`` names a group of codes, ``helps`` says what to do in two or three words. ``is_final`` means that the
    same card must not be tried again."""

    label: str
    helps: str
    is_final: bool = False


UNSAID = Reason("Bank gives no reason", "Other card")
FUNDS = Reason("Not enough money or limit", "Try in days")
APPROVAL = Reason("Shopper did not confirm (3-D Secure)", "Send pay link")
CVC = Reason("Wrong security code", "Re-type")
DETAILS = Reason("Wrong card details", "Re-type")
EXPIRED = Reason("Card expired or replaced", "Other card")
RISK = Reason("Blocked by risk rules", "Review")
BLOCKED = Reason("Card blocked", "Never", is_final=True)
UNSUPPORTED = Reason("Card cannot pay here", "Other card")
TEMPORARY = Reason("Bank could not be asked", "Try in minutes")
TWICE = Reason("Same payment a moment before", "Look for it")

_CODES = {
    FUNDS: "insufficient_funds card_velocity_exceeded withdrawal_count_limit_exceeded card_decline_rate_limit_exceeded",
    APPROVAL: "authentication_required authentication_not_handled authentication_failure "
    "payment_intent_authentication_failure",
    CVC: "incorrect_cvc invalid_cvc",
    DETAILS: "incorrect_number invalid_number invalid_expiry_month invalid_expiry_year incorrect_zip "
    "incorrect_postal_code incorrect_address",
    EXPIRED: "expired_card expired_payment_method invalid_account new_account_information_available",
    RISK: "fraudulent merchant_blacklist highest_risk_level elevated_risk_level rule",
    BLOCKED: "lost_card stolen_card pickup_card restricted_card payment_method_restricted do_not_try_again "
    "revocation_of_authorization revocation_of_all_authorizations",
    UNSUPPORTED: "card_not_supported currency_not_supported testmode_decline",
    TEMPORARY: "approve_with_id issuer_not_available reenter_transaction try_again_later processing_error",
    TWICE: "duplicate_transaction",
}
_BY_CODE = {code: reason for reason, codes in _CODES.items() for code in codes.split()}


def reason_of(code: str) -> Reason:
    """The group of a decline code, else of an error code. A code that says no more than no, or that nobody knows, is
    one for which the bank gives no reason."""
    return _BY_CODE.get(code, UNSAID)
