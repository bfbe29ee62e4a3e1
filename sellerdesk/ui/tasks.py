"""Work off the UI thread: one serial worker for commands, a few for reads, results back as calls on the UI thread."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    owner: QObject
    key: str
    turn: int


_Outcome = tuple[_Job, Any, Exception | None]


class _Workers:
    """Threads that take jobs from one queue. They are daemons: a call that hangs must not keep the program alive."""

    def __init__(self, name: str, count: int, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._name, self._count, self._deliver = name, count, deliver
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._closed = False

    def put(self, job: _Job, finish: Callable[[list[_Outcome]], None]) -> None:
        with self._changed:
            if self._closed:
                return
            self._jobs.append(job)
            if len(self._threads) < self._count and len(self._jobs) + self._busy > len(self._threads):
                self._start(finish)
            self._changed.notify()

    def close(self, wait_seconds: float) -> bool:
        """Forget what waits; wait for what runs. False when it still runs after ``wait_seconds``."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._busy == 0, wait_seconds)

    def _start(self, finish: Callable[[list[_Outcome]], None]) -> None:
        thread = threading.Thread(
            target=self._loop, args=(finish,), name=f"{self._name}-{len(self._threads)}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _loop(self, finish: Callable[[list[_Outcome]], None]) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                if self._closed:
                    return
                job = self._jobs.popleft()
                self._busy += 1
            result, error = _attempt(job)
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
                closed = self._closed
            # The UI thread empties it: whoever is last here must not be the last to hold a widget.
            outcome = [(job, result, error)]
            del job, result, error
            if not closed:
                self._deliver(partial(finish, outcome))


class Tasks(QObject):
    """What the window runs its work with. Make it on the UI thread; ``done`` and ``failed`` are called there, with
    the result or the exception, unless their owner is gone or ``close`` was called meanwhile.

    Signals:
        arrived: carries one call to the UI thread; from any thread, internal.
    """

    arrived = Signal(object)

    def __init__(self, parent: QObject | None = None, readers: int = 3) -> None:
        super().__init__(parent)
        self._closed = False
        self._door = threading.RLock()
        self._turns: dict[str, int] = {}
        self._commands = _Workers("desk-command", 1, self.post)
        self._reads = _Workers("desk-read", readers, self.post)
        self.arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def command(
        self, owner: QObject, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run ``work`` after all earlier commands: two presses cannot race."""
        self._commands.put(_Job(work, done, failed, owner, "", 0), self._finish)

    def read(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        key: str = "",
    ) -> None:
        """Run ``work`` beside others. Of those with the same ``key`` only the latest answers."""
        turn = self._turns[key] = self._turns.get(key, 0) + 1
        self._reads.put(_Job(work, done, failed, owner, key, turn), self._finish)

    def forget(self, key: str) -> None:
        """Whatever still runs under ``key`` shall not answer."""
        self._turns[key] = self._turns.get(key, 0) + 1

    def post(self, call: Callable[[], None]) -> None:
        """Call ``call`` on the UI thread. From any thread; nothing happens after ``close``."""
        # Who closes waits here, and takes this object away only then. Ctrl+C may close in the middle of a call of its
        # own thread, hence a lock that lets its holder in again.
        with self._door:
            if not self._closed and isValid(self):
                self.arrived.emit(call)

    def close(self, wait_seconds: float = 0.0) -> bool:
        """Answer no more; wait up to ``wait_seconds`` for what runs. True when nothing runs any more."""
        with self._door:
            self._closed = True
        commands = self._commands.close(wait_seconds)
        return self._reads.close(0.0) and commands

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

    def _finish(self, outcome: list[_Outcome]) -> None:
        job, result, error = outcome.pop()
        if not isValid(job.owner) or (job.key and self._turns[job.key] != job.turn):
            return
        if error is None:
            job.done(result)
        else:
            job.failed(error)


def _attempt(job: _Job) -> tuple[Any, Exception | None]:
    try:
        return job.work(), None
    except Exception as error:  # noqa: BLE001
        # Delivered as a value: whoever asked decides how to say it.
        _log.debug("work failed: %s", type(error).__name__)
        return None, error
