"""How old the database is, and what is done about it: facts in its own table, and open operations made to be read."""

import json

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from sellerdesk.domain.errors import CatchingUp
from sellerdesk.domain.operation import FINAL_STATES, OperationState
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.standing import RETURNED, Behind, Sent, Standing
from sellerdesk.store.copying import COPIED_AT
from sellerdesk.store.dialect import upsert
from sellerdesk.store.journal_models import AttemptRecord, MetaRecord, OperationRecord, SeatRecord, WatermarkRecord
from sellerdesk.store.models import OrderRecord, PaymentRecord, ShipmentRecord, table_of

# Names in the database's table of facts, beside the mark of a copy.
NAME = "db_epoch"
_LIFE = "life"
_EARLIER = "earlier_lives"
_BEHIND = "behind"

# Built once: it is asked for before everything that is planned or sent.
_META = table_of(MetaRecord)
_FACT = select(_META.c.value).where(_META.c.key == bindparam("name"))


def check_up_to_date(session: Session) -> None:
    """The gate before everything that is planned or sent, of every seat. Raises CatchingUp."""
    if _fact(session, _BEHIND) is not None:
        raise CatchingUp


class SqlStanding:
    """Implements the port ``DatabaseStanding`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self) -> Standing:
        copied_at = _fact(self._session, COPIED_AT)
        heartbeat = self._session.scalar(select(func.max(SeatRecord.heartbeat))) or 0
        watermark = self._session.scalar(select(func.max(WatermarkRecord.last_created))) or 0
        return Standing(
            sent=self.sent(),
            earlier=tuple(json.loads(_fact(self._session, _EARLIER) or "[]")),
            copied_at=None if copied_at is None else int(copied_at),
            as_of=int(copied_at) if copied_at else max(heartbeat, watermark),
        )

    def sent(self) -> Sent:
        """A database that never came back is in the life that it was made with."""
        rows = self._session.execute(select(SeatRecord.name, SeatRecord.send_counter))
        life = _fact(self._session, _LIFE) or _fact(self._session, NAME) or ""
        return Sent(life, {row.name: row.send_counter for row in rows})

    def behind(self) -> Behind | None:
        as_of = _fact(self._session, _BEHIND)
        return None if as_of is None else Behind(int(as_of))

    def fall_behind(self, as_of: int, at: int) -> None:
        """See the port. What is in review stays there, since only a person sends it again, after it was read."""
        self._put(_BEHIND, str(as_of))
        in_review = OperationRecord.state == OperationState.REVIEW.value
        self._read_first(at, OperationRecord.finished_at.is_(None), ~in_review)

    def read_planned_first(self, at: int) -> None:
        self._read_first(at, OperationRecord.state == OperationState.PLANNED.value)

    def catch_up(self, sent: Sent) -> None:
        """See the port. A counter never goes down: what was counted before the return counts on."""
        earlier = (*self.look().earlier, self.sent().life)
        self._put(_EARLIER, json.dumps(earlier))
        self._put(_LIFE, sent.life)
        for seat, count in sorted(sent.counts.items()):
            highest = case((SeatRecord.send_counter > count, SeatRecord.send_counter), else_=count)
            self._session.execute(
                upsert(self._session, SeatRecord)
                .values(name=seat, send_counter=count, heartbeat=0)
                .on_conflict_do_update(index_elements=[SeatRecord.name], set_={"send_counter": highest})
            )
        self._session.execute(delete(MetaRecord).where(MetaRecord.key.in_((_BEHIND, COPIED_AT))))

    def intents(self, shipped_since: int, *, everything: bool) -> tuple[str, ...]:
        over = PaymentRecord.status.in_((PaymentStatus.SUCCEEDED.value, PaymentStatus.CANCELED.value))
        to_ship = and_(PaymentRecord.status == PaymentStatus.SUCCEEDED.value, ShipmentRecord.order_id.is_(None))
        shipped = ShipmentRecord.shipped_at > shipped_since
        asked = PaymentRecord.id.in_(
            select(OperationRecord.payment_id).where(
                OperationRecord.state.not_in([each.value for each in FINAL_STATES])
            )
        )
        wanted = true() if everything else or_(~over, PaymentRecord.status.is_(None), to_ship, shipped, asked)
        rows = self._session.scalars(
            select(PaymentRecord.intent_id)
            .outerjoin(ShipmentRecord, ShipmentRecord.order_id == PaymentRecord.order_id)
            .where(PaymentRecord.intent_id.is_not(None), wanted)
            .order_by(PaymentRecord.id)
        )
        return tuple(each for each in rows if each)

    def versions(self) -> dict[str, int]:
        rows = self._session.execute(select(OrderRecord.id, OrderRecord.version))
        return {row.id: row.version for row in rows}

    def _read_first(self, at: int, *which: ColumnElement[bool]) -> None:
        """Whatever counts as sent once is read before it is sent, and is never dropped as if it had not been. What may
        have been done with it elsewhere is one more try."""
        rows = self._session.execute(
            update(OperationRecord)
            .where(*which)
            .values(
                state=OperationState.UNKNOWN.value,
                attempts=OperationRecord.attempts + 1,
                first_sent_at=func.coalesce(OperationRecord.first_sent_at, OperationRecord.created_at),
                last_sent_at=func.coalesce(OperationRecord.last_sent_at, OperationRecord.created_at),
                fence=OperationRecord.fence + 1,
                lease_owner="",
                lease_until=None,
                next_try_at=None,
            )
            .returning(OperationRecord.id, OperationRecord.attempts, OperationRecord.generation, OperationRecord.fence)
        )
        for row in rows.all():
            self._session.add(
                AttemptRecord(
                    operation_id=row.id,
                    n=row.attempts,
                    generation=row.generation,
                    fence=row.fence,
                    started_at=at,
                    ended_at=at,
                    outcome=RETURNED,
                    http_status=None,
                    code="",
                    request_id="",
                    replayed=None,
                )
            )

    def _put(self, key: str, value: str) -> None:
        self._session.execute(
            upsert(self._session, MetaRecord)
            .values(key=key, value=value)
            .on_conflict_do_update(index_elements=[MetaRecord.key], set_={"value": value})
        )


def _fact(session: Session, key: str) -> str | None:
    found: str | None = session.connection().scalar(_FACT, {"name": key})
    return found
