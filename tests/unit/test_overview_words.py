"""The overview's sentences, tables and CSV: numbers with their nouns, days by the calendar, currencies apart."""

import csv
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from sellerdesk.domain.failures import BLOCKED, FUNDS
from sellerdesk.domain.listing import Sum
from sellerdesk.domain.overview import BackOrders, CurrencyDays, Failures, Figures, Leads, Shares, day_bounds
from sellerdesk.ui import overview_words as words
from tests.builders import NOW

PARIS = ZoneInfo("Europe/Paris")
BOUNDS = day_bounds(NOW, 3, PARIS)
NO_LEADS = Leads((0,) * 9, 0, 0, None, ())
NOTHING = Figures(
    starts=BOUNDS[:-1],
    ends=BOUNDS[-1],
    now=NOW,
    currencies=(),
    leads=NO_LEADS,
    failures=Failures((), 0, 0),
    back_orders=BackOrders((0, 0, 0), (0, 0, 0), ()),
    has_orders=True,
)
EUROS = CurrencyDays("eur", 3, (Shares(captured=10_000), Shares(), Shares(held=550, released=3210, lapsed=9290)))


def with_leads(**changes: object) -> Figures:
    return replace(NOTHING, leads=replace(NO_LEADS, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("captures", "lapsed", "said"),
    [
        (0, (), ("No hold of these 3 days is decided yet.", "")),
        (1, (), ("The one hold was captured in time.", "")),
        (170, (), ("All 170 holds captured in time.", "")),
        (0, ("AAAABBBB",), ("0 of 1 holds captured in time.", "1 lapsed: order AAAA-BBBB.")),
        (170, ("AAAABBBB", "CCCCDDDD"), ("170 of 172 holds captured in time.",
                                         "2 lapsed: orders AAAA-BBBB and CCCC-DDDD.")),
        (1, ("A" * 8,) * 5, ("1 of 6 holds captured in time.",
                             "5 lapsed: orders AAAA-AAAA, AAAA-AAAA, AAAA-AAAA and 2 more.")),
    ],
)  # fmt: skip
def test_how_many_were_captured_in_time(captures: int, lapsed: tuple[str, ...], said: tuple[str, str]) -> None:
    assert words.headline(with_leads(captures=captures, lapsed=lapsed)) == said


def test_how_early() -> None:
    early = with_leads(captures=2, median=4 * 86_400 + 14 * 3600)
    assert words.leads_line(early) == "2 captures in 3 days. Half had 4 d 14 h or more left."
    late = with_leads(captures=1, median=9 * 3600 + 5, lapsed=("A" * 8,), unknown=1)
    assert words.leads_line(late) == (
        "1 capture and 1 lapsed hold in 3 days. Half had 9 h or more left. 1 not shown: the time is not known."
    )
    both = replace(early, currencies=(EUROS, replace(EUROS, currency="jpy")))
    assert "in 3 days, all currencies." in words.leads_line(both)


@pytest.mark.parametrize(
    ("failures", "line"),
    [
        (Failures((), 0, 0), "No card was refused."),
        (Failures(((FUNDS, 1),), 1, 0), "1 refusal on 1 order."),
        (Failures(((FUNDS, 3),), 1, 1), "3 refusals on 1 order. It was paid later."),
        (Failures(((FUNDS, 3), (BLOCKED, 2)), 4, 1), "5 refusals on 4 orders. 1 of them was paid later."),
        (Failures(((FUNDS, 35),), 29, 21), "35 refusals on 29 orders. 21 of them were paid later."),
    ],
)
def test_how_many_cards_were_refused(failures: Failures, line: str) -> None:
    assert words.failures_line(failures) == line


def test_what_is_owed_is_told_for_each_currency() -> None:
    owed = BackOrders((0, 0, 2), (0, 0, 0), (Sum("eur", 48620), Sum("jpy", 18600)))
    assert words.back_orders_line(replace(NOTHING, back_orders=owed)) == (
        "Worth 486.20\u00a0EUR and 18,600\u00a0JPY, to be charged on saved cards."
    )
    assert "Nothing left out" in words.back_orders_line(NOTHING)


def test_days_and_months() -> None:
    days = words.dates(NOTHING, PARIS)
    assert [day.isoformat() for day in days] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    assert words.months(days) == "November"
    longer = words.dates(replace(NOTHING, starts=day_bounds(NOW, 90, PARIS)[:-1]), PARIS)
    assert words.months(longer[-30:]) == "October and November"
    assert words.months(longer) == "August to November"
    # Every day once, across the night on which clocks change.
    assert len(set(longer)) == 90


def test_points_say_what_a_bar_says() -> None:
    days = words.dates(NOTHING, PARIS)
    assert words.day_points(days, EUROS) == [
        "Sat 21 Nov: captured 100.00\u00a0EUR",
        "Sun 22 Nov: no hold",
        "Mon 23 Nov: still held 5.50\u00a0EUR, released 32.10\u00a0EUR, lapsed 92.90\u00a0EUR",
    ]
    assert words.day_points(days, CurrencyDays("eur", 0, ())) == []
    assert words.lead_points(NO_LEADS) == []
    points = words.lead_points(Leads((0, 2, *[0] * 7), 2, 0, 5, ("A" * 8,)))
    assert (points[0], points[-1], len(points)) == ("2 holds captured with 6–7 d left", "1 hold lapsed", 9)
    assert len(words.lead_points(Leads((1, *[0] * 8), 1, 0, 5, ()))) == 10
    assert words.back_order_points(days, NOTHING.back_orders) == []


@pytest.mark.parametrize(
    ("minor", "currency", "rounded", "plain"),
    [
        (9290, "eur", "93", "92.90"),
        (125_000_49, "usd", "125,000", "125000.49"),
        (8720, "jpy", "8,720", "8720"),
        (120_000, "isk", "1,200", "1200"),
        (0, "eur", "0", "0.00"),
    ],
)
def test_amounts_for_labels_and_for_spreadsheets(minor: int, currency: str, rounded: str, plain: str) -> None:
    assert words.whole_amount(minor, currency) == rounded
    assert words.plain_amount(minor, currency) == plain


def test_the_export_has_every_table_and_currency() -> None:
    yen = CurrencyDays("jpy", 1, (Shares(captured=8720), Shares(), Shares()))
    full = replace(
        NOTHING,
        currencies=(EUROS, yen),
        leads=Leads((0, 2, *[0] * 7), 3, 1, 5, ("A" * 8,)),
        failures=Failures(((FUNDS, 2),), 2, 1),
        back_orders=BackOrders((0, 1, 1), (0, 0, 0), (Sum("jpy", 300),)),
    )
    text = words.export(full, '=cmd("x")', PARIS)
    rows = [[cell for cell in row if cell] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    assert rows[0] == ["SellerDesk overview", '\'=cmd("x")']
    assert ["To", "2026-11-23"] in rows
    for title in (words.HOLDS, words.LEADS, words.FAILURES, words.BACK_ORDERS, "Worth of open back-orders"):
        assert [title] in rows
    assert ["2026-11-23", "EUR", "0.00", "5.50", "32.10", "92.90"] in rows
    assert ["2026-11-21", "JPY", "8720", "0", "0", "0"] in rows
    assert ["6–7 d", "2"] in rows
    assert ["too late", "1"] in rows
    assert ["not known", "1"] in rows
    assert ["Not enough money or limit", "2", "Try in days"] in rows
    assert ["2026-11-22", "1", "0"] in rows
    assert ["JPY", "300"] in rows
    assert text.count("\r\n") == len(rows)
