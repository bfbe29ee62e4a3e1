"""Many orders: lists that join up while orders change, words found wherever they stand, counts that stay right, and
statements that neither grow in number nor walk through the whole table."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from sellerdesk.domain.listing import OrderPage, OrderQuery, OrderRow
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore, open_store
from sellerdesk.store.search import normalise, search_text
from tests import builders
from tests.builders import NOW
from tests.filling import Full, fill

EVERYWHERE = (None, *Stage)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    """A hundred orders that nobody changes."""
    full = fill(tmp_path_factory.mktemp("shop") / "shop.db", 100)
    yield full
    full.store.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    """A thousand orders that nobody changes."""
    full = fill(tmp_path_factory.mktemp("large") / "large.db", 1000)
    yield full
    full.store.close()


@pytest.fixture
def busy(large: Full, tmp_path: Path) -> Iterator[Full]:
    """The same thousand orders, to be changed."""
    with closing(sqlite.connect(sqlite.driver(), large.store.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "busy.db"),))
    store = open_store(tmp_path / "busy.db", seat="packing-1")
    yield replace(large, store=store)
    store.close()


def page(store: SqlStore, query: OrderQuery) -> OrderPage:
    with store.read() as unit:
        return unit.lists.page(query)


# --- pages while orders change ---------------------------------------------------------------------------


class Traffic:
    """Everything that can happen to a list between two pages of it: orders come, change, move on and leave."""

    def __init__(self, full: Full) -> None:
        self._store = full.store
        self._of_stage = {stage: [order for order in full.orders if stage_of(order) is stage] for stage in Stage}
        self.touched: set[str] = set()
        self._turn = 0

    def happens(self) -> None:
        self._turn += 1
        with self._store.write() as unit:
            fresh = builders.held_order(placed_at=NOW + self._turn)
            unit.orders.add(fresh, fresh.id, "sha")
            self.touched.add(fresh.id)
            for stage, orders in self._of_stage.items():
                order = orders[self._turn * 37 % len(orders)]
                unit.orders.save_message(order.id, f"Turn {self._turn}")
                if stage is Stage.TO_PREPARE and self._turn % 3 == 0:
                    self._open_question(unit, order)
                elif stage is Stage.TO_PREPARE:
                    self._capture(unit, order)
            unit.commit()

    def _capture(self, unit: Any, order: Order) -> None:
        facts = order.payment.facts
        assert facts is not None
        captured = replace(
            facts,
            status=PaymentStatus.SUCCEEDED,
            raw_status="succeeded",
            amount_capturable=0,
            amount_received=facts.amount,
            observed_ms=(NOW + self._turn) * 1000,
        )
        unit.orders.save_payment(replace(order.payment, facts=captured))
        self.touched.add(order.id)

    def _open_question(self, unit: Any, order: Order) -> None:
        if order.id in self.touched:
            return
        planned = unit.journal.plan(builders.operation(order, OperationKind.CAPTURE))
        claimed = unit.journal.claim(planned.id, "packing-1", 1, NOW)
        assert claimed is not None
        unit.journal.postpone(claimed, "no answer", 5)
        self.touched.add(order.id)


@pytest.mark.parametrize("stage", EVERYWHERE)
def test_pages_join_up_while_orders_change(busy: Full, stage: Stage | None) -> None:
    """Orders that stay where they are come once each, in their order; one that moves may be missed or met again."""
    traffic = Traffic(busy)
    seen: list[OrderRow] = []
    more, after = True, ""
    while more:
        found = page(busy.store, OrderQuery(stage, limit=31, after=after))
        seen += found.rows
        more, after = found.has_more, found.rows[-1].cursor
        traffic.happens()
    still = [row.id for row in seen if row.id not in traffic.touched]
    now = page(busy.store, OrderQuery(stage, limit=5000)).rows
    assert len(seen) > 62
    assert still == [row.id for row in now if row.id not in traffic.touched]
    assert all(count <= 2 for count in Counter(row.id for row in seen).values())


def test_counts_stay_right_while_orders_change(busy: Full) -> None:
    traffic = Traffic(busy)
    for _ in range(12):
        traffic.happens()
    rows = page(busy.store, OrderQuery(None, limit=5000)).rows
    with busy.store.read() as unit:
        overview = unit.lists.overview(NOW)
    assert len(rows) == 1012
    assert dict(overview.counts) == Counter(row.stage for row in rows)
    held = [row for row in rows if row.stage is Stage.TO_PREPARE]
    assert [each.amount for each in overview.on_hold] == [sum(row.amount for row in held)]
    assert overview.at_risk_count == sum((row.deadline or 0) < NOW + builders.DAY for row in held)


# --- words -----------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.data())
def test_words_are_found_wherever_they_stand(shop: Full, data: st.DataObject) -> None:
    texts = {order.id: search_text(order) for order in shop.orders}
    pieces: list[str] = []
    for _ in range(data.draw(st.integers(1, 3))):
        text = texts[data.draw(st.sampled_from(sorted(texts)))]
        start = data.draw(st.integers(0, len(text) - 1))
        pieces.append(text[start : start + data.draw(st.integers(1, 9))])
    typed = " ".join([*pieces, data.draw(st.one_of(st.just(""), st.text(max_size=4)))])
    words = normalise(typed).split()
    found = page(shop.store, OrderQuery(None, typed, limit=200)).rows
    assert [row.id for row in found] == [
        order.id for order in reversed(shop.orders) if all(word in texts[order.id] for word in words)
    ]
    stage = data.draw(st.sampled_from(Stage))
    of_stage = page(shop.store, OrderQuery(stage, typed, limit=200)).rows
    assert {row.id for row in of_stage} == {row.id for row in found if row.stage is stage}


@pytest.mark.parametrize("text", ["a", "aa", "apron", "linen apron", "a linen ro", '"', '""', "*", "(", "AND", "^ada"])
def test_found_orders_come_page_by_page(shop: Full, text: str) -> None:
    whole = page(shop.store, OrderQuery(None, text, limit=200)).rows
    pages: list[OrderRow] = []
    more, after = True, ""
    while more:
        found = page(shop.store, OrderQuery(None, text, limit=3, after=after))
        pages += found.rows
        more, after = found.has_more, found.rows[-1].cursor if found.rows else ""
    assert [row.id for row in pages] == [row.id for row in whole]
    assert [row.placed_at for row in whole] == sorted((row.placed_at for row in whole), reverse=True)


def test_what_an_order_was_found_by_is_forgotten(busy: Full) -> None:
    order = busy.orders[0]
    renamed = replace(order, shopper=replace(order.shopper, name="Wilhelmine Quandt"))
    with busy.store.write() as unit:
        unit.orders.save_shopper_contact(renamed)
        unit.commit()
    assert [row.id for row in page(busy.store, OrderQuery(None, "quandt wilhelm")).rows] == [order.id]
    email = order.shopper.email.split("@")[0]
    assert [row.id for row in page(busy.store, OrderQuery(None, f"{email}@")).rows] == [order.id]
    old_name = f"{order.shopper.name} {order.reference}"
    assert page(busy.store, OrderQuery(None, old_name)).rows == ()


# --- what is asked of the database -----------------------------------------------------------------------


def asked(store: SqlStore, query: OrderQuery) -> list[tuple[str, Any]]:
    """The statements of one reading of list and counts, as the window does it."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    event.listen(store._reader, "before_cursor_execute", note)
    with store.read() as unit:
        unit.lists.page(query)
        unit.lists.overview(NOW)
    event.remove(store._reader, "before_cursor_execute", note)
    return [each for each in statements if not each[0].startswith("BEGIN")]


QUERIES = [OrderQuery(stage) for stage in EVERYWHERE] + [
    OrderQuery(None, "linen"),
    OrderQuery(None, "linen a"),
    OrderQuery(None, "a"),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.stage or 'all'}-{query.text}")
def test_the_number_of_statements_stays_the_same(shop: Full, large: Full, query: OrderQuery) -> None:
    few, many = asked(shop.store, query), asked(large.store, replace(query, limit=500))
    assert len(few) == len(many)
    assert len(many) <= 11
    after = page(large.store, replace(query, limit=5)).rows[-1].cursor
    assert len(asked(large.store, replace(query, limit=500, after=after))) == len(many)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.stage or 'all'}-{query.text}")
@pytest.mark.parametrize("further", [False, True])
def test_a_page_follows_an_index_and_sorts_nothing(large: Full, query: OrderQuery, further: bool) -> None:
    if further:
        query = replace(query, after=page(large.store, replace(query, limit=3)).rows[-1].cursor)
    with large.store._reader.connect() as connection:
        for statement, parameters in asked(large.store, query):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for step in (row[3] for row in plan):
                assert step != "SCAN orders", statement
                assert step != "USE TEMP B-TREE FOR ORDER BY", statement
                assert not step.startswith("SCAN payment") or "COVERING" in step, statement
