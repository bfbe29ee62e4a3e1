"""Where the sandbox differs from the description on purpose, one entry for each field and each call.

The description is older than the version that the product speaks; and Stripe takes and does some things that it does
not describe. Nothing is excused by a pattern: an entry names one field, the complaint it causes, and the public page
that tells of it. tests/contract/test_description.py fails for an entry that nothing needs any more.
"""

from dataclasses import dataclass

_UNKNOWN = "is unknown"
_NO_WORD = "is none of the known words"
_NO_CALL = "is no call that Stripe describes"
_TYPES_PAGE = "https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter"
_TOKENS_PAGE = "https://docs.stripe.com/payments/payment-intents/migration"


@dataclass(frozen=True, slots=True)
class Difference:
    """``what`` is the complaint that the difference causes; ``page`` is where Stripe tells of it."""

    what: str
    page: str


SINCE_THE_DESCRIPTION = {
    "payment_intent.allowed_payment_method_types": Difference(_UNKNOWN, _TYPES_PAGE),
    "POST /v1/payment_intents.allowed_payment_method_types": Difference(_UNKNOWN, _TYPES_PAGE),
    "POST /v1/payment_intents/{intent}.allowed_payment_method_types": Difference(_UNKNOWN, _TYPES_PAGE),
    "POST /v1/payment_intents/{intent}/confirm.allowed_payment_method_types": Difference(_UNKNOWN, _TYPES_PAGE),
}
"""What a later version brought."""

NEVER_DESCRIBED = {
    # Card tokens inside payment_method_data: taken for older clients.
    "POST /v1/payment_intents.payment_method_data.card": Difference(_UNKNOWN, _TOKENS_PAGE),
    "POST /v1/payment_intents.payment_method_data.type": Difference(_NO_WORD, _TOKENS_PAGE),
    "POST /v1/payment_intents/{intent}/confirm.payment_method_data.card": Difference(_UNKNOWN, _TOKENS_PAGE),
    "POST /v1/payment_intents/{intent}/confirm.payment_method_data.type": Difference(_NO_WORD, _TOKENS_PAGE),
    # Stripe.js makes it with an address of its own; the description has the calls of servers only.
    "POST /v1/confirmation_tokens": Difference(
        _NO_CALL, "https://docs.stripe.com/js/confirmation_tokens/create_confirmation_token"
    ),
}
"""What Stripe takes without describing it for servers."""

DIFFERENCES = SINCE_THE_DESCRIPTION | NEVER_DESCRIBED
