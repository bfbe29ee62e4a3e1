"""Events seen and how far their stream was read, in the database."""

from collections.abc import Iterable

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.payment import EventHint
from sellerdesk.store.dialect import upsert
from sellerdesk.store.journal_models import InboxRecord, WatermarkRecord


class SqlInbox:
    """Implements the port ``Inbox`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, hints: Iterable[EventHint], via: str, at: int) -> int:
        """In the order of their ids: two who take in the same events must not wait for each other."""
        new = 0
        for hint in sorted(hints, key=lambda hint: hint.id):
            inserted = self._session.scalar(
                upsert(self._session, InboxRecord)
                .values(
                    event_id=hint.id,
                    type=hint.type,
                    object_id=hint.intent_id,
                    created=hint.created,
                    received_at=at,
                    via=via,
                    note="",
                )
                .on_conflict_do_nothing()
                .returning(InboxRecord.event_id)
            )
            new += inserted is not None
        return new

    def waiting(self) -> tuple[EventHint, ...]:
        """Oldest first."""
        rows = self._session.execute(
            select(InboxRecord.event_id, InboxRecord.type, InboxRecord.created, InboxRecord.object_id)
            .where(InboxRecord.handled_at.is_(None))
            .order_by(InboxRecord.created, InboxRecord.event_id)
        )
        return tuple(EventHint(*row) for row in rows)

    def handled(self, event_ids: Iterable[str], at: int, note: str) -> None:
        """Mark as handled those that are not; the first time and note stay."""
        for event_id in sorted(event_ids):
            self._session.execute(
                update(InboxRecord)
                .where(InboxRecord.event_id == event_id, InboxRecord.handled_at.is_(None))
                .values(handled_at=at, note=note)
            )

    def watermark(self, stream: str) -> int | None:
        return self._session.scalar(select(WatermarkRecord.last_created).where(WatermarkRecord.stream == stream))

    def move_watermark(self, stream: str, last_created: int) -> None:
        """Never moves back: of two readers the one that got further wins."""
        further = case(
            (WatermarkRecord.last_created > last_created, WatermarkRecord.last_created),
            else_=last_created,
        )
        self._session.execute(
            upsert(self._session, WatermarkRecord)
            .values(stream=stream, last_created=last_created, last_id="")
            .on_conflict_do_update(index_elements=[WatermarkRecord.stream], set_={"last_created": further})
        )
