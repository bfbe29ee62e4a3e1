"""Why a payment failed, in words for the seller and for the shopper.

Codes keep Stripe's spelling: https://docs.stripe.com/declines/codes. Where the reason must not be told, the shopper
hears only that the bank declined the card.
"""

from dataclasses import dataclass

from sellerdesk.domain.payment import Problem


@dataclass(frozen=True, slots=True)
class Explanation:
    """``happened`` and ``next_step`` are for the seller, ``shopper`` may be shown on the page; ``tell`` is False
    when the shopper must not learn the reason."""

    happened: str
    next_step: str
    shopper: str
    tell: bool = True


_DECLINED = "Your bank declined this card."
_ANOTHER = "Try another card."

_UNSAID = Explanation(
    "The bank refused the card and gives no reason.",
    "Ask for another card, or let the shopper call the bank.",
    f"{_DECLINED} {_ANOTHER}",
)
_BLOCKED = Explanation(
    "The card is blocked.",
    "Do not ship and do not try again. Ask for another card.",
    f"{_DECLINED} {_ANOTHER}",
    tell=False,
)
_SUSPECTED = Explanation(
    "Stripe stopped the payment because it looks like fraud.",
    "Do not try again. Look at the order before you answer.",
    f"{_DECLINED} {_ANOTHER}",
    tell=False,
)
_FUNDS = Explanation(
    "Too little money on the card, or over its limit.",
    "Offer another card, or try again in a few days.",
    f"Not enough money on this card. {_ANOTHER}",
)
_LIMIT = Explanation(
    "The card was used too often or for too much in a short time.",
    "Wait a day, or ask for another card.",
    f"This card has reached its limit for now. {_ANOTHER}",
)
_EXPIRED = Explanation("The card has expired.", "Ask for another card.", f"The card has expired. {_ANOTHER}")
_CVC = Explanation(
    "The security code was wrong.",
    "The shopper types it again. Several in a row from one place can mean stolen card numbers.",
    "The security code is wrong. Check the three or four digits and press again.",
)
_NUMBER = Explanation(
    "The card number or its date was wrong.",
    "The shopper types it again.",
    "The card details are wrong. Check them and press again.",
)
_POSTCODE = Explanation(
    "The postcode does not match the card.",
    "The shopper types the billing address again.",
    "The postcode does not match the card. Check it and press again.",
)
_UNSUPPORTED = Explanation(
    "The card cannot be used for this purchase.", "Ask for another card.", f"This card cannot pay here. {_ANOTHER}"
)
_APPROVAL = Explanation(
    "The bank wanted the shopper's approval and did not get it.",
    "The shopper tries again, or uses another card.",
    "Your bank has not approved it yet. Approve again, or use another card.",
)
_APPROVED_LATE = Explanation(
    "The shopper approved with the bank, and the payment was not finished within the hour that this is good for.",
    "The shopper pays again. Nothing was held.",
    "Your bank’s approval came too late to be used. Press again, or use another card.",
)
_TEMPORARY = Explanation(
    "The bank could not be asked just now.",
    "Try once more in a few minutes, then ask for another card.",
    "Your bank could not answer. Press again in a minute, or use another card.",
)
_TWICE = Explanation(
    "The bank saw the same amount on the same card just now.",
    "Look for an order of the same shopper that already holds the money.",
    "Your bank saw this payment a moment ago. Look at your e-mail before you try again.",
)

_BY_CODE: dict[str, Explanation] = {
    **dict.fromkeys(
        "generic_decline do_not_honor no_action_taken call_issuer transaction_not_allowed service_not_allowed "
        "security_violation stop_payment_order not_permitted card_declined".split(),
        _UNSAID,
    ),
    **dict.fromkeys("lost_card stolen_card pickup_card restricted_card payment_method_restricted".split(), _BLOCKED),
    **dict.fromkeys("fraudulent merchant_blacklist highest_risk_level".split(), _SUSPECTED),
    "insufficient_funds": _FUNDS,
    **dict.fromkeys("card_velocity_exceeded withdrawal_count_limit_exceeded".split(), _LIMIT),
    **dict.fromkeys("expired_card expired_payment_method".split(), _EXPIRED),
    **dict.fromkeys("incorrect_cvc invalid_cvc".split(), _CVC),
    **dict.fromkeys("incorrect_number invalid_number invalid_expiry_month invalid_expiry_year".split(), _NUMBER),
    **dict.fromkeys("incorrect_zip incorrect_postal_code".split(), _POSTCODE),
    **dict.fromkeys("card_not_supported currency_not_supported".split(), _UNSUPPORTED),
    **dict.fromkeys(
        "authentication_required payment_intent_authentication_failure authentication_failure".split(), _APPROVAL
    ),
    "payment_intent_payment_attempt_expired": _APPROVED_LATE,
    **dict.fromkeys(
        "approve_with_id issuer_not_available reenter_transaction try_again_later processing_error".split(), _TEMPORARY
    ),
    "duplicate_transaction": _TWICE,
}


def explain(problem: Problem) -> Explanation:
    """The explanation by ``decline_code``, else by ``code``, else the general one."""
    for code in (problem.decline_code, problem.code):
        if code in _BY_CODE:
            return _BY_CODE[code]
    return _UNSAID
