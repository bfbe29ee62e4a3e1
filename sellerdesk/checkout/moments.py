"""Points in time for a page: written in UTC by the server, rewritten by the script in the shopper's own zone."""

from datetime import UTC, datetime

from markupsafe import Markup


def moment(at: int) -> Markup:
    """'Mon 23 Nov, 14:20 UTC' for ``at`` seconds UTC."""
    return _element(at, "moment", "%a {day} %b, %H:%M UTC")


def day_and_time(at: int) -> Markup:
    """'Mon 30 Nov at 14:20 UTC' for ``at`` seconds UTC, for use inside a sentence."""
    return _element(at, "sentence", "%a {day} %b at %H:%M UTC")


def clock_time(at: int) -> Markup:
    """'14:22 UTC' for ``at`` seconds UTC."""
    return _element(at, "clock", "%H:%M UTC")


def short_date(iso: str, today: str) -> str:
    """'4 Dec' for an ISO date, with the year when it is another one than that of ``today``."""
    day = datetime.strptime(iso, "%Y-%m-%d").replace(tzinfo=UTC)
    year = "" if iso[:4] == today[:4] else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def iso_date(at: int) -> str:
    """The date of ``at`` seconds UTC."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _element(at: int, form: str, pattern: str) -> Markup:
    when = datetime.fromtimestamp(at, UTC)
    text = when.strftime(pattern.format(day=when.day))
    return Markup('<time datetime="{}" data-form="{}">{}</time>').format(
        when.strftime("%Y-%m-%dT%H:%M:%SZ"), form, text
    )
