"""Opens a shop with a checkout page on it, and stands in for a browser that speaks JSON."""

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.assets import asset
from sellerdesk.checkout.app import create_app
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.limits import Limits
from sellerdesk.clock import Clock
from sellerdesk.domain.catalogue_csv import read_products, read_shipping_rates
from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.order import Order, Parcel
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.gateway.webhooks import WebhookReader
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.services.receive import ReceiveEvents
from sellerdesk.serving import AsgiServer
from sellerdesk.store.database import open_store

MARA = {
    "email": "mara.lindqvist@example.com",
    "country": "DE",
    "name": "Mara Lindqvist-Oyelaran",
    "line1": "Schönhauser Allee 112",
    "line2": "",
    "postal_code": "10439",
    "city": "Berlin",
    "state": "",
    "phone": "",
}
CART = [
    {"sku": "MUG-SAND", "quantity": 2},
    {"sku": "APRON-GREEN", "quantity": 1},
    {"sku": "CANDLES-3", "quantity": 1},
]
COOKIE = "sd_demo"
SIGNING_SECRET = "whsec_made_up_for_this_test"


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def words(self) -> str:
        """A page as it is read: without its tags."""
        return re.sub(r"<[^>]*>", "", self.text)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class Browser:
    """A client with one cookie jar, which sends what a page of ours would send."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One request exactly as given, plus host and cookies."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        sent = dict(headers or {})
        if self.cookies:
            sent.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        """JSON with the headers of a page of ours; ``headers`` replace them, '' leaves one out."""
        given = {"Content-Type": "application/json", "Origin": self.url}
        given.update({name.replace("_", "-").title(): value for name, value in headers.items()})
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, raw, {name: value for name, value in given.items() if value})

    def start(self) -> "Browser":
        """Open the form, which gives the cookie."""
        assert self.get("/checkout").status == 200
        return self

    def place(self, cart: object = None, **shopper: str) -> Answer:
        body = {"cart": CART if cart is None else cart, "shopper": {**MARA, **shopper}, "save_card": False}
        return self.post("/api/orders", body)


@dataclass(frozen=True)
class ShopWorld:
    """A running shop and what stands behind it."""

    url: str
    works: Works
    sandbox: Sandbox
    client: stripe.StripeClient

    def browser(self) -> Browser:
        return Browser(self.url)

    def token(self, card: str = "pm_card_visa") -> str:
        """A confirmation token as Stripe's script would make it, without a browser."""
        made = self.client.v1.test_helpers.confirmation_tokens.create({"payment_method": card})
        return made.id

    def order(self, link: str) -> Order:
        return self.works.shopfront.shop.by_link(link.rpartition("/")[2]).order


@contextmanager
def open_world(
    database: Path | DatabaseAddress,
    limits: Limits | None = None,
    road: ConfirmationRoad = ConfirmationRoad.SERVER,
    **info: Any,
) -> Iterator[ShopWorld]:
    """Everything the checkout page needs, on free ports. ``database`` is a shared one, or a folder for one of its
    own."""
    with Sandbox() as sandbox:
        place = database / "shop.db" if isinstance(database, Path) else database
        store = open_store(place, seat="Desk 1", durable=isinstance(place, Path))
        clock = Clock()
        addresses = Addresses.at(sandbox.url)
        gateway = StripeGateway(sandbox.secret_key, addresses, clock)
        works = assemble(store, gateway, clock, seat="Desk 1", installation=store.installation(), road=lambda: road)
        restock(works)
        page = CheckoutInfo(**{**_page(sandbox, addresses), **info})
        reader = WebhookReader(SIGNING_SECRET, False, works.clock)
        receive = ReceiveEvents(store, reader, works.clock, lambda: None)
        with AsgiServer(create_app(works.shopfront, page, limits, receive)) as server:
            yield ShopWorld(server.url, works, sandbox, _client(sandbox))
        store.close()


def restock(works: Works) -> None:
    """The demo's catalogue as it is on the first day."""
    products = read_products(asset("demo", "catalogue.csv").read_text("utf-8"))
    rates = read_shipping_rates(asset("demo", "shipping.csv").read_text("utf-8"))
    with works.store.write() as unit:
        unit.catalogue.replace(products, rates)
        unit.commit()


def _page(sandbox: Sandbox, addresses: Addresses) -> dict[str, Any]:
    return {
        "shop_name": "Kontor Nord",
        "mode": "demo",
        "profile": "demo",
        "publishable_key": sandbox.publishable_key,
        "script_url": addresses.script_url,
        "script_origins": addresses.script_origins,
        "frame_origins": addresses.frame_origins,
        "connect_origins": addresses.connect_origins,
        "countries": ("DE", "AT", "FR", "JP", "US"),
        "pictures": asset("demo"),
        "headline": "Stoneware and linen",
        "tagline": "Made in small batches. We charge your card only when we pack.",
    }


def _client(sandbox: Sandbox) -> stripe.StripeClient:
    """Each call on a connection of its own: one that is kept may be closed by the server just when it is used again."""
    stripe.enable_telemetry = False
    session = requests.Session()
    session.headers["Connection"] = "close"
    return stripe.StripeClient(
        sandbox.secret_key,
        base_addresses={"api": sandbox.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(5, 20), session=session),
    )


def pack(world: ShopWorld, link: str, **left_out: int) -> None:
    """Capture the order; ``left_out`` names SKUs (with _ for -) and how many pieces of them stay here."""
    order = world.order(link)
    missing = {sku.replace("_", "-"): pieces for sku, pieces in left_out.items()}
    kept = {line.position: line.quantity - missing.get(line.sku, 0) for line in order.lines}
    prepare = world.works.desk.prepare
    prepare.run(prepare.new_operation(), order.id, order.version, kept)


def send(world: ShopWorld, link: str, number: str = "00340434161142192795", carrier: str = "dhl") -> None:
    """Ship the order in one parcel."""
    order = world.order(link)
    ship = world.works.desk.ship
    ship.run(ship.new_operation(), order.id, order.version, (Parcel(carrier, number),))


def cancel(world: ShopWorld, link: str) -> None:
    """Release the hold at Stripe, as the seller can in Stripe's own dashboard, and hear of it."""
    intent = world.order(link).payment.intent_id
    world.client.v1.payment_intents.cancel(intent)
    world.works.desk.sync.read_again(intent)


def lapse(world: ShopWorld, link: str) -> None:
    """Let eight days pass, and hear of the hold's end."""
    world.sandbox.world.clock.advance(8 * 24 * 3600)
    world.works.desk.sync.read_again(world.order(link).payment.intent_id)


def close(world: ShopWorld, link: str) -> None:
    """Close an unfinished checkout, as another cart of the same browser does."""
    with world.works.store.write() as unit:
        unit.orders.close(world.order(link).id, world.works.clock.now())
        unit.commit()


def say(world: ShopWorld, link: str, words: str) -> None:
    """The seller's words to the shopper."""
    with world.works.store.write() as unit:
        unit.orders.save_message(world.order(link).id, words)
        unit.commit()


def refund(world: ShopWorld, link: str, minor: int) -> None:
    """Send money back at Stripe, as the seller can in Stripe's own dashboard, and hear of it."""
    intent = world.order(link).payment.intent_id
    world.client.v1.refunds.create({"payment_intent": intent, "amount": minor})
    world.works.desk.sync.read_again(intent)
