"""A window whose settings can be opened: real files, and keys whose answers a test can choose."""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.account import AccountFacts, Permission
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.shop_keys import KeptKeys, KeyTrial, SameShop
from sellerdesk.ui.dialogs.settings import SettingsDialog
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import FakeOpener, Remembers

NEW_KEY = "rk_test_MadeUpForTests0000p2Lk"
PUBLISHABLE = "pk_test_MadeUpForTests0000w3Yz"


def account(*, missing: tuple[str, ...] = (), needed: tuple[str, ...] = (), name: str = "Kontor Nord") -> AccountFacts:
    rights = ("Payment intents", "Charges and refunds", "Customers", "Confirmation tokens", "Events", "Disputes")
    permissions = tuple(
        Permission(right, "write", f"what {right} is for", right not in missing + needed, right in needed, "no luck")
        for right in rights
    )
    return AccountFacts("acct_1", name, "AT", "eur", False, permissions)


class FakeKeys:
    """The keys of a shop, in memory. ``fail_with`` fails the next thing that is asked."""

    def __init__(self) -> None:
        self.hint = "…h7Qx"
        self.account: AccountFacts = account()
        self.same_shop = SameShop.ACCOUNT
        self.fail_with: Exception | None = None
        self.done: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def kept(self) -> KeptKeys:
        return KeptKeys("acct_1", self.hint, "Secret Service keyring")

    def check(self) -> AccountFacts:
        self._do("check")
        return self.account

    def try_key(self, secret_key: str) -> KeyTrial:
        self._do(f"try {secret_key}")
        return KeyTrial(self.account, self.same_shop)

    def replace(self, secret_key: str) -> KeyTrial:
        self._do(f"replace {secret_key}")
        self.hint = f"…{secret_key[-4:]}"
        return KeyTrial(self.account, self.same_shop)

    def remove(self) -> None:
        self._do("remove")

    def _do(self, what: str) -> None:
        self.done.append(what)
        assert self.gate.wait(30)
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            raise error


class Opener(FakeOpener):
    """Opens one shop as often as it is asked to, and counts."""

    def __init__(self, last: OpenShop | None, demo: OpenShop | None = None) -> None:
        super().__init__(last, demo)
        self.of_shop = FakeKeys()
        self.opened = 0
        self.asked_for: list[str] = []

    def last(self) -> OpenShop | None:
        self.opened += 1
        return super().last()

    def keys(self, profile: str) -> FakeKeys:
        self.asked_for.append(profile)
        return self.of_shop


class Desk:
    """A window over ``opener`` that keeps its settings in ``folder``, or can write nowhere (None)."""

    def __init__(self, qtbot: QtBot, look: Theme, opener: Opener, folder: Path | None) -> None:
        self.qtbot, self.opener = qtbot, opener
        self.remembers = Remembers(folder) if folder is not None else Remembers()
        self.window = MainWindow(opener, look, self.remembers)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self._is_settled)

    def open(self, by: Callable[[], None] | None = None) -> SettingsDialog:
        """Open the settings, and wait for what their first page finds out."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        (by or self.window.settings.open)()
        self.qtbot.waitUntil(lambda: self.window.settings.dialog is not None)
        dialog = self.window.settings.dialog
        assert dialog is not None
        self.qtbot.waitUntil(dialog.isActiveWindow)
        check = getattr(dialog.pages[0], "check", None)
        if check is not None:
            self.qtbot.waitUntil(check.isEnabled)
            # Qt shows what was added to a visible page with the next turn of its loop.
            settle()
        return dialog

    def closed(self) -> None:
        """Wait until no settings are open and no shop is being opened or closed."""
        self.qtbot.waitUntil(lambda: self.window.settings.dialog is None and self._is_settled())

    def _is_settled(self) -> bool:
        """The worker is done a moment before the window hears of it."""
        return not self.window.keeper.is_busy and self.window.stack.currentWidget() is not self.window.opening

    @property
    def said(self) -> str:
        notice = self.window.bar.notice
        return notice.text if notice is not None else ""


def settle() -> None:
    """Let layouts that wait for the event loop happen."""
    for _ in range(20):
        QApplication.processEvents()
