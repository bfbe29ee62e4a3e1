"""Mistakes that others made, made here on purpose: a harness that finds none of them proves nothing.

Each is put into the running program for a while, and the simulation must find it within a minute of seeds.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

from sellerdesk import phase
from sellerdesk.domain import merge as merging
from sellerdesk.domain.errors import Busy, OutcomeUnknown
from sellerdesk.domain.operation import FINAL_STATES, Operation, OperationKind, OperationState
from sellerdesk.domain.payment import EventHint, Payment, PaymentFacts
from sellerdesk.domain.refund import Refund
from sellerdesk.gateway import calls as gateway_calls
from sellerdesk.services import conduct, decide, record, sweep, sync
from sellerdesk.services.calls import Answer
from sellerdesk.services.decide import Decider, Verdict
from sellerdesk.services.record import Origin
from sellerdesk.services.withdraw import withdrawal
from sellerdesk.store.journal import SqlJournal
from sellerdesk.store.journal_models import OperationRecord
from sellerdesk.store.orders import SqlOrders
from sellerdesk.store.standing import SqlStanding
from tests.chaos.faults import Fault
from tests.chaos.temper import ANOTHER_TAKES_A_TURN, DATABASE_FAILS, DIES, Temper

Plant = Callable[[ExitStack], None]
ONE_OPEN = "DROP INDEX uq_operation_one_open"
ONE_CAPTURE = "DROP INDEX uq_operation_one_capture"


def _put(stack: ExitStack, where: Any, name: str, value: Any) -> None:
    stack.enter_context(patch.object(where, name, value))


def _fresh_key_each_time(stack: ExitStack) -> None:
    def key(operation: Operation) -> str:
        return f"sd-{operation.id}-{operation.generation}{operation.attempts}"

    _put(stack, Operation, "idempotency_key", property(key))


def _no_answer_counts_as_failed(stack: ExitStack) -> None:
    """As in Brandur Leach's famous example: https://brandur.org/idempotency-keys"""
    real = Decider._after_error

    def after_error(self: Decider, operation: Operation, error: Any) -> Verdict:
        if isinstance(error, OutcomeUnknown) and error.http_status is None:
            return Verdict(OperationState.FAILED, "no answer", None, error)
        return real(self, operation, error)

    _put(stack, Decider, "_after_error", after_error)


def _no_fence(stack: ExitStack) -> None:
    """Whoever comes back late writes over what was found out meanwhile."""

    def leave(self: SqlJournal, _way: object, operation: Operation, *, later: int = 0, **values: Any) -> bool:
        row = self._session.get(OperationRecord, operation.id, populate_existing=True)
        assert row is not None
        row.generation += later
        for name, value in {"lease_owner": "", "lease_until": None, **values}.items():
            setattr(row, name, value)
        self._session.flush()
        return True

    _put(stack, SqlJournal, "_leave", leave)
    _put(stack, SqlJournal, "end_attempt", lambda *_, **__: None)


def _no_version(stack: ExitStack) -> None:
    _put(stack, SqlOrders, "expect_version", lambda *_: None)


def _order_lags_behind(stack: ExitStack) -> None:
    """A capture is written down without the order: then the index alone stands between the seller and a second one."""
    real = conduct.Conductor._take_over

    def take_over(self: conduct.Conductor, unit: Any, claimed: Operation, verdict: Verdict) -> None:
        if claimed.kind is not OperationKind.CAPTURE:
            real(self, unit, claimed, verdict)

    _put(stack, conduct.Conductor, "_take_over", take_over)


def _nothing(_stack: ExitStack) -> None:
    """The index is dropped, and nothing else is done."""


def _call_inside_the_transaction(stack: ExitStack) -> None:
    """As Odoo did, whose transactions are run again: https://github.com/odoo/odoo/pull/101243"""
    real = Decider._send

    def send(self: Decider, operation: Operation) -> Verdict:
        with self._store.write():
            return real(self, operation)

    _put(stack, Decider, "_send", send)
    _put(stack, gateway_calls, "phase", _Blind)


class _Blind:
    """A gateway that does not look whether a transaction is open."""

    @staticmethod
    def refuse_inside_transaction() -> None:
        assert phase is not None


def _new_key_after_a_kept_error(stack: ExitStack) -> None:
    _put(stack, decide, "ONLY_ONCE", frozenset())


def _null_counts_as_done(stack: ExitStack) -> None:
    real = Decider._after_error

    def after_error(self: Decider, operation: Operation, error: Any) -> Verdict:
        if isinstance(error, OutcomeUnknown) and error.http_status == 200:
            return Verdict(OperationState.DONE, "done", Answer())
        return real(self, operation, error)

    _put(stack, Decider, "_after_error", after_error)


def _busy_counts_as_failed(stack: ExitStack) -> None:
    real = Decider._after_error

    def after_error(self: Decider, operation: Operation, error: Any) -> Verdict:
        if isinstance(error, Busy):
            return Verdict(OperationState.FAILED, "busy", None, error)
        return real(self, operation, error)

    _put(stack, Decider, "_after_error", after_error)


def _event_applied_as_it_came(stack: ExitStack) -> None:
    """What an event carries is taken for the present, whenever it arrives."""
    carried: dict[str, list[PaymentFacts]] = {}
    real = sync.Sync.read_again

    def overwrite(payment: Payment, fresh: PaymentFacts) -> Payment:
        return replace(payment, facts=fresh)

    def read_again(self: sync.Sync, intent_id: str, *, refunds: bool = False) -> None:
        seen = carried.setdefault(intent_id, [])
        seen.append(self._gateway.retrieve(intent_id))
        if len(seen) % 3:
            real(self, intent_id, refunds=refunds)
            return
        with self._store.write() as unit:
            order = unit.orders.by_intent(intent_id)
            if order is not None:
                record.record_facts(unit, order, seen[-2], Origin("event", "Stripe", self._clock.now()))
                unit.commit()

    _put(stack, record, "merge", overwrite)
    _put(stack, sync.Sync, "read_again", read_again)


def _sweep_without_closing_first(stack: ExitStack) -> None:
    """As Paid Memberships Pro did: whatever is old and looks unpaid here is cancelled, at once."""

    def run(self: sweep.Sweep) -> sweep.Swept:
        now = self._clock.now()
        with self._store.read() as unit:
            old = unit.orders.unfinished(now - sweep.UNFINISHED_SECONDS, now, now, sweep.LOOKED_AT)
        for order in old:
            if order.open_operation is None and order.payment.intent_id and not order.payment.is_over:
                with self._store.write() as unit:
                    wanted = withdrawal(order, sweep.ACTOR, self._clock)
                    operation = unit.journal.get(wanted.id) or unit.journal.plan(wanted)
                    unit.commit()
                self._conductor.carry_out(operation.id)
        return sweep.Swept(0, 0)

    _put(stack, sweep.Sweep, "run", run)


def _answer_before_it_is_saved(stack: ExitStack) -> None:
    """The seller reads the outcome; it is written down at the next turn, if there is one."""
    real = conduct.Conductor._record
    waiting: list[Callable[[], conduct.Outcome]] = []

    def record_later(self: conduct.Conductor, claimed: Operation, verdict: Verdict) -> conduct.Outcome:
        for write in waiting:
            write()
        waiting[:] = [partial(real, self, claimed, verdict)]
        finished = self._clock.now() if verdict.state in FINAL_STATES else None
        told = replace(claimed, state=verdict.state, outcome=verdict.word, finished_at=finished)
        return conduct.Outcome(told, verdict.answer, verdict.error)

    _put(stack, conduct.Conductor, "_record", record_later)


def _refunds_only_grow(stack: ExitStack) -> None:
    real: Callable[[PaymentFacts, PaymentFacts], PaymentFacts] = merging.newer

    def newer(one: PaymentFacts, other: PaymentFacts) -> PaymentFacts:
        most = max(one.amount_refunded, other.amount_refunded)
        return replace(real(one, other), amount_refunded=most)

    def keep(known: Refund, _fresh: Any) -> Refund:
        return known

    _put(stack, merging, "newer", newer)
    _put(stack, record, "merge_refund", keep)


def _mark_before_its_events(stack: ExitStack) -> None:
    """Two transactions where there is one: what happens in between is never asked for again."""
    real = sync.Sync._take_in

    def take_in(self: sync.Sync, hints: tuple[EventHint, ...], watermark: int | None, complete_at: int | None) -> int:
        with self._store.write() as unit:
            unit.inbox.move_watermark(sync.STREAM, max([hint.created for hint in hints], default=0))
            unit.commit()
        return real(self, hints, watermark, complete_at)

    _put(stack, sync.Sync, "_take_in", take_in)


def _return_sends_what_was_planned(stack: ExitStack) -> None:
    """What was only planned when the copy was made counts as never sent, whatever the other life did with it."""
    real = SqlStanding._read_first

    def read_first(self: SqlStanding, at: int, *which: Any) -> None:
        real(self, at, *which, OperationRecord.state != OperationState.PLANNED.value)

    _put(stack, SqlStanding, "_read_first", read_first)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is done to the program, what to its database, and the temper and the first of the seeds that show it
    soonest."""

    plant: Plant
    statements: tuple[str, ...] = ()
    temper: Temper | None = None
    first: int = 1


_REPAIRS = Temper(DIES, ANOTHER_TAKES_A_TURN, DATABASE_FAILS, 1, Fault.REPAIRED)
_BAD_DISK = Temper(DIES, ANOTHER_TAKES_A_TURN, 20 * DATABASE_FAILS, 1, None)
_CROWDED = Temper(DIES, 8 * ANOTHER_TAKES_A_TURN, DATABASE_FAILS, 1, None)

PLANTED: dict[str, Mistake] = {
    "a fresh key for each attempt": Mistake(_fresh_key_each_time),
    "no answer counts as failed": Mistake(_no_answer_counts_as_failed),
    "no fence": Mistake(_no_fence),
    "no index on open operations": Mistake(_nothing, (ONE_OPEN,)),
    "no index on captures, and an order that lags behind": Mistake(_order_lags_behind, (ONE_CAPTURE,)),
    "no version of the order": Mistake(_no_version),
    "the call inside the transaction": Mistake(_call_inside_the_transaction),
    "a new key after a kept error": Mistake(_new_key_after_a_kept_error, temper=_REPAIRS, first=34),
    "null counts as done": Mistake(_null_counts_as_done),
    "409 counts as failed": Mistake(_busy_counts_as_failed),
    "an event applied as it came": Mistake(_event_applied_as_it_came),
    "a sweep that does not close first": Mistake(_sweep_without_closing_first, temper=_CROWDED),
    "an answer before it is saved": Mistake(_answer_before_it_is_saved),
    "refunds only grow": Mistake(_refunds_only_grow),
    "the mark moves before its events": Mistake(_mark_before_its_events, temper=_BAD_DISK),
    "a return sends what was planned": Mistake(_return_sends_what_was_planned),
}


@contextmanager
def planted(name: str) -> Iterator[Mistake]:
    """Inside, the program has this mistake."""
    mistake = PLANTED[name]
    with ExitStack() as stack:
        mistake.plant(stack)
        yield mistake
