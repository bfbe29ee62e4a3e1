"""The JSON side: quote, order, payment, status. Prices and totals in a request are never read."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sellerdesk.checkout import answers, forms
from sellerdesk.checkout.bodies import read_object
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.limits import Bucket, Limits, TooOften, Underway, client_address
from sellerdesk.checkout.moments import iso_date
from sellerdesk.checkout.order_words import MONEY_IS_SAFE, WAITS_FOR_CARD, PageState, state_of
from sellerdesk.checkout.postal import rules_for
from sellerdesk.checkout.quotes import address_json, most_of, quote_json
from sellerdesk.checkout.session import checkout_ids, current_id, start_checkout
from sellerdesk.domain.catalogue import CartItem, Product
from sellerdesk.domain.errors import (
    CallError,
    CartRefused,
    CatchingUp,
    CheckoutClosed,
    OperationInProgress,
    OutcomeUnknown,
    RefusedError,
    StoreError,
    UnknownOrder,
)
from sellerdesk.domain.order import Order
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.services.approving import Approval
from sellerdesk.services.pay_answer import PayAnswer
from sellerdesk.services.shopfront import Shopfront

Endpoint = Callable[[Request], Awaitable[Response]]

_NO_CARDS = "The shop cannot take cards at the moment. Nothing is held."
_IN_A_MOMENT = "The shop is not ready yet. Nothing is held. Please try again in a moment."
_EARLIER = "An earlier order of yours waits for your bank. Please finish that one first."
_BANK_NOT_ASKED = "Your bank could not be asked. Please look again in a minute."
_NOT_KNOWN = "The answer of the bank is not known yet. Please don’t pay again."


class Api:
    """The endpoints under /api. Use cases block, so each runs in a worker thread."""

    def __init__(self, shopfront: Shopfront, info: CheckoutInfo, limits: Limits) -> None:
        self._shop = shopfront.shop
        self._place_order = shopfront.place_order
        self._approving = shopfront.approving
        self._clock = shopfront.clock
        self._info = info
        self._pay_checkout = Bucket(limits.pay_per_checkout, time.monotonic)
        self._pay_address = Bucket(limits.pay_per_address, time.monotonic)
        self._pay_together = Bucket(limits.pay_together, time.monotonic)
        self._place_address = Bucket(limits.place_per_address, time.monotonic)
        self._approved_order = Bucket(limits.approved_per_order, time.monotonic)
        self._asks = Bucket(limits.ask_per_address, time.monotonic)
        self._paying = Underway()

    def routes(self) -> list[Route]:
        """Everything under /api but the status of an order page."""
        post = ["POST"]
        return [
            Route("/api/quote", self._telling(self._quote), methods=post),
            Route("/api/checkout/new", self._telling(self._new_checkout), methods=post),
            Route("/api/orders", self._telling(self._order), methods=post),
            Route("/api/orders/{reference:str}/start", self._telling(self._start), methods=post),
            Route("/api/orders/{reference:str}/pay", self._telling(self._pay), methods=post),
            Route("/api/orders/{reference:str}/look", self._telling(self._look), methods=post),
            Route("/api/o/{link:str}/pay", self._telling(self._pay_by_link), methods=post),
            Route("/api/o/{link:str}/look", self._telling(self._look_by_link), methods=post),
            Route("/api/o/{link:str}/approve", self._telling(self._approve), methods=post),
            Route("/api/o/{link:str}/approved", self._telling(self._approved), methods=post),
        ]

    def _telling(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` with what it raises turned into an answer."""

        async def told(request: Request) -> Response:
            try:
                self._asks.take(self._client(request))
                return await endpoint(request)
            except RefusedError as error:
                return answers.refused(error)

        return told

    async def _quote(self, request: Request) -> Response:
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

    async def _new_checkout(self, request: Request) -> Response:
        await read_object(request)
        response = JSONResponse({})
        start_checkout(request, response, self._info)
        return response

    async def _order(self, request: Request) -> Response:
        body = await read_object(request)
        checkout_id = current_id(request, self._info)
        if not checkout_id:
            return answers.refusal(409, "no_checkout", "Your browser did not keep our cookie. Please allow it.")
        cart = forms.read_cart(body.get("cart"))
        shopper = forms.read_shopper(body.get("shopper"), self._info.countries)
        self._place_address.take(self._client(request))
        save_card = body.get("save_card") is True

        def place() -> dict[str, Any]:
            known = self._shop.by_checkout(checkout_id)
            if known is not None and _is_done(known, cart):
                return answers.order_json(known)
            if known is None:
                self._refuse_sold_out(cart, {product.sku: product for product in self._shop.products()})
            try:
                order = self._place_order.place(checkout_id, cart, shopper, save_card)
                return self._placed(checkout_id, order, request)
            except OperationInProgress:
                known = self._shop.by_checkout(checkout_id)
                if known is None:
                    raise
                if state_of(known) is PageState.APPROVE and not _is_of(known, cart):
                    raise _EarlierOrder(known) from None
                return {**answers.order_json(known), "state": "checking"}
            except CheckoutClosed:
                # Another tab may have held it a moment ago: that is this order, and no reason for a second one.
                known = self._shop.by_checkout(checkout_id)
                if known is None or not _is_done(known, cart):
                    raise
                return answers.order_json(known)

        try:
            return JSONResponse(await run_in_threadpool(place))
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

    def _placed(self, checkout_id: str, order: Order, request: Request) -> dict[str, Any]:
        """The order as the page needs it, and what the page needs to confirm it by itself, where it is to do that."""
        if road_of(order.payment) is not ConfirmationRoad.PAGE or state_of(order) not in WAITS_FOR_CARD:
            return answers.order_json(order)
        self._count(checkout_id, request, state_of(order))
        answer = self._place_order.start(checkout_id, order.reference)
        return {**answers.order_json(answer.order), **answers.page_json(answer)}

    async def _start(self, request: Request) -> Response:
        """The shopper has pressed on an order page that confirms by itself."""
        await read_object(request)
        reference = request.path_params["reference"]

        def start() -> PayAnswer:
            checkout_id, order = self._own(request, reference)
            if state_of(order) in WAITS_FOR_CARD:
                self._count(checkout_id, request, state_of(order))
            return self._place_order.start(checkout_id, reference)

        return await self._asked(start, request)

    async def _pay(self, request: Request) -> Response:
        body = await read_object(request)
        token = forms.read_token(body.get("token"))
        reference = request.path_params["reference"]

        def pay() -> PayAnswer:
            checkout_id, order = self._own(request, reference)
            if state_of(order) in WAITS_FOR_CARD:
                self._count(checkout_id, request, state_of(order))
            return self._place_order.pay(checkout_id, reference, token, self._return_url(request, order))

        with self._paying.mark(reference):
            return await self._asked(pay, request)

    async def _pay_by_link(self, request: Request) -> Response:
        """The same for a browser that has the order's link and nothing else."""
        body = await read_object(request)
        token = forms.read_token(body.get("token"))
        link = request.path_params["link"]
        order = await run_in_threadpool(self._linked, request)

        def pay() -> PayAnswer:
            if state_of(order) in WAITS_FOR_CARD:
                self._count(link, request, state_of(order))
            return self._place_order.pay_by_link(link, token, self._return_url(request, order))

        with self._paying.mark(order.reference):
            return await self._asked(pay, request)

    def _count(self, payer: str, request: Request, state: PageState) -> None:
        """One more card of ``payer``, a checkout id or a link. Raises TooOften."""
        try:
            self._pay_checkout.take(payer)
            self._pay_address.take(self._client(request))
            self._pay_together.take("")
        except TooOften as refused:
            raise TooOften(refused.seconds, "" if state is PageState.APPROVE else "Nothing is held. ") from None

    async def _look(self, request: Request) -> Response:
        await read_object(request)
        reference = request.path_params["reference"]

        def look() -> PayAnswer:
            checkout_id, _ = self._own(request, reference)
            # A card that has arrived here may be on its way to the bank before the row says so.
            if self._paying.is_marked(reference):
                raise OperationInProgress
            return self._place_order.look_again(checkout_id, reference)

        return await self._asked(look, request)

    async def _look_by_link(self, request: Request) -> Response:
        await read_object(request)
        order = await run_in_threadpool(self._linked, request)

        def look() -> PayAnswer:
            if self._paying.is_marked(order.reference):
                raise OperationInProgress
            return self._place_order.look_by_link(order.link_token)

        return await self._asked(look, request)

    async def _approve(self, request: Request) -> Response:
        """The shopper of a saved card goes to the bank's page."""
        await read_object(request)
        order = await run_in_threadpool(self._linked, request)

        def approve() -> Approval:
            self._pay_checkout.take(f"approve {order.link_token}")
            return self._approving.start(order.link_token, self._return_url(request, order))

        return await self._about_approval(approve)

    async def _approved(self, request: Request) -> Response:
        """The shopper is back from there. Each time costs a reading at Stripe."""
        await read_object(request)
        order = await run_in_threadpool(self._linked, request)

        def look() -> Approval:
            self._approved_order.take(order.link_token)
            return self._approving.look(order.link_token)

        return await self._about_approval(look)

    async def _about_approval(self, ask: Callable[[], Approval]) -> Response:
        try:
            return JSONResponse(answers.approval_json(await run_in_threadpool(ask), self._info.script_url))
        except (CallError, StoreError):
            return answers.unavailable("not_known", _BANK_NOT_ASKED)

    async def _asked(self, ask: Callable[[], PayAnswer], request: Request) -> Response:
        """The bank's answer; any failure here may come after the money was held, so it is told as not known."""
        try:
            return JSONResponse(answers.pay_json(await run_in_threadpool(ask)))
        except OperationInProgress:
            order = await run_in_threadpool(self._named, request)
            return JSONResponse({"state": "checking", "link": f"/o/{order.link_token}"})
        except (CallError, StoreError):
            return answers.unavailable("not_known", _NOT_KNOWN)

    def _own(self, request: Request, reference: str) -> tuple[str, Order]:
        """The order under ``reference`` if this browser made it, with its checkout id. Raises UnknownOrder."""
        for checkout_id in checkout_ids(request, self._info):
            order = self._shop.by_checkout(checkout_id)
            if order is not None and order.reference == reference:
                return checkout_id, order
        raise UnknownOrder

    def _linked(self, request: Request) -> Order:
        """The order behind the link. Raises UnknownOrder."""
        return self._shop.by_link(request.path_params["link"]).order

    def _named(self, request: Request) -> Order:
        """The order that the address names, by link or by reference. Raises UnknownOrder."""
        reference = request.path_params.get("reference")
        return self._own(request, reference)[1] if reference else self._linked(request)

    def _refuse_sold_out(self, cart: tuple[CartItem, ...], products: dict[str, Product]) -> None:
        for item in cart:
            product = products.get(item.sku)
            if product is not None and most_of(product, self._today()) == 0:
                raise CartRefused(f"{product.name} sold out while you were here.", item.sku)

    def _return_url(self, request: Request, order: Order) -> str:
        host = request.headers["host"]
        origin = next((each for each in self._info.own_origins if each.endswith(f"//{host}")), f"http://{host}")
        return f"{origin}/o/{order.link_token}"

    def _client(self, request: Request) -> str:
        return client_address(request, bool(self._info.own_origins))

    def _today(self) -> str:
        return iso_date(self._clock.now())


class _EarlierOrder(Exception):
    """The bank waits for the approval of another cart of this browser: that one must be finished first, or both could
    be held."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


def _is_done(order: Order, cart: tuple[CartItem, ...]) -> bool:
    """Whether this very cart is held or charged already: a second press, a reload or another tab."""
    return state_of(order) in MONEY_IS_SAFE and _is_of(order, cart)


def _is_of(order: Order, cart: tuple[CartItem, ...]) -> bool:
    """Whether ``order`` was made from this cart."""
    wanted: dict[str, int] = {}
    for item in cart:
        wanted[item.sku] = wanted.get(item.sku, 0) + item.quantity
    return {line.sku: line.quantity for line in order.lines} == wanted
