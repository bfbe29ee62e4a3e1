"""A whole shop for tests: a real SQLite file, the real gateway, and a sandbox at another address over real HTTP."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue import CartItem, Product, ShippingRate
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Address, Order, Parcel, Shopper
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.gateway.transport import Deadlines
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.conduct import nowhere
from sellerdesk.services.pay_answer import PayAnswer
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore, open_store

SEAT = "Seat 1"
RETURN_URL = "https://shop.example/checkout"
DECLINED = "pm_card_visa_chargeDeclinedInsufficientFunds"
ASKS_FIRST = "pm_card_authenticationRequired"
DAY = 86_400
LONGER_THAN_ANY_WAIT = 400

PRODUCTS = (
    Product("MUG", "Stoneware mug", 2400, "eur", 1900, 38, "mug.svg"),
    Product("POT", "Teapot", 6200, "eur", 1900, 1, "teapot.svg"),
    Product("BOOK", "Book of tea", 1800, "eur", 700, 5),
)
RATES = (ShippingRate("DE", "eur", 590, 1900), ShippingRate("*", "eur", 1490, 1900))
CART = (CartItem("MUG", 2), CartItem("POT", 1))
TOTAL = 2 * 2400 + 6200 + 590
ADA = Shopper("Ada Byron", "ada@example.com", Address("1 Lovelace Way", "Berlin", "10115", "DE"))
PARCEL = Parcel("ups", "1Z999AA10123456784")


class MovedClock(Clock):
    """A machine whose clock moves only when the test says so (and a millisecond whenever it is asked), so that nobody
    waits for leases and back-off, and a slow machine runs into none."""

    def __init__(self, ahead: int = 0) -> None:
        super().__init__()
        self._ms = count(super().system_ms() + ahead * 1000)

    def system_ms(self) -> int:
        return next(self._ms)

    def advance(self, seconds: int = LONGER_THAN_ANY_WAIT) -> None:
        self._ms = count(next(self._ms) + seconds * 1000)


@dataclass(frozen=True, slots=True)
class Plant:
    """The parts of one program: its use cases, and what they are joined to."""

    sandbox: Sandbox
    store: SqlStore
    clock: MovedClock
    works: Works

    @property
    def path(self) -> Path:
        return self.store.path

    # --- the shopper ---

    def place(self, checkout_id: str = "", cart: tuple[CartItem, ...] = CART, **more: Any) -> "Placed":
        checkout_id = checkout_id or new_secret_token()
        shopper = more.pop("shopper", ADA)
        order = self.works.shopfront.place_order.place(checkout_id, cart, shopper, more.pop("save_card", False))
        return Placed(checkout_id, order)

    def pay(self, placed: "Placed", card: str = "pm_card_visa", token: str = "") -> PayAnswer:
        token = token or confirmation_token(self.sandbox, card)
        return self.works.shopfront.place_order.pay(placed.checkout_id, placed.order.reference, token, RETURN_URL)

    def look_again(self, placed: "Placed") -> PayAnswer:
        return self.works.shopfront.place_order.look_again(placed.checkout_id, placed.order.reference)

    def place_and_pay(self, card: str = "pm_card_visa") -> Order:
        return self.pay(self.place(), card).order

    # --- the seller ---

    def order(self, order_id: str) -> Order:
        return self.works.desk.orders.view(order_id).order

    def prepare(
        self, order: Order, kept: Mapping[int, int] | None = None, operation_id: str = "", **more: Any
    ) -> Order:
        prepare = self.works.desk.prepare
        operation_id = operation_id or prepare.new_operation()
        shipping = more.pop("shipping", ShippingChoice.FULL)
        return prepare.run(operation_id, order.id, order.version, kept or {}, shipping, **more)

    def ship(self, order: Order, *parcels: Parcel, operation_id: str = "") -> Order:
        ship = self.works.desk.ship
        return ship.run(operation_id or ship.new_operation(), order.id, order.version, parcels or (PARCEL,))

    def release(self, order: Order, reason: ReleaseReason = ReleaseReason.OTHER, message: str = "") -> Order:
        release = self.works.desk.release
        return release.run(release.new_operation(), order.id, order.version, reason, message)

    # --- what stands where ---

    def operations(self, order_id: str, *kinds: OperationKind) -> list[Operation]:
        with self.store.read() as unit:
            found = unit.journal.of_order(order_id)
        return [each for each in found if not kinds or each.kind in kinds]

    def happened(self, order_id: str) -> list[str]:
        """The timeline's words, oldest first."""
        return [entry.what for entry in reversed(self.works.desk.orders.view(order_id).timeline)]

    def at_stripe(self, order: Order) -> dict[str, Any]:
        return intents_of(self.sandbox, order.id)[0]

    def settle(self, passes: int = 6) -> None:
        """Resolve, letting time pass in between, until nothing is open."""
        for _ in range(passes):
            self.clock.advance()
            if not self.works.resolve.run_due().waiting:
                return

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What really stands in the file, read by a connection of its own."""
        connection = sqlite.connect(sqlite.driver(), self.path)
        try:
            return list(connection.execute(sql, values).fetchall())
        finally:
            connection.close()

    def check_agrees(self, order_id: str) -> Order:
        """The database says what Stripe says, every operation is final, and nothing was written twice."""
        order = self.order(order_id)
        found = intents_of(self.sandbox, order_id)
        assert len(found) == (1 if order.payment.intent_id else 0)
        assert len(customers_of(self.sandbox, order_id)) == (1 if order.customer_id else 0)
        assert [each.id for each in self.operations(order_id) if each.is_open] == []
        if not found:
            return order
        there = found[0]
        assert order.payment.intent_id == there["id"]
        assert order.payment.status == PaymentStatus(there["status"])
        assert order.payment.captured == there["amount_received"]
        assert order.payment.held == (there["amount"] if there["status"] == "requires_capture" else 0)
        assert there["captures"] <= 1
        assert there["authorizations"] <= 1
        self._check_books(order)
        return order

    def _check_books(self, order: Order) -> None:
        booked = self.rows("SELECT kind, amount FROM ledger WHERE stripe_object = ?", order.payment.intent_id)
        expected = {
            "authorized": order.payment.authorized,
            "captured": order.payment.captured,
            "released": order.payment.released,
        }
        assert sorted(booked) == sorted((kind, amount) for kind, amount in expected.items() if amount)
        happened = self.happened(order.id)
        for what in ("placed", "held", "captured", "released", "shipped", "canceled", "expired"):
            assert happened.count(what) <= 1, happened
        assert happened.count("captured") == (1 if order.payment.captured else 0)
        assert happened.count("held") == (1 if order.payment.authorized else 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order with the checkout it was placed from."""

    checkout_id: str
    order: Order


@contextmanager
def plant(
    sandbox: Sandbox,
    path: Path,
    *,
    clock: MovedClock | None = None,
    seat: str = SEAT,
    key: str = "",
    road: ConfirmationRoad = ConfirmationRoad.SERVER,
    reached: Callable[[str], None] = nowhere,
) -> Iterator[Plant]:
    """Open the database in ``path`` and join everything to it."""
    clock = clock or MovedClock()
    store = open_store(path, seat=seat)
    gateway = StripeGateway(key or sandbox.secret_key, Addresses.at(sandbox.url), clock, deadlines=Deadlines())
    installation = store.installation()
    works = assemble(store, gateway, clock, seat=seat, installation=installation, road=lambda: road, reached=reached)
    try:
        yield Plant(sandbox, store, clock, works)
    finally:
        gateway.close()
        store.close()


def make_database(path: Path) -> Path:
    """A new database with a catalogue."""
    store = open_store(path, seat=SEAT)
    with store.write() as unit:
        unit.catalogue.replace(PRODUCTS, RATES)
        unit.commit()
    store.close()
    return path


def copy_database(template: Path, folder: Path) -> Path:
    """A copy of a closed database: quicker than making it anew for each test."""
    return Path(shutil.copy(template, folder / "shop.db"))


def everything() -> OrderQuery:
    """The list of all orders."""
    return OrderQuery(None)


# --- at Stripe, past all of our code ---


def stripe_call(sandbox: Sandbox, method: str, path: str, *, key: str = "", **form: str) -> dict[str, Any]:
    """One bare call with the secret key, as the Dashboard or another program would make it; ``key`` is its
    idempotency key."""
    data = urlencode(form).encode() if method == "POST" else None
    headers = {"Authorization": f"Bearer {sandbox.secret_key}", **({"Idempotency-Key": key} if key else {})}
    request = Request(f"{sandbox.url}{path}", data=data, method=method, headers=headers)
    try:
        with urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        raise AssertionError(error.read().decode()) from error
    return found


def confirmation_token(sandbox: Sandbox, card: str = "pm_card_visa") -> str:
    """https://docs.stripe.com/api/confirmation_tokens/test_create"""
    return str(stripe_call(sandbox, "POST", "/v1/test_helpers/confirmation_tokens", payment_method=card)["id"])


def answer_challenge(sandbox: Sandbox, order: Order, *, approve: bool) -> None:
    """The shopper's answer in the bank's window."""
    sandbox.world.answer_challenge(order.payment.intent_id, approve=approve)


def intents_of(sandbox: Sandbox, order_id: str) -> list[dict[str, Any]]:
    """What the sandbox holds for one order, by our tag."""
    intents = sandbox.world.dump()["intents"]
    return [
        {"id": intent_id, **intent}
        for intent_id, intent in intents.items()
        if intent["metadata"].get("sd_order") == order_id
    ]


def customers_of(sandbox: Sandbox, order_id: str) -> list[str]:
    with sandbox.world.open() as world:
        return [each.id for each in world.store.customers.values() if each.metadata.get("sd_order") == order_id]


def calls(sandbox: Sandbox, method: str, ending: str) -> list[Any]:
    """Requests that arrived, whose path ends so."""
    with sandbox.world.open() as world:
        return [each for each in world.seen if each.method == method and each.path.endswith(ending)]


def shopper(**changes: Any) -> Shopper:
    return replace(ADA, **changes)
