"""Why an order ended, and what became of its money."""

from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.ui.panel_words import Words, sum_words

# https://docs.stripe.com/api/payment_intents/object#payment_intent_object-cancellation_reason
REASONS = {
    "expired": "The time of the hold was over.",
    "automatic": "The time of the hold was over.",
    "abandoned": "The shopper did not finish paying.",
    "duplicate": "It was a duplicate.",
    "fraudulent": "Fraud was suspected.",
    "requested_by_customer": "The shopper asked for it.",
}

_ANEW = "If the shopper still wants the goods, they order and pay anew."


def ended_words(order: Order) -> Words:
    """What happened, and what it means for the money."""
    payment = order.payment
    if payment.status is not PaymentStatus.CANCELED:
        return Words(
            "The checkout is closed: the shopper ordered anew, or did not finish paying.",
            "Nothing was held and nothing was taken. Do not ship.",
        )
    assert payment.facts is not None
    if not payment.released:
        because = _because(payment.facts.cancellation_reason)
        return Words(f"The payment was canceled.{because}", "Nothing was held and nothing was taken. Do not ship.")
    back = f"{sum_words(payment.released, payment.currency)} went back to the shopper, nothing was taken. Do not ship."
    if payment.facts.cancellation_reason == "abandoned":
        return Words("The shopper paid at the very moment when the unfinished order was closed.", f"{back} {_ANEW}")
    if payment.facts.has_lapsed:
        return Words("The hold lapsed before it was captured.", f"{back} {_ANEW}")
    return Words(f"The hold was released.{_because(payment.facts.cancellation_reason)}", back)


def _because(reason: str) -> str:
    if not reason:
        return ""
    return f" {REASONS.get(reason, f'Stripe’s word for the reason is “{reason}”.')}"
