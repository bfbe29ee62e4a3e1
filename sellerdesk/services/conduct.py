"""Conduct: the one way an operation goes to Stripe. Write first, never both, read decides.

claim (commit) -> one call, no transaction open -> record (commit). Whatever dies in between is found again by
``resolve``, which reads before anything is sent a second time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import (
    Busy,
    CallError,
    Declined,
    KeyRefused,
    OurBug,
    OutcomeUnknown,
    Rejected,
    StateMoved,
    WorldError,
)
from sellerdesk.domain.operation import (
    Operation,
    OperationKind,
    OperationState,
)
from sellerdesk.domain.order import PassedOn, TimelineEntry
from sellerdesk.domain.requests import Capture, PassTracking, from_json
from sellerdesk.services.calls import Answer, Effect, Seen, judge, look, send
from sellerdesk.services.ports import PaymentGateway, Store, UnitOfWork
from sellerdesk.services.record import Origin, record_facts

# Stripe keeps a key for at least 24 hours: https://docs.stripe.com/api/idempotent_requests
SAME_KEY_SECONDS = 23 * 3600
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 300)
KEY_REFUSED_SECONDS = 300
# A confirmation that was planned and never sent is not sent later than this: the shopper may have paid elsewhere.
SHOPPER_WAITS_SECONDS = 600
_SERVER_ERROR = "server error"
_REPLAYED = "server error replayed"
_ODD = "odd answer"
DECLINED = "declined"
SUPERSEDED = "Replaced by a newer tracking number."

_log = logging.getLogger(__name__)


def _nowhere(_place: str) -> None:
    """The product passes every crash point; only tests stop at one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation stands after a pass: its row, the answer if there was one, the error if there was one."""

    operation: Operation
    answer: Answer | None = None
    error: CallError | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What to write: a final or open state with its word, what Stripe said, and the error to tell."""

    state: OperationState
    word: str
    answer: Answer | None = None
    error: CallError | None = None
    wait: int | None = None
    new_generation: bool = False
    passed_on: PassedOn | None = None


class Conductor:
    """Carries operations out. Safe to use from several threads and processes at once: the journal's lease keeps
    them apart, the idempotency key and the fence make a lost race harmless.

    ``reached`` is called at each gap between steps with its name; tests end the process there.
    """

    def __init__(
        self,
        store: Store,
        gateway: PaymentGateway,
        clock: Clock,
        seat: str,
        reached: Callable[[str], None] = _nowhere,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._seat = seat
        self._reached = reached

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
        """Find out what became of an open operation, and finish it. Reads first unless nothing was ever sent."""
        known = self._current(operation_id)
        if not known.is_open or known.state is OperationState.REVIEW:
            return Outcome(known)
        return self._pass(known)

    def resolve_if_due(self, operation_id: str) -> Outcome:
        """The same, but an operation that waits for its next turn is left alone: a page asks every two seconds."""
        known = self._current(operation_id)
        if known.next_try_at is not None and known.next_try_at > self._clock.system_now():
            return Outcome(known)
        return self.resolve(operation_id)

    def _current(self, operation_id: str) -> Operation:
        with self._store.read() as unit:
            operation = unit.journal.get(operation_id)
        if operation is None:
            raise OurBug(f"Operation {operation_id} is not in the journal.")
        return operation

    def _pass(self, known: Operation) -> Outcome:
        self._at(known, "planned")
        claimed = self._claim(known.id)
        if claimed is None:
            return Outcome(self._current(known.id))
        self._at(claimed, "claimed")
        verdict = self._outdated(claimed) or self._guarded(claimed)
        self._at(claimed, "answered")
        operation = self._record(claimed, verdict)
        self._at(claimed, "recorded")
        return Outcome(operation, verdict.answer, verdict.error)

    def _at(self, operation: Operation, gap: str) -> None:
        self._reached(f"{operation.kind}.{gap}")

    def _claim(self, operation_id: str) -> Operation | None:
        with self._store.write() as unit:
            now = self._clock.now()
            claimed = unit.journal.claim(operation_id, self._seat, self._clock.system_now(), now)
            if claimed is not None:
                unit.journal.start_attempt(claimed, now)
                unit.commit()
        return claimed

    # --- calling, no transaction open ---

    def _guarded(self, claimed: Operation) -> _Verdict:
        """Send or find out. A bug of ours must not stop the operations behind this one: where we contradict
        ourselves a person looks at it; anything else is read and tried again, ever more slowly."""
        try:
            return self._send(claimed) if claimed.attempts == 1 else self._find_out(claimed)
        except OurBug as bug:
            _log.exception("operation %s stopped", claimed.id)
            return _Verdict(OperationState.REVIEW, str(bug))
        except WorldError:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee must not stay unwritten
            _log.exception("operation %s met a fault of ours", claimed.id)
            return self._again_later(claimed, f"fault of ours: {type(error).__name__}")

    def _outdated(self, claimed: Operation) -> _Verdict | None:
        """What need not be sent any more: tracking that was corrected since, and a shopper's press of the button
        that was found unsent long after."""
        if claimed.kind is OperationKind.SHIP:
            with self._store.read() as unit:
                newest = _is_newest(unit, claimed)
            if not newest:
                return _Verdict(OperationState.FAILED, SUPERSEDED)
        never_sent = claimed.attempts == 1
        age = self._clock.now() - claimed.created_at
        if claimed.kind is OperationKind.CONFIRM and never_sent and age > SHOPPER_WAITS_SECONDS:
            return _Verdict(OperationState.FAILED, "Not sent: the shopper was not waiting any more.")
        return None

    def _send(self, operation: Operation) -> _Verdict:
        try:
            answer = send(self._gateway, operation)
        except CallError as error:
            return self._after_error(operation, error)
        return _done(operation, "done", answer)

    def _find_out(self, operation: Operation) -> _Verdict:
        try:
            seen = look(self._gateway, operation)
        except CallError as error:
            return self._again_later(operation, f"read failed: {_word(error)}", error)
        if seen.effect is Effect.NOT_YET:
            return self._send_again(operation)
        return _settled(operation, seen)

    def _send_again(self, operation: Operation) -> _Verdict:
        """Not there: the same key while Stripe keeps it, then a new one. That is safe for all our kinds: the intent's
        own state admits no second confirmation or capture, the same tracking may be written twice, and a second
        customer or unconfirmed intent would hold no money."""
        with self._store.read() as unit:
            outcomes = unit.journal.outcomes(operation.id, operation.generation)
        fresh_key = operation.generation > 0 and not outcomes
        sent_since = self._clock.now() - (operation.first_sent_at or self._clock.now())
        if fresh_key or (sent_since < SAME_KEY_SECONDS and not _kept_under_key(outcomes)):
            return self._send(operation)
        return _Verdict(OperationState.UNKNOWN, "new key", wait=0, new_generation=True)

    def _after_error(self, operation: Operation, error: CallError) -> _Verdict:
        match error:
            case Declined():
                return _Verdict(OperationState.FAILED, DECLINED, Answer(error.facts), error)
            case Rejected() | StateMoved() if operation.kind is OperationKind.SHIP:
                return self._pass_on_by_charge(operation, error)
            case Rejected() if operation.attempts == 1:
                return _Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", None, error)
            case Rejected() | StateMoved():
                return self._read_decides(operation, error)
            case KeyRefused():
                wait = KEY_REFUSED_SECONDS
                return _Verdict(OperationState.UNKNOWN, "key refused", error=error, wait=wait)
            case Busy() | OutcomeUnknown():
                return self._again_later(operation, _word(error), error)
            case _:
                raise OurBug(f"Nobody knows what {type(error).__name__} means for the money.") from error

    def _read_decides(self, operation: Operation, error: CallError) -> _Verdict:
        request = from_json(operation.params)
        try:
            seen = judge(request, error.facts) if error.facts else look(self._gateway, operation)
        except CallError as unread:
            return self._again_later(operation, f"read failed: {_word(unread)}", unread)
        if seen.effect is not Effect.NOT_YET:
            return replace(_settled(operation, seen), error=error if seen.effect is Effect.IMPOSSIBLE else None)
        if isinstance(error, Rejected):
            return _Verdict(OperationState.FAILED, f"rejected: {error.code}", seen.answer, error)
        return self._again_later(operation, "state moved", error)

    def _pass_on_by_charge(self, operation: Operation, refused: CallError) -> _Verdict:
        """The intent refuses shipping: try the charge, then say so. https://docs.stripe.com/api/charges/update"""
        request = from_json(operation.params)
        assert isinstance(request, PassTracking)
        if request.charge_id:
            try:
                self._gateway.pass_tracking_on_charge(request, f"{operation.idempotency_key}-charge")
            except (Busy, OutcomeUnknown) as error:
                return self._again_later(operation, _word(error), error)
            except CallError:
                pass
            else:
                return _Verdict(OperationState.DONE, "on the charge", passed_on=PassedOn.ON_CHARGE)
        word = f"rejected: {refused.code or refused.http_status}"
        return _Verdict(OperationState.FAILED, word, None, refused, passed_on=PassedOn.REFUSED)

    def _again_later(self, operation: Operation, word: str, error: CallError | None = None) -> _Verdict:
        step = min(operation.attempts, len(BACK_OFF_SECONDS)) - 1
        return _Verdict(OperationState.UNKNOWN, word, error=error, wait=BACK_OFF_SECONDS[step])

    # --- recording, in one transaction ---

    def _record(self, claimed: Operation, verdict: _Verdict) -> Operation:
        with self._store.write() as unit:
            self._end_attempt(unit, claimed, verdict)
            if verdict.state is OperationState.UNKNOWN:
                next_try = self._clock.system_now() + (verdict.wait or 0)
                unit.journal.postpone(claimed, verdict.word, next_try, verdict.new_generation)
                unit.commit()
            elif unit.journal.finish(claimed, verdict.state, verdict.word, self._clock.now()):
                self._take_over(unit, claimed, verdict)
                self._at(claimed, "before_commit")
                unit.commit()
            # Otherwise somebody else finished it meanwhile: our copy of the answer is thrown away.
        return self._current(claimed.id)

    def _end_attempt(self, unit: UnitOfWork, claimed: Operation, verdict: _Verdict) -> None:
        error = verdict.error
        unit.journal.end_attempt(
            claimed,
            self._clock.now(),
            verdict.word,
            error.http_status if error else None,
            error.code if error else "",
            error.request_id if error else _request_id(verdict.answer),
            error.replayed if error else False,
        )

    def _take_over(self, unit: UnitOfWork, claimed: Operation, verdict: _Verdict) -> None:
        order = unit.orders.get(claimed.order_id)
        answer = verdict.answer or Answer()
        if answer.facts is not None:
            origin = Origin("op", claimed.seat, self._clock.now(), claimed.id)
            order = record_facts(unit, order, answer.facts, origin)
        done = verdict.state is OperationState.DONE
        if answer.customer_id and done:
            unit.orders.set_customer(order.id, answer.customer_id)
        request = from_json(claimed.params)
        if isinstance(request, Capture) and done:
            pieces = {line.sku: line.quantity for line in request.lines}
            kept = {line.position: pieces.get(line.sku, 0) for line in order.lines}
            unit.orders.save_kept(order.id, kept, request.shipping_amount)
            unit.catalogue.take_from_stock(pieces)
        if verdict.passed_on is not None and order.shipment is not None and _is_newest(unit, claimed):
            unit.orders.save_shipment(order.id, replace(order.shipment, passed_on=verdict.passed_on))
            what = "not_passed_on" if verdict.passed_on is PassedOn.REFUSED else "passed_on"
            now = self._clock.now()
            unit.orders.note(order.id, TimelineEntry(now, what, "Stripe", request_id=_request_id(answer)))


def _is_newest(unit: UnitOfWork, operation: Operation) -> bool:
    """Whether nothing of the same kind was planned for the order since."""
    same = [each for each in unit.journal.of_order(operation.order_id) if each.kind is operation.kind]
    return same[-1].id == operation.id


def _request_id(answer: Answer | None) -> str:
    return answer.facts.request_id if answer is not None and answer.facts is not None else ""


def _kept_under_key(outcomes: tuple[str, ...]) -> bool:
    """Whether Stripe keeps a server error or an answer that makes no sense under this key: it would be replayed for
    ever.

    https://docs.stripe.com/api/idempotent_requests: the first status and body are saved, 500 among them.
    """
    recent = outcomes[-2:]
    return _REPLAYED in recent or recent in ((_SERVER_ERROR, _SERVER_ERROR), (_ODD, _ODD))


def _done(operation: Operation, word: str, answer: Answer) -> _Verdict:
    passed_on = PassedOn.ON_INTENT if operation.kind is OperationKind.SHIP else None
    return _Verdict(OperationState.DONE, word, answer, passed_on=passed_on)


def _settled(operation: Operation, seen: Seen) -> _Verdict:
    if seen.effect is Effect.HAPPENED:
        return _done(operation, "found done", seen.answer)
    return _Verdict(OperationState.FAILED, seen.why, seen.answer)


def _word(error: CallError) -> str:
    if error.http_status is not None and error.http_status >= 500:
        return _REPLAYED if error.replayed else _SERVER_ERROR
    if isinstance(error, Busy):
        return "busy"
    if isinstance(error, KeyRefused):
        return "key refused"
    return "no answer" if error.http_status is None else _ODD
