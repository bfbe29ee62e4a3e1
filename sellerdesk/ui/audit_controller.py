"""Joins the entry "Compare with Stripe" to its dialog, and the dialog to the audits that the background makes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sellerdesk.services.desk import Audited, OpenShop, Trouble
from sellerdesk.ui.dialogs.audit import AuditDialog

if TYPE_CHECKING:
    from sellerdesk.ui.main_window import MainWindow


class AuditController(QObject):
    """Opens the dialog while a shop is open; keeps what the last audit found."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._shop: OpenShop | None = None
        self._last: Audited | None = None
        self.dialog: AuditDialog | None = None
        window.actions_.audit.triggered.connect(self.open)
        window.keeper.opened.connect(self._attach)
        window.keeper.closing.connect(self._detach)
        window.keeper.news.connect(self._hear)

    def open(self) -> None:
        """Show what was found last; where nothing is known yet, compare at once."""
        if self._shop is None or self.dialog is not None:
            return
        dialog = AuditDialog(self._window)
        dialog.wanted.connect(self._compare)
        dialog.order_wanted.connect(self._go_to)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        if self._last is not None:
            dialog.show_audit(self._last.audit, self._window.now())
        else:
            dialog.again.click()
        dialog.open()

    def _compare(self) -> None:
        if self._shop is not None:
            self._shop.feed.audit_now()

    def _go_to(self, reference: str) -> None:
        self._window.places.leave()
        self._window.search.look_for(reference)

    def _attach(self, shop: OpenShop) -> None:
        self._shop, self._last = shop, None

    def _detach(self) -> None:
        self._shop = None
        if self.dialog is not None:
            self.dialog.close()

    def _hear(self, news: object) -> None:
        if isinstance(news, Audited):
            self._last = news
            if self.dialog is not None:
                self.dialog.show_audit(news.audit, self._window.now())
        elif isinstance(news, Trouble) and news.sentence and self.dialog is not None:
            self.dialog.show_trouble(news.sentence)

    def _closed(self) -> None:
        self.dialog = None
