"""Making the journal row of an operation: id, canonical parameters, who and when."""

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OperationInProgress, OurBug
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Request, sha256_of, to_json
from sellerdesk.services.ports import UnitOfWork

# Whoever plans an operation carries it out at once; only after this long does the background take it over.
OWN_TURN_SECONDS = 5
_ON_HOLDS = (OperationKind.CAPTURE, OperationKind.CANCEL)


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


def refuse_beside(unit: UnitOfWork, order: Order) -> None:
    """One order's money moves on one payment at a time: while the answer about another payment of it is open, nothing
    is begun on the one that stands for it. Raises OperationInProgress."""
    for each in unit.journal.of_order(order.id):
        if each.is_open and each.payment_id != order.payment.id and each.kind in _ON_HOLDS:
            raise OperationInProgress(
                "Something that was begun on an earlier hold of this order is not finished yet. It is being looked up; "
                "nothing was sent."
            )


def same_wish(known: Operation, kind: OperationKind, order_id: str) -> Operation:
    """The operation that was planned under this id before. Raises OurBug when it was planned for something else."""
    if known.kind is not kind or known.order_id != order_id:
        raise OurBug("One operation was about to be used for two different wishes.")
    return known
