"""Two windows on one shop, each with its Prepare open on the same hold: one captures, the other is told what is so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Address, Order, Shopper, Stage
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.notices import Notice
from tests import wiring
from tests.e2e.road import Seller, import_demo_catalogue
from tests.ui.dressing import words_of

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]

MARA = Shopper("Mara Lindqvist", "mara@example.com", Address("Schönhauser Allee 112", "Berlin", "10439", "DE"))
CART = (CartItem("MUG-SAND", 2), CartItem("APRON-GREEN", 1), CartItem("CANDLES-3", 1))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def windows(qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: object) -> Iterator[tuple[Seller, Seller]]:
    """Two windows on the same profile; the second opens the shop that the first one connected."""
    first = Seller(qtbot, data_dir, sandbox.url)
    first.connect(sandbox.secret_key, sandbox.publishable_key)
    import_demo_catalogue(data_dir)
    second = Seller(qtbot, data_dir, sandbox.url)
    second.wait(lambda: second.window.keeper.shop is not None)
    yield first, second
    second.leave()
    first.leave()


def order_by(seller: Seller, sandbox: Sandbox) -> Order:
    program = seller.second_program()
    front = program.works.shopfront
    checkout_id = new_secret_token()
    order = front.place_order.place(checkout_id, CART, MARA, False)
    front.pay_order.pay(checkout_id, order.reference, wiring.confirmation_token(sandbox), wiring.RETURN_URL)
    program.close()
    return order


def open_dialog(seller: Seller) -> DeskDialog:
    dialog = seller.open_next()
    assert isinstance(dialog, DeskDialog)
    return dialog


def press(dialog: DeskDialog) -> None:
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


class Ear:
    """What a window said and says about the press: in notices, some of which leave by themselves, and in its dialog."""

    def __init__(self, seller: Seller) -> None:
        self._window = seller.window
        self._heard: list[str] = []
        seller.window.notices.speak_through(self._hear)

    def _hear(self, notice: Notice) -> None:
        self._heard.append(notice.text)
        self._window.bar.say(notice)

    @property
    def said(self) -> str:
        dialog = self._window.orders.dialog
        return "\n".join([*self._heard, words_of(dialog) if dialog is not None else ""])


def test_p06_a_second_capture_from_a_second_window(windows: tuple[Seller, Seller], sandbox: Sandbox) -> None:
    first, second = windows
    before, after = Ear(first), Ear(second)
    order = order_by(first, sandbox)
    for seller in windows:
        order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    late, early = open_dialog(second), open_dialog(first)
    press(early)
    first.wait(lambda: first.order(order_id).payment.captured > 0)
    press(late)
    second.wait(lambda: "captured meanwhile" in after.said)
    assert "It was captured meanwhile by " in after.said
    assert "and a hold can be captured once." in after.said
    assert "Nothing was captured and nothing was released by this." in after.said
    first.wait(lambda: "Captured 128.40\u00a0EUR" in before.said)
    check(windows, sandbox, order)


def test_p06_both_windows_press_at_once(windows: tuple[Seller, Seller], sandbox: Sandbox) -> None:
    ears = [Ear(seller) for seller in windows]
    order = order_by(windows[0], sandbox)
    for seller in windows:
        seller.see(Stage.TO_PREPARE, order.shown_reference)
    for dialog in [open_dialog(seller) for seller in windows]:
        press(dialog)
    windows[0].wait(lambda: sum("Captured 128.40\u00a0EUR" in ear.said for ear in ears) == 1)
    windows[0].wait(lambda: sum("nothing was released by this" in ear.said for ear in ears) == 1)
    check(windows, sandbox, order)


def check(windows: tuple[Seller, Seller], sandbox: Sandbox, order: Order) -> None:
    """Captured once, whole, and shown so in both windows."""
    for seller in windows:
        if seller.window.orders.dialog is not None:
            seller.window.orders.dialog.close()
        order_id = seller.see(Stage.TO_SHIP, order.shown_reference)
        now = seller.order(order_id)
        assert (now.payment.captured, now.payment.released, now.open_operation) == (order.total, 0, None)
    assert sandbox.world.dump()["captures"] == 1
