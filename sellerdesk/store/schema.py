"""Making, checking and upgrading a database: the file, without touching one that is not ours; the tables of any."""

import os
import secrets
import stat
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable, ReadOnlyPlace
from sellerdesk.store.sqlite import connect, explain

# 'SDsk' in the file's header says whose database it is: https://www.sqlite.org/pragma.html#pragma_application_id
APPLICATION_ID = 0x5344736B

# Every revision there ever was, oldest first; a normal start learns from it, without Alembic, that nothing is to do.
REVISIONS = ("0001", "0002", "0003", "0004")

# Where the rows of this database are now, in its own table of facts.
MOVED_TO = "moved_to"

# Whose orders they are, there, too: the name of the profile.
SHOP = "shop"

MIGRATIONS = Path(__file__).parent / "migrations"


def prepare_file(path: Path) -> None:
    """Make the folder (for its owner only) and an empty file (likewise) where there is none.

    Raises ReadOnlyPlace when that cannot be done, DatabaseUnusable when something else has the file's name.
    """
    try:
        _make_folder(path.parent)
    except OSError as error:
        raise ReadOnlyPlace(f"The folder {path.parent} cannot be made ({error.strerror}).") from error
    try:
        # Only ever creates: opening and closing a database that SQLite has open would throw its locks away.
        # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        _check_file(path)
    except OSError as error:
        raise ReadOnlyPlace(f"Nothing can be written in the folder {path.parent} ({error.strerror}).") from error


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _check_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise DatabaseUnusable(f"{path} cannot be opened ({error.strerror}).") from error
    if not stat.S_ISREG(mode):
        raise DatabaseUnusable(f"{path} is no file. SellerDesk keeps its database in a file of its own.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise ReadOnlyPlace(f"The database {path} may not be written by this user.")


def make_private(path: Path) -> None:
    """Take the database away from other users of this machine, where it was left open to them."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def find_revision(library: Any, path: Path) -> str:
    """The revision of the database in ``path``, '' for an empty file. Reads only.

    Raises DatabaseUnusable for a file of another kind or program, and DatabaseTooNew.
    """
    try:
        with closing(connect(library, path)) as connection:
            owner = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not owner and not tables:
                return ""
            if owner != APPLICATION_ID:
                raise DatabaseUnusable(f"{path} belongs to another program. Nothing was changed in it.")
            revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0]
    except library.Error as error:
        raise _unreadable(error, path) from error
    if revision not in REVISIONS:
        raise DatabaseTooNew
    return str(revision)


def read_facts(library: Any, path: Path) -> dict[str, str]:
    """What a database of any revision says about itself. Reads only. Raises DatabaseUnusable."""
    try:
        with closing(connect(library, path)) as connection:
            return dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except library.Error as error:
        raise _unreadable(error, path) from error


def _unreadable(error: BaseException, path: Path) -> DatabaseUnusable:
    known = explain(error, path)
    if isinstance(known, DatabaseUnusable):
        return known
    return DatabaseUnusable(f"{path} is no database that SellerDesk can read. Nothing was changed in it.")


def check_not_moved(facts: dict[str, str], path: Path) -> None:
    """Raises DatabaseUnusable for a file whose orders live in a shared database now."""
    moved = facts.get(MOVED_TO)
    if moved is not None:
        raise DatabaseUnusable(
            f"The orders of {path.name} were moved to {moved} and go on there. This file is only kept. Nothing was "
            f'changed. To work on, start with --database, or write database = "{moved}" into the shop’s settings.'
        )


def check_shop(known: str | None, shop: str) -> None:
    """Raises DatabaseUnusable where a database of the shop ``known`` would be used for another one. Either may not be
    known yet."""
    if known and shop and not may_be_the_same(known, shop):
        raise DatabaseUnusable(
            f"This database has the orders of another shop ({known}); this one is {shop}. Nothing was changed. "
            "Each account, and each mode of it, needs a database of its own."
        )


def may_be_the_same(known: str, shop: str) -> bool:
    """By mode and account; a key that may not read its account stands for it, and each seat may have its own."""
    (account, _, mode), (own_account, _, own_mode) = known.rpartition("-"), shop.rpartition("-")
    return mode == own_mode and (account == own_account or "key" in (account[:3], own_account[:3]))


def upgrade(engine: Engine) -> None:
    """Bring the file to the newest revision, in one writing transaction; a new one gets everything."""
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        migrate(connection)


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision inside the transaction of ``connection``, and name the database.

    Alembic is imported here only: a normal start does without it.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
        environment.run_migrations()
    connection.execute(
        text("INSERT INTO meta (key, value) VALUES ('db_epoch', :epoch) ON CONFLICT DO NOTHING"),
        {"epoch": secrets.token_hex(16)},
    )
