"""The shopper of a saved card, who has to approve a later charge at the bank: there and back again."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sellerdesk.checkout import answers
from sellerdesk.checkout.bodies import read_object
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.threads import StripeThreads
from sellerdesk.checkout.turnstiles import Turnstiles
from sellerdesk.checkout.visitors import Visitors
from sellerdesk.domain.errors import CallError, StoreError
from sellerdesk.services.approving import Approval, Approving

_BANK_NOT_ASKED = "Your bank could not be asked. Please look again in a minute."


class Approvals:
    """The endpoints of it. They need the order's link and nothing else."""

    def __init__(
        self,
        approving: Approving,
        info: CheckoutInfo,
        visitors: Visitors,
        turnstiles: Turnstiles,
        threads: StripeThreads,
    ) -> None:
        self._approving = approving
        self._info = info
        self._visitors = visitors
        self._turnstiles = turnstiles
        self._threads = threads

    async def approve(self, request: Request) -> Response:
        """The shopper goes to the bank's page."""
        await read_object(request)
        order = await run_in_threadpool(self._visitors.linked, request)

        def approve() -> Approval:
            self._turnstiles.approve(order.link_token)
            return self._approving.start(order.link_token, self._visitors.return_url(request, order))

        return await self._told(approve)

    async def approved(self, request: Request) -> Response:
        """The shopper is back from there. Each time costs a reading at Stripe."""
        await read_object(request)
        order = await run_in_threadpool(self._visitors.linked, request)

        def look() -> Approval:
            self._turnstiles.approved(order.link_token)
            return self._approving.look(order.link_token)

        return await self._told(look)

    async def _told(self, ask: Callable[[], Approval]) -> Response:
        try:
            return JSONResponse(answers.approval_json(await self._threads.run(ask), self._info.script_url))
        except (CallError, StoreError):
            return answers.unavailable("not_known", _BANK_NOT_ASKED)
