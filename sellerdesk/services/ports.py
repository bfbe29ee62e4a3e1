"""What the use cases need from the outside: Stripe, and a store with transactions."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.adoption import FoundPayment
from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.listing import OrderPage, OrderQuery, Overview
from sellerdesk.domain.operation import Operation, OperationState, Try
from sellerdesk.domain.order import Order, Shipment, TimelineEntry
from sellerdesk.domain.overview import Hold, LeftOut, Refusal
from sellerdesk.domain.payment import CardAttempt, EventHint, Payment, PaymentFacts
from sellerdesk.domain.refund import Refund, RefundFacts
from sellerdesk.domain.requests import (
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    PassTracking,
)
from sellerdesk.services.keeping import DatabaseStanding


class PaymentReader(Protocol):
    """Stripe, as far as it is only read. Every method raises CallError's family, checks the answer's shape, and refuses
    to run inside a database transaction."""

    def ask_time(self) -> None:
        """Read something small: each answer, a refusal too, tells the clock what time it is at Stripe."""
        ...

    def retrieve(self, intent_id: str) -> PaymentFacts: ...

    def found(self, intent_id: str) -> FoundPayment:
        """One payment with all that it tells of the order behind it."""
        ...

    def holds_since(self, created_from: int) -> tuple[str, ...]:
        """The ids of the payments made since ``created_from`` (seconds UTC) whose money is held before it is taken, and
        of those that an order of ours made, oldest first, all pages."""
        ...

    def refunded_since(self, created_from: int) -> tuple[str, ...]:
        """The ids of the payments of which something was refunded since ``created_from`` (seconds UTC), whoever did it,
        the longest ago first, all pages."""
        ...

    def card_attempts(self, intent_id: str) -> tuple[CardAttempt, ...]:
        """Every try to hold the money of this intent that reached the bank, newest first."""
        ...

    def find_intent(self, operation_id: str, payment_id: str, customer_id: str) -> PaymentFacts | None:
        """The intent that ``operation_id`` made for a payment, in the customer's own list (strongly consistent, not
        search). Whatever is done with it later takes over the operation's tag; the payment's stays."""
        ...

    def find_customer(self, operation_id: str, email: str, created_from: int) -> str | None:
        """The customer tagged with ``operation_id`` among those with this ``email``; without one, among those made
        since ``created_from`` (seconds UTC), which a clock may have got wrong."""
        ...

    def events(self, created_from: int) -> tuple[EventHint, ...]:
        """Events about payments since ``created_from`` (seconds UTC), oldest first, all pages."""
        ...

    def refunds(self, intent_id: str) -> tuple[RefundFacts, ...]:
        """Every refund of this intent, whoever made it, oldest first. The list is strongly consistent."""
        ...


class PaymentGateway(PaymentReader, Protocol):
    """Stripe, and what changes something there: only the conductor is given it. ``key`` is the idempotency key."""

    def leased(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:
        """While inside, nothing that changes something is sent once ``is_over``, asked at the last moment, says so."""
        ...

    def create_customer(self, request: CreateCustomer, key: str) -> str:
        """The new customer's id."""
        ...

    def create_intent(self, request: CreateIntent, key: str) -> PaymentFacts: ...

    def charge_saved_card(self, request: ChargeSavedCard, key: str) -> PaymentFacts:
        """A new intent, confirmed at once. Raises Declined with the intent's facts when the bank refuses, as it does
        where it wants the shopper's approval."""
        ...

    def confirm(self, request: Confirm, key: str) -> PaymentFacts:
        """Raises Declined with the intent's facts when the bank refuses."""
        ...

    def capture(self, request: Capture, key: str) -> PaymentFacts: ...

    def cancel(self, request: Cancel, key: str) -> PaymentFacts: ...

    def create_refund(self, request: CreateRefund, key: str) -> RefundFacts: ...

    def pass_tracking(self, request: PassTracking, key: str) -> PaymentFacts:
        """Write shipping and metadata to the intent."""
        ...

    def pass_tracking_on_charge(self, request: PassTracking, key: str) -> None:
        """The second way: the same shipping block on the charge."""
        ...

    def check_key(self) -> AccountFacts:
        """Who the key belongs to and what it may do. Creates and changes nothing."""
        ...


class EventReader(Protocol):
    """Proves where an event comes from that somebody sent."""

    def read(self, body: bytes, signature: str) -> EventHint | None:
        """The hint in an event of Stripe's; None for one that is Stripe's and none of our business: another type,
        mode or account. Raises NotFromStripe, and nothing else."""
        ...


class Orders(Protocol):
    """Orders, their payments, shipments and timelines. Getters raise UnknownOrder."""

    def get(self, order_id: str) -> Order: ...
    def by_reference(self, reference: str) -> Order: ...
    def by_link(self, link_token: str) -> Order: ...
    def by_checkout(self, checkout_id: str) -> Order | None: ...
    def by_intent(self, intent_id: str) -> Order | None: ...

    def unsettled_intents(self, overdue_at: int | None = None) -> tuple[str, ...]:
        """Intents that we do not know to be captured or canceled; with ``overdue_at`` (seconds UTC) only those on hold
        whose time was over then, the longest over first."""
        ...

    def at_the_bank(self) -> tuple[Order, ...]:
        """Orders with manual confirmation whose shopper is asked by the bank, or has approved; none that is closed."""
        ...

    def unfinished(self, placed_until: int, refused_until: int, closed_until: int, limit: int) -> tuple[Order, ...]:
        """Orders of our own checkout on whose original payment nothing was ever held, the oldest first: those still
        open that were placed by ``placed_until``, or by ``refused_until`` where a card was refused, and those closed by
        ``closed_until`` whose intent may be open at Stripe. Times are seconds UTC."""
        ...

    def add(self, order: Order, checkout_id: str, cart_sha256: str) -> None:
        """Insert a new order with its lines and payment. ``checkout_id`` is unique for ever."""
        ...

    def cart_sha256(self, order_id: str) -> str: ...
    def set_customer(self, order_id: str, customer_id: str) -> None: ...

    def save_payment(self, payment: Payment) -> bool:
        """Write the merged facts and problem; True when a fact that a person sees changed (version goes up)."""
        ...

    def save_message(self, order_id: str, message: str) -> None:
        """The seller's own words for the shopper, kept from the moment Prepare is planned."""
        ...

    def save_kept(self, order_id: str, kept: Mapping[int, int], shipping_kept: int) -> None:
        """What Prepare captured: pieces per line position, and shipping in minor units."""
        ...

    def save_shipment(self, order_id: str, shipment: Shipment) -> None: ...
    def save_shopper_contact(self, order: Order) -> None:
        """Write the shopper's name, e-mail, phone and address as changed before paying."""
        ...

    def close(self, order_id: str, at: int) -> None:
        """The shopper's checkout is closed from now on: no more paying."""
        ...

    def expect_version(self, order_id: str, version: int) -> None:
        """Raises OrderChanged when the order is not at ``version``; counts the version up otherwise."""
        ...

    def note(self, order_id: str, entry: TimelineEntry) -> None: ...
    def timeline(self, order_id: str) -> tuple[TimelineEntry, ...]: ...


class Payments(Protocol):
    """What hangs on an order beside its original payment."""

    def save_refund(self, order_id: str, refund: Refund) -> None:
        """Write a refund of one of the order's payments, new or changed; the order's version goes up."""
        ...

    def put(self, payment: Payment) -> None:
        """Write a payment that has no intent yet, new or planned anew. Raises OperationInProgress when the order has
        another one of its role already, begun by somebody else."""
        ...

    def unfinished_renewals(self) -> tuple[Order, ...]:
        """Orders of which two holds stand, or whose new hold is not needed any more."""
        ...

    def captured_intents(self) -> tuple[str, ...]:
        """Intents whose money was captured and is not at its end: the order is to be shipped, or a refund is on its
        way."""
        ...


class Lists(Protocol):
    """What tables and counts show of all orders."""

    def page(self, query: OrderQuery) -> OrderPage: ...
    def overview(self, now: int) -> Overview: ...
    def currencies(self) -> tuple[str, ...]:
        """The currencies of all orders, lower case, by code."""
        ...


class Journal(Protocol):
    """Operations, attempts and the ledger. Uniqueness in the database is the real lock."""

    def plan(self, operation: Operation) -> Operation:
        """Insert ``operation`` as planned; the same id again returns the row that is there.

        Raises OperationInProgress when another money operation on the same payment is open, or when the payment
        was captured already by another operation; CatchingUp while the database is older than the world.
        """
        ...

    def get(self, operation_id: str) -> Operation | None: ...

    def of_order(self, order_id: str) -> tuple[Operation, ...]:
        """Every operation of an order, oldest first."""
        ...

    def open_operations(self, system_now: int) -> tuple[Operation, ...]:
        """Open ones nobody works on and that are due, oldest first; those in review are left out."""
        ...

    def in_review(self) -> tuple[Operation, ...]:
        """Those that wait for a person, oldest first."""
        ...

    def claim(self, operation_id: str, seat: str, system_now: int, now: int) -> Operation | None:
        """Take the lease, for longer than any pass takes, and count the fence and the attempts up; None when it is
        taken or final. Raises CatchingUp while the database is older than the world."""
        ...

    def start_attempt(self, operation: Operation, at: int) -> None: ...

    def end_attempt(
        self,
        operation: Operation,
        at: int,
        outcome: str,
        http_status: int | None,
        code: str,
        request_id: str,
        replayed: bool,
    ) -> None: ...

    def finish(self, operation: Operation, state: OperationState, outcome: str, at: int) -> bool:
        """Move to a final state, or to review, if the fence is still ours. False: somebody else finished it."""
        ...

    def postpone(self, operation: Operation, outcome: str, next_try_at: int, new_generation: bool = False) -> bool:
        """Back to unknown, lease given up, to be tried at ``next_try_at`` (system seconds)."""
        ...

    def tries(self, operation_id: str, generation: int | None = None) -> tuple[Try, ...]:
        """The earlier attempts with this generation's key, or with any, oldest first. The attempt under way (started,
        not ended, with the operation's current fence) is left out."""
        ...

    def enter(
        self,
        operation_id: str | None,
        source: str,
        stripe_object: str,
        kind: str,
        amount: int,
        currency: str,
        at: int,
    ) -> bool:
        """Append to the ledger; False when this object and kind are there already."""
        ...

    def booked(self, stripe_object: str) -> dict[str, int]:
        """What the ledger has of one object: minor units by kind."""
        ...


class CatalogueStore(Protocol):
    """Products and shipping rates."""

    def hold(self) -> None:
        """Let nobody else change them before this transaction ends: for what is read to be replaced."""
        ...

    def products(self) -> tuple[Product, ...]: ...
    def shipping_rates(self) -> tuple[ShippingRate, ...]: ...
    def replace(self, products: Iterable[Product], rates: Iterable[ShippingRate]) -> None: ...
    def take_from_stock(self, pieces: Mapping[str, int]) -> None:
        """Lower the stock per SKU, never below zero."""
        ...

    def set_on_hand(self, sku: str, seen: int, wanted: int) -> bool:
        """Set a count that is still as it was seen; False, and nothing changed, where it is not."""
        ...


class Inbox(Protocol):
    """Events seen, and how far the stream was read."""

    def add(self, hints: Iterable[EventHint], via: str, at: int) -> int:
        """Insert those not seen before; how many were new."""
        ...

    def waiting(self) -> tuple[EventHint, ...]: ...
    def handled(self, event_ids: Iterable[str], at: int, note: str) -> None: ...
    def watermark(self, stream: str) -> int | None: ...
    def move_watermark(self, stream: str, last_created: int) -> None: ...


class Shared(Protocol):
    """Small facts that all seats share, by name."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, value: str) -> None: ...

    def put_untold(self, key: str, value: str) -> None:
        """Put what is no news to a person, as the only thing that is written in this transaction: on a server the
        other seats are not told that something changed."""
        ...


class History(Protocol):
    """What happened over time. Moments are seconds UTC; ``until`` itself is left out."""

    def has_orders(self) -> bool:
        """Whether there is any order at all."""
        ...

    def holds(self, since: int, until: int) -> tuple[Hold, ...]:
        """Holds that began then, with what became of them until now."""
        ...

    def refusals(self, since: int, until: int) -> tuple[Refusal, ...]:
        """Refused attempts that became known then."""
        ...

    def left_out(self, until: int) -> tuple[LeftOut, ...]:
        """What shortened captures before ``until`` left out, one value an order, where the card was saved."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without ``commit`` undoes everything."""

    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def catalogue(self) -> CatalogueStore: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def history(self) -> History: ...
    @property
    def shared(self) -> Shared: ...
    @property
    def standing(self) -> DatabaseStanding: ...

    def commit(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """Where transactions come from."""

    def write(self) -> UnitOfWork:
        """A writing transaction; one at a time per process. Raises StoreError's family."""
        ...

    def read(self) -> UnitOfWork:
        """A reading one; ``commit`` is not needed."""
        ...
