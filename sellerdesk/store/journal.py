"""Operations, attempts and the ledger in the database. Its unique indexes are the lock that counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, literal_column, not_, or_, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import OperationInProgress, OurBug
from sellerdesk.domain.operation import FINAL_STATES, Operation, OperationKind, OperationState, Try
from sellerdesk.domain.seats import called
from sellerdesk.store.dialect import hold_order, upsert
from sellerdesk.store.journal_models import AttemptRecord, LedgerRecord, OperationRecord, SeatRecord
from sellerdesk.store.mapping import operation_columns, to_operation
from sellerdesk.store.standing import check_up_to_date

# Longer than the calls made under one: a read and a sending, each with its deadline, and a wait for a place.
_LEASE_SECONDS = 120
# A lease or a next try that lies further ahead was written by a clock that has been set back since.
_FARTHEST_SECONDS = 600
# Of one second, in the order they were written: some ids are digests, which tell nothing of time.
# https://www.sqlite.org/rowidtable.html; in PostgreSQL it is a column that counts.
_WRITTEN: ColumnElement[int] = literal_column("operation.rowid")
# Built once, as plain columns: it is asked for at every step of an operation.
_BY_ID: Select[Any] = select(*OperationRecord.__table__.c).where(OperationRecord.id == bindparam("id"))
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
        row = self._session.connection().execute(_BY_ID, {"id": operation_id}).one_or_none()
        return None if row is None else to_operation(row)

    def of_order(self, order_id: str) -> tuple[Operation, ...]:
        return self._oldest_first(OperationRecord.order_id == order_id)

    def open_operations(self, system_now: int) -> tuple[Operation, ...]:
        return self._oldest_first(
            OperationRecord.finished_at.is_(None),
            OperationRecord.state != OperationState.REVIEW.value,
            _unleased(system_now),
            or_(
                OperationRecord.next_try_at.is_(None),
                OperationRecord.next_try_at <= system_now,
                OperationRecord.next_try_at > system_now + _FARTHEST_SECONDS,
            ),
        )

    def in_review(self) -> tuple[Operation, ...]:
        return self._oldest_first(OperationRecord.state == OperationState.REVIEW.value)

    def claim(self, operation_id: str, seat: str, system_now: int, now: int) -> Operation | None:
        """See the port. Waits for nobody: an operation that another transaction is changing is taken."""
        check_up_to_date(self._session)
        free = (
            select(OperationRecord.id)
            .where(OperationRecord.id == operation_id, OperationRecord.finished_at.is_(None), _unleased(system_now))
            .with_for_update(skip_locked=True)
        )
        row = self._session.scalar(
            update(OperationRecord)
            .where(OperationRecord.id == free.scalar_subquery())
            .values(
                state=OperationState.SENDING.value,
                lease_owner=seat,
                lease_until=system_now + _LEASE_SECONDS,
                fence=OperationRecord.fence + 1,
                attempts=OperationRecord.attempts + 1,
                first_sent_at=func.coalesce(OperationRecord.first_sent_at, now),
                last_sent_at=now,
            )
            .returning(OperationRecord)
            .execution_options(populate_existing=True)
        )
        if row is None:
            return None
        self._count_sending(seat, now)
        return to_operation(row)

    def start_attempt(self, operation: Operation, at: int) -> None:
        self._session.execute(
            insert(AttemptRecord),
            [
                {
                    "operation_id": operation.id,
                    "n": operation.attempts,
                    "generation": operation.generation,
                    "fence": operation.fence,
                    "started_at": at,
                    "outcome": "",
                    "code": "",
                    "request_id": "",
                }
            ],
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
        ended = self._session.scalar(
            update(AttemptRecord)
            .where(
                AttemptRecord.operation_id == operation.id,
                AttemptRecord.n == operation.attempts,
                AttemptRecord.ended_at.is_(None),
            )
            .values(
                ended_at=at,
                outcome=outcome,
                http_status=http_status,
                code=code,
                request_id=request_id,
                replayed=replayed,
            )
            .returning(AttemptRecord.n)
        )
        if ended is None:
            raise OurBug("An attempt was about to be ended that was never started, or ended before.")

    def finish(self, operation: Operation, state: OperationState, outcome: str, at: int) -> bool:
        """See the port. Only an operation that was never sent can be dropped; raises OurBug otherwise."""
        if state not in FINAL_STATES and state is not OperationState.REVIEW:
            raise OurBug(f"An operation cannot be finished as {state.value}.")
        if state is OperationState.DROPPED and operation.attempts:
            raise OurBug("An operation that may have been sent cannot be dropped.")
        return self._leave(
            operation,
            state=state.value,
            outcome=outcome,
            finished_at=at if state in FINAL_STATES else None,
        )

    def postpone(self, operation: Operation, outcome: str, next_try_at: int, new_generation: bool = False) -> bool:
        return self._leave(
            operation,
            state=OperationState.UNKNOWN.value,
            outcome=outcome,
            next_try_at=next_try_at,
            generation=OperationRecord.generation + int(new_generation),
        )

    def tries(self, operation_id: str, generation: int) -> tuple[Try, ...]:
        under_way = and_(AttemptRecord.ended_at.is_(None), AttemptRecord.fence == OperationRecord.fence)
        rows = self._session.execute(
            select(AttemptRecord.started_at, AttemptRecord.outcome)
            .join(OperationRecord, OperationRecord.id == AttemptRecord.operation_id)
            .where(
                AttemptRecord.operation_id == operation_id,
                AttemptRecord.generation == generation,
                not_(under_way),
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

    def _leave(self, operation: Operation, **values: object) -> bool:
        """Give the lease up with new ``values``, unless somebody else claimed or finished the operation."""
        hold_order(self._session, operation.order_id)
        left = self._session.scalar(
            update(OperationRecord)
            .where(
                OperationRecord.id == operation.id,
                OperationRecord.fence == operation.fence,
                OperationRecord.finished_at.is_(None),
            )
            .values(lease_owner="", lease_until=None, **values)
            .returning(OperationRecord.id)
        )
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

    def _oldest_first(self, *conditions: ColumnElement[bool]) -> tuple[Operation, ...]:
        rows = self._session.scalars(
            select(OperationRecord)
            .where(*conditions)
            .order_by(OperationRecord.created_at, _WRITTEN)
            .execution_options(populate_existing=True)
        )
        return tuple(to_operation(row) for row in rows)

    def _read(self, *conditions: ColumnElement[bool]) -> Operation | None:
        row = self._session.scalar(
            select(OperationRecord).where(*conditions).execution_options(populate_existing=True).limit(1)
        )
        return None if row is None else to_operation(row)


def _unleased(system_now: int) -> ColumnElement[bool]:
    return or_(
        OperationRecord.lease_until.is_(None),
        OperationRecord.lease_until < system_now,
        OperationRecord.lease_until > system_now + _FARTHEST_SECONDS,
    )
