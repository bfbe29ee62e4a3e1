"""Conduct: the one way an operation goes to Stripe. Write first, never both, read decides.

claim (commit) -> one call, no transaction open -> record (commit). Whatever dies in between is found again by
``resolve``, which reads before anything is sent a second time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import (
    AnswerNotSaved,
    CallError,
    CatchingUp,
    NotSentYet,
    OurBug,
    OutcomeUnknown,
    StoreError,
)
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import PassedOn, TimelineEntry
from sellerdesk.domain.requests import Capture, from_json
from sellerdesk.services.again import repeated
from sellerdesk.services.calls import Answer
from sellerdesk.services.catch_up import has_gone_back, notice_return
from sellerdesk.services.decide import Decider, Verdict, again_later
from sellerdesk.services.earlier_wish import write_earlier_wish
from sellerdesk.services.keeping import SentMemory
from sellerdesk.services.missed import pieces_kept
from sellerdesk.services.overtaking import SUPERSEDED, Overtaking, is_current
from sellerdesk.services.ports import PaymentGateway, Store, UnitOfWork
from sellerdesk.services.read_later import refunds_are_missing, to_read_again
from sellerdesk.services.record import Origin, record_facts, record_refunds
from sellerdesk.services.tries import ODD

_MOVES_NOTHING = (OperationKind.CREATE_CUSTOMER, OperationKind.CREATE_INTENT, OperationKind.SHIP)
DECIDED = "A person decided to send it again."


def nowhere(_place: str) -> None:
    """The product passes every crash point; only tests stop at one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation stands after a pass: its row, the answer if there was one, the error if there was one."""

    operation: Operation
    answer: Answer | None = None
    error: CallError | None = None


class Conductor:
    """Carries operations out. Safe to use from several threads and processes at once: the journal's lease keeps
    them apart, the idempotency key and the fence make a lost race harmless.

    ``memory`` is told of each claim before its call. ``reached`` is called at each gap between steps with its name;
    tests end the process there.
    """

    def __init__(
        self,
        store: Store,
        gateway: PaymentGateway,
        clock: Clock,
        seat: str,
        memory: SentMemory,
        reached: Callable[[str], None] = nowhere,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._memory = memory
        self._decider = Decider(store, gateway, clock)
        self._overtaking = Overtaking(store, gateway, clock)
        self._clock = clock
        self._seat = seat
        self._reached = reached

    def know_time(self) -> None:
        """What Stripe's time is, asked once a program: whatever is dated before that has this machine's time, which may
        be days off. Raises CallError's family when Stripe does not answer."""
        if self._clock.has_learnt:
            return
        try:
            self._gateway.ask_time()
        except CallError:
            if not self._clock.has_learnt:
                raise

    def carry_out(self, operation_id: str) -> Outcome:
        """Send a planned operation for the first time and record what came of it.

        An operation that somebody else works on, or that is final, is returned as it stands. Never raises
        CallError: it is in the outcome.
        """
        known = self._current(operation_id)
        if known.state is not OperationState.PLANNED:
            return Outcome(known)
        return self._pass(known)

    def resolve(self, operation_id: str) -> Outcome:
        """Find out what became of an open operation, and finish it. Reads first unless nothing was ever sent. One in
        review is only read: it is finished when Stripe settled it, and never sent."""
        known = self._current(operation_id)
        if not known.is_open:
            return Outcome(known)
        if known.state is not OperationState.REVIEW:
            return self._pass(known)
        try:
            return self._by_reading(known)
        except CallError:
            return Outcome(known)

    def resolve_if_due(self, operation_id: str) -> Outcome:
        """The same, but an operation that waits for its next turn is left alone: a page asks every two seconds."""
        known = self._current(operation_id)
        if known.next_try_at is not None and known.next_try_at > self._clock.system_now():
            return Outcome(known)
        return self.resolve(operation_id)

    def check(self, operation_id: str) -> Outcome:
        """Look at once, out of turn, whether an open operation has happened. Reads only: what has not happened waits
        for ``resolve``, and so does what was never sent. The outcome has the error of a reading that failed."""
        known = self._current(operation_id)
        if not known.is_open or known.attempts == 0:
            return Outcome(known)
        try:
            return self._by_reading(known)
        except CallError as error:
            return Outcome(known, error=error)

    def accept(self, operation_id: str, word: str, told: TimelineEntry) -> Outcome:
        """End an operation in review by what Stripe says now: ``word`` stands where nothing of it is there, and
        ``told`` goes to the timeline. Nothing is sent. Raises CallError's family when it cannot be read."""
        known = self._current(operation_id)
        verdict = self._decider.accept(known, word) if known.state is OperationState.REVIEW else None
        if verdict is None:
            return Outcome(known)
        return Outcome(self._record_decision(known, verdict, told), verdict.answer)

    def send_anew(self, operation_id: str, told: TimelineEntry) -> Outcome:
        """Send an operation in review under a new key, after a reading that shows nothing of it; what the reading
        settles is not sent. Raises CallError's family when it cannot be read."""
        known = self._current(operation_id)
        if known.state is not OperationState.REVIEW:
            return Outcome(known)
        if self._decider.examine(known) is not None:
            return self._by_reading(known)
        self._record_decision(known, Verdict(OperationState.UNKNOWN, DECIDED, new_generation=True), told)
        return self.resolve(operation_id)

    def _current(self, operation_id: str) -> Operation:
        with self._store.read() as unit:
            operation = unit.journal.get(operation_id)
        if operation is None:
            raise OurBug(f"Operation {operation_id} is not in the journal.")
        return operation

    def _pass(self, known: Operation) -> Outcome:
        self._at(known, "planned")
        if (known.attempts == 0 and self._drop(known)) or self._overtaking.waits(known):
            return Outcome(self._current(known.id))
        try:
            self.know_time()
        except CallError as error:
            return Outcome(known, error=error)
        with _told_as(NotSentYet):
            claimed = repeated(lambda: self._claim(known.id))
        if claimed is None:
            return Outcome(self._current(known.id))
        self._at(claimed, "claimed")
        with self._gateway.leased(partial(self._is_over, claimed)):
            verdict = self._overtaking.superseded(claimed) or self._decider.decide(claimed)
        self._at(claimed, "answered")
        with _told_as(AnswerNotSaved):
            outcome = self._record(claimed, verdict)
        self._at(claimed, "recorded")
        return outcome

    def _is_over(self, claimed: Operation) -> bool:
        """Whether others may have taken it up meanwhile."""
        return claimed.lease_until is not None and self._clock.system_now() >= claimed.lease_until

    def _by_reading(self, known: Operation) -> Outcome:
        """Reads before it claims, so that an operation is claimed only to be finished, and nothing of it is sent.
        Raises CallError's family when it cannot be read."""
        verdict = self._decider.examine(known)
        claimed = repeated(lambda: self._claim(known.id)) if verdict is not None else None
        if claimed is None or verdict is None:
            return Outcome(known)
        return self._record(claimed, verdict)

    def _at(self, operation: Operation, gap: str) -> None:
        self._reached(f"{operation.kind}.{gap}")

    def _drop(self, known: Operation) -> bool:
        """Drop what was never sent and need not be any more; whether it was dropped."""
        word = self._decider.too_late(known)
        if not word and self._overtaking.superseded(known) is not None:
            word = SUPERSEDED
        if not word:
            return False
        with self._store.write() as unit:
            dropped = unit.journal.finish(known, OperationState.DROPPED, word, self._clock.now())
            unit.commit()
        return dropped

    def _claim(self, operation_id: str) -> Operation | None:
        """None where somebody else has it. Nothing is claimed in a database that went back in time: raises
        CatchingUp."""
        kept = self._memory.kept()  # before the database is asked: what other programs keep meanwhile, it says then
        with self._store.write() as unit:
            now = self._clock.now()
            claimed = unit.journal.claim(operation_id, self._seat, self._clock.system_now(), now)
            if claimed is None:
                return None
            unit.journal.start_attempt(claimed, now)
            sent = unit.standing.sent()
            went_back = has_gone_back(unit, sent.before_last(self._seat), kept)
            if not went_back:
                unit.commit()
        if went_back:
            notice_return(self._store, self._memory, now)
            raise CatchingUp
        self._memory.keep(sent)
        return claimed

    # --- recording, in one transaction ---

    def _record(self, claimed: Operation, verdict: Verdict) -> Outcome:
        """Stripe has answered, so the answer is worth a second try. Recorded once, however often it is tried. One that
        does not fit the payment counts as none."""

        def step() -> None:
            with self._store.write() as unit:
                if self._write_down(unit, claimed, verdict):
                    unit.commit()

        try:
            repeated(step)
        except OutcomeUnknown as odd:
            verdict = again_later(claimed, ODD, odd)
            repeated(step)
        return Outcome(self._current(claimed.id), verdict.answer, verdict.error)

    def _record_decision(self, known: Operation, verdict: Verdict, told: TimelineEntry) -> Operation:
        """Claimed and recorded in one transaction: an operation that a person has decided about must not be found half
        decided, and sent. What somebody else took up meanwhile is left to them."""

        def step() -> None:
            with self._store.write() as unit:
                now = self._clock.now()
                claimed = unit.journal.claim(known.id, self._seat, self._clock.system_now(), now)
                if claimed is None or claimed.fence != known.fence + 1:
                    return
                unit.journal.start_attempt(claimed, now)
                if self._write_down(unit, claimed, verdict):
                    unit.orders.note(claimed.order_id, told)
                    unit.commit()

        repeated(step)
        return self._current(known.id)

    def _write_down(self, unit: UnitOfWork, claimed: Operation, verdict: Verdict) -> bool:
        """Whether there is something to commit. Where somebody else finished it meanwhile, our copy of the answer is
        thrown away."""
        known = unit.journal.get(claimed.id)
        if known is not None and known.fence == claimed.fence and known.state is not OperationState.SENDING:
            return False
        _end_attempt(unit, claimed, verdict, self._clock.now())
        if verdict.state is OperationState.UNKNOWN:
            self._postpone(unit, claimed, verdict)
            return True
        if not unit.journal.finish(claimed, verdict.state, verdict.word, self._clock.now()):
            return False
        self._take_over(unit, claimed, verdict)
        self._at(claimed, "before_commit")
        return True

    def _postpone(self, unit: UnitOfWork, claimed: Operation, verdict: Verdict) -> None:
        next_try = self._clock.system_now() + verdict.wait
        ours = unit.journal.postpone(claimed, verdict.word, next_try, verdict.new_generation)
        if ours and claimed.attempts == 1 and claimed.kind not in _MOVES_NOTHING:
            lost = TimelineEntry(self._clock.now(), "unknown", claimed.seat, request_id=_request_id(verdict.answer))
            unit.orders.note(claimed.order_id, lost)

    def _take_over(self, unit: UnitOfWork, claimed: Operation, verdict: Verdict) -> None:
        order = unit.orders.get(claimed.order_id)
        answer = verdict.answer or Answer()
        origin = Origin("op", claimed.seat, self._clock.now(), claimed.id)
        if answer.facts is not None:
            order = write_earlier_wish(unit, order, claimed, answer.facts)
            order = record_facts(unit, order, answer.facts, origin)
        order = record_refunds(unit, order, answer.refunds, origin)
        if answer.facts is not None and refunds_are_missing(order, answer.facts):
            # As where a later charge was under way when the database came back: its own answer tells the sum only.
            unit.inbox.add(to_read_again((answer.facts.intent_id,), origin.at), "poll", origin.at)
        done = verdict.state is OperationState.DONE
        if answer.customer_id and done:
            unit.orders.set_customer(order.id, answer.customer_id)
        request = from_json(claimed.params)
        if isinstance(request, Capture) and done:
            if all(line.kept is None for line in order.lines):  # else it was read and written down before
                unit.catalogue.take_from_stock({line.sku: line.quantity for line in request.lines if line.sku})
            kept = dict(request.pieces) or pieces_kept(order, request.lines)
            unit.orders.save_kept(order.id, kept, request.shipping_amount)
        if verdict.passed_on is not None and order.shipment is not None and is_current(order, claimed):
            unit.orders.save_shipment(order.id, replace(order.shipment, passed_on=verdict.passed_on))
            what = "not_passed_on" if verdict.passed_on is PassedOn.REFUSED else "passed_on"
            now = self._clock.now()
            unit.orders.note(order.id, TimelineEntry(now, what, "Stripe", request_id=_request_id(answer)))


@contextmanager
def _told_as(kind: type[NotSentYet | AnswerNotSaved]) -> Iterator[None]:
    """A database that fails here says nothing of the money by itself."""
    try:
        yield
    except StoreError as error:
        raise kind(error) from error


def _end_attempt(unit: UnitOfWork, claimed: Operation, verdict: Verdict, at: int) -> None:
    error = verdict.error
    unit.journal.end_attempt(
        claimed,
        at,
        verdict.word,
        error.http_status if error else None,
        error.code if error else "",
        error.request_id if error else _request_id(verdict.answer),
        error.replayed if error else False,
    )


def _request_id(answer: Answer | None) -> str:
    return answer.facts.request_id if answer is not None and answer.facts is not None else ""
