"""One owner of all background work: each job is a small value that runs, and says when it wants to run again."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic

_log = logging.getLogger(__name__)

# What a job waits after an error that it did not handle itself.
AFTER_BUG_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of background work. ``run`` does one turn and returns the seconds until the next; it should handle
    the failures it expects."""

    name: str
    run: Callable[[], float]


class Runner:
    """Runs each job in a thread of its own, from ``start`` to ``stop``.

    Turns of one job never overlap. ``wake`` makes a job's next turn start at once, or again right after the
    present one.
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = tuple(jobs)
        self._condition = Condition()
        self._due: dict[str, float] = {job.name: 0.0 for job in self._jobs}
        self._stopping = False
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin: every job's first turn is due at once."""
        self._threads = [
            Thread(target=self._keep_running, args=(job,), name=f"sellerdesk-{job.name}", daemon=True)
            for job in self._jobs
        ]
        for thread in self._threads:
            thread.start()

    def wake(self, name: str) -> None:
        """Make the next turn of the job ``name`` due now."""
        with self._condition:
            self._due[name] = 0.0
            self._condition.notify_all()

    def stop(self, timeout: float = 5.0) -> bool:
        """End: no new turn begins. Waits for the present ones, ``timeout`` seconds in all; whether all ended."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        until = monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep_running(self, job: Job) -> None:
        while self._wait_for_turn(job.name):
            try:
                pause = job.run()
            except Exception:  # noqa: BLE001 - one bad turn must not end the job for good
                _log.exception("background job %s failed", job.name)
                pause = AFTER_BUG_SECONDS
            with self._condition:
                if self._due[job.name] > 0.0:
                    self._due[job.name] = monotonic() + pause

    def _wait_for_turn(self, name: str) -> bool:
        """Wait until the job is due; False when stopping. Marks the turn as begun."""
        with self._condition:
            while not self._stopping:
                pause = self._due[name] - monotonic()
                if pause <= 0:
                    self._due[name] = monotonic()
                    return True
                self._condition.wait(pause)
            return False
