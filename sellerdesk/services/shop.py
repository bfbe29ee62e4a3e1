"""The shop as the shopper sees it: products, a quote, an order page. Changes nothing."""

from sellerdesk.domain.catalogue import CartItem, PricedCart, Product, ShippingRate, price_cart
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order
from sellerdesk.services.ports import Store


class Shop:
    """Reads for the checkout page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def products(self) -> tuple[Product, ...]:
        """Everything for sale, in the catalogue's order."""
        with self._store.read() as unit:
            return tuple(product for product in unit.catalogue.products() if not product.withdrawn)

    def rates(self) -> tuple[ShippingRate, ...]:
        """Where we send to and what it costs."""
        with self._store.read() as unit:
            return unit.catalogue.shipping_rates()

    def quote(self, cart: tuple[CartItem, ...], country: str) -> PricedCart:
        """The cart at our prices. Raises CartRefused."""
        with self._store.read() as unit:
            products = {product.sku: product for product in unit.catalogue.products()}
            return price_cart(products, cart, unit.catalogue.shipping_rates(), country)

    def by_link(self, link_token: str) -> OrderView:
        """The order behind an unguessable link. Raises UnknownOrder."""
        with self._store.read() as unit:
            order = unit.orders.by_link(link_token)
            return OrderView(order, unit.orders.timeline(order.id))

    def by_checkout(self, checkout_id: str) -> Order | None:
        """The order made with this browser's checkout id, or None."""
        with self._store.read() as unit:
            return unit.orders.by_checkout(checkout_id)
