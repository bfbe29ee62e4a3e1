"""The news of an open shop: what was told last of each kind, and who listens."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from sellerdesk.domain.errors import KeyRefused
from sellerdesk.domain.standing import Behind, CaughtUp
from sellerdesk.services.desk import Audited, BackupNews, News, PageMoved, Synced, Trouble

N = TypeVar("N", bound=News)

# How things stand when nothing was said: telling it again would be no news.
_AT_FIRST: tuple[News, ...] = (PageMoved(""), BackupNews(""), Trouble(""))
# What somebody who comes later is told, in this order: a trouble last, so that nothing covers it.
_STANDING = (PageMoved, Synced, Audited, Behind, CaughtUp, BackupNews, Trouble)


class NewsBoard:
    """Tells listeners, in the thread of whoever has news. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: list[Callable[[News], None]] = []
        self._last: dict[type, News] = {type(news): news for news in _AT_FIRST}

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Tell ``listener`` how things stand, then every piece of news; calling the result ends it. Work begins before
        anybody listens, and a trouble is told once."""
        with self._lock:
            self._listeners.append(listener)
            standing = [self._last[kind] for kind in _STANDING if kind in self._last]
        for news in standing:
            if news not in _AT_FIRST:
                listener(news)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def last(self, kind: type[N]) -> N | None:
        """What was told last of this kind."""
        with self._lock:
            news = self._last.get(kind)
        return news if isinstance(news, kind) else None

    def forget(self, kind: type[News]) -> None:
        """It is over: nobody who comes later is told."""
        with self._lock:
            self._last.pop(kind, None)

    def tell(self, news: News) -> None:
        """Tell everybody, whether or not it was told before."""
        with self._lock:
            self._last[type(news)] = news
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(news)

    def tell_if_new(self, news: News) -> None:
        """Tell everybody, unless that is what was told of its kind last."""
        with self._lock:
            is_news, self._last[type(news)] = news != self._last.get(type(news)), news
            listeners = tuple(self._listeners) if is_news else ()
        for listener in listeners:
            listener(news)


class Troubles:
    """Tells the board what is wrong, and remembers which job met it: who met it may find that it is over. Safe to use
    from several threads."""

    # The job that asks Stripe and saves what it said: what was wrong before it, whatever it was, is over.
    EVERYTHING = "sync"

    def __init__(self, board: NewsBoard) -> None:
        self._board = board
        self._lock = Lock()
        self._told_by = ""

    @property
    def are_told(self) -> bool:
        """Whether something is wrong."""
        return bool(self._told_by)

    def tell(self, error: Exception, by: str) -> None:
        """``by`` is the job that met it."""
        with self._lock:
            self._told_by = by
            self._board.tell_if_new(Trouble(str(error), isinstance(error, KeyRefused)))

    def end(self, by: str) -> None:
        """What the job ``by`` met is over."""
        with self._lock:
            if self._told_by and by in (self._told_by, self.EVERYTHING):
                self._told_by = ""
                self._board.tell_if_new(Trouble(""))
