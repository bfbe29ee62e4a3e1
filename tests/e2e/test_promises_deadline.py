"""A hold that lapses counts down, and its end is seen; one that is about to can be renewed. The clocks move, so the
window is each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Stage
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.shops import ProfileWorks
from sellerdesk.ui.dialogs.decide import DecideDialog
from tests.e2e.road import Seller, import_demo_catalogue, intent_at_stripe
from tests.e2e.test_promises_panel import CTRL_SHIFT, Shopper, press, sees
from tests.wiring import DAY

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]

HALF_HOUR = 1800


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def seller(qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: object) -> Iterator[Seller]:
    """A seller who connected Stripe in the window and took over a catalogue."""
    hands = Seller(qtbot, data_dir, sandbox.url)
    hands.connect(sandbox.secret_key, sandbox.publishable_key)
    import_demo_catalogue(data_dir)
    yield hands
    hands.leave()


@pytest.fixture
def checkout(seller: Seller) -> Iterator[ProfileWorks]:
    """The second program."""
    opened = seller.second_program()
    yield opened
    opened.close()


def test_p09_a_hold_counts_down_and_is_shown_as_ended_when_stripe_ends_it(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox).pay()
    card = intent_at_stripe(sandbox, order)["latest_charge"]["payment_method_details"]["card"]
    assert order.payment.capture_before == card["capture_before"]
    # Half an hour from either full hour: a clock that ticks while the test looks changes no word.
    sandbox.world.clock.advance(HALF_HOUR)
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    press(seller, Qt.Key.Key_F5)
    sees(seller, "6 d 23 h", "to capture, not paid yet")
    seller.wait(lambda: seller.window.model.index(0, 0).data() == "6 d 23 h")

    # Nobody captured in time. What Stripe tells about it gets lost; the clock alone must do.
    sandbox.world.clock.advance(7 * DAY)
    with sandbox.world.open():
        sandbox.world.store.events.clear()
    press(seller, Qt.Key.Key_F5)
    seller.wait(lambda: seller.order(order_id).payment.released == order.total)
    seller.see(Stage.ENDED, order.shown_reference)
    sees(seller, "The hold lapsed before it was captured.", "128.40\u00a0EUR went back to the shopper", "Do not ship.")
    model = seller.window.model
    seller.wait(lambda: model.index(0, model.columnCount() - 1).data() == "Hold lapsed")
    assert intent_at_stripe(sandbox, order)["cancellation_reason"] == "expired"


def test_a_hold_that_is_about_to_lapse_is_renewed_from_the_saved_card(
    seller: Seller, checkout: ProfileWorks, sandbox: Sandbox
) -> None:
    order = Shopper(checkout, sandbox, save_card=True).pay()
    order_id = seller.see(Stage.TO_PREPARE, order.shown_reference)
    assert not seller.window.actions_.renew.isEnabled()
    sandbox.world.clock.advance(6 * DAY)
    press(seller, Qt.Key.Key_F5)
    seller.wait(lambda: "h left" in str(seller.window.model.index(0, 0).data()))
    seller.window.orders.reload()
    seller.wait(seller.window.actions_.renew.isEnabled)
    press(seller, Qt.Key.Key_N, CTRL_SHIFT)
    seller.wait(lambda: (shown := seller.window.orders.dialog) is not None and shown.isActiveWindow())
    dialog = seller.window.orders.dialog
    assert isinstance(dialog, DecideDialog)
    dialog.ways.cards[0].mark.setChecked(True)
    assert dialog.go.text() == "Hold 128.40\u00a0EUR again"
    dialog.go.click()
    seller.wait(lambda: seller.window.orders.dialog is None)
    seller.wait(lambda: seller.order(order_id).payment.role == "renewal")
    seller.wait(lambda: intent_at_stripe(sandbox, order)["status"] == "canceled")
    seller.wait(lambda: str(seller.window.model.index(0, 0).data()).startswith("4 d"))
