"""Small facts that all seats share, by name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sellerdesk.store.dialect import of, upsert
from sellerdesk.store.journal_models import SettingRecord


class SqlShared:
    """Implements the port ``Shared`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        return self._session.scalar(select(SettingRecord.value).where(SettingRecord.key == key))

    def put(self, key: str, value: str) -> None:
        """Of two that put at the same moment the later one wins."""
        self._session.execute(
            upsert(self._session, SettingRecord)
            .values(key=key, value=value)
            .on_conflict_do_update(index_elements=[SettingRecord.key], set_={"value": value})
        )

    def put_untold(self, key: str, value: str) -> None:
        self.put(key, value)
        of(self._session).keep_to_ourselves(self._session)
