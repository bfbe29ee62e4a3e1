"""The demo shop: a sandbox in place of Stripe, a checkout page, and a week of orders made the honest way.

Nothing is kept: the next start makes it all anew.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble, by_server, open_shop
from sellerdesk.assets import asset
from sellerdesk.clock import Clock
from sellerdesk.demo_practice import DemoPractice
from sellerdesk.demo_week import Progress, RunningSandbox, live_through
from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.catalogue_csv import read_products, read_shipping_rates
from sellerdesk.domain.errors import ReadOnlyPlace
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.services.desk import Mode, OpenShop, ShopInfo
from sellerdesk.settings import ACCENT, POLL_SECONDS, SETTINGS_FILE, Settings
from sellerdesk.settings import HEADLINE as CHOSEN_HEADLINE
from sellerdesk.settings import PROFILE as OF_PROFILE
from sellerdesk.settings import TAGLINE as CHOSEN_TAGLINE

SHOP_NAME = "Kontor Nord"
HEADLINE = "Stoneware and linen"
TAGLINE = "Made in small batches. We charge your card only when we pack."
SEAT = "Packing desk 1"
PROFILE = "demo"
_LEFTOVER_SECONDS = 2 * 24 * 3600
_LATER_SECONDS = 11 * 24 * 3600


@dataclass(frozen=True, slots=True)
class DemoShop:
    """An open demo shop, with what the tour reaches for behind the window."""

    shop: OpenShop
    works: Works
    sandbox: RunningSandbox


def open_demo(
    demo_folder: Path,
    progress: Progress,
    road: Callable[[], ConfirmationRoad] = by_server,
    *,
    checkout_port: int = 0,
) -> DemoShop:
    """Start sandbox and checkout page, live through the week of orders, and open the desk's side of it.

    ``demo_folder`` is the demo's profile folder, whose settings hold for the new shop; ``progress`` gets a sentence,
    steps done and steps in all; ``road`` is asked for each order on the page.
    Raises AddressTaken for a checkout port in use, and StoreError's family when the folder cannot be used.
    """
    from sellerdesk.gateway.stripe_gateway import StripeGateway
    from sellerdesk.sandbox.launch import Sandbox
    from sellerdesk.serve import checkout_server
    from sellerdesk.store.database import open_store

    settings = Settings.load(demo_folder / SETTINGS_FILE, OF_PROFILE)
    undo: list[Callable[[], None]] = []
    try:
        folder = _fresh_folder(demo_folder)
        undo.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        sandbox = Sandbox()
        sandbox.start()
        undo.append(sandbox.stop)
        store = open_store(folder / "sellerdesk.db", seat=SEAT, durable=False)
        undo.append(store.close)
        clock = Clock()
        addresses = Addresses.at(sandbox.url)
        gateway = StripeGateway(sandbox.secret_key, addresses, clock)
        works = assemble(store, gateway, clock, seat=SEAT, installation=store.installation())
        goods = _goods(sandbox.world.clock.now())
        live_through(works, sandbox, goods.products, goods.rates, progress)
        _open_shelves(works, goods)
        info = ShopInfo(Mode.DEMO, SHOP_NAME, "", sandbox.url, "", PROFILE)
        # What was lived through went by the server, and so does practice; the page goes by the shop's own road.
        practice = DemoPractice(works, sandbox)
        installation = store.installation()
        works = assemble(store, gateway, clock, seat=SEAT, installation=installation, road=road)
        server = checkout_server(
            works,
            info,
            PROFILE,
            sandbox.publishable_key,
            addresses,
            asset("demo"),
            port=checkout_port,
            headline=settings.get(CHOSEN_HEADLINE) or HEADLINE,
            tagline=settings.get(CHOSEN_TAGLINE) or TAGLINE,
            accent=settings.get(ACCENT),
        )
        undo.append(server.stop)
        info = replace(info, checkout_url=server.url)
        pause = settings.get(POLL_SECONDS)
        shop = open_shop(works, info, store.changes, *reversed(undo), idle_most=pause, sweeps=False)
        shop.practice = practice
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    return DemoShop(shop, works, sandbox)


def _fresh_folder(demo_folder: Path) -> Path:
    """A folder of its own for each start; what a killed demo left behind is cleared away after two days."""
    try:
        demo_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in demo_folder.glob("shop-*"):
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                shutil.rmtree(leftover, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix="shop-", dir=demo_folder))
    except OSError as error:
        raise ReadOnlyPlace(
            "The folder for the demo shop cannot be written. Nothing was changed. "
            "Start with --data-dir and a folder that you may write to."
        ) from error


def demo_products(now: int) -> tuple[Product, ...]:
    """The demo's goods. What ships later does so eleven days after ``now`` (seconds UTC), whatever the file says."""
    later = datetime.fromtimestamp(now + _LATER_SECONDS, UTC).date().isoformat()
    products = read_products(asset("demo", "catalogue.csv").read_text(encoding="utf-8"))
    return tuple(replace(each, available_from=later) if each.available_from else each for each in products)


@dataclass(frozen=True, slots=True)
class _Goods:
    """What is sold on the page, and what was sold at two fairs abroad in their own currencies."""

    on_page: tuple[Product, ...]
    page_rates: tuple[ShippingRate, ...]
    at_fairs: tuple[Product, ...]
    fair_rates: tuple[ShippingRate, ...]

    @property
    def products(self) -> tuple[Product, ...]:
        return (*self.on_page, *self.at_fairs)

    @property
    def rates(self) -> tuple[ShippingRate, ...]:
        return (*self.page_rates, *self.fair_rates)


def _goods(now: int) -> _Goods:
    def text(name: str) -> str:
        return asset("demo", name).read_text(encoding="utf-8")

    page_rates, fair_rates = (read_shipping_rates(text(name)) for name in ("shipping.csv", "fairs_shipping.csv"))
    return _Goods(demo_products(now), page_rates, read_products(text("fairs.csv")), fair_rates)


def _open_shelves(works: Works, goods: _Goods) -> None:
    """What is on the shelves this morning; the fairs are over."""
    withdrawn = (replace(each, withdrawn=True) for each in goods.at_fairs)
    with works.store.write() as unit:
        unit.catalogue.replace((*goods.on_page, *withdrawn), goods.page_rates)
        unit.commit()
