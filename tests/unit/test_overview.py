"""The overview's sums: days by the calendar, currencies apart, leads in steps, and what is owed day by day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.declines import explain
from sellerdesk.domain.failures import APPROVAL, BLOCKED, FUNDS, UNSAID, reason_of
from sellerdesk.domain.listing import Sum
from sellerdesk.domain.overview import (
    LEAD_STEPS,
    Figures,
    Hold,
    LeftOut,
    Refusal,
    Shares,
    day_bounds,
    figures,
)
from tests.builders import DAY, NOW, problem

HOUR = 3600
PARIS = ZoneInfo("Europe/Paris")
BOUNDS = day_bounds(NOW, 14, PARIS)


def hold(at: int = NOW - HOUR, *, currency: str = "eur", lead: int | None = None, **changes: object) -> Hold:
    """100.00 on hold for seven days; captured with ``lead`` seconds left."""
    deadline = at + 7 * DAY
    captured = lead is not None
    plain = Hold(
        "K7QP3MX2", currency, at, deadline, deadline - lead if lead is not None else None,
        Shares(captured=10_000) if captured else Shares(held=10_000),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def lapsed(at: int, reference: str) -> Hold:
    return hold(at, reference=reference, shares=Shares(lapsed=10_000))


def sums(
    holds: Sequence[Hold] = (), refusals: Sequence[Refusal] = (), left_out: Sequence[LeftOut] = (), now: int = NOW
) -> Figures:
    return figures(BOUNDS, now, holds, refusals, left_out, has_orders=True)


# --- days ------------------------------------------------------------------------------------------------


def local(at: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%d %H:%M}"


def test_days_begin_at_midnight_where_the_seller_is() -> None:
    assert [local(at, PARIS) for at in BOUNDS][::13] == ["10 00:00", "23 00:00"]
    assert BOUNDS[-2] <= NOW < BOUNDS[-1]
    assert len(BOUNDS) == 15


def test_days_on_which_clocks_change_are_longer_and_shorter() -> None:
    # 25 October 2026: back by an hour. https://www.iana.org/time-zones
    bounds = day_bounds(1_793_000_000, 14, PARIS)
    assert {end - start for start, end in pairwise(bounds)} == {DAY, DAY + HOUR}
    assert {local(at, PARIS)[3:] for at in bounds} == {"00:00"}


def test_a_midnight_that_never_was_begins_when_the_clock_jumped() -> None:
    # In Cairo clocks go from 24:00 to 01:00 on the last Friday of April.
    cairo = ZoneInfo("Africa/Cairo")
    at = int(datetime(2026, 4, 24, 12, tzinfo=cairo).timestamp())
    bounds = day_bounds(at, 2, cairo)
    assert [local(each, cairo) for each in bounds] == ["23 00:00", "24 01:00", "25 00:00"]
    assert bounds[2] - bounds[1] == 23 * HOUR


@given(st.integers(0, 2**32), st.integers(1, 90), st.sampled_from(["Asia/Kolkata", "America/St_Johns", "UTC"]))
def test_today_is_the_last_day(now: int, days: int, name: str) -> None:
    bounds = day_bounds(now, days, ZoneInfo(name))
    assert len(bounds) == days + 1
    assert bounds[-2] <= now < bounds[-1]
    assert sorted(set(bounds)) == list(bounds)


def test_without_a_zone_it_is_this_computers() -> None:
    bounds = day_bounds(NOW, 3)
    assert [f"{datetime.fromtimestamp(at).astimezone():%H:%M}" for at in bounds] == ["00:00"] * 4


# --- sums ------------------------------------------------------------------------------------------------


def test_currencies_are_never_added_up() -> None:
    found = sums([hold(), hold(currency="jpy"), hold(currency="jpy", lead=HOUR)])
    assert [each.currency for each in found.currencies] == ["jpy", "eur"]
    assert found.of_currency("jpy").total == Shares(captured=10_000, held=10_000)
    assert found.of_currency("eur").total == Shares(held=10_000)
    assert found.of_currency("usd").total == Shares()
    assert len(found.of_currency("usd").days) == 14


def test_a_hold_counts_on_the_day_it_was_made() -> None:
    edges = [BOUNDS[3], BOUNDS[4] - 1, BOUNDS[4], BOUNDS[0] - 1, BOUNDS[-1]]
    days = sums([hold(at) for at in edges]).of_currency("eur").days
    assert [index for index, day in enumerate(days) if day.total] == [3, 4]
    assert days[3].held == 20_000


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["eur", "jpy"]),
            st.integers(BOUNDS[0], BOUNDS[-1] - 1),
            st.tuples(*[st.integers(0, 10**8)] * 4),
        )
    )
)
def test_nothing_is_lost_between_holds_and_sums(made: list[tuple[str, int, tuple[int, int, int, int]]]) -> None:
    found = sums([hold(at, currency=currency, shares=Shares(*parts)) for currency, at, parts in made])
    for currency in ("eur", "jpy"):
        expected = [parts for each, _, parts in made if each == currency]
        total = found.of_currency(currency).total
        assert (total.captured, total.held, total.released, total.lapsed) == tuple(
            sum(parts[index] for parts in expected) for index in range(4)
        )


# --- leads -----------------------------------------------------------------------------------------------


def test_leads_fall_into_steps() -> None:
    leads = [8 * DAY, 7 * DAY, 6 * DAY + 1, 6 * DAY, DAY + 1, DAY, 6 * HOUR + 1, 6 * HOUR, 0]
    found = sums([hold(lead=lead) for lead in leads]).leads
    assert found.counts == (1, 2, 1, 0, 0, 0, 1, 2, 2)
    assert len(found.counts) == len(LEAD_STEPS)
    assert (found.captures, found.unknown) == (9, 0)


@pytest.mark.parametrize(("leads", "median"), [([], None), ([5], 5), ([1, 9], 1), ([9, 1, 5], 5), ([4, 1, 3, 2], 2)])
def test_half_had_the_median_or_more(leads: list[int], median: int | None) -> None:
    assert sums([hold(lead=lead) for lead in leads]).leads.median == median


def test_a_lead_that_nobody_knows_is_counted_and_not_guessed() -> None:
    late = hold(lead=-5)
    found = sums([late, hold(lead=5, deadline=None), hold(lead=5, captured_at=None), hold(lead=5), hold()]).leads
    assert (found.captures, found.unknown, found.median) == (4, 3, 5)
    assert sum(found.counts) == 1


def test_lapsed_holds_are_named_oldest_first() -> None:
    found = sums([lapsed(NOW - DAY, "B"), lapsed(NOW - 2 * DAY, "A"), hold(lead=5)]).leads
    assert found.lapsed == ("A", "B")
    assert found.captures == 1


# --- failures and back-orders ----------------------------------------------------------------------------


def test_failures_are_grouped_the_most_frequent_first() -> None:
    codes = ["insufficient_funds", "withdrawal_count_limit_exceeded", "lost_card", "do_not_honor", "brand_new_code"]
    refusals = [Refusal(f"order-{index % 3}", code, index % 3 == 0) for index, code in enumerate(codes)]
    found = sums(refusals=refusals).failures
    assert found.by_reason == ((UNSAID, 2), (FUNDS, 2), (BLOCKED, 1))
    assert (found.refusals, found.orders, found.paid_later) == (5, 3, 1)


def test_what_a_shopper_must_not_hear_is_never_called_harmless() -> None:
    for code in ("lost_card", "stolen_card", "pickup_card", "restricted_card"):
        assert not explain(problem(decline_code=code)).tell
        assert reason_of(code).is_final
    assert reason_of("payment_intent_authentication_failure") is APPROVAL
    assert reason_of("") is UNSAID


def test_back_orders_are_counted_day_by_day() -> None:
    left_out = [LeftOut("eur", BOUNDS[0] - 12 * DAY, 500), LeftOut("jpy", BOUNDS[2], 40), LeftOut("eur", NOW, 70)]
    found = sums(left_out=left_out).back_orders
    assert found.open == (1, 1, *[2] * 11, 3)
    assert found.old == (*[1] * 12, 2, 2)
    assert found.worth == (Sum("eur", 570), Sum("jpy", 40))


def test_the_last_day_tells_of_now_and_not_of_midnight() -> None:
    found = sums(left_out=[LeftOut("eur", NOW - 10 * DAY + 60, 1)]).back_orders
    assert found.old[-1] == 0
    assert sums(left_out=[LeftOut("eur", NOW - 10 * DAY, 1)]).back_orders.old[-1] == 1
