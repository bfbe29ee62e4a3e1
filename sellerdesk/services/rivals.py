"""Who was faster: the seat that has done already what another one is about to do."""

from datetime import datetime

from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.seats import called
from sellerdesk.services.ports import UnitOfWork


def faster_one(unit: UnitOfWork, order_id: str, kind: OperationKind) -> str:
    """' by Seat 2 at 12:03' for who did ``kind`` with this order's payment; '' when nobody here did."""
    for operation in reversed(unit.journal.of_order(order_id)):
        if operation.kind is kind and operation.state is OperationState.DONE:
            when = datetime.fromtimestamp(operation.finished_at or operation.created_at).astimezone()
            return f" by {called(operation.seat)} at {when:%H:%M}"
    return ""
