"""A PostgreSQL database that several seats share, opened: its connections, and who else changed something."""

from threading import Lock

import psycopg
from psycopg import sql
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import func, select, text

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable
from sellerdesk.store import postgres, schema
from sellerdesk.store.journal_models import MetaRecord
from sellerdesk.store.postgres_dialect import CHANNEL, PostgresDialect

# An index has no owner but its table. What an extension brought is of no program, such as the views of
# pg_stat_statements: https://www.postgresql.org/docs/current/catalog-pg-depend.html
_TABLES = text("""
    SELECT count(*) FROM pg_catalog.pg_class AS found
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend
            WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = found.oid AND deptype = 'e'
        )
""")
_OURS = text("SELECT to_regclass('alembic_version') IS NOT NULL AND to_regclass('meta') IS NOT NULL")


class PostgresDatabase:
    """Implements ``Database`` for a server."""

    def __init__(self, address: DatabaseAddress, password: str | None, seat: str, *, durable: bool = True) -> None:
        self._address = address
        self._password = password
        self._seat = seat
        self.writer = postgres.make_engine(address, password, seat, writing=True, durable=durable)
        self.reader = postgres.make_engine(address, password, seat, writing=False, durable=durable)
        self.writing = PostgresDialect(writing=True)
        self.reading = PostgresDialect(writing=False)
        self._watch_lock = Lock()
        self._listener: postgres.Connection | None = None
        self._heard = 0

    def revision(self) -> str:
        """The revision of the tables, '' where there are none. Raises DatabaseUnusable and DatabaseTooNew."""
        with self.reader.connect() as connection:
            return self._find_revision(connection)

    def shop(self) -> str | None:
        """Whose the tables are; None where that is not known yet."""
        with self.reader.connect() as connection:
            return connection.scalar(select(MetaRecord.value).where(MetaRecord.key == schema.SHOP))

    def upgrade(self) -> None:
        """In one transaction, and one seat after another: all of them start in the morning."""
        with self.writer.connect() as connection, connection.begin():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(schema.APPLICATION_ID)))
            if self._find_revision(connection) != schema.REVISIONS[-1]:
                schema.migrate(connection)

    def changes(self) -> int:
        """Counts what was told by all who committed; an answer of the server comes after all that was told before it.
        What was told while nobody listened is made up for by counting each new beginning.
        https://www.postgresql.org/docs/current/sql-listen.html"""
        with self._watch_lock:
            listener = self._listener or postgres.connect(self._address, self._password, self._seat, autocommit=True)
            try:
                if listener is not self._listener:
                    self._listen(listener)
                listener.execute("SELECT 1")
            except psycopg.Error:
                listener.close()
                self._listener = None
                raise postgres.away(self._address) from None
            return self._heard

    def close(self) -> None:
        with self._watch_lock:
            if self._listener is not None:
                self._listener.close()
                self._listener = None
        self.reader.dispose()
        self.writer.dispose()

    def _listen(self, connection: postgres.Connection) -> None:
        connection.add_notify_handler(self._hear)
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        self._listener = connection
        self._heard += 1

    def _hear(self, _told: psycopg.Notify) -> None:
        self._heard += 1

    def _find_revision(self, connection: SqlConnection) -> str:
        if not connection.scalar(_TABLES):
            return ""
        if not connection.scalar(_OURS):
            raise DatabaseUnusable(
                f"The database {self._address.shown} has tables of another program. Nothing was changed in it. "
                "SellerDesk needs a database of its own: createdb."
            )
        revision = connection.scalar(text("SELECT max(version_num) FROM alembic_version"))
        if revision not in schema.REVISIONS:
            raise DatabaseTooNew
        return str(revision)


def open_server(
    address: DatabaseAddress, password: str | None, seat: str, shop: str = "", *, durable: bool
) -> PostgresDatabase:
    """Make or upgrade the tables where needed; those that are upgraded are of ``shop``. Raises DatabaseUnusable or
    DatabaseTooNew, each before anything was changed."""
    database = PostgresDatabase(address, password, seat, durable=durable)
    try:
        revision = database.revision()
        if revision not in ("", schema.REVISIONS[-1]):
            schema.check_shop(database.shop(), shop)
        if revision != schema.REVISIONS[-1]:
            database.upgrade()
    except BaseException:
        database.close()
        raise
    return database
