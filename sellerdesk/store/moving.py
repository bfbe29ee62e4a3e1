"""Moving a desk's file into a shared database: everything or nothing, and compared row by row before it counts."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, StaticPool, Table, create_engine, func, insert, literal_column, select, text

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import CommitUnknown, DatabaseAway, DatabaseBusy, DatabaseUnusable, OurBug, RefusedError
from sellerdesk.store import schema, sqlite
from sellerdesk.store.journal_models import MetaRecord, OperationRecord
from sellerdesk.store.models import Base, TallyRecord
from sellerdesk.store.postgres_database import PostgresDatabase

_ROWID: Any = literal_column("rowid")
_SOME = 500


class NotMoved(RefusedError):
    """The move was refused before anything was changed; the sentence says why."""


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
    A ``dry_run`` does all of it and then undoes it.

    Raises NotMoved, DatabaseUnusable or DatabaseTooNew with both left as they were.
    """
    with _alone(source) as here:
        database = PostgresDatabase(target, password, "moving", durable=durable)
        try:
            moved = _copy(here, database, dry_run=dry_run)
        finally:
            database.close()
        if not dry_run:
            here.execute(insert(MetaRecord).values(key=schema.MOVED_TO, value=str(target)))
            here.commit()
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
        try:
            bare.execute("PRAGMA busy_timeout=0")
            bare.execute("PRAGMA locking_mode=EXCLUSIVE")
            bare.execute("BEGIN IMMEDIATE")
            with engine.connect() as connection:
                yield connection
        except library.OperationalError as error:
            known = sqlite.explain(error, source)
            if isinstance(known, DatabaseBusy):
                raise NotMoved(
                    "A desk, a checkout server or another program is using this database. Nothing was changed. Please "
                    "close all of them, then try again."
                ) from error
            raise known or error from error
        finally:
            if bare.in_transaction:
                bare.rollback()


def _copy(here: Connection, database: PostgresDatabase, *, dry_run: bool) -> Moved:
    """In one transaction of the target: tables, rows, comparison."""
    if database.revision():
        raise NotMoved("The database to move to has tables already. Nothing was changed. It must be empty: createdb.")
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
        still_open = there.scalar(
            select(func.count()).select_from(OperationRecord).where(OperationRecord.finished_at.is_(None))
        )
        if dry_run:
            transaction.rollback()
        else:
            _commit(transaction.commit, here, database)
    return Moved(rows, still_open or 0)


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
        name = select(MetaRecord.value).where(MetaRecord.key == "db_epoch")
        try:
            with database.reader.connect() as again:
                arrived = bool(database.revision()) and again.scalar(name) == here.scalar(name)
        except DatabaseAway as error:
            raise CommitUnknown(
                "The connection was lost at the very end, so it is not known whether everything arrived. The file is "
                "as it was. When the database is back, empty it if there are tables in it, and move again."
            ) from error
        if not arrived:
            raise
