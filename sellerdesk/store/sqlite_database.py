"""A SQLite file, opened: its connections, and who else changed something."""

import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.store import schema, sqlite
from sellerdesk.store.backup import FileBackups
from sellerdesk.store.same_file import SameFile
from sellerdesk.store.sqlite_dialect import SqliteDialect


class SqliteDatabase:
    """Implements ``Database`` for the file in ``path``."""

    def __init__(self, library: Any, path: Path, *, durable: bool = True) -> None:
        self.path = path
        self._library = library
        self._file = SameFile(path)
        self.writer = sqlite.make_engine(library, path, self._file.check, writing=True, durable=durable)
        self.reader = sqlite.make_engine(library, path, self._file.check, writing=False)
        self.writing = self.reading = SqliteDialect()
        self._watch_lock = Lock()
        self._watcher: Any = None

    def upgrade(self) -> None:
        schema.upgrade(self.writer)

    def changes(self) -> int:
        """Read on a connection that outlives transactions: only such a one sees the others' commits.
        https://www.sqlite.org/pragma.html#pragma_data_version"""
        with self._watch_lock:
            try:
                self._file.check()
                if self._watcher is None:
                    self._watcher = sqlite.connect(self._library, self.path)
                return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
            except DatabaseUnusable:
                self._leave()
                raise
            except self._library.Error as error:
                raise sqlite.explain(error, self.path) or error from error

    def close(self) -> None:
        with self._watch_lock:
            try:
                self._file.check()
            except DatabaseUnusable:
                self._leave()
            else:
                self._disconnect()

    def _leave(self) -> None:
        """Empty the journal into the file that was taken away, which is whole then, and touch neither again: whoever
        opens the one that has its name now would write the journal into that, and goes on in it.
        https://www.sqlite.org/pragma.html#pragma_wal_checkpoint"""
        if self._watcher is not None:
            with suppress(self._library.Error):
                self._watcher.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
        self.reader.dispose()
        self.writer.dispose()


def open_file(path: Path, shop: str = "", *, durable: bool) -> SqliteDatabase:
    """Make or upgrade the file where needed; one that is upgraded is of ``shop``, and is backed up before. Raises
    DatabaseUnusable, DatabaseTooNew, ReadOnlyPlace or BackupFailed, each before anything was changed."""
    library = sqlite.driver()
    schema.prepare_file(path)
    revision = schema.find_revision(library, path)
    schema.make_private(path)
    if revision:
        facts = schema.read_facts(library, path)
        schema.check_not_moved(facts, path)
        schema.check_shop(facts.get(schema.SHOP), shop)
    if revision not in ("", schema.REVISIONS[-1]):
        FileBackups(path).make(int(time.time()), upgrade=True)
    database = SqliteDatabase(library, path, durable=durable)
    if revision != schema.REVISIONS[-1]:
        try:
            database.upgrade()
        except BaseException:
            database.close()
            raise
    return database
