"""The rules of capture and cancel: money is taken or let go, once."""

from sellerdesk.sandbox.amounts import take_amount_details
from sellerdesk.sandbox.errors import ApiError, invalid
from sellerdesk.sandbox.objects import Intent, Json
from sellerdesk.sandbox.params import merge_metadata
from sellerdesk.sandbox.payments import unexpected_state
from sellerdesk.sandbox.releases import release
from sellerdesk.sandbox.render import intent_json
from sellerdesk.sandbox.reviews import close_review
from sellerdesk.sandbox.settlement import take
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import CANCELABLE, latest_charge, status_of
from sellerdesk.sandbox.versions import Version


def capture(state: State, intent: Intent, params: Json, version: Version) -> Intent:
    """``POST /v1/payment_intents/{id}/capture``: once, up to the held amount; the rest is released for ever.

    https://docs.stripe.com/api/payment_intents/capture
    """
    charge = latest_charge(state, intent)
    if charge is None or status_of(state, intent) != "requires_capture":
        raise unexpected_state(state, intent, "captured", ("requires_capture",))
    amount = params.get("amount_to_capture", intent.amount)
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "amount_to_capture", "parameter_invalid_integer"
        )
    if amount > intent.amount:
        raise ApiError(
            400,
            f"The amount to capture ({amount}) is larger than the amount that can be captured ({intent.amount}).",
            code="amount_too_large",
            param="amount_to_capture",
            kept=True,
            extra={"payment_intent": intent_json(state, intent)},
        )
    if not params.get("final_capture", True):
        raise invalid("Capturing in several parts is not available for this payment.", "final_capture")
    metadata = merge_metadata(intent.metadata, params["metadata"]) if "metadata" in params else intent.metadata
    take_amount_details(state, intent, params, amount)
    intent.metadata = metadata
    if params.get("payment_details"):
        intent.payment_details = {**(intent.payment_details or {}), **params["payment_details"]}
    take(state, intent, charge, amount, "charge.captured", version)
    return intent


def cancel(state: State, intent: Intent, params: Json, version: Version) -> Intent:
    """``POST /v1/payment_intents/{id}/cancel``: a hold is let go.

    https://docs.stripe.com/api/payment_intents/cancel
    """
    if status_of(state, intent) not in CANCELABLE:
        raise unexpected_state(state, intent, "canceled", CANCELABLE)
    charge = latest_charge(state, intent)
    intent.canceled_at = state.clock.now()
    intent.cancellation_reason = params.get("cancellation_reason")
    intent.challenge = None
    if charge is not None and charge.held:
        charge.released_at = intent.canceled_at
        release(state, charge, charge.amount, version)
    state.emit("payment_intent.canceled", intent_json(state, intent))
    if charge is not None:
        close_review(state, charge, "canceled")
    return intent
