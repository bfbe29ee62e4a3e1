"""The overview and the catalogue as places of the window: each is kept up to date while it is looked at."""

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sellerdesk.services.desk import News, OpenShop, OrdersChanged
from sellerdesk.ui.catalogue import CatalogueKeeper
from sellerdesk.ui.overview import OverviewKeeper

if TYPE_CHECKING:
    from sellerdesk.ui.main_window import MainWindow

OVERVIEW, CATALOGUE = "Overview", "Catalogue"


class Keeper(Protocol):
    """What keeps a page."""

    @property
    def page(self) -> QWidget: ...

    def attach(self, shop: OpenShop) -> None:
        """A shop was opened."""
        ...

    def detach(self) -> None:
        """It is closed."""
        ...

    def show(self) -> None:
        """The page came into view."""
        ...

    def left(self) -> None:
        """It went out of view."""
        ...

    def reload(self) -> None:
        """The database changed while it was in view."""
        ...


class SidePages(QObject):
    """Adds both to the places of ``window`` and tells them what happens."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.overview = OverviewKeeper(window.tasks, window.notices, parent=self)
        self.catalogue = CatalogueKeeper(window.tasks, window.notices, parent=self)
        self._keepers: tuple[Keeper, ...] = (self.overview, self.catalogue)
        self._shown: Keeper | None = None
        window.places.add(OVERVIEW, "chart-column", self.overview.page)
        window.places.add(CATALOGUE, "tags", self.catalogue.page)
        for page in (self.overview.page, self.catalogue.page):
            page.leave_wanted.connect(self._leave)
        window.stack.currentChanged.connect(self._changed)
        window.keeper.opened.connect(self._attach)
        window.keeper.closing.connect(self._detach)
        window.keeper.news.connect(self._hear)

    def _attach(self, shop: OpenShop) -> None:
        for keeper in self._keepers:
            keeper.attach(shop)

    def _detach(self) -> None:
        for keeper in self._keepers:
            keeper.detach()

    def _changed(self) -> None:
        page = self._window.stack.currentWidget()
        now = next((keeper for keeper in self._keepers if keeper.page is page), None)
        if self._shown is not None:
            self._shown.left()
        self._shown = now
        if now is not None:
            self._window.bar.clear_note()
            now.show()
        self._window.commands.show_in_sight()

    def _hear(self, news: News) -> None:
        if isinstance(news, OrdersChanged) and self._shown is not None:
            self._shown.reload()

    def _leave(self) -> None:
        self._window.places.leave()
        self._window.view.setFocus()
