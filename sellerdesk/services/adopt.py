"""Adopt: a payment at Stripe that no order here knows becomes an order, so that its hold cannot lapse unseen."""

import logging
import re
from dataclasses import replace
from functools import partial

from sellerdesk.clock import Clock
from sellerdesk.domain.adoption import (
    ADOPTED,
    AT_STRIPE,
    TAG_REPLACES,
    TAG_ROLE,
    FoundPayment,
    contents_of,
    pieces_of,
    shipment_of,
    shopper_of,
)
from sellerdesk.domain.errors import UnknownCurrency, UnknownOrder
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token, read_reference
from sellerdesk.domain.money import exponent
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.requests import TAG_PAYMENT
from sellerdesk.services.calls import payment_made_by
from sellerdesk.services.one_by_one import Patience
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.record import Origin, record_facts, record_refunds
from sellerdesk.services.requests import TAG_ORDER

_OWN_ID = re.compile(r"[0-9a-f]{32}")
# A hold lives at most about a month: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
REBUILT_SECONDS = 31 * 24 * 3600

_log = logging.getLogger(__name__)


class Adopt:
    """Takes payments over. The same payment twice, from two events or two seats, is one order."""

    def __init__(self, store: Store, gateway: PaymentReader, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._patience = Patience(clock)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The payments that no order here knows, and that could not be taken over when they were tried last."""
        return self._patience.wrong

    def run(self, intent_id: str) -> Order | None:
        """The order made of the payment, or None when it is none of a desk's: nothing was ever held, or one of our
        orders is just waiting for this very payment. Raises CallError's family."""
        found = self._gateway.found(intent_id)
        if not _belongs_here(found):
            return None
        refunds = self._gateway.refunds(intent_id) if found.facts.amount_refunded else ()
        with self._store.write() as unit:
            if unit.orders.by_intent(intent_id) is not None:
                return None
            known = _named_order(unit, found)
            order = self._add(unit, found) if known is None else _attach(unit, known, found)
            if order is None:
                return None
            # Stripe's moment of the making may be later than ours by the rounding of a second.
            now = max(self._clock.now(), found.facts.created)
            origin = Origin("event", AT_STRIPE, now)
            order = record_refunds(unit, record_facts(unit, order, found.facts, origin), refunds, origin)
            unit.commit()
        return order

    def since(self, created_from: int) -> int:
        """Take over what was made since ``created_from`` (seconds UTC) and is not known here; how many orders that
        made. Raises CallError's family; what was taken over before stays."""
        made: list[Order] = []
        for intent_id in self._gateway.holds_since(created_from):
            with self._store.read() as unit:
                known = unit.orders.by_intent(intent_id) is not None
            if known:
                self._patience.note(intent_id, went=True)
            else:
                self._patience.attempt(partial(self._collect, intent_id, made), intent_id)
        return len(made)

    def _collect(self, intent_id: str, made: list[Order]) -> None:
        order = self.run(intent_id)
        if order is not None:
            made.append(order)

    def _add(self, unit: UnitOfWork, found: FoundPayment) -> Order | None:
        """A new order. A later payment is none by itself: the order's first one is older, and found before it."""
        if found.tag(TAG_ROLE):
            return None
        order = self._order(unit, found)
        unit.orders.add(order, f"{ADOPTED}{found.facts.intent_id}", "")
        note = "found at Stripe, made elsewhere"
        placed = TimelineEntry(order.placed_at, "placed", AT_STRIPE, order.total, order.currency, note)
        unit.orders.note(order.id, placed)
        return order

    def _order(self, unit: UnitOfWork, found: FoundPayment) -> Order:
        """The payment has no facts yet: recording them writes the books as for every other order."""
        facts = found.facts
        order_id = found.tag(TAG_ORDER) if _OWN_ID.fullmatch(found.tag(TAG_ORDER)) else new_id(self._clock.now_ms())
        payment_id = found.tag(TAG_PAYMENT)
        if not _OWN_ID.fullmatch(payment_id):
            payment_id = new_id(self._clock.now_ms())
        contents = contents_of(found)
        return Order(
            id=order_id,
            reference=_free_reference(unit, found.reference),
            link_token=new_secret_token(),
            version=1,
            placed_at=facts.created,
            currency=facts.currency,
            shopper=shopper_of(found),
            lines=contents.lines,
            shipping=contents.shipping,
            shipping_tax_rate=0,
            discount=sum(line.discount for line in contents.lines),
            save_card=facts.setup_future_usage == "off_session",
            payments=(Payment(payment_id, order_id, "original", facts.amount, facts.currency),),
            shipment=shipment_of(found),
            shipping_kept=contents.shipping_kept,
            customer_id=facts.customer_id,
        )


def _belongs_here(found: FoundPayment) -> bool:
    """Money that was held once; of our own making also what was never paid, and what was charged later."""
    ours = bool(_OWN_ID.fullmatch(found.tag(TAG_ORDER)))
    if found.facts.amount <= 0 or not (found.captured_by_hand or (ours and found.tag(TAG_ROLE))):
        return False
    try:
        exponent(found.facts.currency)
    except UnknownCurrency:
        return False
    return ours or found.facts.authorized_at is not None


def _named_order(unit: UnitOfWork, found: FoundPayment) -> Order | None:
    """The order that the payment says it belongs to, if it is here."""
    if not _OWN_ID.fullmatch(found.tag(TAG_ORDER)):
        return None
    try:
        return unit.orders.get(found.tag(TAG_ORDER))
    except UnknownOrder:
        return None


def _attach(unit: UnitOfWork, order: Order, found: FoundPayment) -> Order | None:
    """A later payment of an order that is here. None for one that the order itself is making and has not heard of yet:
    its own operation takes it over. Where no operation does any more, as in an older copy of the database, it is taken
    over here."""
    payment_id, role, replaces = found.tag(TAG_PAYMENT), found.tag(TAG_ROLE), found.tag(TAG_REPLACES)
    if not _OWN_ID.fullmatch(payment_id):
        return None
    planned = order.payment_of(payment_id)
    if planned is not None:
        if planned.intent_id:
            _tell_second(payment_id, found)
            return None
        return None if _is_being_made(unit, order, payment_id) else _as_found(unit, order, planned, found)
    if role not in ("backorder", "renewal") or (role == "renewal" and order.payment_of(replaces) is None):
        return None
    payment = Payment(
        payment_id,
        order.id,
        role,
        found.facts.amount,
        found.facts.currency,
        replaces_id=replaces if role == "renewal" else None,
    )
    return _as_found(unit, order, payment, found)


def _as_found(unit: UnitOfWork, order: Order, payment: Payment, found: FoundPayment) -> Order:
    """``order`` with ``payment`` for what the intent charges: it may be an earlier wish, which was changed since."""
    if payment.role == "backorder":
        payment = replace(
            payment,
            amount=found.facts.amount,
            lines=pieces_of(found.lines, order.lines) if found.lines or not payment.lines else payment.lines,
            shipping=found.shipping_amount,
        )
    elif payment.role == "original":
        return order
    unit.payments.put(payment)
    return unit.orders.get(order.id)


def _tell_second(payment_id: str, found: FoundPayment) -> None:
    """One that nobody paid is no contradiction: where Stripe keeps a fault of its own under a key the intent is asked
    for under another, and the first may be made after all when Stripe repairs it."""
    if found.facts.authorized_at is None:
        _log.info("payment %s has a second intent that nobody paid: %s", payment_id, found.facts.intent_id)
    else:
        _log.error("payment %s was made twice at Stripe; the second is %s", payment_id, found.facts.intent_id)


def _is_being_made(unit: UnitOfWork, order: Order, payment_id: str) -> bool:
    return any(each.is_open and payment_made_by(each) == payment_id for each in unit.journal.of_order(order.id))


def _free_reference(unit: UnitOfWork, wanted: str) -> str:
    """The reference that the shopper was told, if it is one of ours and nobody else's; else a new one."""
    reference = read_reference(wanted)
    if reference is None:
        return new_reference()
    try:
        unit.orders.by_reference(reference)
    except UnknownOrder:
        return reference
    return new_reference()
