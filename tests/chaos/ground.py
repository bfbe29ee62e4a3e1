"""The database that every simulation starts from: one shop with a catalogue, made once and copied."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore, open_store
from tests.wiring import PRODUCTS, RATES


class Ground:
    """Put back to its beginning for each seed. A power cut may take it: nothing in it is worth a sync."""

    def __init__(self, template: Path) -> None:
        self._template = template
        self._path = template.with_name("shop.db")

    @contextmanager
    def fresh(self, statements: Sequence[str] = ()) -> Iterator[SqlStore]:
        """The database as it was made, open, after ``statements`` were carried out in it."""
        for leftover in self._path.parent.glob("shop.db*"):
            leftover.unlink()
        shutil.copy(self._template, self._path)
        _run(self._path, *((each, ()) for each in statements))
        store = open_store(self._path, seat="Ground", durable=False)
        try:
            yield store
        finally:
            store.close()


def shop_ground(folder: Path) -> Ground:
    """A new ground in ``folder``."""
    template = folder / "template.db"
    store = open_store(template, seat="Ground", durable=False)
    with store.write() as unit:
        unit.catalogue.replace(PRODUCTS, RATES)
        unit.commit()
    store.close()
    # The database's own name must be the same in each run.
    _run(template, ("UPDATE meta SET value = ? WHERE key = 'db_epoch'", ("5eed" * 8,)))
    return Ground(template)


def _run(path: Path, *statements: tuple[str, tuple[str, ...]]) -> None:
    with closing(sqlite.connect(sqlite.driver(), path)) as connection:
        for statement, values in statements:
            connection.execute(statement, values)
