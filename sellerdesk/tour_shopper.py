"""The shopper's part of the tour: in a headless browser where there is one, else by the page's own use cases."""

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sellerdesk.demo import DemoShop
from sellerdesk.demo_stories import Story
from sellerdesk.demo_week import order_as_shopper
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import WorldError
from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.order import Address, Order, Shopper
from sellerdesk.tour_page import Shot

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing but the page: no first-run questions, no calls home, and no sandbox of its own, which root cannot have.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_CARD = ("4242 4242 4242 4242", "12 / 34", "123")
_SHOPPER = Shopper(
    "Mara Lindqvist-Oyelaran",
    "mara.lindqvist@example.com",
    Address("Schönhauser Allee 112", "Berlin", "10439", "DE"),
)


class TourShopper(Protocol):
    """Orders, and looks at the order afterwards. ``how`` says by which way."""

    @property
    def how(self) -> str: ...
    def order(self) -> Order: ...
    def look_at_order(self) -> None: ...
    def leave(self) -> None: ...


def find_shopper(demo: DemoShop, path_for: Callable[[str], Path], add: Callable[[Shot], None]) -> TourShopper:
    """A shopper with a browser if this computer has one that can be driven, else one without.

    ``path_for`` gives the file of the next picture by its name; ``add`` takes a picture that was made.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None or find_spec("playwright") is None:
        return PlainShopper(demo)
    return BrowserShopper(demo, browser, path_for, add)


class PlainShopper:
    """Orders by the use cases behind the page, with a token made without a browser. Takes no pictures."""

    how = "without a browser, because Chromium or its driver is missing here"

    def __init__(self, demo: DemoShop) -> None:
        self._demo = demo

    def order(self) -> Order:
        cart = (CartItem("MUG-SAND", 2), CartItem("APRON-GREEN", 1), CartItem("CANDLES-3", 1))
        return order_as_shopper(self._demo.works, self._demo.sandbox, Story(_SHOPPER, cart, ago=0))

    def look_at_order(self) -> None:
        """Nothing to see without a browser."""

    def leave(self) -> None:
        """Nothing to close."""


class BrowserShopper:
    """Orders on the checkout page in headless Chromium, and takes pictures of it."""

    how = "in headless Chromium, on the checkout page"

    def __init__(
        self, demo: DemoShop, browser: str, path_for: Callable[[str], Path], add: Callable[[Shot], None]
    ) -> None:
        from playwright.sync_api import sync_playwright

        self._demo = demo
        self._path_for = path_for
        self._add = add
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=browser, args=list(_QUIET))
        self._page: Page = self._browser.new_page(viewport={"width": 1280, "height": 900})

    def order(self) -> Order:
        page = self._page
        page.goto(self._demo.shop.info.checkout_url)
        for name in ("Stoneware mug, sand", "Linen apron with crossed straps, forest green", "Beeswax candles"):
            page.locator("li, article").filter(has_text=name).get_by_role("button", name="Add").first.click()
        self._shoot("shop", "The checkout page: the shopper fills a cart.")
        page.get_by_role("link", name="Check out").or_(page.get_by_role("button", name="Check out")).first.click()
        self._fill_form()
        self._shoot("checkout", "The card is typed into the card form's own frame; its number never reaches the shop.")
        page.get_by_role("button", name="Place order").click()
        page.wait_for_url("**/o/*")
        page.get_by_text("Held, not charged").first.wait_for()
        self._shoot("held", "Held, not charged: the order page tells what happens next.")
        return self._shown_order()

    def look_at_order(self) -> None:
        self._page.reload()
        self._page.get_by_text("Your parcel is on its way.").first.wait_for()
        self._shoot("order-page", "The shopper's order page: what was charged, what was released, where the parcel is.")

    def leave(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def _fill_form(self) -> None:
        page = self._page
        page.get_by_label("E-mail").fill(_SHOPPER.email)
        page.get_by_label("Country", exact=True).select_option(_SHOPPER.address.country)
        page.get_by_label("Full name").fill(_SHOPPER.name)
        page.get_by_label("Street and number").fill(_SHOPPER.address.line1)
        page.get_by_label("Postcode").fill(_SHOPPER.address.postal_code)
        page.get_by_label("City").fill(_SHOPPER.address.city)
        frame = page.frame_locator("iframe").first
        for label, value in zip(("Card number", "Expiration date", "Security code"), _CARD, strict=True):
            frame.get_by_label(label).fill(value)

    def _shown_order(self) -> Order:
        """The order whose page is open; its reference stands on it."""
        text = self._page.inner_text("body")
        for word in text.split():
            reference = read_reference(word) if "-" in word else None
            if reference is not None:
                found = self._demo.works.desk.orders.find(reference)
                if found is not None:
                    return self._demo.works.desk.orders.view(found).order
        raise WorldError("The order page shows no order number.")

    def _shoot(self, name: str, words: str) -> None:
        path = self._path_for(f"page-{name}")
        self._page.screenshot(path=path, full_page=True)
        self._add(Shot(path.name, words))
