"""A store whose database fails now and then: busy, full, or lost over a commit. The real one is behind it."""

from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from sellerdesk.domain.errors import CommitUnknown, DatabaseBusy, DatabaseUnusable
from sellerdesk.store.database import SqlStore
from sellerdesk.store.unit_of_work import SqlUnitOfWork


class Failure(StrEnum):
    """What happens to one writing transaction."""

    BUSY = "database busy"
    FULL = "disk full"
    LOST_BEFORE = "connection lost, not saved"
    LOST_AFTER = "connection lost, saved"


Ask = Callable[[], Failure | None]
Commit = Callable[[Callable[[], None]], None]


class ShakyStore:
    """Implements the port ``Store``. ``ask`` is asked before each writing transaction what shall happen to it;
    ``around`` is given each commit to make, and may break off before or after it."""

    def __init__(self, store: SqlStore, ask: Ask, around: Commit) -> None:
        self._store = store
        self._ask = ask
        self._around = around

    def write(self) -> "ShakyUnit":
        return ShakyUnit(self._store.write(), self._ask(), self._around)

    def read(self) -> SqlUnitOfWork:
        return self._store.read()

    def installation(self) -> str:
        return self._store.installation()


class ShakyUnit:
    """One transaction; everything but its beginning and its end is the real one's."""

    def __init__(self, unit: SqlUnitOfWork, failure: Failure | None, around: Commit) -> None:
        self._unit = unit
        self._failure = failure
        self._around = around

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def commit(self) -> None:
        if self._failure is Failure.FULL:
            raise DatabaseUnusable("The database cannot grow because the disk is full; nothing was changed.")
        if self._failure is not Failure.LOST_BEFORE:
            self._around(self._unit.commit)
        if self._failure in (Failure.LOST_BEFORE, Failure.LOST_AFTER):
            raise CommitUnknown("The connection to the database was lost while it saved.")

    def __enter__(self) -> Self:
        if self._failure is Failure.BUSY:
            raise DatabaseBusy("The database is kept busy by another program; nothing was changed.")
        self._unit.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unit.__exit__(kind, error, trace)
