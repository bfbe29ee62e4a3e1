"""Who asks: which order a browser may see by its cookie or by a link, and the address its tries are counted under."""

from starlette.requests import Request

from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.limits import client_address
from sellerdesk.checkout.session import checkout_ids
from sellerdesk.domain.errors import UnknownOrder
from sellerdesk.domain.ids import is_secret_token
from sellerdesk.domain.order import Order
from sellerdesk.services.shop import Shop


def link_of(request: Request) -> str:
    """The link that the address names. Raises UnknownOrder for what can be none: not every database looks for just
    any text, PostgreSQL for none with a NUL in it."""
    link = str(request.path_params["link"])
    if not is_secret_token(link):
        raise UnknownOrder
    return link


class Visitors:
    """Answers about one request. The orders are read in the calling thread."""

    def __init__(self, shop: Shop, info: CheckoutInfo) -> None:
        self._shop = shop
        self._info = info

    def client(self, request: Request) -> str:
        """The address to count tries for."""
        return client_address(request, bool(self._info.own_origins))

    def own(self, request: Request, reference: str) -> tuple[str, Order]:
        """The order under ``reference`` if this browser made it, with its checkout id. Raises UnknownOrder."""
        for checkout_id in checkout_ids(request, self._info):
            order = self._shop.by_checkout(checkout_id)
            if order is not None and order.reference == reference:
                return checkout_id, order
        raise UnknownOrder

    def linked(self, request: Request) -> Order:
        """The order behind the link. Raises UnknownOrder."""
        return self._shop.by_link(link_of(request)).order

    def named(self, request: Request) -> Order:
        """The order that the address names, by link or by reference. Raises UnknownOrder."""
        reference = request.path_params.get("reference")
        return self.own(request, reference)[1] if reference else self.linked(request)

    def return_url(self, request: Request, order: Order) -> str:
        """Where the bank sends the shopper back to: the order's page, under the name that this browser knows us by."""
        host = request.headers["host"]
        origin = next((each for each in self._info.own_origins if each.endswith(f"//{host}")), f"http://{host}")
        return f"{origin}/o/{order.link_token}"
