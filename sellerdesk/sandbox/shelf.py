"""Objects by identifier that also know their order: a page of a list costs the same however long the list is."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shelf(dict[str, T], Generic[T]):
    """A dictionary of objects with a ``created`` moment, each with a place in the order they were put in.

    ``groups`` are attributes by which objects are found at once, such as the charge of a refund. Who changes one of
    them later says so with ``regroup``.
    Takes only what the store does: setting, deleting, ``clear``, ``update``.
    """

    def __init__(self, *groups: str) -> None:
        super().__init__()
        self._ids: list[str] = []
        self._created: list[int] = []
        self._rising = True
        self._places: dict[str, int] = {}
        self._groups: dict[str, dict[str | None, list[int]]] = {name: {} for name in groups}

    def __setitem__(self, identifier: str, item: T) -> None:
        if identifier not in self:
            self._put(identifier, item)
        super().__setitem__(identifier, item)

    def __delitem__(self, identifier: str) -> None:
        super().__delitem__(identifier)
        self._ids[self._places.pop(identifier)] = ""

    def clear(self) -> None:
        """Take everything away."""
        for identifier in list(self):
            del self[identifier]

    def update(self, pairs: Iterable[tuple[str, T]]) -> None:  # type: ignore[override]
        """Put in several."""
        for identifier, item in pairs:
            self[identifier] = item

    def _put(self, identifier: str, item: Any) -> None:
        place = len(self._ids)
        if self._created and item.created < self._created[-1]:
            self._rising = False  # the clock was set back
        self._ids.append(identifier)
        self._created.append(item.created)
        self._places[identifier] = place
        for name, group in self._groups.items():
            group.setdefault(getattr(item, name), []).append(place)

    def regroup(self, identifier: str, group: str, before: str | None, after: str | None) -> None:
        """The object's attribute ``group`` has changed. Nothing happens for an object that is not here yet."""
        place = self._places.get(identifier)
        if place is not None and before != after:
            self._groups[group][before].remove(place)
            insort(self._groups[group].setdefault(after, []), place)

    def at(self, place: int) -> T | None:
        """What stands there, ``None`` when it was taken away."""
        identifier = self._ids[place]
        return self[identifier] if identifier else None

    def place(self, identifier: str) -> int | None:
        """Where something stands, ``None`` for what is not there."""
        return self._places.get(identifier)

    def places(self, group: str = "", value: str = "") -> Sequence[int]:
        """All places in order, or those of the objects whose attribute ``group`` is ``value``."""
        return self._groups[group].get(value, ()) if group else range(len(self._ids))

    def of(self, group: str, value: str) -> list[T]:
        """The objects of a group, oldest first."""
        found = (self.at(place) for place in self.places(group, value))
        return [item for item in found if item is not None]

    def during(self, wanted: Mapping[str, int]) -> tuple[int, int]:
        """Between which places everything stands that was made in the range ``{gt, gte, lt, lte}``; maybe more."""
        low, high = 0, len(self._ids)
        if not self._rising:
            return low, high
        if "gte" in wanted:
            low = max(low, bisect_left(self._created, wanted["gte"]))
        if "gt" in wanted:
            low = max(low, bisect_right(self._created, wanted["gt"]))
        if "lt" in wanted:
            high = min(high, bisect_left(self._created, wanted["lt"]))
        if "lte" in wanted:
            high = min(high, bisect_right(self._created, wanted["lte"]))
        return low, high
