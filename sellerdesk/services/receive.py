"""Receiving events that Stripe sends: they are proved, put into the inbox, and read later, as polled ones are."""

from collections.abc import Callable

from sellerdesk.clock import Clock
from sellerdesk.services.ports import EventReader, Store


class ReceiveEvents:
    """Takes one event after the other. Stripe waits for the answer, so nothing is asked at Stripe meanwhile:
    https://docs.stripe.com/webhooks#acknowledge-events-immediately"""

    def __init__(self, store: Store, reader: EventReader, clock: Clock, arrived: Callable[[], None]) -> None:
        self._store = store
        self._reader = reader
        self._clock = clock
        self._arrived = arrived

    def take(self, body: bytes, signature: str) -> bool:
        """Put the event into the inbox; whether it is new there. The same one may come any number of times, in any
        order. ``arrived`` is called after each new one. Raises NotFromStripe and StoreError's family."""
        hint = self._reader.read(body, signature)
        if hint is None:
            return False
        with self._store.write() as unit:
            new = bool(unit.inbox.add((hint,), "webhook", self._clock.now()))
            if new:
                unit.commit()
        if new:
            self._arrived()
        return new
