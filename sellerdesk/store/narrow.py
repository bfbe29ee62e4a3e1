"""The conditions behind a filter. Each looks at one order's own rows, so the list keeps the order of its index."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from sellerdesk.domain.listing import OrderFilter
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import CHECKS, RAISED_RISKS
from sellerdesk.store.models import LineRecord, OrderRecord, PaymentRecord, ProductRecord


def passing(only: OrderFilter) -> Iterator[ColumnElement[bool]]:
    """What an order must fulfil to be listed."""
    if only.lapses_before is not None or only.short:
        yield OrderRecord.stage == Stage.TO_PREPARE.value
    if only.lapses_before is not None:
        yield OrderRecord.sort_key < only.lapses_before  # for held orders it is the deadline
    if only.short:
        yield _is_short()
    if only.doubtful:
        yield _is_doubtful()
    if only.currencies:
        yield OrderRecord.currency.in_(sorted(only.currencies))


def _is_short() -> ColumnElement[bool]:
    return exists().where(
        LineRecord.order_id == OrderRecord.id,
        LineRecord.kept.is_(None),
        ProductRecord.sku == LineRecord.sku,
        ProductRecord.on_hand < LineRecord.quantity,
    )


def _is_doubtful() -> ColumnElement[bool]:
    card: Any = PaymentRecord.card
    failed = [card[name].as_string() == "fail" for name in CHECKS]
    return exists().where(
        PaymentRecord.order_id == OrderRecord.id,
        or_(PaymentRecord.risk_level.in_(RAISED_RISKS), *failed),
    )
