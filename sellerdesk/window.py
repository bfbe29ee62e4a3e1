"""Starting the desk's window. Nothing heavier than Qt is imported before its first paint."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from sellerdesk import __version__
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import ReadOnlyPlace, SellerDeskError
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.shop_keys import ShopKeys
from sellerdesk.settings import COLOUR_SCHEME, COLUMN_WIDTHS, LETTER_SIZE, PROGRAM, WINDOW_SHAPE, Setting, Settings
from sellerdesk.shops import Shops
from sellerdesk.ui.garbage import GarbageKeeper
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.preferences import WindowShape
from sellerdesk.ui.theme import Scheme, Theme, apply

_log = logging.getLogger(__name__)
T = TypeVar("T")

# In percent of the system's.
LETTERS = {"usual": 100, "large": 125, "largest": 150}


class KeptPreferences:
    """Remembers what the window is told to; a read-only home is no reason to trouble anybody. ``of_shop`` gives the
    settings of a profile."""

    def __init__(self, settings: Settings, of_shop: Callable[[str], Settings]) -> None:
        self._settings = settings
        self._of_shop = of_shop

    def keep_scheme(self, scheme: str) -> None:
        self._keep(COLOUR_SCHEME, scheme)

    def window_shape(self) -> WindowShape | None:
        kept = self._settings.get(WINDOW_SHAPE)
        if not kept:
            return None
        size, _, maximized = kept.partition(" ")
        width, height = size.split("x")
        return WindowShape(int(width), int(height), bool(maximized))

    def keep_window_shape(self, shape: WindowShape) -> None:
        self._keep(WINDOW_SHAPE, f"{shape.width}x{shape.height}{' maximized' if shape.maximized else ''}")

    def column_widths(self) -> Mapping[str, int]:
        return self._settings.get(COLUMN_WIDTHS)

    def keep_column_widths(self, widths: Mapping[str, int]) -> None:
        self._keep(COLUMN_WIDTHS, dict(widths))

    def _keep(self, setting: Setting[T], value: T) -> None:
        if self._settings.get(setting) == value:
            return
        try:
            self._settings.set(setting, value)
            self._settings.save()
        except SellerDeskError as error:
            _log.warning("%s", error)

    def program(self) -> Settings:
        self._settings.refresh()
        return self._settings

    def of_shop(self, profile: str) -> Settings:
        return self._of_shop(profile)


def make_application() -> QApplication:
    """The one application of this process, named so that desktops show the right icon."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("SellerDesk")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("sellerdesk")
    return application


class NoPlace:
    """Stands for the shops when there is no folder to keep them in: whatever is wanted, it says why not."""

    def __init__(self, error: SellerDeskError) -> None:
        self._error = error

    def last(self) -> OpenShop | None:
        raise self._error

    def demo(self, progress: Callable[[str, int, int], None]) -> OpenShop:  # noqa: ARG002 - the port's
        raise self._error

    def check(self, secret_key: str) -> AccountFacts:  # noqa: ARG002 - the port's
        raise self._error

    def keyring_name(self) -> str:
        raise self._error

    def connect(self, secret_key: str, publishable_key: str) -> OpenShop:  # noqa: ARG002 - the port's
        raise self._error

    def keys(self, profile: str) -> ShopKeys:  # noqa: ARG002 - the port's
        raise self._error

    def settings_of(self, profile: str) -> Settings:  # noqa: ARG002 - the port's
        raise self._error


def _stay_awake() -> None:
    """Give Python a turn, in which it may hear of a signal."""


def run_window(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed; the exit status."""
    from sellerdesk.commands import shops_for

    shops: Shops | NoPlace
    try:
        shops, settings, _ = shops_for(options, "desk")
    except ReadOnlyPlace as error:
        shops, settings = NoPlace(error), Settings(Path(), PROGRAM)
    application = make_application()
    garbage = GarbageKeeper(application)
    theme: Theme = apply(application, Scheme(settings.get(COLOUR_SCHEME)), LETTERS[settings.get(LETTER_SIZE)])
    wants_demo = options.command == "demo"
    window = MainWindow(shops, theme, KeptPreferences(settings, shops.settings_of), open_last=not wants_demo)
    if wants_demo:
        window.painted_first.connect(window.keeper.open_demo)
    window.show()
    # Qt's loop runs no Python by itself, so Ctrl+C in the terminal would wait for the next click.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    awake = QTimer()
    awake.timeout.connect(_stay_awake)
    awake.start(500)
    status = application.exec()
    window.finish()
    garbage.stop()
    return status
