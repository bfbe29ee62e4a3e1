"""SQLite: which library, how a connection is set up, when a transaction begins, and what its errors mean."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sellerdesk.domain.errors import DatabaseBusy, DatabaseUnusable, OurBug, SellerDeskError
from sellerdesk.store.failures import ConstraintBroken, not_storable, written_while_reading

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, ExceptionContext

# Before this version two connections that write and checkpoint at the same moment can lose committed data:
# https://www.sqlite.org/wal.html#walresetbug
_OLDEST = (3, 51, 3)

_PATIENCE_SECONDS = 10

_PRAGMAS = (
    f"PRAGMA busy_timeout={_PATIENCE_SECONDS * 1000}",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)

# Primary result codes: https://www.sqlite.org/rescode.html
_MEANING = {
    3: "may not be used by this user",
    8: "is read-only; nothing can be saved in it",
    10: "cannot be read or written; the disk may be failing or no longer connected",
    11: "is damaged; please restore a backup",
    13: "cannot grow because the disk is full; nothing was changed",
    14: "cannot be opened; look whether its folder exists and belongs to you",
    23: "may not be used by this user",
    26: "is no database",
}
_CONSTRAINT = 19
_BUSY = 5
_LOCKED = 6


def sqlite_version() -> str:
    """The version of the SQLite that will be used. Raises DatabaseUnusable."""
    return str(driver().sqlite_version)


def driver() -> Any:
    """The SQLite library to use: ``pysqlite3``, else Python's own if it is new enough.

    Raises DatabaseUnusable when neither is.
    """
    candidates: list[Any] = []
    try:
        import pysqlite3

        candidates.append(pysqlite3)
    except ImportError:
        pass
    candidates.append(sqlite3)
    return choose_driver(candidates)


def choose_driver(candidates: list[Any]) -> Any:
    """The first of ``candidates`` that is safe with several writers. Raises DatabaseUnusable."""
    for candidate in candidates:
        if candidate.sqlite_version_info >= _OLDEST:
            return candidate
    wanted = ".".join(str(part) for part in _OLDEST)
    raise DatabaseUnusable(
        f"SQLite {candidates[-1].sqlite_version} can lose data when two programs write at once. "
        f"SellerDesk needs SQLite {wanted} or newer: please install the Python package pysqlite3."
    )


def connect(library: Any, path: Path) -> Any:
    """A bare connection that begins no transaction by itself and may be used from any thread."""
    connection = library.connect(str(path), isolation_level=None, check_same_thread=False, timeout=_PATIENCE_SECONDS)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except library.Error:
        connection.close()
        raise
    return connection


def make_engine(
    library: Any, path: Path, check: Callable[[], None], *, writing: bool, durable: bool = True
) -> "Engine":
    """Connections for one kind of transaction: IMMEDIATE for writing; for reading, the connection refuses to write.
    Without ``durable`` a power cut may take what was committed. ``check`` raises where the file may not be used any
    more: before each connection, at the beginning of a transaction, and before it is committed.

    SQLAlchemy is imported here only: who copies a file starts without it.
    """
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.pool import QueuePool

    def open_checked() -> Any:
        check()
        return connect(library, path)

    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=library,
        creator=open_checked,
        poolclass=QueuePool,
        pool_size=1 if writing else 4,
        max_overflow=-1,
        hide_parameters=True,  # shoppers' names and addresses stay out of tracebacks and logs
    )

    def set_up(connection: Any, _record: Any) -> None:
        if _switch_to_wal(library, connection) != "wal":
            raise DatabaseUnusable(f"The place of {path.name} cannot hold a database that two programs use at once.")
        if not writing:
            connection.execute("PRAGMA query_only=ON")
        elif not durable:
            connection.execute("PRAGMA synchronous=OFF")

    def begin(connection: "Connection") -> None:
        check()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def translate(context: "ExceptionContext") -> BaseException | None:
        return explain(context.original_exception, path, writing=writing)

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", lambda _connection: check())
    event.listen(engine, "handle_error", translate, retval=True)
    return engine


def _switch_to_wal(library: Any, connection: Any) -> str:
    """The journal mode after asking for WAL. Of two programs that switch a new file at the same moment SQLite
    refuses one at once, whatever the busy timeout says; it asks again."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except library.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def explain(error: BaseException, path: Path, *, writing: bool = True) -> SellerDeskError | None:
    """The error of ours for one of SQLite's; None for one that is none of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return not_storable()
    if code is None:
        return None
    primary = code & 0xFF
    if primary == _CONSTRAINT:
        return ConstraintBroken(str(error))
    if primary == 8 and not writing:
        return written_while_reading()
    if primary in (_BUSY, _LOCKED):
        return DatabaseBusy(
            f"The database {path.name} is kept busy by another program; nothing was changed, please try again."
        )
    if primary in _MEANING:
        return DatabaseUnusable(f"The database {path.name} {_MEANING[primary]}.")
    return OurBug(f"The database did not understand us ({error}).")
