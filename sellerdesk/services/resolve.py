"""Resolve: finish every operation that a crash or a lost answer left open. Run at the start and again and again."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CallError, KeyRefused, OurBug
from sellerdesk.domain.operation import Operation
from sellerdesk.services.catch_up import CatchUp
from sellerdesk.services.conduct import Conductor, Outcome
from sellerdesk.services.confirm_again import ConfirmAgain
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.renew import Renew
from sellerdesk.services.side_by_side import side_by_side

REVIEW_SECONDS = 60
AT_ONCE = 4
"""Orders that the background works on side by side. Stripe takes 25 calls a second of each kind, and four that wait for
an answer each stay far below it: https://docs.stripe.com/rate-limits"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resolved:
    """How many due operations were finished, how many still wait, and the trouble met last, if any."""

    finished: int
    waiting: int
    trouble: CallError | None


class Resolve:
    """The only recovery routine: a database that came back from the past is brought up to date; whatever is due is
    read, then decided; then what the bank approved is finished, and holds in whose place another stands are let go."""

    def __init__(
        self, store: Store, conductor: Conductor, again: ConfirmAgain, renew: Renew, catch_up: CatchUp, clock: Clock
    ) -> None:
        self._store = store
        self._conductor = conductor
        self._again = again
        self._renew = renew
        self._catch_up = catch_up
        self._clock = clock
        self._reviewed_at = 0

    def run_due(self, at_once: int = 1) -> Resolved:
        """One pass over the open operations that are due and that nobody works on, oldest first, ``at_once`` orders at
        a time: after a crash there may be a thousand, and each waits for Stripe twice.

        A refused key ends the pass: all money work waits until the key works again. One operation that the database
        or our own rules refuse stays open and does not hold up those behind it. Raises CallError's family where a
        database that is behind cannot be brought up to date.
        """
        self._catch_up.run()
        with self._store.read() as unit:
            due = (*unit.journal.open_operations(self._clock.system_now()), *self._due_for_review(unit))
        turn = _Turn(self._conductor)
        side_by_side(turn.take, _by_order(due), at_once)
        trouble = turn.trouble
        if turn.is_over:
            return Resolved(turn.finished, turn.waiting, trouble)
        trouble = self._again.run_due() or trouble
        if isinstance(trouble, KeyRefused):
            return Resolved(turn.finished, turn.waiting, trouble)
        return Resolved(turn.finished, turn.waiting, self._renew.run_due() or trouble)

    def _due_for_review(self, unit: UnitOfWork) -> tuple[Operation, ...]:
        """Those in review, but only when a minute has passed since they were given out: whoever settles them at Stripe
        settles them here, too."""
        now = self._clock.system_now()
        if abs(now - self._reviewed_at) < REVIEW_SECONDS:
            return ()
        self._reviewed_at = now
        return unit.journal.in_review()


class _Turn:
    """One pass: resolves operations, and adds up what came of them. Safe to use from several threads."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor
        self._lock = Lock()
        self.finished = 0
        self.waiting = 0
        self.trouble: CallError | None = None
        self.is_over = False

    def take(self, operations: Sequence[Operation]) -> None:
        """Resolve those of one order, one after the other; none any more once the key was refused."""
        for operation in operations:
            if self.is_over:
                return
            try:
                outcome = self._conductor.resolve(operation.id)
            except OurBug:
                _log.exception("operation %s could not be recorded", operation.id)
                self._count(None)
            else:
                self._count(outcome)

    def _count(self, outcome: Outcome | None) -> None:
        with self._lock:
            if outcome is not None and not outcome.operation.is_open:
                self.finished += 1
            else:
                self.waiting += 1
                self.trouble = (outcome.error if outcome else None) or self.trouble
            if outcome is not None and isinstance(outcome.error, KeyRefused):
                self.is_over = True


def _by_order(operations: Iterable[Operation]) -> Iterable[Sequence[Operation]]:
    """Those of one order together, at the place of the oldest of them."""
    orders: dict[str, list[Operation]] = {}
    for operation in operations:
        orders.setdefault(operation.order_id, []).append(operation)
    return orders.values()
