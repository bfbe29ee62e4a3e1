"""Which code means what. The words themselves stand in ``decline_rows``.

Declines: https://docs.stripe.com/declines/codes. Codes that are no declines: https://docs.stripe.com/error-codes.
Reasons for which Stripe blocks a payment by itself: https://docs.stripe.com/declines#blocked-payments and
https://docs.stripe.com/api/charges/object#charge_object-outcome-reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sellerdesk.domain import decline_rows as rows
from sellerdesk.domain.explanation import Again, Explanation

OWN_LIST_CODE = "merchant_blacklist"


def _by_code(*given: tuple[str, Explanation]) -> dict[str, Explanation]:
    return {code: explanation for codes, explanation in given for code in codes.split()}


BY_CODE: Mapping[str, Explanation] = _by_code(
    ("generic_decline do_not_honor no_action_taken call_issuer transaction_not_allowed", rows.UNSAID),
    ("service_not_allowed security_violation stop_payment_order", rows.UNSAID),
    ("not_permitted", rows.NOT_PERMITTED),
    ("insufficient_funds", rows.FUNDS),
    ("card_velocity_exceeded withdrawal_count_limit_exceeded", rows.LIMIT),
    ("card_not_supported", rows.UNSUPPORTED),
    ("currency_not_supported", rows.CURRENCY),
    ("expired_card expired_payment_method", rows.EXPIRED),
    ("incorrect_cvc invalid_cvc", rows.CVC),
    ("incorrect_number invalid_number", rows.NUMBER),
    ("invalid_expiry_month invalid_expiry_year", rows.DATE),
    ("incorrect_zip incorrect_postal_code", rows.POSTCODE),
    ("invalid_account new_account_information_available", rows.ACCOUNT),
    ("invalid_amount", rows.AMOUNT),
    ("authentication_required", rows.APPROVAL),
    ("authentication_not_handled", rows.NOT_ASKED),
    ("payment_intent_authentication_failure authentication_failure", rows.NOT_APPROVED),
    ("payment_intent_payment_attempt_expired", rows.TOO_SLOW),
    ("approve_with_id issuer_not_available reenter_transaction try_again_later", rows.TEMPORARY),
    ("processing_error", rows.PROCESSING),
    ("duplicate_transaction", rows.TWICE),
    ("lost_card stolen_card pickup_card restricted_card payment_method_restricted", rows.BLOCKED),
    ("fraudulent", rows.FRAUD),
    (OWN_LIST_CODE, rows.OWN_LIST),
    ("do_not_try_again revocation_of_authorization revocation_of_all_authorizations", rows.FORBIDDEN),
    ("pin_try_exceeded incorrect_pin invalid_pin offline_pin_required online_or_offline_pin_required", rows.PIN),
    ("testmode_decline", rows.TEST_CARD),
    ("card_decline_rate_limit_exceeded", rows.RATE),
    ("payment_intent_payment_attempt_failed payment_method_provider_decline", rows.METHOD),
    ("payment_method_customer_decline", rows.SHOPPER_DECLINED),
    ("payment_intent_unexpected_state", rows.FASTER),
    ("charge_expired_for_capture", rows.LAPSED),
)

BLOCKED_BY: Mapping[str, Explanation] = _by_code(
    ("highest_risk_level elevated_risk_level", rows.RISK),
    ("rule", rows.OWN_RULE),
    ("low_probability_of_authorization", rows.UNLIKELY),
    ("previously_declined_do_not_retry", rows.TRIED_OUT),
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What changes when the bank itself advises how to go on: https://docs.stripe.com/declines/card"""

    again: Again
    steps: tuple[str, ...]
    advice: str
    wait: int = 0


ADVICE: Mapping[str, Advice] = {
    "do_not_try_again": Advice(
        Again.OTHER_CARD, ("Do not try this card again: its bank says so.", rows.LINK), rows.ANOTHER
    ),
    "try_again_later": Advice(
        Again.AFTER,
        (rows.LINK, "This card may be tried again, but not before the time below: its bank says so."),
        rows.ANOTHER,
        wait=rows.DAY,
    ),
    "confirm_card_data": Advice(
        Again.RETYPED,
        (
            "Send the pay link. The shopper types number, date and security code again, as they stand on the card.",
            "If they were right, the shopper uses another card.",
        ),
        "Check the card details and press again, or use another card.",
    ),
}
