"""Who confirms a payment: our server, the page, or our server a second time after the bank's approval.

https://docs.stripe.com/api/payment_intents/object#payment_intent_object-confirmation_method
"""

from enum import StrEnum

from sellerdesk.domain.payment import Payment

# The metadata by which an intent tells that it was made for the page to confirm. It must never be renamed.
TAG_ROAD = "sd_road"
EXPLANATION = (
    "With automatic confirmation the page or the server confirms, and nothing more is needed after 3-D Secure. "
    "With manual confirmation only the server confirms, and once more after 3-D Secure, within the hour."
)
MANUAL_WARNING = "Not yet tried at Stripe with this API version."


class ConfirmationRoad(StrEnum):
    """The road of a shop's new orders. SERVER: our server confirms with the page's token. PAGE: the page confirms
    with the publishable key and the client secret. MANUAL: our server confirms, and again after 3-D Secure."""

    SERVER = "server"
    PAGE = "page"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """What a person calls it."""
        return _LABELS[self]

    @property
    def confirmation_method(self) -> str:
        """Stripe's word, settled when the intent is made."""
        return "manual" if self is ConfirmationRoad.MANUAL else "automatic"


_LABELS = {
    ConfirmationRoad.SERVER: "The server confirms",
    ConfirmationRoad.PAGE: "The page confirms",
    ConfirmationRoad.MANUAL: "The server confirms, manual confirmation",
}


def road_of(payment: Payment) -> ConfirmationRoad | None:
    """The road that the payment's intent was made for, whatever the shop's setting says since; None before there is
    one."""
    facts = payment.facts
    if facts is None:
        return None
    if facts.confirmation_method == ConfirmationRoad.MANUAL.confirmation_method:
        return ConfirmationRoad.MANUAL
    by_page = dict(facts.metadata).get(TAG_ROAD) == ConfirmationRoad.PAGE
    return ConfirmationRoad.PAGE if by_page else ConfirmationRoad.SERVER
