"""The open database: where transactions come from, and whether anybody else changed something."""

from pathlib import Path
from threading import Lock
from typing import Any

from sellerdesk.domain.errors import OurBug
from sellerdesk.store import schema, sqlite
from sellerdesk.store.unit_of_work import SqlUnitOfWork


class SqlStore:
    """One open database; implements the port ``Store``. Safe to use from several threads.

    ``seat`` is the name under which this program works, ``path`` the database's file.
    """

    def __init__(self, library: Any, path: Path, seat: str, *, durable: bool = True) -> None:
        self.path = path
        self.seat = seat
        self._library = library
        self._writer = sqlite.make_engine(library, path, writing=True, durable=durable)
        self._reader = sqlite.make_engine(library, path, writing=False)
        self._turn = Lock()
        self._watch_lock = Lock()
        self._watcher: Any = None
        self._closed = False

    def upgrade(self) -> None:
        """Bring the schema to the newest revision. Raises StoreError's family."""
        schema.upgrade(self._writer)

    def write(self) -> SqlUnitOfWork:
        """A writing transaction; one at a time per process. Entering it raises DatabaseUnusable."""
        self._check_open()
        return SqlUnitOfWork(self._writer, self._turn)

    def read(self) -> SqlUnitOfWork:
        """A reading one, on one unchanging state of the database. A write in it raises OurBug."""
        self._check_open()
        return SqlUnitOfWork(self._reader, None)

    def changes(self) -> int:
        """A number that is another one as soon as any transaction of any program was committed.

        https://www.sqlite.org/pragma.html#pragma_data_version
        """
        return int(self._look_up("PRAGMA data_version"))

    def installation(self) -> str:
        """The random name of this database, which marks the intents made from it. Raises DatabaseUnusable."""
        return str(self._look_up("SELECT value FROM meta WHERE key = 'db_epoch'"))

    def close(self) -> None:
        """Wait for the transaction that is writing, then let the file go. A second time does nothing."""
        with self._turn, self._watch_lock:
            self._closed = True
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
            self._reader.dispose()
            self._writer.dispose()

    def _look_up(self, question: str) -> Any:
        """One value, read on a connection that outlives transactions: only such a one sees the others' commits."""
        with self._watch_lock:
            self._check_open()
            try:
                if self._watcher is None:
                    self._watcher = sqlite.connect(self._library, self.path)
                return self._watcher.execute(question).fetchone()[0]
            except self._library.Error as error:
                raise sqlite.explain(error, self.path) or error from error

    def _check_open(self) -> None:
        if self._closed:
            raise OurBug("The database was used after it was closed.")


def open_store(path: Path, *, seat: str, durable: bool = True) -> SqlStore:
    """Open the database in ``path``; make or upgrade it where needed. ``seat`` names this program. A database
    that is thrown away afterwards, as the demo's is, need not be ``durable``.

    Raises DatabaseUnusable, DatabaseTooNew or ReadOnlyPlace, each before anything was changed.
    """
    library = sqlite.driver()
    schema.prepare_file(path)
    revision = schema.find_revision(library, path)
    schema.make_private(path)
    store = SqlStore(library, path, seat, durable=durable)
    if revision != schema.REVISIONS[-1]:
        try:
            store.upgrade()
        except BaseException:
            store.close()
            raise
    return store
