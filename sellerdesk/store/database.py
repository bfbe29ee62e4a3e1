"""The open database: where transactions come from, and whether anybody else changed something."""

from pathlib import Path
from threading import Lock
from typing import Protocol

from sqlalchemy import Engine, select, text

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import OurBug
from sellerdesk.store import schema, sqlite
from sellerdesk.store.dialect import Dialect
from sellerdesk.store.journal_models import MetaRecord
from sellerdesk.store.sqlite_database import SqliteDatabase, open_file
from sellerdesk.store.unit_of_work import SqlUnitOfWork

# A key's fingerprint stands for the account only until that is known, once and for all.
_KEEP_FOR = text(
    "INSERT INTO meta (key, value) VALUES ('shop', :shop) ON CONFLICT (key) DO UPDATE SET value = excluded.value "
    "WHERE meta.value LIKE :same_mode AND excluded.value NOT LIKE 'key-%'"
)


class Database(Protocol):
    """An opened database of one kind. ``writing`` and ``reading`` are its ways in transactions of each sort."""

    @property
    def writer(self) -> Engine: ...
    @property
    def reader(self) -> Engine: ...
    @property
    def writing(self) -> Dialect: ...
    @property
    def reading(self) -> Dialect: ...
    def upgrade(self) -> None: ...
    def changes(self) -> int: ...
    def close(self) -> None: ...


class SqlStore:
    """One open database; implements the port ``Store``. Safe to use from several threads.

    ``seat`` is the name under which this program works, ``place`` the database's file or address.
    """

    def __init__(self, database: Database, place: "Path | DatabaseAddress", seat: str) -> None:
        self.place = place
        self.seat = seat
        self._database = database
        self._writer = database.writer
        self._reader = database.reader
        self._turn = Lock()
        self._closed = False

    @property
    def path(self) -> Path:
        """The file. Raises OurBug where there is none."""
        if not isinstance(self.place, Path):
            raise OurBug("A shared database was taken for a file.")
        return self.place

    def upgrade(self) -> None:
        """Bring the schema to the newest revision. Raises StoreError's family."""
        self._database.upgrade()

    def write(self) -> SqlUnitOfWork:
        """A writing transaction; one at a time per process. Entering it raises DatabaseUnusable."""
        self._check_open()
        return SqlUnitOfWork(self._writer, self._database.writing, self._turn)

    def read(self) -> SqlUnitOfWork:
        """A reading one, on one unchanging state of the database. A write in it raises OurBug."""
        self._check_open()
        return SqlUnitOfWork(self._reader, self._database.reading, None)

    def changes(self) -> int:
        """A number that is another one as soon as any transaction of any program was committed. Raises
        DatabaseUnusable."""
        self._check_open()
        return self._database.changes()

    def installation(self) -> str:
        """The random name of this database, which marks the intents made from it. Raises DatabaseUnusable."""
        self._check_open()
        with self._reader.connect() as connection:
            return str(connection.scalar(select(MetaRecord.value).where(MetaRecord.key == "db_epoch")))

    def keep_for(self, shop: str) -> None:
        """Note that this database is for ``shop``, the name of its profile. Raises DatabaseUnusable when it is for
        another one: orders of two accounts, or of live and test mode, must never meet."""
        with self._writer.connect() as connection, connection.begin():
            connection.execute(_KEEP_FOR, {"shop": shop, "same_mode": f"key-%-{shop.rpartition('-')[2]}"})
            known = str(connection.scalar(select(MetaRecord.value).where(MetaRecord.key == schema.SHOP)))
        schema.check_shop(known, shop)

    def close(self) -> None:
        """Wait for the transaction that is writing, then let the database go. A second time does nothing."""
        with self._turn:
            self._closed = True
            self._database.close()

    def _check_open(self) -> None:
        if self._closed:
            raise OurBug("The database was used after it was closed.")


def look_into(place: Path | DatabaseAddress, *, password: str | None = None) -> SqlStore:
    """Open a database as it is, to look at it: it is neither made nor upgraded. Raises DatabaseUnusable."""
    if isinstance(place, Path):
        return SqlStore(SqliteDatabase(sqlite.driver(), place), place, "doctor")
    from sellerdesk.store.postgres_database import PostgresDatabase

    return SqlStore(PostgresDatabase(place, password, "doctor"), place, "doctor")


def open_store(
    place: Path | DatabaseAddress, *, seat: str, shop: str = "", durable: bool = True, password: str | None = None
) -> SqlStore:
    """Open the database in a file or on a server; make or upgrade it where needed. ``seat`` names this program,
    ``shop`` is the profile that it must be for, '' where that does not matter. A database that is thrown away
    afterwards, as the demo's is, need not be ``durable``. ``password`` is the server's; without one its own ways hold:
    https://www.postgresql.org/docs/current/libpq-pgpass.html

    Raises DatabaseUnusable, DatabaseTooNew or ReadOnlyPlace, each before anything was changed.
    """
    if isinstance(place, Path):
        store = SqlStore(open_file(place, shop, durable=durable), place, seat)
    else:
        from sellerdesk.store.postgres_database import open_server

        store = SqlStore(open_server(place, password, seat, shop, durable=durable), place, seat)
    if shop:
        try:
            store.keep_for(shop)
        except BaseException:
            store.close()
            raise
    return store
