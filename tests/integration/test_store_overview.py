"""What the overview reads from the database, against the same worked out slowly from the orders themselves."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from sellerdesk.clock import Clock
from sellerdesk.domain.failures import reason_of
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.overview import Figures, Shares, day_bounds
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.shortening import kept_amount
from sellerdesk.services.overview import ReadFigures
from sellerdesk.store.database import SqlStore, open_store
from tests import builders
from tests.builders import DAY, NOW

HOUR = 3600
ZONE = ZoneInfo("America/New_York")
CURRENCIES = ("eur", "usd", "jpy", "isk")
CODES = ("insufficient_funds", "generic_decline", "lost_card", "expired_card", "never_heard_of")


class StillClock(Clock):
    def now(self) -> int:
        return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(tmp_path / "desk.sqlite", seat="packing-1")
    yield opened
    opened.close()


class Made:
    """Orders made at random, each with everything that the use cases would have written of it; remembers when each
    was captured and refused."""

    def __init__(self, store: SqlStore, count: int, seed: int) -> None:
        self._random = random.Random(seed)
        self._store = store
        self.captured_at: dict[str, int] = {}
        self.refused: list[tuple[str, int, str]] = []
        ids = [f"{index:032x}" for index in range(count)]
        with store.write() as unit:
            for order_id in ids:
                order = self._order(order_id)
                unit.orders.add(order, order.id, "")
                for number in range(self._random.choice([0, 0, 0, 1, 2])):
                    at, code = order.placed_at + 30 * number, self._random.choice(CODES)
                    unit.orders.note(order.id, builders.entry("declined", at=at, note=code))
                    self.refused.append((order.id, at, code))
                at, payment = self.captured_at.get(order_id, NOW), order.payment
                for kind, amount, moment in (
                    ("authorized", payment.authorized, order.placed_at),
                    ("captured", payment.captured, at),
                    ("released", payment.released, at + 1),
                ):
                    if amount:
                        unit.journal.enter(None, "event", payment.intent_id, kind, amount, order.currency, moment)
            unit.commit()
        self.ids = ids

    def orders(self) -> list[Order]:
        with self._store.read() as unit:
            return [unit.orders.get(order_id) for order_id in self.ids]

    def _order(self, order_id: str) -> Order:
        chance = self._random
        status = chance.choice(list(PaymentStatus))
        placed = NOW - chance.randrange(40 * DAY)
        currency = chance.choice(CURRENCIES)
        unit = 100 if currency == "isk" else 1
        lines: tuple[OrderLine, ...] = (
            builders.apron(quantity=chance.randint(1, 4), unit_price=2400, discount=unit * chance.randrange(3)),
            builders.kettle(unit_price=3200),
        )
        total = sum(line.amount for line in lines) + 600
        captured = 0
        if status is PaymentStatus.SUCCEEDED:
            if chance.random() < 0.5:
                lines = tuple(replace(line, kept=chance.randint(0, line.quantity)) for line in lines)
            captured = total - worth_left_out(lines, currency)
            self.captured_at[order_id] = min(NOW, placed + 60 + chance.randrange(8 * DAY))
        held = status in (PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED)
        authorized = held or (status is PaymentStatus.CANCELED and chance.random() < 0.7)
        why = chance.choice(["automatic", "expired", "requested_by_customer"])
        facts = builders.payment_facts(
            status,
            amount=total,
            currency=currency,
            amount_received=captured,
            authorized_at=placed + 60 if authorized else None,
            capture_before=placed + 60 + chance.choice([5, 7, 30]) * DAY if authorized else None,
            cancellation_reason=why if status is PaymentStatus.CANCELED else "",
            setup_future_usage=chance.choice(["off_session", "off_session", ""]),
            payment_method_id=chance.choice(["pm_1", "pm_1", "pm_1", ""]),
            customer_id="cus_1",
        )
        return builders.placed_order(
            id=order_id,
            placed_at=placed,
            currency=currency,
            lines=lines,
            shipping=600,
            payments=(builders.payment(order_id, facts, currency=currency),),
        )


def worth_left_out(lines: tuple[OrderLine, ...], currency: str) -> int:
    return sum(line.amount - kept_amount(line, line.quantity - line.left_out, currency) for line in lines)


def read(store: SqlStore, days: int = 14) -> Figures:
    return ReadFigures(store, StillClock()).read(days, ZONE)


@pytest.mark.parametrize(("days", "seed"), [(14, 1), (30, 2), (90, 3)])
def test_it_says_what_the_orders_say(store: SqlStore, days: int, seed: int) -> None:
    made = Made(store, 250, seed)
    found = read(store, days)
    bounds = day_bounds(NOW, days, ZONE)
    orders = made.orders()
    payments = [order.payment for order in orders]
    for currency in CURRENCIES:
        expected = [Shares()] * days
        for payment in payments:
            at = payment.facts.authorized_at if payment.facts else None
            if payment.currency != currency or at is None or not bounds[0] <= at < bounds[-1]:
                continue
            day = next(index for index in range(days) if at < bounds[index + 1])
            has_lapsed = payment.facts is not None and payment.facts.has_lapsed
            released, lapsed = (0, payment.released) if has_lapsed else (payment.released, 0)
            expected[day] += Shares(payment.captured, payment.held, released, lapsed)
        assert list(found.of_currency(currency).days) == expected
    check_leads(found, made, orders, bounds)
    check_back_orders(found, made, orders, bounds)
    inside = [(order_id, code) for order_id, at, code in made.refused if bounds[0] <= at < bounds[-1]]
    assert dict(found.failures.by_reason) == Counter(reason_of(code) for _, code in inside)
    refused = {order_id for order_id, _ in inside}
    assert found.failures.orders == len(refused)
    assert found.failures.paid_later == sum(o.id in refused and o.payment.authorized > 0 for o in orders)


def check_leads(found: Figures, made: Made, orders: list[Order], bounds: tuple[int, ...]) -> None:
    leads, captures, lapsed = [], 0, set()
    for order in orders:
        facts = order.payment.facts
        if facts is None or facts.authorized_at is None or not bounds[0] <= facts.authorized_at < bounds[-1]:
            continue
        if facts.has_lapsed:
            lapsed.add(order.reference)
        if order.payment.captured:
            captures += 1
            left = (facts.capture_before or 0) - made.captured_at[order.id]
            leads += [left] if left >= 0 else []
    assert set(found.leads.lapsed) == lapsed
    assert found.leads.captures == captures
    assert found.leads.unknown == captures - len(leads)
    assert sum(found.leads.counts) == len(leads)
    assert found.leads.counts[5] == sum(2 * DAY < lead <= 3 * DAY for lead in leads)
    assert found.leads.median is not None
    assert sum(lead >= found.leads.median for lead in leads) * 2 >= len(leads)


def check_back_orders(found: Figures, made: Made, orders: list[Order], bounds: tuple[int, ...]) -> None:
    owing = [order for order in orders if order.payment.saved_card_id and any(line.left_out for line in order.lines)]
    assert owing
    worth = dict.fromkeys(sorted({order.currency for order in owing}), 0)
    for order in owing:
        worth[order.currency] += worth_left_out(order.lines, order.currency)
    assert {each.currency: each.amount for each in found.back_orders.worth} == worth
    since = [made.captured_at[order.id] for order in owing]
    ends = (*bounds[1:-1], NOW + 1)
    assert found.back_orders.open == tuple(sum(at < end for at in since) for end in ends)
    assert found.back_orders.old == tuple(sum(at < end - 10 * DAY for at in since) for end in ends)


def test_a_shop_without_orders_has_nothing_to_show(store: SqlStore) -> None:
    found = read(store)
    assert not found.has_orders
    assert found.currencies == ()
    assert found.leads.captures == found.failures.refusals == found.back_orders.open[-1] == 0
    assert found.back_orders.worth == ()
    Made(store, 1, 1)
    assert read(store).has_orders


def test_the_number_of_statements_never_grows(store: SqlStore) -> None:
    statements: list[str] = []

    def seen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(store._reader, "before_cursor_execute", seen)
    read(store)
    few = len(statements)
    Made(store, 50, 1)
    statements.clear()
    read(store, 90)
    assert len(statements) == few == 5
    # The capture of each hold is looked up by the ledger's index, not searched for.
    with store.read() as unit:
        plan = (
            unit._open_session()
            .connection()
            .exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT l.at FROM payment p LEFT JOIN ledger l "
                "ON l.stripe_object = p.intent_id AND l.kind = 'captured' WHERE p.authorized_at >= 1"
            )
        )
        assert any("uq_ledger_object_kind" in str(row) for row in plan)
