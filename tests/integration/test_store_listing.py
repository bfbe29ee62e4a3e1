"""Lists: the order of each stage, pages that join up, search with hostile words, and counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.listing import OrderFilter, OrderQuery, OrderRow, Overview, Sum
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.store.database import SqlStore, open_store
from tests import builders
from tests.builders import DAY, NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(tmp_path / "desk.sqlite", seat="packing-1")
    yield opened
    opened.close()


def add(store: SqlStore, *orders: Order) -> None:
    with store.write() as unit:
        for order in orders:
            unit.orders.add(order, f"checkout-{order.id}", "sha")
        unit.commit()


def held(deadline: int | None, **changes: Any) -> Order:
    return builders.placed_order(builders.payment_facts(capture_before=deadline), **changes)


def rows(store: SqlStore, stage: Stage | None = None, text: str = "") -> tuple[OrderRow, ...]:
    with store.read() as unit:
        return unit.lists.page(OrderQuery(stage, text)).rows


def ids(found: Iterable[OrderRow | Order]) -> list[str]:
    return [each.id for each in found]


def every_page(store: SqlStore, stage: Stage | None, limit: int) -> list[list[str]]:
    pages, after, more = [], "", True
    while more:
        with store.read() as unit:
            page = unit.lists.page(OrderQuery(stage, limit=limit, after=after))
        pages.append(ids(page.rows))
        more = page.has_more
        after = page.rows[-1].cursor if page.rows else ""
    return pages


# --- order and pages -------------------------------------------------------------------------------------


def test_what_lapses_first_stands_first(store: SqlStore) -> None:
    late, soon, never = held(NOW + 5 * DAY), held(NOW + DAY), held(None)
    add(store, late, never, soon)
    assert ids(rows(store, Stage.TO_PREPARE)) == ids([soon, late, never])


@pytest.mark.parametrize("state", [OperationState.UNKNOWN, OperationState.REVIEW])
def test_an_open_question_stands_before_all_deadlines(store: SqlStore, state: OperationState) -> None:
    soon, late, busy = held(NOW + DAY), held(NOW + 5 * DAY), held(NOW + 2 * DAY)
    add(store, soon, late, busy)
    with store.write() as unit:
        unit.journal.plan(builders.operation(busy))
        asked = unit.journal.plan(builders.operation(late))
        claimed = unit.journal.claim(asked.id, "packing-1", 1, NOW)
        assert claimed is not None
        if state is OperationState.REVIEW:
            unit.journal.finish(claimed, state, "who knows", NOW)
        else:
            unit.journal.postpone(claimed, "no answer", 5)
        unit.commit()
    shown = rows(store, Stage.TO_PREPARE)
    assert ids(shown) == ids([late, soon, busy])
    operation = shown[0].open_operation
    assert operation is not None
    assert operation.state is state
    assert every_page(store, Stage.TO_PREPARE, 1) == [[late.id], [soon.id], [busy.id]]


def test_everything_else_is_newest_first(store: SqlStore) -> None:
    shipped = [
        builders.placed_order(
            builders.payment_facts(PaymentStatus.SUCCEEDED), shipment=builders.shipment(at=NOW + number)
        )
        for number in (5, 9, 1)
    ]
    unfinished = [builders.placed_order(placed_at=NOW + number) for number in (100, 300, 200)]
    add(store, *shipped, *unfinished)
    assert ids(rows(store, Stage.SHIPPED)) == ids([shipped[1], shipped[0], shipped[2]])
    assert ids(rows(store, Stage.UNFINISHED)) == ids([unfinished[1], unfinished[2], unfinished[0]])
    assert ids(rows(store))[:3] == ids([unfinished[1], unfinished[2], unfinished[0]])
    assert len(rows(store)) == 6
    assert rows(store, Stage.ENDED) == ()


def test_what_waits_longest_is_sent_first(store: SqlStore) -> None:
    paid = [
        builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED, observed_ms=(NOW + number) * 1000))
        for number in (500, 100, 300)
    ]
    add(store, *paid)
    assert ids(rows(store, Stage.TO_SHIP)) == ids([paid[1], paid[2], paid[0]])


@pytest.mark.parametrize("stage", [Stage.TO_PREPARE, Stage.TO_SHIP, None])
def test_pages_join_up_even_where_all_times_are_the_same(store: SqlStore, stage: Stage | None) -> None:
    status = PaymentStatus.SUCCEEDED if stage is Stage.TO_SHIP else PaymentStatus.REQUIRES_CAPTURE
    orders = [builders.placed_order(builders.payment_facts(status)) for _ in range(23)]
    add(store, *orders)
    pages = every_page(store, stage, 5)
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    joined = [each for page in pages for each in page]
    assert joined == ids(rows(store, stage))
    assert sorted(joined) == sorted(ids(orders))


def test_a_full_last_page_says_that_nothing_follows(store: SqlStore) -> None:
    add(store, *(builders.placed_order() for _ in range(4)))
    assert [len(page) for page in every_page(store, None, 2)] == [2, 2]


@pytest.mark.parametrize("cursor", ["x", "{}", "[]", '["a", "b"]', "[1]", "[1, 2, 3, 4, 5]", "null", "1"])
def test_a_cursor_of_somebody_else(store: SqlStore, cursor: str) -> None:
    with pytest.raises(OurBug, match="never gave"), store.read() as unit:
        unit.lists.page(OrderQuery(Stage.SHIPPED, after=cursor))


def test_what_a_row_shows(store: SqlStore) -> None:
    with store.write() as unit:
        unit.catalogue.replace([builders.product("KETTLE-12", on_hand=0), builders.product(on_hand=1)], [])
        unit.commit()
    order = held(NOW + DAY, version=3)
    add(store, order)
    (shown,) = rows(store)
    assert order.payment.facts is not None
    assert (shown.id, shown.reference, shown.version, shown.placed_at) == (order.id, order.reference, 3, NOW)
    assert (shown.stage, shown.deadline, shown.stage_at) == (Stage.TO_PREPARE, NOW + DAY, NOW)
    assert (shown.shopper, shown.pieces, shown.short) == ("Zoë Lefèvre-Okafor", 3, 2)
    assert shown.items == "Linen apron × 2, Enamel tea kettle 1.2 L, cobalt blue"
    assert (shown.amount, shown.captured, shown.currency) == (8720, 0, "eur")
    assert (shown.card, shown.risk_level) == (order.payment.facts.card, "normal")
    assert (shown.problem, shown.ended_because, shown.carrier, shown.open_operation) == (None, "", "", None)


def test_a_row_of_a_shortened_order_says_how_many_were_left_out(store: SqlStore) -> None:
    lines = (builders.apron(kept=2), builders.kettle(quantity=3, kept=1))
    add(store, builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED), lines=lines))
    assert rows(store)[0].short == 2


def test_a_row_tells_the_last_problem(store: SqlStore) -> None:
    problem = builders.refusal()
    add(store, builders.placed_order(builders.payment_facts(PaymentStatus.REQUIRES_PAYMENT_METHOD), problem))
    (shown,) = rows(store, Stage.PROBLEM)
    assert (shown.problem, shown.stage_at) == (problem, problem.at)


# --- search ----------------------------------------------------------------------------------------------


@pytest.fixture
def shop(store: SqlStore) -> SqlStore:
    """One order with much to find, and ten others."""
    facts = builders.payment_facts(PaymentStatus.SUCCEEDED, intent_id="pi_3QfindMe", card=builders.card(last4="0341"))
    wanted = builders.placed_order(
        facts,
        reference="K7QP3MX2",
        shopper=builders.shopper(name="Łukasz Żółkiewski 田中", email="lukasz_z%1@example.pl"),
        lines=(builders.apron(name="Straße & Co 100% \U0001f9f5 'ö\" \\ kettle"),),
        shipment=builders.shipment(parcels=(Parcel("dhl", "JD014600006281230704"),)),
    )
    add(store, wanted, *(held(NOW + DAY) for _ in range(10)))
    return store


@pytest.mark.parametrize(
    "text",
    [
        "K7QP3MX2",
        "k7qp-3mx2",
        "K7QP 3MX2",
        "k7qp",
        "-3mx",
        "łukasz",
        "ZOLKIEWSKI",
        "zólkiewski",
        "żółkiewski ŁUKASZ",
        "zołkiewski",
        "田中",
        "lukasz_z%1@EXAMPLE.pl",
        "_z%1",
        "100%",
        "straße",
        "STRASSE",
        "\U0001f9f5",
        "'ö\"",
        "\\",
        "& co",
        "JD0146",
        "jd 0146 0000 6281",
        "0341",
        "pi_3qfindme",
        "kettle łukasz 0341 JD01",
        "\tłukasz\n",
        "straße\x00kettle",
    ],
)
def test_it_is_found_by(shop: SqlStore, text: str) -> None:
    assert [each.reference for each in rows(shop, text=text)] == ["K7QP3MX2"]


@pytest.mark.parametrize(
    "text",
    [
        "k7qp 9999",
        "łukasz okafor",
        "100_",
        "z_%1",
        "%%",
        "/%",
        "' OR 1=1 --",
        '"; DROP TABLE orders; --',
        "kettle" * 2000,
        "\ud800qq",
        "\U0001f9f5\U0001f9f5",
    ],
)
def test_it_is_not_found_by(shop: SqlStore, text: str) -> None:
    assert "K7QP3MX2" not in [each.reference for each in rows(shop, text=text)]
    assert len(rows(shop)) == 11


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "\ud800"])
def test_nothing_typed_finds_everything(shop: SqlStore, text: str) -> None:
    assert len(rows(shop, text=text)) == 11


def test_ten_kilobytes_are_no_trouble(shop: SqlStore) -> None:
    assert rows(shop, text="a %_'\" " * 1500) == ()
    assert len(rows(shop, text="kettle " * 1500)) == 11
    assert rows(shop, text="x" * 10_000) == ()
    assert rows(shop, text=" ".join(str(number) for number in range(3000))) == ()


def test_a_reference_may_be_typed_with_lookalikes(store: SqlStore) -> None:
    add(store, builders.placed_order(reference="K0QP1MX2"), builders.placed_order())
    assert [each.reference for each in rows(store, text="koqp-lmx2")] == ["K0QP1MX2"]


def test_search_stays_within_the_stage(shop: SqlStore) -> None:
    assert rows(shop, Stage.TO_PREPARE, "łukasz") == ()
    assert len(rows(shop, Stage.SHIPPED, "łukasz")) == 1
    assert len(rows(shop, Stage.TO_PREPARE, "okafor")) == 10


def test_a_card_and_a_parcel_are_found_as_soon_as_they_are_known(store: SqlStore) -> None:
    order = builders.placed_order(builders.payment_facts(PaymentStatus.REQUIRES_PAYMENT_METHOD, card=None))
    add(store, order)
    assert rows(store, text="9995") == ()
    with store.write() as unit:
        unit.orders.save_payment(replace(order.payment, problem=builders.refusal()))
        unit.orders.save_shipment(order.id, builders.shipment())
        unit.commit()
    assert len(rows(store, text="9995")) == 1
    assert len(rows(store, text="6a1234")) == 1


# --- what a filter lets through --------------------------------------------------------------------------


def narrowed(store: SqlStore, stage: Stage | None = None, **only: Any) -> list[str]:
    with store.read() as unit:
        return ids(unit.lists.page(OrderQuery(stage, only=OrderFilter(**only))).rows)


def test_only_what_lapses_soon(store: SqlStore) -> None:
    soon, late, never = held(NOW + DAY - 1), held(NOW + DAY), held(None)
    paid = builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED, capture_before=NOW + 5))
    add(store, late, soon, never, paid, builders.placed_order())
    assert narrowed(store, Stage.TO_PREPARE, lapses_before=NOW + DAY) == [soon.id]
    assert narrowed(store, lapses_before=NOW + DAY) == [soon.id]
    assert narrowed(store, Stage.TO_SHIP, lapses_before=NOW + DAY) == []


def test_only_what_stock_does_not_cover(store: SqlStore) -> None:
    with store.write() as unit:
        unit.catalogue.replace([builders.product("APRON-M", on_hand=1)], [])
        unit.commit()
    two = replace(builders.apron(), quantity=2)
    short, enough = held(NOW + DAY, lines=(two,)), held(NOW + DAY, lines=(replace(two, quantity=1),))
    uncounted = held(NOW + DAY, lines=(builders.kettle(),))
    packed = builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED), lines=(replace(two, kept=2),))
    add(store, short, enough, uncounted, packed)
    assert narrowed(store, Stage.TO_PREPARE, short=True) == [short.id]
    assert narrowed(store, short=True) == [short.id]
    assert [row.id for row in rows(store, Stage.TO_PREPARE) if row.short] == [short.id]


@pytest.mark.parametrize("check", ["cvc_check", "postal_code_check", "line1_check"])
def test_only_what_the_bank_or_stripe_doubts(store: SqlStore, check: str) -> None:
    fine = builders.payment_facts().card
    assert fine is not None
    fine = replace(fine, cvc_check="pass", postal_code_check="pass", line1_check="unavailable")
    sure = builders.placed_order(builders.payment_facts(card=fine))
    failed: dict[str, Any] = {check: "fail"}
    differs = builders.placed_order(builders.payment_facts(card=replace(fine, **failed)))
    risky = builders.placed_order(builders.payment_facts(card=fine, risk_level="highest"))
    without = builders.placed_order(builders.payment_facts(card=None))
    add(store, sure, differs, risky, without)
    assert sorted(narrowed(store, Stage.TO_PREPARE, doubtful=True)) == sorted([differs.id, risky.id])


def test_only_some_currencies(store: SqlStore) -> None:
    orders = [held(NOW + DAY, currency=each) for each in ("eur", "usd", "jpy", "usd")]
    add(store, *orders)
    assert sorted(narrowed(store, currencies=frozenset({"usd"}))) == sorted([orders[1].id, orders[3].id])
    assert len(narrowed(store, currencies=frozenset({"usd", "jpy"}))) == 3
    assert narrowed(store, currencies=frozenset({"usd"}), lapses_before=NOW) == []
    with store.read() as unit:
        assert unit.lists.currencies() == ("eur", "jpy", "usd")


def test_narrowed_pages_join_up(store: SqlStore) -> None:
    orders = [held(NOW + 60 * number, currency="usd" if number % 2 else "eur") for number in range(12)]
    add(store, *orders)
    query = OrderQuery(Stage.TO_PREPARE, limit=4, only=OrderFilter(currencies=frozenset({"usd"})))
    with store.read() as unit:
        first = unit.lists.page(query)
        second = unit.lists.page(replace(query, after=first.rows[-1].cursor))
    assert first.has_more
    assert not second.has_more
    assert ids((*first.rows, *second.rows)) == ids(orders[1::2])


@pytest.mark.parametrize(
    "only",
    [
        OrderFilter(),
        OrderFilter(doubtful=True),
        OrderFilter(currencies=frozenset({"eur"})),
        OrderFilter(doubtful=True, currencies=frozenset({"eur", "usd"})),
    ],
)
def test_a_filter_leaves_the_order_to_the_index(store: SqlStore, only: OrderFilter) -> None:
    plan = plan_of(store, OrderQuery(Stage.SHIPPED, only=only))
    assert "USING INDEX ix_orders_stage_sort_key_id (stage=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_what_lapses_soon_is_found_by_the_index(store: SqlStore) -> None:
    plan = plan_of(store, OrderQuery(Stage.TO_PREPARE, only=OrderFilter(lapses_before=NOW)))
    assert "USING INDEX ix_orders_stage_sort_key_id (stage=? AND sort_key<?)" in plan


def plan_of(store: SqlStore, query: OrderQuery) -> str:
    """How SQLite finds the rows of a page."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store._reader, "before_cursor_execute", note)
    with store.read() as unit:
        unit.lists.page(query)
    event.remove(store._reader, "before_cursor_execute", note)
    statement, parameters = next(each for each in asked if "FROM orders" in each[0])
    with store._reader.connect() as connection:
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row[-1]) for row in found)


# --- overview and size -----------------------------------------------------------------------------------


def overview(store: SqlStore, now: int = NOW) -> Overview:
    with store.read() as unit:
        return unit.lists.overview(now)


def test_an_empty_shop_has_an_empty_overview(store: SqlStore) -> None:
    assert overview(store) == Overview((), (), (), 0, 0)


def test_sums_are_kept_apart_by_currency(store: SqlStore) -> None:
    yen = builders.payment_facts(amount=24800, currency="jpy", capture_before=NOW + DAY - 1)
    in_yen = builders.placed_order(yen, currency="jpy")
    in_yen = replace(in_yen, payments=(replace(in_yen.payment, currency="jpy"),))
    soon, later, unknown = held(NOW + DAY - 1), held(NOW + DAY), held(None)
    paid = builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED))
    add(store, in_yen, soon, later, unknown, paid, builders.placed_order())
    with store.write() as unit:
        unit.journal.plan(builders.operation(soon))
        unit.journal.plan(builders.operation(soon, OperationKind.SHIP))
        over = unit.journal.plan(builders.operation(later))
        unit.journal.finish(over, OperationState.DROPPED, "never sent", NOW)
        unit.commit()
    seen = overview(store)
    assert dict(seen.counts) == {Stage.TO_PREPARE: 4, Stage.TO_SHIP: 1, Stage.UNFINISHED: 1}
    assert seen.on_hold == (Sum("eur", 3 * 8720), Sum("jpy", 24800))
    assert seen.at_risk == (Sum("eur", 8720), Sum("jpy", 24800))
    assert seen.at_risk_count == 2
    assert seen.open_operations == 2
    assert seen.decisions == 0


def test_what_waits_for_a_person_is_counted_by_itself(store: SqlStore) -> None:
    first, second = held(NOW + DAY), held(NOW + DAY)
    add(store, first, second)
    with store.write() as unit:
        stopped = unit.journal.plan(builders.operation(first))
        unit.journal.finish(stopped, OperationState.REVIEW, "who knows", NOW)
        unit.journal.plan(builders.operation(second))
        unit.commit()
    seen = overview(store)
    assert (seen.open_operations, seen.decisions) == (2, 1)


def count_statements(store: SqlStore, query: OrderQuery) -> int:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(store._reader, "before_cursor_execute", note)
    with store.read() as unit:
        assert len(unit.lists.page(query).rows) > 0
        unit.lists.overview(NOW)
    event.remove(store._reader, "before_cursor_execute", note)
    return len(statements)


def test_the_number_of_statements_does_not_grow_with_the_orders(store: SqlStore) -> None:
    add(store, *(held(NOW + number) for number in range(3)))
    small = count_statements(store, OrderQuery(Stage.TO_PREPARE, "okafor"))
    add(store, *(held(NOW + number) for number in range(2000)))
    assert count_statements(store, OrderQuery(Stage.TO_PREPARE, "okafor", limit=400)) == small
    assert small <= 14
