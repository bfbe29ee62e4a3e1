"""How much of what may be asked: the buckets of one server, by what is asked for."""

import time

from sellerdesk.checkout.limits import Bucket, Limits, TooOften


class Turnstiles:
    """Each lets one more through, or raises TooOften. ``client`` is the address that tries are counted under."""

    def __init__(self, limits: Limits) -> None:
        self._asks = Bucket(limits.ask_per_address, time.monotonic)
        self._orders = Bucket(limits.place_per_address, time.monotonic)
        self._cards_of_payer = Bucket(limits.pay_per_checkout, time.monotonic)
        self._cards_of_address = Bucket(limits.pay_per_address, time.monotonic)
        self._cards_together = Bucket(limits.pay_together, time.monotonic)
        self._approved = Bucket(limits.approved_per_order, time.monotonic)
        self._looks_of_order = Bucket(limits.look_per_order, time.monotonic)
        self._looks_of_address = Bucket(limits.look_per_address, time.monotonic)

    def ask(self, client: str) -> None:
        """Anything at all."""
        self._asks.take(client)

    def order(self, client: str) -> None:
        """An order to be placed."""
        self._orders.take(client)

    def card(self, payer: str, client: str, *, nothing_is_held: bool) -> None:
        """One more card of ``payer``, a checkout id or a link."""
        try:
            self._cards_of_payer.take(payer)
            self._cards_of_address.take(client)
            self._cards_together.take("")
        except TooOften as refused:
            raise TooOften(refused.seconds, "Nothing is held. " if nothing_is_held else "") from None

    def approve(self, link: str) -> None:
        """A way to the bank's page, for the order behind ``link``."""
        self._cards_of_payer.take(f"approve {link}")

    def approved(self, link: str) -> None:
        """A reading at Stripe, for the order behind ``link``."""
        self._approved.take(link)

    def look(self, order_id: str, client: str) -> None:
        """A reading at Stripe, for a page that waits for the bank's answer."""
        self._looks_of_order.take(order_id)
        self._looks_of_address.take(client)
