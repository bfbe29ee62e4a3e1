"""Placing an order: order row first, then customer and unconfirmed intent, then one confirmation with the token.

One order has one intent from its first moment, so the only call that holds money is guarded by that intent's state.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue import CartItem, PricedCart, price_cart
from sellerdesk.domain.errors import (
    CheckoutClosed,
    KeyRefused,
    OperationInProgress,
    OutcomeUnknown,
    TokenRefused,
    UnknownOrder,
)
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order, Shopper, TimelineEntry
from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus, Problem
from sellerdesk.domain.requests import Request
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.decide import DECLINED
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import PaymentGateway, Store, UnitOfWork
from sellerdesk.services.record import Origin, record_facts

SHOPPER_ACTOR = "Checkout page"
# What may come from the page: https://docs.stripe.com/payments/finalize-payments-on-the-server
_TOKEN = re.compile(r"(ctoken|pm|tok)_[A-Za-z0-9_]{1,250}")
_HELD = (PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED)


class PayState(StrEnum):
    """What the shopper is told."""

    HELD = "held"
    DECLINED = "declined"
    ACTION = "action"
    CHECKING = "checking"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PayAnswer:
    """Where the payment stands. ``client_secret`` only with ACTION; ``problem`` only with DECLINED."""

    state: PayState
    order: Order
    client_secret: str = field(default="", repr=False)
    problem: Problem | None = None


class PlaceOrder:
    """The shopper's side of the money."""

    def __init__(
        self, store: Store, gateway: PaymentGateway, conductor: Conductor, clock: Clock, installation: str
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._clock = clock
        self._installation = installation

    # --- the order and its intent ---

    def place(self, checkout_id: str, cart: tuple[CartItem, ...], shopper: Shopper, save_card: bool) -> Order:
        """The order of this checkout with its unconfirmed intent; the same checkout, cart and consent give the same
        order, held already or not.

        Raises CartRefused; CheckoutClosed when this checkout was used for another cart or consent (the page then
        starts a new one); OperationInProgress while a payment of it is under way and something is different;
        CallError's family when Stripe could not be asked.
        """
        return self._with_intent(self._enter(checkout_id, cart, shopper, save_card))

    def _with_intent(self, order: Order) -> Order:
        if not order.customer_id:
            order = self._customer(order)
        if not order.payment.intent_id:
            order = self._intent(order)
        return order

    def _enter(self, checkout_id: str, cart: tuple[CartItem, ...], shopper: Shopper, save_card: bool) -> Order:
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
                self._give_up(unit, known)
                unit.commit()
                raise CheckoutClosed("Your cart has changed since. Please start the checkout again.")
            unit.commit()
        return order

    def _take_up(self, unit: UnitOfWork, known: Order, shopper: Shopper) -> Order:
        """The same wish again. What is paid or on its way to the bank keeps the address the bank was shown."""
        if known.payment.status in _HELD:
            return known
        _refuse_closed(known)
        if _is_confirming(known):
            if shopper != known.shopper:
                raise OperationInProgress("This order is already being paid. Please wait for the bank's answer.")
            return known
        order = replace(known, shopper=shopper)
        unit.orders.save_shopper_contact(order)
        return order

    def _give_up(self, unit: UnitOfWork, known: Order) -> None:
        """Another cart: this order will never be paid. Only while nothing of it is on its way."""
        if _is_under_way(known):
            raise OperationInProgress(
                "An earlier order of yours still waits for your bank. Please finish that one first."
            )
        if known.closed_at is None and known.payment.status not in _HELD:
            unit.orders.close(known.id, self._clock.now())

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
            return requests.create_intent(fresh, operation_id, self._installation)

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
        with self._store.read() as unit:
            order = unit.orders.by_link(link_token)
        answer = self._pay(order, token, return_url)
        return answer if self._was_last(order, token) else replace(answer, client_secret="")

    def look_by_link(self, link_token: str) -> PayAnswer:
        """``look_again`` for whoever has the link, without the client secret: with it Stripe's script may read the
        intent, and there the whole address stands. https://docs.stripe.com/js/payment_intents/retrieve_payment_intent
        """
        with self._store.read() as unit:
            order = unit.orders.by_link(link_token)
        return replace(self._look(order), client_secret="")

    def _pay(self, order: Order, token: str, return_url: str) -> PayAnswer:
        if not _TOKEN.fullmatch(token):
            raise TokenRefused("The card form gave no payment token. Please type the card again.")
        if order.payment.status in _HELD:
            return _answer(order, None)
        if not order.payment.intent_id:
            _refuse_closed(order)
            order = self._with_intent(order)
        try:
            operation = self._plan_confirm(order, token, return_url)
        except OperationInProgress:
            return PayAnswer(PayState.CHECKING, order)
        outcome = self._conductor.carry_out(operation.id)
        return self._told(order.id, outcome)

    def look_again(self, checkout_id: str, reference: str) -> PayAnswer:
        """Where the payment stands by Stripe's own word: after 3-D Secure, or while an answer is awaited."""
        return self._look(self._own_order(checkout_id, reference))

    def _look(self, order: Order) -> PayAnswer:
        if order.payment.status in _HELD or not order.payment.intent_id:
            return _answer(order, None)
        waiting = order.open_operation
        if waiting is not None and _is_confirming(order):
            return self._told(order.id, self._conductor.resolve_if_due(waiting.id))
        facts = self._gateway.retrieve(order.payment.intent_id)
        with self._store.write() as unit:
            order = record_facts(unit, unit.orders.get(order.id), facts, self._origin())
            unit.commit()
        return _answer(order, facts)

    def _plan_confirm(self, order: Order, token: str, return_url: str) -> Operation:
        """The operation's id is made from payment and token, so that a request that arrives twice is one row."""
        operation_id = _confirm_id(order, token)
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return known
            order = unit.orders.get(order.id)
            if not order.payment.intent_id:
                raise UnknownOrder
            # Only here, where nobody else writes: another tab may close this order, but not while it is being paid.
            if not _is_confirming(order):
                _refuse_closed(order)
            request = requests.confirm(order, token, return_url)
            operation = planned(operation_id, OperationKind.CONFIRM, order, request, SHOPPER_ACTOR, self._clock)
            stored = unit.journal.plan(operation)
            unit.commit()
        return stored

    def _was_last(self, order: Order, token: str) -> bool:
        with self._store.read() as unit:
            confirms = [each.id for each in unit.journal.of_order(order.id) if each.kind is OperationKind.CONFIRM]
        return confirms[-1:] == [_confirm_id(order, token)]

    def _told(self, order_id: str, outcome: Outcome) -> PayAnswer:
        with self._store.read() as unit:
            order = unit.orders.get(order_id)
        if outcome.operation.is_open:
            return PayAnswer(PayState.CHECKING, order)
        if _was_not_tried(outcome.operation, order):
            if isinstance(outcome.error, KeyRefused):
                raise outcome.error
            raise TokenRefused(
                "This card entry could not be used. Nothing is held. Please type the card again."
            ) from outcome.error
        facts = outcome.answer.facts if outcome.answer else None
        if order.payment.status is PaymentStatus.REQUIRES_ACTION and facts is None:
            facts = self._gateway.retrieve(order.payment.intent_id)
        return _answer(order, facts)

    def _own_order(self, checkout_id: str, reference: str) -> Order:
        with self._store.read() as unit:
            order = unit.orders.by_checkout(checkout_id)
        if order is None or order.reference != reference:
            raise UnknownOrder
        return order

    def _origin(self) -> Origin:
        return Origin("event", SHOPPER_ACTOR, self._clock.now())


def _answer(order: Order, facts: PaymentFacts | None) -> PayAnswer:
    """What the row says; the client secret comes from freshly read facts only."""
    payment = order.payment
    if payment.status in _HELD:
        return PayAnswer(PayState.HELD, order)
    if payment.status is PaymentStatus.CANCELED:
        return PayAnswer(PayState.CLOSED, order)
    if _is_confirming(order) or payment.status is PaymentStatus.PROCESSING:
        return PayAnswer(PayState.CHECKING, order)
    if order.closed_at is not None:
        return PayAnswer(PayState.CLOSED, order)
    if payment.status is PaymentStatus.REQUIRES_ACTION:
        return PayAnswer(PayState.ACTION, order, facts.client_secret if facts else "")
    if payment.status in (None, PaymentStatus.REQUIRES_PAYMENT_METHOD):
        return PayAnswer(PayState.DECLINED, order, problem=payment.problem)
    return PayAnswer(PayState.CHECKING, order)


def _confirm_id(order: Order, token: str) -> str:
    return hashlib.sha256(f"confirm {order.payment.id} {token}".encode()).hexdigest()[:32]


def _was_not_tried(operation: Operation, order: Order) -> bool:
    """Whether this press never reached a bank: the token was refused, or the press came too late."""
    final = (*_HELD, PaymentStatus.CANCELED)
    failed = operation.state in (OperationState.FAILED, OperationState.DROPPED) and operation.outcome != DECLINED
    return failed and order.payment.status not in final


def _refuse_closed(order: Order) -> None:
    if order.closed_at is not None or order.payment.status is PaymentStatus.CANCELED:
        raise CheckoutClosed("This checkout was closed. You were not charged. Please start again.")


def _is_confirming(order: Order) -> bool:
    return order.open_operation is not None and order.open_operation.kind is OperationKind.CONFIRM


def _is_under_way(order: Order) -> bool:
    return _is_confirming(order) or order.payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING)


def _fingerprint(priced: PricedCart, country: str, save_card: bool) -> str:
    """One cart at one price to one country with one answer about saving the card; anything else is another order,
    for an intent's amount and ``setup_future_usage`` were told to Stripe."""
    lines = sorted((line.sku, line.quantity, line.unit_price, line.discount) for line in priced.lines)
    return hashlib.sha256(repr((priced.currency, lines, priced.shipping, country, save_card)).encode()).hexdigest()
