"""Events seen and how far their stream was read, in the database."""

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, bindparam, case, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.payment import EventHint
from sellerdesk.store.dialect import upsert
from sellerdesk.store.journal_models import InboxRecord, WatermarkRecord

_INBOX = cast("Table", InboxRecord.__table__)


class SqlInbox:
    """Implements the port ``Inbox`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, hints: Iterable[EventHint], via: str, at: int) -> int:
        """In the order of their ids: two who take in the same events must not wait for each other."""
        rows = [
            {
                "event_id": hint.id,
                "type": hint.type,
                "object_id": hint.intent_id,
                "created": hint.created,
                "received_at": at,
                "via": via,
                "note": "",
            }
            for hint in sorted(hints, key=lambda hint: hint.id)
        ]
        if not rows:
            return 0
        inserted = upsert(self._session, InboxRecord).on_conflict_do_nothing().returning(InboxRecord.event_id)
        return len(self._session.scalars(inserted, rows).all())

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
        ids = [{"given": event_id} for event_id in sorted(event_ids)]
        if not ids:
            return
        handled = update(_INBOX).where(_INBOX.c.event_id == bindparam("given"), _INBOX.c.handled_at.is_(None))
        self._session.connection().execute(handled.values(handled_at=at, note=note), ids)

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
