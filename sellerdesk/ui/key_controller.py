"""Replacing and removing the key of the open shop: shows the dialogs and does it on the serial worker."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.domain.keys import without_keys
from sellerdesk.services.desk import ShopInfo
from sellerdesk.services.shop_keys import KeyTrial

if TYPE_CHECKING:
    from sellerdesk.ui.dialogs.replace_key import RemoveKeyDialog, ReplaceKeyDialog
    from sellerdesk.ui.main_window import MainWindow


class KeyController(QObject):
    """Owns the dialog for the key while it is open.

    Signals:
        replaced: another key is kept; the open shop goes on with the old one. UI thread.
        removed: no key is kept any more; the open shop goes on with the old one. UI thread.
    """

    replaced = Signal()
    removed = Signal()

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ReplaceKeyDialog | RemoveKeyDialog | None = None

    @property
    def dialog(self) -> "ReplaceKeyDialog | RemoveKeyDialog | None":
        """The dialog, while it is open."""
        return self._dialog

    def replace(self, parent: QWidget | None) -> None:
        """Ask for another key of the same account."""
        info = self._info()
        if info is None:
            return
        from sellerdesk.ui.dialogs.replace_key import ReplaceKeyDialog

        opener = self._window.keeper.opener
        keys = opener.keys(info.profile)
        dialog = ReplaceKeyDialog(info, keys, opener, self._window.tasks, parent)
        dialog.replace_chosen.connect(
            lambda key: self._window.tasks.command(self, partial(keys.replace, key), self._replaced, self._failed)
        )
        self._open(dialog)

    def remove(self, parent: QWidget | None) -> None:
        """Say what it means, then remove the key."""
        info = self._info()
        if info is None:
            return
        from sellerdesk.ui.dialogs.replace_key import RemoveKeyDialog

        keys = self._window.keeper.opener.keys(info.profile)
        dialog = RemoveKeyDialog(info, self._window.list.overview, parent)
        dialog.remove_chosen.connect(lambda: self._window.tasks.command(self, keys.remove, self._removed, self._failed))
        self._open(dialog)

    def leave(self) -> None:
        """The shop closes."""
        if self._dialog is not None:
            self._dialog.close()

    def _info(self) -> ShopInfo | None:
        shop = self._window.keeper.shop
        return shop.info if shop is not None and self._dialog is None else None

    def _open(self, dialog: "ReplaceKeyDialog | RemoveKeyDialog") -> None:
        self._dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open_safely()

    def _closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _replaced(self, _trial: KeyTrial) -> None:
        if self._dialog is not None:
            self._dialog.finish()
        self.replaced.emit()

    def _removed(self, _nothing: None) -> None:
        if self._dialog is not None:
            self._dialog.finish()
        self.removed.emit()

    def _failed(self, error: Exception) -> None:
        sentence = "SellerDesk made a mistake of its own."
        if isinstance(error, SellerDeskError):
            sentence = without_keys(str(error))
        if self._dialog is None or not self._dialog.refuse(sentence):
            self._window.notices.error(error, money="The key is the one it was.")
