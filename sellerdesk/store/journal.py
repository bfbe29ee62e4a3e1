"""Operations, attempts and the ledger in the database. Its unique indexes are the lock that counts.

What runs at every step of an operation is built once, on plain tables: building a statement takes longer than running
it. Where an UPDATE names no value for a column, the parameters it is run with do.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import OperationInProgress, OurBug
from sellerdesk.domain.operation import FINAL_STATES, Operation, OperationKind, OperationState, Try
from sellerdesk.domain.seats import called
from sellerdesk.store.dialect import GIVEN, hold_order, upsert
from sellerdesk.store.journal_models import AttemptRecord, LedgerRecord, OperationRecord, SeatRecord
from sellerdesk.store.mapping import operation_columns, to_operation
from sellerdesk.store.models import table_of
from sellerdesk.store.standing import check_up_to_date

# Longer than the calls made under one: a read and a sending, each with its deadline, and a wait for a place.
_LEASE_SECONDS = 120
# A lease or a next try that lies further ahead was written by a clock that has been set back since.
_FARTHEST_SECONDS = 600
# Of one second, in the order they were written: some ids are digests, which tell nothing of time.
# https://www.sqlite.org/rowidtable.html; in PostgreSQL it is a column that counts.
_WRITTEN: ColumnElement[int] = literal_column("operation.rowid")
_OPERATION = table_of(OperationRecord)
_ATTEMPT = table_of(AttemptRecord)


def _unleased(clock: ColumnElement[int], farthest: ColumnElement[int]) -> ColumnElement[bool]:
    until = _OPERATION.c.lease_until
    return or_(until.is_(None), until < clock, until > farthest)


def _due(clock: ColumnElement[int], farthest: ColumnElement[int]) -> ColumnElement[bool]:
    next_try = _OPERATION.c.next_try_at
    return or_(next_try.is_(None), next_try <= clock, next_try > farthest)


_CLOCK = bindparam("clock", type_=_OPERATION.c.lease_until.type)
_FARTHEST = bindparam("farthest", type_=_OPERATION.c.lease_until.type)
_UNFINISHED = _OPERATION.c.finished_at.is_(None)
_IN_REVIEW = _OPERATION.c.state == OperationState.REVIEW.value
_ALL: Select[Any] = select(_OPERATION)
_OLDEST_FIRST = _ALL.order_by(_OPERATION.c.created_at, _WRITTEN)

_BY_ID = _ALL.where(_OPERATION.c.id == GIVEN)
_OF_ORDER = _OLDEST_FIRST.where(_OPERATION.c.order_id == GIVEN)
_REVIEWED = _OLDEST_FIRST.where(_IN_REVIEW)
_TO_RESOLVE = _OLDEST_FIRST.where(_UNFINISHED, ~_IN_REVIEW, _unleased(_CLOCK, _FARTHEST), _due(_CLOCK, _FARTHEST))
_FREE = (
    select(_OPERATION.c.id)
    .where(_OPERATION.c.id == GIVEN, _UNFINISHED, _unleased(_CLOCK, _FARTHEST))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(_OPERATION)
    .where(_OPERATION.c.id == _FREE.scalar_subquery())
    .values(
        state=OperationState.SENDING.value,
        fence=_OPERATION.c.fence + 1,
        attempts=_OPERATION.c.attempts + 1,
        first_sent_at=func.coalesce(
            _OPERATION.c.first_sent_at, bindparam("moment", type_=_OPERATION.c.last_sent_at.type)
        ),
    )
    .returning(*_OPERATION.c)
)
_LEAVE = (
    update(_OPERATION)
    .where(_OPERATION.c.id == GIVEN, _OPERATION.c.fence == bindparam("held_by"), _UNFINISHED)
    .returning(_OPERATION.c.id)
)
_POSTPONE = _LEAVE.values(generation=_OPERATION.c.generation + bindparam("later", type_=_OPERATION.c.generation.type))
_START = insert(_ATTEMPT)
_END = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.operation_id == GIVEN, _ATTEMPT.c.n == bindparam("number"), _ATTEMPT.c.ended_at.is_(None))
    .returning(_ATTEMPT.c.n)
)
_FREE_KINDS = (OperationKind.SHIP.value, OperationKind.CREATE_CUSTOMER.value)
_DOING = {
    OperationKind.CREATE_INTENT: "is starting the payment of",
    OperationKind.CONFIRM: "is paying",
    OperationKind.CAPTURE: "is capturing",
    OperationKind.CANCEL: "is releasing",
    OperationKind.REFUND: "is refunding",
    OperationKind.BACK_ORDER: "is charging the rest of",
    OperationKind.RENEW: "is renewing the hold of",
    OperationKind.CHARGE_AGAIN: "is charging the saved card of",
}


class SqlJournal:
    """Implements the port ``Journal`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, operation: Operation) -> Operation:
        """See the port. Raises OurBug when the id is there already with other parameters."""
        if operation.state is not OperationState.PLANNED:
            raise OurBug("An operation must be planned before anything else.")
        check_up_to_date(self._session)
        hold_order(self._session, operation.order_id)
        planned = upsert(self._session, OperationRecord).on_conflict_do_nothing()
        self._session.execute(planned, [operation_columns(operation)])
        there = self.get(operation.id)
        if there is None:
            raise OperationInProgress(self._why_not(operation))
        if (there.kind, there.payment_id, there.params) != (operation.kind, operation.payment_id, operation.params):
            raise OurBug("One operation was about to be planned with two different requests.")
        return there

    def get(self, operation_id: str) -> Operation | None:
        row = self._run(_BY_ID, given=operation_id).one_or_none()
        return None if row is None else to_operation(row)

    def of_order(self, order_id: str) -> tuple[Operation, ...]:
        return tuple(map(to_operation, self._run(_OF_ORDER, given=order_id)))

    def open_operations(self, system_now: int) -> tuple[Operation, ...]:
        return tuple(map(to_operation, self._run(_TO_RESOLVE, **_at(system_now))))

    def in_review(self) -> tuple[Operation, ...]:
        return tuple(map(to_operation, self._run(_REVIEWED)))

    def claim(self, operation_id: str, seat: str, system_now: int, now: int) -> Operation | None:
        """See the port. Waits for nobody: an operation that another transaction is changing is taken."""
        check_up_to_date(self._session)
        claimed = self._run(
            _CLAIM,
            given=operation_id,
            moment=now,
            lease_owner=seat,
            lease_until=system_now + _LEASE_SECONDS,
            last_sent_at=now,
            **_at(system_now),
        ).one_or_none()
        if claimed is None:
            return None
        self._count_sending(seat, now)
        return to_operation(claimed)

    def start_attempt(self, operation: Operation, at: int) -> None:
        self._run(
            _START,
            operation_id=operation.id,
            n=operation.attempts,
            generation=operation.generation,
            fence=operation.fence,
            started_at=at,
            outcome="",
            code="",
            request_id="",
        )

    def end_attempt(
        self,
        operation: Operation,
        at: int,
        outcome: str,
        http_status: int | None,
        code: str,
        request_id: str,
        replayed: bool,
    ) -> None:
        """Complete the attempt that ``start_attempt`` wrote, once. Raises OurBug when there is none to complete."""
        hold_order(self._session, operation.order_id)
        ended = self._run(
            _END,
            given=operation.id,
            number=operation.attempts,
            ended_at=at,
            outcome=outcome,
            http_status=http_status,
            code=code,
            request_id=request_id,
            replayed=replayed,
        ).one_or_none()
        if ended is None:
            raise OurBug("An attempt was about to be ended that was never started, or ended before.")

    def finish(self, operation: Operation, state: OperationState, outcome: str, at: int) -> bool:
        """See the port. Only an operation that was never sent can be dropped; raises OurBug otherwise."""
        if state not in FINAL_STATES and state is not OperationState.REVIEW:
            raise OurBug(f"An operation cannot be finished as {state.value}.")
        if state is OperationState.DROPPED and operation.attempts:
            raise OurBug("An operation that may have been sent cannot be dropped.")
        finished_at = at if state in FINAL_STATES else None
        return self._leave(_LEAVE, operation, state=state.value, outcome=outcome, finished_at=finished_at)

    def postpone(self, operation: Operation, outcome: str, next_try_at: int, new_generation: bool = False) -> bool:
        return self._leave(
            _POSTPONE,
            operation,
            later=int(new_generation),
            state=OperationState.UNKNOWN.value,
            outcome=outcome,
            next_try_at=next_try_at,
        )

    def tries(self, operation_id: str, generation: int | None = None) -> tuple[Try, ...]:
        under_way = and_(AttemptRecord.ended_at.is_(None), AttemptRecord.fence == OperationRecord.fence)
        rows = self._session.execute(
            select(AttemptRecord.started_at, AttemptRecord.outcome)
            .join(OperationRecord, OperationRecord.id == AttemptRecord.operation_id)
            .where(
                AttemptRecord.operation_id == operation_id,
                not_(under_way),
                true() if generation is None else AttemptRecord.generation == generation,
            )
            .order_by(AttemptRecord.n)
        )
        return tuple(Try(at, outcome) for at, outcome in rows)

    def enter(
        self,
        operation_id: str | None,
        source: str,
        stripe_object: str,
        kind: str,
        amount: int,
        currency: str,
        at: int,
    ) -> bool:
        entered = self._session.scalar(
            upsert(self._session, LedgerRecord)
            .values(
                operation_id=operation_id,
                source=source,
                stripe_object=stripe_object,
                kind=kind,
                amount=amount,
                currency=currency,
                at=at,
            )
            .on_conflict_do_nothing()
            .returning(LedgerRecord.id)
        )
        return entered is not None

    def booked(self, stripe_object: str) -> dict[str, int]:
        rows = self._session.execute(
            select(LedgerRecord.kind, LedgerRecord.amount).where(LedgerRecord.stripe_object == stripe_object)
        )
        return {row.kind: row.amount for row in rows}

    def _leave(self, way: Executable, operation: Operation, **values: object) -> bool:
        """Give the lease up with new ``values``, unless somebody else claimed or finished the operation."""
        hold_order(self._session, operation.order_id)
        left = self._run(
            way, given=operation.id, held_by=operation.fence, lease_owner="", lease_until=None, **values
        ).one_or_none()
        return left is not None

    def _count_sending(self, seat: str, now: int) -> None:
        self._session.execute(
            upsert(self._session, SeatRecord)
            .values(name=seat, send_counter=1, heartbeat=now)
            .on_conflict_do_update(
                index_elements=[SeatRecord.name],
                set_={"send_counter": SeatRecord.send_counter + 1, "heartbeat": now},
            )
        )

    def _why_not(self, operation: Operation) -> str:
        """The sentence for a plan that the unique indexes refused."""
        rival = self._read(
            OperationRecord.payment_id == operation.payment_id,
            OperationRecord.finished_at.is_(None),
            OperationRecord.kind.not_in(_FREE_KINDS),
        )
        if rival is None:
            return "This order was captured already. A hold can be captured once."
        if rival.state is OperationState.REVIEW:
            return "An earlier step of this order's payment needs a decision first."
        since = datetime.fromtimestamp(rival.created_at).astimezone().strftime("%H:%M")
        return f"{called(rival.seat)} {_DOING.get(rival.kind, 'is working on')} this order since {since}."

    def _run(self, statement: Executable, **values: object) -> CursorResult[Any]:
        return self._session.connection().execute(statement, values)

    def _read(self, *conditions: ColumnElement[bool]) -> Operation | None:
        row = self._session.scalar(
            select(OperationRecord).where(*conditions).execution_options(populate_existing=True).limit(1)
        )
        return None if row is None else to_operation(row)


def _at(system_now: int) -> dict[str, int]:
    """The clock of the machine, as the statements above ask for it."""
    return {"clock": system_now, "farthest": system_now + _FARTHEST_SECONDS}
