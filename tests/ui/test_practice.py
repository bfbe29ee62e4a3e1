"""Practising in the window: time machine and exercises against a real demo shop and its sandbox over HTTP."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QScrollArea
from pytestqt.qtbot import QtBot

from sellerdesk import demo
from sellerdesk.demo import DemoShop
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import clock_time
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.services.desk import Mode, OpenShop
from sellerdesk.services.practice import Practice
from sellerdesk.settings import EXERCISES_DONE
from sellerdesk.training.course import EXERCISES
from sellerdesk.ui.exercise_parts import Mark
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.order_list import Showing
from sellerdesk.ui.theme import Theme
from tests.ui.access import guessing_labels, nameless
from tests.ui.conftest import Books, Ears, FakeOpener, Remembers, focused_widget, open_shop
from tests.ui.room import cramped

CONTROL = Qt.KeyboardModifier.ControlModifier
WAIT_MS = 30_000
MUGS = (CartItem("MUG-SAND", 2),)


class Hands:
    """A seller's hands at a window on the demo shop. The shop outlives the window: other tests use it, too."""

    def __init__(self, qtbot: QtBot, look: Theme, opened: DemoShop, folder: Path) -> None:
        self.qtbot, self.demo = qtbot, opened
        self.remembers = Remembers(folder)
        shop = opened.shop
        self.kept_open = OpenShop(shop.info, shop.desk, shop.feed, lambda: None, shop.practice)
        self.window = MainWindow(FakeOpener(self.kept_open), look, self.remembers)
        self.ears = Ears()
        self.window.notices.speak_through(self.ears)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.wait(lambda: self.window.list.overview is not None)
        self.practice.machine.back_to_normal()

    @property
    def practice(self) -> Practice:
        assert self.demo.shop.practice is not None
        return self.demo.shop.practice

    @property
    def sandbox(self) -> Sandbox:
        assert isinstance(self.demo.sandbox, Sandbox)
        return self.demo.sandbox

    @property
    def shown(self) -> Order:
        view = self.window.orders.view
        assert view is not None
        return view.order

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=WAIT_MS)

    def order(self) -> Order:
        """A shopper orders, and the order is selected."""
        order_id = self.practice.order("Ada Byron", MUGS, "pm_card_visa")
        self.select(Stage.TO_PREPARE, order_id)
        return self.shown

    def select(self, stage: Stage, order_id: str) -> None:
        self.window.go_to(stage)
        self.window.list.show_list(Showing(stage), order_id)
        self.wait(lambda: self.window.orders.view is not None and self.shown.id == order_id)
        self.wait(lambda: stage_of(self.shown) is stage)

    def prepare(self) -> None:
        """Prepare as the dialog proposes it, with F2 and Ctrl+Enter."""
        self.wait(lambda: self.window.orders.next_stage is Stage.TO_PREPARE)
        self.window.actions_.prepare.trigger()
        self.do_it()
        self.wait(lambda: self.window.orders.dialog is None)

    def do_it(self) -> None:
        """Ctrl+Enter in the open dialog, once it has the keyboard."""
        dialog = self.window.orders.dialog
        assert dialog is not None
        self.wait(dialog.isActiveWindow)
        QTest.keyClick(dialog, Qt.Key.Key_Return, CONTROL)

    def start(self, name: str) -> None:
        """Choose an exercise, press Start, and wait for its order."""
        panel = self.window.exercise_panel
        if not panel.isVisible():
            self.window.practice.menu.exercises.trigger()
        QTest.mouseClick(panel.entries[[each.name for each in EXERCISES].index(name)], Qt.MouseButton.LeftButton)
        assert panel.shown is not None and panel.shown.name == name
        QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
        self.wait(lambda: panel.start.isEnabled() and panel.start.text() == "Start over")
        begun = self.window.practice.exercises._running[name].order_id
        self.wait(lambda: self.window.orders.view is not None and self.shown.id == begun)


@pytest.fixture(scope="module")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """A demo shop without its weeks of orders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "live_through", lambda *_: None)
        opened = demo.open_demo(tmp_path_factory.mktemp("demo"), lambda *_: None)
    yield opened
    opened.shop.close()


@pytest.fixture
def hands(qtbot: QtBot, look: Theme, demo_shop: DemoShop, tmp_path: Path) -> Hands:
    return Hands(qtbot, look, demo_shop, tmp_path)


def _has_counts(window: MainWindow) -> bool:
    return window.list.overview is not None


def titles(window: MainWindow) -> list[str]:
    return [action.text().replace("&", "") for action in window.menuBar().actions()]


# --- where it is, and where not ---


def test_only_the_demo_has_it(qtbot: QtBot, look: Theme, books: Books, hands: Hands) -> None:
    window = hands.window
    assert titles(window)[-2:] == ["Time machine", "Help"]
    assert ("Time machine", "F6", "Exercises") in window.practice.sheet()
    window.practice.menu.exercises.trigger()
    assert window.exercise_panel.isVisible()
    window.keeper.leave()
    qtbot.waitUntil(window.welcome.page.isVisible)
    assert "Time machine" not in titles(window)
    assert not window.exercise_panel.isVisible()
    assert window.practice.sheet() == []
    for mode in (Mode.TEST, Mode.LIVE):
        connected = open_shop(books, mode)
        connected.practice = hands.practice
        other = MainWindow(FakeOpener(connected), look, Remembers())
        qtbot.addWidget(other)
        other.show()
        qtbot.waitUntil(partial(_has_counts, other))
        assert "Time machine" not in titles(other)
        QTest.keyClick(other, Qt.Key.Key_F6)
        assert not other.exercise_panel.isVisible()


def test_entries_that_are_off_say_why(hands: Hands) -> None:
    menu = hands.window.practice.menu
    order = hands.order()
    hands.wait(lambda: menu.before.isEnabled() and menu.over.isEnabled())
    assert menu.dispute.text().endswith(": this order is not charged")
    assert menu.normal.text().endswith(": nothing is switched on")
    hands.prepare()
    hands.select(Stage.TO_SHIP, order.id)
    hands.wait(menu.dispute.isEnabled)
    assert menu.dispute.text() == "Raise a dis&pute"
    assert menu.over.text().endswith(": this order holds nothing")
    hands.window.places.show("Overview")
    hands.wait(lambda: not menu.dispute.isEnabled())
    assert menu.warn.text().endswith(": no order is selected")
    assert all(action.toolTip() for action in menu.actions() if not action.isSeparator())


# --- what it does ---


def test_the_clock_goes_before_the_deadline_and_over_it(hands: Hands) -> None:
    window, menu = hands.window, hands.window.practice.menu
    order = hands.order()
    hands.wait(menu.before.isEnabled)
    menu.before.trigger()
    hands.wait(lambda: "an hour before the deadline" in hands.ears.words)
    deadline = order.payment.capture_before
    assert deadline is not None
    assert 0 <= deadline - window.now() <= 3600
    day, _, _ = clock_time(deadline - 3600).partition(",")
    assert window.band.note.startswith(f"Clock: {day},")
    assert not menu.before.isEnabled() and menu.over.isEnabled()
    assert "less than an hour is left" in menu.before.text()
    menu.over.trigger()
    hands.wait(lambda: stage_of(hands.demo.shop.desk.orders.view(order.id).order) is Stage.ENDED)
    hands.wait(lambda: order.id not in [row.id for row in window.model.rows])
    menu.day.trigger()
    hands.wait(lambda: window.now() > deadline + 24 * 3600)


def test_switches_are_shown_until_they_are_used_up_or_taken_back(hands: Hands) -> None:
    window, menu, bar = hands.window, hands.window.practice.menu, hands.window.practice_bar
    assert not bar.isVisible()
    refused = next(each for each in menu.refusals.actions() if each.text() == "Card is blocked")
    menu.lose_before.trigger()
    hands.wait(lambda: "the next answer is lost before Stripe acts" in bar.words.full_text)
    refused.trigger()
    hands.wait(lambda: "the bank refuses the next card (Card is blocked)" in bar.words.full_text)
    menu.slow.trigger()
    hands.wait(lambda: "every answer takes 6 seconds" in bar.words.full_text)
    assert not menu.slow.isEnabled() and "slow already" in menu.slow.text()
    assert bar.accessibleName() == bar.words.full_text
    QTest.mouseClick(bar.normal, Qt.MouseButton.LeftButton)
    hands.wait(lambda: not bar.isVisible())
    assert hands.sandbox.world.faults.waiting() == []
    refused.trigger()
    hands.wait(bar.isVisible)
    order_id = hands.practice.order("Ada Byron", MUGS, "pm_card_visa")
    hands.wait(lambda: not bar.isVisible())
    hands.select(Stage.PROBLEM, order_id)
    assert not window.practice.menu.normal.isEnabled()


def test_the_way_back_gets_through_while_stripe_hangs(hands: Hands) -> None:
    menu, faults = hands.window.practice.menu, hands.sandbox.world.faults
    order = hands.order()
    busy = threading.Event()
    faults.plan("capture", "slow")
    hands.window.practice._read_switches()
    hands.wait(menu.normal.isEnabled)
    hands.window.actions_.prepare.trigger()
    hands.do_it()
    assert faults.wait_until_holding()
    for _ in range(5):
        hands.window.tasks.read(hands.window, lambda: busy.wait(60), lambda _: None, lambda _: None)
    menu.normal.trigger()
    hands.wait(lambda: hands.demo.shop.desk.orders.view(order.id).order.payment.captured > 0)
    busy.set()


def test_disputes_and_warnings(hands: Hands) -> None:
    menu = hands.window.practice.menu
    order = hands.order()
    hands.prepare()
    hands.select(Stage.TO_SHIP, order.id)
    hands.wait(menu.warn.isEnabled)
    before = hands.sandbox.world.dump()["disputes"]
    menu.warn.trigger()
    hands.wait(lambda: "warned of fraud" in hands.ears.words)
    menu.dispute.trigger()
    hands.wait(lambda: "The bank disputes 53.90\u00a0EUR" in hands.ears.words)
    assert hands.sandbox.world.dump()["disputes"] == before + 1
    menu.dispute.trigger()
    hands.wait(lambda: "disputed already. Nothing was changed." in hands.ears.words)


# --- exercises ---


def test_an_exercise_from_start_to_its_tick(qtbot: QtBot, look: Theme, hands: Hands, tmp_path: Path) -> None:
    panel = hands.window.exercise_panel
    hands.start("shorten")
    assert panel.progress.text() == "0 of 5 done"
    assert [step.mark for step in panel.steps] == [Mark.NOW, Mark.LATER, Mark.LATER]
    assert "still on hold" in panel.verdict.accessibleName()
    hands.prepare()
    hands.wait(lambda: panel.verdict.title.full_text == "Done.")
    assert {step.mark for step in panel.steps} == {Mark.DONE}
    assert panel.why.isVisible()
    assert panel.entries[0].accessibleName() == "Shorten an order, done"
    hands.wait(lambda: hands.remembers.of_shop("demo").get(EXERCISES_DONE) == ("shorten",))
    QTest.mouseClick(panel.show_order, Qt.MouseButton.LeftButton)
    hands.wait(lambda: hands.window.list.showing.stage is Stage.TO_SHIP)
    again = Hands(qtbot, look, hands.demo, tmp_path)
    again.window.practice.menu.exercises.trigger()
    again.wait(lambda: again.window.exercise_panel.progress.text() == "1 of 5 done")
    assert again.window.exercise_panel.start.text() == "Start"


def test_an_exercise_that_goes_another_way(hands: Hands) -> None:
    panel = hands.window.exercise_panel
    hands.start("lapsing_hold")
    order_id = hands.shown.id
    assert hands.window.model.row_at(0).id == order_id  # type: ignore[union-attr]
    hands.wait(hands.window.practice.menu.over.isEnabled)
    hands.window.practice.menu.over.trigger()
    hands.wait(lambda: panel.verdict.title.full_text == "Done differently.")
    assert "lapsed" in panel.verdict.accessibleName()
    assert panel.progress.text() == "0 of 5 done"
    hands.start("lapsing_hold")
    assert hands.shown.id != order_id
    assert panel.verdict.title.full_text == "Not yet."


def test_a_lost_answer_is_seen_in_the_strip_and_finds_its_end(hands: Hands) -> None:
    panel, bar = hands.window.exercise_panel, hands.window.practice_bar
    hands.start("lost_answer")
    hands.wait(lambda: "lost after Stripe has acted" in bar.words.full_text)
    hands.prepare()
    hands.wait(lambda: panel.verdict.title.full_text == "Done.")
    hands.wait(lambda: not bar.isVisible())


# --- by keyboard, for screen readers, in little room ---


def test_the_panel_by_keyboard(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    window, panel = hands.window, hands.window.exercise_panel
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda address: opened.append(address.toString()))
    hands.order()
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_F6)
    assert panel.entries[0].hasFocus()
    QTest.keyClick(panel.entries[0], Qt.Key.Key_Down)
    assert panel.shown is EXERCISES[1] and panel.entries[1].hasFocus()
    panel.read_more.setFocus()
    QTest.keyClick(panel.read_more, Qt.Key.Key_Space)
    assert opened == [EXERCISES[1].read_more]
    QTest.keyClick(focused_widget(), Qt.Key.Key_Escape)
    assert not panel.isVisible() and window.view.hasFocus()
    QTest.keyClick(window.view, Qt.Key.Key_F6)
    QTest.keyClick(focused_widget(), Qt.Key.Key_F6)
    assert not panel.isVisible()


def test_everything_has_a_name_and_room(hands: Hands) -> None:
    window, panel = hands.window, hands.window.exercise_panel
    hands.order()
    hands.practice.machine.refuse_next_card("lost_card")
    window.practice._read_switches()
    hands.wait(window.practice_bar.isVisible)
    window.practice.menu.exercises.trigger()
    for entry in panel.entries:
        entry.click()
        assert nameless(window) == []
        assert guessing_labels(window) == []
        assert cramped(panel) == []
        for column in panel.findChildren(QScrollArea):
            inside = column.widget()
            assert inside is not None and inside.width() <= column.viewport().width()
    for menu in window.practice.menu.findChildren(QMenu):
        assert all(action.text() for action in menu.actions())
