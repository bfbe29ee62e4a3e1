"""Keeps the catalogue as the database has it while it is looked at, saves counts, imports and exports."""

from PySide6.QtCore import QObject
from shiboken6 import isValid

from sellerdesk.domain.catalogue import Catalogue
from sellerdesk.domain.catalogue_csv import write_products, write_shipping_rates
from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.formats import counted
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.stock import StockChanged
from sellerdesk.ui.catalogue_model import CatalogueModel
from sellerdesk.ui.catalogue_page import CataloguePage
from sellerdesk.ui.catalogue_words import rates_table
from sellerdesk.ui.dialogs.import_catalogue import ImportDialog
from sellerdesk.ui.file_choice import Exports
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.tables import Table
from sellerdesk.ui.tasks import Tasks

_KEY = "catalogue"
_UNEXPECTED = "SellerDesk made a mistake of its own."


class CatalogueKeeper(QObject):
    """Reads and writes for a ``CataloguePage``."""

    def __init__(self, tasks: Tasks, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._notices = tasks, notices
        self._shop: OpenShop | None = None
        self._catalogue = Catalogue()
        self._running = self._again = False
        self._exports = Exports(tasks, notices, self)
        self.dialog: ImportDialog | None = None
        self.model = CatalogueModel(self)
        self.page = CataloguePage(self.model)
        self.page.save_wanted.connect(self._save)
        self.page.import_wanted.connect(self._import)
        self.page.products_wanted.connect(self._export_products)
        self.page.rates_wanted.connect(self._export_rates)
        self.page.again_wanted.connect(self.show)

    def attach(self, shop: OpenShop) -> None:
        """Read from this shop from now on."""
        self._shop = shop

    def detach(self) -> None:
        """No shop any more; counts that were not saved are forgotten with it."""
        self._shop = None
        if self.dialog is not None and isValid(self.dialog):
            self.dialog.reject()
        self._tasks.forget(_KEY)
        self._running = self._again = False
        self.model.discard()
        self.page.forget()

    def show(self) -> None:
        """The page came into view: what it shows may be old."""
        self.page.show_reading()
        self.reload()

    def left(self) -> None:
        """The page went out of view. Counts that are not saved wait there."""
        pending = len(self.model.pending)
        if pending:
            what, it = ("count", "It waits") if pending == 1 else ("counts", "They wait")
            self._notices.note(f"{pending} {what} not saved yet. {it} in the catalogue.")

    def reload(self) -> None:
        """Read again. While a reading runs, one more is remembered, however often this is called."""
        if self._shop is None:
            return
        if self._running:
            self._again = True
            return
        self._running = True
        keep = self._shop.desk.catalogue

        def work() -> tuple[Catalogue, Table]:
            found = keep.read()
            return found, rates_table(found.rates)

        self._tasks.read(self, work, self._arrived, self._failed, key=_KEY)

    def _arrived(self, found: tuple[Catalogue, Table]) -> None:
        self._running = False
        self._catalogue, rates = found
        self.model.show_products(self._catalogue.products)
        self.page.show_catalogue(rates)
        self._go_on()

    def _failed(self, error: Exception) -> None:
        self._running = False
        self.page.show_failure(str(error) if isinstance(error, SellerDeskError) else _UNEXPECTED)
        self._notices.error(error, money="What is shown may be old.", next_step="Read it again in a minute.")
        self._go_on()

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self.reload()

    def _save(self) -> None:
        counts = self.model.counts()
        if self._shop is None or not counts:
            return
        self.page.bar.set_busy(True)
        stock, said = self._shop.desk.stock, f"{counted(len(counts), 'count')} saved."
        self._tasks.command(self, lambda: stock.run(counts), lambda _: self._saved(said), self._not_saved)

    def _saved(self, said: str) -> None:
        self.page.bar.set_busy(False)
        self._notices.note(said)
        self.reload()

    def _not_saved(self, error: Exception) -> None:
        """Who was faster is said beside the counts themselves, as soon as they are read again."""
        self.page.bar.set_busy(False)
        if not isinstance(error, StockChanged):
            self._notices.error(error, money="No count was changed.", next_step="Save them once more.")
        self.reload()

    def _import(self) -> None:
        if self._shop is None or (self.dialog is not None and isValid(self.dialog)):
            return
        self.dialog = ImportDialog(self._shop.desk.catalogue, self._tasks, self.page)
        self.dialog.taken_over.connect(self._imported)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open_safely()

    def _imported(self, words: str) -> None:
        self._notices.note(words)
        self.reload()

    def _export_products(self) -> None:
        self._exports.ask(self.page, "Export the products", "products.csv", write_products(self._catalogue.products))

    def _export_rates(self) -> None:
        text = write_shipping_rates(self._catalogue.rates)
        self._exports.ask(self.page, "Export the shipping rates", "shipping.csv", text)
