"""The real parts of the road from end to end: sandbox, keyring, settings, window, a checkout server of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.assets import asset
from sellerdesk.cli import main
from sellerdesk.commands import shops_for
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from sellerdesk.ui.dialogs.stepper import Stepper
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.order_list import Showing
from sellerdesk.ui.theme import Scheme, apply
from sellerdesk.window import KeptPreferences

CHECKOUT_ROOT = Path(__file__).parents[2]
WAIT_MS = 30_000


class CheckoutProcess:
    """`sellerdesk checkout` in a process of its own, as a shop would run it."""

    def __init__(self, data_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sellerdesk", "--data-dir", str(data_dir), "checkout", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT_ROOT), "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout is not None
        # The child says where it listens, or ends; a line that never comes is caught by the test's own limit.
        line = self._process.stdout.readline()
        if "http://" not in line:
            _, errors = self._process.communicate()
            raise AssertionError(f"the checkout server did not start: {line}{errors}")
        self.url = next(word for word in line.split() if word.startswith("http://")).rstrip(".")

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()


class Seller:
    """A seller's hands at the real window."""

    def __init__(self, qtbot: QtBot, data_dir: Path, api_base: str) -> None:
        self._qtbot = qtbot
        self.data_dir = data_dir
        self._api_base = api_base
        shops, settings, _ = shops_for(_options(data_dir, api_base), "desk")
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.window = MainWindow(shops, apply(application, Scheme.LIGHT), KeptPreferences(settings, shops.settings_of))
        qtbot.addWidget(self.window)
        self.window.show()

    def wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=WAIT_MS)

    def connect(self, secret_key: str, publishable_key: str) -> None:
        """Paste both keys into the dialog, as they are copied from Stripe, have them checked, and connect."""
        self.wait(lambda: self.window.stack.currentWidget() is self.window.welcome.page)
        self.window.welcome.ask_for_keys()
        dialog = self.window.welcome.dialog
        assert dialog is not None
        for key, place in ((secret_key, dialog.secret), (publishable_key, dialog.publishable)):
            QGuiApplication.clipboard().setText(key)
            place.paste.click()
        QGuiApplication.clipboard().clear()
        QTest.mouseClick(dialog.check, Qt.MouseButton.LeftButton)
        self.wait(dialog.go.isEnabled)
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.window.keeper.shop is not None)

    def see(self, stage: Stage, reference: str) -> str:
        """Wait until the order stands in ``stage``, select it, and give its id. The panel may have shown it before, and
        the list another one: both show it, as it stands now, before a key is pressed."""
        self.window.go_to(stage)
        model = self.window.model

        def found() -> str:
            shown = reference.replace("-", "")
            return next((row.id for row in model.rows if row.reference == shown and row.stage is stage), "")

        self.wait(lambda: bool(found()))
        order_id = found()
        self.window.list.show_list(Showing(stage), order_id)
        self.wait(lambda: self._shows(stage, order_id))
        return order_id

    def _shows(self, stage: Stage, order_id: str) -> bool:
        view, row = self.window.orders.view, self.window.model.row_at(self.window.view.currentIndex().row())
        if view is None or row is None:
            return False
        return row.id == view.order.id == order_id and stage_of(view.order) is stage

    def prepare(self, leave_out_last: int) -> None:
        """Open Prepare with Enter, take pieces off the last line, press Ctrl+Enter."""
        dialog = self.open_next()
        self.leave_out_last(dialog, leave_out_last)
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.window.orders.dialog is None)

    def leave_out_last(self, dialog: QWidget, pieces: int) -> None:
        """Take pieces off the last line of an open Prepare."""
        stepper = dialog.findChildren(Stepper)[-1]
        for _ in range(pieces):
            stepper.step(-1)

    def ship(self, number: str) -> None:
        """Open Ship with Enter, scan the number with its carriage return, press Ctrl+Enter."""
        dialog = self.open_next()
        field = next(each for each in dialog.findChildren(QLineEdit) if "racking" in each.accessibleName())
        QTest.keyClicks(field, number)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert self.window.orders.dialog is dialog, "a scanner's carriage return must not ship"
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.window.orders.dialog is None)

    def open_next(self) -> QWidget:
        """Enter on the selected row, and wait until the dialog has the keyboard, as a person does."""
        QTest.keyClick(self.window.view, Qt.Key.Key_Return)
        self.wait(lambda: (opened := self.window.orders.dialog) is not None and opened.isActiveWindow())
        dialog = self.window.orders.dialog
        assert dialog is not None
        return dialog

    def order(self, order_id: str) -> Order:
        shop = self.window.keeper.shop
        assert shop is not None
        return shop.desk.orders.view(order_id).order

    def second_program(self) -> ProfileWorks:
        """The same shop opened once more, as another program on this computer opens it. The caller closes it."""
        return shops_for(_options(self.data_dir, self._api_base), "second")[0].works()

    def come_to_rest(self) -> None:
        """Close what a test left open, and let the window speak for itself again."""
        window = self.window
        if window.orders.dialog is not None:
            window.orders.dialog.reject()
            self.wait(lambda: window.orders.dialog is None)
        window.notices.speak_through(window.bar.say)

    def leave(self) -> None:
        self.window.close()
        assert self.window.finish()


def import_demo_catalogue(data_dir: Path) -> None:
    """The documented command, with the demo's own files."""
    files = [str(asset("demo", name)) for name in ("catalogue.csv", "shipping.csv")]
    assert main(["--data-dir", str(data_dir), "catalogue", "import", *files]) == 0


def intent_at_stripe(sandbox: Sandbox, order: Order) -> dict[str, Any]:
    """The intent as Stripe's side holds it, read with the official SDK."""
    import stripe

    client = stripe.StripeClient(sandbox.secret_key, base_addresses={"api": sandbox.url}, max_network_retries=0)
    intent = client.v1.payment_intents.retrieve(order.payment.intent_id, {"expand": ["latest_charge"]})
    found: dict[str, Any] = intent.to_dict()
    return found


def _options(data_dir: Path, api_base: str) -> Any:
    from sellerdesk.cli import build_parser

    return build_parser().parse_args(["--data-dir", str(data_dir), "--stripe-api-base", api_base, "desk"])
