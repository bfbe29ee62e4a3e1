"""A priced cart as the page's script wants it: every sum already written out, nothing left to compute."""

from typing import Any
from urllib.parse import quote

from sellerdesk.checkout.postal import AddressRules
from sellerdesk.checkout.words import country_name, pieces
from sellerdesk.domain.catalogue import MAX_QUANTITY, PricedCart, Product
from sellerdesk.formats import money


def quote_json(priced: PricedCart, country: str, products: dict[str, Product], today: str) -> dict[str, Any]:
    """Lines, sums and labels. ``amount`` is minor units, for Stripe's form only."""
    currency = priced.currency
    rates = [line.tax_rate for line in priced.lines]
    return {
        "amount": priced.total,
        "currency": currency,
        "total": money(priced.total, currency),
        "items": money(priced.items, currency),
        "shipping": money(priced.shipping, currency),
        "shipping_label": f"Shipping to {country_name(country)}",
        "tax": money(priced.tax, currency) if priced.tax else "",
        "tax_label": vat_label(rates, priced.shipping_tax_rate),
        "count": pieces(sum(line.quantity for line in priced.lines)),
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "each": f"{line.quantity} × {money(line.unit_price, currency)}" if line.quantity > 1 else "",
                "amount": money(line.amount, currency),
                "picture": picture_address(line.picture),
                "most": most_of(products[line.sku], today),
            }
            for line in priced.lines
        ],
    }


def address_json(rules: AddressRules) -> dict[str, Any]:
    """Which address fields the country has and what they are called."""
    return {
        "country": rules.country,
        "postal_label": rules.postal_label,
        "postal_used": rules.postal_used,
        "postal_required": rules.postal_required,
        "postal_pattern": rules.postal_pattern,
        "postal_hint": rules.postal_hint,
        "postal_numeric": rules.postal_numeric,
        "city_required": rules.city_required,
        "state_used": rules.state_used,
        "state_label": rules.state_label,
        "states": rules.states,
    }


def is_later(product: Product, today: str) -> bool:
    """Whether it can be ordered now and ships from a later day."""
    return bool(product.available_from) and product.available_from > today


def most_of(product: Product, today: str) -> int:
    """How many can be put into one cart; 0 when it is sold out."""
    return MAX_QUANTITY if is_later(product, today) else max(0, min(MAX_QUANTITY, product.on_hand))


def picture_address(picture: str) -> str:
    """Where the browser finds a product's picture, or ''."""
    return f"/pictures/{quote(picture, safe='')}" if picture else ""


def vat_label(rates: list[int], shipping_rate: int) -> str:
    """'includes VAT 19%' when everything has one rate, else without the number. Rates in basis points."""
    if len({*rates, shipping_rate}) > 1:
        return "includes VAT"
    whole, rest = divmod(shipping_rate, 100)
    return f"includes VAT {whole}{f'.{rest:02d}'.rstrip('0') if rest else ''}%"
