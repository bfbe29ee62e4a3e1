"""How an action of the seller's ends: the order as it is afterwards, or the error that says why nothing moved."""

from typing import TYPE_CHECKING

from sellerdesk.domain.errors import KeyRefused, StateMoved, WrongStage
from sellerdesk.domain.operation import Operation, OperationState
from sellerdesk.domain.order import Order

if TYPE_CHECKING:
    from sellerdesk.services.conduct import Outcome
    from sellerdesk.services.ports import Store


def finished_order(store: "Store", outcome: "Outcome") -> Order:
    """The order after a pass; one whose answer was lost has its operation still open.

    Raises the call's error when the operation failed, or waits for a working key, and WrongStage when the operation
    had failed before.
    """
    failed = outcome.operation.state is OperationState.FAILED
    if failed and isinstance(outcome.error, StateMoved):
        raise _what_was_read(outcome.error, outcome)
    if outcome.error is not None and (failed or isinstance(outcome.error, KeyRefused)):
        raise outcome.error
    if failed:
        raise WrongStage(_why_it_failed(outcome.operation))
    with store.read() as unit:
        return unit.orders.get(outcome.operation.order_id)


def _what_was_read(error: StateMoved, outcome: "Outcome") -> StateMoved:
    """The refusal with what the reading after it showed: why it could not be done, and the payment as it is."""
    facts = outcome.answer.facts if outcome.answer is not None else None
    return StateMoved(
        outcome.operation.outcome if outcome.operation.outcome.endswith(".") else str(error),
        http_status=error.http_status,
        code=error.code,
        request_id=error.request_id,
        replayed=error.replayed,
        facts=facts or error.facts,
    )


def _why_it_failed(operation: Operation) -> str:
    """A sentence for an operation that failed earlier: its own, where its outcome is one."""
    if operation.outcome.endswith("."):
        return operation.outcome
    return "Stripe refused this before, and nothing was moved by it. Look at the order again, then decide."
