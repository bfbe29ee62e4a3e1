"""Money: integers only, one currency at a time, nothing lost when it is shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.errors import MixedCurrencies, NotMinorUnits, UnknownCurrency
from sellerdesk.domain.money import Money, divide_rounded, exponent, share_out, step


def test_exponents_are_stripes_and_not_the_iso_ones() -> None:
    assert (exponent("eur"), exponent("jpy"), exponent("krw")) == (2, 0, 0)
    assert (exponent("isk"), step("isk")) == (2, 100)
    assert (exponent("ugx"), step("ugx")) == (2, 100)


@pytest.mark.parametrize("currency", ["bhd", "EUR", "", "xxx", "euro"])
def test_a_currency_that_stripe_does_not_present_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money(100, currency)


@pytest.mark.parametrize("amount", [1.0, "1", None, True, 0.5])
def test_only_integers_are_amounts(amount: object) -> None:
    with pytest.raises(NotMinorUnits):
        Money(amount, "eur")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["isk", "ugx"])
def test_whole_units_only_where_stripe_wants_two_zeroes(currency: str) -> None:
    assert Money(500, currency).minor == 500
    with pytest.raises(NotMinorUnits):
        Money(550, currency)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "eur") + Money(1, "usd")
    with pytest.raises(MixedCurrencies):
        assert Money(1, "eur") < Money(2, "usd")
    with pytest.raises(NotMinorUnits):
        Money(1, "eur") + 1  # type: ignore[operator]
    with pytest.raises(NotMinorUnits):
        Money(1, "eur") * 1.5  # type: ignore[operator]


def test_arithmetic() -> None:
    assert Money(250, "eur") * 3 - Money(50, "eur") == Money(700, "eur")
    assert not Money(0, "jpy")


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.sampled_from([1, 100]))
def test_shares_add_up_and_are_fair(total: int, weights: list[int], unit: int) -> None:
    total *= unit
    shares = share_out(total, weights, unit)
    assert sum(shares) == total
    assert all(share % unit == 0 and share >= 0 for share in shares)
    whole = sum(weights)
    if whole:
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share * whole - total * weight) < unit * whole


def test_the_largest_remainder_gets_the_odd_cent() -> None:
    assert share_out(100, [1, 1, 1]) == (34, 33, 33)
    assert share_out(10, [55, 25, 20]) == (6, 2, 2)
    assert share_out(0, []) == ()


def test_nothing_to_share_with_or_negative_is_refused() -> None:
    with pytest.raises(NotMinorUnits):
        share_out(5, [])
    with pytest.raises(NotMinorUnits):
        share_out(-1, [1])
    with pytest.raises(NotMinorUnits):
        share_out(150, [1], 100)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**5))
def test_rounding_is_half_away_from_zero(numerator: int, denominator: int) -> None:
    rounded = divide_rounded(numerator, denominator)
    assert abs(rounded * denominator - numerator) * 2 <= denominator
    assert divide_rounded(-numerator, denominator) == -rounded
