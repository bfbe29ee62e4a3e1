"""Orders, their payments, shipments and timelines in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from sellerdesk.domain.adoption import ADOPTED
from sellerdesk.domain.errors import OperationInProgress, OrderChanged, OurBug, UnknownOrder
from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.order import Order, Shipment, Stage, TimelineEntry
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.store.derive import ARRIVALS, derived_columns, first_arrival, visible_facts
from sellerdesk.store.dialect import GIVEN, hold_order, of
from sellerdesk.store.failures import ConstraintBroken
from sellerdesk.store.mapping import line_columns, order_columns, payment_columns, shopper_columns, to_payment
from sellerdesk.store.models import (
    LineRecord,
    OrderRecord,
    ParcelRecord,
    PaymentRecord,
    ShipmentRecord,
    TimelineRecord,
    table_of,
)
from sellerdesk.store.whole import select_orders, whole_orders


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """How an order is found. Built once, for one of them runs in nearly every transaction."""

    whole: Select[Any]
    its_id: Select[Any]

    @classmethod
    def by(cls, condition: ColumnElement[bool]) -> "_Way":
        return cls(select_orders().where(condition), select(OrderRecord.id).where(condition))


_BY_ID = _Way.by(OrderRecord.id == GIVEN)
_BY_REFERENCE = _Way.by(OrderRecord.reference == GIVEN)
_BY_LINK = _Way.by(OrderRecord.link_token == GIVEN)
_BY_CHECKOUT = _Way.by(OrderRecord.checkout_id == GIVEN)
_BY_INTENT = _Way.by(
    OrderRecord.id == select(PaymentRecord.order_id).where(PaymentRecord.intent_id == GIVEN).scalar_subquery()
)

# Built once, on plain tables. Where an UPDATE names no value for a column, the parameters it is run with do.
_ORDER = table_of(OrderRecord)
_LINE = table_of(LineRecord)
_PAYMENT = table_of(PaymentRecord)
_CART = select(_ORDER.c.cart_sha256).where(_ORDER.c.id == GIVEN)
_STAGE = select(_ORDER.c.stage, _ORDER.c.stage_at).where(_ORDER.c.id == GIVEN)
_CHANGE = update(_ORDER).where(_ORDER.c.id == GIVEN).returning(_ORDER.c.id)
_CHANGE_VISIBLY = _CHANGE.values(version=_ORDER.c.version + 1)
_EXPECT = _CHANGE_VISIBLY.where(_ORDER.c.version == bindparam("expected"))
_ONE_PAYMENT: Select[Any] = select(_PAYMENT).where(_PAYMENT.c.id == GIVEN)
_CHANGE_PAYMENT = update(_PAYMENT).where(_PAYMENT.c.id == GIVEN)
_KEEP = update(_LINE).where(_LINE.c.order_id == GIVEN, _LINE.c.position == bindparam("at"))
_NOTE = insert(table_of(TimelineRecord))

_NOT_HELD = (
    PaymentStatus.REQUIRES_PAYMENT_METHOD.value,
    PaymentStatus.REQUIRES_CONFIRMATION.value,
    PaymentStatus.REQUIRES_ACTION.value,
)


class SqlOrders:
    """Implements the port ``Orders`` inside one transaction.

    In a writing one, an order that is read is ours alone until the end: what is made from it can be written back.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, order_id: str) -> Order:
        return self._one(_BY_ID, order_id)

    def by_reference(self, reference: str) -> Order:
        """``reference`` as a person may type it."""
        return self._one(_BY_REFERENCE, read_reference(reference) or "")

    def by_link(self, link_token: str) -> Order:
        return self._one(_BY_LINK, link_token)

    def by_checkout(self, checkout_id: str) -> Order | None:
        return self._find(_BY_CHECKOUT, checkout_id)

    def by_intent(self, intent_id: str) -> Order | None:
        return self._find(_BY_INTENT, intent_id)

    def unsettled_intents(self, overdue_at: int | None = None) -> tuple[str, ...]:
        settled = (PaymentStatus.SUCCEEDED.value, PaymentStatus.CANCELED.value)
        wanted = (
            PaymentRecord.status.not_in(settled)
            if overdue_at is None
            else and_(
                PaymentRecord.status == PaymentStatus.REQUIRES_CAPTURE.value, PaymentRecord.capture_before <= overdue_at
            )
        )
        rows = self._session.scalars(
            select(PaymentRecord.intent_id)
            .where(PaymentRecord.intent_id.is_not(None), wanted)
            .order_by(PaymentRecord.capture_before, PaymentRecord.intent_id)
        )
        return tuple(intent_id for intent_id in rows if intent_id)

    def at_the_bank(self) -> tuple[Order, ...]:
        waiting = (PaymentStatus.REQUIRES_ACTION.value, PaymentStatus.REQUIRES_CONFIRMATION.value)
        rows = self._session.scalars(
            select(PaymentRecord.order_id)
            .join(OrderRecord, OrderRecord.id == PaymentRecord.order_id)
            .where(
                PaymentRecord.status.in_(waiting),
                PaymentRecord.confirmation_method == "manual",
                PaymentRecord.role == "original",
                OrderRecord.closed_at.is_(None),
            )
            .order_by(PaymentRecord.order_id)
        )
        return tuple(self.get(order_id) for order_id in rows)

    def unfinished(self, placed_until: int, refused_until: int, closed_until: int, limit: int) -> tuple[Order, ...]:
        is_open = or_(PaymentRecord.status.is_(None), PaymentRecord.status.in_(_NOT_HELD))
        rows = self._session.scalars(
            select(OrderRecord.id)
            .join(PaymentRecord, PaymentRecord.order_id == OrderRecord.id)
            .where(
                PaymentRecord.role == "original",
                is_open,
                OrderRecord.placed_at <= placed_until,
                OrderRecord.checkout_id.not_like(f"{ADOPTED}%"),
                or_(
                    and_(
                        OrderRecord.closed_at.is_(None),
                        or_(PaymentRecord.last_problem.is_(None), OrderRecord.placed_at <= refused_until),
                    ),
                    and_(OrderRecord.closed_at <= closed_until, PaymentRecord.intent_id.is_not(None)),
                ),
            )
            .order_by(OrderRecord.arrival)
            .limit(limit)
        )
        return tuple(self.get(order_id) for order_id in rows)

    def add(self, order: Order, checkout_id: str, cart_sha256: str) -> None:
        """Raises OperationInProgress when this checkout was sent already, by another tab or click."""
        columns = order_columns(order) | derived_columns(order)
        columns |= {"checkout_id": checkout_id, "cart_sha256": cart_sha256, "arrival": self._arrival(order.placed_at)}
        try:
            self._run(insert(_ORDER), columns)
        except ConstraintBroken as error:
            if "checkout_id" in error.rule:
                raise OperationInProgress("This order was sent already.") from error
            raise
        for line in order.lines:
            self._run(insert(_LINE), line_columns(order.id, line))
        for payment in order.payments:
            self._run(insert(_PAYMENT), payment_columns(payment))
        if order.shipment is not None:
            self._write_shipment(order.id, order.shipment)

    def cart_sha256(self, order_id: str) -> str:
        found = self._run(_CART, {"given": order_id}).scalar_one_or_none()
        if found is None:
            raise UnknownOrder
        return str(found)

    def set_customer(self, order_id: str, customer_id: str) -> None:
        self._change(order_id, customer_id=customer_id)

    def save_payment(self, payment: Payment) -> bool:
        hold_order(self._session, payment.order_id)
        row = self._run(_ONE_PAYMENT, {"given": payment.id}).one_or_none()
        if row is None or row.order_id != payment.order_id:
            raise UnknownOrder
        before = to_payment(row)
        if payment.facts is not None and payment.facts.currency != payment.currency:
            raise OurBug("A payment was about to change its currency.")
        if before.intent_id and payment.intent_id != before.intent_id:
            raise OurBug("A payment was about to change its intent.")
        if payment == before:
            return False
        self._run(_CHANGE_PAYMENT, payment_columns(payment) | {"given": payment.id})
        changed = visible_facts(payment) != visible_facts(before)
        self._derive(payment.order_id, changed=changed)
        return changed

    def save_message(self, order_id: str, message: str) -> None:
        if self.get(order_id).message != message:
            self._change(order_id, message=message)
            self._derive(order_id, changed=True)

    def save_kept(self, order_id: str, kept: Mapping[int, int], shipping_kept: int) -> None:
        """Lines whose position is not in ``kept`` stay as they are."""
        before = self.get(order_id)
        lines = tuple(replace(line, kept=kept.get(line.position, line.kept)) for line in before.lines)
        if replace(before, lines=lines, shipping_kept=shipping_kept) == before:
            return
        for line in lines:
            self._run(_KEEP, {"given": order_id, "at": line.position, "kept": line.kept})
        self._change(order_id, shipping_kept=shipping_kept)
        self._derive(order_id, changed=True)

    def save_shipment(self, order_id: str, shipment: Shipment) -> None:
        if self.get(order_id).shipment == shipment:
            return
        self._session.execute(delete(ParcelRecord).where(ParcelRecord.order_id == order_id))
        self._session.execute(delete(ShipmentRecord).where(ShipmentRecord.order_id == order_id))
        self._write_shipment(order_id, shipment)
        self._derive(order_id, changed=True)

    def save_shopper_contact(self, order: Order) -> None:
        if self.get(order.id).shopper == order.shopper:
            return
        self._change(order.id, **shopper_columns(order.shopper))
        self._derive(order.id, changed=True)

    def close(self, order_id: str, at: int) -> None:
        """The first time counts; closing again changes nothing."""
        if self.get(order_id).closed_at is None:
            self._change(order_id, closed_at=at)
            self._derive(order_id, changed=True)

    def expect_version(self, order_id: str, version: int) -> None:
        self.cart_sha256(order_id)
        if self._run(_EXPECT, {"given": order_id, "expected": version}).one_or_none() is None:
            raise OrderChanged

    def note(self, order_id: str, entry: TimelineEntry) -> None:
        self._run(
            _NOTE,
            {
                "order_id": order_id,
                "at": entry.at,
                "what": entry.what,
                "actor": entry.actor,
                "amount": entry.amount,
                "currency": entry.currency,
                "note": entry.note,
                "request_id": entry.request_id,
            },
        )

    def timeline(self, order_id: str) -> tuple[TimelineEntry, ...]:
        """Newest first."""
        rows = self._session.scalars(
            select(TimelineRecord)
            .where(TimelineRecord.order_id == order_id)
            .order_by(TimelineRecord.at.desc(), TimelineRecord.id.desc())
        )
        return tuple(
            TimelineEntry(row.at, row.what, row.actor, row.amount, row.currency, row.note, row.request_id)
            for row in rows
        )

    def _derive(self, order_id: str, *, changed: bool) -> None:
        """Recompute what the list is sorted and searched by; ``changed`` counts the version up."""
        before = self._run(_STAGE, {"given": order_id}).one()
        values = derived_columns(self.get(order_id), (Stage(before.stage), before.stage_at))
        self._change(order_id, _CHANGE_VISIBLY if changed else _CHANGE, **values)

    def _one(self, way: _Way, given: str) -> Order:
        order = self._find(way, given)
        if order is None:
            raise UnknownOrder
        return order

    def _find(self, way: _Way, given: str) -> Order | None:
        of(self._session).hold(self._session, way.its_id, given)
        rows = self._run(way.whole, {"given": given}).all()
        return next(iter(whole_orders(self._session, rows)), None)

    def _arrival(self, placed_at: int) -> int:
        of(self._session).take_turn(self._session, f"arrival {placed_at}")
        first = first_arrival(placed_at)
        last = self._session.scalar(
            select(func.max(OrderRecord.arrival)).where(OrderRecord.arrival.between(first, first + ARRIVALS - 1))
        )
        return first if last is None else last + 1

    def _change(self, order_id: str, way: Executable = _CHANGE, **values: Any) -> None:
        if self._run(way, values | {"given": order_id}).one_or_none() is None:
            raise UnknownOrder

    def _run(self, statement: Executable, values: Mapping[str, object]) -> CursorResult[Any]:
        return self._session.connection().execute(statement, values)

    def _write_shipment(self, order_id: str, shipment: Shipment) -> None:
        shipped = {"shipped_at": shipment.at, "shipped_by": shipment.by, "passed_on": shipment.passed_on.value}
        self._run(insert(table_of(ShipmentRecord)), {"order_id": order_id, **shipped})
        for position, parcel in enumerate(shipment.parcels):
            sent = {"position": position, "carrier": parcel.carrier, "number": parcel.number}
            self._run(insert(table_of(ParcelRecord)), {"order_id": order_id, **sent})


def derive_again(session: Session, order_id: str, *, changed: bool) -> None:
    """The same after something that hangs on the order was written elsewhere."""
    SqlOrders(session)._derive(order_id, changed=changed)
