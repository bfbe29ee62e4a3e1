"""Amounts as people read them: '1,284.40 EUR', the number and the code joined by a no-break space."""

from markupsafe import Markup, escape

from sellerdesk.domain.money import exponent


def amount_text(minor: int, currency: str) -> str:
    """``minor`` units of ``currency`` as text. Raises UnknownCurrency."""
    decimals = exponent(currency)
    sign = "\u2212" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**decimals)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{sign}{whole:,}{fraction}\u00a0{currency.upper()}"


def amount_markup(minor: int, currency: str) -> Markup:
    """The same for a page: one piece that does not break and stays left-to-right."""
    return Markup('<span class="num">{}</span>').format(escape(amount_text(minor, currency)))
