"""Where Stripe sends its events: one address that trusts nothing but Stripe's signature."""

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sellerdesk.domain.errors import NotFromStripe, StoreError
from sellerdesk.services.receive import ReceiveEvents

PATH = "/stripe/events"
MAX_BYTES = 256 * 1024
BODY_SECONDS = 10.0


def event_route(receive: ReceiveEvents) -> Route:
    """``POST /stripe/events``. Answers 200 once the event is kept, 400 to whatever is not Stripe's, and 503 when it
    could not be kept: then Stripe sends it again. https://docs.stripe.com/webhooks#retries"""

    async def take(request: Request) -> Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(request)
        except TimeoutError:
            return Response(status_code=408)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        try:
            await run_in_threadpool(receive.take, body, request.headers.get("stripe-signature", ""))
        except NotFromStripe:
            return Response(status_code=400)
        except StoreError:
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(PATH, take, methods=["POST"])


async def _read(request: Request) -> bytes | None:
    """The body, None when it is larger than any event of Stripe's that we ask for."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BYTES:
            return None
    return bytes(parts)
