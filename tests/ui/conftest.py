"""A themed application, a shop made of plain values, and ears for what the window says."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from sellerdesk.clock import Clock
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import CallError, UnknownOrder
from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.listing import OrderPage, OrderQuery, OrderRow, OrderView, Overview, Sum
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order, Parcel, Shipment, Stage, TimelineEntry
from sellerdesk.domain.payment import CardAttempt
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.shortening import ShippingChoice, plan
from sellerdesk.domain.stages import stage_of
from sellerdesk.services.check_now import Checked
from sellerdesk.services.desk import Desk, Mode, News, OpenShop, OrdersChanged, ShopInfo
from sellerdesk.services.shop_keys import ShopKeys
from sellerdesk.settings import PROFILE, Settings
from sellerdesk.ui.notices import Notice
from sellerdesk.ui.preferences import WindowShape
from sellerdesk.ui.theme import Scheme, Theme
from tests.ui.dressing import dressed
from tests.ui.sample_orders import NOW, facts

DAY = 86_400


@pytest.fixture
def look(qapp: QApplication) -> Theme:
    """The application dressed in light."""
    return dressed(Scheme.LIGHT)


class StillClock(Clock):
    """Always the same moment, until a test moves it."""

    moment = NOW

    def now(self) -> int:
        return self.moment


def row_of(order: Order) -> OrderRow:
    """The table row that the store would make of ``order``."""
    payment, known = order.payment, order.payment.facts
    stage = stage_of(order)
    return OrderRow(
        id=order.id,
        reference=order.reference,
        version=order.version,
        stage=stage,
        placed_at=order.placed_at,
        deadline=payment.capture_before if stage is Stage.TO_PREPARE else None,
        shopper=order.shopper.name,
        pieces=order.pieces,
        items=", ".join(line.name for line in order.lines),
        amount=payment.amount,
        captured=payment.captured,
        currency=order.currency,
        card=known.card if known else None,
        risk_level=known.risk_level if known else "",
        short=order.short if stage is Stage.TO_PREPARE else 0,
        carrier=order.shipment.parcels[0].carrier if order.shipment else "",
        stage_at=order.placed_at,
        problem=payment.problem,
        ended_because=known.cancellation_reason if known and stage is Stage.ENDED else "",
        raw_status=known.raw_status if known else "",
        open_operation=order.open_operation,
        cursor=order.id,
    )


@dataclass
class Books:
    """Orders in memory; answers like ReadOrders, Prepare and Ship do. ``fail_with`` fails the next command,
    ``fail_reads_with`` every reading; ``gate`` holds commands while it is closed."""

    orders: dict[str, Order] = field(default_factory=dict)
    fail_with: Exception | None = None
    fail_reads_with: Exception | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    started: threading.Event = field(default_factory=threading.Event)
    queries: list[OrderQuery] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    attempts: dict[str, tuple[CardAttempt, ...]] = field(default_factory=dict)
    asked_for_attempts: list[str] = field(default_factory=list)
    fail_attempts_with: Exception | None = None
    released: dict[str, tuple[ReleaseReason, str]] = field(default_factory=dict)
    told: Callable[[News], None] | None = None
    syncs: int = 0
    audits: int = 0
    checks: int = 0
    found: dict[str, Order | CallError] = field(default_factory=dict)
    closed: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    def add(self, *orders: Order) -> None:
        for order in orders:
            self.orders[order.id] = order

    def page(self, query: OrderQuery) -> OrderPage:
        self.queries.append(query)
        if self.fail_reads_with is not None:
            raise self.fail_reads_with
        rows = [row_of(order) for order in self.orders.values()]
        if query.stage is not None:
            rows = [row for row in rows if row.stage is query.stage]
        rows = [row for row in rows if query.text.lower() in f"{row.shopper} {row.reference} {row.items}".lower()]
        only = query.only
        rows = [row for row in rows if not only.currencies or row.currency in only.currencies]
        rows = [row for row in rows if not only.short or row.short]
        rows = [row for row in rows if not only.doubtful or row.risk_level == "highest"]
        if only.lapses_before is not None:
            rows = [row for row in rows if row.deadline is not None and row.deadline < only.lapses_before]
        rows.sort(key=lambda row: (row.deadline or 0, row.id))
        if query.after:
            rows = rows[[row.cursor for row in rows].index(query.after) + 1 :]
        return OrderPage(tuple(rows[: query.limit]), len(rows) > query.limit)

    def overview(self) -> Overview:
        stages = [stage_of(order) for order in self.orders.values()]
        held = sum(order.payment.held for order in self.orders.values())
        open_ones = [order.open_operation for order in self.orders.values() if order.open_operation is not None]
        decisions = sum(each.state is OperationState.REVIEW for each in open_ones)
        counts = tuple((stage, stages.count(stage)) for stage in Stage)
        return Overview(counts, (Sum("eur", held),), (Sum("eur", 12840),), 1, len(open_ones), decisions)

    def currencies(self) -> tuple[str, ...]:
        return tuple(sorted({order.currency for order in self.orders.values()}))

    def view(self, order_id: str) -> OrderView:
        if order_id not in self.orders:
            raise UnknownOrder
        return OrderView(self.orders[order_id], (TimelineEntry(NOW - DAY, "placed", "Checkout page"),))

    def find(self, text: str) -> str | None:
        reference = read_reference(text)
        found = [order.id for order in self.orders.values() if order.reference == reference]
        return found[0] if found else None

    def _command(self, order_id: str, version: int) -> Order:
        self.started.set()
        assert self.gate.wait(10), "nobody opened the gate"
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            raise error
        order = self.orders[order_id]
        assert order.version == version
        return order


class FakePrepare:
    """Captures in memory."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._made = 0

    def new_operation(self) -> str:
        self._made += 1
        return f"{self._made:032d}"

    def run(
        self, operation_id: str, order_id: str, version: int, kept: dict[int, int],
        shipping: ShippingChoice = ShippingChoice.FULL, message: str = "",
    ) -> Order:  # fmt: skip
        self._books.commands.append(operation_id)
        order = self._books._command(order_id, version)
        planned = plan(order, kept, shipping)
        known = facts("succeeded", planned.authorized, captured=planned.total)
        captured = replace(order, payments=(replace(order.payment, facts=known),), version=version + 1)
        self._books.orders[order_id] = captured
        return captured


class FakeShip:
    """Ships in memory."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def new_operation(self) -> str:
        return "e" * 32

    def run(self, operation_id: str, order_id: str, version: int, parcels: tuple[Parcel, ...]) -> Order:
        self._books.commands.append(operation_id)
        order = self._books._command(order_id, version)
        shipped = replace(order, shipment=Shipment(parcels, NOW, "Ola"), version=version + 1)
        self._books.orders[order_id] = shipped
        return shipped


class FakeRelease:
    """Releases in memory."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def new_operation(self) -> str:
        return "f" * 32

    def run(
        self, operation_id: str, order_id: str, version: int, reason: ReleaseReason, message: str = ""
    ) -> Order:  # fmt: skip
        self._books.commands.append(operation_id)
        self._books.released[order_id] = (reason, message)
        order = self._books._command(order_id, version)
        authorized_at = order.payment.facts.authorized_at if order.payment.facts else None
        known = replace(facts("canceled", order.total), cancellation_reason=reason.value, authorized_at=authorized_at)
        released = replace(order, payments=(replace(order.payment, facts=known),), version=version + 1)
        self._books.orders[order_id] = released
        return released


class NewWish:
    """The beginning of a refund, a back-order or a new hold: what a dialog needs to open."""

    def new_operation(self) -> str:
        return "e" * 32


class FakeCheck:
    """Looks into ``Books.found``: what Stripe says about orders with an open question."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def run(self, order_id: str) -> Checked:
        self._books.checks += 1
        assert self._books.gate.wait(10), "nobody opened the gate"
        if self._books.fail_reads_with is not None:
            raise self._books.fail_reads_with
        found = self._books.found.get(order_id)
        if isinstance(found, CallError):
            return Checked(self._books.orders[order_id], found)
        if found is not None:
            self._books.orders[order_id] = found
        return Checked(self._books.orders[order_id])


class FakeAttempts:
    """The tries that ``Books.attempts`` names."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def of(self, order_id: str) -> tuple[CardAttempt, ...]:
        self._books.asked_for_attempts.append(order_id)
        if self._books.fail_attempts_with is not None:
            raise self._books.fail_attempts_with
        return self._books.attempts.get(order_id, ())


class FakeFeed:
    """Tells what a test makes it tell, from whatever thread the test uses."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        self._books.told = listener

        def end() -> None:
            self._books.told = None

        return end

    def sync_now(self) -> None:
        self._books.syncs += 1

    def audit_now(self) -> None:
        self._books.audits += 1


def open_shop(
    books: Books, mode: Mode = Mode.TEST, other_address: str = "", page: str = "http://127.0.0.1:9/"
) -> OpenShop:
    """An open shop over ``books``."""
    hint = "" if mode is Mode.DEMO else "…h7Qx"
    profile = "demo" if mode is Mode.DEMO else f"acct_1-{mode.value}"
    info = ShopInfo(mode, "Kontor Nord", hint, other_address, page, profile)
    attempts, release, sync = FakeAttempts(books), FakeRelease(books), None
    check = FakeCheck(books)
    prepare, ship, clock = FakePrepare(books), FakeShip(books), StillClock()
    desk = Desk(
        books, attempts, prepare, ship, release, check=check, sync=sync, clock=clock, seat="Packing desk 2",  # type: ignore[arg-type]
        refund=NewWish(), back_order=NewWish(), renew=NewWish(), review=None,  # type: ignore[arg-type]
        figures=None, catalogue=None, stock=None, audit=None,  # type: ignore[arg-type]
    )  # fmt: skip

    def close() -> None:
        books.closed += 1

    return OpenShop(info, desk, FakeFeed(books), close)


class FakeOpener:
    """Opens the shops it was given."""

    def __init__(self, last: OpenShop | Exception | None = None, demo: OpenShop | None = None) -> None:
        self._last, self._demo = last, demo
        self.gate = threading.Event()
        self.gate.set()

    def last(self) -> OpenShop | None:
        assert self.gate.wait(10)
        if isinstance(self._last, Exception):
            raise self._last
        return self._last

    def demo(self, progress: Callable[[str, int, int], None]) -> OpenShop:
        progress("Day 3 of 7: Ola ships two orders", 3, 7)
        assert self.gate.wait(10)
        assert self._demo is not None
        return self._demo

    def check(self, secret_key: str) -> AccountFacts:
        return AccountFacts("acct_1", "Kontor Nord", "AT", "eur", False, ())

    def keyring_name(self) -> str:
        return "Secret Service"

    def connect(self, secret_key: str, publishable_key: str) -> OpenShop:
        assert self._demo is not None
        return self._demo

    def keys(self, profile: str) -> ShopKeys:
        raise AssertionError("not asked for here")


class Remembers:
    """Preferences in files below ``folder``; without one nothing can be written, and they hold in memory."""

    scheme = ""
    shape: WindowShape | None = None

    def __init__(self, folder: Path = Path(os.devnull, "no", "folder")) -> None:
        self.widths: Mapping[str, int] = {}
        self._folder = folder
        self._program = Settings.load(folder / "settings.toml")
        self._shops: dict[str, Settings] = {}

    def keep_scheme(self, scheme: str) -> None:
        self.scheme = scheme

    def window_shape(self) -> WindowShape | None:
        return self.shape

    def keep_window_shape(self, shape: WindowShape) -> None:
        self.shape = shape

    def column_widths(self) -> Mapping[str, int]:
        return self.widths

    def keep_column_widths(self, widths: Mapping[str, int]) -> None:
        self.widths = widths

    def program(self) -> Settings:
        self._program.refresh()
        return self._program

    def of_shop(self, profile: str) -> Settings:
        if profile not in self._shops:
            self._shops[profile] = Settings.load(self._folder / profile / "settings.toml", PROFILE)
        self._shops[profile].refresh()
        return self._shops[profile]


@dataclass
class Ears:
    """Hears notices instead of the bar."""

    heard: list[Notice] = field(default_factory=list)

    def __call__(self, notice: Notice) -> None:
        self.heard.append(notice)

    @property
    def words(self) -> str:
        return "\n".join(notice.text for notice in self.heard)


@pytest.fixture
def books() -> Books:
    return Books()


def changed(books: Books) -> None:
    """Somebody else wrote to the database."""
    assert books.told is not None
    books.told(OrdersChanged())


def focused_widget() -> QWidget:
    """Where the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused
