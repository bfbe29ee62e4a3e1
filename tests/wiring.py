"""A whole shop for tests: a real database, the real gateway, and a sandbox that it reaches without a network."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue import CartItem, Product, ShippingRate
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Address, Order, Parcel, Shopper
from sellerdesk.domain.payment import Payment, PaymentStatus
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.requests import sha256_of
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.catch_up import notice_return
from sellerdesk.services.conduct import nowhere
from sellerdesk.services.keeping import SentMemory
from sellerdesk.services.pay_answer import PayAnswer, PayState
from sellerdesk.services.saved_card import LaterCharge
from sellerdesk.store.database import SqlStore, open_store
from tests.engines import Place, open_place, run_sql
from tests.inside_wire import InsideWire

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
        return self.works.shopfront.pay_order.pay(placed.checkout_id, placed.order.reference, token, RETURN_URL)

    def look_again(self, placed: "Placed") -> PayAnswer:
        return self.works.shopfront.pay_order.look_again(placed.checkout_id, placed.order.reference)

    def place_and_pay(self, card: str = "pm_card_visa") -> Order:
        return self.pay(self.place(), card).order

    def place_and_save_card(self, card: str = "pm_card_visa") -> Order:
        """An order on hold whose shopper let the card be kept, after the bank's question where there is one."""
        placed = self.place(save_card=True)
        answer = self.pay(placed, card)
        if answer.state is PayState.ACTION:
            answer_challenge(self.sandbox, answer.order, approve=True)
            self.look_again(placed)
        order = self.order(placed.order.id)
        assert order.payment.saved_card_id
        return order

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

    def refund(
        self,
        order: Order,
        amount: int = 0,
        *,
        pieces: Mapping[int, int] | None = None,
        shipping: int = 0,
        payment: Payment | None = None,
        operation_id: str = "",
        reason: RefundReason = RefundReason.OTHER,
        note: str = "",
    ) -> Order:
        """By ``pieces`` and ``shipping``, or by ``amount``; 0 is all that is left."""
        refund = self.works.desk.refund
        paid = payment or order.payment
        if pieces or shipping:
            plan = refund.preview_lines(order, paid.id, pieces or {}, shipping)
        else:
            plan = refund.preview_amount(order, paid.id, amount or paid.captured - order.refunded(paid))
        return refund.run(operation_id or refund.new_operation(), order.id, order.version, plan, reason, note)

    def back_order(
        self, order: Order, pieces: Mapping[int, int] | None = None, shipping: int = 0, operation_id: str = ""
    ) -> LaterCharge:
        """The teapot that was left out, unless told otherwise."""
        back_order = self.works.desk.back_order
        plan = back_order.preview(order, pieces or {1: 1}, shipping)
        return back_order.run(operation_id or back_order.new_operation(), order.id, order.version, plan)

    def renew(self, order: Order, operation_id: str = "") -> LaterCharge:
        renew = self.works.desk.renew
        offer = renew.offer(order)
        assert offer.plan is not None, offer.why
        return renew.run(operation_id or renew.new_operation(), order.id, order.version, offer.plan)

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
        """What really stands in the database, read by a connection of its own."""
        return run_sql(self.store.place, sql, *values)

    def check_agrees(self, order_id: str) -> Order:
        """The database says what Stripe says, every operation is final, and nothing was written twice."""
        order = self.order(order_id)
        found = {each["id"]: each for each in intents_of(self.sandbox, order_id)}
        assert {each.intent_id for each in order.payments if each.intent_id} == found.keys()
        assert len(customers_of(self.sandbox, order_id)) == (1 if order.customer_id else 0)
        operations = self.operations(order_id)
        assert [each.id for each in operations if each.is_open] == []
        # Nothing fails because of something else that we did.
        assert [each.outcome for each in operations if "unexpected_state" in each.outcome] == []
        for payment in order.payments:
            if payment.intent_id:
                self._check_payment(order, payment, found[payment.intent_id])
        # What was captured in all is never more than the shopper agreed to.
        assert sum(each.captured for each in order.payments) <= order.total
        # Two holds of one order stand only until the old one is released.
        assert sum(1 for each in order.payments if each.held) <= 1
        self._check_attempts(order_id)
        self._check_timeline(order)
        return order

    def _check_payment(self, order: Order, payment: Payment, there: Mapping[str, Any]) -> None:
        assert payment.status == PaymentStatus(there["status"])
        assert payment.captured == there["amount_received"] <= payment.authorized
        assert payment.held == (there["amount"] if there["status"] == "requires_capture" else 0)
        assert there["captures"] <= 1
        assert there["authorizations"] <= 1
        went_back = [each for each in order.refunds if each.payment_id == payment.id and each.counts]
        assert sum(each.amount for each in went_back) == payment.refunded == there["amount_refunded"]
        assert payment.refunded <= payment.captured
        booked = self.rows("SELECT kind, amount FROM ledger WHERE stripe_object = ?", payment.intent_id)
        expected = {"authorized": payment.authorized, "captured": payment.captured, "released": payment.released}
        assert sorted(booked) == sorted((kind, amount) for kind, amount in expected.items() if amount)

    def _check_attempts(self, order_id: str) -> None:
        """No key reached Stripe that was not written down before, and each went with one request only."""
        operations = {each.id: each for each in self.operations(order_id)}
        started = self.rows(
            "SELECT operation_id, generation FROM attempt WHERE operation_id IN "
            "(SELECT id FROM operation WHERE order_id = ?)",
            order_id,
        )
        written = {f"sd-{operation_id}-{generation}" for operation_id, generation in started}
        with self.sandbox.world.open() as world:
            sent = {each.idempotency_key for each in world.seen if each.idempotency_key}
        ours = {key for key in sent if key.startswith("sd-") and key.split("-")[1] in operations}
        assert {"-".join(key.split("-")[:3]) for key in ours} <= written
        assert all(each.params_sha256 == sha256_of(each.params) for each in operations.values())

    def _check_timeline(self, order: Order) -> None:
        """Each thing that happened is told once."""
        happened = self.happened(order.id)
        for what in ("placed", "held", "captured", "released", "canceled", "expired"):
            assert happened.count(what) <= 1, happened
        whole = [each for each in order.payments if each.role != "backorder"]
        assert happened.count("captured") == sum(1 for each in whole if each.captured)
        assert happened.count("held") == sum(1 for each in whole if each.authorized and each.replaces_id is None)
        assert happened.count("renewed") == sum(1 for each in whole if each.authorized and each.replaces_id)
        assert happened.count("charged_later") == sum(1 for each in order.back_orders if each.captured)
        assert happened.count("refunded") == len(order.refunds)
        back_again = [each for each in order.refunds if not each.counts]
        assert happened.count("refund_failed") == len(back_again)
        booked = self.rows(
            "SELECT l.kind, l.amount FROM ledger l JOIN refund r ON r.id = l.stripe_object JOIN payment p "
            "ON p.id = r.payment_id WHERE p.order_id = ?",
            order.id,
        )
        expected = [("refunded", each.amount) for each in order.refunds]
        expected += [("refund_failed", each.amount) for each in back_again]
        assert sorted(booked) == sorted(expected)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order with the checkout it was placed from."""

    checkout_id: str
    order: Order


@contextmanager
def plant(
    sandbox: Sandbox,
    place: Place,
    *,
    clock: MovedClock | None = None,
    seat: str = SEAT,
    key: str = "",
    road: ConfirmationRoad = ConfirmationRoad.SERVER,
    memory: SentMemory | None = None,
    reached: Callable[[str], None] = nowhere,
) -> Iterator[Plant]:
    """Open a database and join everything to it; with a ``memory`` of what was sent as the program does it."""
    clock = clock or MovedClock()
    store = open_place(place, seat)
    gateway = StripeGateway(key or sandbox.secret_key, Addresses.at(sandbox.url), clock, transport=InsideWire(sandbox))
    installation = store.installation()
    if memory is not None:
        notice_return(store, memory, clock.now())
    works = assemble(
        store,
        gateway,
        clock,
        seat=seat,
        installation=installation,
        road=lambda: road,
        memory=memory,
        reached=reached,
    )
    try:
        yield Plant(sandbox, store, clock, works)
    finally:
        gateway.close()
        store.close()
        # Stripe tells whole seconds, so that the clocks of two programs may differ by two: the next one begins later.
        sandbox.world.clock.advance(3)


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
    headers = {"Authorization": f"Bearer {sandbox.secret_key}", **({"Idempotency-Key": key} if key else {})}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    answer = InsideWire(sandbox).deliver(method, path, headers, urlencode(form))
    assert answer.status == 200, answer.body.decode()
    found: dict[str, Any] = json.loads(answer.body)
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
