"""The settings of the window: reads them, shows the dialog, keeps what was changed, and lets it take effect."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sellerdesk.domain.errors import ReadOnlyPlace, SellerDeskError
from sellerdesk.services.desk import Mode, OpenShop
from sellerdesk.settings import (
    COLOUR_SCHEME,
    POLL_SECONDS,
    PUBLIC_ADDRESS,
    SEAT_NAME,
    SHOP_NAME,
    Settings,
)
from sellerdesk.ui.key_controller import KeyController
from sellerdesk.ui.notices import Kind, Notice, from_error
from sellerdesk.ui.preferences import Preferences
from sellerdesk.ui.theme import Scheme, Theme

if TYPE_CHECKING:
    from sellerdesk.ui.dialogs.settings import Change, SettingsDialog
    from sellerdesk.ui.dialogs.settings_parts import SettingsPage
    from sellerdesk.ui.main_window import MainWindow

# What an open shop was opened with.
_NEED_SHOP_AGAIN = frozenset({SEAT_NAME.key, SHOP_NAME.key, POLL_SECONDS.key, PUBLIC_ADDRESS.key})
_NOT_WRITTEN = "Please let the file be written, or start SellerDesk with --data-dir and another folder."


@dataclass(frozen=True, slots=True)
class _Read:
    """The settings as they are in their files now; those of the shop are None without one."""

    program: Settings
    shop: Settings | None


class SettingsController(QObject):
    """Owns the settings dialog while it is open. ``keys`` owns those for the key."""

    def __init__(self, window: "MainWindow", theme: Theme, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._theme, self._preferences = window, theme, preferences
        self._dialog: SettingsDialog | None = None
        self._reading = False
        self._needs_shop_again = False
        self._say_later: Notice | None = None
        self.keys = KeyController(window)
        self.keys.replaced.connect(self._key_replaced)
        self.keys.removed.connect(self._key_removed)
        entry = window.rail.add_command("settings", "Settings…", "Open the settings (Ctrl+,)")
        entry.clicked.connect(self.open)
        window.actions_.settings.triggered.connect(self.open)
        window.keeper.opened.connect(self._shop_opened)
        window.keeper.closing.connect(self._leave)

    @property
    def dialog(self) -> "SettingsDialog | None":
        """The settings, while they are open."""
        return self._dialog

    def open(self) -> None:
        """Read the settings, then show them."""
        if self._dialog is not None or self._reading or self._window.keeper.is_busy:
            return
        self._reading = True
        shop = self._window.keeper.shop
        self._window.tasks.read(self, partial(self._read, shop), partial(self._show, shop), self._not_read)

    def _read(self, shop: OpenShop | None) -> _Read:
        of_shop = self._preferences.of_shop(shop.info.profile) if shop is not None and shop.info.profile else None
        return _Read(self._preferences.program(), of_shop)

    def _not_read(self, error: Exception) -> None:
        self._reading = False
        self._window.notices.error(error, money="Nothing was changed.", next_step=_NOT_WRITTEN)

    def _show(self, shop: OpenShop | None, found: _Read) -> None:
        self._reading = False
        if self._window.keeper.is_busy or self._window.keeper.shop is not shop:
            return
        from sellerdesk.ui.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._pages(shop, found), self._window)
        if shop is not None:
            dialog.show_mode(shop.info.mode)
        dialog.save_chosen.connect(self._save)
        dialog.finished.connect(self._closed)
        self._dialog = dialog
        self._window.bar.clear_note()
        dialog.open_safely()

    def _pages(self, shop: OpenShop | None, found: _Read) -> "list[SettingsPage]":
        from sellerdesk.ui.dialogs import settings_pages
        from sellerdesk.ui.dialogs.settings_checkout import CheckoutSettingsPage

        mode = shop.info.mode if shop is not None else None
        pages = [self._keys_page(shop, found), CheckoutSettingsPage(found.program, found.shop, mode)]
        if mode is not None and found.shop is not None:
            pages.insert(1, settings_pages.ConfirmationPage(found.shop))
            pages.append(settings_pages.PollingPage(found.shop, mode))
        info = shop.info if shop is not None else None
        pages += [settings_pages.AppearancePage(found.program), settings_pages.SeatPage(found.program, info)]
        return pages

    def _keys_page(self, shop: OpenShop | None, found: _Read) -> "SettingsPage":
        from sellerdesk.ui.dialogs.settings_keys import KeysPage, NoKeysPage

        if shop is None or shop.info.mode is Mode.DEMO or found.shop is None:
            nothing = NoKeysPage(is_demo=shop is not None)
            nothing.connect_wanted.connect(self._connect_stripe)
            return nothing
        page = KeysPage(shop.info, found.shop, self._window.keeper.opener.keys(shop.info.profile), self._window.tasks)
        page.replace_wanted.connect(lambda: self.keys.replace(self._dialog))
        page.remove_wanted.connect(lambda: self.keys.remove(self._dialog))
        self.keys.replaced.connect(page.key_replaced)
        return page

    def _save(self, changes: "tuple[Change, ...]") -> None:
        self._window.tasks.command(self, partial(_keep, changes), partial(self._saved, changes), self._not_saved)

    def _saved(self, changes: "tuple[Change, ...]", problem: ReadOnlyPlace | None) -> None:
        changed = {setting.key for change in changes for setting in change.values}
        if COLOUR_SCHEME.key in changed:
            scheme = Scheme(self._preferences.program().get(COLOUR_SCHEME))
            self._theme.choose(scheme)
            self._window.actions_.show_scheme(scheme)
        said = Notice(Kind.NOTE, "The settings are saved.")
        if problem is not None:
            said = from_error(problem, money="No money is concerned.", next_step=_NOT_WRITTEN)
        self._needs_shop_again |= bool(changed & _NEED_SHOP_AGAIN)
        if self._may_open_again():
            self._say_later = said
        else:
            self._window.notices.say(said)
        if self._dialog is not None:
            self._dialog.finish()

    def _not_saved(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, SellerDeskError) else "SellerDesk made a mistake of its own."
        if self._dialog is None or not self._dialog.refuse(f"{sentence} Nothing was saved."):
            self._window.notices.error(error, money="Nothing was saved.")

    def _may_open_again(self) -> bool:
        """Whether the open shop must be opened again for what was changed. The demo never is: its orders would be
        others."""
        shop = self._window.keeper.shop
        return self._needs_shop_again and shop is not None and shop.info.mode is not Mode.DEMO

    def _closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        again, self._needs_shop_again = self._may_open_again(), False
        if again:
            self._window.keeper.open_again()

    def _leave(self) -> None:
        """The shop closes, and with it what belongs to it."""
        self._needs_shop_again = False
        self.keys.leave()
        if self._dialog is not None:
            self._dialog.close()

    def _shop_opened(self, _shop: OpenShop) -> None:
        said, self._say_later = self._say_later, None
        if said is not None:
            # After the window has taken the shop in: that clears what was said about the one before.
            self._window.tasks.post(partial(self._window.notices.say, said))

    def _key_replaced(self) -> None:
        self._needs_shop_again = True
        self._say_later = Notice(Kind.NOTE, "The key is replaced. The shop works with the new one.")

    def _key_removed(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self._window.keeper.leave()

    def _connect_stripe(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self._window.welcome.ask_for_keys()


def _keep(changes: "tuple[Change, ...]") -> ReadOnlyPlace | None:
    """In a worker. One file that cannot be written is no reason not to write the other; the values hold anyway."""
    problem = None
    for change in changes:
        try:
            change.settings.change(change.values)
        except ReadOnlyPlace as error:
            problem = error
    return problem
