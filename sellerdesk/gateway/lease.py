"""The lease that a thread sends under: what was claimed goes out while its claim lasts, and not a moment later.

A computer can be put to sleep between a decision and its call. What it would send when it wakes may be done already, by
somebody else or under a key that Stripe has forgotten since.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local


class _Sending(local):
    is_over: Callable[[], bool] | None = None


_sending = _Sending()


@contextmanager
def leased(is_over: Callable[[], bool]) -> Iterator[None]:
    """While inside, this thread sends under a lease that ``is_over`` tells the end of."""
    before, _sending.is_over = _sending.is_over, is_over
    try:
        yield
    finally:
        _sending.is_over = before


def end_for(method: str) -> Callable[[], bool]:
    """What tells whether a call that this thread makes may not be sent any more. To be asked by whatever thread carries
    it out, at the last moment before it goes. Reading is never too late, nor is what was not claimed."""
    is_over = _sending.is_over
    return is_over if is_over is not None and method.upper() == "POST" else lambda: False
