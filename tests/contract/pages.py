"""The shop's pages that the browser tests open, and how a shopper uses them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import FrameLocator, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sellerdesk.sandbox import Sandbox

HOST_PAGE = Path(__file__).with_name("host_page")
_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def host_app(sandbox: Sandbox) -> Starlette:
    """Everything in ``host_page``; the addresses and the key of the sandbox are filled in."""
    policy = (
        f"default-src 'none'; script-src 'self' {sandbox.url}; frame-src {sandbox.url}; "
        f"connect-src 'self' {sandbox.url}; style-src 'self'"
    )

    async def endpoint(request: Request) -> Response:
        path = HOST_PAGE / request.path_params.get("name", "index.html")
        if path.parent != HOST_PAGE or not path.is_file():
            return Response(status_code=404)
        text = path.read_text("utf-8").replace("{base}", sandbox.url).replace("{key}", sandbox.publishable_key)
        return Response(text, media_type=_KINDS[path.suffix], headers={"Content-Security-Policy": policy})

    return Starlette(routes=[Route("/", endpoint), Route("/{name}", endpoint)])


@contextmanager
def well_behaved(page: Page) -> Iterator[None]:
    """A page on a telephone that must not break its own policy or throw."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.set_viewport_size({"width": 390, "height": 800})
    yield
    assert [text for text in problems if not text.startswith("Failed to load resource")] == []


def card_frame(page: Page) -> FrameLocator:
    return page.frame_locator("#card iframe")


def bank_frame(page: Page) -> FrameLocator:
    return page.frame_locator("dialog iframe")


def type_card(page: Page, number: str, expiry: str = "1234", cvc: str = "123") -> None:
    """Type into the payment Element."""
    frame = card_frame(page)
    frame.get_by_label("Card number").click()
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(expiry)
    page.keyboard.press("Tab")
    page.keyboard.type(cvc)
    page.keyboard.press("Tab")


def type_line(page: Page, text: str) -> None:
    """Type into the card Element, which moves on by itself: number, date, code, postal code in one go."""
    card_frame(page).get_by_label("Credit or debit card number").click()
    page.keyboard.type(text)
