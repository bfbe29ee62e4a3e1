"""What lists need: light rows, a query, a page of rows, and the counts beside the stages."""

from dataclasses import dataclass

from sellerdesk.domain.operation import OpenOperation
from sellerdesk.domain.order import Order, Stage, TimelineEntry
from sellerdesk.domain.payment import CardFacts, Problem

# Why an order ended that Stripe did not cancel: the shopper's checkout was closed before anything was held.
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list is narrowed to. Each part narrows further; as they are usually, they narrow nothing.

    ``lapses_before``: only holds with a deadline before this second (UTC). ``short``: only orders to prepare that stock
    does not cover. ``doubtful``: only orders whose card failed a check, or whose risk Stripe calls raised.
    ``currencies``: only these (lower case), none means all.
    """

    lapses_before: int | None = None
    short: bool = False
    doubtful: bool = False
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which rows: one stage (None = all), words that must all be found, at most ``limit``, after the row whose
    ``cursor`` is given ('' = from the start), of those that ``only`` lets through."""

    stage: Stage | None
    text: str = ""
    limit: int = 200
    after: str = ""
    only: OrderFilter = OrderFilter()


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a table row. Amounts minor units, times seconds UTC. ``cursor`` asks for what follows it."""

    id: str
    reference: str
    version: int
    stage: Stage
    placed_at: int
    deadline: int | None
    shopper: str
    pieces: int
    items: str
    amount: int
    captured: int
    currency: str
    card: CardFacts | None
    risk_level: str
    short: int
    carrier: str
    stage_at: int
    problem: Problem | None
    ended_because: str
    raw_status: str
    open_operation: OpenOperation | None
    cursor: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Rows in the order of the stage (deadline first where one runs), and whether more follow."""

    rows: tuple[OrderRow, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of one currency; sums of different currencies are never added up."""

    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts per stage, what is on hold, and what of it lapses within 24 hours, per currency. ``decisions`` are those
    among the open operations that wait for a person."""

    counts: tuple[tuple[Stage, int], ...]
    on_hold: tuple[Sum, ...]
    at_risk: tuple[Sum, ...]
    at_risk_count: int
    open_operations: int
    decisions: int = 0

    def count(self, stage: Stage) -> int:
        return dict(self.counts).get(stage, 0)


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order with its timeline, newest entry first."""

    order: Order
    timeline: tuple[TimelineEntry, ...]
