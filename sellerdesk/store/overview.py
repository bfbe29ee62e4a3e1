"""What happened over some days, for the overview: one statement for each kind of thing, however many rows there are.

Only columns that are summed up are read, so that ten thousand holds take no longer than a glance.
"""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import Session, aliased

from sellerdesk.domain.order import OrderLine
from sellerdesk.domain.overview import Hold, LeftOut, Refusal, Shares
from sellerdesk.domain.payment import FINAL_STATUSES, PaymentStatus, is_lapsed
from sellerdesk.domain.shortening import kept_amount
from sellerdesk.store.journal_models import LedgerRecord
from sellerdesk.store.models import LineRecord, OrderRecord, PaymentRecord, TimelineRecord


class SqlHistory:
    """Implements the port ``History`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has_orders(self) -> bool:
        return bool(self._session.scalar(select(exists().select_from(OrderRecord))))

    def holds(self, since: int, until: int) -> tuple[Hold, ...]:
        """In no particular order."""
        rows = self._session.execute(
            select(
                OrderRecord.reference,
                PaymentRecord.currency,
                PaymentRecord.authorized_at,
                PaymentRecord.capture_before,
                LedgerRecord.at,
                PaymentRecord.intent_amount,
                PaymentRecord.amount_received,
                PaymentRecord.amount_capturable,
                PaymentRecord.status,
                PaymentRecord.cancellation_reason,
            )
            .join(OrderRecord, OrderRecord.id == PaymentRecord.order_id)
            .outerjoin(LedgerRecord, _is_capture_of_payment())
            .where(
                PaymentRecord.authorized_at >= since,
                PaymentRecord.authorized_at < until,
                PaymentRecord.role != "backorder",  # charged at once: it never was a hold
                not_(_has_renewal()),
            )
        )
        return tuple(_to_hold(tuple(row)) for row in rows)

    def refusals(self, since: int, until: int) -> tuple[Refusal, ...]:
        """Oldest first."""
        got_its_hold = exists().where(
            PaymentRecord.order_id == TimelineRecord.order_id, PaymentRecord.authorized_at.is_not(None)
        )
        rows = self._session.execute(
            select(TimelineRecord.order_id, TimelineRecord.note, got_its_hold)
            .where(TimelineRecord.what == "declined", TimelineRecord.at >= since, TimelineRecord.at < until)
            .order_by(TimelineRecord.at, TimelineRecord.id)
        )
        return tuple(Refusal(order_id, code, bool(paid)) for order_id, code, paid in rows)

    def left_out(self, until: int) -> tuple[LeftOut, ...]:
        """Oldest first."""
        rows = self._session.execute(
            select(
                OrderRecord.id,
                OrderRecord.currency,
                LedgerRecord.at,
                LineRecord.position,
                LineRecord.sku,
                LineRecord.name,
                LineRecord.quantity,
                LineRecord.unit_price,
                LineRecord.tax_rate,
                LineRecord.tax,
                LineRecord.discount,
                LineRecord.picture,
                LineRecord.kept,
            )
            .join(OrderRecord, OrderRecord.id == LineRecord.order_id)
            .join(PaymentRecord, and_(PaymentRecord.order_id == OrderRecord.id, PaymentRecord.role != "backorder"))
            .join(LedgerRecord, _is_capture_of_payment())
            .where(LineRecord.kept < LineRecord.quantity, _has_saved_card(), LedgerRecord.at < until)
            .order_by(LedgerRecord.at, OrderRecord.id)
        )
        charged = self._charged_later()
        found: dict[str, LeftOut] = {}
        for order_id, currency, since, *columns in rows:
            line = OrderLine(*columns)
            owed = line.left_out - charged.get((order_id, line.position), 0)
            if owed > 0:
                worth = found[order_id].worth if order_id in found else 0
                found[order_id] = LeftOut(currency, since, worth + _worth_of_last(line, owed, currency))
        return tuple(found.values())

    def _charged_later(self) -> dict[tuple[str, int], int]:
        """Pieces per order and line position that back-orders charged."""
        rows = self._session.execute(
            select(PaymentRecord.order_id, PaymentRecord.pieces).where(
                PaymentRecord.role == "backorder", PaymentRecord.status == PaymentStatus.SUCCEEDED.value
            )
        )
        found: Counter[tuple[str, int]] = Counter()
        for order_id, pieces in rows:
            for position, number in (pieces or {}).items():
                found[order_id, int(position)] += number
        return found


def _is_capture_of_payment() -> ColumnElement[bool]:
    """The ledger has one row for each intent and kind, with the moment at which the capture became known."""
    return and_(LedgerRecord.stripe_object == PaymentRecord.intent_id, LedgerRecord.kind == "captured")


def _has_renewal() -> ColumnElement[bool]:
    """Whether another hold stands in the place of this one: the same money must not be counted twice."""
    renewal = aliased(PaymentRecord)
    return exists().where(renewal.replaces_id == PaymentRecord.id, renewal.authorized_at.is_not(None))


def _has_saved_card() -> ColumnElement[bool]:
    """Whether one of the order's payments has a ``saved_card_id``, asked of many orders at once."""
    saving = aliased(PaymentRecord)
    return exists().where(
        saving.order_id == OrderRecord.id,
        saving.setup_future_usage == "off_session",
        saving.authorized_at.is_not(None),
        saving.payment_method_id != "",
        saving.customer_id != "",
    )


def _to_hold(row: tuple[Any, ...]) -> Hold:
    reference, currency, authorized_at, deadline, captured_at, authorized, captured, held, status, why = row
    known = PaymentStatus(status)
    rest = max(0, authorized - captured) if known in FINAL_STATUSES else 0
    has_lapsed = is_lapsed(known, why)
    return Hold(
        reference=reference,
        currency=currency,
        authorized_at=authorized_at,
        deadline=deadline,
        captured_at=captured_at,
        shares=Shares(captured, held, 0 if has_lapsed else rest, rest if has_lapsed else 0),
    )


def _worth_of_last(line: OrderLine, pieces: int, currency: str) -> int:
    """What the last ``pieces`` of a line cost, minor units: those are charged last."""
    return line.amount - kept_amount(line, line.quantity - pieces, currency)
