"""A database's file that is removed or replaced while programs work with it: noticed, and nothing more is written."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.sandbox import Sandbox
from sellerdesk.store.backup import FileBackups
from sellerdesk.store.database import SqlStore
from tests.engines import open_place, run_sql
from tests.wiring import calls, plant

NOW = 1_790_000_000
TAKEN = "was removed or replaced while SellerDesk was using it"

Take = Callable[[Path], object]


def replace(database: Path) -> None:
    """As a person does it who puts a backup back by hand."""
    FileBackups(database).make(NOW).replace(database)


def keep_in_step(database: Path) -> None:
    """As a program does it that keeps folders of several computers in step."""
    shutil.copy(database.rename(database.with_name("the other one")), database)


takes = pytest.mark.parametrize("take", [Path.unlink, replace, keep_in_step], ids=["removed", "replaced", "in step"])


@pytest.fixture
def store(database: Path) -> Iterator[SqlStore]:
    with closing(open_place(database)) as opened:
        yield opened


def put(store: SqlStore, key: str) -> None:
    with store.write() as unit:
        unit.shared.put(key, "x")
        unit.commit()


@takes
def test_no_money_is_held_for_an_order_that_would_be_gone(stripe_sandbox: Sandbox, database: Path, take: Take) -> None:
    with plant(stripe_sandbox, database) as desk:
        desk.place_and_pay()
        sent = len(calls(stripe_sandbox, "POST", ""))
        take(database)
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            desk.place_and_pay()
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            desk.store.changes()
    assert len(calls(stripe_sandbox, "POST", "")) == sent


@takes
def test_what_was_begun_before_is_not_committed_after(store: SqlStore, database: Path, take: Take) -> None:
    with store.write() as unit:
        unit.shared.put("begun", "x")
        take(database)
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            unit.commit()


def test_a_file_that_comes_back_is_not_written_into_either(store: SqlStore, database: Path) -> None:
    """Meanwhile another program may have worked in a file of its own under the name, and left its journal there."""
    put(store, "before")
    aside = database.rename(database.with_name("aside"))
    with pytest.raises(DatabaseUnusable, match=TAKEN):
        store.changes()
    aside.rename(database)
    for work in (store.changes, lambda: put(store, "after")):
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            work()
    store.close()
    assert run_sql(database, "SELECT key FROM setting") == [("before",)]
    with closing(open_place(database)) as again:
        put(again, "after")


def test_no_connection_is_made_to_the_new_one(store: SqlStore, database: Path) -> None:
    """It would take the journal of the old one for its own."""
    replace(database)
    before = database.read_bytes()
    with pytest.raises(DatabaseUnusable, match=TAKEN), store.read():
        raise AssertionError("not reached")
    store.close()
    assert database.read_bytes() == before


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed at work", "noticed by closing"])
def test_the_journal_goes_with_its_own_file(store: SqlStore, database: Path, *, noticed: bool) -> None:
    copy = FileBackups(database).make(NOW)
    store.changes()
    put(store, "later than the copy")
    assert database.with_name("shop.db-wal").stat().st_size
    aside = database.rename(database.with_name("aside"))
    copy.rename(database)
    if noticed:
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            store.changes()
        assert not database.with_name("shop.db-wal").stat().st_size
    store.close()
    for path, keys in ((database, []), (aside, [("later than the copy",)])):
        assert run_sql(path, "SELECT key FROM setting") == keys
        assert run_sql(path, "PRAGMA integrity_check") == [("ok",)]


def test_who_begins_anew_under_the_name_is_not_disturbed(store: SqlStore, database: Path) -> None:
    """The first program has noticed, and nobody closes it."""
    store.changes()
    put(store, "in the first one")
    database.unlink()
    with pytest.raises(DatabaseUnusable, match=TAKEN):
        store.changes()
    with closing(open_place(database)) as anew:
        put(anew, "in the new one")
        with pytest.raises(DatabaseUnusable, match=TAKEN):
            store.changes()
        put(anew, "later")
        store.close()
    assert run_sql(database, "SELECT key FROM setting ORDER BY key") == [("in the new one",), ("later",)]
    assert run_sql(database, "PRAGMA integrity_check") == [("ok",)]
