"""Every command of the window as an action with its key: the menus and the sheet of keys are made from them."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from sellerdesk.domain.order import Stage
from sellerdesk.ui import plain
from sellerdesk.ui.columns import STAGE_NAMES, STAGES
from sellerdesk.ui.theme import Scheme

_SCHEMES = {Scheme.SYSTEM: "As the system", Scheme.LIGHT: "Light", Scheme.DARK: "Dark"}
# What the widgets themselves answer to, for the sheet of keys.
WIDGET_KEYS = (
    ("In the table", "Up, Down", "Another order"),
    ("In the table", "Enter", "What comes next for this order"),
    ("Anywhere", "Letters, digits, a scanner", "Search"),
    ("In the search", "Enter", "Find this very order"),
    ("In the search", "Down", "On to the table"),
    ("In the search", "Esc", "Clear search"),
    ("In a dialog", "Ctrl+Enter", "Do it"),
    ("In a dialog", "Esc", "Leave everything as it is"),
)


class Actions(QObject):
    """Makes the menu bar of ``window``. Each action is an attribute; the window connects them.

    Signals:
        stage_chosen: carries the Stage of a Go entry. UI thread.
        place_chosen: carries the name of a place among the Go entries. UI thread.
        scheme_chosen: carries the Scheme of a View entry. UI thread.
    """

    stage_chosen = Signal(object)
    place_chosen = Signal(str)
    scheme_chosen = Signal(object)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menus: list[tuple[str, list[QAction]]] = []
        file = self._menu("&File")
        self.demo = self._add(file, "Open &demo shop", "Ctrl+D")
        self.connect_stripe = self._add(file, "Connect &Stripe…", "Ctrl+K")
        file.addSeparator()
        self.quit = self._add(file, "&Quit", "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        edit = self._menu("&Edit")
        self.find = self._add(edit, "&Find orders", "Ctrl+F")
        self.clear_search = self._add(edit, "&Clear search")
        edit.addSeparator()
        self.filter = self._add(edit, "Fi&lter the list", "Ctrl+Shift+F")
        self.clear_filter = self._add(edit, "Clear f&ilter")
        edit.addSeparator()
        self.settings = self._add(edit, "&Settings…", "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        order = self._menu("&Order")
        self.prepare = self._add(order, "&Prepare…", "F2")
        self.ship = self._add(order, "&Ship…", "F3")
        order.addSeparator()
        self.copy_link = self._add(order, "Copy pay &link", "Ctrl+Shift+L")
        self.send_link = self._add(order, "Send pay link by &mail…", "Ctrl+Shift+M")
        self.open_at_stripe = self._add(order, "&Open at Stripe", "Ctrl+Shift+O")
        order.addSeparator()
        self.copy_reference = self._add(order, "Copy order &number", "Ctrl+Shift+C")
        self.copy_address = self._add(order, "Copy &address", "Ctrl+Shift+A")
        self.copy_all = self._add(order, "Copy &everything", "Ctrl+Shift+E")
        order.addSeparator()
        self.renew = self._add(order, "Re&new hold…", "Ctrl+Shift+N")
        self.back_order = self._add(order, "Charge &back-order…", "Ctrl+Shift+B")
        order.addSeparator()
        self.release = self._add(order, "&Release hold…", "Ctrl+Shift+R")
        self.refund = self._add(order, "Re&fund…", "Ctrl+Shift+D")
        view = self._menu("&View")
        self._add_schemes(view)
        view.addSeparator()
        self.panel = self._add(view, "&Order panel", "F4")
        self.sync = self._add(view, "&Ask Stripe for news now", "F5")
        self.audit = self._add(view, "Co&mpare with Stripe…", "Shift+F5")
        go = self._menu("&Go")
        self.stages = {stage: self._add_stage(go, stage, number) for number, stage in enumerate(STAGES, start=1)}
        self.places: list[QAction] = []
        self._go, self._after_places = go, go.addSeparator()
        self.shop_page = self._add(go, "&Checkout page in the browser", "Ctrl+B")
        self.copy_page = self._add(go, "Copy the checkout page’s &address")
        help_menu = self._menu("&Help")
        self.keys = self._add(help_menu, "&Keys", "F1")
        self.test_cards = self._add(help_menu, "&Test cards", "Ctrl+T")
        self.about = self._add(help_menu, "&About SellerDesk")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def sheet(self) -> list[tuple[str, str, str]]:
        """Where, which key, what it does: for the sheet of keys."""
        made = [
            (title, action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), _plain(action.text()))
            for title, actions in self._menus
            for action in actions
            if not action.shortcut().isEmpty()
        ]
        return [*WIDGET_KEYS, *made]

    def add_place(self, name: str, key: str) -> None:
        """One more entry below the stages of the Go menu, on while a shop is open. ``Places.add`` calls this."""
        action = QAction(plain.menu_text(name), self._go)
        action.setAutoRepeat(False)
        action.setShortcut(QKeySequence(key))
        action.setData(name)
        action.setEnabled(self.find.isEnabled())
        action.triggered.connect(self._place_triggered)
        self._go.insertAction(self._after_places, action)
        self.places.append(action)
        dict(self._menus)["Go"].append(action)

    def show_scheme(self, scheme: Scheme) -> None:
        """Mark the scheme in use."""
        self._schemes[scheme].setChecked(True)

    def set_shop_open(self, is_open: bool, *, has_page: bool = False, takes_test_cards: bool = False) -> None:
        """Switch on what needs a shop."""
        for action in (
            self.find,
            self.clear_search,
            self.filter,
            self.clear_filter,
            self.sync,
            self.audit,
            self.panel,
            *self.stages.values(),
            *self.places,
        ):
            action.setEnabled(is_open)
        for action in (self.shop_page, self.copy_page):
            action.setEnabled(is_open and has_page)
        self.test_cards.setEnabled(is_open and takes_test_cards)

    def more(self) -> tuple[tuple[QAction, ...], ...]:
        """What stands under *More* beside an order, in groups; what cannot be undone comes last."""
        return (
            (self.copy_link, self.send_link, self.open_at_stripe),
            (self.copy_reference, self.copy_address, self.copy_all),
            (self.renew, self.back_order),
            (self.release, self.refund),
        )

    def show_next(self, stage: Stage | None, has_order: bool, *, at_stripe: bool = False) -> None:
        """Switch on what can be done with the order shown. ``at_stripe``: Stripe has a page for its payment."""
        self.prepare.setEnabled(stage is Stage.TO_PREPARE)
        self.ship.setEnabled(stage is Stage.TO_SHIP)
        self.release.setEnabled(stage is Stage.TO_PREPARE)
        for action in (self.copy_link, self.send_link):
            action.setEnabled(stage in {Stage.PROBLEM, Stage.UNFINISHED})
        for action in (self.copy_reference, self.copy_address, self.copy_all):
            action.setEnabled(has_order)
        self.open_at_stripe.setEnabled(at_stripe)

    def show_money(self, *, refund: bool, back_order: bool, renew: bool) -> None:
        """Switch on what can be done with the money of the order shown."""
        self.refund.setEnabled(refund)
        self.back_order.setEnabled(back_order)
        self.renew.setEnabled(renew)

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        self._menus.append((_plain(title), []))
        return menu

    def _add(self, menu: QMenu, text: str, key: str = "") -> QAction:
        action = menu.addAction(text)
        action.setAutoRepeat(False)
        if key:
            action.setShortcut(QKeySequence(key))
        self._menus[-1][1].append(action)
        return action

    def _add_stage(self, menu: QMenu, stage: Stage, number: int) -> QAction:
        action = self._add(menu, STAGE_NAMES[stage], f"Ctrl+{number}")
        action.setData(stage)
        action.triggered.connect(self._stage_triggered)
        return action

    def _add_schemes(self, menu: QMenu) -> None:
        self._schemes: dict[Scheme, QAction] = {}
        group = QActionGroup(self)
        for scheme, text in _SCHEMES.items():
            action = self._add(menu, text)
            action.setCheckable(True)
            action.setData(scheme)
            action.triggered.connect(self._scheme_triggered)
            group.addAction(action)
            self._schemes[scheme] = action

    def _stage_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.stage_chosen.emit(Stage(action.data()))

    def _place_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.place_chosen.emit(str(action.data()))

    def _scheme_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.scheme_chosen.emit(Scheme(action.data()))


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("…")
