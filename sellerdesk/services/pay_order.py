"""Paying an order: by the browser that placed it, or by whoever has its link."""

from dataclasses import replace

from sellerdesk.domain.errors import UnknownOrder
from sellerdesk.domain.order import Order
from sellerdesk.services.intents import Intents
from sellerdesk.services.pay_answer import PayAnswer
from sellerdesk.services.paying import Paying, check_token, refuse_closed
from sellerdesk.services.ports import Store


class PayOrder:
    """Finds the order, sees that it has its intent, and pays it."""

    def __init__(self, store: Store, paying: Paying, intents: Intents) -> None:
        self._store = store
        self._paying = paying
        self._intents = intents

    def pay(self, checkout_id: str, reference: str, token: str, return_url: str) -> PayAnswer:
        """Confirm the order's intent with the page's token. The same token twice gives the same answer.

        While another try is on its way the answer is CHECKING, and nothing is sent. Raises UnknownOrder,
        TokenRefused, CheckoutClosed and StoreError's family; KeyRefused when the shop's key does not work, and
        CallError's family when the bank's question could not be fetched.
        """
        return self._pay(self._own_order(checkout_id, reference), token, return_url)

    def pay_by_link(self, link_token: str, token: str, return_url: str) -> PayAnswer:
        """``pay`` for whoever has the order's link: another device of the shopper's, or somebody who pays for them.

        An order whose intent could not be made when it was placed gets it now. The answer holds the client secret
        only while the bank asks about the very card that was given here.
        """
        order = self._linked_order(link_token)
        answer = self._pay(order, token, return_url)
        return answer if self._paying.was_last(order, token) else replace(answer, client_secret="")

    def _pay(self, order: Order, token: str, return_url: str) -> PayAnswer:
        check_token(token)
        if not order.payment.intent_id:
            refuse_closed(order)
            order = self._intents.ensure(order)
        return self._paying.pay(order, token, return_url)

    def start(self, checkout_id: str, reference: str) -> PayAnswer:
        """The shopper has pressed on a page that confirms by itself: READY with what it needs, or where the payment
        stands. Raises as ``look_again`` does."""
        return self._paying.start(self._own_order(checkout_id, reference))

    def look_again(self, checkout_id: str, reference: str) -> PayAnswer:
        """Where the payment stands by Stripe's own word: after 3-D Secure, or while an answer is awaited. Raises
        UnknownOrder, and CallError's and StoreError's families."""
        return self._paying.look(self._own_order(checkout_id, reference))

    def look_by_link(self, link_token: str) -> PayAnswer:
        """``look_again`` for whoever has the link, without the client secret: with it Stripe's script may read the
        intent, and there the whole address stands. https://docs.stripe.com/js/payment_intents/retrieve_payment_intent
        """
        return replace(self._paying.look(self._linked_order(link_token)), client_secret="")

    def _linked_order(self, link_token: str) -> Order:
        with self._store.read() as unit:
            return unit.orders.by_link(link_token)

    def _own_order(self, checkout_id: str, reference: str) -> Order:
        with self._store.read() as unit:
            order = unit.orders.by_checkout(checkout_id)
        if order is None or order.reference != reference:
            raise UnknownOrder
        return order
