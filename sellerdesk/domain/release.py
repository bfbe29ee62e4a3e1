"""Why a seller lets go of a hold, in Stripe's words."""

from enum import StrEnum


class ReleaseReason(StrEnum):
    """What is written to the payment when its hold is released; OTHER writes nothing.

    https://docs.stripe.com/api/payment_intents/cancel#cancel_payment_intent-cancellation_reason
    """

    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    OTHER = ""
