"""Looking at a database without changing it: whose it is, how old its tables are, whether a file is whole."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.store import schema, sqlite


@dataclass(frozen=True, slots=True)
class FileHealth:
    """``revision`` of the tables, '' for an empty database; ``newest`` is the one this program needs. ``damage`` names
    what is damaged, as SQLite says it."""

    revision: str
    newest: str
    damage: tuple[str, ...] = ()

    @property
    def is_newest(self) -> bool:
        return self.revision == self.newest


def look_at(path: Path, *, deep: bool = False) -> FileHealth:
    """``deep`` reads all of it, which may take a while: https://www.sqlite.org/pragma.html#pragma_quick_check

    Raises DatabaseUnusable for a file that is missing or no database of ours, and DatabaseTooNew.
    """
    if not path.is_file():
        raise DatabaseUnusable(f"The database {path} is not there.")
    library = sqlite.driver()
    revision = schema.find_revision(library, path)
    damage: tuple[str, ...] = ()
    if deep:
        try:
            with closing(sqlite.connect(library, path)) as connection:
                said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)").fetchall()]
        except library.Error as error:
            raise sqlite.explain(error, path) or DatabaseUnusable(f"{path} cannot be read.") from error
        damage = tuple(each for each in said if each != "ok")
    return FileHealth(revision, schema.REVISIONS[-1], damage)


def look_at_server(address: DatabaseAddress, password: str | None) -> FileHealth:
    """The same for a shared database. Raises DatabaseUnusable for one that cannot be reached, that may lose what it has
    saved, or is none of ours, and DatabaseTooNew."""
    from sellerdesk.store.postgres_database import PostgresDatabase

    with closing(PostgresDatabase(address, password, "doctor")) as database:
        return FileHealth(database.revision(), schema.REVISIONS[-1])
