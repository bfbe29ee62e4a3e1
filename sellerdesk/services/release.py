"""Release: the seller lets go of a hold. All of it goes back to the shopper, and it cannot be taken any more."""

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import WrongStage
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.message import read_message
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.stages import stage_of
from sellerdesk.services import requests
from sellerdesk.services.again import repeated
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.finish import finished_order
from sellerdesk.services.plans import planned, refuse_beside, same_wish
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.rivals import faster_one


class Release:
    """Cancels the intent of an order that is on hold: https://docs.stripe.com/api/payment_intents/cancel"""

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat

    def new_operation(self) -> str:
        """The id of one wish to release: made when the dialog opens, so that pressing twice is one operation."""
        return new_id(self._clock.now_ms())

    def run(self, operation_id: str, order_id: str, version: int, reason: ReleaseReason, message: str = "") -> Order:
        """Release the hold of an order seen at ``version``; the order as it is afterwards.

        ``message`` is for the shopper's order page. When the answer is lost the order comes back with its open
        operation, and the background finds out. Raises WrongStage, MessageRefused, OrderChanged or
        OperationInProgress when nothing was sent; CallError's family when Stripe refused, as it does when something
        else captured the hold first.
        """
        operation = repeated(lambda: self._plan(operation_id, order_id, version, reason, message))
        outcome = self._conductor.carry_out(operation.id)
        return finished_order(self._store, outcome)

    def _plan(self, operation_id: str, order_id: str, version: int, reason: ReleaseReason, message: str) -> Operation:
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return same_wish(known, OperationKind.CANCEL, order_id)
            order = unit.orders.get(order_id)
            if stage_of(order) is not Stage.TO_PREPARE:
                raise WrongStage(_why_not(unit, order))
            refuse_beside(unit, order)
            request = requests.cancel(order, reason)
            operation = planned(operation_id, OperationKind.CANCEL, order, request, self._seat, self._clock)
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.orders.save_message(order_id, read_message(message))
            unit.commit()
        return stored


def _why_not(unit: UnitOfWork, order: Order) -> str:
    """Why there is no hold to release."""
    payment = order.payment
    if payment.captured:
        who = faster_one(unit, payment, OperationKind.CAPTURE)
        return f"It was captured meanwhile{who}, so there is no hold to release. Refund it instead."
    if payment.facts is not None and payment.facts.has_lapsed:
        return "The hold had lapsed already, and its money went back. Nothing is left to release."
    released = faster_one(unit, payment, OperationKind.CANCEL)
    if released:
        return f"It was released already{released}."
    return "Nothing is held for this order, so there is nothing to release."
