"""Small facts that all seats share, by name."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sellerdesk.store.journal_models import SettingRecord


class SqlShared:
    """Implements the port ``Shared`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        return self._session.scalar(select(SettingRecord.value).where(SettingRecord.key == key))

    def put(self, key: str, value: str) -> None:
        changed = self._session.scalar(
            update(SettingRecord).where(SettingRecord.key == key).values(value=value).returning(SettingRecord.key)
        )
        if changed is None:
            self._session.add(SettingRecord(key=key, value=value))
            self._session.flush()
