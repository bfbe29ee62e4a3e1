"""Turns Stripe's events into hints which intent to read again; their own snapshot is never used.

Events are drawn in the account's default version, not in ours: https://docs.stripe.com/api/events/object
"""

from sellerdesk.domain.payment import EventHint
from sellerdesk.gateway.reading import Json, identifier, of_kind, part, reference, text, whole

# At most 20 exact names: https://docs.stripe.com/api/events/list
WANTED = (
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.processing",
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "charge.captured",
    "charge.expired",
    "charge.failed",
    "charge.refunded",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
)


def event_hint(event: Json) -> EventHint:
    """The hint in ``event``; ``intent_id`` is '' for a charge that no intent made. Raises OddAnswer."""
    of_kind(event, "event")
    snapshot = part(part(event, "data"), "object")
    is_intent = snapshot.get("object") == "payment_intent"
    return EventHint(
        id=identifier(event, "evt_"),
        type=text(event, "type"),
        created=whole(event, "created"),
        intent_id=text(snapshot, "id") if is_intent else reference(snapshot, "payment_intent"),
    )
