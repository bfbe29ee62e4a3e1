"""The JSON side: which endpoint is at which address, and what a refusal becomes."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sellerdesk.checkout import answers
from sellerdesk.checkout.approvals import Approvals
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.limits import Limits
from sellerdesk.checkout.ordering import Ordering
from sellerdesk.checkout.payments import Payments
from sellerdesk.checkout.threads import StripeThreads
from sellerdesk.checkout.turnstiles import Turnstiles
from sellerdesk.checkout.visitors import Visitors
from sellerdesk.domain.errors import RefusedError
from sellerdesk.services.shopfront import Shopfront

Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """The endpoints under /api. Use cases block, so each runs in a worker thread; those that may wait for Stripe have
    their own."""

    def __init__(self, shopfront: Shopfront, info: CheckoutInfo, limits: Limits) -> None:
        self._visitors = Visitors(shopfront.shop, info)
        self._turnstiles = Turnstiles(limits)
        threads = StripeThreads(limits.wait_together)
        self._payments = Payments(shopfront.pay_order, self._visitors, self._turnstiles, threads)
        self._approvals = Approvals(shopfront.approving, info, self._visitors, self._turnstiles, threads)
        self._ordering = Ordering(shopfront, info, self._visitors, self._turnstiles, self._payments, threads)

    def routes(self) -> list[Route]:
        """Everything under /api but the status of an order page."""
        return [
            self._route("/api/quote", self._ordering.quote),
            self._route("/api/checkout/new", self._ordering.new_checkout),
            self._route("/api/orders", self._ordering.order),
            self._route("/api/orders/{reference:str}/start", self._payments.start),
            self._route("/api/orders/{reference:str}/pay", self._payments.pay),
            self._route("/api/orders/{reference:str}/look", self._payments.look),
            self._route("/api/o/{link:str}/pay", self._payments.pay_by_link),
            self._route("/api/o/{link:str}/look", self._payments.look_by_link),
            self._route("/api/o/{link:str}/approve", self._approvals.approve),
            self._route("/api/o/{link:str}/approved", self._approvals.approved),
        ]

    def _route(self, path: str, endpoint: Endpoint) -> Route:
        return Route(path, self._telling(endpoint), methods=["POST"])

    def _telling(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` with what it raises turned into an answer."""

        async def told(request: Request) -> Response:
            try:
                self._turnstiles.ask(self._visitors.client(request))
                return await endpoint(request)
            except RefusedError as error:
                return answers.refused(error)

        return told
