"""PostgreSQL's side of ``dialect``: rows are held where they are read to be changed, and others are told at once."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from sellerdesk.store import search
from sellerdesk.store.models import Base, OrderRecord, table_of

CHANNEL = "sellerdesk"
WROTE = "wrote"
_HELD = "held"


class PostgresDialect:
    """Implements ``Dialect``. ``writing`` is False for transactions that only read, which hold nothing."""

    def __init__(self, *, writing: bool) -> None:
        self._writing = writing

    def insert(self, table: type[Base]) -> Insert:
        return insert(table_of(table))

    def hold(self, session: Session, chosen: Select[Any], given: str) -> None:
        """In a statement of its own, for the next one sees what was committed while this one waited.

        FOR NO KEY UPDATE, since FOR UPDATE would also wait for who only points at the row:
        https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
        """
        held = session.info.setdefault(_HELD, set())
        if self._writing and (chosen, given) not in held:
            session.connection().execute(chosen.with_for_update(key_share=True), {"given": given})
            held.add((chosen, given))

    def hold_table(self, session: Session, table: type[Base]) -> None:
        if self._writing:
            name = session.get_bind().dialect.identifier_preparer.quote(table.__tablename__)
            session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))

    def take_turn(self, session: Session, what: str) -> None:
        """https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS, of the kind that ends with
        the transaction."""
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))

    def announce(self, session: Session) -> None:
        """Told when the commit is done, not told when it fails, and not told of nothing: who hears of a change asks
        Stripe more often. https://www.postgresql.org/docs/current/sql-notify.html"""
        if session.connection().info[WROTE]:
            session.execute(select(func.pg_notify(CHANNEL, "")))

    def keep_to_ourselves(self, session: Session) -> None:
        session.connection().info[WROTE] = False

    def only(self, chosen: Select[Any], text: str) -> Select[Any]:
        return search.containing(chosen, search.read(text))

    def newest_first(self, chosen: Select[Any], text: str) -> tuple[Select[Any], ColumnElement[int]]:
        place: ColumnElement[int] = OrderRecord.arrival.expression
        return self.only(chosen, text).order_by(place.desc()), place
