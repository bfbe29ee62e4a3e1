"""Text from outside, in every place that shows any: nothing of it is mark-up, turns a line around, or bends a window.

Every text of an order, of its timeline and its tries, of the shop and of an error is replaced by something hostile;
then the whole window is walked through, with its dialogs, notices, search and tool tips.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import Rejected
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import CardAttempt
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import from_error
from sellerdesk.ui.theme import Theme
from tests.ui import sample_orders as samples
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.sample_orders import NOW

MARKUP = "<b>ROBERT</b> <img src='file:///etc/passwd' width=9000> <a href='x'>&amp;&lt;</a> &Alt"
TURNED = "\u202eexe.txt\u202c \u2066\u2067مرحبا\u2069 \u200fabc\u061c"
EMOJI = "👩‍👩‍👧🏽 🇩🇪 ❤️ \U000e0041 Z\u0301\u0302\u0303"
CONTROLS = "a\x00b\x1b[31mc\x07\r\nd\u2028e\u2029f\x85g\ud800h"
TEXTS = {
    "hostile": f"{MARKUP} {TURNED} {EMOJI} {CONTROLS}",
    "10,000 letters": MARKUP + "W" * 10_000,
    "10,000 in words": (MARKUP + " wide ") * 125,
}
# Qt would take these for mark-up, and these would turn what follows around.
TAGS = ("<b>", "<img", "<a ", "<a>")
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x00\x1b\x07")
# Ours, or checked before they are stored.
OURS = {"id", "order_id", "reference", "link_token", "currency", "country", "role", "intent_id", "status", "passed_on"}
LARGEST = 1440, 900
WAIT_MS = 30_000


def poisoned(value: Any, text: str) -> Any:
    """``value`` with every text from outside replaced."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(poisoned(each, text) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: poisoned(getattr(value, each.name), text) for each in fields(value)}
        return replace(value, **{name: new for name, new in changes.items() if name not in OURS})
    return value


def from_the_shopper(order: Order, text: str) -> Order:
    """What a person may have typed, of any length."""
    shopper = poisoned(order.shopper, text)
    return replace(order, shopper=shopper, lines=poisoned(order.lines, text), message=text)


class PoisonedBooks(Books):
    """Tells a timeline of hostile entries."""

    text = ""

    def view(self, order_id: str) -> OrderView:
        known = samples.view(self.orders[order_id])
        return OrderView(known.order, poisoned(known.timeline, self.text[:1000]))


def orders_of(text: str) -> Iterator[Order]:
    """One in each stage, one that waits for Stripe and one for a person."""
    unsure, undecided = OperationState.UNKNOWN, OperationState.REVIEW
    given = [
        samples.order(),
        samples.captured_order(),
        samples.shipped_order(),
        samples.problem_order(),
        samples.order(samples.facts("requires_action")),
        samples.order(samples.facts("brand_new_status")),
        samples.order(samples.facts("canceled", cancellation_reason="automatic")),
        samples.with_operation(samples.order(), unsure),
        samples.with_operation(samples.order(), undecided),
    ]
    for number, each in enumerate(given):
        hostile = poisoned(each, text) if len(text) < 1000 else from_the_shopper(each, text)
        changed: Order = replace(hostile, on_hand=(), id=f"{number:032x}", reference=f"K7QP000{number}")
        operation = each.open_operation
        yield replace(changed, open_operation=replace(operation, seat=text) if operation else None)


@pytest.fixture(params=TEXTS, ids=str)
def text(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


@pytest.fixture
def window(qtbot: QtBot, look: Theme, text: str) -> MainWindow:
    """A window on a shop with a hostile name, in which everything is hostile."""
    books = PoisonedBooks()
    books.text = text
    books.add(*orders_of(text))
    attempt = CardAttempt("ch_1", NOW, 100, "eur", samples.VISA, samples.problem_order().payment.problem)
    books.attempts = {order_id: (poisoned(attempt, text[:1000]),) for order_id in books.orders}
    shop = open_shop(books)
    made = MainWindow(FakeOpener(_renamed(shop, text)), look, Remembers())
    qtbot.addWidget(made)
    made.resize(*LARGEST)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.panel.view is not None, timeout=WAIT_MS)
    return made


def _renamed(shop: OpenShop, text: str) -> OpenShop:
    return replace(shop, info=replace(shop.info, name=text, key_hint=text, other_address=text))


def faults(top: QWidget) -> list[str]:
    """What in ``top`` would show mark-up or turn around, one sentence each."""
    found: list[str] = []
    for widget in [top, *top.findChildren(QWidget)]:
        name = type(widget).__name__
        if isinstance(widget, QTextEdit | QMessageBox):
            found.append(f"{name} shows mark-up")
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            found.append(f"{name} guesses")
        for tip in (widget.toolTip(), widget.whatsThis(), widget.statusTip()):
            found += [f"{name}: {tag} in a tip" for tag in TAGS if tag in tip]
        found += [f"{name}: turns {shown[:40]!r}" for shown in set(_shown(widget)) if TURNS & set(shown)]
    for action in top.findChildren(QAction):
        words = (action.text(), action.toolTip(), action.statusTip(), action.iconText())
        found += [f"action: {shown[:40]!r}" for shown in words if TURNS & set(shown)]
        found += [f"action: {tag} in a tip" for tag in TAGS if tag in action.toolTip()]
    return found


def _shown(widget: QWidget) -> list[str]:
    shown = [widget.toolTip(), widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription()]
    interface = QAccessible.queryAccessibleInterface(widget)
    if interface is not None:
        shown += [interface.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description)]
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        shown.append(widget.text())
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        shown.append(widget.placeholderText())
    return shown


def cells(window: MainWindow) -> list[str]:
    """Everything the table says, in every role that is text."""
    model = window.model
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    found = []
    for row in range(model.rowCount(QModelIndex())):
        for column in range(model.columnCount(QModelIndex())):
            found += [(role, str(model.index(row, column).data(role) or "")) for role in roles]
    return [
        shown[:60]
        for role, shown in found
        if TURNS & set(shown) or (role is Qt.ItemDataRole.ToolTipRole and any(tag in shown for tag in TAGS))
    ]


def fits(window: QWidget) -> bool:
    """Whether no text makes the window larger than a screen."""
    return window.minimumSizeHint().width() <= LARGEST[0] and window.minimumSizeHint().height() <= LARGEST[1]


def each_order(qtbot: QtBot, window: MainWindow, visit: Callable[[], None]) -> int:
    """Select every order of every stage in turn. How many there were."""
    visited = 0
    for stage in Stage:
        window.go_to(stage)
        qtbot.waitUntil(lambda: not window.list._running, timeout=WAIT_MS)
        for row in list(window.model.rows):
            window.view.select_order(row.id)
            qtbot.waitUntil(partial(_shows, window, row.id), timeout=WAIT_MS)
            visit()
            visited += 1
    return visited


def _shows(window: MainWindow, order_id: str) -> bool:
    view = window.panel.view
    return view is not None and view.order.id == order_id


def test_window_list_and_panel(qtbot: QtBot, window: MainWindow) -> None:
    def visit() -> None:
        window.grab()
        assert faults(window) == []
        assert cells(window) == []
        assert fits(window)

    assert each_order(qtbot, window, visit) == 9


def test_every_dialog(qtbot: QtBot, window: MainWindow) -> None:
    """Whatever an order can be asked to do: each button of its panel that opens a dialog."""
    opened: list[str] = []

    def visit() -> None:
        for begin in (window.orders.prepare, window.orders.ship, window.orders.release):
            begin()
            dialog = window.orders.dialog
            if dialog is None:
                continue
            assert isinstance(dialog, QDialog)
            dialog.grab()
            assert faults(dialog) == []
            assert fits(dialog)
            opened.append(type(dialog).__name__)
            dialog.close()
            qtbot.waitUntil(lambda: window.orders.dialog is None, timeout=WAIT_MS)

    each_order(qtbot, window, visit)
    assert {"PrepareDialog", "ShipDialog", "ReleaseDialog"} <= set(opened)


def test_search_and_what_it_did_not_find(qtbot: QtBot, window: MainWindow, text: str) -> None:
    field = window.page.toolbar.search
    for words in (text[:200], f"nobody {text[:150]}"):
        field.take_over(words)
        field.searched.emit(field.words)
        qtbot.waitUntil(lambda: not window.list._running, timeout=WAIT_MS)
        window.grab()
        assert faults(window) == []
        assert cells(window) == []
        assert fits(window)


def test_what_stripe_says_in_an_error(qtbot: QtBot, window: MainWindow, text: str) -> None:
    error = Rejected(text, code=text, decline_code=text, request_id=text)
    window.bar.say(from_error(error, money=text, next_step=text))
    window.bar._toggle_details()
    window.grab()
    assert faults(window) == []
