"""Putting a backup in the place of a database that nobody works with. The one that was there is kept."""

import os
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sellerdesk.domain.errors import DatabaseBusy, DatabaseUnusable, RefusedError
from sellerdesk.files import sync_folder
from sellerdesk.store import schema, sqlite
from sellerdesk.store.backup import copy_apart
from sellerdesk.store.copying import COPIED_AT


class NotRestored(RefusedError):
    """The backup was refused before anything was changed; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The database is from ``copied_at`` (seconds UTC) now; ``kept`` is where the one before is, None where there was
    none."""

    copied_at: int
    kept: Path | None


def restore(backup: Path, database: Path, shop: str, now: int) -> Restored:
    """Put a copy of ``backup`` in the place of ``database``, which is of ``shop``; ``now`` (seconds UTC) names the one
    that is put aside. A link stays one: the file it leads to is replaced, in its own folder.

    Raises NotRestored, DatabaseUnusable, DatabaseTooNew or BackupFailed with everything as it was.
    """
    if not backup.is_file():
        raise NotRestored(f"There is no file {backup}. Nothing was changed.")
    if database.exists() and backup.samefile(database):
        raise NotRestored(f"{backup} is the database itself. Nothing was changed.")
    copied_at = _check(backup, shop)
    database = database.resolve()
    aside = database.with_name(f"{database.name}.replaced-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%SZ}")
    fresh = database.with_name(f".{database.name}.restored")
    copy_apart(backup, fresh, copied_at)
    try:
        with ExitStack() as held:
            there = database.exists()
            if there:
                _hold_alone(database, held)
                # Under both names until the new one takes the place, so that there is a database at every moment.
                os.link(database, aside)
            _put_journals_aside(database, aside)
            if os.name == "nt":  # an open file cannot be replaced there
                held.close()
            fresh.replace(database)
            sync_folder(database.parent)
    except OSError as error:
        raise DatabaseUnusable(
            f"The backup cannot be put in the place of {database.name} ({error.strerror}). Nothing was changed."
        ) from error
    finally:
        _remove_rest(fresh)
    return Restored(copied_at, aside if there else None)


def _check(backup: Path, shop: str) -> int:
    """Whether it is a database of this shop that this program knows; when it was copied."""
    library = sqlite.driver()
    if not schema.find_revision(library, backup):
        raise NotRestored(f"{backup.name} is empty. Nothing was changed.")
    facts = schema.read_facts(library, backup)
    schema.check_not_moved(facts, backup)
    of = facts.get(schema.SHOP, shop)
    if not schema.may_be_the_same(of, shop):
        raise NotRestored(
            f"{backup.name} has the orders of another shop ({of}); this one is {shop}. Nothing was changed."
        )
    return int(facts.get(COPIED_AT) or backup.stat().st_mtime)


def _hold_alone(database: Path, held: ExitStack) -> None:
    """Nobody else has the database open, and it is one file without a journal. A damaged one that cannot be opened is
    nobody's. https://www.sqlite.org/pragma.html#pragma_locking_mode"""
    library = sqlite.driver()
    try:
        connection = held.enter_context(closing(sqlite.connect(library, database)))
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
    except library.Error as error:
        held.close()
        if isinstance(sqlite.explain(error, database), DatabaseBusy):
            raise NotRestored(
                "A desk, a checkout server or another program is using this database. Nothing was changed. Please "
                "close all of them, then try again."
            ) from error


def _put_journals_aside(database: Path, aside: Path) -> None:
    """Also where the database itself is gone: SQLite would take a journal that was left for that of the new one, and
    write it into that. https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use"""
    for ending in ("-wal", "-shm", "-journal"):
        journal = database.with_name(database.name + ending)
        if journal.exists():
            journal.replace(aside.with_name(aside.name + ending))


def _remove_rest(fresh: Path) -> None:
    """Of this time, and of one that was killed."""
    with suppress(OSError):
        for file in fresh.parent.iterdir():
            if file == fresh or file.name.startswith(f".{fresh.name}."):
                file.unlink()
