"""Pages of orders and the counts beside the stages, in a fixed number of statements however many rows there are."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.listing import CLOSED, OrderPage, OrderQuery, OrderRow, Overview, Sum
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.store.journal_models import OperationRecord
from sellerdesk.store.models import OrderRecord, PaymentRecord
from sellerdesk.store.narrow import passing
from sellerdesk.store.search import matches
from sellerdesk.store.whole import select_orders, whole_orders

_DAY = 24 * 3600


def page(session: Session, query: OrderQuery) -> OrderPage:
    """The rows of one stage, or of all, after ``query.after``. Raises OurBug for a cursor that is none of ours."""
    keys = _sort_keys(query.stage)
    labelled = [key.label(f"key_{index}") for index, key in enumerate(keys)]
    chosen = _narrow(select_orders(*labelled), query).order_by(*keys).limit(query.limit + 1)
    if query.after:
        after = _read_cursor(query.after, len(keys))
        chosen = chosen.where(tuple_(*keys) > tuple_(*(literal(part) for part in after)))
    found = session.execute(chosen).all()
    shown = found[: query.limit]
    orders = whole_orders(session, shown)
    rows = tuple(
        _to_row(row, order, json.dumps(tuple(row)[-len(keys) :])) for row, order in zip(shown, orders, strict=True)
    )
    return OrderPage(rows, has_more=len(found) > query.limit)


def overview(session: Session, now: int) -> Overview:
    """Counts, and sums on hold per currency; at risk is what lapses within 24 hours of ``now`` (seconds UTC)."""
    counts = session.execute(select(OrderRecord.stage, func.count()).group_by(OrderRecord.stage)).all()
    soon = PaymentRecord.capture_before < now + _DAY
    held = session.execute(
        select(
            PaymentRecord.currency,
            func.sum(PaymentRecord.amount_capturable),
            func.sum(case((soon, PaymentRecord.amount_capturable), else_=0)),
            func.sum(case((soon, 1), else_=0)),
        )
        .where(PaymentRecord.status == PaymentStatus.REQUIRES_CAPTURE.value)
        .group_by(PaymentRecord.currency)
        .order_by(PaymentRecord.currency)
    ).all()
    unfinished = session.scalar(select(func.count()).where(OperationRecord.finished_at.is_(None)))
    return Overview(
        counts=tuple((Stage(stage), count) for stage, count in counts),
        on_hold=tuple(Sum(currency, int(total)) for currency, total, _, _ in held),
        at_risk=tuple(Sum(currency, int(total)) for currency, _, total, number in held if number),
        at_risk_count=sum(int(number) for _, _, _, number in held),
        open_operations=unfinished or 0,
    )


def currencies(session: Session) -> tuple[str, ...]:
    """Those that orders have, by code. Looks at every order."""
    return tuple(session.scalars(select(OrderRecord.currency).distinct().order_by(OrderRecord.currency)))


def _sort_keys(stage: Stage | None) -> tuple[ColumnElement[Any], ...]:
    """Ascending keys, unique together: open questions first among what must be prepared, then the place."""
    if stage is None:
        return (-OrderRecord.placed_at, OrderRecord.id.expression)
    if stage is not Stage.TO_PREPARE:
        return (OrderRecord.sort_key.expression, OrderRecord.id.expression)
    question = exists().where(
        OperationRecord.order_id == OrderRecord.id,
        OperationRecord.finished_at.is_(None),
        OperationRecord.state.in_((OperationState.UNKNOWN.value, OperationState.REVIEW.value)),
    )
    return (case((question, 0), else_=1), OrderRecord.sort_key.expression, OrderRecord.id.expression)


def _narrow(chosen: Select[Any], query: OrderQuery) -> Select[Any]:
    if query.stage is not None:
        chosen = chosen.where(OrderRecord.stage == query.stage.value)
    words = matches(query.text)
    chosen = chosen if words is None else chosen.where(words)
    return chosen.where(*passing(query.only))


def _read_cursor(cursor: str, length: int) -> list[int | str]:
    try:
        *numbers, order_id = json.loads(cursor)
        after: list[int | str] = [*(int(number) for number in numbers), str(order_id)]
    except (ValueError, TypeError):
        after = []
    if len(after) != length:
        raise OurBug("A list was continued from a place that it never gave.")
    return after


def _to_row(record: Row[Any], order: Order, cursor: str) -> OrderRow:
    stage = Stage(record.stage)
    payment, facts = order.payment, order.payment.facts
    parcels = order.shipment.parcels if order.shipment else ()
    return OrderRow(
        id=order.id,
        reference=order.reference,
        version=order.version,
        stage=stage,
        placed_at=order.placed_at,
        deadline=payment.capture_before if stage is Stage.TO_PREPARE else None,
        shopper=order.shopper.name,
        pieces=order.pieces,
        items=", ".join(f"{line.name} × {line.quantity}" if line.quantity > 1 else line.name for line in order.lines),
        amount=payment.amount,
        captured=payment.captured,
        currency=order.currency,
        card=facts.card if facts else None,
        risk_level=facts.risk_level if facts else "",
        short=order.short if stage is Stage.TO_PREPARE else sum(line.left_out for line in order.lines),
        carrier=parcels[0].carrier if parcels else "",
        stage_at=record.stage_at,
        problem=payment.problem,
        ended_because=_ended_because(order) if stage is Stage.ENDED else "",
        raw_status=facts.raw_status if facts else "",
        open_operation=order.open_operation,
        cursor=cursor,
    )


def _ended_because(order: Order) -> str:
    """Stripe's cancellation reason, or 'closed' for a checkout that ended before anything was held."""
    facts = order.payment.facts
    if facts is not None and facts.status is PaymentStatus.CANCELED:
        return facts.cancellation_reason
    return CLOSED
