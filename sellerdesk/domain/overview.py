"""What became of the holds over some days: sums a day and currency, how early they were captured, why payments
failed, and what is owed to shoppers. Pure: whoever calls brings the days and what was read.

Counts are over all currencies; sums are of one currency each and are never added up across them.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from sellerdesk.domain.failures import Reason, reason_of
from sellerdesk.domain.listing import Sum

_HOUR = 3600
_DAY = 24 * _HOUR
# A back-order that has been open for longer than this is an old one.
OLD_AFTER_DAYS = 10
# The time left on a hold when it was captured, in steps: more than the first, more than the second, and so on.
LEAD_STEPS = (7 * _DAY, 6 * _DAY, 5 * _DAY, 4 * _DAY, 3 * _DAY, 2 * _DAY, _DAY, 6 * _HOUR, -1)


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of some holds of one currency, minor units; the four add up to what was authorized."""

    captured: int = 0
    held: int = 0
    released: int = 0
    lapsed: int = 0

    @property
    def total(self) -> int:
        return self.captured + self.held + self.released + self.lapsed

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            self.captured + other.captured,
            self.held + other.held,
            self.released + other.released,
            self.lapsed + other.lapsed,
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """One authorization and what became of it. Times are seconds UTC.

    ``deadline`` is the real one, or None where Stripe told none. ``captured_at`` is when the capture became known
    here, None where there was none.
    """

    reference: str
    currency: str
    authorized_at: int
    deadline: int | None
    captured_at: int | None
    shares: Shares

    @property
    def lead(self) -> int | None:
        """Seconds that were left when it was captured; None for one that was not, or where that cannot be known: a
        capture made elsewhere may become known only after the deadline."""
        if not self.shares.captured or self.deadline is None or self.captured_at is None:
            return None
        lead = self.deadline - self.captured_at
        return lead if lead >= 0 else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused attempt. ``code`` is Stripe's decline code, else its error code; ``paid_later`` tells whether the
    order got its hold after all."""

    order_id: str
    code: str
    paid_later: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Items left out of one shortened capture whose shopper let the card be saved: ``worth`` minor units, tax
    included. ``since`` is when the rest was captured."""

    currency: str
    since: int
    worth: int


@dataclass(frozen=True, slots=True)
class CurrencyDays:
    """The holds of one currency, by the day on which they were made."""

    currency: str
    holds: int
    days: tuple[Shares, ...]

    @property
    def total(self) -> Shares:
        return sum(self.days, Shares())


@dataclass(frozen=True, slots=True)
class Leads:
    """How early holds were captured. ``counts`` go with LEAD_STEPS. ``captures`` are all of them, ``unknown`` those
    of which nobody can tell how early; ``median`` is seconds, None without a known one. ``lapsed`` are the references
    of holds that were lost to time, the oldest first."""

    counts: tuple[int, ...]
    captures: int
    unknown: int
    median: int | None
    lapsed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """Refused attempts by reason, the most frequent first; ``orders`` is on how many orders, ``paid_later`` how many
    of these were paid after all."""

    by_reason: tuple[tuple[Reason, int], ...]
    orders: int
    paid_later: int

    @property
    def refusals(self) -> int:
        return sum(count for _, count in self.by_reason)


@dataclass(frozen=True, slots=True)
class BackOrders:
    """Back-orders open at the end of each day (the last: now), how many of them were old by then, and what those open
    now are worth per currency."""

    open: tuple[int, ...]
    old: tuple[int, ...]
    worth: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the overview shows. ``starts`` are the beginnings of the days, seconds UTC; ``now`` is when this was
    read, and ``ends`` when the last day is over. ``currencies`` begin with the one of most holds. ``has_orders`` tells
    whether the shop ever had one."""

    starts: tuple[int, ...]
    ends: int
    now: int
    currencies: tuple[CurrencyDays, ...]
    leads: Leads
    failures: Failures
    back_orders: BackOrders
    has_orders: bool

    def of_currency(self, currency: str) -> CurrencyDays:
        """The sums of ``currency``; zeros where it had no hold in these days."""
        nothing = CurrencyDays(currency, 0, (Shares(),) * len(self.starts))
        return next((each for each in self.currencies if each.currency == currency), nothing)


def day_bounds(now: int, days: int, zone: tzinfo | None = None) -> tuple[int, ...]:
    """The beginnings of the last ``days`` days, today among them, and of tomorrow, seconds UTC, as the calendar of
    ``zone`` has them; None is this computer's zone. Days on which clocks change have other lengths."""
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    dates = (today + timedelta(days=back) for back in range(1 - days, 2))
    midnights = (datetime.combine(each, time.min, tzinfo=zone) for each in dates)
    # A moment without a zone is taken for this computer's time.
    return tuple(int(each.astimezone(UTC).timestamp()) for each in midnights)


def figures(
    bounds: Sequence[int],
    now: int,
    holds: Iterable[Hold],
    refusals: Iterable[Refusal],
    left_out: Iterable[LeftOut],
    *,
    has_orders: bool,
) -> Figures:
    """What was read, summed up for the days between ``bounds``. Holds outside of them are passed over."""
    inside = [hold for hold in holds if bounds[0] <= hold.authorized_at < bounds[-1]]
    return Figures(
        starts=tuple(bounds[:-1]),
        ends=bounds[-1],
        now=now,
        currencies=_by_currency(bounds, inside),
        leads=_leads(inside),
        failures=_failures(refusals),
        back_orders=_back_orders(bounds, now, tuple(left_out)),
        has_orders=has_orders,
    )


def _by_currency(bounds: Sequence[int], holds: Iterable[Hold]) -> tuple[CurrencyDays, ...]:
    counts: Counter[str] = Counter()
    sums: dict[str, list[Shares]] = {}
    for hold in holds:
        counts[hold.currency] += 1
        days = sums.setdefault(hold.currency, [Shares()] * (len(bounds) - 1))
        days[bisect_right(bounds, hold.authorized_at) - 1] += hold.shares
    whole = (CurrencyDays(currency, counts[currency], tuple(days)) for currency, days in sums.items())
    return tuple(sorted(whole, key=lambda each: (-each.holds, each.currency)))


def _leads(holds: Iterable[Hold]) -> Leads:
    counts = [0] * len(LEAD_STEPS)
    known: list[int] = []
    captures = 0
    lapsed: list[tuple[int, str]] = []
    for hold in holds:
        captures += hold.shares.captured > 0
        if hold.shares.lapsed:
            lapsed.append((hold.authorized_at, hold.reference))
        lead = hold.lead
        if lead is not None:
            known.append(lead)
            counts[next(index for index, step in enumerate(LEAD_STEPS) if lead > step)] += 1
    # The lower of two middle ones: "half had this much or more" must not promise too much.
    median = sorted(known)[(len(known) - 1) // 2] if known else None
    return Leads(
        counts=tuple(counts),
        captures=captures,
        unknown=captures - len(known),
        median=median,
        lapsed=tuple(reference for _, reference in sorted(lapsed)),
    )


def _failures(refusals: Iterable[Refusal]) -> Failures:
    counts: Counter[Reason] = Counter()
    paid_later: dict[str, bool] = {}
    for refusal in refusals:
        counts[reason_of(refusal.code)] += 1
        paid_later[refusal.order_id] = refusal.paid_later
    by_reason = tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0].label)))
    return Failures(by_reason, len(paid_later), sum(paid_later.values()))


def _back_orders(bounds: Sequence[int], now: int, left_out: Sequence[LeftOut]) -> BackOrders:
    since = sorted(each.since for each in left_out)
    ends = [min(end, now + 1) for end in bounds[1:]]
    worth: dict[str, int] = {}
    for each in left_out:
        worth[each.currency] = worth.get(each.currency, 0) + each.worth
    return BackOrders(
        open=tuple(_before(since, end) for end in ends),
        old=tuple(_before(since, end - OLD_AFTER_DAYS * _DAY) for end in ends),
        worth=tuple(Sum(currency, worth[currency]) for currency in sorted(worth)),
    )


def _before(moments: Sequence[int], end: int) -> int:
    """How many of the sorted ``moments`` lie before ``end``."""
    return bisect_right(moments, end - 1)
