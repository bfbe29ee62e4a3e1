"""The sandbox as a Starlette application: the API, the frames, the control plane and pages about itself."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sellerdesk.sandbox.api import MAX_BODY_BYTES, Api, ApiRequest, Observe
from sellerdesk.sandbox.control import control_routes
from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.frames import frame_routes
from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.viewer import viewer_routes
from sellerdesk.sandbox.world import World
from sellerdesk.serving import DROP_CONNECTION


def create_app(world: World, control_token: str, observe: Observe | None = None) -> Starlette:
    """The application for one world. ``control_token`` opens the control plane, ``observe`` is shown every answer."""
    api = Api(world, observe)

    async def call(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY_BYTES:
                break
        wanted = ApiRequest(request.method, request.url.path, request.url.query, dict(request.headers.items()), body)
        if not _own_origin(request):
            return _refusal(403, "Requests from the page of another site are not taken.", world.ids.new("req", 14))
        answer = await run_in_threadpool(api.handle, wanted)
        if answer.dropped:
            return _Dropped()
        return Response(answer.body, answer.status, headers=dict(answer.headers))

    return Starlette(
        routes=[
            *viewer_routes(world, control_token),
            *frame_routes(world),
            *control_routes(world, control_token),
            Route("/{path:path}", _EveryMethod(call)),
        ],
        middleware=[Middleware(_OwnHostOnly, ids=world.ids)],
    )


class _EveryMethod:
    """An endpoint for every method: wrong ones get Stripe's refusal, not the framework's."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._endpoint(Request(scope, receive))
        await response(scope, receive, send)


def _refusal(status: int, message: str, request_id: str) -> Response:
    return JSONResponse(ApiError(status, message).body(request_id), status, {"Request-Id": request_id})


class _Dropped(Response):
    """No answer at all: the connection is closed."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        scope[DROP_CONNECTION] = True


class _OwnHostOnly:
    """Refuses requests whose Host header is not this computer and this port.

    A page on the web could otherwise reach the sandbox under a name of its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, ids: IdSource) -> None:
        self._app = app
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._known(scope):
            refusal = _refusal(421, "This host name is not the sandbox's.", self._ids.new("req", 14))
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    @staticmethod
    def _known(scope: Scope) -> bool:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        port = (scope.get("server") or ("", 0))[1]
        return host in (f"127.0.0.1:{port}", f"localhost:{port}")


def _own_origin(request: Request) -> bool:
    """Browsers name the origin of a page that sends a POST; only the sandbox's own frames may."""
    origin = request.headers.get("origin")
    return origin is None or origin == f"http://{request.headers.get('host', '')}"
