"""Renew: a hold that is about to lapse gets a new one in its place, from the saved card. New first, old released after.

That order is on purpose: the bank may refuse the new one, and then the old one must still be there.
"""

import hashlib
import logging

from sellerdesk.clock import Clock
from sellerdesk.domain.charging_later import RenewalOffer, RenewalPlan, offer_renewal, waiting_renewal
from sellerdesk.domain.errors import CallError, ChargeRefused, KeyRefused, OperationInProgress, OrderChanged, OurBug
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.services import requests
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.plans import planned, same_wish
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.saved_card import ChargeState, LaterCharge, may_try_again, told

ACTOR = "SellerDesk"
# A hold that Stripe refuses to release that often needs a person: the order then shows both.
MOST_RELEASES = 3
# Whoever makes a new hold lets the old one go at once: only what a crash, or the bank's question, left is looked for.
LOOK_SECONDS = 30

_log = logging.getLogger(__name__)


class Renew:
    """Makes the new hold, and lets go of the one that is not needed any more."""

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str, installation: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat
        self._installation = installation
        self._looked_at = 0

    def new_operation(self) -> str:
        """The id of one wish to renew: made when the dialog opens, so that pressing twice is one operation."""
        return new_id(self._clock.now_ms())

    def offer(self, order: Order) -> RenewalOffer:
        """What is possible for this order's hold, and why."""
        return offer_renewal(order, self._clock.now())

    def run(self, operation_id: str, order_id: str, version: int, plan: RenewalPlan) -> LaterCharge:
        """Make the hold that ``plan`` shows, of an order seen at ``version``, and release the old one.

        Raises ChargeRefused, OrderChanged or OperationInProgress when nothing was sent; CallError's family when Stripe
        refused the request itself.
        """
        operation, payment_id = self._plan(operation_id, order_id, version, plan)
        return self._carry_out(operation, payment_id)

    def try_again(self, operation_id: str, order_id: str, version: int) -> LaterCharge:
        """Try the saved card once more for the new hold that was refused, on its own intent. Raises as ``run`` does,
        and WrongStage when there is none."""
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            known = unit.journal.get(operation_id)
            payment = waiting_renewal(order) if known is None else _renewal_of(order, known.payment_id)
            if known is None:
                payment = may_try_again(payment)
                request = requests.charge_again(order, payment)
                # As with the first try the old hold is what is locked: nobody captures or releases it meanwhile.
                locked = payment.replaces_id or payment.id
                kind = OperationKind.CHARGE_AGAIN
                operation = unit.journal.plan(
                    planned(operation_id, kind, order, request, self._seat, self._clock, locked)
                )
                unit.orders.expect_version(order_id, version)
                unit.commit()
            else:
                operation = same_wish(known, OperationKind.CHARGE_AGAIN, order_id)
        return self._carry_out(operation, payment.id if payment else "")

    def run_due(self) -> CallError | None:
        """Let go of every hold that is not needed any more, twice a minute at most. The trouble met last, if any; a
        refused key ends the pass."""
        now = self._clock.system_now()
        if abs(now - self._looked_at) < LOOK_SECONDS:
            return None
        self._looked_at = now
        with self._store.read() as unit:
            orders = unit.payments.unfinished_renewals()
        trouble: CallError | None = None
        for order in orders:
            try:
                outcome = self._let_go(order.id)
            except OperationInProgress:
                continue  # somebody works with the old hold at this moment
            except OurBug:
                _log.exception("the renewal of order %s could not be finished", order.id)
                continue
            trouble = (outcome.error if outcome else None) or trouble
            if isinstance(trouble, KeyRefused):
                break
        return trouble

    def _carry_out(self, operation: Operation, payment_id: str) -> LaterCharge:
        found = told(self._store, self._conductor.carry_out(operation.id), payment_id)
        if found.state is not ChargeState.DONE:
            return found
        try:
            self._let_go(operation.order_id)
        except OperationInProgress:
            _log.info("the old hold of order %s is released later", operation.order_id)
        with self._store.read() as unit:
            order = unit.orders.get(operation.order_id)
        return LaterCharge(found.state, order, order.payment_of(payment_id) or found.payment)

    def _plan(self, operation_id: str, order_id: str, version: int, plan: RenewalPlan) -> tuple[Operation, str]:
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            known = unit.journal.get(operation_id)
            if known is not None:
                renewal = _renewal_of(order, known.payment_id)
                return same_wish(known, OperationKind.RENEW, order_id), renewal.id if renewal else ""
            offer = self.offer(order)
            if offer.plan is None:
                raise ChargeRefused(offer.why)
            if (offer.plan.replaces_id, offer.plan.amount) != (plan.replaces_id, plan.amount):
                raise OrderChanged
            payment = self._payment(unit, order, plan)
            request = requests.renewal(order, payment, plan, operation_id, self._installation)
            # On the old payment, so that nobody captures or releases it while its place is taken.
            operation = planned(
                operation_id, OperationKind.RENEW, order, request, self._seat, self._clock, plan.replaces_id
            )
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.commit()
        return stored, payment.id

    def _payment(self, unit: UnitOfWork, order: Order, plan: RenewalPlan) -> Payment:
        """The payment of the new hold; one that never got an intent is planned anew."""
        bare = next(
            (each for each in order.payments if each.replaces_id == plan.replaces_id and not each.intent_id), None
        )
        payment = Payment(
            id=bare.id if bare else new_id(self._clock.now_ms()),
            order_id=order.id,
            role="renewal",
            amount=plan.amount,
            currency=plan.currency,
            replaces_id=plan.replaces_id,
        )
        unit.payments.put(payment)
        return payment

    def _let_go(self, order_id: str) -> Outcome | None:
        """Release the hold that is not needed; None when none is."""
        operation = self._plan_end(order_id)
        return None if operation is None else self._conductor.carry_out(operation.id)

    def _plan_end(self, order_id: str) -> Operation | None:
        """The operation's id is made from the payment and the releases that failed before, so that window, poll and
        background make one row."""
        with self._store.write() as unit:
            order = unit.orders.get(order_id)
            payment = _not_needed(order)
            if payment is None:
                return None
            failed = [
                each
                for each in unit.journal.of_order(order_id)
                if each.kind is OperationKind.CANCEL
                and each.payment_id == payment.id
                and each.state is OperationState.FAILED
            ]
            if len(failed) >= MOST_RELEASES:
                _log.error("payment %s of order %s cannot be released", payment.intent_id, order_id)
                return None
            operation_id = hashlib.sha256(f"not needed {payment.id} {len(failed)}".encode()).hexdigest()[:32]
            known = unit.journal.get(operation_id)
            if known is not None:
                return known
            request = requests.end(payment)
            operation = planned(operation_id, OperationKind.CANCEL, order, request, ACTOR, self._clock, payment.id)
            stored = unit.journal.plan(operation)
            unit.commit()
        return stored


def _renewal_of(order: Order, replaced_id: str) -> Payment | None:
    """The newest payment that takes the place of another one."""
    return next((each for each in reversed(order.payments) if each.replaces_id == replaced_id), None)


def _not_needed(order: Order) -> Payment | None:
    """The payment that is to be let go: an old hold whose new one stands, a new one whose old one was captured after
    all, or one that nobody has approved and whose order has ended. A new hold that stands is never let go because the
    old one went: somebody may have released that one for its sake."""
    for new in order.payments:
        old = order.payment_of(new.replaces_id) if new.replaces_id else None
        if old is None or not new.intent_id:
            continue
        if old.held and (new.held or new.captured):
            return old
        ended = old.status is PaymentStatus.CANCELED and old.facts is not None and not old.facts.has_lapsed
        if not new.is_over and (old.captured or (ended and not new.held)):
            return new
    return None
