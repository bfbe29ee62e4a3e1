"""The process that writes a checked copy of a database, and nothing else: it starts quickly and ends."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from sellerdesk.domain.errors import DatabaseUnusable, SellerDeskError
from sellerdesk.files import sync_folder
from sellerdesk.store import sqlite

# In the table of facts of a copy: when it was made, seconds UTC.
COPIED_AT = "copied_at"


def copy_as_told() -> None:
    """The other process: its arguments are source, target, the part of it that is not whole yet, and moment. What went
    wrong is the one line it prints; who started it removes the part."""
    source, target, part, at = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    os.umask(0o077)
    try:
        _copy(source, part, at)
        part.replace(target)
        sync_folder(target.parent)
    except (OSError, SellerDeskError) as error:
        sys.stdout.write(str(getattr(error, "strerror", None) or error))
        sys.exit(1)


def _copy(source: Path, part: Path, at: int) -> None:
    """https://www.sqlite.org/lang_vacuum.html#vacuuminto"""
    library = sqlite.driver()
    try:
        with closing(sqlite.connect(library, source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite.connect(library, part)) as connection:
            _check(connection, part)
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", (COPIED_AT, str(at)))
    except library.Error as error:
        raise sqlite.explain(error, source) or DatabaseUnusable(str(error)) from error
    descriptor = os.open(part, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(connection: Any, part: Path) -> None:
    """https://www.sqlite.org/pragma.html#pragma_integrity_check"""
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)").fetchall()]
    if said != ["ok"]:
        raise DatabaseUnusable(f"the copy {part.name} is damaged: {said[0]}")
