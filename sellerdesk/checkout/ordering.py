"""From cart to order: prices, the browser's checkout, and the order itself. Prices in a request are never read."""

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sellerdesk.checkout import answers, forms
from sellerdesk.checkout.bodies import read_object
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.moments import iso_date
from sellerdesk.checkout.order_words import MONEY_IS_SAFE, WAITS_FOR_CARD, PageState, state_of
from sellerdesk.checkout.payments import Payments
from sellerdesk.checkout.postal import rules_for
from sellerdesk.checkout.quotes import address_json, most_of, quote_json
from sellerdesk.checkout.session import current_id, start_checkout
from sellerdesk.checkout.threads import StripeThreads
from sellerdesk.checkout.turnstiles import Turnstiles
from sellerdesk.checkout.visitors import Visitors
from sellerdesk.domain.catalogue import CartItem, Product
from sellerdesk.domain.errors import (
    CallError,
    CartRefused,
    CatchingUp,
    CheckoutClosed,
    OperationInProgress,
    OutcomeUnknown,
    StoreError,
)
from sellerdesk.domain.order import Order, Shopper
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.services.shopfront import Shopfront

_NO_CARDS = "The shop cannot take cards at the moment. Nothing is held."
_IN_A_MOMENT = "The shop is not ready yet. Nothing is held. Please try again in a moment."
_EARLIER = "An earlier order of yours waits for your bank. Please finish that one first."


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one browser orders."""

    checkout_id: str
    cart: tuple[CartItem, ...]
    shopper: Shopper
    save_card: bool


class _EarlierOrder(Exception):
    """The bank waits for the approval of another cart of this browser: that one must be finished first, or both could
    be held."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


class Ordering:
    """The endpoints before an order is paid."""

    def __init__(
        self,
        shopfront: Shopfront,
        info: CheckoutInfo,
        visitors: Visitors,
        turnstiles: Turnstiles,
        payments: Payments,
        threads: StripeThreads,
    ) -> None:
        self._shop = shopfront.shop
        self._place_order = shopfront.place_order
        self._pay_order = shopfront.pay_order
        self._clock = shopfront.clock
        self._info = info
        self._visitors = visitors
        self._turnstiles = turnstiles
        self._payments = payments
        self._threads = threads

    async def quote(self, request: Request) -> Response:
        """What a cart costs, sent to a country."""
        body = await read_object(request)
        cart = forms.read_cart(body.get("cart"))
        country = forms.read_country(body.get("country"), self._info.countries)
        try:
            return JSONResponse(await run_in_threadpool(self._quoted, cart, country))
        except StoreError:
            return answers.unavailable("busy", "The prices cannot be read at the moment.")

    def _quoted(self, cart: tuple[CartItem, ...], country: str) -> dict[str, Any]:
        products = {product.sku: product for product in self._shop.products()}
        self._refuse_sold_out(cart, products)
        priced = self._shop.quote(cart, country)
        told = quote_json(priced, country, products, self._today())
        return {**told, "address": address_json(rules_for(country))}

    async def new_checkout(self, request: Request) -> Response:
        """From now on this browser is in a new checkout."""
        await read_object(request)
        response = JSONResponse({})
        start_checkout(request, response, self._info)
        return response

    async def order(self, request: Request) -> Response:
        """Write the order down, with the payment it will be paid by."""
        body = await read_object(request)
        checkout_id = current_id(request, self._info)
        if not checkout_id:
            return answers.refusal(409, "no_checkout", "Your browser did not keep our cookie. Please allow it.")
        cart = forms.read_cart(body.get("cart"))
        shopper = forms.read_shopper(body.get("shopper"), self._info.countries)
        self._turnstiles.order(self._visitors.client(request))
        wanted = _Wanted(checkout_id, cart, shopper, body.get("save_card") is True)
        try:
            return JSONResponse(await self._threads.run(lambda: self._place(wanted, request)))
        except _EarlierOrder as earlier:
            return answers.refusal(409, "earlier", _EARLIER, link=f"/o/{earlier.order.link_token}")
        except CatchingUp:
            return answers.unavailable("busy", _IN_A_MOMENT)
        except OutcomeUnknown:
            return answers.unavailable("busy", "Stripe did not answer. Nothing is held yet.")
        except StoreError:
            return answers.unavailable("busy", "The order could not be written down. Nothing is held.")
        except CallError as error:
            busy = error.http_status in (409, 429) or (error.http_status or 0) >= 500
            return answers.unavailable("busy" if busy else "unavailable", _NO_CARDS)

    def _place(self, wanted: _Wanted, request: Request) -> dict[str, Any]:
        """The order as the page needs it: a new one, the one that this browser has placed already, or the one that
        another tab is placing."""
        known = self._shop.by_checkout(wanted.checkout_id)
        if known is not None and _is_done(known, wanted.cart):
            return answers.order_json(known)
        if known is None:
            self._refuse_sold_out(wanted.cart, {product.sku: product for product in self._shop.products()})
        try:
            order = self._place_order.place(wanted.checkout_id, wanted.cart, wanted.shopper, wanted.save_card)
            return self._placed(wanted.checkout_id, order, request)
        except OperationInProgress:
            known = self._shop.by_checkout(wanted.checkout_id)
            if known is None:
                raise
            if state_of(known) is PageState.APPROVE and not _is_of(known, wanted.cart):
                raise _EarlierOrder(known) from None
            return {**answers.order_json(known), "state": "checking"}
        except CheckoutClosed:
            # Another tab may have held it a moment ago: that is this order, and no reason for a second one.
            known = self._shop.by_checkout(wanted.checkout_id)
            if known is None or not _is_done(known, wanted.cart):
                raise
            return answers.order_json(known)

    def _placed(self, checkout_id: str, order: Order, request: Request) -> dict[str, Any]:
        """The order as the page needs it, and what the page needs to confirm it by itself, where it is to do that."""
        if road_of(order.payment) is not ConfirmationRoad.PAGE or state_of(order) not in WAITS_FOR_CARD:
            return answers.order_json(order)
        self._payments.count_card(checkout_id, request, order)
        answer = self._pay_order.start(checkout_id, order.reference)
        return {**answers.order_json(answer.order), **answers.page_json(answer)}

    def _refuse_sold_out(self, cart: tuple[CartItem, ...], products: dict[str, Product]) -> None:
        for item in cart:
            product = products.get(item.sku)
            if product is not None and most_of(product, self._today()) == 0:
                raise CartRefused(f"{product.name} sold out while you were here.", item.sku)

    def _today(self) -> str:
        return iso_date(self._clock.now())


def _is_done(order: Order, cart: tuple[CartItem, ...]) -> bool:
    """Whether this very cart is held or charged already: a second press, a reload or another tab."""
    return state_of(order) in MONEY_IS_SAFE and _is_of(order, cart)


def _is_of(order: Order, cart: tuple[CartItem, ...]) -> bool:
    """Whether ``order`` was made from this cart."""
    wanted: dict[str, int] = {}
    for item in cart:
        wanted[item.sku] = wanted.get(item.sku, 0) + item.quantity
    return {line.sku: line.quantity for line in order.lines} == wanted
