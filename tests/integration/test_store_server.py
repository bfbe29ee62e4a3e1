"""A database on a PostgreSQL server: made, checked, refused, lost and found again; the same orders as in a file."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, text

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import (
    CommitUnknown,
    DatabaseAway,
    DatabaseBusy,
    DatabaseTooNew,
    DatabaseUnusable,
    OurBug,
)
from sellerdesk.domain.listing import OrderFilter, OrderQuery
from sellerdesk.domain.order import Stage
from sellerdesk.store import postgres, schema
from sellerdesk.store.database import SqlStore, open_store
from sellerdesk.store.models import Base
from tests import builders
from tests.builders import NOW
from tests.engines import open_place, run_sql
from tests.filling import SPREAD, fill, write_orders
from tests.postgres_line import Line
from tests.postgres_server import PostgresServer

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conrelid::regclass::text <> 'alembic_version'
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
NOT_OF_THE_MODELS = {"pk_tally", "alembic_version_pkc", "ix_orders_search_text"}


@pytest.fixture
def address(postgres_server: PostgresServer) -> Iterator[DatabaseAddress]:
    yield postgres_server.lend()
    postgres_server.clean()


@pytest.fixture
def seat(address: DatabaseAddress) -> Iterator[SqlStore]:
    opened = open_place(address, "Seat 1")
    yield opened
    opened.close()


def engine_of(address: DatabaseAddress) -> Engine:
    return create_engine("postgresql+psycopg://", creator=lambda: postgres.connect(address, None, "test"))


def add(store: SqlStore, **changes: Any) -> str:
    order = builders.held_order(**changes)
    with store.write() as unit:
        unit.orders.add(order, f"checkout-{order.id}", "sha")
        unit.commit()
    return order.id


# --- made ------------------------------------------------------------------------------------------------


def test_a_new_database_has_exactly_the_tables_and_rules_of_the_models(postgres_server: PostgresServer) -> None:
    """Its counts are a view, its index of words may be there, and the journal counts its rows."""
    made, wanted = postgres_server.new_database(), postgres_server.empty_database()
    found: list[set[Any]] = []
    for address, make in ((made, False), (wanted, True)):
        engine = engine_of(address)
        with engine.begin() as connection:
            if make:
                Base.metadata.create_all(connection)
            else:
                assert _differences(connection) == []
            rules = [*connection.execute(text(CONSTRAINTS)), *connection.execute(text(INDEXES))]
        engine.dispose()
        found.append({tuple(rule) for rule in rules if rule[1] not in NOT_OF_THE_MODELS and rule[0] != "tally"})
    assert found[0] == found[1]


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [
        each
        for each in compare_metadata(context, Base.metadata)
        if not (
            (each[0] == "add_table" and each[1].name == "tally")
            or (each[0] == "remove_index" and each[1].name == "ix_orders_search_text")
            or (each[0] == "remove_column" and (each[2], each[3].name) == ("operation", "rowid"))
        )
    ]


def test_whoever_may_not_have_the_index_of_words_gets_a_database_too(postgres_server: PostgresServer) -> None:
    """A user who owns nothing but a schema, on a server without the extension's files, or who may not use it."""
    address = postgres_server.empty_database()
    postgres_server.execute(
        "CREATE ROLE plain LOGIN",
        "CREATE SCHEMA plain AUTHORIZATION plain",
        "REVOKE CREATE ON DATABASE " + address.name + " FROM PUBLIC",
        database=address.name,
    )
    plain = replace(address, user="plain")
    with closing(open_place(plain)) as store:
        order_id = add(store)
        with store.read() as unit:
            found = unit.lists.page(OrderQuery(None, "kettle ena")).rows
    assert [row.id for row in found] == [order_id]
    assert not run_sql(plain, "SELECT 1 FROM pg_indexes WHERE indexname = 'ix_orders_search_text'")


def test_the_index_of_words_is_used_where_there_is_one(seat: SqlStore) -> None:
    with seat._writer.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql("EXPLAIN SELECT id FROM orders WHERE search_text LIKE '%%kettle%%'").scalars()
        assert "ix_orders_search_text" in " ".join(plan)


def test_a_connection_is_bounded_and_named(seat: SqlStore) -> None:
    with seat._writer.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "application_name")
        }
    assert found == {
        "lock_timeout": "3s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "10s",
        "application_name": "Seat 1",
    }


def test_a_server_whose_computer_vanished_is_noticed_in_half_a_minute(address: DatabaseAddress) -> None:
    with (
        closing(postgres.connect(replace(address, host="127.0.0.1"), None, "Seat 1")) as connection,
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle, pause, times = (
            line.getsockopt(socket.IPPROTO_TCP, name)
            for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
    assert idle + pause * times <= 30


# --- the same as in a file -------------------------------------------------------------------------------


def test_lists_counts_and_searches_are_the_same_as_in_a_file(seat: SqlStore, tmp_path: Path) -> None:
    full = fill(tmp_path / "shop.db", 100)
    write_orders(seat, list(full.orders))
    filters = (
        OrderFilter(),
        OrderFilter(short=True),
        OrderFilter(doubtful=True),
        OrderFilter(lapses_before=NOW + 90000),
    )
    texts = (
        "",
        "linen",
        "LINEN lef",
        "ça",
        "a",
        "or 1",
        "%",
        "_",
        "50%",
        '"',
        full.orders[7].shown_reference,
        "o'",
        "\\",
    )
    with closing(full.store), full.store.read() as here, seat.read() as there:
        queries = [OrderQuery(stage, typed) for stage in (None, Stage.TO_PREPARE) for typed in texts]
        queries += [OrderQuery(stage, only=each) for stage in (None, *Stage) for each in filters]
        for query in queries:
            assert there.lists.page(query) == here.lists.page(query), query
        for stage in (None, Stage.TO_PREPARE):
            first = there.lists.page(OrderQuery(stage, limit=3))
            more = OrderQuery(stage, limit=3, after=first.rows[-1].cursor)
            assert there.lists.page(more) == here.lists.page(more)
        for overview in (there.lists.overview(NOW), here.lists.overview(NOW)):
            assert dict(overview.counts) == {stage: SPREAD[stage] for stage in Stage}
        assert replace(there.lists.overview(NOW), counts=()) == replace(here.lists.overview(NOW), counts=())
        assert there.lists.currencies() == here.lists.currencies()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.sampled_from("abß%_\\/\"'Éé 1*(ł\u0301😀"), max_size=8), min_size=1, max_size=3))
def test_words_are_found_alike(both: tuple[SqlStore, SqlStore], words: list[str]) -> None:
    typed = " ".join(words)
    found = []
    for store in both:
        with store.read() as unit:
            found.append([row.id for row in unit.lists.page(OrderQuery(None, typed)).rows])
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def both(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SqlStore, SqlStore]]:
    """The same few orders with odd names in a file and on a server."""
    names = ("ab%a_b", "Éß\\a", "a\"b'c", "ł1*( b", "😀a/b", "aa bb ab", "e\u0301 1_1")
    orders = [
        builders.held_order(placed_at=NOW + n, shopper=builders.shopper(name=name)) for n, name in enumerate(names)
    ]
    stores = (
        open_place(tmp_path_factory.mktemp("both") / "shop.db"),
        open_place(postgres_server.new_database()),
    )
    for store in stores:
        with store.write() as unit:
            for order in orders:
                unit.orders.add(order, order.id, "sha")
            unit.commit()
    yield stores
    for store in stores:
        store.close()


# --- refused ---------------------------------------------------------------------------------------------


def test_a_server_that_may_lose_what_it_saved_is_refused(address: DatabaseAddress) -> None:
    """The tests' own server is one, and says so."""
    with pytest.raises(DatabaseUnusable, match="power cut, since fsync and full_page_writes are off"):
        open_store(address, seat="Seat 1")


def test_another_encoding_is_refused(postgres_server: PostgresServer) -> None:
    address = postgres_server.empty_database("ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(DatabaseUnusable, match="its encoding is LATIN1"):
        open_place(address)


def test_a_database_of_another_program_is_left_as_it_is(postgres_server: PostgresServer) -> None:
    address = postgres_server.empty_database()
    postgres_server.execute("CREATE TABLE orders (id int)", database=address.name)
    with pytest.raises(DatabaseUnusable, match="tables of another program"):
        open_place(address)
    assert run_sql(address, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]


def test_what_an_extension_of_its_administrator_brought_is_of_no_program(postgres_server: PostgresServer) -> None:
    """Views, types, and tables with an index."""
    address = postgres_server.empty_database()
    postgres_server.execute(
        "CREATE EXTENSION pg_stat_statements",
        "CREATE EXTENSION tablefunc",
        "CREATE TABLE places (id serial PRIMARY KEY)",
        "ALTER EXTENSION tablefunc ADD TABLE places",
        "ALTER EXTENSION tablefunc ADD SEQUENCE places_id_seq",
        database=address.name,
    )
    open_place(address).close()
    assert run_sql(address, "SELECT version_num FROM alembic_version") == [(schema.REVISIONS[-1],)]


def test_a_database_from_a_newer_version_is_left_as_it_is(postgres_server: PostgresServer) -> None:
    address = postgres_server.new_database()
    run_sql(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew, match="newer SellerDesk"):
        open_place(address)


def test_a_user_who_may_not_make_tables_is_told(postgres_server: PostgresServer) -> None:
    address = postgres_server.empty_database()
    postgres_server.execute(
        "CREATE ROLE guest LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC", database=address.name
    )
    with pytest.raises(DatabaseUnusable, match=r"may not be used by this user .* should own the database"):
        open_place(replace(address, user="guest"))


def test_a_copy_that_cannot_be_written_says_so(seat: SqlStore) -> None:
    with seat._writer.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        with pytest.raises(DatabaseUnusable, match="is read-only; nothing can be saved"):
            connection.exec_driver_sql("DELETE FROM inbox")


def test_a_database_that_is_not_there_is_named(address: DatabaseAddress) -> None:
    with pytest.raises(DatabaseAway, match=r'cannot be reached .*database "missing" does not exist'):
        open_place(replace(address, name="missing"))


def test_a_server_that_does_not_answer_is_named(address: DatabaseAddress) -> None:
    for away in (replace(address, host="127.0.0.1", port=1), replace(address, host="/nowhere")):
        with pytest.raises(DatabaseAway, match=r"cannot be reached .*Nothing is lost"):
            open_place(away)


def test_another_computer_is_reached_under_tls_only(address: DatabaseAddress) -> None:
    """Here by a number of this computer's that is not taken for it; the tests' server knows no TLS."""
    with pytest.raises(DatabaseAway, match=r"cannot be reached \(.*(SSL|root)"):
        open_place(replace(address, host="127.0.0.2", options=(("sslrootcert", os.devnull),)))


# --- failing while in use --------------------------------------------------------------------------------


def test_a_reading_transaction_cannot_write(seat: SqlStore) -> None:
    with pytest.raises(OurBug, match="for reading"), seat.read() as unit:
        unit.inbox.move_watermark("events", 1)


def test_what_no_database_can_hold_is_our_bug(seat: SqlStore) -> None:
    for name in ("half \ud800", "null \x00"):
        with pytest.raises(OurBug, match="no database can hold"):
            add(seat, shopper=builders.shopper(name=name))
    with pytest.raises(OurBug, match="no database can hold"):
        add(seat, shipping=2**70)


def test_a_refusal_does_not_repeat_what_was_to_be_stored(seat: SqlStore) -> None:
    with pytest.raises(OurBug) as caught:
        add(seat, shopper=builders.shopper(name="Rumpelstiltskin"), shipping=-1)
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "Rumpelstiltskin" not in str(chain)
        chain = chain.__cause__


def test_a_held_order_is_waited_for_but_not_for_long(seat: SqlStore, address: DatabaseAddress) -> None:
    order_id = add(seat)
    with seat._writer.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '1ms'")
        connection.commit()
    with closing(open_place(address, "Seat 2")) as rival, rival.write() as unit:
        unit.orders.get(order_id)

        def press() -> None:
            with pytest.raises(DatabaseBusy, match="another seat; nothing was changed"), seat.write() as mine:
                mine.orders.get(order_id)

        thread = Thread(target=press)
        thread.start()
        thread.join()
    with seat.write() as mine:
        mine.orders.get(order_id)


def test_the_server_is_started_anew_and_nobody_notices(postgres_server: PostgresServer) -> None:
    address = postgres_server.new_database()
    with closing(open_place(address, "Seat 1")) as store:
        order_id = add(store)
        before = store.changes()
        postgres_server.halt()
        try:
            for use in (store.read, store.write):
                with pytest.raises(DatabaseAway, match="Nothing is lost"), use():
                    raise AssertionError("not reached")
            with pytest.raises(DatabaseAway, match="does not answer"):
                store.changes()
            with pytest.raises(DatabaseAway, match="cannot be reached"):
                store.changes()
        finally:
            postgres_server.run()
        with store.write() as unit:
            unit.orders.save_message(order_id, "after the power cut")
            unit.commit()
        assert store.changes() != before


def test_a_connection_lost_in_the_middle_undoes_everything(seat: SqlStore, postgres_server: PostgresServer) -> None:
    order_id = add(seat)
    with pytest.raises(DatabaseAway, match=r"does not answer. Nothing is lost"), seat.write() as unit:
        unit.orders.save_message(order_id, "never saved")
        cut(postgres_server, "Seat 1")
        unit.orders.get(order_id)
        unit.orders.save_message(order_id, "never saved either")
    with seat.read() as unit:
        assert unit.orders.get(order_id).message == ""


@pytest.mark.parametrize("arrives", [True, False])
def test_a_connection_lost_in_the_commit_is_neither_yes_nor_no(
    seat: SqlStore, address: DatabaseAddress, arrives: bool
) -> None:
    order_id = add(seat)
    line = Line(address)
    with closing(line), closing(open_place(line.address, "Seat 2")) as far:
        with pytest.raises(CommitUnknown, match="not known whether it did"), far.write() as unit:
            unit.orders.save_message(order_id, "perhaps")
            line.cut_at_commit(arrives=arrives)
            unit.commit()
        with far.read() as unit:
            assert unit.orders.get(order_id).message == ("perhaps" if arrives else "")


def cut(server: PostgresServer, seat: str) -> None:
    """End every connection of a seat, as its network would."""
    server.execute(f"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE application_name = '{seat}'")


def test_changes_are_noticed_and_nothing_else(seat: SqlStore, address: DatabaseAddress) -> None:
    order_id = add(seat)
    first = seat.changes()
    assert seat.changes() == first
    with closing(open_place(address, "Seat 2")) as other:
        with other.read() as unit:
            unit.orders.get(order_id)
        with other.write() as unit:
            unit.orders.save_message(order_id, "undone")
        with other.write() as unit:
            unit.orders.get(order_id)
            unit.orders.save_message(order_id, "")
            unit.commit()
        assert seat.changes() == first
        with other.write() as unit:
            unit.orders.save_message(order_id, "done")
            unit.commit()
    assert seat.changes() != first


def test_a_line_lost_while_it_begins_to_listen_counts_as_away(address: DatabaseAddress) -> None:
    """And the next one listens as if nothing had been."""
    line = Line(address)
    with closing(line), closing(open_place(line.address, "Seat 1")) as seat:
        line.cut_at(b"LISTEN", arrives=False)
        with pytest.raises(DatabaseAway, match="Nothing is lost"):
            seat.changes()
        assert line.was_cut
        first = seat.changes()
        with closing(open_place(address, "Seat 2")) as other:
            add(other)
        assert seat.changes() != first


def test_every_revision_is_reached_on_the_server(address: DatabaseAddress) -> None:
    assert run_sql(address, "SELECT version_num FROM alembic_version") == [(schema.REVISIONS[-1],)]
