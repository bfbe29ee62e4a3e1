"""How amounts and times are written for people, and how a typed amount is read. Integers of minor units only."""

import re
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from sellerdesk.domain.errors import AmountRefused
from sellerdesk.domain.money import exponent, step
from sellerdesk.domain.standing import CaughtUp

NO_BREAK = "\u00a0"
MINUS = "\u2212"

_SPACES = " \t\u00a0\u202f\u2009"
_MAX_DIGITS = 12
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(amount_minor: int, currency: str, locale: str = "en") -> str:
    """``amount_minor`` minor units with their currency: '1,249.00 EUR', joined by a no-break space."""
    return f"{amount(amount_minor, currency, locale)}{NO_BREAK}{currency.upper()}"


def amount(amount_minor: int, currency: str, locale: str = "en") -> str:
    """The number alone: '1,249.00', for JPY '24,800', for ISK '1,200'. Raises UnknownCurrency."""
    whole, fraction = amount_parts(amount_minor, currency, locale)
    return whole + fraction


def amount_parts(amount_minor: int, currency: str, locale: str = "en") -> tuple[str, str]:
    """The number cut before its decimal sign, for columns that line up there: ('1,249', '.00'), ('24,800', '')."""
    group, decimal = _symbols(locale)
    decimals = _shown_decimals(amount_minor, currency)
    # ISK and UGX are counted in hundredths by Stripe and written without.
    units = abs(amount_minor) // 10 ** (exponent(currency) - decimals)
    whole, rest = divmod(units, 10**decimals)
    sign = MINUS if amount_minor < 0 else ""
    fraction = f"{decimal}{rest:0{decimals}d}" if decimals else ""
    return sign + _grouped(str(whole), group), fraction


def counted(number: int, what: str) -> str:
    """A number of things whose plural ends in s: '1 order', '1,200 orders'."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def parse_money(text: str, currency: str, locale: str = "en") -> int:
    """The minor units of an amount as a person typed it, with or without the currency code behind it.

    Raises AmountRefused, with a sentence that says what to write instead, for everything that could mean two
    things: the other decimal sign, wrong groups, symbols, exponents, digits of other scripts, too many decimals.
    """
    group, decimal = _symbols(locale)
    digits = _without_code(text.strip(_SPACES), currency)
    _refuse_odd_signs(digits)
    whole, sign, fraction = digits.partition(decimal)
    whole = _without_groups(whole, group, digits, currency, locale)
    if (sign and not fraction) or not re.fullmatch(r"[0-9]*", fraction):
        raise AmountRefused(_hint(digits, currency, locale))
    decimals = 0 if step(currency) > 1 else exponent(currency)
    if len(fraction) > decimals:
        raise AmountRefused(_too_precise(currency, decimals))
    if len(whole.lstrip("0")) + decimals > _MAX_DIGITS:
        raise AmountRefused("This amount is too large.")
    return int(whole + fraction.ljust(exponent(currency), "0"))


def countdown(seconds_left: int) -> str:
    """How long a hold still lasts, rounded down: '6 d', '1 d 19 h', '9 h left', '2 h 40 m', '42 min', 'Lapsed'."""
    if seconds_left <= 0:
        return "Lapsed"
    if seconds_left < _MINUTE:
        return "< 1 min"
    if seconds_left <= _HOUR:
        return f"{seconds_left // _MINUTE} min"
    hours, minutes = seconds_left // _HOUR, seconds_left % _HOUR // _MINUTE
    if seconds_left <= 6 * _HOUR:
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"
    if seconds_left <= _DAY:
        return f"{hours} h left"
    days, hours = seconds_left // _DAY, seconds_left % _DAY // _HOUR
    return f"{days} d {hours} h" if hours else f"{days} d"


def when(at: int, now: int, zone: tzinfo | None = None) -> str:
    """A moment (seconds UTC) as lists show it: '08:51' today, 'Sun 22:06' within a week, '16 Nov 18:20' this year,
    '16 Nov 2025' otherwise. ``zone`` None is this computer's."""
    moment, today = _local(at, zone), _local(now, zone)
    days = (today.date() - moment.date()).days
    clock = f"{moment:%H:%M}"
    if days == 0:
        return clock
    if abs(days) < 7:
        return f"{_WEEKDAYS[moment.weekday()]} {clock}"
    day = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return f"{day} {clock}" if moment.year == today.year else f"{day} {moment.year}"


def to_the_second(at: int, now: int, zone: tzinfo | None = None) -> str:
    """A moment (seconds UTC) where seconds count: '09:13:31' today, else as ``when`` writes it."""
    moment = _local(at, zone)
    return f"{moment:%H:%M:%S}" if moment.date() == _local(now, zone).date() else when(at, now, zone)


def when_exact(at: int, zone: tzinfo | None = None) -> str:
    """A moment in full: 'Mon 23 Nov 2026, 18:20 CET'."""
    moment = _local(at, zone)
    day = f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M} {moment.tzname() or ''}".rstrip()


def day_name(which: date) -> str:
    """A day as plots and tables show it: 'Fri 13 Nov'."""
    return f"{_WEEKDAYS[which.weekday()]} {which.day} {_MONTHS[which.month - 1]}"


def day_and_year(which: date) -> str:
    """A day far from now: '4 Dec 2026'."""
    return f"{which.day} {_MONTHS[which.month - 1]} {which.year}"


def clock_time(at: int, zone: tzinfo | None = None) -> str:
    """A moment as the band shows the demo's clock: 'Mon 23 Nov, 09:14'."""
    moment = _local(at, zone)
    return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}, {moment:%H:%M}"


def _local(at: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def _shown_decimals(amount_minor: int, currency: str) -> int:
    return 0 if step(currency) > 1 and amount_minor % step(currency) == 0 else exponent(currency)


def _grouped(digits: str, group: str) -> str:
    head = len(digits) % 3
    parts = ([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return group.join(parts)


@lru_cache(maxsize=32)
def _symbols(locale: str) -> tuple[str, str]:
    """Group and decimal sign of ``locale``; English for one that nobody knows."""
    if locale.partition("_")[0] in {"en", "C"}:
        return ",", "."
    from babel import Locale, UnknownLocaleError

    try:
        symbols = Locale.parse(locale).number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError):
        return ",", "."
    return symbols["group"], symbols["decimal"]


def _without_code(text: str, currency: str) -> str:
    found = re.fullmatch(rf"(.*?)[{_SPACES}]?([A-Za-z]{{3}})", text, re.DOTALL)
    if found is None:
        return text
    if found[2].lower() != currency:
        raise AmountRefused(f"This amount is in {currency.upper()}.")
    return found[1]


def _refuse_odd_signs(digits: str) -> None:
    if not digits:
        raise AmountRefused("Type an amount.")
    if digits[0] in "-\u2212\u2013":
        raise AmountRefused("An amount cannot be below zero.")
    if any(sign in digits for sign in "$€£¥₹₩¢"):
        raise AmountRefused("Leave the currency sign out and type the number alone.")
    if not re.fullmatch(rf"[0-9.,'\u2019\u066b\u066c{_SPACES}]+", digits):
        raise AmountRefused("An amount has the digits 0 to 9 and one decimal sign, nothing else.")


def _without_groups(whole: str, group: str, digits: str, currency: str, locale: str) -> str:
    if group in _SPACES:
        for space in _SPACES:
            whole = whole.replace(space, group)
    if re.fullmatch(r"[0-9]+", whole):
        return whole
    if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+", whole):
        raise AmountRefused(_hint(digits, currency, locale))
    return whole.replace(group, "")


def _hint(digits: str, currency: str, locale: str) -> str:
    """What the person probably meant, written the right way."""
    found = re.fullmatch(r"([0-9]+)[.,]([0-9]{1,2})", digits)
    if found and step(currency) == 1 and exponent(currency) == 2:
        meant = amount(int(found[1]) * 100 + int(found[2].ljust(2, "0")), currency, locale)
        return f"If you mean {meant}, please type it like that."
    example = amount(124900 if exponent(currency) else 1249, currency, locale)
    return f"This is not an amount. Type it like {example}."


def _too_precise(currency: str, decimals: int) -> str:
    if decimals == 0:
        return f"{currency.upper()} has no decimals. Type whole units."
    return f"{currency.upper()} has {decimals} decimals at most."


def caught_up_sentence(found: CaughtUp) -> str:
    """What a database that was brought up to date is told to be: 'This database is from Mon 09:14. 4 orders were
    brought up to date with Stripe.'"""
    orders = "1 order was" if found.orders == 1 else f"{found.orders or 'No'} orders were"
    done = "brought up to date with Stripe" if found.orders else "different at Stripe"
    return f"This database is from {when(found.as_of, found.at)}. {orders} {done}."
