"""The database file: made, checked, upgraded, watched and closed; and what is said when it cannot be used."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from sellerdesk import phase
from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable, OurBug, ReadOnlyPlace
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Stage
from sellerdesk.store import schema, sqlite
from sellerdesk.store.database import SqlStore, open_store
from sellerdesk.store.journal_models import OperationRecord
from sellerdesk.store.models import Base
from tests import builders

library = sqlite.driver()
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "desk.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    opened = open_store(path, seat="packing-1")
    yield opened
    opened.close()


def run_sql(path: Path, *statements: str) -> list[Any]:
    """What the last statement answers, past all of ours."""
    with closing(library.connect(str(path), isolation_level=None)) as connection:
        answers: list[list[Any]] = [connection.execute(statement).fetchall() for statement in statements]
    return answers[-1]


def on_writer(store: SqlStore, statement: str) -> None:
    """Set something on the one connection that writes."""
    with store._writer.connect() as connection:
        connection.execute(text(statement))


# --- made ------------------------------------------------------------------------------------------------


def test_a_new_database_has_exactly_the_tables_of_the_models(store: SqlStore) -> None:
    assert OperationRecord.__tablename__ in Base.metadata.tables
    with store._writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_of_the_models})
        assert compare_metadata(context, Base.metadata) == []


def _is_of_the_models(name: str | None, *_what: object) -> bool:
    """The index of words is a table, too, which SQLite keeps for itself."""
    return not str(name).startswith("order_search")


def test_a_new_database_has_exactly_the_rules_of_the_models(store: SqlStore, path: Path) -> None:
    """CHECKs and partial indexes too, which Alembic does not compare."""
    engine = create_engine("sqlite+pysqlite://", module=library)
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        wanted = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")).scalars().all()
    engine.dispose()
    made = run_sql(path, "SELECT name, sql FROM sqlite_master WHERE type != 'trigger' AND name != 'alembic_version'")
    ours = [sql for name, sql in made if sql and _is_of_the_models(name)]
    assert sorted(map(_parts, wanted)) == sorted(map(_parts, ours))


def _parts(sql: str) -> list[str]:
    """What stands between the commas, in whatever order: a column that a migration added stands last."""
    head, _, body = " ".join(sql.split()).partition("(")
    parts, depth, part = [head.strip()], 0, ""
    for letter in body.rpartition(")")[0]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return sorted([*parts, part.strip()])


def test_every_revision_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    known = [each.revision for each in script.walk_revisions()]
    assert tuple(reversed(known)) == schema.REVISIONS


def go_back(store: SqlStore, revision: str) -> None:
    """Make the database as it was at an older revision."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with store._writer.connect() as connection, connection.begin():
        environment = EnvironmentContext(
            config, script, fn=lambda now, _context: script._downgrade_revs(revision, now), destination_rev=revision
        )
        with environment:
            environment.configure(connection=connection, transactional_ddl=True)
            environment.run_migrations()


def test_orders_of_an_older_version_are_counted_found_and_sorted(path: Path) -> None:
    """Two of them were placed in the same second."""
    orders = [builders.held_order(placed_at=builders.NOW + second) for second in (5, 0, 5, 9)]
    with closing(open_store(path, seat="packing-1")) as store:
        with store.write() as unit:
            for number, order in enumerate(orders):
                unit.orders.add(order, f"checkout-{number}", "sha")
            unit.commit()
        go_back(store, "0002")
    assert run_sql(path, "SELECT name FROM sqlite_master WHERE name LIKE 'order_search%' OR name = 'tally'") == []
    with closing(open_store(path, seat="packing-1")) as store:
        with store.write() as unit:
            unit.orders.add(builders.placed_order(placed_at=builders.NOW + 5), "checkout-5", "sha")
            unit.commit()
        with store.read() as unit:
            found = unit.lists.page(OrderQuery(None, "kettle")).rows
            assert dict(unit.lists.overview(builders.NOW).counts) == {Stage.TO_PREPARE: 4, Stage.UNFINISHED: 1}
    assert [row.placed_at - builders.NOW for row in found] == [9, 5, 5, 5, 0]
    assert [row.stage for row in found][1] is Stage.UNFINISHED


def test_migrations_do_not_know_todays_models() -> None:
    sources = list((schema.MIGRATIONS / "versions").glob("*.py"))
    assert sources
    own = "from sellerdesk.store.migrations import triggers"
    assert not [each.name for each in sources if "sellerdesk" in each.read_text().replace(own, "")]


def test_the_file_says_whose_it_is_and_how_it_is_kept(store: SqlStore, path: Path) -> None:
    assert run_sql(path, "PRAGMA application_id") == [(schema.APPLICATION_ID,)]
    for engine in (store._writer, store._reader):
        with engine.connect() as connection:
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
            }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 10000,
            "trusted_schema": 0,
        }


@posix_only
def test_only_its_owner_may_read_it(store: SqlStore, path: Path) -> None:
    with store.write() as unit:
        unit.inbox.move_watermark("events", 1)
        unit.commit()
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert set(modes) >= {"desk.sqlite", "desk.sqlite-wal"}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


@posix_only
def test_a_database_left_open_to_others_is_closed_to_them(path: Path) -> None:
    open_store(path, seat="packing-1").close()
    path.chmod(0o644)
    open_store(path, seat="packing-1").close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_odd_name_is_just_a_name(tmp_path: Path) -> None:
    odd = tmp_path / "Zoë's shop? 100% #1" / "desk & co;.sqlite"
    with_data(odd)
    assert odd.is_file()


def with_data(path: Path) -> None:
    store = open_store(path, seat="packing-1")
    with store.write() as unit:
        unit.orders.add(builders.held_order(), "checkout-1", "sha")
        unit.commit()
    store.close()


def test_an_empty_folder_and_an_empty_file_become_a_database(tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with_data(empty)
    with_data(tmp_path / "new.sqlite")
    assert run_sql(empty, "SELECT count(*) FROM orders") == [(1,)]


def test_opening_again_finds_what_was_there(path: Path) -> None:
    with_data(path)
    again = open_store(path, seat="packing-2")
    with again.read() as unit:
        assert unit.orders.by_checkout("checkout-1") is not None
    again.close()


def test_a_normal_start_does_without_alembic(path: Path) -> None:
    with_data(path)
    program = (
        "import sys; from pathlib import Path; from sellerdesk.store.database import open_store;"
        "open_store(Path(sys.argv[1]), seat='s').close(); sys.exit('alembic' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=root, check=False)
    assert done.returncode == 0


# --- refused ---------------------------------------------------------------------------------------------


def test_a_database_from_a_newer_version_is_left_as_it_is(path: Path) -> None:
    with_data(path)
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match="newer SellerDesk"):
        open_store(path, seat="packing-1")
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    foreign = tmp_path / "photos.sqlite"
    run_sql(foreign, "PRAGMA application_id=42", "CREATE TABLE photo (id INTEGER)")
    before = foreign.read_bytes()
    with pytest.raises(DatabaseUnusable, match="another program"):
        open_store(foreign, seat="packing-1")
    assert foreign.read_bytes() == before


def test_a_database_without_a_name_but_with_tables_is_foreign(tmp_path: Path) -> None:
    foreign = tmp_path / "old.sqlite"
    run_sql(foreign, "CREATE TABLE orders (id INTEGER)")
    with pytest.raises(DatabaseUnusable, match="another program"):
        open_store(foreign, seat="packing-1")


def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    notes = tmp_path / "notes.sqlite"
    notes.write_text("milk, eggs\n" * 500)
    with pytest.raises(DatabaseUnusable, match="is no database"):
        open_store(notes, seat="packing-1")
    assert notes.read_text() == "milk, eggs\n" * 500


def test_ours_by_name_only_is_no_database(tmp_path: Path) -> None:
    hollow = tmp_path / "hollow.sqlite"
    run_sql(hollow, f"PRAGMA application_id={schema.APPLICATION_ID}", "CREATE TABLE x (y)")
    with pytest.raises(DatabaseUnusable, match="can read"):
        open_store(hollow, seat="packing-1")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="is no file"):
        open_store(tmp_path, seat="packing-1")


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("")
    with pytest.raises(ReadOnlyPlace, match="cannot be made"):
        open_store(tmp_path / "profile" / "demo" / "desk.sqlite", seat="packing-1")
    with pytest.raises(ReadOnlyPlace, match="cannot be made"):
        open_store(tmp_path / "profile" / "desk.sqlite", seat="packing-1")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that even root cannot write")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(ReadOnlyPlace, match="Nothing can be written"):
        open_store(Path("/proc/desk.sqlite"), seat="packing-1")


def test_a_damaged_database_says_so(path: Path) -> None:
    with_data(path)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match=r"is damaged|is no database"):
        store = open_store(path, seat="packing-1")
        with closing(store), store.read() as unit:
            unit.lists.overview(builders.NOW)


def test_old_sqlite_is_refused_with_a_sentence() -> None:
    old = SimpleNamespace(sqlite_version_info=(3, 40, 1), sqlite_version="3.40.1")
    new = SimpleNamespace(sqlite_version_info=(3, 51, 3), sqlite_version="3.51.3")
    assert sqlite.choose_driver([old, new]) is new
    with pytest.raises(DatabaseUnusable, match=r"3\.40\.1 can lose data .* 3\.51\.3 or newer"):
        sqlite.choose_driver([old])


def test_the_library_in_use_is_new_enough() -> None:
    assert sqlite.driver().sqlite_version_info >= (3, 51, 3)
    assert sqlite.driver() is not sqlite3 or sqlite3.sqlite_version_info >= (3, 51, 3)


# --- failing while in use --------------------------------------------------------------------------------


def test_locked_for_too_long(store: SqlStore, path: Path) -> None:
    on_writer(store, "PRAGMA busy_timeout=0")
    with closing(library.connect(str(path), isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnusable, match="busy by another program"), store.write():
            raise AssertionError("not reached")
        assert not phase.in_transaction()
    with store.write() as unit:
        unit.commit()


def test_disk_full(store: SqlStore) -> None:
    on_writer(store, "PRAGMA max_page_count=1")
    order = builders.held_order()
    with pytest.raises(DatabaseUnusable, match="disk is full"), store.write() as unit:
        unit.orders.add(order, "checkout-1", "sha")
        for number in range(2000):
            unit.orders.note(order.id, builders.entry(note=f"{number} " * 50))
        unit.commit()
    on_writer(store, "PRAGMA max_page_count=1000000")
    with store.read() as unit:
        assert unit.orders.by_checkout("checkout-1") is None


def test_the_table_is_gone(store: SqlStore, path: Path) -> None:
    run_sql(path, "DROP TABLE watermark")
    with pytest.raises(OurBug, match="did not understand"), store.read() as unit:
        unit.inbox.watermark("events")


@pytest.mark.parametrize(
    ("code", "words"),
    [(8, "read-only"), (10, "disk may be failing"), (778, "disk may be failing"), (14, "cannot be opened")],
)
def test_every_other_failure_is_a_sentence(code: int, words: str, path: Path) -> None:
    failure = OSError("raw words of the library")
    failure.sqlite_errorcode = code  # type: ignore[attr-defined]
    said = sqlite.explain(failure, path)
    assert isinstance(said, DatabaseUnusable)
    assert words in str(said)
    assert "raw words" not in str(said)


def test_a_reading_transaction_cannot_write(store: SqlStore) -> None:
    with pytest.raises(OurBug, match="for reading"), store.read() as unit:
        unit.inbox.move_watermark("events", 1)


# --- watched and closed ----------------------------------------------------------------------------------


def test_changes_are_noticed_and_nothing_else(store: SqlStore, path: Path) -> None:
    first = store.changes()
    assert store.changes() == first
    with store.read() as unit:
        unit.inbox.watermark("events")
    with store.write() as unit:
        unit.inbox.move_watermark("events", 1)
    assert store.changes() == first
    with store.write() as unit:
        unit.inbox.move_watermark("events", 1)
        unit.commit()
    second = store.changes()
    assert second != first
    run_sql(path, "UPDATE watermark SET last_created = 2")
    assert store.changes() != second


def test_a_closed_store_is_not_used_again(path: Path) -> None:
    store = open_store(path, seat="packing-1")
    store.changes()
    store.close()
    store.close()
    for use in (store.read, store.write, store.changes):
        with pytest.raises(OurBug, match="closed"):
            use()
    shutil.rmtree(path.parent)
