"""Money as an integer of minor units with its currency, and the only arithmetic allowed on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sellerdesk.domain.errors import MixedCurrencies, NotMinorUnits, UnknownCurrency

# How many decimals Stripe wants in an amount: https://docs.stripe.com/currencies
# ISK and UGX have no minor unit in daily life, yet Stripe takes them with two decimals that must be 00.
_ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
_WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})
_TWO_DECIMAL = frozenset(
    (
        "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny "
        "cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk "
        "jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio "
        "nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs "
        "top try ttd twd tzs uah ugx usd uyu uzs wst xcd yer zar zmw"
    ).split()
)


def exponent(currency: str) -> int:
    """The number of decimals of an amount in ``currency`` as Stripe counts it: 0 or 2.

    Raises UnknownCurrency for a code that Stripe does not present, three-decimal currencies among them.
    Source: https://docs.stripe.com/currencies
    """
    if currency in _ZERO_DECIMAL:
        return 0
    if currency in _TWO_DECIMAL:
        return 2
    raise UnknownCurrency(currency)


def step(currency: str) -> int:
    """The smallest difference between two valid amounts, in minor units: 100 for ISK and UGX, else 1."""
    exponent(currency)
    return 100 if currency in _WHOLE_UNITS_ONLY else 1


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money: ``minor`` units (cents; yen for JPY) of a lower-case ISO ``currency``.

    May be negative only as a difference. Raises NotMinorUnits for anything but an integer, and for an ISK or
    UGX amount that is not whole; UnknownCurrency for a currency Stripe does not present.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise NotMinorUnits(self.minor)
        if self.minor % step(self.currency):
            raise NotMinorUnits(self.minor)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise NotMinorUnits(other)
        if other.currency != self.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, quantity: int) -> "Money":
        if type(quantity) is not int:
            raise NotMinorUnits(quantity)
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0


def share_out(total: int, weights: Sequence[int], unit: int = 1) -> tuple[int, ...]:
    """Split ``total`` minor units by ``weights`` so that the parts add up to it exactly.

    Largest-remainder rounding: everyone gets the share rounded down, what is left goes one ``unit`` at a time to
    the largest remainders, ties to the first. All weights zero means that all go to the first part.
    ``total`` and the weights must not be negative, and ``total`` must be a multiple of ``unit``.
    """
    if total < 0 or any(weight < 0 for weight in weights) or total % unit:
        raise NotMinorUnits((total, tuple(weights)))
    if not weights:
        if total:
            raise NotMinorUnits((total, ()))
        return ()
    whole = sum(weights)
    if whole == 0:
        return (total, *([0] * (len(weights) - 1)))
    units = total // unit
    shares = [units * weight // whole for weight in weights]
    remainders = [units * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: units - sum(shares)]:
        shares[index] += 1
    return tuple(share * unit for share in shares)


def divide_rounded(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half away from zero, in integers. ``denominator`` is positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
