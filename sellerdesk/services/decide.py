"""Decide: make the one call of an operation, or read what became of it, and say what that means for the money."""

import logging
from collections.abc import Sequence
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
from sellerdesk.domain.operation import Operation, OperationKind, OperationState, Try
from sellerdesk.domain.order import PassedOn
from sellerdesk.domain.payment import APPROVAL_SECONDS, PaymentFacts
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
from sellerdesk.services.ports import PaymentGateway, Store

# Stripe keeps a key for at least 24 hours: https://docs.stripe.com/api/idempotent_requests
SAME_KEY_SECONDS = 23 * 3600
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 300)
KEY_REFUSED_SECONDS = 300
# After a fault of its own Stripe repairs what it left half done; only then does a person decide:
# https://docs.stripe.com/error-low-level#server-errors
REPAIR_SECONDS = 3600
REPAIR_LOOK_SECONDS = 300
# These make something new with each new key, and it moves money: nothing but a person may give them one.
# Whoever plans an operation sends it at once.
STALE_SECONDS = 60
ONLY_ONCE = frozenset({OperationKind.REFUND, OperationKind.BACK_ORDER, OperationKind.RENEW})
_CONFIRMS = (OperationKind.CONFIRM, OperationKind.CHARGE_AGAIN)
# A confirmation that was not carried out is not sent later than this: the shopper may have paid elsewhere.
SHOPPER_WAITS_SECONDS = 600
NOT_SEEN = (
    "Stripe had a fault or gave no answer, and an hour later nothing of it is to be seen there. Sending it again is up "
    "to you."
)
_SERVER_ERROR = "server error"
_REPLAYED = "server error replayed"
ODD = "odd answer"
_REPAIR = "waits for Stripe's repair"
ON_ITS_WAY = "may still arrive, and a newer one waits for it"
_READ_FAILED = "read failed: "
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
            return again_later(claimed, f"fault of ours: {type(error).__name__}")

    def _is_stale(self, operation: Operation) -> bool:
        """Whether the world may have moved on since this was planned, by a crash or an older copy of the database:
        what could then give a payment back, or do something twice, is read before it is sent for the first time."""
        risky = operation.kind in ONLY_ONCE or only_unless_paid(operation)
        return risky and self._clock.now() - operation.created_at > STALE_SECONDS

    def examine(self, operation: Operation) -> Verdict | None:
        """What a read alone settles about an operation, or None. Never sends. Raises CallError's family."""
        seen = look(self._gateway, operation)
        return _settled(operation, seen) if seen.effect in (Effect.HAPPENED, Effect.IMPOSSIBLE) else None

    def accept(self, operation: Operation, word: str) -> Verdict | None:
        """What ends an operation by Stripe's word alone: done or impossible as it was read, or failed with ``word``
        where nothing of it is there. None while Stripe has not decided. Never sends. Raises CallError's family."""
        try:
            seen = look(self._gateway, operation)
        except Rejected as error:
            return Verdict(OperationState.FAILED, word, error=error)
        match seen.effect:
            case Effect.WAIT:
                return None
            case Effect.NOT_YET:
                return Verdict(OperationState.FAILED, word, seen.answer)
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
        return _done(operation, "done", answer)

    def _find_out(self, operation: Operation) -> Verdict:
        try:
            seen = look(self._gateway, operation)
        except Rejected as error:
            word = "Stripe does not know this payment any more. Was test data deleted, or is the key another account's?"
            return Verdict(OperationState.REVIEW, word, error=error)
        except CallError as error:
            return again_later(operation, f"{_READ_FAILED}{_word(error)}", error)
        match seen.effect:
            case Effect.NOT_YET:
                return self._send_again(operation, seen)
            case Effect.WAIT:
                return again_later(operation, "Stripe has not decided", answer=seen.answer)
            case _:
                return _settled(operation, seen)

    def _send_again(self, operation: Operation, seen: Seen) -> Verdict:
        """Not there: the same key while Stripe keeps it, then a new one. That is safe for all kinds but those in
        ONLY_ONCE: the intent's own state admits no second confirmation or capture, the same tracking may be written
        twice, and a second customer or unconfirmed intent would hold no money."""
        late = self.too_late(operation)
        if late:
            return Verdict(OperationState.FAILED, late, seen.answer)
        with self._store.read() as unit:
            tries = unit.journal.tries(operation.id, operation.generation)
        outcomes = tuple(each.outcome for each in tries)
        fresh_key = operation.generation > 0 and not outcomes
        since = tries[0].at if tries and operation.kind in ONLY_ONCE else operation.first_sent_at
        sent_since = self._clock.now() - (since or self._clock.now())
        if fresh_key or (sent_since < SAME_KEY_SECONDS and not _kept_under_key(outcomes)):
            return self._send(operation)
        if operation.kind in ONLY_ONCE:
            return self._leave_to_a_person(tries, seen)
        return Verdict(OperationState.UNKNOWN, "new key", new_generation=True)

    def _leave_to_a_person(self, tries: Sequence[Try], seen: Seen) -> Verdict:
        """The key gives no answer any more, and another one could do it twice. It is read for an hour after the last
        sending, so that nothing can still be on its way; then somebody decides."""
        now = self._clock.now()
        if now - last_sending(tries, now) < REPAIR_SECONDS:
            return Verdict(OperationState.UNKNOWN, _REPAIR, seen.answer, wait=REPAIR_LOOK_SECONDS)
        return Verdict(OperationState.REVIEW, NOT_SEEN, seen.answer)

    def _after_error(self, operation: Operation, error: CallError) -> Verdict:
        first = operation.attempts == 1
        again = is_second_confirmation(operation)
        match error:
            case Declined() if operation.kind in _CONFIRMS or _is_its_own(operation, error.facts):
                return Verdict(OperationState.FAILED, DECLINED, Answer(error.facts), error)
            case Declined() | Rejected() | StateMoved() if operation.kind in ONLY_ONCE:
                return self._refused_once(operation, error)
            case Rejected() | StateMoved() if operation.kind is OperationKind.SHIP:
                return self._pass_on_by_charge(operation, error)
            case Rejected() if first:
                return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", None, error)
            case Declined() | Rejected() | StateMoved():
                return self._read_decides(operation, error)
            case KeyRefused() if first and operation.kind is OperationKind.CONFIRM and not again:
                return Verdict(OperationState.FAILED, "key refused", None, error)
            case KeyRefused():
                return Verdict(OperationState.UNKNOWN, "key refused", error=error, wait=KEY_REFUSED_SECONDS)
            case Busy() | OutcomeUnknown():
                return again_later(operation, _word(error), error)
            case _:
                raise OurBug(f"Nobody knows what {type(error).__name__} means for the money.") from error

    def _refused_once(self, operation: Operation, error: CallError) -> Verdict:
        """A refusal is final, but something at Stripe is not as we thought: it is read, so that the order shows it."""
        try:
            seen = look(self._gateway, operation)
        except Rejected:
            return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", None, error)
        except CallError as unread:
            return again_later(operation, f"{_READ_FAILED}{_word(unread)}", unread)
        if seen.effect in (Effect.HAPPENED, Effect.IMPOSSIBLE):
            return replace(_settled(operation, seen), error=error if seen.effect is Effect.IMPOSSIBLE else None)
        return Verdict(OperationState.FAILED, f"rejected: {error.code or error.http_status}", seen.answer, error)

    def _read_decides(self, operation: Operation, error: CallError) -> Verdict:
        request = from_json(operation.params)
        try:
            seen = judge(request, error.facts) if error.facts else look(self._gateway, operation)
        except CallError as unread:
            return again_later(operation, f"{_READ_FAILED}{_word(unread)}", unread)
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
                    return Verdict(OperationState.UNKNOWN, "key refused", error=error, wait=KEY_REFUSED_SECONDS)
                _log.info("the charge does not take tracking either")
            else:
                return Verdict(OperationState.DONE, "on the charge", passed_on=PassedOn.ON_CHARGE)
        word = f"rejected: {refused.code or refused.http_status}"
        return Verdict(OperationState.FAILED, word, None, refused, passed_on=PassedOn.REFUSED)


def last_sending(tries: Sequence[Try], now: int) -> int:
    """When the last of these was sent, seconds UTC and never after ``now``; 0 for none. Those that only looked are left
    out. What a clock that was wrong then has written ahead counts as sent when the next one was made."""
    sent = [number for number, each in enumerate(tries) if not _only_looked(each.outcome)]
    return max((next((each.at for each in tries[number:] if each.at <= now), now) for number in sent), default=0)


def _only_looked(outcome: str) -> bool:
    return outcome in (_REPAIR, ON_ITS_WAY, NOT_SEEN) or outcome.startswith(_READ_FAILED)


def _is_its_own(operation: Operation, facts: PaymentFacts | None) -> bool:
    """Whether these are the facts of the intent that ``operation`` made."""
    return facts is not None and dict(facts.metadata).get(TAG_OPERATION) == operation.id


def again_later(
    operation: Operation, word: str, error: CallError | None = None, answer: Answer | None = None
) -> Verdict:
    """Not known yet: read again after a while that grows with the attempts."""
    step = min(operation.attempts, len(BACK_OFF_SECONDS)) - 1
    return Verdict(OperationState.UNKNOWN, word, answer, error, BACK_OFF_SECONDS[step])


def _kept_under_key(outcomes: tuple[str, ...]) -> bool:
    """Whether Stripe keeps a server error or an answer that makes no sense under this key: it would be replayed for
    ever.

    https://docs.stripe.com/api/idempotent_requests: the first status and body are saved, 500 among them.
    """
    recent = tuple(each for each in outcomes if each != _REPAIR)[-2:]
    return _REPLAYED in recent or recent in ((_SERVER_ERROR, _SERVER_ERROR), (ODD, ODD))


def _done(operation: Operation, word: str, answer: Answer) -> Verdict:
    passed_on = PassedOn.ON_INTENT if operation.kind is OperationKind.SHIP else None
    return Verdict(OperationState.DONE, word, answer, passed_on=passed_on)


def _settled(operation: Operation, seen: Seen) -> Verdict:
    if seen.effect is Effect.HAPPENED:
        return _done(operation, "found done", seen.answer)
    return Verdict(OperationState.FAILED, seen.why, seen.answer)


def _word(error: CallError) -> str:
    if error.http_status is not None and error.http_status >= 500:
        return _REPLAYED if error.replayed else _SERVER_ERROR
    if isinstance(error, Busy):
        return "busy"
    if isinstance(error, KeyRefused):
        return "key refused"
    return "no answer" if error.http_status is None else ODD
