"""Prepare: the seller packs the order and the hold is captured, shortened for what is missing. Once per hold."""

from collections.abc import Mapping

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import WrongStage
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.message import read_message
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.shortening import ShippingChoice, plan
from sellerdesk.domain.stages import stage_of
from sellerdesk.services import requests
from sellerdesk.services.again import repeated
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.finish import finished_order
from sellerdesk.services.plans import planned, refuse_beside, same_wish
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.rivals import faster_one


class Prepare:
    """Captures what is kept and releases the rest, for ever.

    https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
    """

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat

    def new_operation(self) -> str:
        """The id of one wish to capture: made when the dialog opens, so that pressing twice is one operation."""
        return new_id(self._clock.now_ms())

    def run(
        self,
        operation_id: str,
        order_id: str,
        version: int,
        kept: Mapping[int, int],
        shipping: ShippingChoice = ShippingChoice.FULL,
        message: str = "",
    ) -> Order:
        """Capture ``kept`` pieces per line position of an order seen at ``version``; the order as it is afterwards.

        When the answer is lost the order comes back with its open operation, and the background finds out. Raises
        WrongStage, CaptureRefused, MessageRefused, OrderChanged or OperationInProgress when nothing was sent;
        CallError's family when Stripe refused.
        """
        operation = repeated(lambda: self._plan(operation_id, order_id, version, kept, shipping, message))
        outcome = self._conductor.carry_out(operation.id)
        return finished_order(self._store, outcome)

    def _plan(
        self,
        operation_id: str,
        order_id: str,
        version: int,
        kept: Mapping[int, int],
        shipping: ShippingChoice,
        message: str,
    ) -> Operation:
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return same_wish(known, OperationKind.CAPTURE, order_id)
            order = unit.orders.get(order_id)
            self._check(unit, order)
            capture_plan = plan(order, kept, shipping)
            request = requests.capture(order, capture_plan, operation_id)
            operation = planned(operation_id, OperationKind.CAPTURE, order, request, self._seat, self._clock)
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.orders.save_message(order_id, read_message(message))
            unit.commit()
        return stored

    def _check(self, unit: UnitOfWork, order: Order) -> None:
        if stage_of(order) is not Stage.TO_PREPARE:
            raise WrongStage(_why_not(unit, order))
        refuse_beside(unit, order)
        deadline = order.payment.capture_before
        if deadline is not None and deadline <= self._clock.now():
            raise WrongStage(
                "By the clock this hold has lapsed, so nothing was sent to Stripe. Sync: if Stripe has ended it, the "
                "shopper has to pay again."
            )


def _why_not(unit: UnitOfWork, order: Order) -> str:
    """Why there is no hold to capture."""
    payment = order.payment
    if payment.captured:
        who = faster_one(unit, payment, OperationKind.CAPTURE)
        return f"It was captured meanwhile{who}, and a hold can be captured once."
    if payment.facts is not None and payment.facts.has_lapsed:
        return "The hold had lapsed already, and its money went back. The shopper has to pay again."
    released = faster_one(unit, payment, OperationKind.CANCEL)
    if released:
        return f"The hold was released meanwhile{released}, so there is nothing left to capture."
    return "Nothing is held for this order, so it cannot be prepared."
