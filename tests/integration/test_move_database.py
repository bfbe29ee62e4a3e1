"""A desk's file moves into a shared database: every row, in one piece, or not at all."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.operation import OperationKind
from sellerdesk.store import moving
from sellerdesk.store.database import open_store
from sellerdesk.store.models import Base
from sellerdesk.store.moving import NotMoved, move
from tests import builders
from tests.builders import NOW
from tests.engines import open_place, run_sql
from tests.filling import fill
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
