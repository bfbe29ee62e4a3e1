"""Placing an order: the order's row first, then its customer and unconfirmed intent; paying it is ``pay_order``'s."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue import CartItem, PricedCart, price_cart
from sellerdesk.domain.errors import CheckoutClosed, OperationInProgress, OutcomeUnknown
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token
from sellerdesk.domain.operation import Operation
from sellerdesk.domain.order import Order, Shopper, TimelineEntry
from sellerdesk.domain.payment import FINAL_STATUSES, Payment
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.intents import Intents, advance
from sellerdesk.services.pay_answer import HELD, is_confirming, is_under_way
from sellerdesk.services.paying import SHOPPER_ACTOR, Paying, refuse_closed
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.withdraw import withdrawal


class PlaceOrder:
    """One checkout is one order. Another cart from the same browser is another checkout."""

    def __init__(
        self,
        store: Store,
        conductor: Conductor,
        paying: Paying,
        intents: Intents,
        clock: Clock,
        road: Callable[[], ConfirmationRoad],
    ) -> None:
        self._store = store
        self._conductor = conductor
        self._paying = paying
        self._intents = intents
        self._clock = clock
        self._road = road

    def page_confirms(self) -> bool:
        """Whether new orders are made for the page to confirm."""
        return self._road() is ConfirmationRoad.PAGE

    def place(self, checkout_id: str, cart: tuple[CartItem, ...], shopper: Shopper, save_card: bool) -> Order:
        """The order of this checkout with its unconfirmed intent; the same checkout, cart and consent give the same
        order, held already or not.

        Raises CartRefused; CheckoutClosed when this checkout was used for another cart or consent (the page then
        starts a new one); OperationInProgress while a payment of it is under way and something is different;
        CallError's family when Stripe could not be asked.
        """
        self._conductor.know_time()
        self._catch_up(checkout_id)
        return self._intents.ensure(self._enter(checkout_id, cart, shopper, save_card))

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
        outcome = advance(self._conductor, given_up)
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


def _fingerprint(priced: PricedCart, country: str, save_card: bool) -> str:
    """One cart at one price to one country with one answer about saving the card; anything else is another order,
    for an intent's amount and ``setup_future_usage`` were told to Stripe."""
    lines = sorted((line.sku, line.quantity, line.unit_price, line.discount) for line in priced.lines)
    return hashlib.sha256(repr((priced.currency, lines, priced.shipping, country, save_card)).encode()).hexdigest()
