"""The catalogue in words: what stands in its tables, and what taking over another one would change."""

from collections.abc import Sequence
from datetime import date

from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.catalogue_change import CatalogueChange, ProductChange, RateChange
from sellerdesk.formats import NO_BREAK, counted, day_and_year, money
from sellerdesk.ui.chips import Chip, Form
from sellerdesk.ui.postal import country_name
from sellerdesk.ui.tables import Table

FOR_SALE = Chip("For sale")
SOLD_OUT = Chip("Sold out", Form.AMBER_LINE, "package-x")
WITHDRAWN = Chip("Withdrawn", Form.GREY, "ban")
NOT_SAVED = Chip("Not saved", Form.AMBER_LINE, "circle-alert")
_ARROW = "→"


def tax(rate: int) -> str:
    """Basis points as people say them: '19 %', '5.5 %'."""
    whole, rest = divmod(rate, 100)
    return f"{whole}{f'.{rest:02d}'.rstrip('0') if rest else ''}{NO_BREAK}%"


def ships_from(product: Product) -> str:
    """'4 Dec 2026', or '' for what ships at once."""
    return day_and_year(date.fromisoformat(product.available_from)) if product.available_from else ""


def state_chip(product: Product) -> Chip:
    """What is not as usual about a product."""
    if product.withdrawn:
        return WITHDRAWN
    return FOR_SALE if product.on_hand else SOLD_OUT


def place(country: str) -> str:
    """'Germany', or 'Everywhere else' for the rate of all other countries."""
    return "Everywhere else" if country == "*" else country_name(country)


def rates_table(rates: Sequence[ShippingRate]) -> Table:
    """One row a rate. Names of countries take a moment to look up the first time."""
    rows = tuple((place(rate.country), money(rate.amount, rate.currency), tax(rate.tax_rate)) for rate in rates)
    return Table("Shipping rates", ("To", "Price", "Tax"), rows, frozenset({1, 2}))


# --- what an import changes ------------------------------------------------------------------------------


def change_line(change: CatalogueChange) -> str:
    """'2 products out, 1 changed, 3 new, 4 as they are. Shipping: 1 rate changed, 8 as they are.'"""
    parts = [
        _sum_of(change.products, "product", change.same_products),
        f"Shipping: {_sum_of(change.rates, 'rate', change.same_rates)}",
    ]
    if change.reordered:
        parts.append("The order changes.")
    return " ".join(parts)


def unsent_line(change: CatalogueChange) -> str:
    """What to think of before, '' for nothing."""
    if not change.unsent:
        return ""
    codes = " and ".join(code.upper() for code in change.unsent)
    return f"No shipping rate is in {codes}: shoppers cannot order what is sold in {codes}."


def change_table(change: CatalogueChange) -> Table:
    """One row for each product and rate that is different."""
    rows = [_product_row(each) for each in change.products] + [_rate_row(each) for each in change.rates]
    return Table("Changes", ("", "What", "Change"), tuple(rows), frozenset(), wide=2)


def _sum_of(changes: Sequence[ProductChange | RateChange], what: str, same: int) -> str:
    gone = sum(each.after is None for each in changes)
    new = sum(each.before is None for each in changes)
    numbers = ((gone, "taken out"), (len(changes) - gone - new, "changed"), (new, "new"))
    found = [f"{number:,} {word}" for number, word in numbers if number]
    if not found:
        return f"All {counted(same, what)} as before." if same > 1 else f"{counted(same, what).capitalize()} as before."
    first, *more = found
    number, _, word = first.partition(" ")
    noun = what if number == "1" else f"{what}s"
    rest = [*more, f"{same:,} as before"] if same else more
    return f"{', '.join([f'{number} {noun} {word}', *rest])}."


def _product_row(change: ProductChange) -> tuple[str, str, str]:
    before, after = change.before, change.after
    if after is None:
        assert before is not None
        return "Taken out", f"{before.sku}  {before.name}", "Shoppers cannot order it any more."
    name = f"{after.sku}  {after.name}"
    if before is None:
        return "New", name, f"{money(after.price, after.currency)}, {after.on_hand:,} on hand"
    pairs = (
        ("name", before.name, after.name),
        ("price", money(before.price, before.currency), money(after.price, after.currency)),
        ("tax", tax(before.tax_rate), tax(after.tax_rate)),
        ("on hand", f"{before.on_hand:,}", f"{after.on_hand:,}"),
        ("picture", before.picture or "none", after.picture or "none"),
        ("ships from", ships_from(before) or "now", ships_from(after) or "now"),
        ("state", _for_sale(before), _for_sale(after)),
    )
    return "Changed", name, _differences(pairs)


def _rate_row(change: RateChange) -> tuple[str, str, str]:
    before, after = change.before, change.after
    some = after or before
    assert some is not None
    name = f"Shipping to {place(some.country)}, {some.currency.upper()}"
    if after is None:
        return "Taken out", name, "Nothing is sent there any more."
    if before is None:
        return "New", name, f"{money(after.amount, after.currency)}, {tax(after.tax_rate)} tax"
    pairs = (
        ("price", money(before.amount, before.currency), money(after.amount, after.currency)),
        ("tax", tax(before.tax_rate), tax(after.tax_rate)),
    )
    return "Changed", name, _differences(pairs)


def _differences(pairs: Sequence[tuple[str, str, str]]) -> str:
    return ", ".join(f"{what} {old} {_ARROW} {new}" for what, old, new in pairs if old != new)


def _for_sale(product: Product) -> str:
    return "withdrawn" if product.withdrawn else "for sale"
