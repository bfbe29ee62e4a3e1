"""The journal under any sequence of what programs do to it, compared step by step with a few lines that say what it
must be: who may plan, who holds the lease, which write the fence lets through, and what can never be changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sellerdesk.domain.errors import OperationInProgress, OurBug
from sellerdesk.domain.operation import FINAL_STATES, Operation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.store import sqlite
from sellerdesk.store.journal import _FARTHEST_SECONDS, _LEASE_SECONDS
from sellerdesk.store.unit_of_work import SqlUnitOfWork
from tests import builders, wiring
from tests.engines import library, open_place

SEATS = ("Seat 1", "Seat 2")
KINDS = (OperationKind.CAPTURE, OperationKind.CANCEL, OperationKind.REFUND, OperationKind.SHIP)
LONG_AGO = 1_000_000
T = TypeVar("T")


@dataclass
class Known:
    """What an operation must be."""

    planned: Operation
    state: OperationState = OperationState.PLANNED
    fence: int = 0
    attempts: int = 0
    generation: int = 0
    lease_until: int | None = None
    next_try_at: int | None = None
    ended: set[int] = field(default_factory=set)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    def blocks(self, kind: OperationKind) -> bool:
        """Whether another one of ``kind`` cannot be planned on the same payment."""
        mine = self.planned.kind
        if kind is OperationKind.SHIP or mine is OperationKind.SHIP:
            return False
        captured = kind is mine is OperationKind.CAPTURE and self.state is OperationState.DONE
        return captured or not self.is_final

    def is_free(self, now: int) -> bool:
        """Whether nobody works on it: its lease was given up, ran out, or comes from a clock that was set back."""
        until = self.lease_until
        return until is None or until < now or until > now + _FARTHEST_SECONDS

    def is_due(self, now: int) -> bool:
        next_try = self.next_try_at
        waits = next_try is not None and now < next_try <= now + _FARTHEST_SECONDS
        return not (self.is_final or self.state is OperationState.REVIEW or waits) and self.is_free(now)


class JournalMachine(RuleBasedStateMachine):
    """Two seats, two payments, a clock that jumps, programs that are started anew, and workers that come too late."""

    place: Path
    steps = 0
    operations = Bundle("operations")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.stores = {seat: open_place(self.place, seat) for seat in SEATS}
        self.looking = sqlite.connect(library, self.place)
        self.orders = [self._add_order(), self._add_order()]
        self.known: dict[str, Known] = {}
        self.now = LONG_AGO
        self.finals: dict[str, tuple[Any, ...]] = {}
        self.attempts: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def teardown(self) -> None:
        self.looking.close()
        for store in self.stores.values():
            store.close()

    def _add_order(self) -> Order:
        order = builders.held_order()
        self._write(SEATS[0], lambda unit: unit.orders.add(order, f"checkout-{order.id}", "sha"))
        return order

    def _write(self, seat: str, step: Callable[[SqlUnitOfWork], T]) -> T:
        type(self).steps += 1
        with self.stores[seat].write() as unit:
            done = step(unit)
            unit.commit()
        return done

    # --- what programs do ---

    @rule(target=operations, seat=st.sampled_from(SEATS), kind=st.sampled_from(KINDS), which=st.integers(0, 1))
    def plan(self, seat: str, kind: OperationKind, which: int) -> Any:
        operation = builders.operation(self.orders[which], kind, seat=seat)
        rivals = [each for each in self.known.values() if each.planned.payment_id == operation.payment_id]
        if any(each.blocks(kind) for each in rivals):
            with pytest.raises(OperationInProgress):
                self._write(seat, lambda unit: unit.journal.plan(operation))
            return multiple()
        assert self._write(seat, lambda unit: unit.journal.plan(operation)) == operation
        self.known[operation.id] = Known(operation)
        return operation.id

    @rule(operation_id=operations, seat=st.sampled_from(SEATS))
    def press_again(self, operation_id: str, seat: str) -> None:
        known = self.known[operation_id]
        again = self._write(seat, lambda unit: unit.journal.plan(known.planned))
        assert (again.id, again.state, again.fence) == (operation_id, known.state, known.fence)

    @rule(target=claims, operation_id=operations, seat=st.sampled_from(SEATS), dies=st.booleans())
    def claim(self, operation_id: str, seat: str, dies: bool) -> Any:
        """One whose program dies keeps its lease, and its attempt is never ended."""
        claimed = self._take(operation_id, seat)
        return multiple() if dies or claimed is None else claimed

    @rule(operation_id=operations, state=st.sampled_from([OperationState.DONE, OperationState.REVIEW]))
    def come_too_late(self, operation_id: str, state: OperationState) -> None:
        """The computer slept for longer than the lease, and somebody else went on with it."""
        late = self._take(operation_id, SEATS[0])
        if late is not None:
            self.now += _LEASE_SECONDS + 1
            assert self._take(operation_id, SEATS[1]) is not None
            self.finish(late, SEATS[0], state)

    def _take(self, operation_id: str, seat: str) -> Operation | None:
        known = self.known[operation_id]
        claimed = self._write(seat, partial(self._claim, operation_id, seat))
        if known.is_final or not known.is_free(self.now):
            assert claimed is None
            return None
        assert claimed is not None
        known.state = OperationState.SENDING
        known.fence += 1
        known.attempts += 1
        known.lease_until = self.now + _LEASE_SECONDS
        assert (claimed.fence, claimed.attempts, claimed.generation) == (known.fence, known.attempts, known.generation)
        return claimed

    def _claim(self, operation_id: str, seat: str, unit: SqlUnitOfWork) -> Operation | None:
        claimed = unit.journal.claim(operation_id, seat, self.now, builders.NOW)
        if claimed is not None:
            unit.journal.start_attempt(claimed, builders.NOW)
        return claimed

    @rule(operation_id=operations, seat=st.sampled_from(SEATS))
    def claim_and_give_up(self, operation_id: str, seat: str) -> None:
        """The program dies before the commit: nothing of it is there."""
        with self.stores[seat].write() as unit:
            self._claim(operation_id, seat, unit)

    @rule(claimed=claims, seat=st.sampled_from(SEATS))
    def end_attempt(self, claimed: Operation, seat: str) -> None:
        known = self.known[claimed.id]

        def end(unit: SqlUnitOfWork) -> None:
            unit.journal.end_attempt(claimed, builders.NOW, "no answer", 500, "", "req_1", False)

        if claimed.attempts in known.ended:
            with pytest.raises(OurBug):
                self._write(seat, end)
        else:
            self._write(seat, end)
            known.ended.add(claimed.attempts)

    @rule(
        claimed=claims,
        seat=st.sampled_from(SEATS),
        state=st.sampled_from([OperationState.DONE, OperationState.FAILED, OperationState.REVIEW]),
    )
    def finish(self, claimed: Operation, seat: str, state: OperationState) -> None:
        """Whoever was overtaken meanwhile changes nothing."""
        known = self.known[claimed.id]
        finished = self._write(seat, lambda unit: unit.journal.finish(claimed, state, "word", builders.NOW))
        assert finished is self._may_write(known, claimed)
        if finished:
            known.state, known.lease_until = state, None

    @rule(claimed=claims, seat=st.sampled_from(SEATS), wait=st.integers(0, 300), new_key=st.booleans())
    def postpone(self, claimed: Operation, seat: str, wait: int, new_key: bool) -> None:
        known = self.known[claimed.id]
        at = self.now + wait
        postponed = self._write(seat, lambda unit: unit.journal.postpone(claimed, "no answer", at, new_key))
        assert postponed is self._may_write(known, claimed)
        if postponed:
            known.state, known.lease_until, known.next_try_at = OperationState.UNKNOWN, None, at
            known.generation += new_key

    @staticmethod
    def _may_write(known: Known, claimed: Operation) -> bool:
        return not known.is_final and known.fence == claimed.fence

    @rule(operation_id=operations, seat=st.sampled_from(SEATS))
    def drop(self, operation_id: str, seat: str) -> None:
        """Only what was certainly never sent."""
        known = self.known[operation_id]
        with self.stores[seat].read() as unit:
            there = unit.journal.get(operation_id)
        assert there is not None

        def drop(unit: SqlUnitOfWork) -> bool:
            return unit.journal.finish(there, OperationState.DROPPED, "too late", builders.NOW)

        if known.attempts:
            with pytest.raises(OurBug):
                self._write(seat, drop)
        elif self._write(seat, drop):
            assert not known.is_final
            known.state = OperationState.DROPPED
        else:
            assert known.is_final

    # --- what happens to them ---

    @rule(seconds=st.sampled_from([1, _LEASE_SECONDS - 10, _LEASE_SECONDS, _LEASE_SECONDS + 1, 1000, -1, -5000]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @precondition(lambda self: self.known)
    @rule(seat=st.sampled_from(SEATS))
    def start_anew(self, seat: str) -> None:
        self.stores[seat].close()
        self.stores[seat] = open_place(self.place, seat)

    # --- what always holds ---

    @invariant()
    def every_row_is_as_it_must_be(self) -> None:
        rows = {row[0]: row[1:] for row in self._rows("id, state, fence, attempts, generation, lease_until")}
        assert rows == {
            each.planned.id: (each.state, each.fence, each.attempts, each.generation, each.lease_until)
            for each in self.known.values()
        }

    @invariant()
    def one_money_operation_open_and_one_capture_ever(self) -> None:
        for order in self.orders:
            mine = [each for each in self.known.values() if each.planned.payment_id == order.payment.id]
            money = [each for each in mine if each.planned.kind is not OperationKind.SHIP]
            assert sum(not each.is_final for each in money) <= 1
            captures = [each for each in money if each.planned.kind is OperationKind.CAPTURE]
            assert sum(each.state not in (OperationState.FAILED, OperationState.DROPPED) for each in captures) <= 1

    @invariant()
    def what_is_final_stays_as_it_was(self) -> None:
        now = {row[0]: row for row in self._rows("*") if row[0] in self.known and self.known[row[0]].is_final}
        assert all(now[operation_id] == row for operation_id, row in self.finals.items())
        self.finals = now

    @invariant()
    def attempts_are_only_added(self) -> None:
        ids = ", ".join(f"'{each}'" for each in self.known) or "''"
        rows = self.looking.execute(f"SELECT * FROM attempt WHERE operation_id IN ({ids})").fetchall()
        now = {row[:5]: row[5:] for row in rows}
        assert len(now) == sum(each.attempts for each in self.known.values())
        for key, rest in self.attempts.items():
            assert now[key] == rest or rest[0] is None
        self.attempts = now

    @invariant()
    def what_is_due_is_found(self) -> None:
        with self.stores[SEATS[0]].read() as unit:
            due = {each.id for each in unit.journal.open_operations(self.now) if each.id in self.known}
        assert due == {each.planned.id for each in self.known.values() if each.is_due(self.now)}

    def _rows(self, columns: str) -> list[tuple[Any, ...]]:
        orders = " OR ".join(f"order_id = '{order.id}'" for order in self.orders)
        found: list[tuple[Any, ...]] = self.looking.execute(
            f"SELECT {columns} FROM operation WHERE {orders}"
        ).fetchall()
        return found


def test_the_journal_keeps_its_rules_whatever_is_done_to_it(
    empty_template: Path, tmp_path: Path, release: bool, proof: Callable[[str], None]
) -> None:
    machines, steps = (5000, 50) if release else (25, 40)

    class Machine(JournalMachine):
        place = wiring.copy_database(empty_template, tmp_path)

    # A failure is told as it was found: to make it shorter takes longer than a test may.
    phases = tuple(Phase) if release else (Phase.generate,)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=machines, stateful_step_count=steps, deadline=None, phases=phases)
    )
    proof(f"journal machine: {machines} machines of up to {steps} rules, {Machine.steps} transactions, 0 violations")
