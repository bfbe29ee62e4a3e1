"""A desk's file moves into a shared database: every row, in one piece, or not at all."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.operation import OperationKind
from sellerdesk.store import moving
from sellerdesk.store.database import open_store
from sellerdesk.store.models import Base
from sellerdesk.store.moving import NotMarked, NotMoved, move
from sellerdesk.store.postgres_database import PostgresDatabase
from tests import builders
from tests.builders import NOW
from tests.engines import open_place, run_sql
from tests.filling import fill
from tests.integration.test_backup import disk_full_after
from tests.postgres_server import PostgresServer


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A shop in every stage, with journal, ledger, events, and an operation that is open."""
    full = fill(tmp_path / "shop.db", 100)
    with closing(full.store) as store, store.write() as unit:
        order = next(each for each in full.orders if each.payment.held)
        # Digests tell nothing of time: of one second, the first that was written goes first.
        for number, kind in (("f", OperationKind.SHIP), ("0", OperationKind.CAPTURE)):
            unit.journal.plan(builders.operation(order, kind, id=number * 32))
        claimed = unit.journal.claim("0" * 32, "packing-1", 100, NOW)
        assert claimed is not None
        unit.journal.start_attempt(claimed, NOW)
        unit.journal.enter(claimed.id, "op", "pi_1", "captured", 5, "eur", NOW)
        unit.inbox.add([builders.event_hint()], "poll", NOW)
        unit.inbox.move_watermark("events", NOW)
        unit.commit()
    return tmp_path / "shop.db"


@pytest.fixture
def target(postgres_server: PostgresServer) -> DatabaseAddress:
    return postgres_server.empty_database()


def tables_in(target: DatabaseAddress) -> int:
    return len(run_sql(target, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"))


def is_as_it_was(source: Path) -> bool:
    open_store(source, seat="packing-1").close()
    return not run_sql(source, "SELECT 1 FROM meta WHERE key = 'moved_to'")


def test_every_row_moves_and_the_desk_goes_on_there(source: Path, target: DatabaseAddress) -> None:
    with closing(open_place(source)) as before, before.read() as unit:
        pages = [unit.lists.page(OrderQuery(None, typed, limit=200)) for typed in ("", "linen", "lef")]
        first = unit.journal.open_operations(10**10)
        name = before.installation()
    moved = move(source, target, None, dry_run=False, durable=False)
    assert moved.still_open == 2
    assert dict(moved.rows)["orders"] == 100
    assert {table for table, _ in moved.rows} == set(Base.metadata.tables) - {"tally"}
    with closing(open_place(target, "Seat 2")) as after:
        assert after.installation() == name
        with after.read() as unit:
            assert [unit.lists.page(OrderQuery(None, typed, limit=200)) for typed in ("", "linen", "lef")] == pages
            assert unit.journal.open_operations(10**10) == first
            assert [each.id[0] for each in unit.journal.of_order(first[0].order_id)] == ["f", "0"]
        with after.write() as unit:
            order = builders.held_order()
            unit.orders.add(order, "checkout-new", "sha")
            unit.orders.note(order.id, builders.entry())
            unit.journal.enter(None, "event", "pi_2", "captured", 5, "eur", NOW)
            unit.commit()


def test_the_old_file_says_where_its_orders_are(source: Path, target: DatabaseAddress) -> None:
    move(source, target, None, dry_run=False, durable=False)
    with pytest.raises(DatabaseUnusable, match=r"were moved to postgresql://seller@.* and go on there"):
        open_store(source, seat="packing-1")
    with pytest.raises(DatabaseUnusable, match="were moved to"):
        move(source, target, None, dry_run=False, durable=False)


def test_a_dry_run_changes_nothing(source: Path, target: DatabaseAddress) -> None:
    assert move(source, target, None, dry_run=True, durable=False).count > 500
    assert tables_in(target) == 0
    assert is_as_it_was(source)


def test_a_row_that_arrives_otherwise_undoes_everything(
    source: Path, target: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bend(rows: list[dict[str, object]], table: object) -> list[dict[str, object]]:
        return [{**row, "amount": 8719} if row.get("role") == "original" else row for row in rows]

    monkeypatch.setattr(moving, "_parents_first", bend)
    with pytest.raises(DatabaseUnusable, match="table payment did not arrive as it was, so everything was undone"):
        move(source, target, None, dry_run=False, durable=False)
    assert tables_in(target) == 0
    assert is_as_it_was(source)


def test_a_desk_that_is_running_is_not_moved_from_under_its_hands(source: Path, target: DatabaseAddress) -> None:
    with closing(open_place(source)) as desk:
        with desk.read() as unit:
            unit.inbox.waiting()
        with pytest.raises(NotMoved, match=r"is using this database. Nothing was changed"):
            move(source, target, None, dry_run=False, durable=False)
    assert tables_in(target) == 0
    assert is_as_it_was(source)


def test_what_is_not_empty_is_not_moved_into(source: Path, target: DatabaseAddress) -> None:
    open_place(target).close()
    with pytest.raises(NotMoved, match="has tables already"):
        move(source, target, None, dry_run=False, durable=False)
    assert is_as_it_was(source)


def test_a_disk_without_room_for_the_mark_leaves_both_as_they_were(
    source: Path, target: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = moving._digest
    with ExitStack() as full:

        def compare_and_fill_the_disk(there: Connection, table: Table) -> tuple[int, str]:
            full.enter_context(disk_full_after(100))
            return digest(there, table)

        monkeypatch.setattr(moving, "_digest", compare_and_fill_the_disk)
        with pytest.raises(DatabaseUnusable, match=r"shop\.db (cannot grow|cannot be read or written)"):
            move(source, target, None, dry_run=False, durable=False)
    assert tables_in(target) == 0
    assert is_as_it_was(source)


def test_a_file_whose_mark_is_refused_at_the_very_end_is_marked_by_the_same_once_more(
    source: Path, target: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as full:
        commit = moving._commit

        def commit_and_fill_the_disk(ours: Callable[[], None], here: Connection, database: PostgresDatabase) -> None:
            commit(ours, here, database)
            full.enter_context(disk_full_after(100))

        monkeypatch.setattr(moving, "_commit", commit_and_fill_the_disk)
        with pytest.raises(NotMarked, match=r"Everything is in .* could not be marked as moved: .* the same command"):
            move(source, target, None, dry_run=False, durable=False)
    assert is_as_it_was(source)
    assert move(source, target, None, dry_run=False, durable=False).count > 500
    with pytest.raises(DatabaseUnusable, match="were moved to"):
        open_store(source, seat="packing-1")


def test_an_end_between_both_commits_is_made_good_by_the_same_once_more(
    source: Path, target: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = moving._commit

    def commit_and_end(ours: Callable[[], None], here: Connection, database: PostgresDatabase) -> None:
        commit(ours, here, database)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_commit", commit_and_end)
        with pytest.raises(KeyboardInterrupt):
            move(source, target, None, dry_run=False, durable=False)
    assert is_as_it_was(source)
    rehearsed = move(source, target, None, dry_run=True, durable=False)
    assert is_as_it_was(source)
    moved = move(source, target, None, dry_run=False, durable=False)
    assert moved == rehearsed
    assert (dict(moved.rows)["orders"], moved.still_open) == (100, 2)
    with pytest.raises(DatabaseUnusable, match="were moved to"):
        open_store(source, seat="packing-1")


def test_a_target_that_was_worked_with_since_is_not_taken_for_the_same(source: Path, target: DatabaseAddress) -> None:
    move(source, target, None, dry_run=False, durable=False)
    run_sql(source, "DELETE FROM meta WHERE key = 'moved_to'")
    with closing(open_place(target, "Seat 2")) as store, store.write() as unit:
        unit.orders.add(builders.held_order(), "checkout-new", "sha")
        unit.commit()
    with pytest.raises(NotMoved, match="one of both was worked with since"):
        move(source, target, None, dry_run=False, durable=False)
    assert is_as_it_was(source)


def test_what_is_no_shop_of_this_version_is_not_moved(source: Path, target: DatabaseAddress, tmp_path: Path) -> None:
    with pytest.raises(NotMoved, match="There is no database"):
        move(tmp_path / "none.db", target, None, dry_run=False, durable=False)
    run_sql(source, "UPDATE alembic_version SET version_num = '0002'")
    with pytest.raises(NotMoved, match="older than this program"):
        move(source, target, None, dry_run=False, durable=False)
    run_sql(source, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew):
        move(source, target, None, dry_run=False, durable=False)
    assert tables_in(target) == 0


def test_a_target_out_of_reach_leaves_the_file_as_it_was(source: Path, target: DatabaseAddress) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be reached"):
        move(source, replace(target, port=1), None, dry_run=False, durable=False)
    assert is_as_it_was(source)
