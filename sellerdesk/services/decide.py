"""Decide: make the one call of an operation, or read what became of it, and say what that means for the money."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sellerdesk.clock import Clock
from sellerdesk.domain.adoption import TAG_SHIPPED_AT
from sellerdesk.domain.errors import (
    Busy,
    CallError,
    Declined,
    KeyRefused,
    NeverSent,
    OurBug,
    OutcomeUnknown,
    RefusedError,
    Rejected,
    StateMoved,
    WorldError,
)
from sellerdesk.domain.operation import Operation, OperationKind, OperationState, Try
from sellerdesk.domain.order import PassedOn
from sellerdesk.domain.payment import APPROVAL_SECONDS, PaymentFacts, PaymentStatus
from sellerdesk.domain.requests import TAG_OPERATION, PassTracking, from_json
from sellerdesk.services.calls import (
    DECLINED,
    Answer,
    Effect,
    Seen,
    is_second_confirmation,
    judge,
    look,
    only_unless_paid,
    send,
)
from sellerdesk.services.earlier_wish import EARLIER, earlier_wish
from sellerdesk.services.ports import PaymentGateway, Store
from sellerdesk.services.tries import (
    BUSY,
    KEY_REFUSED,
    NO_ANSWER,
    NOT_SEEN,
    NOT_SENT,
    ODD,
    OUR_FAULT,
    READ_FAILED,
    REPAIR,
    REPLAYED,
    SERVER_ERROR,
    TOO_LATE,
    is_from_the_past,
    kept_under_key,
    key_since,
    last_sending,
    may_be_repaired,
)

# Stripe keeps a key for at least 24 hours: https://docs.stripe.com/api/idempotent_requests
SAME_KEY_SECONDS = 23 * 3600
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 300)
KEY_REFUSED_SECONDS = 300
# After a fault of its own Stripe repairs what it left half done; only then does a person decide:
# https://docs.stripe.com/error-low-level#server-errors
REPAIR_SECONDS = 3600
REPAIR_LOOK_SECONDS = 300
# Longer than any call: the deadline of one, and the time in which a late one arrives.
LOOK_TWICE_SECONDS = 180
# These make something new with each new key, and it moves money: nothing but a person may give them one.
# Whoever plans an operation sends it at once.
STALE_SECONDS = 60
ONLY_ONCE = frozenset({OperationKind.REFUND, OperationKind.BACK_ORDER, OperationKind.RENEW})
_CONFIRMS = (OperationKind.CONFIRM, OperationKind.CHARGE_AGAIN)
# A confirmation that was not carried out is not sent later than this: the shopper may have paid elsewhere.
SHOPPER_WAITS_SECONDS = 600
# What is not held yet can go back and forth at Stripe.
_GOES_BACK = frozenset(
    {
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
        PaymentStatus.REQUIRES_CONFIRMATION,
        PaymentStatus.REQUIRES_ACTION,
        PaymentStatus.PROCESSING,
    }
)
_NEWER_THERE = "Stripe has a newer tracking number, which this database does not know."
_NOT_WAITING = "Not sent: the shopper was not waiting any more."
_APPROVAL_OVER = "Not sent: the bank's approval was older than an hour."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write: a final or open state with its word, what Stripe said, and the error to tell.

    ``wait`` is seconds until the next try of an open operation. ``passed_on`` is where tracking arrived, or None.
    """

    state: OperationState
    word: str
    answer: Answer | None = None
    error: CallError | None = None
    wait: int = 0
    new_generation: bool = False
    passed_on: PassedOn | None = None


class Decider:
    """Never writes; calls Stripe with no transaction open. Raises WorldError's family only for the database."""

    def __init__(self, store: Store, gateway: PaymentGateway, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock

    def decide(self, claimed: Operation) -> Verdict:
        """Send for the first time, or find out. A bug of ours must not stop the operations behind this one: where we
        contradict ourselves a person looks at it; anything else is read and tried again, ever more slowly."""
        try:
            fresh = claimed.attempts == 1 and not self._is_stale(claimed)
            return self._send(claimed) if fresh else self._find_out(claimed)
        except OurBug as bug:
            _log.exception("operation %s stopped", claimed.id)
            return Verdict(OperationState.REVIEW, str(bug))
        except WorldError:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee must not stay unwritten
            _log.exception("operation %s met a fault of ours", claimed.id)
            return again_later(claimed, f"{OUR_FAULT}{type(error).__name__}")

    def _is_stale(self, operation: Operation) -> bool:
        """Whether the world may have moved on since this was planned, by a crash or an older copy of the database:
        what could then give a payment back, or do something twice, is read before it is sent for the first time."""
        risky = operation.kind in ONLY_ONCE or only_unless_paid(operation)
        return risky and self._clock.now() - operation.created_at > STALE_SECONDS

    def _look(self, operation: Operation) -> Seen:
        """Raises CallError's family."""
        seen = look(self._gateway, operation)
        facts = seen.answer.facts
        if operation.kind is not OperationKind.BACK_ORDER or seen.effect is not Effect.HAPPENED or facts is None:
            return seen
        with self._store.read() as unit:
            earlier = earlier_wish(unit, operation, facts)
        return seen if earlier is None else Seen(Effect.IMPOSSIBLE, seen.answer, EARLIER)

    def examine(self, operation: Operation) -> Verdict | None:
        """What a read alone settles about an operation, or None. Never sends. Raises CallError's family."""
        seen = self._look(operation)
        return _settled(operation, seen) if seen.effect in (Effect.HAPPENED, Effect.IMPOSSIBLE) else None

    def accept(self, operation: Operation, word: str) -> Verdict | None:
        """What ends an operation by Stripe's word alone: done or impossible as it was read, or failed with ``word``
        where nothing of it is there. None while Stripe has not decided. Never sends. Raises CallError's family."""
        passed_on = PassedOn.REFUSED if operation.kind is OperationKind.SHIP else None
        try:
            seen = self._look(operation)
        except Rejected as error:
            return Verdict(OperationState.FAILED, word, error=error, passed_on=passed_on)
        match seen.effect:
            case Effect.WAIT:
                return None
            case Effect.NOT_YET:
                return Verdict(OperationState.FAILED, word, seen.answer, passed_on=passed_on)
            case _:
                return _settled(operation, seen)

    def too_late(self, operation: Operation) -> str:
        """Why an operation that certainly did not happen need not be sent any more, or ''."""
        if operation.kind is not OperationKind.CONFIRM:
            return ""
        age = self._clock.now() - operation.created_at
        if is_second_confirmation(operation):
            return _APPROVAL_OVER if age > APPROVAL_SECONDS else ""
        return _NOT_WAITING if age > SHOPPER_WAITS_SECONDS else ""

    def _send(self, operation: Operation) -> Verdict:
        try:
            answer = send(self._gateway, operation)
        except CallError as error:
            return self._after_error(operation, error)
        except RefusedError as refused:  # by our own rules, before anything went out
            return Verdict(OperationState.FAILED, str(refused))
        if operation.attempts == 1 or answer.facts is None or answer.facts.status not in _GOES_BACK:
            return _done(operation, "done", answer)
        return self._read_once_more(operation, "done", OperationState.DONE, answer.facts)

    def _read_once_more(
        self,
        operation: Operation,
        word: str,
        state: OperationState,
        facts: PaymentFacts,
        error: CallError | None = None,
    ) -> Verdict:
        """What comes back under a key that was sent before may be the first answer, which Stripe keeps, and be older
        than what was read since: https://docs.stripe.com/api/idempotent_requests. So the payment is read once more."""
        try:
            now = self._gateway.retrieve(facts.intent_id)
        except CallError as unread:
            return again_later(operation, f"{READ_FAILED}{_word(unread)}", unread)
        return Verdict(state, word, Answer(now), error)

    def _find_out(self, operation: Operation) -> Verdict:
        try:
            seen = self._look(operation)
        except Rejected as error:
            word = "Stripe does not know this payment any more. Was test data deleted, or is the key another account's?"
            return Verdict(OperationState.REVIEW, word, error=error)
        except CallError as error:
            return again_later(operation, f"{READ_FAILED}{_word(error)}", error)
        match seen.effect:
            case Effect.NOT_YET:
                return self._newer_there(operation, seen) or self._send_again(operation, seen)
            case Effect.WAIT:
                return again_later(operation, "Stripe has not decided", answer=seen.answer)
            case _:
                return _settled(operation, seen)

    def _newer_there(self, operation: Operation, seen: Seen) -> Verdict | None:
        """Tracking that an operation passed on which this database does not have. Where the database came back from the
        past that one is newer; else another database works on the same account, and their times decide. It stays."""
        request, facts = from_json(operation.params), seen.answer.facts
        if not isinstance(request, PassTracking) or facts is None:
            return None
        here, there = dict(request.metadata), dict(facts.metadata)
        shipped_at = there.get(TAG_SHIPPED_AT, "")
        with self._store.read() as unit:
            known = unit.journal.get(there.get(TAG_OPERATION, "")) is not None
            tries = unit.journal.tries(operation.id)
        if known or not shipped_at.isdecimal():
            return None
        if not is_from_the_past(tries) and int(shipped_at) < int(here[TAG_SHIPPED_AT]):
            return None
        return Verdict(OperationState.FAILED, _NEWER_THERE, seen.answer, passed_on=PassedOn.REFUSED)

    def _send_again(self, operation: Operation, seen: Seen) -> Verdict:
        """Not there: the same key while Stripe keeps it, then a new one. That is safe for all kinds but those in
        ONLY_ONCE: the intent's own state admits no second confirmation or capture, the same tracking may be written
        twice, and a second customer or unconfirmed intent would hold no money."""
        late = self.too_late(operation)
        if late:
            return self._give_up(operation, late, seen)
        with self._store.read() as unit:
            tries = unit.journal.tries(operation.id, operation.generation)
        outcomes = tuple(each.outcome for each in tries)
        fresh_key = operation.generation > 0 and not outcomes
        since = key_since(operation, tries) if operation.kind in ONLY_ONCE else operation.first_sent_at
        sent_since = self._clock.now() - (since or self._clock.now())
        if fresh_key or (sent_since < SAME_KEY_SECONDS and not kept_under_key(outcomes)):
            return self._send(operation)
        if operation.kind in ONLY_ONCE:
            return self._leave_to_a_person(tries, seen)
        return Verdict(OperationState.UNKNOWN, "new key", new_generation=True)

    def _give_up(self, operation: Operation, why: str, seen: Seen) -> Verdict:
        """Whoever sent it may be waiting for the answer just now, with a clock that is behind, so that its lease seems
        to be over. Nothing of it is to be seen a second time, a while later: then it did not happen. Where Stripe had a
        fault of its own, it has an hour to finish it."""
        with self._store.read() as unit:
            tries = unit.journal.tries(operation.id)
        now = self._clock.now()
        if may_be_repaired(tries) and now - last_sending(tries, now) < REPAIR_SECONDS:
            return Verdict(OperationState.UNKNOWN, REPAIR, seen.answer, wait=REPAIR_LOOK_SECONDS)
        looked = any(each.outcome == TOO_LATE and now - each.at >= LOOK_TWICE_SECONDS for each in tries)
        if looked:
            return Verdict(OperationState.FAILED, why, seen.answer)
        return Verdict(OperationState.UNKNOWN, TOO_LATE, seen.answer, wait=LOOK_TWICE_SECONDS)

    def _leave_to_a_person(self, tries: Sequence[Try], seen: Seen) -> Verdict:
        """The key gives no answer any more, and another one could do it twice. It is read for an hour after the last
        sending, so that nothing can still be on its way; then somebody decides."""
        now = self._clock.now()
        if now - last_sending(tries, now) < REPAIR_SECONDS:
            return Verdict(OperationState.UNKNOWN, REPAIR, seen.answer, wait=REPAIR_LOOK_SECONDS)
        return Verdict(OperationState.REVIEW, NOT_SEEN, seen.answer)

    def _after_error(self, operation: Operation, error: CallError) -> Verdict:
        first = operation.attempts == 1
        again = is_second_confirmation(operation)
        match error:
            case Declined() if operation.kind in _CONFIRMS or _is_its_own(operation, error.facts):
                # A saved card is older than the refusal, which the answer does not date: only reading tells its time.
                is_dated = first and operation.kind is not OperationKind.CHARGE_AGAIN
                if is_dated or error.facts is None:
                    return Verdict(OperationState.FAILED, DECLINED, Answer(error.facts), error)
                return self._read_once_more(operation, DECLINED, OperationState.FAILED, error.facts, error)
            case Declined() | Rejected() | StateMoved() if operation.kind in ONLY_ONCE:
                return self._refused_once(operation, error)
            case Rejected() | StateMoved() if operation.kind is OperationKind.SHIP:
                return self._pass_on_by_charge(operation, error)
            case Rejected() if first:
                return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", None, error)
            case Declined() | Rejected() | StateMoved():
                return self._read_decides(operation, error)
            case KeyRefused() if first and operation.kind is OperationKind.CONFIRM and not again:
                return Verdict(OperationState.FAILED, KEY_REFUSED, None, error)
            case KeyRefused():
                return Verdict(OperationState.UNKNOWN, KEY_REFUSED, error=error, wait=KEY_REFUSED_SECONDS)
            case Busy() | OutcomeUnknown():
                return again_later(operation, _word(error), error)
            case _:
                raise OurBug(f"Nobody knows what {type(error).__name__} means for the money.") from error

    def _refused_once(self, operation: Operation, error: CallError) -> Verdict:
        """A refusal is final, but something at Stripe is not as we thought: it is read, so that the order shows it."""
        try:
            seen = self._look(operation)
        except Rejected:
            return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", None, error)
        except CallError as unread:
            return again_later(operation, f"{READ_FAILED}{_word(unread)}", unread)
        if seen.effect in (Effect.HAPPENED, Effect.IMPOSSIBLE):
            return replace(_settled(operation, seen), error=error if seen.effect is Effect.IMPOSSIBLE else None)
        return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", seen.answer, error)

    def _read_decides(self, operation: Operation, error: CallError) -> Verdict:
        request = from_json(operation.params)
        try:
            seen = judge(request, error.facts) if error.facts else self._look(operation)
        except CallError as unread:
            return again_later(operation, f"{READ_FAILED}{_word(unread)}", unread)
        match seen.effect:
            case Effect.HAPPENED:
                return _settled(operation, seen)
            case Effect.IMPOSSIBLE:
                return replace(_settled(operation, seen), error=error)
            case Effect.NOT_YET if isinstance(error, Rejected | Declined):
                return Verdict(OperationState.FAILED, f"rejected: {error.code}", seen.answer, error)
            case _:
                return again_later(operation, "state moved", error)

    def _pass_on_by_charge(self, operation: Operation, refused: CallError) -> Verdict:
        """The intent refuses shipping: try the charge, then say so. https://docs.stripe.com/api/charges/update"""
        request = from_json(operation.params)
        assert isinstance(request, PassTracking)
        if request.charge_id:
            try:
                self._gateway.pass_tracking_on_charge(request, f"{operation.idempotency_key}-charge")
            except (Busy, OutcomeUnknown) as error:
                return again_later(operation, _word(error), error)
            except CallError as error:
                # 401 is the key's end, and another one may do it; 403 is a permission that this key was not given.
                if isinstance(error, KeyRefused) and error.http_status == 401:
                    return Verdict(OperationState.UNKNOWN, KEY_REFUSED, error=error, wait=KEY_REFUSED_SECONDS)
                _log.info("the charge does not take tracking either")
            else:
                return Verdict(OperationState.DONE, "on the charge", passed_on=PassedOn.ON_CHARGE)
        word = f"rejected: {refused.code or refused.http_status}"
        return Verdict(OperationState.FAILED, word, None, refused, passed_on=PassedOn.REFUSED)


def _is_its_own(operation: Operation, facts: PaymentFacts | None) -> bool:
    """Whether these are the facts of the intent that ``operation`` made."""
    return facts is not None and dict(facts.metadata).get(TAG_OPERATION) == operation.id


def again_later(
    operation: Operation, word: str, error: CallError | None = None, answer: Answer | None = None
) -> Verdict:
    """Not known yet: read again after a while that grows with the attempts."""
    step = min(operation.attempts, len(BACK_OFF_SECONDS)) - 1
    return Verdict(OperationState.UNKNOWN, word, answer, error, BACK_OFF_SECONDS[step])


def _done(operation: Operation, word: str, answer: Answer) -> Verdict:
    passed_on = PassedOn.ON_INTENT if operation.kind is OperationKind.SHIP else None
    return Verdict(OperationState.DONE, word, answer, passed_on=passed_on)


def _settled(operation: Operation, seen: Seen) -> Verdict:
    if seen.effect is Effect.HAPPENED:
        return _done(operation, "found done", seen.answer)
    return Verdict(OperationState.FAILED, seen.why, seen.answer)


def _word(error: CallError) -> str:
    if error.http_status is not None and error.http_status >= 500:
        return REPLAYED if error.replayed else SERVER_ERROR
    if isinstance(error, NeverSent):
        return NOT_SENT
    if isinstance(error, Busy):
        return BUSY
    if isinstance(error, KeyRefused):
        return KEY_REFUSED
    return NO_ANSWER if error.http_status is None else ODD
