"""Moving a desk's file into a shared database: everything or nothing, and compared row by row before it counts."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Insert,
    StaticPool,
    Table,
    create_engine,
    event,
    func,
    insert,
    literal_column,
    select,
    text,
)

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import (
    CommitUnknown,
    DatabaseAway,
    DatabaseBusy,
    DatabaseUnusable,
    OurBug,
    RefusedError,
    StoreError,
)
from sellerdesk.store import schema, sqlite
from sellerdesk.store.journal_models import MetaRecord, OperationRecord
from sellerdesk.store.models import Base, TallyRecord
from sellerdesk.store.postgres_database import PostgresDatabase

_ROWID: Any = literal_column("rowid")
_SOME = 500
_NAME = select(MetaRecord.value).where(MetaRecord.key == "db_epoch")
_NOT_EMPTY = "The database to move to has tables already. Nothing was changed. It must be empty: createdb."


class NotMoved(RefusedError):
    """The move was refused before anything was changed; the sentence says why."""


class NotMarked(DatabaseUnusable):
    """Everything arrived, and the file does not say so: both would be opened for work."""

    def __init__(self, source: Path, target: DatabaseAddress, cause: StoreError) -> None:
        why = str(cause).partition(";")[0].rstrip(".")
        super().__init__(
            f"Everything is in {target.shown} now, but {source.name} could not be marked as moved: {why}. Please do "
            "not work with the file. Give the same command again: it compares both and marks the file."
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """``rows`` per table, as many there as here; ``still_open`` are operations that go on in the new place."""

    rows: tuple[tuple[str, int], ...]
    still_open: int

    @property
    def count(self) -> int:
        return sum(number for _, number in self.rows)


def move(source: Path, target: DatabaseAddress, password: str | None, *, dry_run: bool, durable: bool = True) -> Moved:
    """Copy every row of the file ``source`` into ``target``, which must be empty, compare, and mark the file as moved.
    A ``dry_run`` does all of it and then undoes it. Where everything is there already, as it is here, only the mark was
    missing.

    Raises NotMarked when everything arrived and the file could not be marked, CommitUnknown when it is not known
    whether it arrived; NotMoved, DatabaseUnusable or DatabaseTooNew with both left as they were.
    """
    with _alone(source) as here:
        database = PostgresDatabase(target, password, "moving", durable=durable)
        mark = insert(MetaRecord).values(key=schema.MOVED_TO, value=str(target))
        try:
            if database.revision():
                moved = _compare(here, database)
                here.execute(mark)
            else:
                moved = _copy(here, database, mark, dry_run=dry_run)
        finally:
            database.close()
        if not dry_run:
            _keep_mark(here, source, target)
    return moved


@contextmanager
def _alone(source: Path) -> Iterator[Connection]:
    """A transaction on a file that nobody else has open: in exclusive mode SQLite refuses when anybody has.
    https://www.sqlite.org/pragma.html#pragma_locking_mode"""
    if not source.is_file():
        raise NotMoved(f"There is no database {source}. Nothing was changed.")
    library = sqlite.driver()
    revision = schema.find_revision(library, source)
    if revision != schema.REVISIONS[-1]:
        raise NotMoved(
            f"The database {source.name} is older than this program. Nothing was changed. Start the desk with it once: "
            "that brings it up to date."
        )
    schema.check_not_moved(schema.read_facts(library, source), source)
    with closing(sqlite.connect(library, source)) as bare:
        engine = create_engine(
            URL.create("sqlite+pysqlite"),
            module=library,
            creator=lambda: bare,
            poolclass=StaticPool,
            hide_parameters=True,
        )
        event.listen(engine, "handle_error", lambda it: sqlite.explain(it.original_exception, source), retval=True)
        with engine.connect() as connection:
            # Not before: SQLAlchemy ends what it finds begun when it connects for the first time.
            _begin_alone(library, bare, source)
            yield connection


def _begin_alone(library: Any, bare: Any, source: Path) -> None:
    try:
        bare.execute("PRAGMA busy_timeout=0")
        bare.execute("PRAGMA locking_mode=EXCLUSIVE")
        # Its journal is written before the rows are, so that a full disk refuses the mark and not the commit.
        bare.execute("PRAGMA journal_mode=DELETE")
        bare.execute("BEGIN IMMEDIATE")
    except library.Error as error:
        known = sqlite.explain(error, source)
        if isinstance(known, DatabaseBusy):
            raise NotMoved(
                "A desk, a checkout server or another program is using this database. Nothing was changed. Please "
                "close all of them, then try again."
            ) from error
        raise known or error from error


def _copy(here: Connection, database: PostgresDatabase, mark: Insert, *, dry_run: bool) -> Moved:
    """In one transaction of the target: tables, rows, comparison. Before it is committed, ``mark`` is made here, so
    that only a commit is left to be done."""
    with database.writer.connect() as there:
        transaction = there.begin()
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            there.execute(text(f"SET LOCAL {limit} = 0"))
        schema.migrate(there)
        there.execute(MetaRecord.__table__.delete())  # type: ignore[attr-defined]
        rows = tuple((table.name, _copy_table(here, there, table)) for table in _tables())
        for table in _tables():
            if _digest(here, table) != _digest(there, table):
                raise DatabaseUnusable(
                    f"The table {table.name} did not arrive as it was, so everything was undone. The file is as it was."
                )
        here.execute(mark)
        if dry_run:
            transaction.rollback()
        else:
            _commit(transaction.commit, here, database)
    return Moved(rows, _still_open(here))


def _compare(here: Connection, database: PostgresDatabase) -> Moved:
    """For a target that has tables: an end between both commits leaves everything there, and no mark here."""
    if database.revision() != schema.REVISIONS[-1]:
        raise NotMoved(_NOT_EMPTY)
    with database.reader.connect() as there:
        if here.scalar(_NAME) != there.scalar(_NAME):
            raise NotMoved(_NOT_EMPTY)
        found = {table.name: (_digest(here, table), _digest(there, table)) for table in _tables()}
    if any(mine != theirs for mine, theirs in found.values()):
        raise NotMoved(
            "The orders of this file were moved to that database before, and one of both was worked with since. "
            "Nothing was changed. Please work with that database only, or empty it to move the file once more."
        )
    return Moved(tuple((name, count) for name, ((count, _), _) in found.items()), _still_open(here))


def _keep_mark(here: Connection, source: Path, target: DatabaseAddress) -> None:
    try:
        here.commit()
    except StoreError as error:
        raise NotMarked(source, target, error) from error


def _still_open(here: Connection) -> int:
    count = select(func.count()).select_from(OperationRecord).where(OperationRecord.finished_at.is_(None))
    return here.scalar(count) or 0


def _tables() -> list[Table]:
    """Parents before their children. Counts of orders are kept by each database in its own way."""
    return [table for table in Base.metadata.sorted_tables if table.name != TallyRecord.__tablename__]


def _copy_table(here: Connection, there: Connection, table: Table) -> int:
    """In the order in which the rows were written, which the journal goes by; how many."""
    found = here.execute(select(*table.c).select_from(table).order_by(_ROWID))
    rows = _parents_first([dict(row) for row in found.mappings()], table)
    for start in range(0, len(rows), _SOME):
        there.execute(insert(table), rows[start : start + _SOME])
    counted = table.autoincrement_column
    if counted is not None and rows:
        there.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{counted.name}'), :last)"),
            {"last": max(row[counted.name] for row in rows)},
        )
    return len(rows)


def _parents_first(rows: list[dict[str, Any]], table: Table) -> list[dict[str, Any]]:
    """Rows that point at rows of their own table stand behind these."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    (key, *_) = [column.name for column in table.primary_key]
    waiting, placed, sorted_rows = rows, set[Any](), list[dict[str, Any]]()
    while own and waiting:
        free = [row for row in waiting if all(row[name] is None or row[name] in placed for name in own)]
        if not free:
            raise OurBug(f"The rows of {table.name} point at each other in a circle.")
        placed |= {row[key] for row in free}
        sorted_rows += free
        waiting = [row for row in waiting if row[key] not in placed]
    return sorted_rows if own else rows


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    """Number and fingerprint of all rows, of every column; of the journal in the order it was written, too."""
    key = list(table.primary_key)
    order = [_ROWID] if table.name == OperationRecord.__tablename__ else key
    rows = [
        hashlib.sha256(json.dumps(list(row), sort_keys=True, ensure_ascii=False).encode()).digest()
        for row in connection.execute(select(*table.c).select_from(table).order_by(*order))
    ]
    if order is key:
        rows.sort()  # databases may sort text in different ways
    return len(rows), hashlib.sha256(b"".join(rows)).hexdigest()


def _commit(commit: Callable[[], None], here: Connection, database: PostgresDatabase) -> None:
    """When the answer is lost, the name of the database says whether it came."""
    try:
        commit()
    except DatabaseAway:
        try:
            with database.reader.connect() as again:
                arrived = bool(database.revision()) and again.scalar(_NAME) == here.scalar(_NAME)
        except DatabaseAway as error:
            raise CommitUnknown(
                "The connection was lost at the very end, so it is not known whether everything arrived. The file is "
                "as it was. When the database is back, please give the same command again before anybody works."
            ) from error
        if not arrived:
            raise
