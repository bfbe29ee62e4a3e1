"""Why a card is refused: the codes, and what the bank says with them.

https://docs.stripe.com/declines/codes , https://docs.stripe.com/error-codes . Which network code a bank sends with
which reason follows ISO 8583; banks differ, and so the sandbox's choice is an example.
"""

from dataclasses import dataclass, replace

ADVICE = ("confirm_card_data", "do_not_try_again", "try_again_later")
"""What a bank may advise the seller to do (https://docs.stripe.com/declines/card)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to say no.

    ``decline_code`` is ``None`` when nobody declined: the holder's approval failed. ``blocked_by`` is the reason of
    the risk rules; the bank was not asked then. ``charged`` says whether the attempt leaves a failed charge behind.
    """

    code: str
    decline_code: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    blocked_by: str | None = None
    charged: bool = True

    @property
    def kind(self) -> str:
        """The error's ``type``: a card error unless only the holder's approval failed."""
        return "card_error" if self.decline_code else "invalid_request_error"

    @property
    def message(self) -> str:
        """A sentence that the shopper may read."""
        return _MESSAGES.get(self.decline_code or self.code) or _MESSAGES.get(self.code, "Your card was declined.")

    @property
    def param(self) -> str | None:
        """The parameter at fault, when the card was typed wrongly."""
        return _PARAMS.get(self.code)


_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "invalid_cvc": "Your card's security code is invalid.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_number": "Your card number is not a valid card number.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "incorrect_zip": "Your card's postal code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "card_not_supported": "Your card does not support this kind of purchase.",
    "currency_not_supported": "Your card does not support this currency.",
    "card_velocity_exceeded": "Your card was declined: it was used too often, or over its limit.",
    "duplicate_transaction": "A payment of this amount with this card was made just now.",
    "card_decline_rate_limit_exceeded": "This card was declined too often. It can be tried again after 24 hours.",
    "testmode_decline": "This is a test card. It cannot be charged.",
    "authentication_required": "Your bank wants to be sure it is you before it approves this payment.",
    "authentication_not_handled": "This payment needs your bank's approval, which this attempt did not allow.",
    "payment_intent_authentication_failure": "Your bank could not confirm that it is you. Use another card.",
    "authentication_failure": "Your bank could not confirm that it is you. Use another card.",
    "payment_intent_payment_attempt_expired": "Too much time passed since the bank's approval. Try again.",
    "payment_intent_payment_attempt_failed": "The payment attempt failed. Use another way to pay.",
}
_PARAMS = {
    "expired_card": "exp_month",
    "expired_payment_method": "exp_month",
    "incorrect_cvc": "cvc",
    "invalid_cvc": "cvc",
    "incorrect_number": "number",
    "invalid_number": "number",
    "invalid_expiry_month": "exp_month",
    "invalid_expiry_year": "exp_year",
    "incorrect_zip": "address_zip",
    "incorrect_postal_code": "address_zip",
}

_STOP, _WAIT, _CHECK = "do_not_try_again", "try_again_later", "confirm_card_data"


def _by_bank(code: str = "", **reasons: tuple[str | None, str]) -> dict[str, Refusal]:
    """Refusals of the bank: reason = (advice, network code). Without ``code`` the reason is the code, too."""
    return {reason: Refusal(code or reason, reason, advice, network) for reason, (advice, network) in reasons.items()}


_DECLINED = _by_bank(
    "card_declined",
    approve_with_id=(_WAIT, "85"),
    call_issuer=(None, "01"),
    card_not_supported=(_STOP, "57"),
    card_velocity_exceeded=(_WAIT, "65"),
    currency_not_supported=(_STOP, "57"),
    do_not_honor=(None, "05"),
    do_not_try_again=(_STOP, "14"),
    duplicate_transaction=(None, "94"),
    fraudulent=(_STOP, "59"),
    generic_decline=(_WAIT, "05"),
    insufficient_funds=(_WAIT, "51"),
    invalid_account=(_STOP, "14"),
    invalid_amount=(None, "13"),
    issuer_not_available=(_WAIT, "91"),
    lost_card=(_STOP, "41"),
    new_account_information_available=(_CHECK, "46"),
    no_action_taken=(None, "21"),
    not_permitted=(None, "57"),
    pickup_card=(_STOP, "04"),
    reenter_transaction=(_WAIT, "19"),
    restricted_card=(_STOP, "62"),
    revocation_of_all_authorizations=(_STOP, "R3"),
    revocation_of_authorization=(_STOP, "R1"),
    security_violation=(None, "63"),
    service_not_allowed=(None, "57"),
    stolen_card=(_STOP, "43"),
    stop_payment_order=(_STOP, "R0"),
    testmode_decline=(None, "14"),
    transaction_not_allowed=(None, "57"),
    try_again_later=(_WAIT, "91"),
    withdrawal_count_limit_exceeded=(_WAIT, "65"),
    incorrect_pin=(_CHECK, "55"),
    invalid_pin=(_CHECK, "55"),
    offline_pin_required=(None, "1A"),
    online_or_offline_pin_required=(None, "1A"),
    pin_try_exceeded=(_WAIT, "75"),
)
_OWN_CODE = _by_bank(
    expired_card=(_CHECK, "54"),
    incorrect_cvc=(_CHECK, "N7"),
    incorrect_number=(_CHECK, "14"),
    incorrect_zip=(_CHECK, "05"),
    invalid_cvc=(_CHECK, "N7"),
    invalid_expiry_month=(_CHECK, "54"),
    invalid_expiry_year=(_CHECK, "54"),
    invalid_number=(_CHECK, "14"),
    processing_error=(_WAIT, "96"),
)
# Codes for every country and way to pay, added beside the older ones:
# https://docs.stripe.com/changelog/dahlia/2026-08-26/adds-payment-method-error-codes
_TWINS = {
    "expired_payment_method": replace(_OWN_CODE["expired_card"], code="expired_payment_method"),
    "incorrect_postal_code": replace(_OWN_CODE["incorrect_zip"], code="incorrect_postal_code"),
    "payment_method_restricted": replace(_DECLINED["restricted_card"], code="payment_method_restricted"),
    "authentication_failure": Refusal("authentication_failure", charged=False),
}
_NOT_BY_BANK = {
    "authentication_not_handled": Refusal("card_declined", "authentication_not_handled", charged=False),
    "authentication_required": Refusal("authentication_required", "authentication_required", charged=False),
    "card_decline_rate_limit_exceeded": Refusal(
        "card_decline_rate_limit_exceeded", "card_decline_rate_limit_exceeded", _WAIT
    ),
    "merchant_blacklist": Refusal("card_declined", "merchant_blacklist", _STOP, blocked_by="rule"),
    "payment_intent_authentication_failure": Refusal("payment_intent_authentication_failure", charged=False),
    "payment_intent_payment_attempt_expired": Refusal("payment_intent_payment_attempt_expired", charged=False),
    "payment_intent_payment_attempt_failed": Refusal("payment_intent_payment_attempt_failed", charged=False),
    "payment_method_customer_decline": Refusal("payment_method_customer_decline", "payment_method_customer_decline"),
    "payment_method_provider_decline": Refusal("payment_method_provider_decline", "payment_method_provider_decline"),
}
_KNOWN = _DECLINED | _OWN_CODE | _TWINS | _NOT_BY_BANK

RISK_BLOCK = Refusal("card_declined", "fraudulent", _STOP, blocked_by="highest_risk_level")
"""The risk rules block a payment before the bank is asked."""


def refusal(reason: str, advice_code: str | None = None) -> Refusal:
    """The refusal for a decline code, or for a code where there is no decline code.

    ``advice_code`` takes the place of the usual advice. Raises ValueError for a word that Stripe does not use.
    """
    known = _KNOWN.get(reason)
    if known is None:
        raise ValueError(f"Unknown decline code: {reason}. Known are: {', '.join(sorted(_KNOWN))}.")
    if advice_code is None:
        return known
    if advice_code not in ADVICE:
        raise ValueError(f"Unknown advice code: {advice_code}. Known are: {', '.join(ADVICE)}.")
    return replace(known, advice_code=advice_code)


def known_reasons() -> tuple[str, ...]:
    """Every word that :func:`refusal` takes, in alphabetical order."""
    return tuple(sorted(_KNOWN))
