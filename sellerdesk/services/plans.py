"""Making the journal row of an operation: id, canonical parameters, who and when."""

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Request, sha256_of, to_json

# Whoever plans an operation carries it out at once; only after this long does the background take it over.
OWN_TURN_SECONDS = 5


def planned(
    operation_id: str,
    kind: OperationKind,
    order: Order,
    request: Request,
    seat: str,
    clock: Clock,
    payment_id: str = "",
) -> Operation:
    """A planned operation on the payment that stands for ``order``, or on another one of it; nothing is stored yet."""
    params = to_json(request)
    return Operation(
        id=operation_id,
        kind=kind,
        order_id=order.id,
        payment_id=payment_id or order.payment.id,
        params=params,
        params_sha256=sha256_of(params),
        state=OperationState.PLANNED,
        seat=seat,
        created_at=clock.now(),
        next_try_at=clock.system_now() + OWN_TURN_SECONDS,
    )


def same_wish(known: Operation, kind: OperationKind, order_id: str) -> Operation:
    """The operation that was planned under this id before. Raises OurBug when it was planned for something else."""
    if known.kind is not kind or known.order_id != order_id:
        raise OurBug("One operation was about to be used for two different wishes.")
    return known
