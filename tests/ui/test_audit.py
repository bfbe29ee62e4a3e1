"""Compare with Stripe: from the menu to the sentence, and from a break to its order."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.audit import Audit, Break
from sellerdesk.domain.order import Order
from sellerdesk.services.desk import Audited, Trouble
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.sample_orders import NOW, order

FINE = Audit(NOW - 60, 412, 412, 2)
BROKEN = Audit(
    NOW - 60,
    412,
    411,
    0,
    (Break(order().id, order().shown_reference, "pi_1", "Stripe does not know this payment.", "Check the key."),),
)


Open = Callable[[Order], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books) -> Open:
    """Opens a window on one order."""

    def open_it(shown: Order) -> MainWindow:
        books.add(shown)
        window = MainWindow(FakeOpener(open_shop(books)), look, Remembers())
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: window.panel.view is not None)
        return window

    return open_it


def texts(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel))


def test_the_status_bar_says_how_many_agree(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    assert books.told is not None
    books.told(Audited(FINE))
    qtbot.waitUntil(lambda: "412 of 412 orders agree with Stripe, checked" in window.status.sentence)
    books.told(Audited(BROKEN))
    qtbot.waitUntil(lambda: "411 of 412 orders agree" in window.status.sentence)
    assert "View, Compare with Stripe" in window.status.sentence


def test_the_first_look_compares_at_once(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    window.actions_.audit.trigger()
    dialog = window.audit.dialog
    assert dialog is not None
    assert books.audits == 1
    assert not dialog.again.isEnabled()
    assert books.told is not None
    books.told(Audited(FINE))
    qtbot.waitUntil(dialog.again.isEnabled)
    assert "412 of 412 orders agree with Stripe" in dialog.sentence.label.full_text
    assert "2 were behind and are up to date now." in dialog.moment.text()
    dialog.again.click()
    assert books.audits == 2
    books.told(Trouble("There is no connection to Stripe."))
    qtbot.waitUntil(lambda: dialog.moment.text() == "There is no connection to Stripe.")
    assert dialog.again.isEnabled()


def test_from_a_break_to_its_order(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    assert books.told is not None
    books.told(Audited(BROKEN))
    qtbot.waitUntil(lambda: "411 of" in window.status.sentence)
    window.actions_.audit.trigger()
    dialog = window.audit.dialog
    assert dialog is not None
    assert books.audits == 0
    assert "Stripe does not know this payment." in texts(dialog)
    (go,) = [each for each in dialog.findChildren(QPushButton) if each.text() == "Go to the order"]
    go.click()
    assert window.audit.dialog is None
    qtbot.waitUntil(lambda: window.view.selected_order == order().id)
    assert window.page.toolbar.search.words == order().shown_reference


def test_the_dialog_goes_with_its_shop(qtbot: QtBot, open_window: Open, books: Books) -> None:
    window = open_window(order())
    window.actions_.audit.trigger()
    window.keeper.leave()
    qtbot.waitUntil(lambda: window.audit.dialog is None)
    assert not window.actions_.audit.isEnabled()
