"""Whole orders out of the database: the same few statements for one order as for a page of them.

Plain columns, not mapped objects: a page of the list is read at every change, and objects that the session watches
took four fifths of that time.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.store.journal_models import OperationRecord
from sellerdesk.store.mapping import foremost, to_order
from sellerdesk.store.models import (
    LineRecord,
    OrderRecord,
    ParcelRecord,
    PaymentRecord,
    ProductRecord,
    RefundRecord,
    ShipmentRecord,
)

_ORDER = tuple(column for column in OrderRecord.__table__.c if column.name != "search_text")
_SHIPMENT = (ShipmentRecord.shipped_at, ShipmentRecord.shipped_by, ShipmentRecord.passed_on)

# Built once: building a statement takes longer than running it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _of_orders(table: type[LineRecord | PaymentRecord | ParcelRecord], position: Any) -> Select[Any]:
    """The rows of ``table`` for some orders, sorted by ``position``."""
    return select(*table.__table__.c).where(table.order_id.in_(_IDS)).order_by(table.order_id, position)


_LINES = _of_orders(LineRecord, LineRecord.position)
_PAYMENTS = _of_orders(PaymentRecord, PaymentRecord.id)
_PARCELS = _of_orders(ParcelRecord, ParcelRecord.position)
_REFUNDS: Select[Any] = (
    select(*RefundRecord.__table__.c, PaymentRecord.order_id)
    .join(PaymentRecord, PaymentRecord.id == RefundRecord.payment_id)
    .where(PaymentRecord.order_id.in_(_IDS))
)
_STOCK = select(ProductRecord.sku, ProductRecord.on_hand).where(ProductRecord.sku.in_(_IDS))
_OPEN: Select[Any] = (
    select(*OperationRecord.__table__.c, PaymentRecord.amount)
    .join(PaymentRecord, PaymentRecord.id == OperationRecord.payment_id)
    .where(OperationRecord.order_id.in_(_IDS), OperationRecord.finished_at.is_(None))
)


def select_orders(*more: ColumnElement[Any]) -> Select[Any]:
    """The statement whose rows ``whole_orders`` takes; ``more`` columns stand at the end of each."""
    return select(*_ORDER, *_SHIPMENT, *more).outerjoin(ShipmentRecord, ShipmentRecord.order_id == OrderRecord.id)


def whole_orders(session: Session, rows: Sequence[Row[Any]]) -> list[Order]:
    """The orders of these rows, in the order of the rows."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    lines = _parts(session, _LINES, ids)
    payments = _parts(session, _PAYMENTS, ids)
    shipped = [row.id for row in rows if row.shipped_at is not None]
    parcels = _parts(session, _PARCELS, shipped) if shipped else {}
    stock = _stock(session, {line.sku for several in lines.values() for line in several})
    refunds = _parts(session, _REFUNDS, ids)
    operations = _open_operations(session, ids)
    for several in refunds.values():
        several.sort(key=lambda refund: (refund.created, refund.id))
    return [
        to_order(
            row,
            lines[row.id],
            payments[row.id],
            parcels.get(row.id, ()),
            stock,
            operations.get(row.id),
            refunds[row.id],
        )
        for row in rows
    ]


def _parts(session: Session, chosen: Select[Any], order_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """What ``chosen`` finds for each of these orders, in its order."""
    found: dict[str, list[Row[Any]]] = {order_id: [] for order_id in order_ids}
    for row in session.connection().execute(chosen, {"ids": order_ids}):
        found[row.order_id].append(row)
    return found


def _stock(session: Session, skus: set[str]) -> dict[str, int]:
    """Pieces on hand of each SKU that the catalogue knows."""
    rows = session.connection().execute(_STOCK, {"ids": sorted(skus)})
    return {row.sku: row.on_hand for row in rows}


def _open_operations(session: Session, order_ids: Sequence[str]) -> dict[str, OpenOperation]:
    """The open operation to show, per order that has one."""
    found: dict[str, list[OpenOperation]] = {}
    for row in session.connection().execute(_OPEN, {"ids": order_ids}):
        found.setdefault(row.order_id, []).append(_to_open(row))
    return {order_id: first for order_id, several in found.items() if (first := foremost(several)) is not None}


def _to_open(row: Row[Any]) -> OpenOperation:
    kind = OperationKind(row.kind)
    amount = json.loads(row.params).get("amount")
    if amount is None and kind in (OperationKind.CONFIRM, OperationKind.CANCEL, OperationKind.CHARGE_AGAIN):
        amount = row.amount
    state = OperationState(row.state)
    return OpenOperation(
        id=row.id,
        kind=kind,
        state=state,
        amount=amount,
        since=row.created_at,
        seat=row.seat,
        next_try_at=row.next_try_at if state is OperationState.UNKNOWN else None,
        why=row.outcome if state is OperationState.REVIEW else "",
        payment_id=row.payment_id,
    )
