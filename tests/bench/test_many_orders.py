"""What ten thousand orders cost the window, beside a hundred: the same steps in both, turn by turn, in one run.

Costs are the processor's time in all threads of this program, which other programs disturb least. Both windows show
the same number of rows; what differs is how many orders there are behind them.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Order, Stage
from sellerdesk.services.orders import ReadOrders
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Scheme
from tests.filling import FREQUENT, RARE, fill
from tests.ui.conftest import Books, FakeOpener, Remembers, StillClock, open_shop
from tests.ui.dressing import dressed

ROUNDS = 5
GOAL = 1.3
PAGES = 5
HEIGHT = 640  # about sixteen rows
Step = Callable[["Counter"], Mapping[str, float]]


@dataclass
class Counter:
    """A window open on a database of ``orders``, driven step by step; every step returns its seconds."""

    qtbot: QtBot
    window: MainWindow
    reading: ReadOrders
    orders: tuple[Order, ...]
    change: Callable[[Order], None]
    changed: Iterator[Order]

    def rest(self) -> None:
        """Wait until list and order are there and nothing is under way."""
        window = self.window
        self.qtbot.waitUntil(
            lambda: (
                not window.list._running
                and (window.panel.view.order.id if window.panel.view else "") == window.view.selected_order
            )
        )
        self.qtbot.wait(1)

    def until_shown(self, begin: Callable[[], object]) -> float:
        """From ``begin`` until the table shows what was read."""
        self.rest()
        with self.qtbot.waitSignal(self.window.list.shown):
            began = time.process_time()
            begin()
        self.window.view.viewport().repaint()
        ended = time.process_time()
        self.rest()
        return ended - began

    def open_stages(self) -> dict[str, float]:
        """Every stage, one after the other."""
        return {f"open {stage.value}": self.until_shown(partial(self.window.go_to, stage)) for stage in Stage}

    def search(self) -> dict[str, float]:
        """Words, one after the other, as the field tells them after a pause in typing."""
        words = {
            "frequent word": FREQUENT,
            "rare word": RARE,
            "no hit": "zeppelin",
            "one letter": "a",
            "reference": self.orders[33].shown_reference,
        }
        told = self.window.page.toolbar.search.searched
        return {f"search: {name}": self.until_shown(partial(told.emit, text)) for name, text in words.items()}

    def select(self) -> float:
        """From choosing another row until the panel shows its order."""
        self.rest()
        window = self.window
        row = window.model.row_at((window.view.currentIndex().row() + 1) % 5)
        assert row is not None
        with self.qtbot.waitSignal(window.orders.order_shown, check_params_cb=lambda: self._shows(row.id)):
            began = time.process_time()
            window.view.select_order(row.id)
        window.panel.repaint()
        return time.process_time() - began

    def _shows(self, order_id: str) -> bool:
        view = self.window.panel.view
        return view is not None and view.order.id == order_id

    def read_again(self) -> float:
        """From the news that one order changed until the table shows it."""
        self.rest()
        self.change(next(self.changed))
        return self.until_shown(self.window.list.reload)

    def read(self) -> dict[str, float]:
        """The counts, and one page of all orders after another, found by the place where the one before it ended."""
        began = time.process_time()
        self.reading.overview()
        counted, after = time.process_time(), ""
        for _ in range(PAGES):
            page = self.reading.page(OrderQuery(None, "example", 100 // PAGES, after))
            after = page.rows[-1].cursor
        ended = time.process_time()
        return {"counts": counted - began, "next page by its cursor": (ended - counted) / PAGES}

    def use(self) -> dict[str, float]:
        """What one does in a list that is open."""
        return {
            "scroll one page down": self.scroll(),
            "select a row": self.select(),
            "read again after a change": self.read_again(),
        }

    def scroll(self) -> float:
        """One page down in the table, painted."""
        bar = self.window.view.verticalScrollBar()
        bar.setValue(0)
        self.window.view.viewport().repaint()
        began = time.process_time()
        bar.setValue(bar.pageStep() if bar.maximum() > bar.pageStep() else bar.maximum())
        self.window.view.viewport().repaint()
        return time.process_time() - began


def opened(qtbot: QtBot, path: Path, count: int) -> Counter:
    full = fill(path, count)
    reading = ReadOrders(full.store, StillClock())
    shop = open_shop(Books())
    window = MainWindow(
        FakeOpener(replace(shop, desk=replace(shop.desk, orders=reading))), dressed(Scheme.LIGHT), Remembers()
    )
    qtbot.addWidget(window, before_close_func=lambda _window: full.store.close())
    window.resize(1280, HEIGHT)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.show()
    qtbot.waitUntil(lambda: window.model.rowCount() > 0)

    def change(order: Order) -> None:
        with full.store.write() as unit:
            unit.orders.save_message(order.id, f"Changed at {time.monotonic_ns()}")
            unit.commit()

    held = cycle([order for order in full.orders if order.payment.held])
    counter = Counter(qtbot, window, reading, full.orders, change, held)
    counter.rest()
    return counter


def measured(few: Counter, many: Counter, step: Step) -> None:
    """Print the medians with few and with many orders, measured in turn after one round that does not count."""
    turns = [(step(few), step(many)) for _ in range(ROUNDS + 1)][1:]
    for name in turns[0][0]:
        small, large = (statistics.median(turn[which][name] for turn in turns) for which in (0, 1))
        ratio = large / small
        verdict = "reaches" if ratio <= GOAL else "misses"
        print(f"  {name:<28}{small * 1000:7.1f} {large * 1000:7.1f}   {ratio:5.2f}  {verdict} the goal of {GOAL}")


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_ten_thousand_orders_beside_a_hundred(qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few, many = opened(qtbot, tmp_path / "few.db", 100), opened(qtbot, tmp_path / "many.db", 10_000)
    with capsys.disabled():
        shown = few.window.view.viewport().height() // few.window.view.rowHeight(0)
        print(f"\nmedian milliseconds of work with 100 and with 10,000 orders, {shown} of them shown; and their ratio")
        measured(few, many, Counter.open_stages)
        measured(few, many, Counter.search)
        measured(few, many, Counter.read)
        for counter in (few, many):
            counter.until_shown(partial(counter.window.go_to, Stage.SHIPPED))
        measured(few, many, Counter.use)
