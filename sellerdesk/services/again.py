"""Steps that may be done again: each is one whole transaction, and no call to Stripe is inside it."""

from collections.abc import Callable
from typing import TypeVar

from sellerdesk.domain.errors import CommitUnknown, DatabaseAway, DatabaseBusy

T = TypeVar("T")

# Of two that wait for each other the database ends one at once; after that there is nobody to wait for.
_TIMES = 3


def repeated(step: Callable[[], T]) -> T:
    """Do ``step``; do it again where somebody was in the way, where the connection was lost (the next one may hold), or
    where it is not known whether it was saved.

    ``step`` must find out by itself that it was done before. Raises what it raises, the last time.
    """
    for _ in range(_TIMES - 1):
        try:
            return step()
        except (DatabaseBusy, DatabaseAway, CommitUnknown):
            continue
    return step()
