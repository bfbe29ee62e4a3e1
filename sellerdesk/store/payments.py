"""Refunds, and the payments that an order gets later, in the database."""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import UnknownOrder
from sellerdesk.domain.refund import Refund
from sellerdesk.store.mapping import refund_columns, to_refund
from sellerdesk.store.models import PaymentRecord, RefundRecord
from sellerdesk.store.orders import SqlOrders


class SqlPayments:
    """Implements the port ``Payments`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._orders = SqlOrders(session)

    def save_refund(self, order_id: str, refund: Refund) -> None:
        """Raises UnknownOrder when the payment is none of this order's."""
        owner = self._session.scalar(select(PaymentRecord.order_id).where(PaymentRecord.id == refund.payment_id))
        if owner != order_id:
            raise UnknownOrder
        columns = refund_columns(refund)
        row = self._session.execute(
            select(*RefundRecord.__table__.c).where(RefundRecord.id == refund.refund_id)
        ).one_or_none()
        if row is None:
            self._session.execute(insert(RefundRecord), [columns])
        elif to_refund(row) == refund:
            return
        else:
            self._session.execute(update(RefundRecord).where(RefundRecord.id == refund.refund_id).values(columns))
        self._orders.derive(order_id, changed=True)
