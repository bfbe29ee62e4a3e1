"""Threads for what waits for Stripe, apart from those for pages and events."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from sellerdesk.domain.errors import RefusedError

_T = TypeVar("_T")


class AllWait(RefusedError):
    """Every thread for it waits for Stripe already. What was wanted was not begun."""

    def __init__(self) -> None:
        super().__init__(
            "Many people are ordering right now. Your bank was not asked, and nothing is held by this try. "
            "Please press again in a minute."
        )


class StripeThreads:
    """Runs what may wait for Stripe until its deadline, ``most`` calls at once. Pages and events take their threads
    from the pool that all share, and find one however many shoppers wait. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running = 0  # only the event loop's thread counts

    async def run(self, call: Callable[[], _T]) -> _T:
        """What ``call`` gives or raises. Raises AllWait, and then calls nothing."""
        if self._running >= self._most:
            raise AllWait
        self._running += 1
        try:
            # A limiter of this call's own: without one it would take a place in the pool that all share.
            return await to_thread.run_sync(call, limiter=CapacityLimiter(1))
        finally:
            self._running -= 1
