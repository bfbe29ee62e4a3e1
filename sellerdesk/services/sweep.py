"""Sweep: checkouts that nobody will finish are closed, so that no hold comes about weeks later.

The most dangerous job there is: canceling also succeeds on money that is held, so a sweep that races a shopper would
give a good payment back. Therefore, step by step: the checkout is closed here first, and from then on no page of ours
pays it; it is left alone for longer than any page or bank window lives; Stripe is asked; only then is it canceled.
https://docs.stripe.com/payments/paymentintents/lifecycle
"""

import logging
from dataclasses import dataclass
from functools import partial

from sellerdesk.clock import Clock
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import FINAL_STATUSES
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.one_by_one import Patience
from sellerdesk.services.pay_answer import HELD
from sellerdesk.services.ports import PaymentReader, Store
from sellerdesk.services.record import Origin, record_facts
from sellerdesk.services.requests import TAG_INSTALLATION
from sellerdesk.services.withdraw import refused_withdrawals, withdrawal

UNFINISHED_SECONDS = 24 * 3600
# A refused card is work for the seller: the shopper may be written to, and pay by the link.
REFUSED_SECONDS = 7 * 24 * 3600
GRACE_SECONDS = 15 * 60
# The bank's window is open for minutes: a shopper who is there now finishes first.
LAST_TRY_SECONDS = 3600
LOOKED_AT = 500
REFUSED_AGAIN_SECONDS = 3600
ACTOR = "Clean-up"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many checkouts were closed here, and how many payments canceled at Stripe."""

    closed: int
    canceled: int


class Sweep:
    """Closes what this installation began. Orders of other installations and adopted ones are never touched."""

    def __init__(
        self, store: Store, gateway: PaymentReader, conductor: Conductor, clock: Clock, installation: str
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._clock = clock
        self._installation = installation
        self._patience = Patience(clock)

    def run(self) -> Swept:
        """One pass, none while the database is behind. Raises CallError's family when Stripe cannot be asked; the next
        pass goes on from there."""
        self._conductor.know_time()
        now = self._clock.now()
        with self._store.read() as unit:
            if unit.standing.behind() is not None:
                return Swept(0, 0)
            old = unit.orders.unfinished(
                now - UNFINISHED_SECONDS, now - REFUSED_SECONDS, now - GRACE_SECONDS, LOOKED_AT
            )
        closed = 0
        canceled: list[str] = []
        for order in old:
            if not self._is_ours(order) or order.open_operation is not None:
                continue
            if order.closed_at is None:
                closed += self._close(order, now)
            elif order.payment.intent_id and not self._rests(order, now):
                self._patience.attempt(partial(self._cancel, order, canceled), order.payment.intent_id)
        return Swept(closed, len(canceled))

    def _is_ours(self, order: Order) -> bool:
        facts = order.payment.facts
        return facts is None or dict(facts.metadata).get(TAG_INSTALLATION) == self._installation

    def _close(self, order: Order, now: int) -> bool:
        refused = order.payment.problem is not None
        if refused and order.placed_at > now - REFUSED_SECONDS:
            return False
        with self._store.write() as unit:
            fresh = unit.orders.get(order.id)
            if fresh.open_operation is not None or fresh.payment.status in (*HELD, *FINAL_STATUSES):
                return False
            tries = [each for each in unit.journal.of_order(order.id) if each.kind is OperationKind.CONFIRM]
            if any((each.last_sent_at or 0) > now - LAST_TRY_SECONDS for each in tries):
                return False
            unit.orders.close(order.id, now)
            unit.commit()
        return True

    def _rests(self, order: Order, now: int) -> bool:
        """Whether Stripe refused to cancel the payment not long ago: an hour after the first time, at most a day."""
        with self._store.read() as unit:
            refused = refused_withdrawals(unit, order)
        if not refused:
            return False
        pause = min(REFUSED_AGAIN_SECONDS << (len(refused) - 1), UNFINISHED_SECONDS)
        return 0 <= now - (refused[-1].finished_at or 0) < pause

    def _cancel(self, order: Order, canceled: list[str]) -> None:
        """What the bank has approved meanwhile is the shopper's order, and stays."""
        facts = self._gateway.retrieve(order.payment.intent_id)
        with self._store.write() as unit:
            order = record_facts(unit, unit.orders.get(order.id), facts, Origin("event", ACTOR, self._clock.now()))
            if order.payment.status in (*HELD, *FINAL_STATUSES):
                unit.commit()
                return
            refused = len(refused_withdrawals(unit, order))
            wanted = withdrawal(order, ACTOR, self._clock, unless_paid=True, refused=refused)
            operation = unit.journal.get(wanted.id) or unit.journal.plan(wanted)
            unit.commit()
        outcome = self._conductor.carry_out(operation.id)
        if outcome.operation.state is OperationState.DONE:
            canceled.append(order.id)
        elif outcome.operation.is_open:
            _log.warning("order %s could not be closed at Stripe yet", order.id)
