"""Ports about the database as a whole: how old it is, what was sent from it, and copies of it."""

from pathlib import Path
from typing import Protocol

from sellerdesk.domain.standing import Behind, Sent, Standing


class DatabaseStanding(Protocol):
    """How old the database is, and bringing one up to date that came back from the past."""

    def look(self) -> Standing: ...

    def sent(self) -> Sent:
        """How often each seat has sent by now."""
        ...

    def behind(self) -> Behind | None:
        """While it is older than the world, nothing can be planned or sent from it: both raise CatchingUp."""
        ...

    def fall_behind(self, as_of: int, at: int) -> None:
        """It is older than the world, from ``as_of`` (seconds UTC): every open operation is unknown from now on, what
        was only planned, too. It may have been sent up to ``at``, which stands among its tries."""
        ...

    def read_planned_first(self, at: int) -> None:
        """Operations that are only planned count as unknown from now on: they may have been sent from elsewhere, up to
        ``at`` (seconds UTC)."""
        ...

    def catch_up(self, sent: Sent) -> None:
        """It is up to date again and begins the life that ``sent`` names, counting on from there."""
        ...

    def intents(self, shipped_since: int, *, everything: bool) -> tuple[str, ...]:
        """The payments that may have moved since an older time: not at their end, or captured and not shipped, or
        shipped after ``shipped_since`` (seconds UTC), or with an open operation; ``everything`` gives all."""
        ...

    def versions(self) -> dict[str, int]:
        """The version of each order by its id."""
        ...


class SentMemory(Protocol):
    """What was sent, kept outside of the database. Never raises: what cannot be kept or read is not known."""

    def kept(self) -> Sent | None:
        """What was reached at least; None where nobody knows."""
        ...

    def keep(self, sent: Sent) -> None:
        """Make it last before this returns. Of one life the higher count of each seat stays; a new life replaces the
        old one."""
        ...


class Backups(Protocol):
    """Copies of the database. Times are seconds UTC."""

    def is_due(self, now: int) -> bool:
        """Whether none was made today."""
        ...

    def make(self, now: int) -> Path:
        """Make one; where it is. Raises WorldError's family, with everything as it was."""
        ...
