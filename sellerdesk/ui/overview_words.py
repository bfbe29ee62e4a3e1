"""The overview in words: sentences, axis labels, and the tables behind the plots. Nothing here paints."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo

from sellerdesk.domain.money import divide_rounded, exponent, step
from sellerdesk.domain.order import show_reference
from sellerdesk.domain.overview import OLD_AFTER_DAYS, BackOrders, CurrencyDays, Failures, Figures, Leads, Shares
from sellerdesk.domain.spreadsheet import csv_text
from sellerdesk.formats import amount, amount_parts, countdown, counted, day_name, money, when_exact
from sellerdesk.ui.tables import Table

# They go with the steps of the leads.
LEAD_LABELS = ("over 7 d", "6–7 d", "5–6 d", "4–5 d", "3–4 d", "2–3 d", "1–2 d", "6–24 h", "under 6 h")
SHORT_LEAD_LABELS = ("> 7 d", *LEAD_LABELS[1:-1], "< 6 h")
TOO_LATE = "too late"
SHARE_NAMES = ("Captured", "Still held", "Released", "Lapsed")
HOLDS, LEADS, FAILURES, BACK_ORDERS = (
    "What became of the holds",
    "Capture lead time against the deadline",
    "Failures by reason",
    "Back-orders open",
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NAMED = 3


def dates(figures: Figures, zone: tzinfo | None = None) -> tuple[date, ...]:
    """The days, as the calendar of ``zone`` has them; None is this computer's, here and below."""
    # Noon is on the same date whichever way clocks changed that night.
    return tuple(datetime.fromtimestamp(at + 12 * 3600, UTC).astimezone(zone).date() for at in figures.starts)


def months(days: Sequence[date]) -> str:
    """'November', 'October and November' or 'September to November'."""
    names = list(dict.fromkeys(_MONTHS[day.month - 1] for day in days))
    return " and ".join(names) if len(names) < 3 else f"{names[0]} to {names[-1]}"


# --- sentences -------------------------------------------------------------------------------------------


def headline(figures: Figures) -> tuple[str, str]:
    """How many holds were captured in time, and which were not."""
    captures, lapsed = figures.leads.captures, figures.leads.lapsed
    decided = captures + len(lapsed)
    if not decided:
        return f"No hold of these {len(figures.starts)} days is decided yet.", ""
    if lapsed:
        return f"{captures} of {decided} holds captured in time.", f"{len(lapsed)} lapsed: {_orders(lapsed)}."
    return ("The one hold was captured in time." if decided == 1 else f"All {decided} holds captured in time."), ""


def holds_line(days: CurrencyDays) -> str:
    """Below the title of the first plot."""
    if not days.holds:
        return f"No hold in {days.currency.upper()} in these {len(days.days)} days."
    still = " The last bars are still open." if days.total.held else ""
    return f"Per day of the hold, {days.currency.upper()}.{still}"


def leads_line(figures: Figures) -> str:
    """Below the title of the second plot."""
    leads, days = figures.leads, len(figures.starts)
    parts = [counted(leads.captures, "capture")]
    if leads.lapsed:
        parts.append(counted(len(leads.lapsed), "lapsed hold"))
    everywhere = ", all currencies" if len(figures.currencies) > 1 else ""
    line = f"{' and '.join(parts)} in {days} days{everywhere}."
    if leads.median is not None:
        line += f" Half had {countdown(leads.median).removesuffix(' left')} or more left."
    if leads.unknown:
        line += f" {leads.unknown} not shown: the time is not known."
    return line


def failures_line(failures: Failures) -> str:
    """Below the title of the third plot."""
    if not failures.refusals:
        return "No card was refused."
    line = f"{counted(failures.refusals, 'refusal')} on {counted(failures.orders, 'order')}."
    if failures.orders == 1:
        return line + (" It was paid later." if failures.paid_later else "")
    if failures.paid_later:
        line += f" {failures.paid_later} of them {'was' if failures.paid_later == 1 else 'were'} paid later."
    return line


def back_orders_line(figures: Figures) -> str:
    """Below the title of the fourth plot."""
    worth = [money(each.amount, each.currency) for each in figures.back_orders.worth]
    if not worth:
        return "Nothing left out waits for a charge on a saved card."
    return f"Worth {_joined(worth)}, to be charged on saved cards."


def day_points(days: Sequence[date], sums: CurrencyDays) -> list[str]:
    """Each bar of the first plot in words; none where there is nothing to show."""
    if not sums.holds:
        return []
    return [_day_words(day, shares, sums.currency) for day, shares in zip(days, sums.days, strict=True)]


def lead_points(leads: Leads) -> list[str]:
    """Each bar of the second plot in words. The first step is left out where it is empty."""
    if not leads.captures and not leads.lapsed:
        return []
    steps = list(zip(LEAD_LABELS, leads.counts, strict=True))
    steps = steps if steps[0][1] else steps[1:]
    return [
        *(f"{counted(count, 'hold')} captured with {label} left" for label, count in steps),
        f"{counted(len(leads.lapsed), 'hold')} lapsed",
    ]


def failure_points(failures: Failures) -> list[str]:
    """Each bar of the third plot in words."""
    return [
        f"{reason.label}: {counted(count, 'refusal')}. What helps: {reason.helps}"
        for reason, count in failures.by_reason
    ]


def back_order_points(days: Sequence[date], found: BackOrders) -> list[str]:
    """Each day of the fourth plot in words; none where there never was a back-order."""
    if not any(found.open):
        return []
    return [
        f"{day_name(day)}: {open_:,} open, {old:,} of them over {OLD_AFTER_DAYS} days"
        for day, open_, old in zip(days, found.open, found.old, strict=True)
    ]


def whole_amount(minor: int, currency: str) -> str:
    """An amount rounded to whole units, where there is room for no more: '1,250'."""
    unit = 10 ** exponent(currency)
    return amount_parts(divide_rounded(minor, unit) * unit, currency)[0]


def _day_words(day: date, shares: Shares, currency: str) -> str:
    parts = zip(SHARE_NAMES, _parts(shares), strict=True)
    words = [f"{name.lower()} {money(part, currency)}" for name, part in parts if part]
    return f"{day_name(day)}: {', '.join(words) or 'no hold'}"


def _orders(references: Sequence[str]) -> str:
    shown = [show_reference(each) for each in references[:_NAMED]]
    more = len(references) - len(shown)
    names = f"{', '.join(shown)} and {more} more" if more else _joined(shown)
    return f"order {names}" if len(references) == 1 else f"orders {names}"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _parts(shares: Shares) -> tuple[int, int, int, int]:
    return shares.captured, shares.held, shares.released, shares.lapsed


# --- tables ----------------------------------------------------------------------------------------------


def holds_table(figures: Figures, currency: str, zone: tzinfo | None = None) -> Table:
    """One row a day, and the sum."""
    found = figures.of_currency(currency)
    rows = [
        (day_name(day), *(amount(part, currency) for part in _parts(shares)))
        for day, shares in zip(dates(figures, zone), found.days, strict=True)
    ]
    rows.append(("Total", *(amount(part, currency) for part in _parts(found.total))))
    code = currency.upper()
    columns = ("Day of the hold", *(f"{name}, {code}" for name in SHARE_NAMES))
    return Table(HOLDS, columns, tuple(rows), frozenset({1, 2, 3, 4}))


def leads_table(figures: Figures) -> Table:
    """One row a step, and what is none; the first step and what nobody knows only where there is something."""
    leads = figures.leads
    rows = list(zip(LEAD_LABELS, leads.counts, strict=True))[0 if leads.counts[0] else 1 :]
    rows.append((f"{TOO_LATE}, lapsed", len(leads.lapsed)))
    if leads.unknown:
        rows.append(("not known", leads.unknown))
    shown = tuple((name[:1].upper() + name[1:], f"{count:,}") for name, count in rows)
    return Table(LEADS, ("Time left", "Holds"), shown, frozenset({1}))


def failures_table(figures: Figures) -> Table:
    """One row a reason."""
    rows = tuple((reason.label, f"{count:,}", reason.helps) for reason, count in figures.failures.by_reason)
    return Table(FAILURES, ("Reason", "Refusals", "What helps"), rows, frozenset({1}))


def back_orders_table(figures: Figures, zone: tzinfo | None = None) -> Table:
    """One row a day."""
    found = figures.back_orders
    rows = tuple(
        (day_name(day), f"{open_:,}", f"{old:,}")
        for day, open_, old in zip(dates(figures, zone), found.open, found.old, strict=True)
    )
    return Table(BACK_ORDERS, ("End of day", "Open", f"Over {OLD_AFTER_DAYS} days"), rows, frozenset({1, 2}))


# --- export ----------------------------------------------------------------------------------------------


def export(figures: Figures, shop: str, zone: tzinfo | None = None) -> str:
    """Every number of the overview, all currencies, as CSV text: the tables one under another, each below its title.
    Days are ISO dates, amounts have a point and no groups."""
    days = [day.isoformat() for day in dates(figures, zone)]
    rows: list[Sequence[str]] = [
        ("SellerDesk overview", shop),
        ("From", days[0]),
        ("To", days[-1]),
        ("Read", when_exact(figures.now, zone)),
    ]
    rows += _block(HOLDS, ("Day of the hold", "Currency", *SHARE_NAMES), _exported_days(figures, days))
    leads = figures.leads
    counts = [*zip(LEAD_LABELS, leads.counts, strict=True), (TOO_LATE, len(leads.lapsed)), ("not known", leads.unknown)]
    rows += _block(LEADS, ("Time left", "Holds"), ((label, str(count)) for label, count in counts))
    by_reason = figures.failures.by_reason
    reasons = ((reason.label, str(count), reason.helps) for reason, count in by_reason)
    rows += _block(FAILURES, ("Reason", "Refusals", "What helps"), reasons)
    found = figures.back_orders
    owed = zip(days, map(str, found.open), map(str, found.old), strict=True)
    rows += _block(BACK_ORDERS, ("End of day", "Open", f"Older than {OLD_AFTER_DAYS} days"), owed)
    worth = ((each.currency.upper(), plain_amount(each.amount, each.currency)) for each in found.worth)
    rows += _block("Worth of open back-orders", ("Currency", "Worth"), worth)
    return csv_text(rows)


def plain_amount(minor: int, currency: str) -> str:
    """Minor units as a spreadsheet reads them: '7315.00', '24800'."""
    decimals = 0 if step(currency) > 1 else exponent(currency)
    whole, rest = divmod(minor // 10 ** (exponent(currency) - decimals), 10**decimals)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def _exported_days(figures: Figures, days: Sequence[str]) -> Iterable[Sequence[str]]:
    for each in figures.currencies:
        for day, shares in zip(days, each.days, strict=True):
            yield day, each.currency.upper(), *(plain_amount(part, each.currency) for part in _parts(shares))


def _block(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    return [(), (title,), columns, *rows]
