"""Everything the sandbox remembers, behind one lock."""

import hashlib
import heapq
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from sellerdesk.sandbox.aftermath import Dispute, EarlyFraudWarning, Receipt, Refund, Review
from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.declines import Refusal
from sellerdesk.sandbox.eventlog import as_told, what_changed
from sellerdesk.sandbox.faults import Faults
from sellerdesk.sandbox.idempotency import Memory
from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.objects import (
    CardToken,
    Challenge,
    Charge,
    ConfirmationToken,
    Customer,
    Event,
    Intent,
    Json,
    PaymentMethod,
)
from sellerdesk.sandbox.shelf import Shelf
from sellerdesk.sandbox.switches import Switches
from sellerdesk.sandbox.versions import NEWEST, Version
from sellerdesk.sandbox.webhook_facts import Delivery, Endpoint


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request that arrived. Bodies and query strings are never kept: they may hold secrets.

    ``version`` is the ``Stripe-Version`` header, ``None`` when there was none.
    """

    at: int
    method: str
    path: str
    idempotency_key: str | None
    status: int | None
    replayed: bool
    fault: str | None
    version: str | None = None


@dataclass
class Store:
    """The objects by identifier, each kind in the order of creation."""

    customers: Shelf[Customer] = field(default_factory=Shelf)
    deleted_customers: set[str] = field(default_factory=set)
    methods: Shelf[PaymentMethod] = field(default_factory=Shelf)
    tokens: dict[str, CardToken] = field(default_factory=dict)
    confirmation_tokens: dict[str, ConfirmationToken] = field(default_factory=dict)
    intents: Shelf[Intent] = field(default_factory=lambda: Shelf("customer"))
    charges: Shelf[Charge] = field(default_factory=lambda: Shelf("intent", "customer"))
    events: Shelf[Event] = field(default_factory=Shelf)
    balance_transactions: dict[str, Json] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    refunds: Shelf[Refund] = field(default_factory=lambda: Shelf("charge", "intent"))
    disputes: Shelf[Dispute] = field(default_factory=lambda: Shelf("charge", "intent"))
    warnings: Shelf[EarlyFraudWarning] = field(default_factory=lambda: Shelf("charge", "intent"))
    reviews: Shelf[Review] = field(default_factory=lambda: Shelf("charge", "intent"))
    receipts: list[Receipt] = field(default_factory=list)
    refusals: deque[Refusal] = field(default_factory=deque)
    hold_seconds: deque[int] = field(default_factory=deque)
    timers: list[tuple[int, int, str, str]] = field(default_factory=list)
    timer_count: int = 0
    endpoints: Shelf[Endpoint] = field(default_factory=Shelf)
    deliveries: list[Delivery] = field(default_factory=list)
    undelivered: dict[str, set[str]] = field(default_factory=dict)
    last_told: dict[str, Json] = field(default_factory=dict)
    search_index: dict[str, tuple[int, dict[str, Json]]] = field(default_factory=dict)

    def schedule(self, due: int, kind: str, identifier: str) -> None:
        """Let something happen by itself at ``due`` (seconds UTC); whether it still applies is judged then."""
        self.timer_count += 1
        heapq.heappush(self.timers, (due, self.timer_count, kind, identifier))


class State:
    """The pretended account's memory. Every access happens inside ``with state.open(...)``.

    ``default_version`` answers requests that name no version, and is what events are written in.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        shop_name: str = "Sandbox shop",
        default_version: Version = NEWEST,
    ) -> None:
        self.clock = clock or Clock()
        self.ids = ids or IdSource()
        self.shop_name = shop_name
        self.default_version = self._first_version = default_version
        self.switches = Switches()
        self.arrivals: Counter[tuple[str, int, str]] = Counter()
        self.busy: set[str] = set()
        self.account = self.ids.new("acct", 16)
        self.base_url = ""
        self.lock = threading.RLock()
        self.faults = Faults()
        self.memory = Memory()
        self.store = Store()
        self.seen: deque[SeenRequest] = deque(maxlen=2000)
        self.refuse_shipping_after_authorization = False
        self.revoked_keys: set[str] = set()
        self.restricted_keys: dict[str, frozenset[str]] = {}
        self._request: tuple[str | None, str | None] = (None, None)
        self._told: list[Event] = []
        self.clock.watch(self._clock_moved)

    @contextmanager
    def open(self, request_id: str | None = None, idempotency_key: str | None = None) -> Iterator[Self]:
        """Take the lock, catch up with the clock, and stamp events with the request that causes them."""
        with self.lock:
            self.settle()
            self._make_known()
            before, self._request = self._request, (request_id, idempotency_key)
            try:
                yield self
            finally:
                self._request = before
                self._make_known()

    def settle(self) -> None:
        """Let happen what was due by now; the lock is held. A bare state has nothing that happens by itself."""

    def _clock_moved(self) -> None:
        with self.open():
            pass

    def reset(self) -> None:
        """Forget everything that was made, including faults, keys and remembered answers; the clock stays."""
        self.faults.clear()
        with self.lock:
            self.store = Store()
            self.memory = Memory()
            self.seen.clear()
            self.refuse_shipping_after_authorization = False
            self.revoked_keys = set()
            self.restricted_keys = {}
            self.default_version = self._first_version
            self.switches = Switches()
            self.arrivals.clear()

    def emit(self, kind: str, snapshot: Json, at: int | None = None) -> None:
        """Tell that something happened to the object in ``snapshot``. ``at`` is seconds UTC, now when left out."""
        request_id, key = self._request if at is None else (None, None)
        moment = self.clock.now() if at is None else at
        before, self.store.last_told[snapshot["id"]] = self.store.last_told.get(snapshot["id"]), snapshot
        self._told.append(
            Event(
                id=self.ids.new("evt"),
                created=moment,
                type=kind,
                object=self.in_version(snapshot, self.default_version),
                request_id=request_id,
                idempotency_key=key,
                api_version=str(self.default_version),
                newest=snapshot,
                previous=what_changed(before, snapshot) if before and kind.endswith(".updated") else None,
            )
        )

    def publish(self, events: list[Event]) -> None:
        """Pass on events that have become known. A bare state tells nobody."""

    def _make_known(self) -> None:
        if not self._told:
            return
        events, self._told = as_told(self._told, self.switches, self.ids), []
        self.store.events.update((event.id, event) for event in events)
        self.publish(events)

    def in_version(self, node: Any, _version: Version) -> Any:
        """``node`` as another API version shows it. A bare state knows only the newest."""
        return node

    def fingerprint(self, number: str) -> str:
        """The same text for the same card within this account, from which the number cannot be told."""
        return hashlib.sha256(f"{self.account}:{number}".encode()).hexdigest()[:16]

    def record(self, request: SeenRequest) -> None:
        """Remember that a request arrived."""
        with self.lock:
            self.seen.append(request)

    def revoke_key(self, key: str) -> None:
        """From now on answer this key with 401."""
        with self.lock:
            self.revoked_keys.add(key)

    def restrict_key(self, key: str, permissions: frozenset[str]) -> None:
        """Let ``key`` (``rk_test_...``) do only what is named, such as ``payment_intent_write``."""
        if not key.startswith("rk_test_"):
            raise ValueError("Only rk_test_... keys can carry permissions.")
        with self.lock:
            self.restricted_keys[key] = permissions
