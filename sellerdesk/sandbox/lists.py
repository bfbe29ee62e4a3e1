"""Lists with cursors, newest first (https://docs.stripe.com/api/pagination)."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sellerdesk.sandbox.errors import invalid, missing
from sellerdesk.sandbox.objects import Json

T = TypeVar("T")


def page(items: Iterable[T], params: Json, url: str, render: Callable[[T], Json], kind: str = "object") -> Json:
    """One page of ``items`` (objects with an ``id``, oldest first) as a list object.

    Raises ApiError 400 for a limit outside 1 to 100 or both cursors at once, 404 for a cursor nobody knows.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("The limit must be between 1 and 100.", "limit", "parameter_invalid_integer")
    ordered: list[Any] = list(items)
    ordered.reverse()
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may only send one of starting_after and ending_before.", "ending_before")
    if "starting_after" in params:
        rest = ordered[_place(ordered, params["starting_after"], "starting_after", kind) + 1 :]
        chosen, more = rest[:limit], len(rest) > limit
    elif "ending_before" in params:
        rest = ordered[: _place(ordered, params["ending_before"], "ending_before", kind)]
        chosen, more = rest[-limit:], len(rest) > limit
    else:
        chosen, more = ordered[:limit], len(ordered) > limit
    return envelope([render(item) for item in chosen], url, more)


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


def _place(ordered: list[Any], cursor: str, param: str, kind: str) -> int:
    for place, item in enumerate(ordered):
        if item.id == cursor:
            return place
    raise missing(kind, cursor, param)
