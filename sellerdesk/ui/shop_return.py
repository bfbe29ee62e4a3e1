"""A shop whose shared database is away at the start: it opens by itself as soon as the database answers."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from sellerdesk.domain.errors import DatabaseAway
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.shop_keeper import ShopKeeper
from sellerdesk.ui.tasks import Tasks

AGAIN_MS = 10_000


class ShopReturn(QObject):
    """Tries again without a word, beside whatever the person does, until that opens another shop. ``is_free`` tells
    whether nobody is in the middle of something that an opened shop would end."""

    def __init__(self, keeper: ShopKeeper, tasks: Tasks, is_free: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._keeper, self._tasks, self._is_free = keeper, tasks, is_free
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(self._try)
        keeper.failed.connect(self._failed)
        keeper.opening.connect(self._timer.stop)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, DatabaseAway):
            self._timer.start()

    def _try(self) -> None:
        if self._keeper.is_busy or self._keeper.shop is not None:
            return
        if self._is_free():
            self._tasks.command(self, self._keeper.opener.last, self._arrived, self._refused)
        else:
            self._timer.start()

    def _arrived(self, shop: OpenShop | None) -> None:
        if shop is not None and not self._keeper.take(shop):
            self._tasks.command(self, partial(_close, shop), lambda _: None, self._keeper.failed.emit)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, DatabaseAway):
            self._timer.start()
        else:
            self._keeper.failed.emit(error)


def _close(shop: OpenShop) -> None:
    shop.close()
