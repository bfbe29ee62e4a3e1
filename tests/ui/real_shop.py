"""A window over a real database, filled with orders whose becoming is known by heart."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QTableWidget
from pytestqt.qtbot import QtBot

from sellerdesk.app import Works, assemble
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.services.desk import Desk, Mode, OpenShop, OrdersChanged, ShopInfo
from sellerdesk.store.database import SqlStore, open_store
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests import builders
from tests.builders import DAY, NOW
from tests.ui.conftest import Books, Ears, FakeFeed, FakeOpener, Remembers, StillClock
from tests.wiring import PRODUCTS, RATES

HOUR = 3600
PRICE = 8720


@dataclass
class RealShop:
    """The database of a shop, what lies on it, and a window that shows it. ``books`` is where news is told."""

    store: SqlStore
    works: Works
    books: Books
    ears: Ears
    window: MainWindow

    def go_to(self, place: str) -> None:
        self.window.places.show(place)

    def tell(self) -> None:
        """Somebody else wrote to the database."""
        assert self.books.told is not None
        self.books.told(OrdersChanged())

    def add(self, *orders: Order) -> None:
        """Write down orders, with the ledger's word for those that are captured a day after they were held."""
        with self.store.write() as unit:
            for order in orders:
                unit.orders.add(order, order.id, "")
                facts = order.payment.facts
                if order.payment.captured and facts is not None and facts.authorized_at is not None:
                    sums = (order.payment.captured, order.currency, facts.authorized_at + DAY)
                    unit.journal.enter(None, "event", order.payment.intent_id, "captured", *sums)
            unit.commit()

    def refuse(self, order: Order, *codes: str) -> None:
        """Write down refusals of an order."""
        with self.store.write() as unit:
            for code in codes:
                unit.orders.note(order.id, builders.entry("declined", at=order.placed_at, note=code))
            unit.commit()


def order_of(status: PaymentStatus, ago: int, currency: str = "eur", **facts: Any) -> Order:
    """An order over 87.20 or 8,720, held ``ago`` seconds before now for seven days."""
    at = NOW - ago
    values: dict[str, Any] = {"currency": currency, "authorized_at": at, "capture_before": at + 7 * DAY}
    known = builders.payment_facts(status, **{**values, **facts})
    order_id = builders.fresh_id(at)
    made = builders.payment(order_id, known, currency=currency)
    return builders.placed_order(id=order_id, placed_at=at, currency=currency, payments=(made,))


def held(ago: int = HOUR, **more: Any) -> Order:
    return order_of(PaymentStatus.REQUIRES_CAPTURE, ago, **more)


def captured(ago: int = 2 * DAY, **more: Any) -> Order:
    return order_of(PaymentStatus.SUCCEEDED, ago, **more)


def lapsed(ago: int = 8 * DAY, **more: Any) -> Order:
    return order_of(PaymentStatus.CANCELED, ago, cancellation_reason="expired", **more)


def released(ago: int = 3 * DAY, **more: Any) -> Order:
    return order_of(PaymentStatus.CANCELED, ago, cancellation_reason="requested_by_customer", **more)


def shortened(ago: int = 2 * DAY, **more: Any) -> Order:
    """The kettle was left out, and the card may be charged later."""
    saved = {"setup_future_usage": "off_session", "payment_method_id": "pm_1", "customer_id": "cus_1"}
    made = captured(ago, amount_received=PRICE - 3210, **saved, **more)
    return replace(made, lines=(made.lines[0], replace(made.lines[1], kept=0)), save_card=True)


def cells(table: QTableWidget) -> list[list[str]]:
    """The words of a table, row by row."""
    rows = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        rows.append([item.text() if item is not None else "" for item in items])
    return rows


@pytest.fixture
def real_shop(
    qtbot: QtBot, look: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., RealShop]]:
    """Opens a window in Paris over a new database. ``change`` may put other use cases in the place of real ones."""
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    stores: list[SqlStore] = []

    def open_it(
        *orders: Order, width: int = 1440, change: Callable[[Desk], Desk] | None = None, goods: bool = True
    ) -> RealShop:
        store = open_store(tmp_path / "desk.db", seat="Packing desk 2")
        stores.append(store)
        works = assemble(store, None, StillClock(), seat="Packing desk 2", installation="x")  # type: ignore[arg-type]
        books, ears = Books(), Ears()
        desk = change(works.desk) if change else works.desk
        info = ShopInfo(Mode.TEST, "Kontor Nord", "…h7Qx", "", "")
        window = MainWindow(FakeOpener(OpenShop(info, desk, FakeFeed(books), lambda: None)), look, Remembers())
        window.notices.speak_through(ears)
        qtbot.addWidget(window)
        window.resize(width, 900)
        shop = RealShop(store, works, books, ears, window)
        if goods:
            with store.write() as unit:
                unit.catalogue.replace(PRODUCTS, RATES)
                unit.commit()
        shop.add(*orders)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.list.overview is not None)
        return shop

    yield open_it
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.tasks.close(10)
    for store in stores:
        store.close()
    monkeypatch.undo()
    time.tzset()
