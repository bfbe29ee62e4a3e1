"""Amounts as the page prints them."""

from markupsafe import Markup

from sellerdesk.formats import money


def amount_markup(minor: int, currency: str) -> Markup:
    """``minor`` units as '128.40 EUR': one piece that does not break and stays left-to-right."""
    return Markup('<span class="num">{}</span>').format(money(minor, currency))
