"""Who was faster: the seat that has done already what another one is about to do."""

from datetime import datetime

from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.seats import called
from sellerdesk.services.ports import UnitOfWork


def faster_one(unit: UnitOfWork, payment: Payment, kind: OperationKind) -> str:
    """' by Seat 2 at 12:03' for who did ``kind`` with this payment; '' when nobody here did."""
    for operation in reversed(unit.journal.of_order(payment.order_id)):
        if (operation.kind, operation.payment_id, operation.state) == (kind, payment.id, OperationState.DONE):
            when = datetime.fromtimestamp(operation.finished_at or operation.created_at).astimezone()
            return f" by {called(operation.seat)} at {when:%H:%M}"
    return ""
