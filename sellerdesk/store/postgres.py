"""PostgreSQL: how a connection is set up, what its server must promise, and what its errors mean."""

from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg import IsolationLevel, errors
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.pool import QueuePool

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseUnusable,
    OurBug,
    PasswordNeeded,
    SellerDeskError,
)
from sellerdesk.store.failures import ConstraintBroken, not_storable, written_while_reading
from sellerdesk.store.postgres_dialect import WROTE

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

_OLDEST = 130000
_CONNECT_SECONDS = 5
# Milliseconds. Whoever is in the way is waited for, but not for long; and nobody is in the way for long.
# https://www.postgresql.org/docs/current/runtime-config-client.html
_LIMITS = "-c lock_timeout=3000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=10000"
# Seconds. A server whose computer vanished between question and answer leaves nothing on its way that could time out;
# without asking, a desk would hang for two hours. https://www.postgresql.org/docs/current/libpq-connect.html
_ASK_WHETHER_ALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_LONGEST_NAME = 63

# Without these a power cut may take what was committed: https://www.postgresql.org/docs/current/runtime-config-wal.html
_PROMISES = ("fsync", "full_page_writes", "synchronous_commit")
_ASK = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery()"

# Classes and codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = {"57P01", "57P02", "57P03", "57P05", "25P03"}
_BUSY = {"40001", "40P01", "55P03", "57014"}
_READ_ONLY = "25006"
_NOT_ALLOWED = "42501"
_MEANING = {
    "53100": "cannot grow because the disk of its server is full; nothing was changed",
    "53200": "cannot work because its server has no memory left; nothing was changed",
    "53300": "takes no more connections; nothing was changed. Please close a desk, or allow its server more of them",
}


def connect(address: DatabaseAddress, password: str | None, seat: str, *, autocommit: bool = False) -> Connection:
    """A bare connection. What is not this computer is reached under TLS only, and must prove who it is.
    Raises DatabaseUnusable."""
    more: dict[str, Any] = dict(_ASK_WHETHER_ALIVE)
    if not address.is_local:
        more |= {"sslmode": "verify-full", "sslrootcert": _authorities()}
    more.update(address.options)
    try:
        return psycopg.connect(
            host=address.host,
            port=address.port,
            dbname=address.name,
            user=address.user,
            password=password,
            autocommit=autocommit,
            application_name=seat.encode()[:_LONGEST_NAME].decode(errors="ignore"),
            client_encoding="UTF8",
            connect_timeout=_CONNECT_SECONDS,
            options=_LIMITS,
            prepare_threshold=None,  # a statement prepared before another seat's upgrade would fail after it
            tcp_user_timeout=10_000,
            **more,
        )
    except (psycopg.Error, UnicodeError) as error:
        raise _no_connection(error, address) from None


def _authorities() -> str:
    """The file of certificates that is used where none is named, else those of the system.
    https://www.postgresql.org/docs/current/libpq-ssl.html"""
    own = Path.home() / ".postgresql" / "root.crt"
    return str(own) if own.is_file() else "system"


def make_engine(address: DatabaseAddress, password: str | None, seat: str, *, writing: bool, durable: bool) -> Engine:
    """Connections for one kind of transaction. Writing ones see what others committed until their last statement, and
    hold what they change; reading ones see one state of the database, and refuse to write. Without ``durable`` the
    server need not promise that what was committed stays."""

    def create() -> Connection:
        connection = connect(address, password, seat)
        try:
            check_server(connection, address, durable=durable)
            connection.isolation_level = IsolationLevel.READ_COMMITTED if writing else IsolationLevel.REPEATABLE_READ
            connection.read_only = not writing
        except BaseException:
            connection.close()
            raise
        return connection

    def translate(context: ExceptionContext) -> BaseException | None:
        if context.is_pre_ping:
            return None  # a new connection is made
        return explain(context.original_exception, address, writing=writing)

    engine = create_engine(
        "postgresql+psycopg://",
        creator=create,
        poolclass=QueuePool,
        pool_size=1 if writing else 4,
        max_overflow=-1,
        pool_pre_ping=True,  # a server that was started anew is no reason to fail
        hide_parameters=True,  # shoppers' names and addresses stay out of tracebacks and logs
    )
    event.listen(engine, "handle_error", translate, retval=True)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "after_cursor_execute", _note)
    return engine


def _begin(connection: SqlConnection) -> None:
    connection.info[WROTE] = False


def _note(connection: SqlConnection, cursor: Any, _text: str, _values: Any, context: Any, _many: bool) -> None:
    """Whether a row was written: one that was only held is not news."""
    if (context.isinsert or context.isupdate or context.isdelete) and cursor.rowcount:
        connection.info[WROTE] = True


def check_server(connection: Connection, address: DatabaseAddress, *, durable: bool) -> None:
    """Raises DatabaseUnusable for a server that money cannot be trusted to."""
    try:
        promised = ", ".join(f"current_setting('{name}')" for name in _PROMISES)
        found = connection.execute(f"{_ASK}, {promised}").fetchone()
        connection.rollback()
    except psycopg.Error as error:
        raise explain(error, address) or error from None
    assert found is not None
    version, encoding, is_copy, *promises = found
    if version < _OLDEST:
        raise DatabaseUnusable(
            f"The server of the database {address.shown} is too old: SellerDesk needs PostgreSQL 13 or newer."
        )
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"The database {address.shown} cannot hold every name (its encoding is {encoding}). "
            "Please have it made with ENCODING 'UTF8'."
        )
    if is_copy:
        raise DatabaseUnusable(f"The database {address.shown} is a copy that nothing can be saved in.")
    broken = [name for name, value in zip(_PROMISES, promises, strict=True) if value == "off"]
    if durable and broken:
        raise DatabaseUnusable(
            f"The server of the database {address.shown} may lose what it has saved in a power cut, since "
            f"{' and '.join(broken)} {'is' if len(broken) == 1 else 'are'} off. Please have that switched on: "
            "SellerDesk writes down every payment before it asks Stripe for it."
        )


def explain(error: BaseException, address: DatabaseAddress, *, writing: bool = True) -> SellerDeskError | None:
    """The error of ours for one of PostgreSQL's; None for one that is none of PostgreSQL's, or says nothing."""
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return not_storable()
    if not isinstance(error, psycopg.Error):
        return None
    code, sentence = error.sqlstate or "", error.diag.message_primary or ""
    if code:
        error.args = (sentence,)  # the rest repeats what was to be stored
    where = f"The database {address.shown}"
    if code.startswith("08") or code in _AWAY:
        return away(address)
    if isinstance(error, errors.OperationalError | errors.InterfaceError) and not code:
        return away(address)
    if code in _BUSY:
        return DatabaseBusy(f"{where} is kept busy by another seat; nothing was changed, please try again.")
    if code.startswith("23"):
        return ConstraintBroken(error.diag.constraint_name or sentence)
    if code == _READ_ONLY:
        if not writing:
            return written_while_reading()
        return DatabaseUnusable(f"{where} is read-only; nothing can be saved in it.")
    if code == _NOT_ALLOWED:
        return DatabaseUnusable(
            f"{where} may not be used by this user as SellerDesk needs it ({sentence}). Nothing was changed. The user "
            "should own the database."
        )
    if code in _MEANING:
        return DatabaseUnusable(f"{where} {_MEANING[code]}.")
    if code.startswith(("53", "58", "XX")):
        return DatabaseUnusable(f"{where} cannot be read or written; its server says: {sentence}.")
    if isinstance(error, errors.DataError):
        return not_storable()
    return OurBug(f"The database did not understand us ({sentence or type(error).__name__}).")


def away(address: DatabaseAddress) -> DatabaseAway:
    """For a connection that was lost."""
    return DatabaseAway(
        f"The database {address.shown} does not answer. Nothing is lost, and nothing is sent to Stripe until it is "
        "back."
    )


def _no_connection(error: BaseException, address: DatabaseAddress) -> DatabaseUnusable:
    """The server's answer to a connection has no code of its own: only words."""
    said = [line.strip() for line in str(error).splitlines()]
    why = next((line for line in said if "FATAL:" in line), said[0] if said else "")
    why = why.rpartition("FATAL:")[2].rpartition(" failed: ")[2].strip()
    if "password" in why or "fe_sendauth" in why:
        return PasswordNeeded(
            f"The database {address.shown} wants another password for {address.user} than it got. Nothing is lost."
        )
    return DatabaseAway(
        f"The database {address.shown} cannot be reached ({_shortened(why)}). Nothing is lost, and nothing is sent to "
        "Stripe until it is."
    )


def _shortened(why: str) -> str:
    cause = why.rstrip(".")
    return cause if len(cause) <= 200 else f"{cause[:200]}…"
