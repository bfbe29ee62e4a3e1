"""Places: pages beside the list of orders, each with an entry in the rail and in the Go menu."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from sellerdesk.ui.columns import STAGES
from sellerdesk.ui.rail import Rail
from sellerdesk.ui.shortcuts import Actions


class Places(QObject):
    """Knows the places of a window. One line adds one: ``window.places.add("Overview", "chart-column", page)``.

    A page is shown in the room of the list and of the order; it learns that from its own ``showEvent``. It stays what
    it is while other shops are opened: whoever makes it tells it about them.

    Signals:
        shown: carries the name of the place that was shown. UI thread.
        left: a place was shown, and the orders are again. UI thread.
    """

    shown = Signal(str)
    left = Signal()

    def __init__(self, rail: Rail, actions: Actions, stack: QStackedWidget, orders: QWidget, parent: QObject) -> None:
        """``orders`` is the page of ``stack`` with the list."""
        super().__init__(parent)
        self._rail, self._actions, self._stack, self._orders = rail, actions, stack, orders
        self._pages: dict[str, QWidget] = {}
        rail.place_chosen.connect(self.show)
        actions.place_chosen.connect(self.show)

    def add(self, name: str, icon: str, page: QWidget) -> None:
        """A place called ``name``, with the next free key (Ctrl+7, Ctrl+8 and so on)."""
        key = f"Ctrl+{len(STAGES) + len(self._pages) + 1}"
        self._pages[name] = page
        self._stack.addWidget(page)
        self._rail.add_place(name, icon, key)
        self._actions.add_place(name, key)

    def show(self, name: str) -> None:
        """Show a place."""
        self._rail.choose_place(name)
        self._stack.setCurrentWidget(self._pages[name])
        self._pages[name].setFocus()
        self.shown.emit(name)

    def leave(self) -> None:
        """Show the orders again, if a place stands in front of them."""
        if self._stack.currentWidget() in self._pages.values():
            self._stack.setCurrentWidget(self._orders)
            self.left.emit()
