"""Currencies and the amounts accepted in them (https://docs.stripe.com/currencies). Minor units throughout."""

from sellerdesk.sandbox.errors import ApiError, invalid

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
"""Sent as they are: the amount has no decimals."""

WHOLE_UNITS_ONLY = frozenset(("isk", "ugx"))
"""Without decimals in use, yet sent with two of them that must be 00."""

_TWO_DECIMAL = frozenset(
    """aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop
    crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes
    kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd
    pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd
    tzs uah ugx usd uyu uzs wst xcd yer zar zmw""".split()
)
KNOWN = ZERO_DECIMAL | _TWO_DECIMAL

_MINIMUM = {
    "usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "inr": 50, "nzd": 50, "sgd": 50,
    "gbp": 30, "aed": 200, "pln": 200, "ron": 200, "bgn": 100, "dkk": 250, "nok": 300, "sek": 300, "hkd": 400,
    "mxn": 1000, "thb": 1000, "myr": 200, "czk": 1500, "huf": 17500, "jpy": 50,
}  # fmt: skip
_MAXIMUM_DIGITS = {"inr": 9, "idr": 12, "jpy": 10, "huf": 10, "cop": 10, "lbp": 12}


def shown(amount: int, currency: str) -> str:
    """An amount for people: ``72.00 EUR`` with a no-break space; no decimals where the currency has none in use."""
    code = currency.upper()
    if currency in ZERO_DECIMAL:
        return f"{amount}\u00a0{code}"
    if currency in WHOLE_UNITS_ONLY:
        return f"{amount // 100}\u00a0{code}"
    return f"{amount // 100}.{amount % 100:02d}\u00a0{code}"


def check_currency(currency: str) -> str:
    """The currency in lower case; ApiError 400 when it is none that cards can be charged in."""
    lowered = currency.lower()
    if lowered not in KNOWN:
        raise invalid(f"Invalid currency: {currency[:20]}.", "currency")
    return lowered


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """ApiError 400 for an amount that cannot be charged: zero, negative, too small, too large, broken units."""
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    if currency in WHOLE_UNITS_ONLY and amount % 100:
        raise ApiError(
            400, f"Amounts in {currency.upper()} must be whole units: the last two digits must be 00.", param=param
        )
    if amount >= 10 ** _MAXIMUM_DIGITS.get(currency, 8):
        raise invalid(
            f"Amount must be no more than {shown(10 ** _MAXIMUM_DIGITS.get(currency, 8) - 1, currency)}.",
            param,
            "amount_too_large",
        )
    if amount < _MINIMUM.get(currency, 1):
        raise invalid(f"Amount must be at least {shown(_MINIMUM[currency], currency)}.", param, "amount_too_small")
