"""Paying an order, by the browser that placed it or by its link, and asking where the payment stands."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sellerdesk.checkout import answers, forms
from sellerdesk.checkout.bodies import read_object
from sellerdesk.checkout.limits import TooOften, Underway
from sellerdesk.checkout.order_words import WAITS_FOR_CARD, PageState, state_of
from sellerdesk.checkout.threads import AllWait, StripeThreads
from sellerdesk.checkout.turnstiles import Turnstiles
from sellerdesk.checkout.visitors import Visitors
from sellerdesk.domain.errors import CallError, OperationInProgress, StoreError
from sellerdesk.domain.order import Order
from sellerdesk.services.pay_answer import PayAnswer, is_confirming, unread
from sellerdesk.services.pay_order import PayOrder

_NOT_KNOWN = "The answer of the bank is not known yet. Please don’t pay again."


class Payments:
    """The endpoints that may hold money, or tell whether it is held."""

    def __init__(self, pay_order: PayOrder, visitors: Visitors, turnstiles: Turnstiles, threads: StripeThreads) -> None:
        self._pay_order = pay_order
        self._visitors = visitors
        self._turnstiles = turnstiles
        self._threads = threads
        self._paying = Underway()

    def count_card(self, payer: str, request: Request, order: Order) -> None:
        """One more card of ``payer``, a checkout id or a link, where ``order`` waits for one. Raises TooOften."""
        state = state_of(order)
        if state in WAITS_FOR_CARD:
            client = self._visitors.client(request)
            self._turnstiles.card(payer, client, nothing_is_held=state is not PageState.APPROVE)

    async def start(self, request: Request) -> Response:
        """The shopper has pressed on an order page that confirms by itself."""
        await read_object(request)
        reference = request.path_params["reference"]

        def start() -> PayAnswer:
            checkout_id, order = self._visitors.own(request, reference)
            if state_of(order) not in WAITS_FOR_CARD:
                return self._read(order, request, lambda: self._pay_order.start(checkout_id, reference))
            self.count_card(checkout_id, request, order)
            return self._pay_order.start(checkout_id, reference)

        return await self._asked(start, request)

    async def pay(self, request: Request) -> Response:
        """With the token of a card."""
        body = await read_object(request)
        token = forms.read_token(body.get("token"))
        reference = request.path_params["reference"]

        def pay() -> PayAnswer:
            checkout_id, order = self._visitors.own(request, reference)
            self.count_card(checkout_id, request, order)
            return self._pay_order.pay(checkout_id, reference, token, self._visitors.return_url(request, order))

        with self._paying.mark(reference):
            return await self._asked(pay, request)

    async def pay_by_link(self, request: Request) -> Response:
        """The same for a browser that has the order's link and nothing else."""
        body = await read_object(request)
        token = forms.read_token(body.get("token"))
        link = request.path_params["link"]
        order = await run_in_threadpool(self._visitors.linked, request)

        def pay() -> PayAnswer:
            self.count_card(link, request, order)
            return self._pay_order.pay_by_link(link, token, self._visitors.return_url(request, order))

        with self._paying.mark(order.reference):
            return await self._asked(pay, request)

    async def look(self, request: Request) -> Response:
        """Where the payment stands."""
        await read_object(request)
        reference = request.path_params["reference"]

        def look() -> PayAnswer:
            checkout_id, order = self._visitors.own(request, reference)
            return self._look(order, request, lambda: self._pay_order.look_again(checkout_id, reference))

        return await self._looked(look, request)

    async def look_by_link(self, request: Request) -> Response:
        """The same for a browser that has the order's link and nothing else."""
        await read_object(request)
        order = await run_in_threadpool(self._visitors.linked, request)

        def look() -> PayAnswer:
            return self._look(order, request, lambda: self._pay_order.look_by_link(order.link_token))

        return await self._looked(look, request)

    def _look(self, order: Order, request: Request, ask: Callable[[], PayAnswer]) -> PayAnswer:
        # A card that has arrived here may be on its way to the bank before the row says so.
        if self._paying.is_marked(order.reference):
            raise OperationInProgress
        return self._read(order, request, ask)

    def _read(self, order: Order, request: Request, ask: Callable[[], PayAnswer]) -> PayAnswer:
        """What ``ask`` reads at Stripe, or what may be told without, where this was read too often."""
        try:
            if not is_confirming(order):  # Stripe is then asked when its turn has come, however often a page looks
                self._turnstiles.look(order.id, self._visitors.client(request))
        except TooOften:
            return unread(order)
        return ask()

    async def _looked(self, look: Callable[[], PayAnswer], request: Request) -> Response:
        """Where the payment stands. A page that already waits for the bank is not sent away, but waits on."""
        try:
            return await self._asked(look, request)
        except AllWait:
            return JSONResponse(answers.pay_json(unread(await run_in_threadpool(self._visitors.named, request))))

    async def _asked(self, ask: Callable[[], PayAnswer], request: Request) -> Response:
        """The bank's answer; any failure here may come after the money was held, so it is told as not known."""
        try:
            return JSONResponse(answers.pay_json(await self._threads.run(ask)))
        except OperationInProgress:
            order = await run_in_threadpool(self._visitors.named, request)
            return JSONResponse({"state": "checking", "link": f"/o/{order.link_token}"})
        except (CallError, StoreError):
            return answers.unavailable("not_known", _NOT_KNOWN)
