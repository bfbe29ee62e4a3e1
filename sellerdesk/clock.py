"""One clock for facts (system time plus the offset learnt from Stripe's Date header) and one for waiting."""

import time
from threading import Lock

# Twice what Stripe's seconds and those of this machine may be cut off by.
_ROUNDING_MS = 2000


class Clock:
    """What time it is.

    ``now`` and ``now_ms`` are UTC as Stripe sees it and date every fact; ``system_now`` is the untouched clock of
    this machine, for leases and back-off. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._offset = 0
        self._has_learnt = False
        self._last_ms = 0

    @property
    def offset(self) -> int:
        """Seconds that Stripe's clock is ahead of this machine's."""
        return self._offset

    @property
    def has_learnt(self) -> bool:
        """Whether Stripe has told its time since the program began. Before, ``now`` is this machine's clock, which may
        be days off."""
        return self._has_learnt

    def learn(self, stripe_seconds: int) -> None:
        """Take over the time of an answer. A difference of one second is rounding, not news."""
        offset = stripe_seconds - self.system_now()
        with self._lock:
            if abs(offset - self._offset) > 1:
                self._offset = offset
            self._has_learnt = True

    def now(self) -> int:
        """Seconds UTC."""
        return self.system_now() + self._offset

    def now_ms(self) -> int:
        """Milliseconds UTC. Stripe tells its time in whole seconds, so that learning it may set the clock back by as
        much: such a step is waited out, or what was read later would look older than what was read before."""
        with self._lock:
            now = self.system_ms() + self._offset * 1000
            if 0 < self._last_ms - now <= _ROUNDING_MS:
                now = self._last_ms + 1
            self._last_ms = now
        return now

    def system_now(self) -> int:
        """Seconds UTC of this machine."""
        return self.system_ms() // 1000

    def system_ms(self) -> int:
        """Milliseconds UTC of this machine; everything else is computed from it."""
        return time.time_ns() // 1_000_000
