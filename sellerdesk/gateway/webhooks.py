"""Reads events that Stripe sends by itself: proves that they are Stripe's, and turns them into hints.

The SDK's own check has soft edges: it takes a date in the future, and bodies or signatures of a strange shape end in
errors of many kinds. Here everything that is not surely Stripe's, of this moment, ends in NotFromStripe.
https://docs.stripe.com/webhooks/signature
"""

import json
from typing import Any

from stripe import WebhookSignature

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import NotFromStripe
from sellerdesk.domain.payment import EventHint
from sellerdesk.gateway.events import WANTED, event_hint
from sellerdesk.gateway.reading import flag, text

# Stripe's own libraries allow as much: https://docs.stripe.com/webhooks#replay-attacks
TOLERANCE_SECONDS = 300


class WebhookReader:
    """Implements the port ``EventReader`` with the signing secret of one endpoint. The secret shows nowhere."""

    __slots__ = ("_clock", "_livemode", "_secret")

    def __init__(self, secret: str, livemode: bool, clock: Clock) -> None:
        self._secret = secret
        self._livemode = livemode
        self._clock = clock

    def read(self, body: bytes, signature: str) -> EventHint | None:
        try:
            self._check(body, signature)
            return self._hint(json.loads(body))
        except NotFromStripe:
            raise
        except Exception:  # noqa: BLE001 - a hostile body may end in any error; what it holds must not be told on
            raise NotFromStripe from None

    def _check(self, body: bytes, signature: str) -> None:
        """The age is checked here, in both directions and by our clock; the SDK would let the future pass."""
        WebhookSignature.verify_header(body, signature, self._secret)
        sent_at = next(int(each[2:]) for each in signature.split(",") if each.startswith("t="))
        if abs(self._clock.now() - sent_at) > TOLERANCE_SECONDS:
            raise NotFromStripe

    def _hint(self, event: Any) -> EventHint | None:
        if event["object"] != "event" or text(event, "type") not in WANTED:
            return None
        if flag(event, "livemode") is not self._livemode or event.get("account"):
            return None
        return event_hint(event)
