"""Lists with cursors, newest first (https://docs.stripe.com/api/pagination)."""

from bisect import bisect_left
from collections.abc import Callable
from typing import Protocol, TypeVar

from sellerdesk.sandbox.errors import invalid, missing
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.shelf import Shelf


class _Made(Protocol):
    @property
    def created(self) -> int: ...


T = TypeVar("T", bound=_Made)

PARAM_OF = {"intent": "payment_intent", "charge": "charge", "customer": "customer"}
"""What the parameters are called by which lists are narrowed, by attribute."""


def narrowed(params: Json) -> str:
    """The attribute by which a list is narrowed, empty when it is not."""
    return next((attribute for attribute, param in PARAM_OF.items() if param in params), "")


def page(
    shelf: Shelf[T],
    params: Json,
    url: str,
    render: Callable[[T], Json],
    kind: str = "object",
    *,
    wanted: Callable[[T], bool] = lambda _: True,
    group: str = "",
) -> Json:
    """One page of a shelf as a list object, newest first: what is ``wanted`` and was made when ``created`` says.

    ``group`` names the attribute that must be what the parameter for it says.
    Raises ApiError 400 for a limit outside 1 to 100 or both cursors at once, 404 for a cursor nobody knows.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("The limit must be between 1 and 100.", "limit", "parameter_invalid_integer")
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may only send one of starting_after and ending_before.", "ending_before")
    created = params.get("created")
    low, high = shelf.during(created or {})
    if "starting_after" in params:
        high = min(high, _place(shelf, params["starting_after"], "starting_after", kind))
    if "ending_before" in params:
        low = max(low, _place(shelf, params["ending_before"], "ending_before", kind) + 1)
    places = shelf.places(group, params[PARAM_OF[group]]) if group else shelf.places()
    first, last = bisect_left(places, low), bisect_left(places, high)
    upwards = "ending_before" in params
    found: list[T] = []
    for number in range(first, last) if upwards else range(last - 1, first - 1, -1):
        item = shelf.at(places[number])
        if item is not None and within(item.created, created) and wanted(item):
            found.append(item)
            if len(found) > limit:
                break
    chosen = found[:limit]
    if upwards:
        chosen.reverse()
    return envelope([render(item) for item in chosen], url, len(found) > limit)


def envelope(data: list[Json], url: str, has_more: bool = False) -> Json:
    """A list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def within(created: int, wanted: Json | None) -> bool:
    """Whether a moment lies in the range ``{gt, gte, lt, lte}``."""
    if not wanted:
        return True
    return bool(
        created > wanted.get("gt", created - 1)
        and created >= wanted.get("gte", created)
        and created < wanted.get("lt", created + 1)
        and created <= wanted.get("lte", created)
    )


def _place(shelf: Shelf[T], cursor: str, param: str, kind: str) -> int:
    place = shelf.place(cursor)
    if place is None:
        raise missing(kind, cursor, param)
    return place
