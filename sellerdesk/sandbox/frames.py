"""What the browser loads from the sandbox: ``stripe.js``, the card frame, and the bank's window."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sellerdesk.sandbox import bank
from sellerdesk.sandbox.currencies import shown
from sellerdesk.sandbox.render import publishable_intent_json
from sellerdesk.sandbox.status import status_of
from sellerdesk.sandbox.world import World

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors http://127.0.0.1:* http://localhost:*"
)
"""Content-Security-Policy of the pages inside the frames."""

_FILES = {
    "/stripe.js": "stripe.js",
    "/dahlia/stripe.js": "stripe.js",
    "/frames/payment.html": "payment.html",
    "/frames/controller.html": "controller.html",
    "/frames/challenge.html": "challenge.html",
    "/frames/wire.js": "wire.js",
    "/frames/card.js": "card.js",
    "/frames/payment.js": "payment.js",
    "/frames/payment.css": "payment.css",
    "/frames/controller.js": "controller.js",
    "/frames/challenge.js": "challenge.js",
    "/frames/challenge.css": "challenge.css",
}


def frame_routes(world: World) -> list[Route]:
    """The routes for scripts, frame pages and the bank's window."""
    routes = [Route(path, _file(name), methods=["GET"]) for path, name in _FILES.items()]
    routes.append(Route("/frames/challenge/{ticket}", _question(world), methods=["GET"]))
    routes.append(Route("/frames/challenge/{ticket}", _answer(world), methods=["POST"]))
    return routes


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    content = (files("sellerdesk.sandbox") / "stripe_js" / name).read_bytes()
    suffix = name[name.rindex(".") :]
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    if suffix == ".html":
        headers["Content-Security-Policy"] = FRAME_POLICY

    async def endpoint(_request: Request) -> Response:
        return Response(content, headers={**headers, "Content-Type": _TYPES[suffix]})

    return endpoint


def _question(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        with world.open():
            challenge = world.store.challenges.get(request.path_params["ticket"])
            intent = world.store.intents.get(challenge.intent) if challenge else None
            if challenge is None or intent is None or intent.challenge is not challenge:
                return JSONResponse({"error": "This request has ended."}, 404)
            return JSONResponse(
                {
                    "shop": world.shop_name,
                    "amount": shown(intent.amount, intent.currency),
                    "last4": challenge.method.card.last4,
                }
            )

    return endpoint


def _answer(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        if body not in (b"complete", b"fail"):
            return PlainTextResponse("complete or fail", 400)
        with world.open():
            challenge = world.store.challenges.get(request.path_params["ticket"])
            intent = world.store.intents.get(challenge.intent) if challenge else None
            if challenge is None or intent is None:
                return JSONResponse({"error": "This request has ended."}, 404)
            if intent.challenge is challenge and status_of(world, intent) == "requires_action":
                if body == b"complete":
                    bank.approve_challenge(world, intent, challenge)
                else:
                    bank.fail_challenge(world, intent)
            answer: dict[str, Any] = {"payment_intent": publishable_intent_json(world, intent)}
            if not challenge.use_stripe_sdk:
                answer["return_url"] = challenge.return_url
            return JSONResponse(answer)

    return endpoint
