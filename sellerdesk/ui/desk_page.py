"""The middle and right of the window: search, table or what stands in its place, and the order."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.empty_state import FIRST_COMMANDS, EmptyState, Way, empty_stage, no_match, no_result
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.order_list import Showing
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.orders_view import OrdersView
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.toolbar import Toolbar
from sellerdesk.ui.widgets import rule

# The order's own room, and how little it gives up so that the list beside it needs not be scrolled sideways.
PANEL, LEAST_PANEL = 376, 332
# The button on the drawer's edge that closes it.
_TAB = 24
_TAB_TOP = 16


class Edge(QWidget):
    """A line between regions, one pixel thick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(1)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tokens_of(self).line2))


class DeskPage(QWidget):
    """List and order side by side; when there is too little room, the order becomes a drawer over the list.

    Signals:
        stage_wanted: carries the Stage that the button of an empty list leads to. UI thread.
        page_wanted: the button leads to the checkout page. UI thread.
        copy_wanted: carries text for the clipboard. UI thread.
    """

    stage_wanted = Signal(object)
    page_wanted = Signal()
    copy_wanted = Signal(str)

    def __init__(self, view: OrdersView, panel: OrderPanel) -> None:
        super().__init__()
        self.toolbar = Toolbar()
        self.empty = EmptyState()
        self.view = view
        self.panel = panel
        self._drawer = False
        self._open = False
        self._list = QWidget(self)
        rows = QVBoxLayout(self._list)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.toolbar)
        rows.addWidget(rule("region"))
        rows.addWidget(view, 1)
        cover = QVBoxLayout(view.viewport())
        cover.setContentsMargins(0, 0, 0, 0)
        cover.addWidget(self.empty)
        panel.setParent(self)
        self._edge = Edge(self)
        self.close_drawer = IconButton("chevron-right", "Close the order (Esc)", framed=True, edge=_TAB)
        self.close_drawer.setParent(self)
        self.close_drawer.clicked.connect(lambda: self.open_drawer(False))
        view.clicked.connect(self._clicked)
        self.empty.way_taken.connect(self._way_taken)
        self.toolbar.search.left_down.connect(self._focus_list)

    def show_list(self, showing: Showing, overview: Overview | None, count: int, *, has_page: bool = False) -> None:
        """The table, or why there is nothing in it."""
        text, narrowed = showing.text, showing.narrowing.words
        if not count and text:
            self.empty.show_emptiness(no_result(text, overview, narrowed))
        elif not count and narrowed:
            self.empty.show_emptiness(no_match(showing.stage, narrowed))
        elif not count:
            self.empty.show_emptiness(empty_stage(showing.stage, overview, has_page=has_page))
        elif _holds_focus(self.empty):
            self.view.setFocus()
        self.empty.setVisible(not count)
        # Tab stops at nothing that shows nothing.
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus if count else Qt.FocusPolicy.NoFocus)

    @property
    def is_drawer(self) -> bool:
        """Whether the order lies over the list."""
        return self._drawer

    def set_drawer(self, drawer: bool) -> None:
        """Side by side, or one over the other."""
        if drawer != self._drawer:
            self._drawer, self._open = drawer, False
            self._place()

    def toggle_drawer(self) -> None:
        """Open or close the drawer."""
        self.open_drawer(not self._open)

    def open_drawer(self, is_open: bool) -> None:
        """Open or close it; side by side nothing happens."""
        if not self._drawer or is_open == self._open:
            return
        self._open = is_open
        if not is_open and (_holds_focus(self.panel) or self.close_drawer.hasFocus()):
            self.view.setFocus()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        wanted = max(pixels(LEAST_PANEL), self.width() * 31 // 100)
        panel_width = min(pixels(PANEL), wanted if not self._drawer else pixels(PANEL), self.width() - 60)
        list_width = self.width() if self._drawer else self.width() - panel_width - 1
        shown = self._open or not self._drawer
        self._list.setGeometry(0, 0, list_width, self.height())
        self.panel.setGeometry(self.width() - panel_width, 0, panel_width, self.height())
        self._edge.setGeometry(self.width() - panel_width - 1, 0, 1, self.height())
        self.panel.setVisible(shown)
        self._edge.setVisible(shown)
        tab = self.close_drawer
        tab.move(self.width() - panel_width - 1 - tab.width() // 2, _TAB_TOP)
        tab.setVisible(shown and self._drawer)
        if shown:
            for each in (self.panel, self._edge, tab):
                each.raise_()

    def _way_taken(self, way: Stage | Way) -> None:
        match way:
            case Way.CLEAR_SEARCH:
                self.toolbar.search.empty()
            case Way.CLEAR_FILTER:
                self.toolbar.filter.clear()
            case Way.OPEN_PAGE:
                self.page_wanted.emit()
            case Way.COPY_COMMANDS:
                self.copy_wanted.emit("\n".join(FIRST_COMMANDS))
            case _:
                self.stage_wanted.emit(way)

    def _focus_list(self) -> None:
        (self.view if self.empty.isHidden() else self.empty.way).setFocus()

    def _clicked(self) -> None:
        self.open_drawer(True)


def _holds_focus(widget: QWidget) -> bool:
    focused: object = widget.window().focusWidget()
    return isinstance(focused, QWidget) and widget.isAncestorOf(focused)
