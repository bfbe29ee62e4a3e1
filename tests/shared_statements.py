"""Statements compiled once a process, for all databases of one kind.

SQLAlchemy keeps what it compiled with each engine; the program opens one database and gains by that, while here each
test opens one of its own and would compile the same statements anew. Engines of one kind are made alike, so that what
was compiled for one holds for all of them.
https://docs.sqlalchemy.org/en/21/core/connections.html#sql-compilation-caching
"""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


def share_statements() -> None:
    """From now on, in this process."""
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        _share(kind)


def _share(kind: Any) -> None:
    compiled: Any = {}

    def engine_created(engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=compiled)

    # The dialect is part of each statement's key, and remembers how it reads and writes each type of column.
    kind.__eq__ = lambda one, other: type(one) is type(other)
    kind.__hash__ = lambda one: hash(type(one))
    kind._type_memos = WeakKeyDictionary()
    kind.engine_created = staticmethod(engine_created)
