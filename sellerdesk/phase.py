"""Marks what this thread is in: an open database transaction, in which nothing calls Stripe, and a lease to send under.

A transaction that is retried would call again, and a call that hangs would hold the lock: so never both. And a
computer can be put to sleep between a decision and its call: what it would send when it wakes may be done already, by
somebody else or under a key that Stripe has forgotten since. So what was claimed goes out while its lease lasts only.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local

from sellerdesk.domain.errors import OurBug


class _Open(local):
    depth = 0


_open = _Open()


@contextmanager
def transaction() -> Iterator[None]:
    """While inside, ``refuse_inside_transaction`` raises in this thread."""
    _open.depth += 1
    try:
        yield
    finally:
        _open.depth -= 1


def in_transaction() -> bool:
    """Whether this thread has a transaction open."""
    return _open.depth > 0


def refuse_inside_transaction() -> None:
    """Raise OurBug when a transaction is open in this thread. Asked before every call to Stripe."""
    if in_transaction():
        raise OurBug("A call to Stripe was about to be made inside a database transaction.")


class _Sending(local):
    is_over: "Callable[[], bool] | None" = None


_sending = _Sending()


@contextmanager
def lease(is_over: Callable[[], bool]) -> Iterator[None]:
    """While inside, this thread sends under a lease that ``is_over`` tells the end of."""
    before, _sending.is_over = _sending.is_over, is_over
    try:
        yield
    finally:
        _sending.is_over = before


def end_of_lease() -> Callable[[], bool]:
    """What tells whether the lease that this thread sends under is over: never where there is none. To be asked again
    and again, by whatever thread carries the call out, until the last moment before it goes."""
    return _sending.is_over or (lambda: False)
