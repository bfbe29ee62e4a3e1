"""The journal: planned once, claimed by one, finished once, and never rewritten."""

import re
from dataclasses import replace

import pytest

from sellerdesk.domain.errors import OperationInProgress, OurBug
from sellerdesk.domain.operation import FINAL_STATES, Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import sha256_of, to_json
from sellerdesk.store.database import SqlStore
from sellerdesk.store.failures import ConstraintBroken
from tests import builders
from tests.builders import NOW
from tests.engines import RULE_BROKEN, run_sql


@pytest.fixture
def order(store: SqlStore) -> Order:
    return add(store)


def add(store: SqlStore) -> Order:
    order = builders.held_order()
    with store.write() as unit:
        unit.orders.add(order, f"checkout-{order.id}", "sha")
        unit.commit()
    return order


def plan(store: SqlStore, operation: Operation) -> Operation:
    with store.write() as unit:
        planned = unit.journal.plan(operation)
        unit.commit()
    return planned


def claim(store: SqlStore, operation: Operation, system_now: int = 100, seat: str = "packing-1") -> Operation | None:
    with store.write() as unit:
        claimed = unit.journal.claim(operation.id, seat, system_now, NOW)
        unit.commit()
    return claimed


def sure_claim(store: SqlStore, operation: Operation, system_now: int = 100) -> Operation:
    claimed = claim(store, operation, system_now)
    assert claimed is not None
    return claimed


def finish(store: SqlStore, operation: Operation, state: OperationState = OperationState.DONE) -> bool:
    with store.write() as unit:
        finished = unit.journal.finish(operation, state, "word", NOW + 9)
        unit.commit()
    return finished


def read(store: SqlStore, operation: Operation) -> Operation:
    with store.read() as unit:
        found = unit.journal.get(operation.id)
    assert found is not None
    return found


def settle(store: SqlStore, operation: Operation, state: OperationState) -> Operation:
    """Bring a planned operation to ``state`` the way it gets there in life."""
    plan(store, operation)
    match state:
        case OperationState.PLANNED:
            pass
        case OperationState.DROPPED:
            finish(store, operation, state)
        case OperationState.SENDING:
            sure_claim(store, operation)
        case OperationState.UNKNOWN:
            claimed = sure_claim(store, operation)
            with store.write() as unit:
                unit.journal.postpone(claimed, "no answer", 500)
                unit.commit()
        case _:
            finish(store, sure_claim(store, operation), state)
    settled = read(store, operation)
    assert settled.state is state
    return settled


# --- plan ------------------------------------------------------------------------------------------------


def test_a_planned_operation_comes_back_as_it_is(store: SqlStore, order: Order) -> None:
    operation = builders.operation(order, next_try_at=7)
    assert plan(store, operation) == operation
    assert read(store, operation) == operation


def test_the_same_id_again_returns_the_row_that_is_there(store: SqlStore, order: Order) -> None:
    operation = builders.operation(order)
    plan(store, operation)
    claimed = sure_claim(store, operation)
    assert plan(store, operation) == claimed
    finish(store, claimed)
    assert plan(store, replace(operation, seat="packing-2", created_at=1)).state is OperationState.DONE


def test_the_same_id_with_another_request_is_our_bug(store: SqlStore, order: Order) -> None:
    operation = builders.operation(order)
    plan(store, operation)
    params = to_json(builders.request_for(OperationKind.CAPTURE, 1))
    with pytest.raises(OurBug, match="two different requests"):
        plan(store, replace(operation, params=params, params_sha256=sha256_of(params)))
    assert read(store, operation) == operation


def test_nothing_begins_later_than_planned(store: SqlStore, order: Order) -> None:
    with pytest.raises(OurBug, match="must be planned"):
        plan(store, builders.operation(order, state=OperationState.SENDING))


def test_an_operation_needs_its_order_and_payment(store: SqlStore, order: Order) -> None:
    with pytest.raises(ConstraintBroken, match=r"FOREIGN KEY|fk_operation_payment_id_payment"):
        plan(store, replace(builders.operation(order), payment_id="x"))


@pytest.mark.parametrize("state", [OperationState.PLANNED, OperationState.SENDING, OperationState.UNKNOWN])
@pytest.mark.parametrize(
    ("kind", "doing"),
    [
        (OperationKind.CAPTURE, "is capturing this order"),
        (OperationKind.CONFIRM, "is paying this order"),
        (OperationKind.CREATE_INTENT, "is starting the payment of this order"),
    ],
)
def test_one_open_money_operation_a_payment(
    store: SqlStore, order: Order, state: OperationState, kind: OperationKind, doing: str
) -> None:
    settle(store, builders.operation(order, kind), state)
    with pytest.raises(OperationInProgress) as refused:
        plan(store, builders.operation(order, OperationKind.CAPTURE, seat="packing-2"))
    assert re.fullmatch(rf"Seat packing-1 {doing} since \d\d:\d\d\.", str(refused.value))


def test_an_undecided_operation_is_in_the_way_too(store: SqlStore, order: Order) -> None:
    settle(store, builders.operation(order), OperationState.REVIEW)
    with pytest.raises(OperationInProgress, match="needs a decision first"):
        plan(store, builders.operation(order, OperationKind.CONFIRM))


def test_a_hold_is_captured_once_for_ever(store: SqlStore, order: Order) -> None:
    settle(store, builders.operation(order), OperationState.DONE)
    with pytest.raises(OperationInProgress, match=r"captured already\. A hold can be captured once"):
        plan(store, builders.operation(order))
    plan(store, builders.operation(order, OperationKind.CONFIRM))


@pytest.mark.parametrize("state", [OperationState.FAILED, OperationState.DROPPED])
def test_after_a_capture_that_took_nothing_another_may_follow(
    store: SqlStore, order: Order, state: OperationState
) -> None:
    settle(store, builders.operation(order), state)
    assert plan(store, builders.operation(order)).state is OperationState.PLANNED


@pytest.mark.parametrize("kind", [OperationKind.SHIP, OperationKind.CREATE_CUSTOMER])
def test_what_moves_no_money_blocks_nothing(store: SqlStore, order: Order, kind: OperationKind) -> None:
    plan(store, builders.operation(order, kind))
    plan(store, builders.operation(order, kind))
    plan(store, builders.operation(order))


def test_other_payments_are_free(store: SqlStore, order: Order) -> None:
    plan(store, builders.operation(order))
    plan(store, builders.operation(add(store)))


# --- claim -----------------------------------------------------------------------------------------------


def test_a_claim_takes_the_lease_and_counts(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    claimed = sure_claim(store, operation)
    assert claimed == replace(
        operation,
        state=OperationState.SENDING,
        fence=1,
        attempts=1,
        lease_until=220,
        first_sent_at=NOW,
        last_sent_at=NOW,
    )
    assert read(store, operation) == claimed
    assert claim(store, operation, 220) is None
    with store.write() as unit:
        again = unit.journal.claim(operation.id, "packing-2", 221, NOW + 130)
        unit.commit()
    assert again is not None
    assert (again.fence, again.attempts, again.lease_until) == (2, 2, 341)
    assert (again.first_sent_at, again.last_sent_at) == (NOW, NOW + 130)


def test_each_claim_counts_what_its_seat_sent(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    claim(store, operation, 100, "packing-1")
    claim(store, operation, 300, "packing-2")
    claim(store, operation, 500, "packing-1")
    claim(store, operation, 501, "packing-3")
    found = run_sql(store.place, "SELECT name, send_counter, heartbeat FROM seat ORDER BY name")
    assert found == [("packing-1", 2, NOW), ("packing-2", 1, NOW)]


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_what_is_over_is_not_claimed(store: SqlStore, order: Order, state: OperationState) -> None:
    settled = settle(store, builders.operation(order), state)
    assert claim(store, settled, 10_000) is None
    assert read(store, settled) == settled


def test_what_is_not_there_is_not_claimed(store: SqlStore, order: Order) -> None:
    assert claim(store, builders.operation(order)) is None


# --- finish and postpone ---------------------------------------------------------------------------------


def test_a_finished_operation_says_how_and_when(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    assert finish(store, sure_claim(store, operation))
    over = read(store, operation)
    assert (over.state, over.outcome, over.finished_at) == (OperationState.DONE, "word", NOW + 9)
    assert over.lease_until is None


def test_review_is_open_and_can_be_claimed_by_a_decision(store: SqlStore, order: Order) -> None:
    stuck = settle(store, builders.operation(order), OperationState.REVIEW)
    assert (stuck.finished_at, stuck.is_open, stuck.lease_until) == (None, True, None)
    assert finish(store, sure_claim(store, stuck), OperationState.FAILED)


def test_a_late_worker_writes_nothing(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    late = sure_claim(store, operation, 100)
    owner = sure_claim(store, operation, 300)
    assert not finish(store, late, OperationState.FAILED)
    with store.write() as unit:
        assert not unit.journal.postpone(late, "late", 1)
        unit.commit()
    assert read(store, operation) == owner
    assert finish(store, owner)
    assert not finish(store, owner, OperationState.FAILED)
    assert read(store, operation).state is OperationState.DONE


def test_postponed_with_the_same_key_and_with_a_new_one(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    claimed = sure_claim(store, operation)
    with store.write() as unit:
        assert unit.journal.postpone(claimed, "timeout", 130)
        unit.commit()
    waiting = read(store, operation)
    assert (waiting.state, waiting.outcome, waiting.next_try_at) == (OperationState.UNKNOWN, "timeout", 130)
    assert (waiting.lease_until, waiting.generation) == (None, 0)
    again = sure_claim(store, operation, 131)
    with store.write() as unit:
        assert unit.journal.postpone(again, "stored 500", 140, new_generation=True)
        unit.commit()
    assert read(store, operation).generation == 1
    assert read(store, operation).idempotency_key != operation.idempotency_key


@pytest.mark.parametrize("state", [OperationState.PLANNED, OperationState.SENDING, OperationState.UNKNOWN])
def test_nothing_is_finished_as_open(store: SqlStore, order: Order, state: OperationState) -> None:
    operation = plan(store, builders.operation(order))
    with pytest.raises(OurBug, match="cannot be finished"):
        finish(store, operation, state)


def test_what_may_have_been_sent_is_not_dropped(store: SqlStore, order: Order) -> None:
    claimed = sure_claim(store, plan(store, builders.operation(order)))
    with pytest.raises(OurBug, match="cannot be dropped"):
        finish(store, claimed, OperationState.DROPPED)


# --- what is due -----------------------------------------------------------------------------------------


def test_what_is_open_due_and_nobodys(store: SqlStore) -> None:
    orders = [add(store) for _ in range(7)]
    newer = plan(store, builders.operation(orders[0], created_at=20))
    older = plan(store, builders.operation(orders[1], created_at=10))
    settle(store, builders.operation(orders[2]), OperationState.REVIEW)
    settle(store, builders.operation(orders[3]), OperationState.DONE)
    leased = settle(store, builders.operation(orders[4], created_at=30), OperationState.SENDING)
    resting = settle(store, builders.operation(orders[5], created_at=40), OperationState.UNKNOWN)

    def due(system_now: int) -> list[str]:
        with store.read() as unit:
            return [each.id for each in unit.journal.open_operations(system_now)]

    assert due(220) == [older.id, newer.id]
    assert due(221) == [older.id, newer.id, leased.id]
    assert due(500) == [older.id, newer.id, leased.id, resting.id]


def test_all_operations_of_an_order_oldest_first(store: SqlStore, order: Order) -> None:
    second = plan(store, builders.operation(order, OperationKind.SHIP, created_at=20))
    first = settle(store, builders.operation(order, created_at=10), OperationState.FAILED)
    plan(store, builders.operation(add(store)))
    with store.read() as unit:
        assert unit.journal.of_order(order.id) == (first, second)
        assert unit.journal.of_order("x") == ()


# --- attempts --------------------------------------------------------------------------------------------


def end(store: SqlStore, operation: Operation, outcome: str) -> None:
    with store.write() as unit:
        unit.journal.end_attempt(operation, NOW, outcome, 500, "api_error", "req_1", True)
        unit.commit()


def start(store: SqlStore, operation: Operation) -> None:
    with store.write() as unit:
        unit.journal.start_attempt(operation, NOW)
        unit.commit()


def outcomes(store: SqlStore, operation: Operation, generation: int = 0) -> tuple[str, ...]:
    with store.read() as unit:
        return tuple(each.outcome for each in unit.journal.tries(operation.id, generation))


def test_attempts_tell_their_outcomes_in_order(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    first = sure_claim(store, operation, 100)
    start(store, first)
    assert outcomes(store, operation) == ()
    end(store, first, "server error")
    second = sure_claim(store, operation, 300)
    start(store, second)
    assert outcomes(store, operation) == ("server error",)
    third = sure_claim(store, operation, 500)
    assert outcomes(store, operation) == ("server error", "")
    start(store, third)
    assert outcomes(store, operation) == ("server error", "")
    with store.write() as unit:
        unit.journal.postpone(third, "new key", 301, new_generation=True)
        unit.commit()
    start(store, sure_claim(store, operation, 400))
    assert outcomes(store, operation) == ("server error", "", "")
    assert outcomes(store, operation, 1) == ()


def test_an_attempt_ends_once(store: SqlStore, order: Order) -> None:
    claimed = sure_claim(store, plan(store, builders.operation(order)))
    with pytest.raises(OurBug, match="never started"):
        end(store, claimed, "x")
    start(store, claimed)
    with pytest.raises(ConstraintBroken):
        start(store, claimed)
    end(store, claimed, "done")
    with pytest.raises(OurBug, match="ended before"):
        end(store, claimed, "failed")
    kept = run_sql(store.place, "SELECT n, outcome, http_status, code, request_id, replayed, ended_at FROM attempt")
    assert kept == [(1, "done", 500, "api_error", "req_1", 1, NOW)]


# --- the ledger ------------------------------------------------------------------------------------------


def test_one_movement_is_entered_once_whoever_saw_it_first(store: SqlStore, order: Order) -> None:
    operation = plan(store, builders.operation(order))
    with store.write() as unit:
        assert unit.journal.enter(operation.id, "op", "pi_1", "captured", 7000, "eur", NOW)
        assert not unit.journal.enter(None, "event", "pi_1", "captured", 7000, "eur", NOW + 1)
        assert unit.journal.enter(None, "event", "pi_1", "released", 1720, "eur", NOW + 1)
        unit.commit()
    entered = run_sql(store.place, "SELECT operation_id, source, kind, amount FROM ledger ORDER BY id")
    assert entered == [(operation.id, "op", "captured", 7000), (None, "event", "released", 1720)]


# --- history is kept -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_the_database_itself_refuses_to_leave_a_final_state(
    store: SqlStore, order: Order, state: OperationState
) -> None:
    settled = settle(store, builders.operation(order), state)
    for change in ("state = 'planned', finished_at = NULL", "outcome = 'better'", "fence = 9"):
        with pytest.raises(RULE_BROKEN, match="stays as it is"):
            run_sql(store.place, f"UPDATE operation SET {change}")
    assert read(store, settled) == settled


@pytest.mark.parametrize(
    "change",
    [
        "params = '{}'",
        "id = 'x'",
        "kind = 'ship'",
        "params_sha256 = 'x'",
        "created_at = 1",
        "id = id || '', params = params || ' '",
    ],
)
def test_the_database_itself_keeps_what_was_asked(store: SqlStore, order: Order, change: str) -> None:
    operation = plan(store, builders.operation(order))
    with pytest.raises(RULE_BROKEN, match="keeps its request"):
        run_sql(store.place, f"UPDATE operation SET {change}")
    assert read(store, operation) == operation


def test_the_database_itself_keeps_the_journal(store: SqlStore, order: Order) -> None:
    operation = sure_claim(store, plan(store, builders.operation(order)))
    start(store, operation)
    with store.write() as unit:
        unit.journal.enter(operation.id, "op", "pi_1", "captured", 1, "eur", NOW)
        unit.commit()
    forbidden = [
        "DELETE FROM operation",
        "DELETE FROM attempt",
        "DELETE FROM ledger",
        "UPDATE ledger SET amount = 2",
        "UPDATE attempt SET n = 2",
        "UPDATE attempt SET generation = 2",
        "UPDATE operation SET state = 'done'",
        "UPDATE operation SET state = 'dreaming'",
        "UPDATE operation SET finished_at = 1",
    ]
    for statement in forbidden:
        with pytest.raises(RULE_BROKEN):
            run_sql(store.place, statement)
    end(store, operation, "done")
    with pytest.raises(RULE_BROKEN, match="completed once"):
        run_sql(store.place, "UPDATE attempt SET outcome = 'x'")
