"""Opens and closes shops in a worker: one at a time, the old one closed before the new one opens."""

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from sellerdesk.services.desk import News, OpenShop, ShopOpener
from sellerdesk.ui.tasks import Tasks


class ShopKeeper(QObject):
    """Knows which shop is open.

    Signals (all on the UI thread):
        opening: a shop is being opened; carries a sentence.
        progress: carries a sentence, steps done and steps in all.
        opened: carries the OpenShop.
        closing: the shop is about to be closed, let go of it.
        nothing_open: there is no shop to open, or none could be opened.
        failed: carries the exception; ``nothing_open`` follows.
        news: carries News of the open shop.
    """

    opening = Signal(str)
    progress = Signal(str, int, int)
    opened = Signal(object)
    closing = Signal()
    nothing_open = Signal()
    failed = Signal(object)
    news = Signal(object)

    def __init__(self, opener: ShopOpener, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener, self._tasks = opener, tasks
        self._shop: OpenShop | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._busy = False
        self._lock = threading.Lock()
        self._ending = False
        self._finished = threading.Event()

    @property
    def shop(self) -> OpenShop | None:
        """The open shop, or None."""
        return self._shop

    @property
    def is_busy(self) -> bool:
        """Whether a shop is being opened."""
        return self._busy

    @property
    def opener(self) -> ShopOpener:
        return self._opener

    def open_last(self) -> None:
        """The shop of last time."""
        self._open("Opening your shop…", self._opener.last)

    def open_demo(self) -> None:
        """A new demo shop."""
        opener = self._opener
        self._open("Making the demo shop…", lambda: opener.demo(self._report))

    def connect_stripe(self, secret_key: str, publishable_key: str) -> None:
        """Keep the keys and open the shop behind them."""
        opener = self._opener
        self._open("Opening your shop…", lambda: opener.connect(secret_key, publishable_key))

    def open_again(self) -> None:
        """The shop of last time once more, with what was changed in its settings."""
        self._open("Opening your shop again…", self._opener.last)

    def leave(self) -> None:
        """Close the shop; none is open then."""
        self._open("Closing the shop…", lambda: None)

    def take(self, shop: OpenShop) -> bool:
        """Have a shop that was opened beside all this. False where another one is open, or being opened."""
        with self._lock:
            if self._busy or self._ending or self._shop is not None:
                return False
            self._shop = shop
        self._arrived(shop)
        return True

    def finish(self, wait_seconds: float, *, workers_idle: bool = False) -> bool:
        """The program ends: close the shop beside the running work. False when it takes longer than that.

        ``workers_idle`` tells that no worker runs any more: a shop that was to be opened never will be.
        """
        with self._lock:
            again, self._ending = self._ending, True
            being_opened = self._busy and not workers_idle
        shop = self._let_go()
        if shop is not None:
            threading.Thread(target=self._close_last, args=(shop,), name="desk-close", daemon=True).start()
        elif not being_opened and not again:
            self._finished.set()
        return self._finished.wait(wait_seconds)

    def _close_last(self, shop: OpenShop) -> None:
        try:
            shop.close()
        finally:
            self._finished.set()

    def _open(self, sentence: str, work: Callable[[], OpenShop | None]) -> None:
        if self._busy:
            return
        self._busy = True
        old = self._let_go()
        self.opening.emit(sentence)
        self._tasks.command(self, partial(self._change, old, work), self._arrived, self._failed)

    def _change(self, old: OpenShop | None, work: Callable[[], OpenShop | None]) -> OpenShop | None:
        """In the worker. A shop that is ready only after the window was closed is closed right here, because nobody
        would hear of it."""
        try:
            if old is not None:
                old.close()
            shop = work()
        except Exception:
            with self._lock:
                self._busy = False
                ending = self._ending
            if ending:
                self._finished.set()
            raise
        with self._lock:
            self._busy = False
            if not self._ending:
                self._shop = shop
                return shop
        if shop is not None:
            self._close_last(shop)
        self._finished.set()
        return None

    def _let_go(self) -> OpenShop | None:
        old, self._shop = self._shop, None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if old is not None:
            self.closing.emit()
        return old

    def _report(self, sentence: str, done: int, of: int) -> None:
        self._tasks.post(partial(self.progress.emit, sentence, done, of))

    def _arrived(self, shop: OpenShop | None) -> None:
        if shop is not self._shop:
            return
        if shop is None:
            self.nothing_open.emit()
            return
        self.opened.emit(shop)
        self._unsubscribe = shop.feed.subscribe(lambda news: self._tasks.post(partial(self._tell, shop, news)))

    def _failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self.nothing_open.emit()

    def _tell(self, shop: OpenShop, news: News) -> None:
        if shop is self._shop:
            self.news.emit(news)
