"""How often one browser or one address may try: a token bucket each, so that nobody tests stolen cards here."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from sellerdesk.domain.errors import RefusedError

_MAX_KEYS = 10_000


class TooOften(RefusedError):
    """Too many tries; ``seconds`` until the next one is allowed. What is held is said only when it is known."""

    def __init__(self, seconds: int, known: str = "") -> None:
        minutes = max(1, -(-seconds // 60))
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"That was a lot of tries. {known}Please wait {wait}, then try again.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """``tries`` at once, all of them back after ``seconds``."""

    tries: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed per checkout and per client address."""

    pay_per_checkout: Allowance = Allowance(5, 600)
    pay_per_address: Allowance = Allowance(15, 600)
    place_per_address: Allowance = Allowance(30, 600)
    ask_per_address: Allowance = Allowance(600, 60)


class Bucket:
    """Counts tries per key. Safe to use from several threads; forgets the keys used longest ago.

    ``now`` gives seconds of a clock that only moves forward.
    """

    def __init__(self, allowance: Allowance, now: Callable[[], float]) -> None:
        self._allowance = allowance
        self._now = now
        self._lock = Lock()
        self._state: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """One try for ``key``. Raises TooOften, and then counts nothing."""
        rate = self._allowance.tries / self._allowance.seconds
        with self._lock:
            now = self._now()
            left, since = self._state.pop(key, (float(self._allowance.tries), now))
            left = min(float(self._allowance.tries), left + (now - since) * rate)
            allowed = left >= 1
            self._state[key] = (left - 1 if allowed else left, now)
            while len(self._state) > _MAX_KEYS:
                self._state.popitem(last=False)
        if not allowed:
            raise TooOften(int((1 - left) / rate) + 1)


class Underway:
    """Which orders this process is paying right now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    @contextmanager
    def mark(self, reference: str) -> Iterator[None]:
        """Marked as long as the block runs; blocks may overlap."""
        with self._lock:
            self._counts[reference] += 1
        try:
            yield
        finally:
            with self._lock:
                self._counts[reference] -= 1
                if not self._counts[reference]:
                    del self._counts[reference]

    def is_marked(self, reference: str) -> bool:
        with self._lock:
            return reference in self._counts
