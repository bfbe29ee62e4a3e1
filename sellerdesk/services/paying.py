"""Paying an order that has its intent: one confirmation per token, and where the payment stands by Stripe's word."""

import hashlib
import re

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CheckoutClosed, KeyRefused, OperationInProgress, TokenRefused, UnknownOrder
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus
from sellerdesk.services import requests
from sellerdesk.services.calls import DECLINED, is_second_confirmation
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.confirm_again import ConfirmAgain
from sellerdesk.services.pay_answer import HELD, PayAnswer, PayState, answer_of, is_confirming, may_page_confirm, ready
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import PaymentReader, Store
from sellerdesk.services.record import Origin, record_facts

SHOPPER_ACTOR = "Checkout page"
# What may come from the page: https://docs.stripe.com/payments/finalize-payments-on-the-server
_TOKEN = re.compile(r"(ctoken|pm|tok)_[A-Za-z0-9_]{1,250}")


class Paying:
    """Confirms, starts and looks; whose order it is has been asked before."""

    def __init__(
        self, store: Store, gateway: PaymentReader, conductor: Conductor, again: ConfirmAgain, clock: Clock
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._again = again
        self._clock = clock

    def pay(self, order: Order, token: str, return_url: str) -> PayAnswer:
        """Confirm the order's intent with ``token``. Raises as ``PlaceOrder.pay`` does."""
        if order.payment.status in HELD:
            return answer_of(order, None)
        try:
            operation = self.plan(order, token, return_url)
        except OperationInProgress:
            return PayAnswer(PayState.CHECKING, order)
        return self._told(order.id, self._conductor.carry_out(operation.id))

    def start(self, order: Order) -> PayAnswer:
        """READY with the client secret when the page may confirm ``order`` now, else where the payment stands: the page
        then hands over a token if it waits for a card."""
        if _is_settled(order) or is_confirming(order):
            return self.look(order)
        order, facts = self.read(order)
        answer = answer_of(order, facts)
        waits = answer.state in (PayState.DECLINED, PayState.ACTION)
        return ready(order, facts) if waits and may_page_confirm(order) else answer

    def look(self, order: Order) -> PayAnswer:
        """Where the payment stands by Stripe's own word. What the bank approved under manual confirmation is confirmed
        once more."""
        if _is_settled(order):
            return answer_of(order, None)
        waiting = order.open_operation
        if waiting is not None and is_confirming(order):
            return self._told(order.id, self._conductor.resolve_if_due(waiting.id))
        order, facts = self.read(order)
        outcome = self._again.run(order.id) if order.payment.waits_to_be_confirmed_again else None
        return answer_of(order, facts) if outcome is None else self._told(order.id, outcome)

    def read(self, order: Order) -> tuple[Order, PaymentFacts]:
        """``order`` after its intent was read and merged, with what was read. Raises CallError's family."""
        facts = self._gateway.retrieve(order.payment.intent_id)
        with self._store.write() as unit:
            order = record_facts(
                unit, unit.orders.get(order.id), facts, Origin("event", SHOPPER_ACTOR, self._clock.now())
            )
            unit.commit()
        return order, facts

    def plan(self, order: Order, token: str, return_url: str) -> Operation:
        """The operation's id is made from payment and token, so that a request that arrives twice is one row."""
        operation_id = _confirm_id(order, token)
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return known
            order = unit.orders.get(order.id)
            if not order.payment.intent_id:
                raise UnknownOrder
            # Only here, where nobody else writes: another tab may close this order, but not while it is being paid.
            if not is_confirming(order):
                refuse_closed(order)
            request = requests.confirm(order, token, return_url)
            operation = planned(operation_id, OperationKind.CONFIRM, order, request, SHOPPER_ACTOR, self._clock)
            stored = unit.journal.plan(operation)
            unit.commit()
        return stored

    def was_last(self, order: Order, token: str) -> bool:
        """Whether no other card was tried after the one behind ``token``."""
        with self._store.read() as unit:
            operations = unit.journal.of_order(order.id)
        tried = [
            each.id
            for each in operations
            if each.kind is OperationKind.CONFIRM
            and each.payment_id == order.payment.id
            and not is_second_confirmation(each)
        ]
        return tried[-1:] == [_confirm_id(order, token)]

    def _told(self, order_id: str, outcome: Outcome) -> PayAnswer:
        with self._store.read() as unit:
            order = unit.orders.get(order_id)
        if outcome.operation.is_open:
            return PayAnswer(PayState.CHECKING, order)
        if _was_not_tried(outcome.operation, order):
            if is_second_confirmation(outcome.operation):
                return PayAnswer(PayState.DECLINED, order)  # it is not tried again: another card is needed
            if isinstance(outcome.error, KeyRefused):
                raise outcome.error
            raise TokenRefused(
                "This card entry could not be used. Nothing is held. Please type the card again."
            ) from outcome.error
        facts = outcome.answer.facts if outcome.answer else None
        if order.payment.status is PaymentStatus.REQUIRES_ACTION and facts is None:
            facts = self._gateway.retrieve(order.payment.intent_id)
        return answer_of(order, facts)


def check_token(token: str) -> None:
    """Raises TokenRefused for what is no payment token."""
    if not _TOKEN.fullmatch(token):
        raise TokenRefused("The card form gave no payment token. Please type the card again.")


def refuse_closed(order: Order) -> None:
    """Raises CheckoutClosed when the order can never be paid any more."""
    if order.closed_at is not None or order.payment.status is PaymentStatus.CANCELED:
        raise CheckoutClosed("This checkout was closed. You were not charged. Please start again.")


def _confirm_id(order: Order, token: str) -> str:
    return hashlib.sha256(f"confirm {order.payment.id} {token}".encode()).hexdigest()[:32]


def _is_settled(order: Order) -> bool:
    return order.payment.status in HELD or not order.payment.intent_id


def _was_not_tried(operation: Operation, order: Order) -> bool:
    """Whether this press never reached a bank: the token was refused, or the press came too late."""
    final = (*HELD, PaymentStatus.CANCELED)
    failed = operation.state in (OperationState.FAILED, OperationState.DROPPED) and operation.outcome != DECLINED
    return failed and order.payment.status not in final
