"""The HTML side: catalogue, form, order page, pictures, errors."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sellerdesk.assets import asset
from sellerdesk.checkout import words
from sellerdesk.checkout.again import start_again
from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.answers import order_json
from sellerdesk.checkout.files import HashedFiles
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.moments import clock_time, iso_date, short_date
from sellerdesk.checkout.order_page import OrderPageView, order_page
from sellerdesk.checkout.order_words import MONEY_IS_SAFE, PageState, state_of
from sellerdesk.checkout.postal import rules_for
from sellerdesk.checkout.quotes import address_json, is_later, most_of, picture_address
from sellerdesk.checkout.session import checkout_ids, current_id, start_checkout
from sellerdesk.checkout.visitors import link_of
from sellerdesk.domain.accent import DEFAULT_ACCENT
from sellerdesk.domain.catalogue import Product
from sellerdesk.domain.errors import StoreError, UnknownOrder
from sellerdesk.page_probe import HEADER, mark_of
from sellerdesk.services.shopfront import Shopfront

_PICTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.(?:svg|png|jpe?g|webp|avif)")
# An SVG opened by itself is a document: it must not run anything.
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_EAGER_PICTURES = 4


@dataclass(frozen=True, slots=True)
class Card:
    """One product of the catalogue. ``stock`` is '', 'low', 'none' or 'later'; ``most`` 0 when it is sold out."""

    sku: str
    name: str
    price: Markup
    picture: str
    stock: str
    stock_text: Markup
    most: int
    lazy: bool


class Pages:
    """The endpoints that give HTML, and the status of an order page, which is drawn from the same template."""

    def __init__(self, shopfront: Shopfront, info: CheckoutInfo, files: HashedFiles) -> None:
        self._shop = shopfront.shop
        self._place_order = shopfront.place_order
        self._clock = shopfront.clock
        self._info = info
        self._files = files
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(asset("checkout", "templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            t=words.sentence,
            info=info,
            file=files.address,
            script_origin=_origin(info.script_url),
            links=info.links,
            has_accent=info.accent != DEFAULT_ACCENT,
        )

    def routes(self) -> list[Route]:
        """Everything outside /api, and the status of an order page."""
        return [
            Route("/", self.catalogue),
            Route("/checkout", self.form),
            Route("/o/{link:str}", self.order),
            Route("/api/o/{link:str}", self.order_status),
            Route("/pictures/{name:str}", self.picture),
            Route("/static/{name:str}", self.static),
            Route("/healthz", self.health),
        ]

    async def catalogue(self, _request: Request) -> Response:
        """Everything for sale, and the cart, which the script fills."""
        products = await run_in_threadpool(self._for_sale)
        today = iso_date(self._clock.now())
        cards = [_card(product, today, index) for index, product in enumerate(products)]
        return self._page("shop.html", cards=cards, boot=self._boot({"country": next(iter(self._info.countries), "")}))

    async def form(self, request: Request) -> Response:
        """The form. The browser gets its checkout id with it, and a new one once the last order's money is safe:
        whoever comes back with something in the cart wants another order, even the same things again."""
        if not self._info.countries:
            return RedirectResponse("/", 303)
        checkout_id = current_id(request, self._info)
        known = await run_in_threadpool(self._shop.by_checkout, checkout_id) if checkout_id else None
        by_page = await run_in_threadpool(self._place_order.page_confirms)
        country = self._info.countries[0]
        boot = self._boot(
            {
                "address": address_json(rules_for(country)),
                # Named and sorted in the browser: the names of all would be the heaviest part of the page.
                "countries": self._info.countries[1:],
                "by_page": by_page,
                "last": order_json(known) if known else None,
                "words": words.for_form(),
            }
        )
        terms = next((address for label, address in self._info.links if label == "Terms"), "")
        page = self._page(
            "checkout.html",
            boot=boot,
            country=(country, words.country_name(country)),
            rules=rules_for(country),
            terms=terms,
        )
        if not checkout_id or (known is not None and state_of(known) in MONEY_IS_SAFE):
            start_checkout(request, page, self._info)
        return page

    async def order(self, request: Request) -> Response:
        """The page behind an unguessable link."""
        view = await run_in_threadpool(self._order_view, request)
        checked = clock_time(self._clock.now())
        body = self._body(view, checked)
        link = f"/o/{view.token}"
        boot = self._boot(
            {
                "reference": view.reference,
                "link": link,
                "state": view.state.value,
                "mine": view.mine,
                "words": words.for_order_page(),
                "pay": _pay(view),
                # What was ordered leaves the cart of the browser that ordered it, and of no other.
                "items": view.items if view.mine else (),
            }
        )
        return self._page("order.html", view=view, body=body, mark=_mark(self._body(view)), boot=boot)

    async def order_status(self, request: Request) -> Response:
        """What the order page asks every ten seconds: has anything changed, and what is it."""
        view = await run_in_threadpool(self._order_view, request)
        told = {"mark": _mark(self._body(view)), "state": view.state.value, "tab": view.hero.tab}
        return JSONResponse({**told, "what": f"{view.hero.badge}. {_text(view.hero.title)}"})

    async def picture(self, request: Request) -> Response:
        """A product's picture."""
        name = request.path_params["name"]
        path = self._info.pictures / name
        if not _PICTURE.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(
            path, headers={"cache-control": "public, max-age=3600", "content-security-policy": _PICTURE_POLICY}
        )

    async def static(self, request: Request) -> Response:
        """A style or script under its hashed name."""
        answer = self._files.answer(request.path_params["name"])
        if answer is None:
            raise HTTPException(404)
        return answer

    async def health(self, _request: Request) -> Response:
        """For whoever watches the server: the database can be read. The desk knows its shop's page by the mark."""
        await run_in_threadpool(self._shop.rates)
        return PlainTextResponse("ok\n", headers={HEADER: mark_of(self._info.profile)})

    def error(self, request: Request, status: int, number: str) -> Response:
        """The one answer for whatever cannot be done: a sentence, maybe a number, never a trace."""
        key = {404: "not_found", 500: "unexpected", 503: "not_ready"}.get(status, "not_allowed")
        sentence = words.PAGE[key]
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": {"code": key, "message": sentence, "id": number}}, status)
        page = self._page("error.html", sentence=sentence, number=number, boot=Markup("{}"))
        page.status_code = status
        return page

    async def http_error(self, request: Request, error: Exception) -> Response:
        """For the router: unknown addresses, wrong methods, orders that do not exist, an unreadable database."""
        match error:
            case UnknownOrder():
                return self.error(request, 404, "")
            case StoreError():
                return self.error(request, 503, "")
            case HTTPException():
                answer = self.error(request, error.status_code, "")
                answer.headers.update(error.headers or {})
                return answer
            case _:
                raise error

    def _for_sale(self) -> tuple[Product, ...]:
        """Nothing while there is no country to send to: the rates can be taken away while the page is open to all."""
        return self._shop.products() if self._info.countries and self._shop.rates() else ()

    def _order_view(self, request: Request) -> OrderPageView:
        view = self._shop.by_link(link_of(request))
        mine = any(
            order is not None and order.id == view.order.id
            for order in map(self._shop.by_checkout, checkout_ids(request, self._info))
        )
        again = None
        if state_of(view.order) in (PageState.LAPSED, PageState.CLOSED):
            again = start_again(view.order, self._shop.products(), self._shop.quote, iso_date(self._clock.now()))
        return order_page(view, mine, again)

    def _body(self, view: OrderPageView, checked: str = "") -> Markup:
        return Markup(self._templates.get_template("order_body.html").render(view=view, checked=checked))  # noqa: S704 - escaped there

    def _boot(self, more: dict[str, Any]) -> Markup:
        """What the scripts need to know, as JSON in an attribute: no script is ever inline."""
        stripe = {"key": self._info.publishable_key, "script": self._info.script_url}
        host = urlsplit(self._info.script_url).netloc
        text = json.dumps(
            {"shop": self._info.shop_name, "stripe": stripe, "host": host, **more},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        # In single quotes, where JSON's many double quotes need no escaping.
        return Markup(text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"))  # noqa: S704

    def _page(self, name: str, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(name).render(**values))


def _card(product: Product, today: str, index: int) -> Card:
    most = most_of(product, today)
    if is_later(product, today):
        stock, text = "later", words.sentence("ships_from", date=short_date(product.available_from, today))
    elif most == 0:
        stock, text = "none", words.sentence("out_of_stock")
    elif most == 1:
        stock, text = "low", words.sentence("last_one")
    elif most <= 3:
        stock, text = "low", words.sentence("few_left", count=most)
    else:
        stock, text = "", words.sentence("in_stock")
    price = amount_markup(product.price, product.currency)
    picture = picture_address(product.picture)
    return Card(product.sku, product.name, price, picture, stock, text, most, index >= _EAGER_PICTURES)


def _pay(view: OrderPageView) -> dict[str, Any] | None:
    """What the card form of an order page needs; nothing for an order that waits for no card."""
    if not view.can_pay:
        return None
    return {
        "amount": view.total,
        "currency": view.currency,
        "total": view.big.amount.striptags(),
        "country": view.country,
        "saved": view.save_card,
        "by_page": view.by_page,
    }


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _text(markup: Markup) -> str:
    return markup.replace(Markup("<br>"), Markup(" ")).striptags()
