"""Every try to pay an order, from the charges at Stripe: what the seller needs to judge another one."""

from sellerdesk.domain.payment import CardAttempt
from sellerdesk.services.ports import PaymentReader, Store

_KEPT = 200


class ReadAttempts:
    """Asks Stripe once for each state of a payment and remembers the answer, for reading has an allowance:
    https://docs.stripe.com/rate-limits"""

    def __init__(self, store: Store, gateway: PaymentReader) -> None:
        self._store = store
        self._gateway = gateway
        self._known: dict[tuple[str, int], tuple[CardAttempt, ...]] = {}

    def of(self, order_id: str) -> tuple[CardAttempt, ...]:
        """The tries of the order's payment that reached a bank, newest first; none before it has an intent.

        Raises UnknownOrder, and CallError's family when Stripe could not be asked.
        """
        with self._store.read() as unit:
            order = unit.orders.get(order_id)
        if not order.payment.intent_id:
            return ()
        state = (order.payment.intent_id, order.version)
        if state not in self._known:
            attempts = self._gateway.card_attempts(order.payment.intent_id)
            while len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[state] = attempts
        return self._known[state]
