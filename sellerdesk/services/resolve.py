"""Resolve: finish every operation that a crash or a lost answer left open. Run at the start and again and again."""

import logging
from dataclasses import dataclass

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CallError, KeyRefused, OurBug
from sellerdesk.domain.operation import Operation
from sellerdesk.services.catch_up import CatchUp
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.confirm_again import ConfirmAgain
from sellerdesk.services.ports import Store, UnitOfWork
from sellerdesk.services.renew import Renew

REVIEW_SECONDS = 60

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

    def run_due(self) -> Resolved:
        """One pass over the open operations that are due and that nobody works on, oldest first.

        A refused key ends the pass: all money work waits until the key works again. One operation that the database
        or our own rules refuse stays open and does not hold up those behind it. Raises CallError's family where a
        database that is behind cannot be brought up to date.
        """
        self._catch_up.run()
        with self._store.read() as unit:
            due = (*unit.journal.open_operations(self._clock.system_now()), *self._due_for_review(unit))
        finished = waiting = 0
        trouble: CallError | None = None
        for operation in due:
            try:
                outcome = self._conductor.resolve(operation.id)
            except OurBug:
                _log.exception("operation %s could not be recorded", operation.id)
                waiting += 1
                continue
            if outcome.operation.is_open:
                waiting += 1
                trouble = outcome.error or trouble
            else:
                finished += 1
            if isinstance(outcome.error, KeyRefused):
                return Resolved(finished, waiting, trouble)
        trouble = self._again.run_due() or trouble
        if isinstance(trouble, KeyRefused):
            return Resolved(finished, waiting, trouble)
        return Resolved(finished, waiting, self._renew.run_due() or trouble)

    def _due_for_review(self, unit: UnitOfWork) -> tuple[Operation, ...]:
        """Those in review, but only when a minute has passed since they were given out: whoever settles them at Stripe
        settles them here, too."""
        now = self._clock.system_now()
        if abs(now - self._reviewed_at) < REVIEW_SECONDS:
            return ()
        self._reviewed_at = now
        return unit.journal.in_review()
