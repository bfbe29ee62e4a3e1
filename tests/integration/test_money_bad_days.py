"""Bad days in the middle of an operation: a full disk, a clock that leaps, a key that is rolled, a machine that sleeps.

Each time the seller reads what it means for the money, nothing is lost, and it happens once.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sellerdesk.domain.errors import AnswerNotSaved, DatabaseUnusable, KeyRefused, NotSentYet
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore
from tests.engines import library
from tests.inside_wire import InsideWire
from tests.postgres_server import PostgresServer
from tests.wiring import DAY, PRODUCTS, RATES, TOTAL, MovedClock, Plant, calls, plant

HOUR = 3600
CALLS = {"capture": "/capture", "refund": "/v1/refunds", "confirm": "/confirm"}


class FullDisk:
    """No commit finds room until there is some again."""

    words = "disk is full"

    def __init__(self, store: SqlStore) -> None:
        self._dialect = store._writer.dialect
        self._commit = self._dialect.do_commit

    def begin(self) -> None:
        def refuse(_connection: Any) -> None:
            error = library.OperationalError("database or disk is full")
            error.sqlite_errorcode = 13
            raise error

        self._dialect.do_commit = refuse  # type: ignore[method-assign, assignment]

    def end(self) -> None:
        self._dialect.do_commit = self._commit  # type: ignore[method-assign]


class LockedFile:
    """Another program writes and does not come to an end."""

    words = "kept busy"

    def __init__(self, store: SqlStore) -> None:
        with store._writer.connect() as connection:
            connection.execute(text("PRAGMA busy_timeout=0"))
        self._rival = sqlite.connect(library, store.path)

    def begin(self) -> None:
        self._rival.execute("BEGIN IMMEDIATE")

    def end(self) -> None:
        self._rival.execute("ROLLBACK")
        self._rival.close()


def prepared(shop: Plant, kind: str) -> tuple[Order, Callable[[], object]]:
    """An order, and what moves its money as ``kind`` says."""
    if kind == "confirm":
        placed = shop.place()
        return placed.order, lambda: shop.pay(placed)
    order = shop.place_and_pay()
    if kind == "capture":
        return order, lambda: shop.prepare(order)
    taken = shop.prepare(order)
    return taken, lambda: shop.refund(taken, 2400)


def moved(order: Order, kind: str) -> bool:
    return {
        "confirm": order.payment.held == TOTAL,
        "capture": order.payment.captured == TOTAL,
        "refund": order.payment.refunded == 2400,
    }[kind]


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [("capture", FullDisk), ("refund", FullDisk), ("confirm", FullDisk), ("capture", LockedFile)],
)
def test_a_database_that_cannot_be_written_loses_nothing_and_says_what_it_means(
    stripe_sandbox: Sandbox, database: Path, kind: str, trouble: type[FullDisk | LockedFile]
) -> None:
    """When it is planned, when it is taken up, and when Stripe has answered."""
    gaps: dict[str, Callable[[], None]] = {}

    def reached(gap: str) -> None:
        gaps.pop(gap, lambda: None)()

    def sent() -> int:
        return len(calls(stripe_sandbox, "POST", CALLS[kind]))

    expected: list[tuple[str, type[DatabaseUnusable], str, int]] = [
        ("", DatabaseUnusable, "nothing was changed", 0),
        (f"{kind}.planned", NotSentYet, "nothing was sent to Stripe yet", 0),
        (f"{kind}.answered", AnswerNotSaved, "Nothing is lost and nothing is done twice", 1),
    ]
    with plant(stripe_sandbox, database, reached=reached) as shop:
        for gap, error, words, calls_made in expected:
            order, move = prepared(shop, kind)
            before, bad = sent(), trouble(shop.store)
            if gap:
                gaps[gap] = bad.begin
            else:
                bad.begin()
            with pytest.raises(error, match=words) as said:
                move()
            assert bad.words in str(said.value)
            assert sent() - before == calls_made
            bad.end()
            assert moved(shop.order(order.id), kind) is False
            if not gap:
                assert not [each for each in shop.operations(order.id, OperationKind(kind)) if each.is_open]
                move()
            shop.settle(2)
            # The clock that was moved may take this reading for older than the last; the next look mends that.
            shop.works.desk.sync.poll()
            assert moved(shop.check_agrees(order.id), kind)
            assert sent() - before == 1


@pytest.mark.parametrize("kind", ["refund", "confirm"])
def test_a_connection_that_the_server_ends_before_the_commit_is_no_news_to_anybody(
    stripe_sandbox: Sandbox, postgres_server: PostgresServer, kind: str
) -> None:
    ended: list[str] = []

    def reached(gap: str) -> None:
        if gap == f"{kind}.before_commit" and not ended:
            ended.append(gap)
            postgres_server.execute(
                "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE application_name = 'Seat 1'"
            )

    with plant(stripe_sandbox, postgres_server.lend(), reached=reached) as shop:
        with shop.store.write() as unit:
            unit.catalogue.replace(PRODUCTS, RATES)
            unit.commit()
        order, move = prepared(shop, kind)
        move()
        assert ended
        assert moved(shop.check_agrees(order.id), kind)
        assert len(calls(stripe_sandbox, "POST", CALLS[kind])) == 1
    postgres_server.clean()


@pytest.mark.parametrize("kind", ["capture", "refund"])
def test_a_clock_that_leaps_by_hours_or_days_sends_nothing_twice(
    stripe_sandbox: Sandbox, database: Path, kind: str
) -> None:
    """The answer is lost, before or after it happened, then the machine's clock leaps, and its program starts anew:
    no lease, no pause and no age of a key may be believed. Stripe's own clock goes on as before."""
    for ahead, fault in [
        (-3 * DAY, Fault.LOST_BEFORE),
        (-HOUR, Fault.LOST_AFTER),
        (25 * HOUR, Fault.LOST_BEFORE),
    ]:
        with plant(stripe_sandbox, database) as shop:
            order, move = prepared(shop, kind)
            stripe_sandbox.world.faults.plan("create_refund" if kind == "refund" else kind, fault)
            move()
        with plant(stripe_sandbox, database, clock=MovedClock(ahead + 30)) as shop:
            shop.works.resolve.run_due()
            assert moved(shop.check_agrees(order.id), kind)
            (operation,) = shop.operations(order.id, OperationKind(kind))
            assert (operation.state, operation.generation) == (OperationState.DONE, 0)


@pytest.mark.parametrize(("kind", "gap"), [("capture", "claimed"), ("refund", "claimed"), ("refund", "answered")])
def test_a_machine_that_sleeps_in_the_middle_wakes_up_too_late_and_does_no_harm(
    stripe_sandbox: Sandbox, database: Path, kind: str, gap: str
) -> None:
    """Nine hours later another seat has found out and finished it, and the same key has the same effect."""
    clock = MovedClock()
    seen: list[bool] = []

    def sleep(at: str) -> None:
        if at == f"{kind}.{gap}" and not seen:
            clock.advance(9 * HOUR)
            stripe_sandbox.world.clock.advance(9 * HOUR)
            with plant(stripe_sandbox, database, seat="Seat 2", clock=clock) as other:
                other.works.resolve.run_due()
                seen.append(moved(other.order(order.id), kind))

    with plant(stripe_sandbox, database, clock=clock, reached=sleep) as shop:
        order, move = prepared(shop, kind)
        move()
        assert seen == [True]
        assert moved(shop.check_agrees(order.id), kind)
        (operation,) = shop.operations(order.id, OperationKind(kind))
        assert (operation.state, operation.generation) == (OperationState.DONE, 0)


def test_a_machine_that_sleeps_between_the_decision_and_the_call_does_not_make_it(
    stripe_sandbox: Sandbox, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refund whose first call was lost is sent again, and the machine sleeps for more than a day just then. Stripe
    has forgotten the key when it wakes, and another seat has made the refund meanwhile."""
    clock = MovedClock()
    send, seen = InsideWire.request, list[bool]()

    def sleep(self: InsideWire, method: str, url: str, *rest: Any) -> tuple[bytes, int, Mapping[str, str]]:
        if method.upper() == "POST" and url.endswith("/refunds") and not seen:
            seen.append(False)
            with plant(stripe_sandbox, database, seat="Seat 2", clock=clock) as other:
                clock.advance()
                other.works.resolve.run_due()
                seen.append(moved(other.order(order.id), "refund"))
            clock.advance(25 * HOUR)
            stripe_sandbox.world.clock.advance(25 * HOUR)
        return send(self, method, url, *rest)

    with plant(stripe_sandbox, database, clock=clock) as shop:
        order, refund = prepared(shop, "refund")
        stripe_sandbox.world.faults.plan("create_refund", Fault.LOST_BEFORE)
        refund()
        clock.advance()
        monkeypatch.setattr(InsideWire, "request", sleep)
        shop.settle()
        assert seen == [False, True]
        assert shop.check_agrees(order.id).payment.refunded == 2400
    # The first was lost on the way, the second is the other seat's, and there is no third.
    assert len(calls(stripe_sandbox, "POST", CALLS["refund"])) == 2


def test_a_key_that_is_rolled_in_the_middle_leaves_it_to_the_new_one(stripe_sandbox: Sandbox, database: Path) -> None:
    """Under the old key nothing is sent any more; under the new one it is done once, with the idempotency key it had.
    https://docs.stripe.com/keys#rolling-keys"""

    def roll(gap: str) -> None:
        if gap == "refund.claimed":
            stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)

    with plant(stripe_sandbox, database, reached=roll) as shop:
        order, refund = prepared(shop, "refund")
        with pytest.raises(KeyRefused, match="key"):
            refund()
        waiting = shop.order(order.id).open_operation
        assert waiting is not None
        shop.clock.advance()
        assert isinstance(shop.works.resolve.run_due().trouble, KeyRefused)
    with plant(stripe_sandbox, database, key="sk_test_made_up_after_rolling", clock=shop.clock) as shop:
        shop.settle()
        assert moved(shop.check_agrees(order.id), "refund")
        (operation,) = shop.operations(order.id, OperationKind.REFUND)
        assert (operation.id, operation.generation) == (waiting.id, 0)
    stripe_sandbox.world.revoked_keys.clear()


@pytest.mark.parametrize("kind", ["capture", "refund"])
def test_the_key_of_another_account_ends_nothing_and_sends_nothing(
    stripe_sandbox: Sandbox, database: Path, kind: str
) -> None:
    """The database itself does not open for another account (test_shop_keys); should it do so all the same, a person
    is asked, and the right key finds what happened."""
    with plant(stripe_sandbox, database) as shop:
        order, move = prepared(shop, kind)
        stripe_sandbox.world.faults.plan("create_refund" if kind == "refund" else kind, Fault.LOST_AFTER)
        move()
        clock = shop.clock
    with Sandbox() as strange, plant(strange, database, clock=clock) as shop:
        shop.settle()
        assert [each.method for each in strange.world.seen if each.method != "GET"] == []
        (waiting,) = shop.operations(order.id, OperationKind(kind))
        assert waiting.state is OperationState.REVIEW
        assert "is the key another account's?" in waiting.outcome
        assert shop.order(order.id).payment == order.payment
    with plant(stripe_sandbox, database, clock=clock) as shop:
        shop.settle()
        assert moved(shop.check_agrees(order.id), kind)


def test_what_waits_for_a_working_key_is_sent_however_long_that_takes(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """A refused key is certain: nothing was carried out under the idempotency key, which is as good as new."""
    order, refund = prepared(shop, "refund")
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    with pytest.raises(KeyRefused, match="waiting actions go on then"):
        refund()
    for _ in range(5):
        for each in (shop.clock, stripe_sandbox.world.clock):
            each.advance(5 * HOUR)
        shop.works.resolve.run_due()
    stripe_sandbox.world.revoked_keys.clear()
    shop.settle()
    assert moved(shop.check_agrees(order.id), "refund")
    (operation,) = shop.operations(order.id, OperationKind.REFUND)
    assert (operation.state, operation.generation) == (OperationState.DONE, 0)


def test_what_was_not_sent_for_a_day_of_sleep_is_sent_afterwards(stripe_sandbox: Sandbox, database: Path) -> None:
    """Nothing went out, so that nothing can have been forgotten at Stripe."""
    clock = MovedClock()
    slept: list[str] = []

    def sleep(gap: str) -> None:
        if gap == "refund.claimed" and not slept:
            slept.append(gap)
            for each in (clock, stripe_sandbox.world.clock):
                each.advance(25 * HOUR)

    with plant(stripe_sandbox, database, clock=clock, reached=sleep) as shop:
        order, refund = prepared(shop, "refund")
        refund()
        assert calls(stripe_sandbox, "POST", CALLS["refund"]) == []
        shop.settle()
        assert moved(shop.check_agrees(order.id), "refund")
    assert len(calls(stripe_sandbox, "POST", CALLS["refund"])) == 1
