"""Approving: the shopper comes back by the order's link and answers the bank about a charge of their saved card.

The bank asks on a page of its own, to which the shopper is sent: so nothing of the payment is told to whoever has the
link. https://docs.stripe.com/payments/3d-secure/authentication-flow
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from sellerdesk.clock import Clock
from sellerdesk.domain.charging_later import needs_shopper, waits_for_shopper
from sellerdesk.domain.errors import KeyRefused, OperationInProgress, UnknownOrder
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.record import Origin, record_facts

SHOPPER_ACTOR = "Order page"


class ApprovalState(StrEnum):
    """ASK: the shopper goes to the bank's page. NOTHING: no charge of a saved card waits for an approval."""

    ASK = "ask"
    APPROVED = "approved"
    DECLINED = "declined"
    CHECKING = "checking"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Approval:
    """Where an approval stands. ``url`` is the bank's page, with ASK only: it is never stored or logged."""

    state: ApprovalState
    url: str = field(default="", repr=False)


class Approving:
    """Confirms the very intent that the bank refused without the shopper, with the card they let us keep."""

    def __init__(self, store: Store, gateway: PaymentReader, conductor: Conductor, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._clock = clock

    def start(self, link_token: str, return_url: str) -> Approval:
        """The shopper wants to approve and is brought back to ``return_url`` afterwards. Pressing twice is one try.

        Raises UnknownOrder, KeyRefused, and CallError's and StoreError's families.
        """
        order, payment, facts = self._read(link_token)
        if payment is None or facts is None:
            return Approval(ApprovalState.NOTHING)
        if payment.status is PaymentStatus.REQUIRES_ACTION and facts.approval_url:
            return Approval(ApprovalState.ASK, facts.approval_url)
        if not needs_shopper(payment):
            return _standing(payment)
        try:
            operation = self._plan(order, payment, return_url)
        except OperationInProgress:
            return Approval(ApprovalState.CHECKING)
        return self._told(self._conductor.carry_out(operation.id), payment.id)

    def look(self, link_token: str) -> Approval:
        """Where the approval stands by Stripe's own word: the shopper is back from the bank. Raises as ``start``."""
        _, payment, _ = self._read(link_token)
        return Approval(ApprovalState.NOTHING) if payment is None else _standing(payment)

    def _read(self, link_token: str) -> tuple[Order, Payment | None, PaymentFacts | None]:
        """The order and what waits for its shopper, as they are after the intent was read."""
        with self._store.read() as unit:
            order = unit.orders.by_link(link_token)
        waiting = waits_for_shopper(order)
        if waiting is None:
            return order, None, None
        facts = self._gateway.retrieve(waiting.intent_id)
        with self._store.write() as unit:
            origin = Origin("event", SHOPPER_ACTOR, self._clock.now())
            order = record_facts(unit, unit.orders.get(order.id), facts, origin)
            unit.commit()
        return order, order.payment_of(waiting.id), facts

    def _plan(self, order: Order, payment: Payment, return_url: str) -> Operation:
        """The id is made from the payment and the tries before, so that a request that arrives twice is one row."""
        with self._store.write() as unit:
            order = unit.orders.get(order.id)
            earlier = [
                each.id
                for each in unit.journal.of_order(order.id)
                if each.kind is OperationKind.CONFIRM and each.payment_id == payment.id and not each.is_open
            ]
            basis = " ".join(sorted(earlier))
            operation_id = hashlib.sha256(f"approve {payment.id} {basis}".encode()).hexdigest()[:32]
            known = unit.journal.get(operation_id)
            if known is not None:
                return known
            _refuse_beside_replaced(unit, payment)
            request = requests.approve(order, payment, return_url)
            kind = OperationKind.CONFIRM
            operation = planned(operation_id, kind, order, request, SHOPPER_ACTOR, self._clock, payment.id)
            stored = unit.journal.plan(operation)
            unit.commit()
        return stored

    def _told(self, outcome: Outcome, payment_id: str) -> Approval:
        if isinstance(outcome.error, KeyRefused):
            raise outcome.error
        with self._store.read() as unit:
            payment = unit.orders.get(outcome.operation.order_id).payment_of(payment_id)
        if payment is None:
            raise UnknownOrder
        if outcome.operation.is_open:
            return Approval(ApprovalState.CHECKING)
        facts = outcome.answer.facts if outcome.answer else None
        if payment.status is PaymentStatus.REQUIRES_ACTION and facts is not None and facts.approval_url:
            return Approval(ApprovalState.ASK, facts.approval_url)
        return _standing(payment)


def _refuse_beside_replaced(unit: UnitOfWork, payment: Payment) -> None:
    """A new hold is not made while the answer about the one that it replaces is open: it may be captured at this
    moment, and then the new one must not come about. Raises OperationInProgress."""
    for each in unit.journal.of_order(payment.order_id):
        if each.is_open and each.payment_id == payment.replaces_id and each.kind is not OperationKind.SHIP:
            raise OperationInProgress("What was begun on the earlier hold of this order is not finished yet.")


def _standing(payment: Payment) -> Approval:
    if payment.held or payment.captured:
        return Approval(ApprovalState.APPROVED)
    waiting = payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING)
    return Approval(ApprovalState.CHECKING if waiting else ApprovalState.DECLINED)
