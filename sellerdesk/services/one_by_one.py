"""One payment among many: what is wrong with it alone must not hold up those behind it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OurBug, OutcomeUnknown, RefusedError, Rejected

FIRST_REST_SECONDS = 60
LONGEST_REST_SECONDS = 6 * 3600
MOST_DOUBLINGS = 9

_log = logging.getLogger(__name__)


def attempt(work: Callable[[], object], intent_id: str) -> bool:
    """Do ``work`` about one payment; whether it went through. A payment that Stripe refuses to show, that makes no
    sense, or that our own rules refuse, is logged and passed over.

    Raises OutcomeUnknown when there was no answer at all, KeyRefused and Busy: the others would fare no better.
    """
    try:
        work()
    except Rejected as error:
        _log.warning("payment %s cannot be read: %s", intent_id, error.code or error.http_status)
    except OutcomeUnknown as error:
        if error.http_status is None:
            raise
        _log.warning("payment %s makes no sense", intent_id)
    except RefusedError as error:
        _log.warning("payment %s is passed over: %s", intent_id, type(error).__name__)
    except OurBug:
        _log.exception("payment %s could not be taken over", intent_id)
    else:
        return True
    return False


class LongReading:
    """Many payments, of which each is read once: where there was no answer, the next time goes on from there. What
    changed of them since ``begun_at`` (seconds UTC) must be asked for otherwise."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self.begun_at: int | None = None

    def begin(self, at: int) -> None:
        """The first time counts."""
        self.begun_at = at if self.begun_at is None else self.begun_at

    def go_on(
        self,
        intents: Iterable[str],
        read: Callable[[str], object],
        attempt: Callable[[Callable[[], object], str], bool] = attempt,
    ) -> list[str]:
        """``read`` each of those that were not read yet; which of them went wrong by themselves. Raises as ``attempt``
        does."""
        wrong = []
        for intent_id in intents:
            if intent_id in self._read:
                continue
            if attempt(partial(read, intent_id), intent_id):
                self._read.add(intent_id)
            else:
                wrong.append(intent_id)
        return wrong


class Patience:
    """Remembers in this program which payments went wrong, and lets each rest ever longer: one that stays wrong costs
    neither a call in every pass, nor is it given up. Its second try comes with the next pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: dict[str, _Wrong] = {}

    @property
    def wrong(self) -> tuple[str, ...]:
        """The payments that went wrong when they were tried last."""
        return tuple(self._wrong)

    def attempt(self, work: Callable[[], object], intent_id: str) -> bool:
        """``attempt``, unless the payment rests. Raises as that does."""
        if self.rests(intent_id):
            return False
        went = attempt(work, intent_id)
        self.note(intent_id, went=went)
        return went

    def rests(self, intent_id: str) -> bool:
        """Whether it is too early to try this payment again."""
        wrong = self._wrong.get(intent_id)
        # A rest that lies further ahead was begun by a clock that has been set back since.
        return wrong is not None and 0 < wrong.until - self._clock.system_now() <= LONGEST_REST_SECONDS

    def note(self, intent_id: str, *, went: bool) -> None:
        """Count one try, ``went`` or not."""
        wrong = self._wrong.pop(intent_id, _Wrong(0, 0))
        if not went:
            doublings = min(wrong.times - 1, MOST_DOUBLINGS)
            pause = min(FIRST_REST_SECONDS << doublings, LONGEST_REST_SECONDS) if wrong.times else 0
            until = self._clock.system_now() + pause
            self._wrong[intent_id] = _Wrong(wrong.times + 1, until)


@dataclass(frozen=True, slots=True)
class _Wrong:
    """How often in a row, and until when it rests: seconds of the system clock."""

    times: int
    until: int
