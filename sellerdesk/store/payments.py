"""Refunds, and the payments that an order gets later, in the database."""

from typing import Any

from sqlalchemy import Select, and_, func, insert, literal_column, or_, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import OperationInProgress, OurBug, UnknownOrder
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.domain.refund import Refund, RefundState
from sellerdesk.store.dialect import GIVEN
from sellerdesk.store.failures import ConstraintBroken
from sellerdesk.store.mapping import payment_columns, refund_columns, to_refund
from sellerdesk.store.models import OrderRecord, PaymentRecord, RefundRecord, table_of
from sellerdesk.store.orders import SqlOrders, derive_again

_HELD = PaymentStatus.REQUIRES_CAPTURE.value
_OVER = (PaymentStatus.SUCCEEDED.value, PaymentStatus.CANCELED.value)

# Built once: they are asked for at every answer of Stripe's, and at every look for what is left to do.
_REFUND = table_of(RefundRecord)
_OWNER = select(PaymentRecord.order_id).where(PaymentRecord.id == GIVEN)
_ONE_REFUND: Select[Any] = select(_REFUND).where(_REFUND.c.id == GIVEN)
_CHANGE_REFUND = update(_REFUND).where(_REFUND.c.id == GIVEN)


def _unfinished_renewals() -> Select[Any]:
    old, new = table_of(PaymentRecord).alias("old"), table_of(PaymentRecord).alias("new")
    standing = (_HELD, PaymentStatus.SUCCEEDED.value)
    return (
        select(new.c.id, new.c.order_id)
        .join(old, old.c.id == new.c.replaces_id)
        .where(
            # As the index of renewals says it, word for word: otherwise it would not be used.
            new.c.replaces_id.is_not(None),
            func.coalesce(new.c.status, literal_column("''")) != literal_column("'canceled'"),
            or_(
                and_(old.c.status == _HELD, new.c.status.in_(standing)),
                and_(old.c.status.in_(_OVER), func.coalesce(new.c.status, "").not_in(_OVER)),
            ),
        )
    )


_UNFINISHED_RENEWALS = _unfinished_renewals()


class SqlPayments:
    """Implements the port ``Payments`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._orders = SqlOrders(session)

    def save_refund(self, order_id: str, refund: Refund) -> None:
        """Raises UnknownOrder when the payment is none of this order's."""
        connection = self._session.connection()
        if connection.scalar(_OWNER, {"given": refund.payment_id}) != order_id:
            raise UnknownOrder
        columns = refund_columns(refund)
        row = connection.execute(_ONE_REFUND, {"given": refund.refund_id}).one_or_none()
        if row is None:
            connection.execute(insert(_REFUND), columns)
        elif to_refund(row) == refund:
            return
        else:
            connection.execute(_CHANGE_REFUND, columns | {"given": refund.refund_id})
        derive_again(self._session, order_id, changed=True)

    def put(self, payment: Payment) -> None:
        """See the port. Raises OurBug for a payment that has its intent."""
        known = self._session.execute(
            select(PaymentRecord.order_id, PaymentRecord.intent_id).where(PaymentRecord.id == payment.id)
        ).one_or_none()
        if known is not None and (known.intent_id or known.order_id != payment.order_id):
            raise OurBug("A payment that Stripe knows was about to be planned anew.")
        columns = payment_columns(payment)
        try:
            if known is None:
                self._session.execute(insert(PaymentRecord), [columns])
            else:
                self._session.execute(update(PaymentRecord).where(PaymentRecord.id == payment.id).values(columns))
        except ConstraintBroken as error:
            raise OperationInProgress("The same was begun for this order already. Look at it again.") from error
        derive_again(self._session, payment.order_id, changed=False)

    def unfinished_renewals(self) -> tuple[Order, ...]:
        """Oldest first."""
        rows = self._session.connection().execute(_UNFINISHED_RENEWALS)
        # Sorted here: asked for sorted, all payments would be gone through in that order.
        return tuple(self._orders.get(order_id) for order_id in dict.fromkeys(row.order_id for row in sorted(rows)))

    def captured_intents(self) -> tuple[str, ...]:
        """By id. Asked as two questions, each of them of a few rows."""
        to_ship = select(PaymentRecord.intent_id).join(OrderRecord, OrderRecord.id == PaymentRecord.order_id)
        refunding = select(PaymentRecord.intent_id).join(RefundRecord, RefundRecord.payment_id == PaymentRecord.id)
        captured = PaymentRecord.status == PaymentStatus.SUCCEEDED.value
        on_their_way = RefundRecord.state.in_((RefundState.PENDING.value, RefundState.REQUIRES_ACTION.value))
        found = {
            *self._session.scalars(to_ship.where(OrderRecord.stage == Stage.TO_SHIP.value, captured)),
            *self._session.scalars(refunding.where(on_their_way, captured)),
        }
        return tuple(sorted(intent_id for intent_id in found if intent_id))
