"""Nothing is cut: every page and dialog with wider letters than usual and with bigger ones, which need more room."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.account import AccountFacts, Permission
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.services.desk import Mode
from sellerdesk.ui.delegates import PAD, AmountDelegate
from sellerdesk.ui.dialogs.connect import ConnectDialog
from sellerdesk.ui.dialogs.prepare import PrepareDialog
from sellerdesk.ui.dialogs.release import ReleaseDialog
from sellerdesk.ui.dialogs.ship import ShipDialog
from sellerdesk.ui.fonts import Size, font
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.notices import from_error
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.orders_view import OrdersView
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.theme import Theme, style_sheet
from sellerdesk.ui.widgets import label
from tests.ui import sample_orders as samples
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop, row_of
from tests.ui.dressing import clear_away, dressed
from tests.ui.room import cramped
from tests.ui.test_ship_dialog import DHL, UPS, scan

WIDER = 120


@pytest.fixture(params=["wider", "bigger"])
def letters(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Theme]:
    """The look with letters a fifth wider than usual, and with letters a fifth bigger."""
    theme = dressed()
    usual = QFont(qapp.font())
    other = QFont(usual)
    if request.param == "wider":
        other.setStretch(WIDER)
    else:
        other.setPixelSize(QFontInfo(usual).pixelSize() * 6 // 5)
    qapp.setFont(other)
    qapp.setStyleSheet(style_sheet(theme.tokens))
    yield theme
    clear_away()
    qapp.setFont(usual)
    qapp.setStyleSheet(style_sheet(theme.tokens))


@pytest.fixture
def open_window(qtbot: QtBot, letters: Theme, books: Books) -> Callable[..., MainWindow]:
    def open_it(opener: FakeOpener, width: int = 1440) -> MainWindow:
        window = MainWindow(opener, letters, Remembers())
        qtbot.addWidget(window)
        window.resize(width, 900)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return open_it


def settle() -> None:
    """Let layouts that wait for the event loop happen."""
    for _ in range(20):
        QApplication.processEvents()


def test_a_wrapped_label_claims_what_it_needs_and_no_more(qtbot: QtBot, letters: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    words = label("One sentence that needs some lines when there is little room for it.", wrap=True)
    words.setParent(window)
    words.resize(60, 1)
    window.show()
    narrow = words.minimumHeight()
    assert narrow > 3 * words.fontMetrics().height()
    words.resize(900, 1)
    assert words.minimumHeight() < narrow / 3
    words.setText("")
    assert words.minimumHeight() < 2 * words.fontMetrics().height()


def test_the_widest_currency_has_room(qtbot: QtBot, letters: Theme) -> None:
    model = OrdersModel()
    view = OrdersView(model)
    qtbot.addWidget(view)
    view.resize(1000, 300)
    view.show()
    drawn: list[tuple[str, int]] = []

    class Spy(AmountDelegate):
        def draw_text(self, painter: QPainter, rect: QRectF, text: str, colour: str, *more: Any, **rest: Any) -> None:
            drawn.append((text, int(rect.width()) - painter.fontMetrics().horizontalAdvance(text)))

    model.show_page(Stage.TO_PREPARE, [row_of(samples.order()), row_of(samples.yen_order())], False, samples.NOW)
    view.setItemDelegateForColumn([each.title for each in model.columns].index("Amount"), Spy(view))
    settle()
    view.grab()
    assert {text for text, _ in drawn} >= {"EUR", "JPY", ".40"}
    assert all(room >= 0 for text, room in drawn)


@pytest.mark.parametrize("width", [1440, 900])
def test_the_first_start(qtbot: QtBot, open_window: Callable[..., MainWindow], width: int) -> None:
    window = open_window(FakeOpener(None), width)
    qtbot.waitUntil(window.welcome.page.isVisible)
    settle()
    assert not "\n".join(cramped(window))


def test_while_a_shop_is_made(qtbot: QtBot, open_window: Callable[..., MainWindow], books: Books) -> None:
    opener = FakeOpener(None, open_shop(books, Mode.DEMO))
    window = open_window(opener)
    qtbot.waitUntil(window.welcome.page.isVisible)
    opener.gate.clear()
    window.keeper.open_demo()
    qtbot.waitUntil(lambda: bool(window.opening.step))
    settle()
    found = cramped(window)
    opener.gate.set()
    qtbot.waitUntil(lambda: window.keeper.shop is not None and not window.list._running)
    assert not "\n".join(found)


WAITING = samples.with_operation(samples.order(), OperationState.UNKNOWN, since=samples.NOW - 60)
ORDERS = (
    samples.order(),
    samples.captured_order(),
    samples.shipped_order(),
    samples.problem_order("lost_card"),
    samples.yen_order(),
    samples.hostile_order(),
    samples.endless_order(),
    WAITING,
    samples.order(samples.facts(left=-60)),
    samples.problem_order("a_code_that_is_new_and_longer_than_any_line"),
    samples.order(samples.facts("requires_action")),
    samples.order(
        samples.facts("canceled", cancellation_reason="expired", authorized_at=samples.NOW - 8 * samples.DAY)
    ),
)


@pytest.mark.parametrize("width", [1440, 1280, 800])
def test_every_stage_and_every_kind_of_order(
    qtbot: QtBot, open_window: Callable[..., MainWindow], books: Books, width: int
) -> None:
    books.add(*(replace(each, id=f"{number:032d}") for number, each in enumerate(ORDERS)))
    window = open_window(FakeOpener(open_shop(books)), width)
    qtbot.waitUntil(lambda: window.list.overview is not None)
    for stage in Stage:
        window.go_to(stage)
        qtbot.waitUntil(lambda: not window.list._running)
        for row in window.model.rows:
            window.view.select_order(row.id)
            qtbot.waitUntil(
                lambda row=row: window.panel.view is not None and window.panel.view.order.id == row.id  # type: ignore[misc]
            )
            window.page.open_drawer(True)
            settle()
            assert not "\n".join(cramped(window.panel))
            window.page.open_drawer(False)
        settle()
        assert not "\n".join(cramped(window.page.toolbar))
        assert not "\n".join(cramped(window.rail))
        assert not "\n".join(cramped(window.page.empty))


@pytest.mark.parametrize("width", [1600, 1000])
def test_the_table_fits_its_width(qtbot: QtBot, letters: Theme, width: int) -> None:
    model = OrdersModel()
    view = OrdersView(model)
    qtbot.addWidget(view)
    view.resize(width, 600)
    view.show()
    for stage in (*Stage, None):
        model.show_page(stage, [row_of(each) for each in ORDERS], False, samples.NOW)
        settle()
        assert not view.horizontalScrollBar().isVisible()
        assert view.horizontalHeader().length() == view.viewport().width()
        by_title = {column.title: view.columnWidth(number) for number, column in enumerate(model.columns)}
        names = QFontMetrics(font()).horizontalAdvance(samples.order().shopper.name[:14])
        assert by_title["Shopper"] > names
        assert by_title.get("Items", by_title.get("What happened", 0)) >= 100
        titles = QFontMetrics(font(Size.SMALL, strong=True))
        assert all(titles.horizontalAdvance(title) + 2 * PAD <= width for title, width in by_title.items())


def test_a_narrow_table_shows_less_of_names_before_it_must_be_scrolled(qtbot: QtBot, look: Theme) -> None:
    model = OrdersModel()
    view = OrdersView(model)
    qtbot.addWidget(view)
    model.show_page(Stage.TO_PREPARE, [row_of(samples.order())], False, samples.NOW)
    # A screen 1280 wide, with the rail and the order beside the table.
    view.resize(755, 600)
    view.show()
    settle()
    assert not view.horizontalScrollBar().isVisible()
    items = [column.title for column in model.columns].index("Items")
    assert view.isColumnHidden(items)
    view.resize(1000, 600)
    settle()
    assert not view.isColumnHidden(items)
    assert view.columnWidth(items) > 76
    view.resize(500, 600)
    settle()
    assert view.horizontalScrollBar().isVisible()


@pytest.mark.parametrize("page", ["", "http://127.0.0.1:9/"])
@pytest.mark.parametrize("width", [1440, 800])
def test_a_new_shop(qtbot: QtBot, open_window: Callable[..., MainWindow], books: Books, page: str, width: int) -> None:
    window = open_window(FakeOpener(open_shop(books, Mode.DEMO, page=page)), width)
    qtbot.waitUntil(window.page.empty.isVisible)
    settle()
    assert not "\n".join(cramped(window))


def test_every_kind_of_notice(qtbot: QtBot, open_window: Callable[..., MainWindow], books: Books) -> None:
    window = open_window(FakeOpener(open_shop(books)), 800)
    qtbot.waitUntil(lambda: window.list.overview is not None and not window.list._running)
    window.bar.say(from_error(ZeroDivisionError("a sentence that goes on " * 20), next_step="Look. " * 60))
    settle()
    assert not "\n".join(cramped(window.bar))
    window.bar._unfold.click()
    settle()
    assert not "\n".join(cramped(window.bar))


@pytest.mark.parametrize("given", ORDERS[:1] + ORDERS[4:7])
@pytest.mark.parametrize("mode", [Mode.DEMO, Mode.LIVE])
def test_prepare(qtbot: QtBot, letters: Theme, given: Order, mode: Mode) -> None:
    dialog = PrepareDialog(given, mode, lambda: samples.NOW, "b" * 32)
    qtbot.addWidget(dialog)
    dialog.open_safely()
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.lines.rows[0].stepper.step(-1)
    settle()
    assert not "\n".join(cramped(dialog))
    for row in dialog.lines.rows:
        row.stepper.field.setText("0")
    dialog.show_refusal("Somebody has prepared this order meanwhile, and that is all there is to say. " * 3)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.close()


@pytest.mark.parametrize("given", [samples.order(), *ORDERS[4:7]])
def test_release(qtbot: QtBot, letters: Theme, given: Order) -> None:
    dialog = ReleaseDialog(given, Mode.DEMO, lambda: samples.NOW, "b" * 32)
    qtbot.addWidget(dialog)
    dialog.open_safely()
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.reason.radios[ReleaseReason.FRAUDULENT].setChecked(True)
    dialog.message.field.setPlainText("x" * 600)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.show_refusal("It was captured meanwhile, and that is all there is to say about it now. " * 3)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.close()


@pytest.mark.parametrize(
    "given", [samples.captured_order(), *(samples.captured_order(shopper=each.shopper) for each in ORDERS[5:7])]
)
def test_ship(qtbot: QtBot, letters: Theme, given: Order) -> None:
    dialog = ShipDialog(given, Mode.DEMO, lambda: samples.NOW, "b" * 32)
    qtbot.addWidget(dialog)
    dialog.open_safely()
    dialog.activateWindow()
    settle()
    assert not "\n".join(cramped(dialog))
    for code in (DHL, UPS, UPS, "x"):
        # At once, without another turn of the event loop.
        scan(dialog, code)
        assert not "\n".join(cramped(dialog))
    dialog.show_refusal("Somebody has shipped this order meanwhile, and that is all there is to say. " * 3)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.close()


class _Keys(FakeOpener):
    """Checks a key that lacks much."""

    def check(self, secret_key: str) -> AccountFacts:
        names = ("Payment intents", "Payment methods", "Customers", "Charges and refunds", "Events", "Disputes")
        rights = tuple(Permission(name, "write", "capture, release and refund", index > 2, index == 1)
                       for index, name in enumerate(names))  # fmt: skip
        return AccountFacts(
            "acct_1", "Kontor Nord Handels- und Beteiligungsgesellschaft mbH", "AT", "eur", True, rights
        )


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close(10)


def test_connect(qtbot: QtBot, letters: Theme, tasks: Tasks) -> None:
    dialog = ConnectDialog(_Keys(), tasks)
    qtbot.addWidget(dialog)
    dialog.open_safely()
    qtbot.waitUntil(dialog.kept.isVisible)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.secret.field.setText("rk_test_MadeUpKeyForTests")
    dialog.publishable.field.setText("pk_live_MadeUpKeyForTests")
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.check.click()
    qtbot.waitUntil(dialog.account.isVisible)
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.close()


def test_the_sheets(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window(FakeOpener(None))
    qtbot.waitUntil(window.welcome.page.isVisible)
    # The cards are for a shop in test mode; what they need is the same.
    window.actions_.test_cards.setEnabled(True)
    for action in (window.actions_.keys, window.actions_.test_cards, window.actions_.about):
        action.trigger()
        sheet = QApplication.activeModalWidget()
        assert sheet is not None
        assert QTest.qWaitForWindowExposed(sheet)
        settle()
        assert not "\n".join(cramped(sheet))
        sheet.close()
