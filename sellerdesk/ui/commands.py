"""What the menu entries and keys do beside the orders themselves: find, copy, look, help."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from sellerdesk import __version__
from sellerdesk.services.desk import Mode, OpenShop
from sellerdesk.ui.clipboard import copy_text
from sellerdesk.ui.order_text import order_text
from sellerdesk.ui.postal import address_lines
from sellerdesk.ui.sheets import about_sheet, cards_sheet, keys_sheet
from sellerdesk.ui.theme import Scheme, Theme

if TYPE_CHECKING:
    from sellerdesk.ui.main_window import MainWindow
    from sellerdesk.ui.preferences import Preferences


class Commands(QObject):
    """Joins the actions of ``window`` to its parts."""

    def __init__(self, window: "MainWindow", theme: Theme, preferences: "Preferences") -> None:
        super().__init__(window)
        self._window, self._theme, self._preferences = window, theme, preferences
        self._actions = window.actions_
        self._shop: OpenShop | None = None
        self._actions.show_scheme(theme.scheme)
        self._connect()
        self.detach()

    def attach(self, shop: OpenShop) -> None:
        """Switch on what needs a shop."""
        self._shop = shop
        has_page, takes_test_cards = bool(shop.info.checkout_url), shop.info.mode is not Mode.LIVE
        self._actions.set_shop_open(True, has_page=has_page, takes_test_cards=takes_test_cards)
        self._window.panel.head.sit_at(shop.desk.seat)
        self._window.rail.open_shop(shop.desk.seat, shop.info.checkout_url, test_cards=takes_test_cards)

    def detach(self) -> None:
        """Switch it off."""
        self._shop = None
        self._actions.set_shop_open(False)
        self._actions.show_next(None, False)
        self._actions.show_money(refund=False, back_order=False, renew=False)

    def _connect(self) -> None:
        window, actions = self._window, self._actions
        actions.demo.triggered.connect(window.keeper.open_demo)
        actions.connect_stripe.triggered.connect(window.welcome.ask_for_keys)
        actions.quit.triggered.connect(window.close)
        actions.find.triggered.connect(self._find)
        actions.clear_search.triggered.connect(window.page.toolbar.search.empty)
        actions.filter.triggered.connect(self._filter)
        actions.clear_filter.triggered.connect(window.page.toolbar.filter.clear)
        actions.prepare.triggered.connect(window.orders.prepare)
        actions.ship.triggered.connect(window.orders.ship)
        actions.release.triggered.connect(window.orders.release)
        actions.refund.triggered.connect(window.orders.money.refund)
        actions.back_order.triggered.connect(window.orders.money.back_order)
        actions.renew.triggered.connect(window.orders.money.renew)
        actions.copy_link.triggered.connect(window.orders.copy_link)
        actions.send_link.triggered.connect(window.orders.send_link)
        actions.open_at_stripe.triggered.connect(window.orders.open_at_stripe)
        window.panel.head.more.offer(actions.more())
        actions.copy_all.triggered.connect(self._copy_all)
        actions.copy_reference.triggered.connect(self._copy_reference)
        actions.copy_address.triggered.connect(self._copy_address)
        actions.panel.triggered.connect(window.page.toggle_drawer)
        actions.sync.triggered.connect(self._sync)
        for wish in (actions.shop_page.triggered, window.rail.page_wanted, window.page.page_wanted):
            wish.connect(self._open_shop_page)
        for wish in (actions.copy_page.triggered, window.rail.page_copied):
            wish.connect(self._copy_page)
        for wish in (actions.test_cards.triggered, window.rail.cards_wanted):
            wish.connect(self._show_cards)
        window.page.copy_wanted.connect(copy_text)
        actions.stage_chosen.connect(window.go_to)
        actions.scheme_chosen.connect(self._choose_scheme)
        actions.keys.triggered.connect(self._show_keys)
        actions.about.triggered.connect(self._show_about)
        window.page.toolbar.sync_wanted.connect(self._sync)
        window.orders.order_shown.connect(self._order_shown)
        window.panel.copy_requested.connect(copy_text)

    def _find(self) -> None:
        self._window.places.leave()
        field = self._window.page.toolbar.search
        field.setFocus()
        field.selectAll()

    def _filter(self) -> None:
        self._window.places.leave()
        self._window.page.toolbar.filter.setFocus()
        self._window.page.toolbar.filter.open_menu()

    def _sync(self) -> None:
        if self._shop is not None:
            self._window.sync.syncing()
            self._shop.feed.sync_now()

    def show_in_sight(self) -> None:
        """Another page is shown: nothing can be done with an order that is out of sight."""
        self._actions.panel.setEnabled(self._shop is not None and self._is_order_in_sight)
        self._order_shown()

    @property
    def _is_order_in_sight(self) -> bool:
        return self._window.stack.currentWidget() is self._window.page

    def _order_shown(self) -> None:
        orders, in_sight = self._window.orders, self._is_order_in_sight
        stage, shown = (orders.next_stage, orders.view is not None) if in_sight else (None, False)
        self._actions.show_next(stage, shown, at_stripe=in_sight and orders.has_stripe_page)
        money = orders.money
        self._actions.show_money(
            refund=in_sight and money.can_refund,
            back_order=in_sight and money.can_charge_later,
            renew=in_sight and money.can_renew,
        )

    def _copy_reference(self) -> None:
        view = self._window.orders.view
        if view is not None:
            copy_text(view.order.shown_reference)

    def _copy_address(self) -> None:
        view = self._window.orders.view
        if view is not None:
            copy_text("\n".join(address_lines(view.order.shopper.name, view.order.shopper.address)))

    def _copy_all(self) -> None:
        view = self._window.orders.view
        if view is not None:
            copy_text(order_text(view))

    def _open_shop_page(self) -> None:
        address = QUrl(self._shop.info.checkout_url) if self._shop is not None else QUrl()
        if address.scheme() in {"http", "https"} and not QDesktopServices.openUrl(address):
            self._window.notices.note(f"No browser could be opened. The checkout page is at {address.toString()}")

    def _copy_page(self) -> None:
        if self._shop is not None and self._shop.info.checkout_url:
            copy_text(self._shop.info.checkout_url)

    def _show_cards(self) -> None:
        cards_sheet(self._window, copy_text).open()

    def _choose_scheme(self, scheme: Scheme) -> None:
        self._theme.choose(scheme)
        self._preferences.keep_scheme(scheme.value)

    def _show_keys(self) -> None:
        keys_sheet(self._window, [*self._actions.sheet(), *self._window.practice.sheet()]).open()

    def _show_about(self) -> None:
        about_sheet(self._window, __version__).open()
