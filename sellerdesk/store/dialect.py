"""Where SQLite and PostgreSQL differ: this list, and no question elsewhere about which of them it is.

SQLite lets one program write at a time, so that whoever writes has everything to itself. In PostgreSQL others write
meanwhile: an order is held (then its operations, then its refunds, always in this order) before it is read to be
changed.
"""

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from sellerdesk.store.models import Base, OrderRecord

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

_KEY = "dialect"
GIVEN: BindParameter[str] = bindparam("given")
_ORDER: Select[Any] = select(OrderRecord.id).where(OrderRecord.id == GIVEN)


class Dialect(Protocol):
    """The differences, as they are needed inside a transaction."""

    def insert(self, table: type[Base]) -> "SqliteInsert | PostgresInsert":
        """An INSERT that can say ON CONFLICT."""
        ...

    def hold(self, session: Session, chosen: Select[Any], given: str) -> None:
        """Let nobody else change the rows of ``chosen`` before this transaction ends; wait for who does.
        ``chosen`` is a statement built once, with the parameter ``given``. When only reading: nothing."""
        ...

    def hold_table(self, session: Session, table: type[Base]) -> None:
        """Let nobody else change any row of ``table`` before this transaction ends."""
        ...

    def take_turn(self, session: Session, what: str) -> None:
        """Wait until no other transaction has its turn at ``what``; ours ends with the transaction."""
        ...

    def announce(self, session: Session) -> None:
        """Before the commit: tell the other programs that something changed."""
        ...

    def keep_to_ourselves(self, session: Session) -> None:
        """What was written so far is nothing to be told, where telling can be left out."""
        ...

    def only(self, chosen: Select[Any], text: str) -> Select[Any]:
        """Of ``chosen`` orders those that ``text`` means: all of its words are in the order, anywhere; no word means
        all. A reference may be typed in any of its ways ('k7qp 3mx2', with O for 0)."""
        ...

    def newest_first(self, chosen: Select[Any], text: str) -> tuple[Select[Any], ColumnElement[int]]:
        """Like ``only``, the newest first, and the column of arrivals that this goes by."""
        ...


def session_info(dialect: Dialect) -> dict[Any, Any]:
    """What a session must be made with."""
    return {_KEY: dialect}


def of(session: Session) -> Dialect:
    """The dialect of the database that ``session`` works on."""
    dialect: Dialect = session.info[_KEY]
    return dialect


def hold_order(session: Session, order_id: str) -> None:
    """Have an order to oneself until the transaction ends. Everything that belongs to an order is changed under it."""
    of(session).hold(session, _ORDER, order_id)


def upsert(session: Session, table: type[Base]) -> "SqliteInsert | PostgresInsert":
    """An INSERT into ``table`` that can say ON CONFLICT."""
    return of(session).insert(table)
