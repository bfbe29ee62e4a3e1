"""Databases of both kinds for one test: opened as the program does it, and looked into past all of it."""

from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import psycopg

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore, open_store

Place: TypeAlias = Path | DatabaseAddress
library = sqlite.driver()
RULE_BROKEN = (library.IntegrityError, psycopg.IntegrityError)


def open_place(place: Place, seat: str = "packing-1") -> SqlStore:
    """Neither the tests' server nor their files are meant to survive a power cut."""
    return open_store(place, seat=seat, durable=False)


def engine_of(place: Place) -> str:
    """What keeps it, as a reader knows it."""
    return "SQLite" if isinstance(place, Path) else "PostgreSQL"


def run_sql(place: Place, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a statement answers on a connection of its own; ``?`` stands for each value."""
    if isinstance(place, Path):
        with closing(sqlite.connect(library, place)) as connection:
            return [tuple(row) for row in connection.execute(statement, values).fetchall()]
    with psycopg.connect(
        host=place.host, port=place.port, dbname=place.name, user=place.user, autocommit=True
    ) as connection:
        answer = connection.execute(statement.replace("?", "%s").encode(), values or None)
        return answer.fetchall() if answer.description else []
