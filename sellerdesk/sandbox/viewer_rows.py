"""The kinds of things that the sandbox's own pages list, and what a row tells of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sellerdesk.sandbox.aftermath import Dispute, Refund
from sellerdesk.sandbox.currencies import shown
from sellerdesk.sandbox.objects import Charge, Customer, Event, Intent
from sellerdesk.sandbox.state import SeenRequest
from sellerdesk.sandbox.status import status_of
from sellerdesk.sandbox.viewer_json import way_to
from sellerdesk.sandbox.webhook_facts import Attempt, Endpoint
from sellerdesk.sandbox.world import World

PAGE = 50
"""Rows on one page."""

_TONES = {
    "requires_capture": "held", "succeeded": "good", "captured": "good", "held": "held", "canceled": "calm",
    "released": "calm", "failed": "bad", "requires_action": "wait", "pending": "wait", "needs_response": "bad",
    "warning_needs_response": "wait",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """Plain text, perhaps with a way to an object, a second line, or a tone (``good``, ``bad``, ``wait``, ...).

    ``end`` puts it to the end of its column, ``whole`` keeps it on one line.
    """

    text: str
    href: str | None = None
    below: str = ""
    tone: str | None = None
    end: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list; ``at`` is seconds UTC."""

    at: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list shows: its name in the address, its title, its columns, and where its rows come from."""

    name: str
    title: str
    columns: tuple[str, ...]
    things: Callable[[World], Sequence[Any]]
    row: Callable[[World, Any], Row]
    empty: str
    on_overview: bool = False

    def count(self, world: World) -> int:
        """How many there are; the world is open."""
        return len(self.things(world))

    def rows(self, world: World, skip: int, limit: int) -> list[Row]:
        """``limit`` of them after the newest ``skip``, the newest first; the world is open."""
        newest: Iterable[Any] = reversed(self.things(world))
        return [self.row(world, thing) for thing in islice(newest, skip, skip + limit)]


def kind_called(name: str) -> Kind | None:
    """The kind of a list by its name in the address."""
    return next((kind for kind in KINDS if kind.name == name), None)


def _id(identifier: str, below: str = "") -> Cell:
    return Cell(identifier, way_to(identifier), below)


def _state(status: str) -> Cell:
    return Cell(status.replace("_", " "), tone=_TONES.get(status, "plain"))


def _money(amount: int, currency: str) -> Cell:
    return Cell(shown(amount, currency), end=True)


def _intent(world: World, intent: Intent) -> Row:
    below = intent.description or ""
    status = _state(status_of(world, intent))
    received = _money(intent.amount_received, intent.currency)
    return Row(intent.created, (_id(intent.id, below), status, _money(intent.amount, intent.currency), received))


def _charge(_world: World, charge: Charge) -> Row:
    card = f"{charge.method.card.brand} •••• {charge.method.card.last4}"
    if charge.failure is not None:
        status = "failed"
    elif charge.held:
        status = "held"
    else:
        status = "captured" if charge.captured_at is not None else "released"
    money = _money(charge.amount, charge.currency)
    return Row(charge.created, (_id(charge.id, card), _state(status), money, _id(charge.intent)))


def _customer(_world: World, customer: Customer) -> Row:
    name, email = (Cell(str(customer.data.get(field) or "")) for field in ("name", "email"))
    return Row(customer.created, (_id(customer.id), name, email))


def _refund(_world: World, refund: Refund) -> Row:
    money = _money(refund.amount, refund.currency)
    return Row(refund.created, (_id(refund.id, refund.reason or ""), _state(refund.status), money, _id(refund.intent)))


def _dispute(_world: World, dispute: Dispute) -> Row:
    money = _money(dispute.amount, dispute.currency)
    return Row(dispute.created, (_id(dispute.id), Cell(dispute.reason.replace("_", " ")), money, _id(dispute.intent)))


def _event(_world: World, event: Event) -> Row:
    return Row(event.created, (_id(event.id), Cell(event.type, whole=True), _id(str(event.object.get("id") or ""))))


def _endpoint(world: World, endpoint: Endpoint) -> Row:
    mine = [delivery for delivery in world.store.deliveries if delivery.endpoint == endpoint.id]
    waiting = sum(delivery.due is not None for delivery in mine)
    taken = sum(any(_is_taken(attempt) for attempt in delivery.attempts) for delivery in mine)
    state = Cell("disabled", tone="calm") if endpoint.disabled else Cell("enabled", tone="good")
    told = f"{taken} of {len(mine)} taken" + (f", {waiting} waiting" if waiting else "")
    return Row(endpoint.created, (_id(endpoint.id, endpoint.url), state, Cell(told)))


def _is_taken(attempt: Attempt) -> bool:
    return attempt.status is not None and 200 <= attempt.status < 300


def _request(_world: World, request: SeenRequest) -> Row:
    ids = [word for word in request.path.split("/") if way_to(word)]
    note = "answered from memory" if request.replayed else ""
    if request.fault:
        note = f"fault: {request.fault}"
    status = request.status
    tone = "bad" if status is None or status >= 500 else "wait" if status >= 400 else "plain"
    return Row(
        request.at,
        (
            Cell(f"{request.method} {request.path}", way_to(ids[0]) if ids else None, note),
            Cell("no answer" if status is None else str(status), tone=tone),
            Cell(request.idempotency_key or "", whole=True),
            Cell(request.version or "none sent", whole=True),
        ),
    )


KINDS: tuple[Kind, ...] = (
    Kind(
        "payment_intents", "Payment intents", ("Payment intent", "Status", "Amount", "Received"),
        lambda world: list(world.store.intents.values()), _intent,
        "No payment yet. Create one with any SDK, as shown below.", on_overview=True,
    ),
    Kind(
        "charges", "Charges", ("Charge", "Status", "Amount", "Payment intent"),
        lambda world: list(world.store.charges.values()), _charge, "No card was asked for money yet.",
    ),
    Kind(
        "customers", "Customers", ("Customer", "Name", "Email"),
        lambda world: list(world.store.customers.values()), _customer, "No customer yet.",
    ),
    Kind(
        "refunds", "Refunds", ("Refund", "Status", "Amount", "Payment intent"),
        lambda world: list(world.store.refunds.values()), _refund, "Nothing was paid back yet.",
    ),
    Kind(
        "disputes", "Disputes", ("Dispute", "Reason", "Amount", "Payment intent"),
        lambda world: list(world.store.disputes.values()), _dispute,
        "No dispute. The test card 4000 0000 0000 0259 raises one when it is charged.",
    ),
    Kind(
        "events", "Events", ("Event", "Type", "Object"),
        lambda world: list(world.store.events.values()), _event, "Nothing has happened yet.",
    ),
    Kind(
        "webhook_endpoints", "Webhooks", ("Endpoint", "State", "Events"),
        lambda world: list(world.store.endpoints.values()), _endpoint, "Nobody is told of events by webhook.",
    ),
    Kind(
        "requests", "Requests", ("Request", "Answer", "Idempotency key", "Stripe-Version"),
        lambda world: list(world.seen), _request, "Nobody has asked anything yet.", on_overview=True,
    ),
)  # fmt: skip
