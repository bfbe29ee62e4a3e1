"""The tour: the program drives itself through the whole job and leaves numbered pictures of it.

The same window, the same page and the same demo shop as a person would use; the shopper's part runs in a headless
browser where there is one.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sellerdesk.domain.errors import OurBug, ReadOnlyPlace, WorldError
from sellerdesk.domain.order import Order, Stage
from sellerdesk.formats import money
from sellerdesk.tour_page import Shot, write_page

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication, QWidget

    from sellerdesk.demo import DemoShop

STEP_SECONDS = 180
TRACKING_NUMBER = "00340434161094042557"


class TourStuck(WorldError):
    """A step of the tour did not come to its end."""


def run_tour(out: Path, data_dir: Path | None) -> int:
    """Take the tour and leave pictures and a page in ``out``; 0 when every step came to its end."""
    if not _has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _clear(out)
    with tempfile.TemporaryDirectory(prefix="sellerdesk-tour-", ignore_cleanup_errors=True) as folder:
        tour = Tour(out, data_dir or Path(folder))
        try:
            tour.take()
        finally:
            tour.end()
    _say(f"The tour is done: {len(tour.shots)} pictures and a summary in {out}{os.sep}index.html")
    return 0


class Tour:
    """One tour through a demo shop of its own. ``shots`` are the pictures taken so far."""

    def __init__(self, out: Path, data_dir: Path) -> None:
        from PySide6.QtCore import qInstallMessageHandler

        from sellerdesk.settings import Settings, places
        from sellerdesk.shops import Shops
        from sellerdesk.ui.main_window import MainWindow
        from sellerdesk.ui.theme import Scheme, apply
        from sellerdesk.window import KeptPreferences, make_application

        self._out = out
        self.shots: list[Shot] = []
        where = places(data_dir)
        settings = Settings.load(where.settings_file)
        self._shops = Shops(where, settings)
        qInstallMessageHandler(_drop_noise)
        self._application: QApplication = make_application()
        self._theme = apply(self._application, Scheme.LIGHT)
        preferences = KeptPreferences(settings, self._shops.settings_of)
        self._window: MainWindow = MainWindow(self._shops, self._theme, preferences)
        self._window.resize(1440, 900)

    def take(self) -> None:
        """Every step, in the order of a working day."""
        from sellerdesk.tour_shopper import find_shopper

        self._open_demo()
        demo = self._demo()
        shopper = find_shopper(demo, self._path_for, self._add)
        _say(f"Shopper: {shopper.how}.")
        try:
            order = shopper.order()
            self._see_it_arrive(order)
            self._prepare(order)
            self._ship(order)
            shopper.look_at_order()
        finally:
            shopper.leave()
        self._look_around()
        self._sum_up(order, shopper.how)

    def end(self) -> None:
        """Close window and shop."""
        self._window.close()
        self._window.finish()

    # --- the steps ---

    def _open_demo(self) -> None:
        self._window.show()
        self._pump(lambda: self._window.stack.currentWidget() is self._window.welcome.page, "the window opens")
        self._shoot("first-start", "The first start: try the demo shop, or connect Stripe.")
        _say("Opening the demo shop and its week of orders …")
        self._window.keeper.open_demo()
        self._pump(self._shows_orders, "the demo shop opens")
        self._shoot("desk", "The desk: held orders, the hold that lapses first on top.")

    def _see_it_arrive(self, order: Order) -> None:
        self._pump(lambda: self._has_row(order.id), "the new order shows on the desk")
        self._select(Stage.TO_PREPARE, order.id)
        self._shoot("arrived", f"Order {order.shown_reference} arrived: its money is held, nothing is charged yet.")

    def _prepare(self, order: Order) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from sellerdesk.ui.dialogs.stepper import Stepper

        self._window.orders.prepare()
        dialog = self._dialog("Prepare")
        stepper = dialog.findChildren(Stepper)[-1]
        stepper.step(-1)
        self._shoot(
            "prepare", "Prepare: one item is out of stock, so less is captured and the rest is released.", dialog
        )
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self._pump(lambda: self._order(order.id).payment.captured > 0, "the money is captured")
        self._pump(lambda: self._window.orders.dialog is None, "the dialog closes")
        self._window.go_to(Stage.TO_SHIP)
        self._pump(lambda: self._has_row(order.id), "the order moves to To ship")
        self._select(Stage.TO_SHIP, order.id)
        self._shoot("captured", "Captured: the shopper pays for what goes out, the rest is released.")

    def _ship(self, order: Order) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QLineEdit

        self._window.orders.ship()
        dialog = self._dialog("Ship")
        field = next(each for each in dialog.findChildren(QLineEdit) if "racking" in each.accessibleName())
        QTest.keyClicks(field, TRACKING_NUMBER)
        self._shoot("ship", "Ship: the number is scanned or typed, the carrier is recognised.", dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self._pump(lambda: self._on_intent(order) == TRACKING_NUMBER, "the tracking number reaches the PaymentIntent")
        self._pump(lambda: self._window.orders.dialog is None, "the dialog closes")
        self._window.go_to(Stage.SHIPPED)
        self._pump(lambda: self._has_row(order.id), "the order moves to Shipped")
        self._select(Stage.SHIPPED, order.id)
        self._shoot("shipped", "Shipped: tracking on the order, on the PaymentIntent and on the shopper's page.")

    def _look_around(self) -> None:
        from sellerdesk.ui.theme import Scheme

        for stage, name, words in (
            (Stage.PROBLEM, "problems", "Problems: why a payment failed, and what to do."),
            (Stage.UNFINISHED, "unfinished", "Unfinished: shoppers who pressed pay and left."),
            (Stage.ENDED, "ended", "Ended: a hold that lapsed."),
        ):
            self._go_to(stage)
            self._shoot(name, words)
        self._theme.choose(Scheme.DARK)
        self._go_to(Stage.TO_PREPARE)
        self._shoot("dark", "The same desk in dark colours.")

    def _sum_up(self, order: Order, how: str) -> None:
        now = self._order(order.id)
        sums = (now.payment.authorized, now.payment.captured, now.payment.released)
        held, captured, released = (money(each, now.currency) for each in sums)
        facts = [
            f"The shopper's part: {how}.",
            f"Order {now.shown_reference}: held {held}, captured {captured}, released {released}.",
            f"Tracking number on the PaymentIntent: {self._on_intent(order)}.",
        ]
        for fact in facts:
            _say(fact)
        write_page(self._out, self.shots, facts)

    # --- hands and eyes ---

    def _demo(self) -> "DemoShop":
        demo = self._shops.demo_shop
        if demo is None:
            raise OurBug("The tour's demo shop is not open.")
        return demo

    def _order(self, order_id: str) -> Order:
        return self._demo().works.desk.orders.view(order_id).order

    def _on_intent(self, order: Order) -> str:
        """What Stripe's side says, read afresh."""
        shipping = self._demo().works.gateway.retrieve(self._order(order.id).payment.intent_id).shipping
        return shipping.tracking_number if shipping else ""

    def _shows_orders(self) -> bool:
        window = self._window
        view = window.orders.view
        return window.stack.currentWidget() is window.page and window.model.rowCount() > 0 and view is not None

    def _go_to(self, stage: Stage) -> None:
        """Show a stage and wait until its first order shows in the panel."""
        self._window.go_to(stage)
        model, orders = self._window.model, self._window.orders

        def shown() -> bool:
            first, view = model.row_at(0), orders.view
            return first is not None and first.stage is stage and view is not None and view.order.id == first.id

        self._pump(shown, f"{stage.value} shows its orders")

    def _has_row(self, order_id: str) -> bool:
        return self._window.model.row_of(order_id) is not None

    def _select(self, stage: Stage, order_id: str) -> None:
        """Show the order as a click on its row does."""
        from sellerdesk.ui.order_list import Showing

        self._window.list.show_list(Showing(stage), order_id)
        self._pump(
            lambda: self._window.orders.view is not None and self._window.orders.view.order.id == order_id,
            "the order shows in the panel",
        )

    def _dialog(self, name: str) -> "QWidget":
        self._pump(lambda: self._window.orders.dialog is not None, f"{name} opens")
        dialog = self._window.orders.dialog
        assert dialog is not None
        return dialog

    def _pump(self, until: Callable[[], bool], what: str) -> None:
        """Let the window work until ``until`` holds. Raises TourStuck after STEP_SECONDS."""
        give_up = time.monotonic() + STEP_SECONDS
        while not until():
            self._application.processEvents()
            if time.monotonic() > give_up:
                raise TourStuck(f"The tour waited {STEP_SECONDS} seconds in vain: {what}.")
            time.sleep(0.01)
        self._application.processEvents()

    def _shoot(self, name: str, words: str, dialog: "QWidget | None" = None) -> None:
        self._application.processEvents()
        picture = self._window.grab()
        if dialog is not None:
            picture = _with_dialog(picture, self._window, dialog)
        path = self._path_for(name)
        if not picture.save(str(path)):
            raise ReadOnlyPlace(f"The picture {path} cannot be written.")
        self._add(Shot(path.name, words))

    def _path_for(self, name: str) -> Path:
        return self._out / f"{len(self.shots) + 1:02d}-{name}.png"

    def _add(self, shot: Shot) -> None:
        self.shots.append(shot)
        _say(f"{shot.name}: {shot.words}")


def _drop_noise(_kind: object, _context: object, message: str | None) -> None:
    """Qt's offscreen screen says at every dialog that it has no window manager; everything else is worth reading."""
    if message and "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")


def _with_dialog(picture: "QPixmap", window: "QWidget", dialog: "QWidget") -> "QPixmap":
    """The window with the dialog over its middle: without a window manager they are two pictures."""
    from PySide6.QtGui import QPainter

    over = dialog.grab()
    painter = QPainter(picture)
    room = window.rect().size()
    painter.drawPixmap((room.width() - dialog.width()) // 2, (room.height() - dialog.height()) // 2, over)
    painter.end()
    return picture


def _clear(out: Path) -> None:
    """Make ``out``, and take away what an earlier tour left in it; nothing else is touched."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("[0-9][0-9]-*.png"):
            old.unlink()
    except OSError as error:
        raise ReadOnlyPlace(f"The folder {out} cannot be written: {error.strerror}.") from error


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
