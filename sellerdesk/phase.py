"""Marks an open database transaction in this thread, so that nothing calls Stripe inside one.

A transaction that is retried would call again, and a call that hangs would hold the lock: so never both.
"""

from collections.abc import Iterator
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
