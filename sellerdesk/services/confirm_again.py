"""The second confirmation that manual confirmation needs after the bank's approval, and the watch for that approval.

Stripe tells nobody when a shopper has approved, and gives up an hour later:
https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions
"""

import hashlib
import logging

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CallError, KeyRefused, OperationInProgress, OurBug, Rejected
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Confirm, from_json
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.plans import planned
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.record import Origin, record_facts

ACTOR = "SellerDesk"
# A question of the bank is read once a minute in its first hour, when nearly all are answered. Later an approval must
# still be noticed well within its own hour; after a day nobody answers any more.
QUICK_SECONDS = 60
QUICK_FOR_SECONDS = 3600
SLOW_SECONDS = 1200
WATCHED_SECONDS = 86_400

_log = logging.getLogger(__name__)


class ConfirmAgain:
    """Finishes approved payments: for the page that comes back at once, and in the background for one that does
    not."""

    def __init__(self, store: Store, gateway: PaymentReader, conductor: Conductor, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._clock = clock
        self._next_reading: dict[str, int] = {}

    def run(self, order_id: str) -> Outcome | None:
        """Confirm an approved payment once more; None when it does not wait for that.

        The operation's id is made from the confirmations before it, so that page, poll and background make one row.
        One that failed is not tried again: the shopper uses another card, or Stripe gives up.
        """
        operation = self._plan(order_id)
        return None if operation is None else self._conductor.carry_out(operation.id)

    def run_due(self) -> CallError | None:
        """Read the payments whose shopper may have approved without coming back, and confirm those that are. The
        trouble met last, if any; a refused key ends the pass."""
        trouble: CallError | None = None
        for order in self._waiting():
            try:
                outcome = self.run(order.id) if order.payment.waits_to_be_confirmed_again else self._read(order)
            except OperationInProgress:
                continue  # the shopper uses another card at this moment
            except OurBug:
                _log.exception("payment %s could not be taken over", order.payment.intent_id)
                continue
            except Rejected as error:
                _log.warning("payment %s cannot be read: %s", order.payment.intent_id, error.code or error.http_status)
                continue
            except CallError as error:
                outcome, trouble = None, error
            trouble = (outcome.error if outcome else None) or trouble
            if isinstance(trouble, KeyRefused):
                break
        return trouble

    def _waiting(self) -> list[Order]:
        """Approved ones, and those whose next reading is due. What has an operation open is resolved anyway."""
        now = self._clock.system_now()
        with self._store.read() as unit:
            orders = [order for order in unit.orders.at_the_bank() if order.open_operation is None]
            asked = {order.id: _asked_at(unit, order) for order in orders}
        self._next_reading = {order.id: self._next_reading.get(order.id, 0) for order in orders}
        found: list[Order] = []
        for order in orders:
            since = self._clock.now() - asked[order.id]
            if order.payment.waits_to_be_confirmed_again:
                found.append(order)
            elif since < WATCHED_SECONDS and self._next_reading[order.id] <= now:
                self._next_reading[order.id] = now + (QUICK_SECONDS if since < QUICK_FOR_SECONDS else SLOW_SECONDS)
                found.append(order)
        return found

    def _read(self, order: Order) -> Outcome | None:
        facts = self._gateway.retrieve(order.payment.intent_id)
        if facts.raw_status == (order.payment.facts.raw_status if order.payment.facts else ""):
            return None  # nothing is written: whoever watches the database would think that something happened
        with self._store.write() as unit:
            record_facts(unit, unit.orders.get(order.id), facts, Origin("event", ACTOR, self._clock.now()))
            unit.commit()
        return self.run(order.id)

    def _plan(self, order_id: str) -> Operation | None:
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            if order.closed_at is not None or not order.payment.waits_to_be_confirmed_again:
                return None
            before = _confirmations(unit, order)
            basis = " ".join(sorted(each.id for each in before))
            operation_id = hashlib.sha256(f"confirm again {order.payment.id} {basis}".encode()).hexdigest()[:32]
            known = unit.journal.get(operation_id)
            if known is not None:
                return known
            request = requests.confirm_again(order, _return_url(before))
            operation = planned(operation_id, OperationKind.CONFIRM, order, request, ACTOR, self._clock)
            stored = unit.journal.plan(operation)
            unit.commit()
        return stored


def _confirmations(unit: UnitOfWork, order: Order) -> list[Operation]:
    """Those that Stripe carried out: each made the bank ask. Two of one second come in no order."""
    return [
        each
        for each in unit.journal.of_order(order.id)
        if each.kind is OperationKind.CONFIRM
        and each.state is OperationState.DONE
        and each.payment_id == order.payment.id
    ]


def _asked_at(unit: UnitOfWork, order: Order) -> int:
    return max([each.last_sent_at or 0 for each in _confirmations(unit, order)], default=order.placed_at)


def _return_url(before: list[Operation]) -> str:
    found = [from_json(each.params) for each in before]
    return next((request.return_url for request in reversed(found) if isinstance(request, Confirm)), "")
