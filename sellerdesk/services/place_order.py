"""Placing an order: order row first, then customer and unconfirmed intent; paying it is ``paying``'s.

One order has one intent from its first moment, so the only call that holds money is guarded by that intent's state.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue import CartItem, PricedCart, price_cart
from sellerdesk.domain.errors import CheckoutClosed, OperationInProgress, OutcomeUnknown, UnknownOrder
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order, Shopper, TimelineEntry
from sellerdesk.domain.payment import FINAL_STATUSES, Payment
from sellerdesk.domain.requests import Request
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.pay_answer import HELD, PayAnswer, is_confirming, is_under_way
from sellerdesk.services.paying import SHOPPER_ACTOR, Paying, check_token, refuse_closed
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.withdraw import withdrawal


class PlaceOrder:
    """The shopper's side of the money."""

    def __init__(
        self,
        store: Store,
        conductor: Conductor,
        paying: Paying,
        clock: Clock,
        installation: str,
        road: Callable[[], ConfirmationRoad],
    ) -> None:
        self._store = store
        self._conductor = conductor
        self._paying = paying
        self._clock = clock
        self._installation = installation
        self._road = road

    def page_confirms(self) -> bool:
        """Whether new orders are made for the page to confirm."""
        return self._road() is ConfirmationRoad.PAGE

    # --- the order and its intent ---

    def place(self, checkout_id: str, cart: tuple[CartItem, ...], shopper: Shopper, save_card: bool) -> Order:
        """The order of this checkout with its unconfirmed intent; the same checkout, cart and consent give the same
        order, held already or not.

        Raises CartRefused; CheckoutClosed when this checkout was used for another cart or consent (the page then
        starts a new one); OperationInProgress while a payment of it is under way and something is different;
        CallError's family when Stripe could not be asked.
        """
        self._catch_up(checkout_id)
        return self._with_intent(self._enter(checkout_id, cart, shopper, save_card))

    def _with_intent(self, order: Order) -> Order:
        if not order.customer_id:
            order = self._customer(order)
        if not order.payment.intent_id:
            order = self._intent(order)
        return order

    def _catch_up(self, checkout_id: str) -> None:
        """What a page confirmed by itself only Stripe knows: it is read before anything is decided."""
        with self._store.read() as unit:
            known = unit.orders.by_checkout(checkout_id)
        if known is None or known.open_operation is not None or known.payment.status in (*HELD, *FINAL_STATUSES):
            return
        if road_of(known.payment) is ConfirmationRoad.PAGE:
            self._paying.read(known)

    def _enter(self, checkout_id: str, cart: tuple[CartItem, ...], shopper: Shopper, save_card: bool) -> Order:
        order: Order | None = None
        given_up: Operation | None = None
        with self._store.write() as unit:
            products = {product.sku: product for product in unit.catalogue.products()}
            rates = unit.catalogue.shipping_rates()
            priced = price_cart(products, cart, rates, shopper.address.country)
            fingerprint = _fingerprint(priced, shopper.address.country, save_card)
            known = unit.orders.by_checkout(checkout_id)
            if known is None:
                order = self._new_order(priced, shopper, save_card)
                unit.orders.add(order, checkout_id, fingerprint)
                placed = TimelineEntry(order.placed_at, "placed", SHOPPER_ACTOR, order.total, order.currency)
                unit.orders.note(order.id, placed)
            elif unit.orders.cart_sha256(known.id) == fingerprint:
                order = self._take_up(unit, known, shopper)
            else:
                given_up = self._give_up(unit, known)
            unit.commit()
        if given_up is not None:
            self._withdraw(given_up)
        if order is None:
            raise CheckoutClosed("Your cart has changed since. Please start the checkout again.")
        return order

    def _take_up(self, unit: UnitOfWork, known: Order, shopper: Shopper) -> Order:
        """The same wish again. What is paid or on its way to the bank keeps the address the bank was shown."""
        if known.payment.status in HELD:
            return known
        refuse_closed(known)
        if is_confirming(known):
            if shopper != known.shopper:
                raise OperationInProgress("This order is already being paid. Please wait for the bank's answer.")
            return known
        order = replace(known, shopper=shopper)
        unit.orders.save_shopper_contact(order)
        return order

    def _give_up(self, unit: UnitOfWork, known: Order) -> Operation | None:
        """Another cart: this order will never be paid. Only while nothing of it is on its way. A page that may confirm
        by itself is kept from it by closing the payment at Stripe, too: the operation that does."""
        if is_under_way(known):
            raise OperationInProgress(
                "An earlier order of yours still waits for your bank. Please finish that one first."
            )
        if known.payment.status in (*HELD, *FINAL_STATUSES):
            return None
        if known.closed_at is None:
            unit.orders.close(known.id, self._clock.now())
        if road_of(known.payment) is not ConfirmationRoad.PAGE:
            return None
        wanted = withdrawal(known, SHOPPER_ACTOR, self._clock)
        return unit.journal.get(wanted.id) or unit.journal.plan(wanted)

    def _withdraw(self, given_up: Operation) -> None:
        """Before the payment is closed at Stripe no other order is begun: a page left open could still hold this
        one. Raises CallError's family."""
        outcome = self._advance(given_up)
        if outcome.operation.is_open:
            raise outcome.error or OutcomeUnknown("We are still waiting for Stripe. Nothing was begun anew.")

    def _new_order(self, priced: PricedCart, shopper: Shopper, save_card: bool) -> Order:
        order_id = new_id(self._clock.now_ms())
        payment = Payment(new_id(self._clock.now_ms()), order_id, "original", priced.total, priced.currency)
        return Order(
            id=order_id,
            reference=new_reference(),
            link_token=new_secret_token(),
            version=1,
            placed_at=self._clock.now(),
            currency=priced.currency,
            shopper=shopper,
            lines=priced.lines,
            shipping=priced.shipping,
            shipping_tax_rate=priced.shipping_tax_rate,
            discount=priced.discount,
            save_card=save_card,
            payments=(payment,),
        )

    def _customer(self, order: Order) -> Order:
        def request(fresh: Order, operation_id: str) -> Request:
            return requests.create_customer(fresh, operation_id, self._installation)

        return self._create(order.id, OperationKind.CREATE_CUSTOMER, request)

    def _intent(self, order: Order) -> Order:
        def request(fresh: Order, operation_id: str) -> Request:
            return requests.create_intent(fresh, operation_id, self._installation, self._road())

        return self._create(order.id, OperationKind.CREATE_INTENT, request)

    def _create(self, order_id: str, kind: OperationKind, request: Callable[[Order, str], Request]) -> Order:
        """Carry out the open operation of this kind, or a new one; one that failed is final and replaced. The order is
        read again under the lock: another request of the same checkout may have made it meanwhile."""
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            if order.customer_id if kind is OperationKind.CREATE_CUSTOMER else order.payment.intent_id:
                return order
            earlier = [each for each in unit.journal.of_order(order_id) if each.kind is kind and each.is_open]
            if earlier:
                operation = earlier[-1]
            else:
                operation_id = new_id(self._clock.now_ms())
                fresh = planned(operation_id, kind, order, request(order, operation_id), SHOPPER_ACTOR, self._clock)
                operation = unit.journal.plan(fresh)
                unit.commit()
        outcome = self._advance(operation)
        if outcome.operation.state is not OperationState.DONE:
            raise outcome.error or OutcomeUnknown("We are still waiting for Stripe. Nothing is held yet.")
        with self._store.read() as unit:
            return unit.orders.get(order_id)

    def _advance(self, operation: Operation) -> Outcome:
        if operation.state is OperationState.PLANNED:
            return self._conductor.carry_out(operation.id)
        return self._conductor.resolve(operation.id)

    # --- paying ---

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
            order = self._with_intent(order)
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


def _fingerprint(priced: PricedCart, country: str, save_card: bool) -> str:
    """One cart at one price to one country with one answer about saving the card; anything else is another order,
    for an intent's amount and ``setup_future_usage`` were told to Stripe."""
    lines = sorted((line.sku, line.quantity, line.unit_price, line.discount) for line in priced.lines)
    return hashlib.sha256(repr((priced.currency, lines, priced.shipping, country, save_card)).encode()).hexdigest()
