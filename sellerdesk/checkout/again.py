"""Starting over from an order that came to nothing: what of it can still be had, and what that costs today."""

from collections.abc import Callable
from dataclasses import dataclass

from sellerdesk.checkout.quotes import most_of
from sellerdesk.checkout.words import pieces
from sellerdesk.domain.catalogue import CartItem, PricedCart, Product
from sellerdesk.domain.errors import CartRefused
from sellerdesk.domain.order import Order

Quote = Callable[[tuple[CartItem, ...], str], PricedCart]


@dataclass(frozen=True, slots=True)
class Again:
    """``items`` is the new cart, empty when nothing is left; ``missing`` pieces of the order are not in it; ``priced``
    is None when the new cart has no price, because there is none or nothing is sent to that country any more."""

    items: tuple[CartItem, ...]
    missing: int
    priced: PricedCart | None

    @property
    def pieces(self) -> int:
        return sum(item.quantity for item in self.items)

    def quantity(self, sku: str) -> int:
        """How many pieces of ``sku`` are in the new cart."""
        return sum(item.quantity for item in self.items if item.sku == sku)

    @property
    def sold_since(self) -> str:
        """'3 items have sold out since.', or '' when everything can still be had."""
        if not self.missing:
            return ""
        if not self.items:
            return "Everything in it has sold out since."
        return f"{pieces(self.missing)} {'has' if self.missing == 1 else 'have'} sold out since."


def start_again(order: Order, products: tuple[Product, ...], quote: Quote, today: str) -> Again:
    """What of ``order`` is for sale today (an ISO date)."""
    for_sale = {product.sku: most_of(product, today) for product in products}
    wanted: dict[str, int] = {}
    for line in order.lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    left = {sku: min(quantity, for_sale.get(sku, 0)) for sku, quantity in wanted.items()}
    items = tuple(CartItem(sku, quantity) for sku, quantity in left.items() if quantity)
    priced = None
    if items:
        try:
            priced = quote(items, order.shopper.address.country)
        except CartRefused:
            priced = None  # the shopper may still choose another country
    if priced is not None and priced.currency != order.currency:
        priced = None
    return Again(items, order.pieces - sum(left.values()), priced)
