"""Where an intent stands, worked out from what happened to it.

The words are those of https://docs.stripe.com/payments/paymentintents/lifecycle .
"""

from sellerdesk.sandbox.objects import Charge, Intent
from sellerdesk.sandbox.state import State

LIVE_BEFORE_HOLD = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*LIVE_BEFORE_HOLD, "requires_capture")


def latest_charge(state: State, intent: Intent) -> Charge | None:
    """The last attempt at a card, whether it worked or not."""
    return state.store.charges[intent.charge] if intent.charge else None


def status_of(state: State, intent: Intent) -> str:
    """The intent's status in Stripe's spelling."""
    if intent.canceled_at is not None:
        return "canceled"
    charge = latest_charge(state, intent)
    if charge is not None and charge.failure is None:
        return "requires_capture" if charge.captured_at is None else "succeeded"
    if intent.challenge is not None:
        return "requires_action"
    return "requires_payment_method" if intent.method is None else "requires_confirmation"
