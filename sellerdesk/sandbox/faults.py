"""Faults on demand: the next calls of a kind go wrong in a chosen way."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """The ways a call can go wrong. "before" means nothing was done, "after" that it was."""

    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    ERROR_500_BEFORE = "error_500_before"
    ERROR_500_AFTER = "error_500_after"
    BUSY_429 = "busy_429"
    LOCK_TIMEOUT_429 = "lock_timeout_429"
    CONFLICT_409 = "conflict_409"
    ODD_200_NULL = "odd_200_null"
    ODD_200_LIST = "odd_200_list"
    ODD_200_OTHER_ID = "odd_200_other_id"
    HTML_502 = "html_502"
    HTML_502_AFTER = "html_502_after"
    SLOW = "slow"
    SLOW_AFTER = "slow_after"


ANY, WRITE = "any", "write"
"""Kinds that stand for several calls: every one, and every one that changes something."""
_SLOW = (Fault.SLOW, Fault.SLOW_AFTER)


@dataclass(eq=False)
class Planned:
    """One fault in waiting. ``skip`` calls of the kind pass first, then ``times`` of them go wrong.

    ``stored`` says whether an idempotency key remembers an injected 500 (by default it does when the work was
    done); ``should_retry`` is sent as ``Stripe-Should-Retry`` when it is not ``None``. ``seconds`` is how long a slow
    call is held at most, ``None`` until it is released.
    """

    kind: str
    fault: Fault
    times: int = 1
    skip: int = 0
    stored: bool | None = None
    should_retry: bool | None = None
    seconds: int | None = None
    fired: int = 0
    _gate: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def keeps_500(self) -> bool:
        """Whether the injected 500 is replayed to later calls with the same idempotency key."""
        return self.fault is Fault.ERROR_500_AFTER if self.stored is None else self.stored

    def hold(self) -> None:
        """Wait until the fault is released or its seconds are over. Only for the slow ones."""
        self._gate.wait(self.seconds)

    def release(self) -> None:
        """Let every held call go on, and those that come later pass at once."""
        self._gate.set()


class Faults:
    """The planned faults, first planned first used. Kinds are the call names of the route table, ``any`` or
    ``write``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._planned: list[Planned] = []
        self._holding = 0

    def plan(
        self,
        kind: str,
        fault: Fault | str,
        *,
        times: int = 1,
        skip: int = 0,
        stored: bool | None = None,
        should_retry: bool | None = None,
        seconds: int | None = None,
    ) -> Planned:
        """Let the next ``times`` calls of ``kind`` go wrong, after ``skip`` that pass."""
        if times < 1 or skip < 0:
            raise ValueError("times must be at least 1 and skip at least 0.")
        if seconds is not None and (seconds < 1 or Fault(fault) not in _SLOW):
            raise ValueError("seconds must be at least 1 and go with a slow fault.")
        planned = Planned(kind, Fault(fault), times, skip, stored, should_retry, seconds)
        with self._lock:
            self._planned.append(planned)
        return planned

    def take(self, kind: str, *, writes: bool = False) -> Planned | None:
        """The fault for a call of ``kind`` that has just arrived, or ``None``. ``writes``: it changes something."""
        kinds = (kind, ANY, WRITE) if writes else (kind, ANY)
        with self._lock:
            for planned in self._planned:
                if planned.kind not in kinds:
                    continue
                if planned.skip:
                    planned.skip -= 1
                    continue
                if planned.fired < planned.times:
                    planned.fired += 1
                    return planned
        return None

    def hold(self, planned: Planned) -> None:
        """Hold the calling thread until the fault is released."""
        with self._changed:
            self._holding += 1
            self._changed.notify_all()
        planned.hold()
        with self._changed:
            self._holding -= 1
            self._changed.notify_all()

    def wait_until_holding(self, calls: int = 1, timeout: float = 10.0) -> bool:
        """Wait until ``calls`` calls are held; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._holding >= calls, timeout)

    @property
    def holding(self) -> int:
        """How many calls are held right now."""
        with self._lock:
            return self._holding

    def waiting(self) -> list[Planned]:
        """The faults that have not been used up."""
        with self._lock:
            return [planned for planned in self._planned if planned.fired < planned.times]

    def release(self) -> None:
        """Let all held calls go on."""
        with self._lock:
            planned = list(self._planned)
        for each in planned:
            each.release()

    def clear(self) -> None:
        """Forget all planned faults and let all held calls go on."""
        self.release()
        with self._lock:
            self._planned.clear()
