"""One transaction at a time: what it offers, when it begins, and that leaving it without ``commit`` undoes it."""

from contextlib import ExitStack
from threading import Lock
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sellerdesk import phase
from sellerdesk.domain.errors import CommitUnknown, DatabaseAway, DatabaseBusy, OurBug
from sellerdesk.store.catalogue import SqlCatalogue
from sellerdesk.store.dialect import Dialect, of, session_info
from sellerdesk.store.inbox import SqlInbox
from sellerdesk.store.journal import SqlJournal
from sellerdesk.store.lists import SqlLists
from sellerdesk.store.orders import SqlOrders
from sellerdesk.store.overview import SqlHistory
from sellerdesk.store.payments import SqlPayments
from sellerdesk.store.shared import SqlShared
from sellerdesk.store.standing import SqlStanding

_WAIT_SECONDS = 30


class SqlUnitOfWork:
    """One transaction on ``engine``; implements the port ``UnitOfWork``. Used once, in one thread.

    ``turn`` is the process's one lock for writing, None for a transaction that only reads.
    """

    def __init__(self, engine: Engine, dialect: Dialect, turn: "Lock | None") -> None:
        self._engine = engine
        self._dialect = dialect
        self._turn = turn
        self._session: Session | None = None
        self._stack = ExitStack()
        self._over = False

    @property
    def orders(self) -> SqlOrders:
        return SqlOrders(self._open_session())

    @property
    def payments(self) -> SqlPayments:
        return SqlPayments(self._open_session())

    @property
    def lists(self) -> SqlLists:
        return SqlLists(self._open_session())

    @property
    def journal(self) -> SqlJournal:
        return SqlJournal(self._open_session())

    @property
    def catalogue(self) -> SqlCatalogue:
        return SqlCatalogue(self._open_session())

    @property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._open_session())

    @property
    def history(self) -> SqlHistory:
        return SqlHistory(self._open_session())

    @property
    def shared(self) -> SqlShared:
        return SqlShared(self._open_session())

    @property
    def standing(self) -> SqlStanding:
        return SqlStanding(self._open_session())

    def commit(self) -> None:
        """Make it last. Raises DatabaseUnusable when the disk would not; then nothing was changed. Raises CommitUnknown
        when the connection was lost over it; then only reading tells."""
        session = self._open_session()
        if self._turn is not None:
            of(session).announce(session)
        try:
            session.commit()
        except BaseException as error:
            # SQLAlchemy takes the transaction for ended and would lend the connection on with it still open.
            session.invalidate()
            if not isinstance(error, DatabaseAway):
                raise
            raise CommitUnknown(
                "The connection to the database was lost while it saved, so it is not known whether it did. Nothing is "
                "lost: please look at the order again before you repeat anything."
            ) from error
        self._over = True

    def __enter__(self) -> Self:
        if self._session is not None or self._over:
            raise OurBug("A transaction was about to be used twice.")
        with ExitStack() as stack:
            if self._turn is not None:
                self._take_turn(self._turn, stack)
            stack.enter_context(phase.transaction())
            session = Session(self._engine, autoflush=False, expire_on_commit=False, info=session_info(self._dialect))
            stack.callback(session.close)
            session.connection()
            self._session = session
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = None
        self._over = True
        self._stack.close()

    @staticmethod
    def _take_turn(turn: Lock, stack: ExitStack) -> None:
        if phase.in_transaction():
            raise OurBug("A writing transaction was about to begin inside another transaction.")
        if not turn.acquire(timeout=_WAIT_SECONDS):
            raise DatabaseBusy("The database is kept busy by another task; nothing was changed, please try again.")
        stack.callback(turn.release)

    def _open_session(self) -> Session:
        if self._session is None or self._over:
            raise OurBug("A transaction was used before it began or after it ended.")
        return self._session
