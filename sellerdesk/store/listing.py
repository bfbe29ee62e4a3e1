"""Pages of orders and the counts beside the stages, in a fixed number of statements however many rows there are."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, select, text, tuple_
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.listing import CLOSED, OrderPage, OrderQuery, OrderRow, Overview, Sum
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.store.dialect import of
from sellerdesk.store.journal_models import OperationRecord
from sellerdesk.store.models import HELD, OrderRecord, PaymentRecord, TallyRecord
from sellerdesk.store.narrow import passing
from sellerdesk.store.whole import select_orders, whole_orders

_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands: in which stretch of the list, and by which key and id in it."""

    stretch: int
    key: int
    order_id: str


# Its number, its rows, and the condition for the rows beyond a place in it.
_Stretch = tuple[int, Select[Any], Callable[[_Place], ColumnElement[bool]]]


def page(session: Session, query: OrderQuery) -> OrderPage:
    """The rows of one stage, or of all, after ``query.after``. Raises OurBug for a cursor that is none of ours."""
    after = _read_cursor(query.after) if query.after else _Place(0, 0, "")
    found: list[tuple[int, Row[Any]]] = []
    for stretch, chosen, place in _stretches(session, query):
        if stretch < after.stretch or len(found) > query.limit:
            continue
        beyond = [place(after)] if query.after and stretch == after.stretch else []
        rows = session.execute(chosen.where(*beyond).limit(query.limit + 1 - len(found))).all()
        found += [(stretch, row) for row in rows]
    shown = found[: query.limit]
    orders = whole_orders(session, [row for _, row in shown])
    return OrderPage(
        tuple(
            _to_row(row, order, json.dumps([stretch, row.sort_key if query.stage else row.arrival, row.id]))
            for (stretch, row), order in zip(shown, orders, strict=True)
        ),
        has_more=len(found) > query.limit,
    )


def currencies(session: Session) -> tuple[str, ...]:
    """Those that orders have, by code. Looks at every order."""
    return tuple(session.scalars(select(OrderRecord.currency).distinct().order_by(OrderRecord.currency)))


def _stretches(session: Session, query: OrderQuery) -> list[_Stretch]:
    """The list in one piece, or in two: what must be prepared begins with the open questions. Each piece follows an
    index, so that its beginning costs the same however long it is."""
    if query.stage is None:
        chosen, arrival = of(session).newest_first(select_orders().where(*passing(query.only)), query.text)
        return [(1, chosen, lambda after: arrival < after.key)]
    chosen = of(session).only(select_orders().where(*passing(query.only)), query.text)
    chosen = chosen.where(OrderRecord.stage == query.stage.value).order_by(OrderRecord.sort_key, OrderRecord.id)
    questions = _open_questions(session) if query.stage is Stage.TO_PREPARE else []
    if not questions:
        return [(1, chosen, _beyond)]
    return [
        (0, chosen.where(OrderRecord.id.in_(questions)), _beyond),
        (1, chosen.where(OrderRecord.id.not_in(questions)), _beyond),
    ]


def _open_questions(session: Session) -> list[str]:
    """The orders about which Stripe's answer is not known, or which a person has to decide; few at any time."""
    return list(
        session.scalars(
            select(OperationRecord.order_id)
            .where(
                OperationRecord.finished_at.is_(None),
                OperationRecord.state.in_((OperationState.UNKNOWN.value, OperationState.REVIEW.value)),
            )
            .distinct()
        )
    )


def _beyond(after: _Place) -> ColumnElement[bool]:
    return tuple_(OrderRecord.sort_key, OrderRecord.id) > tuple_(literal(after.key), literal(after.order_id))


def _read_cursor(cursor: str) -> _Place:
    try:
        stretch, key, order_id = json.loads(cursor)
        return _Place(int(stretch), int(key), str(order_id))
    except (ValueError, TypeError):
        raise OurBug("A list was continued from a place that it never gave.") from None


def overview(session: Session, now: int) -> Overview:
    """Counts, and sums on hold per currency; at risk is what lapses within 24 hours of ``now`` (seconds UTC)."""
    counts = session.execute(select(TallyRecord.stage, TallyRecord.orders).where(TallyRecord.orders > 0)).all()
    soon = PaymentRecord.capture_before < now + _DAY
    held = session.execute(
        select(
            PaymentRecord.currency,
            func.sum(PaymentRecord.amount_capturable),
            func.sum(case((soon, PaymentRecord.amount_capturable), else_=0)),
            func.sum(case((soon, 1), else_=0)),
        )
        .where(text(HELD))
        .group_by(PaymentRecord.currency)
        .order_by(PaymentRecord.currency)
    ).all()
    stopped = case((OperationRecord.state == OperationState.REVIEW.value, 1), else_=0)
    unfinished, decisions = session.execute(
        select(func.count(), func.sum(stopped)).where(OperationRecord.finished_at.is_(None))
    ).one()
    return Overview(
        counts=tuple((Stage(stage), count) for stage, count in counts),
        on_hold=tuple(Sum(currency, int(total)) for currency, total, _, _ in held),
        at_risk=tuple(Sum(currency, int(total)) for currency, _, total, number in held if number),
        at_risk_count=sum(int(number) for _, _, _, number in held),
        open_operations=unfinished,
        decisions=decisions or 0,
    )


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
