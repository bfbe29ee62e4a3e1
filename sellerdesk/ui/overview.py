"""Keeps the overview as the database has it while it is looked at, and puts its numbers into a file."""

from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer

from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.domain.overview import Figures
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.file_choice import Exports
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.overview_page import OverviewPage
from sellerdesk.ui.overview_words import export
from sellerdesk.ui.tasks import Tasks

_KEY = "figures"
_MINUTE_MS = 60_000
_UNEXPECTED = "SellerDesk made a mistake of its own."


class OverviewKeeper(QObject):
    """Reads for an ``OverviewPage``; never two readings of the same at once. Days are those of this computer's zone."""

    def __init__(self, tasks: Tasks, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._notices = tasks, notices
        self._shop: OpenShop | None = None
        self._running = self._again = False
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tick)
        self._exports = Exports(tasks, notices, self)
        self.page = OverviewPage()
        self.page.period_chosen.connect(self._read_other)
        self.page.again_wanted.connect(self._read_other)
        self.page.export_wanted.connect(self._export)

    def attach(self, shop: OpenShop) -> None:
        """Read from this shop from now on."""
        self._shop = shop

    def detach(self) -> None:
        """No shop any more; what is still being read is dropped."""
        self._shop = None
        self._forget_reading()
        self.page.forget()

    def show(self) -> None:
        """The page came into view: what it shows may be old."""
        self.page.show_reading()
        self._minute.start()
        self.reload()

    def left(self) -> None:
        """The page went out of view: nobody waits for it any more."""
        self._minute.stop()
        self._forget_reading()

    def reload(self) -> None:
        """Read again. While a reading runs, one more is remembered, however often this is called."""
        if self._shop is None:
            return
        if self._running:
            self._again = True
            return
        self._running = True
        figures, days = self._shop.desk.figures, self.page.days

        self._tasks.read(self, lambda: figures.read(days), self._arrived, self._failed, key=_KEY)

    def tick(self) -> None:
        """A minute went by: at midnight another day begins."""
        figures, shop = self.page.figures, self._shop
        if figures is not None and shop is not None and shop.desk.clock.now() >= figures.ends:
            self.reload()

    def _read_other(self) -> None:
        self._forget_reading()
        self.page.show_reading()
        self.reload()

    def _forget_reading(self) -> None:
        self._tasks.forget(_KEY)
        self._running = self._again = False

    def _arrived(self, figures: Figures) -> None:
        self._running = False
        self.page.show_figures(figures)
        self._go_on()

    def _failed(self, error: Exception) -> None:
        self._running = False
        if self.page.figures is None:
            self.page.show_failure(str(error) if isinstance(error, SellerDeskError) else _UNEXPECTED)
        self._notices.error(error, money="What is shown may be old.", next_step="Read it again in a minute.")
        self._go_on()

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self.reload()

    def _export(self) -> None:
        figures = self.page.figures
        if figures is None or self._shop is None:
            return
        text = export(figures, self._shop.info.name)
        day = datetime.fromtimestamp(figures.now, UTC).astimezone().date()
        name = f"overview-{len(figures.starts)}-days-{day.isoformat()}.csv"
        self._exports.ask(self.page, "Export the overview", name, text)
