"""The sandbox's own pages: what is in it, what was asked, and how to point an SDK at it. They change nothing.

The first page is for everybody on this computer and shows no object. The others want the control token: in the address
that is printed at the start, which becomes a cookie of this browser session, or in the header as the control plane.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.versions import API_VERSION
from sellerdesk.sandbox.viewer_json import linked, object_of, without_secrets
from sellerdesk.sandbox.viewer_rows import KINDS, PAGE, Kind, kind_called
from sellerdesk.sandbox.world import World

Answer = Callable[[Request], Response]
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_CLOSED = (
    "These pages show what is in the sandbox and open with its token only. "
    "Use the address on the second line that the sandbox printed when it started."
)
_LATEST = 8


def viewer_routes(world: World, token: str) -> list[Route]:
    """The routes of the pages for one world; ``token`` opens those that show objects."""
    viewer = _Viewer(world)
    style = (files("sellerdesk.sandbox") / "viewer_pages" / "viewer.css").read_bytes()

    async def css(_request: Request) -> Response:
        return Response(style, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})

    def opened(answer: Answer) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            given = request.query_params.get("token")
            if given is not None and _same(given, token):
                return _let_in(request, token)
            held = request.cookies.get(_cookie(request)) or request.headers.get("x-sandbox-token", "")
            if not _same(held, token):
                return viewer.problem(_CLOSED, 403)
            return await run_in_threadpool(answer, request)

        return endpoint

    async def guide(_request: Request) -> Response:
        return viewer.guide()

    return [
        Route("/", guide, methods=["GET"]),
        Route("/_sandbox/viewer.css", css, methods=["GET"]),
        Route("/_sandbox/", opened(viewer.overview), methods=["GET"]),
        Route("/_sandbox/view/{kind}", opened(viewer.listed), methods=["GET"]),
        Route("/_sandbox/view/{kind}/{id}", opened(viewer.one), methods=["GET"]),
        Route("/_sandbox/json/{kind}/{id}", opened(viewer.raw), methods=["GET"]),
    ]


class _Viewer:
    """Draws the pages. Each takes the world's lock once, so that what it shows belongs together."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("sellerdesk.sandbox", "viewer_pages"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters.update(moment=_moment, breakable=_breakable)

    def guide(self) -> Response:
        """How to use the sandbox; without any object."""
        return self._page("guide.html")

    def overview(self, _request: Request) -> Response:
        """The newest of the two things that most people look for, and the guide."""
        world = self._world
        with world.open():
            shown = [(kind, kind.rows(world, 0, _LATEST)) for kind in KINDS if kind.on_overview]
            return self._page("overview.html", shown=shown, here="", **self._frame())

    def listed(self, request: Request) -> Response:
        """One kind of objects, the newest first, ``skip`` of them left out."""
        kind = kind_called(request.path_params["kind"])
        if kind is None:
            return self.problem("The sandbox has nothing of this kind.", 404)
        text = request.query_params.get("skip", "0")
        skip = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        with self._world.open():
            rows = kind.rows(self._world, skip, PAGE)
            frame = self._frame()
            return self._page("list.html", kind=kind, rows=rows, skip=skip, step=PAGE, here=kind.name, **frame)

    def one(self, request: Request) -> Response:
        """One object as its JSON, with ways to the objects it names."""
        name, identifier = request.path_params["kind"], request.path_params["id"]
        with self._world.open():
            try:
                found = without_secrets(object_of(self._world, name, identifier))
            except ApiError:
                return self.problem("The sandbox has no such object. It forgets everything when it is reset.", 404)
            kind = kind_called(name)
            frame = self._frame()
            return self._page(
                "object.html", kind=kind, name=name, id=identifier, text=linked(found), here=name, **frame
            )

    def raw(self, request: Request) -> Response:
        """The same JSON for programs."""
        try:
            with self._world.open():
                found = without_secrets(object_of(self._world, **_names(request)))
        except ApiError as problem:
            return JSONResponse(problem.body(""), problem.status, headers=_HEADERS)
        return JSONResponse(found, headers=_HEADERS)

    def problem(self, sentence: str, status: int) -> Response:
        """A sentence instead of a page."""
        return self._page("problem.html", status, code=status, sentence=sentence)

    def _frame(self) -> dict[str, Any]:
        world = self._world
        counts: list[tuple[Kind, int]] = [(kind, kind.count(world)) for kind in KINDS]
        return {"counts": counts, "now": world.clock.now(), "offset": world.clock.offset}

    def _page(self, template: str, /, status: int = 200, **values: Any) -> Response:
        base, port = self._world.base_url, self._world.base_url.rpartition(":")[2]
        text = self._templates.get_template(template).render(base=base, port=port, version=API_VERSION, **values)
        return HTMLResponse(text, status, headers=_HEADERS)


def _names(request: Request) -> dict[str, str]:
    return {"kind": request.path_params["kind"], "identifier": request.path_params["id"]}


def _let_in(request: Request, token: str) -> Response:
    """Move the token from the address, which histories keep, into a cookie that ends with the browser."""
    answer = RedirectResponse(request.url.path, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(_cookie(request), token, path="/_sandbox", httponly=True, samesite="strict")
    return answer


def _cookie(request: Request) -> str:
    """Cookies do not tell ports apart; the name does."""
    return f"sandbox_{request.url.port or 80}"


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode(), token.encode())


def _moment(seconds: int) -> str:
    """Seconds UTC as a date and a time of day."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _breakable(path: str) -> Markup:
    """A path that may go on in the next line after each slash, and nowhere else unless it must."""
    return Markup("<wbr>/").join(path.replace(" ", "\u00a0").split("/"))
