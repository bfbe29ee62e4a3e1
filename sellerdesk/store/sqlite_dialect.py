"""SQLite's side of ``dialect``: whoever writes is alone, and words are found by an index of pieces."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, column, literal, select, table
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.orm import Session

from sellerdesk.store import search
from sellerdesk.store.models import Base, OrderRecord, table_of

# One row for each order, kept by triggers; finds pieces of three letters: https://www.sqlite.org/fts5.html
_INDEX = table("order_search", column("rowid", Integer), column("order_search", Text))
_SHORTEST = 3


class SqliteDialect:
    """Implements ``Dialect``. A writing transaction began IMMEDIATE: nobody else writes until it ends."""

    def insert(self, table: type[Base]) -> Insert:
        return insert(table_of(table))

    def hold(self, session: Session, chosen: Select[Any], given: str) -> None:
        """Held from the beginning."""

    def hold_table(self, session: Session, table: type[Base]) -> None:
        """Held from the beginning."""

    def take_turn(self, session: Session, what: str) -> None:
        """Taken from the beginning."""

    def announce(self, session: Session) -> None:
        """The file itself tells: https://www.sqlite.org/pragma.html#pragma_data_version"""

    def keep_to_ourselves(self, session: Session) -> None:
        """The file tells of every commit."""

    def only(self, chosen: Select[Any], text: str) -> Select[Any]:
        wanted = search.read(text)
        question = _question(wanted)
        if question:
            chosen = chosen.where(OrderRecord.arrival.in_(select(_INDEX.c.rowid).where(_asks(question))))
        return search.containing(chosen, _rest(wanted))

    def newest_first(self, chosen: Select[Any], text: str) -> tuple[Select[Any], ColumnElement[int]]:
        """The index of words is walked in that order itself, so that a word in every order costs no more than a rare
        one."""
        wanted = search.read(text)
        question = _question(wanted)
        if not question:
            place: ColumnElement[int] = OrderRecord.arrival.expression
        else:
            place = _INDEX.c.rowid
            chosen = chosen.join(_INDEX, place == OrderRecord.arrival).where(_asks(question))
        return search.containing(chosen, _rest(wanted)).order_by(place.desc()), place


def _question(wanted: search.Wanted) -> str:
    """What to ask the index of words, '' for nothing."""
    long = " ".join(_phrase(word) for word in wanted.words if len(word) >= _SHORTEST)
    return f"({long}) OR {_phrase(wanted.reference)}" if long and wanted.reference else long


def _rest(wanted: search.Wanted) -> search.Wanted:
    """What the index cannot know: words shorter than its pieces."""
    short = tuple(word for word in wanted.words if len(word) < _SHORTEST)
    return search.Wanted(short, wanted.reference if short else "")


def _phrase(word: str) -> str:
    """https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    quoted = word.replace('"', '""')
    return f'"{quoted}"'


def _asks(question: str) -> ColumnElement[bool]:
    return _INDEX.c.order_search.op("MATCH", is_comparison=True)(literal(question))
