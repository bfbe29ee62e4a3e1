"""Hands and eyes at the window: shows stages and orders, opens and presses dialogs, takes pictures."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sellerdesk.domain.errors import OurBug, ReadOnlyPlace, WorldError
from sellerdesk.domain.listing import OrderRow
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.tour.album import Album

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from sellerdesk.demo import DemoShop
    from sellerdesk.ui.dialogs.parts import DeskDialog

STEP_SECONDS = 300


class TourStuck(WorldError):
    """A step of the tour did not come to its end."""


class Hands:
    """Drives one window of its own. ``demo`` is the shop behind it, once it is open."""

    def __init__(self, album: Album, data_dir: "Path") -> None:
        from PySide6.QtCore import qInstallMessageHandler

        from sellerdesk.settings import Settings, places
        from sellerdesk.shops import Shops
        from sellerdesk.ui.garbage import GarbageKeeper
        from sellerdesk.ui.main_window import MainWindow
        from sellerdesk.ui.theme import Scheme, apply
        from sellerdesk.window import KeptPreferences, make_application

        self._album = album
        where = places(data_dir)
        settings = Settings.load(where.settings_file)
        self._shops = Shops(where, settings)
        qInstallMessageHandler(_drop_noise)
        self._application = make_application()
        self._garbage = GarbageKeeper()
        self.theme = apply(self._application, Scheme.LIGHT)
        self.window = MainWindow(self._shops, self.theme, KeptPreferences(settings, self._shops.settings_of))
        self.window.resize(1440, 900)

    def close(self) -> None:
        """Close window and shop."""
        self.window.close()
        self.window.finish()
        self._garbage.stop()

    @property
    def demo(self) -> "DemoShop":
        demo = self._shops.demo_shop
        if demo is None:
            raise OurBug("The tour's demo shop is not open.")
        return demo

    def order(self, order_id: str) -> Order:
        """The order as the database has it now."""
        return self.demo.works.desk.orders.view(order_id).order

    def on_intent(self, order_id: str) -> str:
        """The tracking number as Stripe's side has it, read afresh."""
        shipping = self.demo.works.gateway.retrieve(self.order(order_id).payment.intent_id).shipping
        return shipping.tracking_number if shipping else ""

    # --- going about ---

    def open_demo(self) -> None:
        """Open the demo shop, and wait until its orders show."""
        self.window.keeper.open_demo()
        self.wait(self._shows_orders, "the demo shop opens")

    def go_to(self, stage: Stage) -> None:
        """Show a stage and wait until its first order shows in the panel."""
        self.window.go_to(stage)
        model, orders = self.window.model, self.window.orders

        def shown() -> bool:
            first, view = model.row_at(0), orders.view
            return first is not None and first.stage is stage and view is not None and view.order.id == first.id

        self.wait(shown, f"{stage.value} shows its orders")

    def select(self, stage: Stage, order_id: str) -> None:
        """Wait until the order stands in ``stage``, and show it as a click on its row does."""
        from sellerdesk.ui.order_list import Showing

        self.window.go_to(stage)
        self.wait(lambda: self._has_row(stage, order_id), f"the order shows in {stage.value}")
        self.window.list.show_list(Showing(stage), order_id)
        self.wait(lambda: self._shows(stage, order_id), "the order shows in the panel")

    def first_row(self, stage: Stage, fits: Callable[[OrderRow], bool]) -> str:
        """The id of the first order of a stage that fits. Raises TourStuck when there is none."""
        self.go_to(stage)
        found = next((row.id for row in self.window.model.rows if fits(row)), "")
        if not found:
            raise TourStuck(f"The demo shop has no such order in {stage.value}.")
        return found

    def show_place(self, name: str) -> None:
        """Show a page beside the orders."""
        self.window.places.show(name)

    # --- dialogs ---

    def dialog(self, name: str) -> "DeskDialog":
        """The order's dialog, once it is open."""
        self.wait(lambda: self.window.orders.dialog is not None, f"{name} opens")
        dialog = self.window.orders.dialog
        assert dialog is not None
        return dialog

    def do(self, dialog: "QWidget") -> None:
        """Ctrl+Enter."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def wait_until_closed(self) -> None:
        self.wait(lambda: self.window.orders.dialog is None, "the dialog closes")

    # --- time and pictures ---

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the window work until ``until`` holds. Raises TourStuck after STEP_SECONDS."""
        give_up = time.monotonic() + STEP_SECONDS
        while not until():
            self._application.processEvents()
            if time.monotonic() > give_up:
                raise TourStuck(f"The tour waited {STEP_SECONDS} seconds in vain: {what}.")
            time.sleep(0.01)
        self._application.processEvents()

    def shoot(self, name: str, words: str, *promises: str, dialog: "QWidget | None" = None) -> None:
        """A picture of the window, with ``dialog`` over its middle."""
        self._application.processEvents()
        picture = self.window.grab()
        if dialog is not None:
            picture = _with_dialog(picture, self.window, dialog)
        path = self._album.path_for(name)
        if not picture.save(str(path)):
            raise ReadOnlyPlace(f"The picture {path} cannot be written.")
        self._album.add(path, words, *promises)

    def _shows_orders(self) -> bool:
        window = self.window
        view = window.orders.view
        return window.stack.currentWidget() is window.page and window.model.rowCount() > 0 and view is not None

    def _shows(self, stage: Stage, order_id: str) -> bool:
        """List and panel both show the order as it stands now; the panel may have shown it before it moved here."""
        view, row = self.window.orders.view, self.window.model.row_at(self.window.view.currentIndex().row())
        if view is None or row is None:
            return False
        return row.id == view.order.id == order_id and stage_of(view.order) is stage

    def _has_row(self, stage: Stage, order_id: str) -> bool:
        return any(row.id == order_id and row.stage is stage for row in self.window.model.rows)


def _drop_noise(_kind: object, _context: object, message: str | None) -> None:
    """Qt's offscreen screen says at every dialog that it has no window manager; everything else is worth reading."""
    if message and "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")


def _with_dialog(picture: "QPixmap", window: "QWidget", dialog: "QWidget") -> "QPixmap":
    """The dialog over the middle of the window: without a window manager they are two pictures."""
    from PySide6.QtGui import QPainter

    over = dialog.grab()
    painter = QPainter(picture)
    room = window.rect().size()
    painter.drawPixmap((room.width() - dialog.width()) // 2, (room.height() - dialog.height()) // 2, over)
    painter.end()
    return picture
