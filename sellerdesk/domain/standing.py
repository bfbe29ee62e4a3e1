"""Whether a database is as old as the world: an older copy that came back knows nothing of what was sent since.

Each sending counts its seat's counter up in the database, and what was reached is kept outside of it as well. A copy
carries the counters of its own time. ``life`` is a random name that changes whenever a database was brought up to date
after such a return, so that two copies that went on separately are told apart even where they count alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Stands among the tries of each operation that was open when a database came back: it may have been sent elsewhere.
RETURNED = "the database came back from the past"


@dataclass(frozen=True, slots=True)
class Sent:
    """How often each seat has sent, in one life of a database."""

    life: str
    counts: Mapping[str, int]

    def with_all(self, other: "Sent") -> "Sent":
        """Both together: of each seat the higher count."""
        seats = {*self.counts, *other.counts}
        return Sent(self.life, {each: max(self.counts.get(each, 0), other.counts.get(each, 0)) for each in seats})

    def before_last(self, seat: str) -> "Sent":
        """As it was before ``seat`` sent the last time."""
        return Sent(self.life, {**self.counts, seat: self.counts[seat] - 1})

    def covers(self, other: "Sent") -> bool:
        """Whether it is the same life, and no seat has sent more in the ``other``."""
        return self.life == other.life and all(self.counts.get(each, 0) >= n for each, n in other.counts.items())


@dataclass(frozen=True, slots=True)
class Standing:
    """What a database says of itself. ``earlier`` are the lives before this one; ``copied_at`` is when it was copied
    as a backup, None for one that is none; ``as_of`` is the last moment it knows of. Times are seconds UTC."""

    sent: Sent
    earlier: tuple[str, ...]
    copied_at: int | None
    as_of: int


@dataclass(frozen=True, slots=True)
class Behind:
    """A database that is older than the world: it is from ``as_of`` (seconds UTC), and nothing is sent from it until it
    was brought up to date."""

    as_of: int


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A database from ``as_of`` was brought up to date at ``at`` (seconds UTC); ``orders`` of it changed or are new."""

    as_of: int
    at: int
    orders: int


class Judgement(StrEnum):
    """FINE: go on. READ_FIRST: nobody here knows, so what was planned is read before it is sent. BEHIND: older than the
    world."""

    FINE = "fine"
    READ_FIRST = "read_first"
    BEHIND = "behind"


def judge(here: Standing, kept: Sent | None) -> Judgement:
    """What the database says of itself against what was ``kept`` outside of it, None where that is not known."""
    if here.copied_at is not None:
        return Judgement.BEHIND
    if kept is None or kept.life in here.earlier:
        return Judgement.READ_FIRST
    return Judgement.FINE if here.sent.covers(kept) else Judgement.BEHIND
