"""Amounts and times as people write and read them."""

import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellerdesk.domain import money as money_module
from sellerdesk.domain.errors import AmountRefused, UnknownCurrency
from sellerdesk.domain.money import step
from sellerdesk.formats import (
    amount,
    amount_parts,
    clock_time,
    countdown,
    money,
    parse_money,
    when,
    when_exact,
)

NOW = 1_795_425_240  # Mon 23 Nov 2026, 09:14 UTC
HOUR = 3600
DAY = 24 * HOUR
CURRENCIES = sorted({*money_module._TWO_DECIMAL, *money_module._ZERO_DECIMAL})
LOCALES = ("en", "de", "fr", "sv", "pl", "ja", "de_CH", "nonsense")
PASTED = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.,'\u2019 \u00a0\u202f-+eE$\u20acEURurJPY\t\r\n", max_size=14),
    st.from_regex(r"\s?[0-9]{1,3}([.,' \u00a0][0-9]{3}){0,3}([.,][0-9]{1,3})?(\s?(EUR|JPY|usd))?\s?", fullmatch=True),
)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (124900, "eur", "en", "1,249.00\u00a0EUR"),
        (50, "eur", "en", "0.50\u00a0EUR"),
        (24800, "jpy", "en", "24,800\u00a0JPY"),
        (120000, "isk", "en", "1,200\u00a0ISK"),
        (0, "usd", "en", "0.00\u00a0USD"),
        (-3210, "eur", "en", "\u221232.10\u00a0EUR"),
        (123456789, "eur", "de", "1.234.567,89\u00a0EUR"),
        (124900, "eur", "fr", "1\u202f249,00\u00a0EUR"),
        (7000, "eur", "zz_ZZ", "70.00\u00a0EUR"),
    ],
)
def test_money_is_written_as_the_place_writes_it(minor: int, currency: str, locale: str, written: str) -> None:
    assert money(minor, currency, locale) == written


def test_an_amount_is_cut_before_its_decimal_sign() -> None:
    assert amount_parts(124900, "eur") == ("1,249", ".00")
    assert amount_parts(24800, "jpy") == ("24,800", "")


def test_a_currency_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        money(1000, "kwd")


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("70", "eur", "en", 7000),
        ("70.5", "eur", "en", 7050),
        ("70.00", "eur", "en", 7000),
        (" 1,249.00 ", "eur", "en", 124900),
        ("70.00\u00a0EUR", "eur", "en", 7000),
        ("70.00 eur", "eur", "en", 7000),
        ("70,00", "eur", "de", 7000),
        ("1.249,00", "eur", "de", 124900),
        ("1 249,00", "eur", "fr", 124900),
        ("1\u00a0249,00", "eur", "fr", 124900),
        ("24,800", "jpy", "en", 24800),
        ("1200", "isk", "en", 120000),
        ("0", "eur", "en", 0),
    ],
)
def test_a_typed_amount_is_read(text: str, currency: str, locale: str, minor: int) -> None:
    assert parse_money(text, currency, locale) == minor


@pytest.mark.parametrize(
    ("text", "currency", "locale", "part"),
    [
        ("", "eur", "en", "Type an amount"),
        ("   ", "eur", "en", "Type an amount"),
        ("70,00", "eur", "en", "70.00"),
        ("70.00", "eur", "de", "70,00"),
        ("1,23,456", "eur", "en", "1,249.00"),
        ("12,34.00", "eur", "en", "1,249.00"),
        ("７０", "eur", "en", "digits 0 to 9"),
        ("٧٠", "eur", "en", "digits 0 to 9"),
        ("1e3", "eur", "en", "digits 0 to 9"),
        ("0x10", "eur", "en", "digits 0 to 9"),
        ("1_000", "eur", "en", "digits 0 to 9"),
        ("NaN", "eur", "en", "EUR"),
        ("$70", "usd", "en", "currency sign"),
        ("70 €", "eur", "en", "currency sign"),
        ("-5", "eur", "en", "below zero"),
        ("\u22125", "eur", "en", "below zero"),
        ("70.005", "eur", "en", "2 decimals"),
        ("70.50", "jpy", "en", "no decimals"),
        ("1200.00", "isk", "en", "no decimals"),
        ("1200.50", "ugx", "en", "no decimals"),
        ("70 USD", "eur", "en", "in EUR"),
        ("70.", "eur", "en", "not an amount"),
        (".50", "eur", "en", "not an amount"),
        ("1..2", "eur", "en", "not an amount"),
        ("9" * 40, "eur", "en", "too large"),
    ],
)
def test_what_could_mean_two_things_is_refused_with_a_sentence(
    text: str, currency: str, locale: str, part: str
) -> None:
    with pytest.raises(AmountRefused) as refused:
        parse_money(text, currency, locale)
    assert part in str(refused.value)
    assert str(refused.value).endswith(".")


def test_what_is_written_can_be_read_again_and_what_is_pasted_is_that_amount_or_refused(
    release: bool, proof: Callable[[str], None]
) -> None:
    """In every currency that Stripe presents, with two decimals, none, or two that must be zeroes; those with three are
    refused by name: https://docs.stripe.com/currencies"""
    examples = 20_000 if release else 400
    accepted = 0

    @settings(max_examples=examples)
    @given(
        units=st.integers(0, 99_999_999),
        currency=st.sampled_from(CURRENCIES),
        locale=st.sampled_from(LOCALES),
        coded=st.booleans(),
        round_it=st.tuples(*[st.text(" \u00a0\u202f\t\r\n", max_size=2)] * 2),
    )
    def round_trip(units: int, currency: str, locale: str, coded: bool, round_it: tuple[str, str]) -> None:
        minor = units * step(currency)
        written = money(minor, currency, locale) if coded else amount(minor, currency, locale)
        assert parse_money(written, currency, locale) == minor
        try:
            assert parse_money(written.join(round_it), currency, locale) == minor
        except AmountRefused:
            assert set("".join(round_it)) & set("\t\r\n")

    @settings(max_examples=examples)
    @given(text=PASTED, currency=st.sampled_from(CURRENCIES), locale=st.sampled_from(LOCALES))
    def pasted(text: str, currency: str, locale: str) -> None:
        nonlocal accepted
        try:
            minor = parse_money(text, currency, locale)
        except AmountRefused:
            return
        accepted += 1
        assert type(minor) is int
        assert minor >= 0
        assert minor % step(currency) == 0
        # Whatever stands between them: the digits are those of the amount, in their order, and none is made up.
        typed = "".join(re.findall("[0-9]", text)).lstrip("0")
        stands_for = str(minor).lstrip("0")
        assert stands_for.startswith(typed)
        assert set(stands_for.removeprefix(typed)) <= {"0"}

    round_trip()
    pasted()
    proof(
        f"money text: {examples:,} amounts in {len(CURRENCIES)} currencies read as written, {examples:,} pasted texts, "
        f"{accepted:,} of them amounts, 0 misread"
    )


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (8 * DAY, "8 d"),
        (6 * DAY + 22 * HOUR + 59, "6 d 22 h"),
        (6 * DAY + 1, "6 d"),
        (2 * DAY + 4 * HOUR, "2 d 4 h"),
        (2 * DAY, "2 d"),
        (DAY + 19 * HOUR + 3599, "1 d 19 h"),
        (DAY + 1, "1 d"),
        (DAY, "24 h left"),
        (9 * HOUR + 3599, "9 h left"),
        (6 * HOUR + 1, "6 h left"),
        (6 * HOUR, "6 h"),
        (2 * HOUR + 40 * 60 + 59, "2 h 40 m"),
        (HOUR + 1, "1 h"),
        (HOUR, "60 min"),
        (42 * 60 + 59, "42 min"),
        (60, "1 min"),
        (59, "< 1 min"),
        (0, "Lapsed"),
        (-5, "Lapsed"),
    ],
)
def test_a_countdown_rounds_down(left: int, words: str) -> None:
    assert countdown(left) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW - 23 * 60, "08:51"),
        (NOW + 9 * HOUR + 360, "18:20"),
        (NOW - 11 * HOUR, "Sun 22:14"),
        (NOW + 2 * DAY, "Wed 09:14"),
        (NOW - 7 * DAY, "16 Nov 09:14"),
        (NOW - 400 * DAY, "19 Oct 2025"),
    ],
)
def test_a_moment_is_as_short_as_it_can_be(at: int, words: str) -> None:
    assert when(at, NOW, UTC) == words


def test_a_moment_belongs_to_a_zone() -> None:
    vienna = ZoneInfo("Europe/Vienna")
    assert when(NOW, NOW, vienna) == "10:14"
    assert when_exact(NOW, vienna) == "Mon 23 Nov 2026, 10:14 CET"
    assert clock_time(NOW, UTC) == "Mon 23 Nov, 09:14"
    # One minute before midnight there is yesterday one hour further east.
    assert when(NOW - 9 * HOUR - 15 * 60, NOW, timezone(timedelta(hours=0))) == "Sun 23:59"
    assert when(NOW - 9 * HOUR - 15 * 60, NOW, timezone(timedelta(hours=1))) == "00:59"
