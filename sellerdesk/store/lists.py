"""What tables and counts show of all orders, inside one transaction."""

from sqlalchemy.orm import Session

from sellerdesk.domain.listing import OrderPage, OrderQuery, Overview
from sellerdesk.store import listing


class SqlLists:
    """Implements the port ``Lists``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, query: OrderQuery) -> OrderPage:
        return listing.page(self._session, query)

    def overview(self, now: int) -> Overview:
        return listing.overview(self._session, now)

    def currencies(self) -> tuple[str, ...]:
        return listing.currencies(self._session)
