"""Time that passes only when a simulation says so, and chance that comes from one number."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sellerdesk.clock import Clock
from sellerdesk.domain import ids

BEGIN = 1_800_000_000


class VirtualTime:
    """What time it really is, milliseconds UTC. It moves a millisecond whenever anybody looks, so that no two moments
    are equal."""

    def __init__(self, begins_ms: int = BEGIN * 1000) -> None:
        self._ms = begins_ms

    def look(self) -> int:
        """Milliseconds UTC."""
        self._ms += 1
        return self._ms

    def seconds(self) -> float:
        """Seconds UTC, as the sandbox's clock wants them; looking costs nothing here."""
        return self._ms / 1000

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._ms += int(seconds * 1000)


class SkewedClock(Clock):
    """The clock of one computer: ``skew`` seconds ahead of what is true. With ``asked`` Stripe's time counts as known
    from the beginning, so that nobody asks for it."""

    def __init__(self, time: VirtualTime, skew: int, *, asked: bool) -> None:
        super().__init__()
        self._time = time
        self.skew = skew
        self._has_learnt = asked

    def system_ms(self) -> int:
        return self._time.look() + self.skew * 1000


class _Chance:
    """Takes the place of ``secrets`` where ids are made, so that a seed gives the same ids again."""

    def __init__(self, rng: random.Random) -> None:
        self.randbits = rng.getrandbits
        self.choice = rng.choice
        self._rng = rng

    def token_urlsafe(self, size: int) -> str:
        return self._rng.randbytes(size).hex()


@contextmanager
def repeatable_ids(rng: random.Random) -> Iterator[None]:
    """Inside, every id of ours comes from ``rng``."""
    with patch.object(ids, "secrets", _Chance(rng)):
        yield
