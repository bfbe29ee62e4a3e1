"""The first start: leads from the two choices to an open shop."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.dialogs.welcome import FirstStart
from sellerdesk.ui.shop_keeper import ShopKeeper
from sellerdesk.ui.tasks import Tasks

if TYPE_CHECKING:
    from sellerdesk.ui.dialogs.connect import ConnectDialog


class Welcome(QObject):
    """Owns the page with the two choices and, while it is open, the dialog for the keys."""

    def __init__(self, keeper: ShopKeeper, tasks: Tasks, window: QWidget) -> None:
        super().__init__(window)
        self._keeper, self._tasks, self._window = keeper, tasks, window
        self._dialog: ConnectDialog | None = None
        self.page = FirstStart()
        self.page.demo_requested.connect(keeper.open_demo)
        self.page.connect_requested.connect(self.ask_for_keys)
        keeper.opened.connect(self._opened)

    @property
    def dialog(self) -> "ConnectDialog | None":
        """The dialog for the keys, while it is open."""
        return self._dialog

    def ask_for_keys(self) -> None:
        """Open the dialog that takes and checks keys."""
        if self._dialog is not None or self._keeper.is_busy:
            return
        from sellerdesk.ui.dialogs.connect import ConnectDialog

        self._dialog = ConnectDialog(self._keeper.opener, self._tasks, self._window)
        self._dialog.connect_chosen.connect(self._keeper.connect_stripe)
        self._dialog.finished.connect(self._closed)
        self._dialog.open_safely()

    def take_failure(self, error: Exception) -> bool:
        """Whether the dialog shows why a shop could not be opened; else somebody else must say it."""
        if self._dialog is None or not isinstance(error, SellerDeskError):
            return False
        return self._dialog.refuse(str(error))

    def _opened(self, _shop: OpenShop) -> None:
        if self._dialog is not None:
            self._dialog.finish()

    def _closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
