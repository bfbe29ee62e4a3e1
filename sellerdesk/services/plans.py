"""Making the journal row of an operation: id, canonical parameters, who and when."""

from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Request, sha256_of, to_json


def planned(operation_id: str, kind: OperationKind, order: Order, request: Request, seat: str, now: int) -> Operation:
    """A planned operation on the original payment of ``order``; nothing is stored yet."""
    params = to_json(request)
    return Operation(
        id=operation_id,
        kind=kind,
        order_id=order.id,
        payment_id=order.payment.id,
        params=params,
        params_sha256=sha256_of(params),
        state=OperationState.PLANNED,
        seat=seat,
        created_at=now,
    )
