"""Review: an operation that nothing can decide by itself. A person sees what is known, and decides.

Either what Stripe says is accepted, or it is sent again under a new key. Whatever a reading settles needs no decision.
"""

from dataclasses import dataclass, replace

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import KeyRefused, Rejected, WrongStage
from sellerdesk.domain.operation import Operation, OperationKind, OperationState, Try
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.domain.refund import RefundFacts
from sellerdesk.services.calls import Answer, Effect, look
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.decide import ONLY_ONCE, REPAIR_SECONDS
from sellerdesk.services.overtaking import is_current
from sellerdesk.services.ports import PaymentReader, Store
from sellerdesk.services.tries import last_sending

ACCEPTED = "accepted"
SENT_ANEW = "sent_anew"

_NOTHING_THERE = "Nothing of it is to be seen at Stripe."
_NOT_DECIDED = "Stripe has not decided this payment yet. Wait until it has; it is looked at every minute."
_UNREADABLE = "Stripe does not know this payment under the key in use. Is it the key of the right account?"
_GONE = "The payment is gone, as test data that was deleted is. Only with the key of the right account."
_ACCEPT = "Nothing is sent, and the order is free for what you do next."
_AGAIN = "It goes under a new key. Stripe lets it happen once only."
_AGAIN_ONCE = (
    "It goes under a new key. Look at Stripe’s own page first: what was done there after all is then done twice."
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about an operation in review, read from Stripe at this moment.

    ``asked`` is the operation with its request and who wanted it, ``tries`` are its calls so far; ``facts`` and
    ``refunds`` are what Stripe shows, ``says`` that in a sentence. ``accept`` and ``again`` say what each choice
    means; one that is '' cannot be chosen, and ``why_not_again`` says why. ``settled`` tells that the reading settled
    it, so that nothing is left to decide.
    """

    asked: Operation
    tries: tuple[Try, ...]
    facts: PaymentFacts | None
    refunds: tuple[RefundFacts, ...]
    says: str
    accept: str
    again: str
    why_not_again: str
    settled: bool = False


class Review:
    """Decides for a person, and writes down who they were. What is final stays final."""

    def __init__(self, store: Store, gateway: PaymentReader, conductor: Conductor, clock: Clock, seat: str) -> None:
        self._store = store
        self._gateway = gateway
        self._conductor = conductor
        self._clock = clock
        self._seat = seat

    def look(self, operation_id: str) -> Evidence:
        """Read what there is to know, and settle what the reading settles. Raises WrongStage for an operation that
        waits for nobody, and CallError's family when Stripe cannot be asked."""
        operation, tries = self._waiting(operation_id)
        outcome = self._conductor.check(operation_id)
        if not outcome.operation.is_open:
            found = _evidence(outcome.operation, tries, outcome.answer or Answer(), outcome.operation.outcome)
            return replace(found, settled=True)
        try:
            seen = look(self._gateway, operation)
        except Rejected:
            return Evidence(operation, tries, None, (), _UNREADABLE, _GONE, "", _UNREADABLE)
        if seen.effect is not Effect.NOT_YET:
            return _evidence(operation, tries, seen.answer, _NOT_DECIDED, why_not_again=_NOT_DECIDED)
        why_not = self._why_not_again(operation, tries)
        again = "" if why_not else _AGAIN_ONCE if operation.kind in ONLY_ONCE else _AGAIN
        return _evidence(operation, tries, seen.answer, _NOTHING_THERE, _ACCEPT, again, why_not)

    def accept(self, operation_id: str) -> Order:
        """What Stripe says is true: the operation ends as done or as failed; the order as it is afterwards. Raises as
        ``look`` does, and WrongStage while Stripe has not decided."""
        operation, _ = self._waiting(operation_id)
        word = f"{self._seat} accepted that Stripe shows nothing of it."
        outcome = self._conductor.accept(operation_id, word, self._entry(operation, ACCEPTED))
        if outcome.operation.state is OperationState.REVIEW:
            raise WrongStage(_NOT_DECIDED)
        return self._order(outcome)

    def send_again(self, operation_id: str) -> Order:
        """Send it under a new key, once; the order as it is afterwards. Raises as ``look`` does, and WrongStage where
        that is not allowed yet."""
        operation, tries = self._waiting(operation_id)
        why_not = self._why_not_again(operation, tries)
        if why_not:
            raise WrongStage(why_not)
        outcome = self._conductor.send_anew(operation_id, self._entry(operation, SENT_ANEW))
        if isinstance(outcome.error, KeyRefused):
            raise outcome.error
        return self._order(outcome)

    def _waiting(self, operation_id: str) -> tuple[Operation, tuple[Try, ...]]:
        with self._store.read() as unit:
            operation = unit.journal.get(operation_id)
            tries = unit.journal.tries(operation_id, operation.generation) if operation is not None else ()
        if operation is None or operation.state is not OperationState.REVIEW:
            raise WrongStage("This does not wait for a decision any more. Look at the order again.")
        return operation, tries

    def _why_not_again(self, operation: Operation, tries: tuple[Try, ...]) -> str:
        """Why it cannot be sent again now, or ''."""
        if operation.kind is OperationKind.CONFIRM:
            return "The shopper who paid is not waiting any more. They can pay again by the order's link."
        with self._store.read() as unit:
            if not is_current(unit.orders.get(operation.order_id), operation):
                return "A newer tracking number stands in its place, and that one is passed on."
        now = self._clock.now()
        left = REPAIR_SECONDS - (now - last_sending(tries, now))
        if operation.kind in ONLY_ONCE and left > 0:
            minutes = -(-left // 60)
            return f"What was sent last could still arrive. It can be sent again in {minutes} min."
        return ""

    def _entry(self, operation: Operation, what: str) -> TimelineEntry:
        return TimelineEntry(self._clock.now(), what, self._seat, note=operation.outcome)

    def _order(self, outcome: Outcome) -> Order:
        with self._store.read() as unit:
            return unit.orders.get(outcome.operation.order_id)


def _evidence(
    operation: Operation,
    tries: tuple[Try, ...],
    answer: Answer,
    says: str,
    accept: str = "",
    again: str = "",
    why_not_again: str = "",
) -> Evidence:
    return Evidence(operation, tries, answer.facts, answer.refunds, says, accept, again, why_not_again)
