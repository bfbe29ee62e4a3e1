"""The sandbox's clock: the computer's clock plus an offset that can be moved."""

import threading
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 in UTC, running on from wherever it was last moved to.

    ``source`` gives the computer's time in seconds; tests hand in a function of their own to make it stand still.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0
        self._lock = threading.Lock()
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> int:
        """The sandbox's time, in whole seconds UTC."""
        with self._lock:
            return int(self._source()) + self._offset

    @property
    def offset(self) -> int:
        """Seconds the sandbox is ahead of the computer; negative when it is behind."""
        with self._lock:
            return self._offset

    def advance(self, seconds: int) -> int:
        """Move forward by ``seconds`` (at least 0) and return the new time."""
        if seconds < 0:
            raise ValueError("The clock can only be advanced by zero or more seconds; use set() to go back.")
        with self._lock:
            self._offset += seconds
        return self._moved()

    def set(self, timestamp: int) -> int:
        """Move to ``timestamp`` (seconds UTC) and return the new time."""
        with self._lock:
            self._offset = timestamp - int(self._source())
        return self._moved()

    def reset(self) -> int:
        """Follow the computer's clock again and return the new time."""
        with self._lock:
            self._offset = 0
        return self._moved()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` after every move."""
        self._watchers.append(watcher)

    def _moved(self) -> int:
        for watcher in self._watchers:
            watcher()
        return self.now()
