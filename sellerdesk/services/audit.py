"""Audit: every order that is not over is compared with Stripe, fact by fact, and with our own books.

What was captured is compared until it is shipped and its refunds are at their end.

An order that is merely behind is brought up to date by being read, as a poll would; that is no break. A break is what
stays wrong after that: it is shown to a person, with what mends it, and nothing is done about it by itself.
"""

import logging
from dataclasses import dataclass

from sellerdesk.clock import Clock
from sellerdesk.domain.audit import Audit, Break, from_json, to_json
from sellerdesk.domain.errors import KeyRefused, OurBug, OutcomeUnknown, Rejected
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import FINAL_STATUSES, Payment, PaymentFacts
from sellerdesk.services.adopt import REBUILT_SECONDS, Adopt
from sellerdesk.services.pay_answer import HELD
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.record import Origin, movements, record_facts, record_refunds, refunds_moved
from sellerdesk.services.withdraw import refused_withdrawals

ACTOR = "Audit"
LAST = "last_audit"
EVERY_SECONDS = 24 * 3600

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One order: whether reading it changed something, and what stays wrong."""

    changed: bool
    wrong: Break | None


class RunAudit:
    """Compares. Blocks for as long as one read an order takes."""

    def __init__(self, store: Store, gateway: PaymentReader, adopt: Adopt, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._adopt = adopt
        self._clock = clock

    def last(self) -> Audit | None:
        """The audit made last, by any seat; None before the first."""
        with self._store.read() as unit:
            kept = unit.shared.get(LAST)
        return from_json(kept) if kept else None

    def is_due(self) -> bool:
        """Whether the last one is a day old, or lies ahead by a wrong clock."""
        last = self.last()
        return last is None or not 0 <= self._clock.now() - last.at < EVERY_SECONDS

    def run(self) -> Audit:
        """Compare all, and keep what was found. Raises CallError's family when Stripe does not answer at all; what was
        read before stays, and the last audit, too."""
        found = self._adopt.since(self._clock.now() - REBUILT_SECONDS)
        with self._store.read() as unit:
            intents = (*unit.orders.unsettled_intents(), *unit.payments.captured_intents())
        compared = [self._compare(intent_id) for intent_id in intents]
        breaks = tuple(each.wrong for each in compared if each.wrong is not None)
        breaks += tuple(map(_passed_over, self._adopt.passed_over))
        mended = found + sum(each.changed for each in compared if each.wrong is None)
        agreed = sum(each.wrong is None for each in compared)
        audit = Audit(self._clock.now(), len(compared), agreed, mended, breaks)
        with self._store.write() as unit:
            unit.shared.put(LAST, to_json(audit))
            unit.commit()
        return audit

    def _compare(self, intent_id: str) -> _Compared:
        with self._store.read() as unit:
            order = unit.orders.by_intent(intent_id)
        if order is None:
            raise OurBug("A payment lost its order while it was compared.")
        try:
            compared = self._read(order, intent_id)
            # What was captured while Stripe answered is no difference: a second look tells.
            return compared if compared.wrong is None else self._read(order, intent_id)
        except OurBug:
            _log.exception("payment %s could not be compared", intent_id)
            return _Compared(False, _ours(order, intent_id))
        except Rejected as error:
            return _Compared(False, _unreadable(order, intent_id, error))
        except KeyRefused:
            raise
        except OutcomeUnknown as error:
            if error.http_status is None:
                raise
            return _Compared(False, _odd(order, intent_id))

    def _read(self, order: Order, intent_id: str) -> _Compared:
        """Merge what Stripe says now. No event may have told of a refund made in the Dashboard: where the sums differ
        the refunds are read, too."""
        facts = self._gateway.retrieve(intent_id)
        refunds = self._gateway.refunds(intent_id) if refunds_moved(order, facts) else ()
        before = _payment(order, intent_id)
        with self._store.write() as unit:
            origin = Origin("audit", ACTOR, self._clock.now())
            after = record_facts(unit, unit.orders.get(order.id), facts, origin)
            after = record_refunds(unit, after, refunds, origin)
            payment = _payment(after, facts.intent_id)
            wrong = _difference(after, payment, facts) or self._books(unit, after, payment)
            wrong = wrong or self._decision(unit, after, payment) or self._refused(unit, after)
            unit.commit()
        changed = _told(before) != _told(payment) or set(order.refunds) != set(after.refunds)
        return _Compared(changed, wrong)

    def _books(self, unit: UnitOfWork, order: Order, payment: Payment) -> Break | None:
        if unit.journal.booked(payment.intent_id) == {k: v for k, v in movements(payment).items() if v}:
            return None
        return _break(
            order,
            payment.intent_id,
            "What the books of this desk say was held, captured and released is not what the order says.",
            "Trust Stripe: look the payment up in its dashboard. Keep a copy of the database and tell its maker.",
        )

    def _decision(self, unit: UnitOfWork, order: Order, payment: Payment) -> Break | None:
        for each in unit.journal.of_order(order.id):
            if each.state is OperationState.REVIEW:
                return _break(
                    order,
                    payment.intent_id,
                    "Something that was asked of Stripe ended in a way that only a person can judge.",
                    "Open the order and decide.",
                )
        return None

    def _refused(self, unit: UnitOfWork, order: Order) -> Break | None:
        """An unfinished checkout that was closed here and that Stripe does not close: the clean-up tries on, ever more
        seldom."""
        over = order.payment.status in (*HELD, *FINAL_STATUSES)
        if order.closed_at is None or over or not refused_withdrawals(unit, order):
            return None
        return _break(
            order,
            order.payment.intent_id,
            "This checkout was closed here as unfinished, and Stripe refuses to close its payment.",
            "Nothing is held. Close the payment in Stripe's dashboard; SellerDesk tries again once a day.",
        )


def _told(payment: Payment) -> tuple[object, ...]:
    """What a person sees of the money."""
    return (payment.status, payment.authorized, payment.held, payment.captured, payment.released, payment.refunded)


def _difference(order: Order, payment: Payment, facts: PaymentFacts) -> Break | None:
    """What our row says although Stripe, just asked, says otherwise."""
    names = ("status", "held", "captured", "refunded")
    ours = (payment.status, payment.held, payment.captured, order.refunded(payment))
    theirs = (facts.status, facts.amount_capturable, facts.amount_received, facts.amount_refunded)
    different = [name for name, mine, its in zip(names, ours, theirs, strict=True) if mine != its]
    if not different:
        return None
    return _break(
        order,
        payment.intent_id,
        f"Stripe tells something else than what is known here: {', '.join(different)}.",
        "Stripe went back on what it said before. Look the payment up in its dashboard before you do anything.",
    )


def _unreadable(order: Order, intent_id: str, error: Rejected) -> Break:
    if error.http_status == 404:
        return _break(
            order,
            intent_id,
            "Stripe does not know this payment.",
            "Check in Settings, Keys, that the key belongs to the account the order was made in.",
        )
    return _break(order, intent_id, "Stripe refuses to show this payment.", "Check in Settings, Keys, what it may do.")


def _passed_over(intent_id: str) -> Break:
    return Break(
        "",
        "",
        intent_id,
        "A payment at Stripe that no order here knows cannot be taken over: its answer makes no sense, or is refused.",
        "Look it up in Stripe's dashboard: money may be held there. SellerDesk tries again, ever more seldom.",
    )


def _ours(order: Order, intent_id: str) -> Break:
    return _break(
        order,
        intent_id,
        "SellerDesk cannot take over what Stripe says about this payment: a mistake of its own.",
        "Trust Stripe: look the payment up in its dashboard, and report what the log says.",
    )


def _odd(order: Order, intent_id: str) -> Break:
    return _break(
        order,
        intent_id,
        "Stripe's answer about this payment makes no sense.",
        "Compare again later. If it stays so, look the payment up in Stripe's dashboard.",
    )


def _break(order: Order, intent_id: str, what: str, mending: str) -> Break:
    return Break(order.id, order.shown_reference, intent_id, what, mending)


def _payment(order: Order, intent_id: str) -> Payment:
    return next((each for each in order.payments if each.intent_id == intent_id), order.payment)
