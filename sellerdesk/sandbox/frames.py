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

_PAGE_PARTS = (
    "base", "frame", "element", "payment_element", "card_element", "elements", "bank_window", "client",
)  # fmt: skip
"""The parts of ``stripe.js`` in the order in which they need each other."""

_FILES = (
    "payment.html", "payment.js", "payment.css", "card.html", "card.js", "card.css", "controller.html", "controller.js",
    "challenge.html", "challenge.js", "challenge.css", "wire.js", "digits.js", "fields.js", "calls.js",
)  # fmt: skip


def frame_routes(world: World) -> list[Route]:
    """The routes for scripts, frame pages and the bank's window."""
    script = _serve(_script(), ".js")
    routes = [Route(path, script, methods=["GET"]) for path in ("/stripe.js", "/dahlia/stripe.js")]
    routes += [
        Route(f"/frames/{name}", _serve(_content(name), name[name.rindex(".") :]), methods=["GET"]) for name in _FILES
    ]
    routes.append(Route("/frames/challenge/{ticket}", _question(world), methods=["GET"]))
    routes.append(Route("/frames/challenge/{ticket}", _answer(world), methods=["POST"]))
    return routes


def _content(name: str) -> bytes:
    return (files("sellerdesk.sandbox") / "stripe_js" / name).read_bytes()


def _script() -> bytes:
    """``stripe.js``: its parts inside one function, so that the page sees nothing of them but ``Stripe``."""
    parts = b"\n".join(_content(f"page/{name}.js") for name in _PAGE_PARTS)
    return b'(() => {\n"use strict";\n\n' + parts + b"})();\n"


def _serve(content: bytes, suffix: str) -> Callable[[Request], Awaitable[Response]]:
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
                    "captcha": challenge.captcha,
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
