"""The shopper's part of the tour: in a headless browser where there is one, else by the page's own use cases."""

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from sellerdesk.demo import DemoShop
from sellerdesk.demo_stories import CardTried, Story
from sellerdesk.demo_week import order_as_shopper
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import WorldError
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Address, Order, Shopper
from sellerdesk.tour.album import Album

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
_WAIT_MS = 120_000
_GOOD = ("4242 4242 4242 4242", "12 / 34", "123")
_MISTYPED = ("4242 4242 4242 4241", "01 / 20", "12")
_DECLINED = ("4000 0000 0000 9995", "12 / 34", "123")
_ASKS_BANK = ("4000 0027 6000 3184", "12 / 34", "123")
_SHOPPER = Shopper(
    "Mara Lindqvist-Oyelaran",
    "mara.lindqvist@example.com",
    Address("Schönhauser Allee 112", "Berlin", "10439", "DE"),
)
_MOVED_TO = "Kastanienallee 7"
_NEWEST = OrderQuery(None, limit=1)
_CART = (CartItem("MUG-SAND", 2), CartItem("APRON-GREEN", 1), CartItem("CANDLES-3", 1))


class TourShopper(Protocol):
    """Orders, leaves, comes back, and looks at the order afterwards. ``how`` says by which way."""

    @property
    def how(self) -> str: ...
    def order(self) -> Order:
        """An order that is held in the end, with the card saved."""
        ...

    def leave_at_the_bank(self) -> Order:
        """An order whose shopper closed the window when the bank asked."""
        ...

    def come_back(self, order: Order) -> None:
        """The same shopper finishes what was left."""
        ...

    def order_confirmed_by_page(self) -> None:
        """An order where the page confirms, as the setting says by now."""
        ...

    def look_at(self, order: Order) -> None: ...
    def leave(self) -> None: ...


def find_shopper(demo: DemoShop, album: Album) -> TourShopper:
    """A shopper with a browser if this computer has one that can be driven, else one without."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None or find_spec("playwright") is None:
        return PlainShopper(demo)
    return BrowserShopper(demo, browser, album)


class PlainShopper:
    """Orders by the use cases behind the page, with tokens made without a browser. Takes no pictures."""

    how = "without a browser, because Chromium or its driver is missing here"

    def __init__(self, demo: DemoShop) -> None:
        self._demo = demo

    def order(self) -> Order:
        return self._order(CardTried("pm_card_visa"), save_card=True)

    def leave_at_the_bank(self) -> Order:
        return self._order(CardTried("pm_card_authenticationRequired"))

    def come_back(self, order: Order) -> None:
        self._demo.sandbox.world.answer_challenge(order.payment.intent_id, approve=True)
        self._demo.works.desk.sync.read_again(order.payment.intent_id)

    def order_confirmed_by_page(self) -> None:
        """Only a page can do that."""

    def look_at(self, order: Order) -> None:
        """Nothing to see without a browser."""

    def leave(self) -> None:
        """Nothing to close."""

    def _order(self, card: CardTried, *, save_card: bool = False) -> Order:
        story = Story(_SHOPPER, _CART, ago=0, cards=(card,), save_card=save_card)
        return order_as_shopper(self._demo.works, self._demo.sandbox, story)


class BrowserShopper:
    """Orders on the checkout page in headless Chromium, and takes pictures of it."""

    how = "in headless Chromium, on the checkout page"

    def __init__(self, demo: DemoShop, browser: str, album: Album) -> None:
        from playwright.sync_api import sync_playwright

        self._demo = demo
        self._album = album
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=browser, args=list(_QUIET))
        self._page = self._new_page()

    def order(self) -> Order:
        """With mistakes at first, then a card that the bank declines, then another address and a good card."""
        page = self._page
        self._fill_cart()
        self._shoot("shop", "The checkout page: the shopper fills a cart.")
        self._open_form()
        self._type_card(_MISTYPED)
        page.get_by_label("Postcode").fill("104")
        self._press()
        self._frame().get_by_text("security code is incomplete").or_(
            self._frame().get_by_text("card number is invalid")
        ).first.wait_for()
        self._shoot("mistakes", "Mistakes are shown at their fields; nothing has reached the shop's server.", "P02")
        page.get_by_label("Postcode").fill(_SHOPPER.address.postal_code)
        self._type_card(_DECLINED)
        page.locator("#save").check()
        self._shoot(
            "checkout",
            "The card is typed into the card form's own frame; its number never reaches the shop. The shopper lets it "
            "be saved.",
            "P01",
            "P08",
        )
        self._press()
        page.locator("#note").filter(has_text="Nothing is held.").wait_for()
        self._shoot("declined", "The bank declines: nothing is held, and everything else is kept.", "P18")
        page.get_by_label("Street and number").fill(_MOVED_TO)
        self._type_card(_GOOD)
        self._press()
        self._wait_until_held()
        self._shoot(
            "held",
            "Held, not charged. The new street travelled with the one call that confirmed the card's token.",
            "P04",
            "P05",
            "P17",
        )
        return self._shown_order()

    def leave_at_the_bank(self) -> Order:
        self._page = self._new_page()
        self._fill_cart()
        self._open_form()
        self._type_card(_ASKS_BANK)
        self._press()
        self._page.frame_locator("dialog iframe").get_by_role("button", name="Complete").wait_for()
        self._shoot("bank", "The bank asks the shopper. Nothing is held until that is answered.", "P18")
        rows = self._demo.works.desk.orders.page(_NEWEST).rows
        order = self._demo.works.desk.orders.view(rows[0].id).order
        self._page.goto(f"{self._demo.shop.info.checkout_url}/healthz")
        return order

    def come_back(self, order: Order) -> None:
        page = self._page
        page.goto(f"{self._demo.shop.info.checkout_url}/o/{order.link_token}")
        page.get_by_role("button", name="Approve").first.wait_for()
        self._shoot("come-back", "The same shopper comes back: the same order, the same payment.", "P12")
        page.get_by_role("button", name="Approve").first.click()
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").click()
        self._wait_until_held()
        self._shoot("approved", "Approved: held once, on the payment that was begun.", "P12", "P18")

    def order_confirmed_by_page(self) -> None:
        self._page = self._new_page()
        self._fill_cart()
        self._open_form()
        self._type_card(_GOOD)
        self._press()
        self._wait_until_held()
        self._shoot("page-confirms", "Confirmed by the page itself; the shop's server only read the outcome.", "P15")

    def look_at(self, order: Order) -> None:
        page = self._page
        page.goto(f"{self._demo.shop.info.checkout_url}/o/{order.link_token}")
        page.get_by_text("Your parcel is on its way.").first.wait_for()
        self._shoot(
            "order-page",
            "The shopper's order page: what was charged, what was released, where the parcel is.",
            "P07",
            "P11",
        )

    def leave(self) -> None:
        self._browser.close()
        self._playwright.stop()

    # --- at the page ---

    def _new_page(self) -> "Page":
        """A browser profile of its own: another shopper."""
        page = self._browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(_WAIT_MS)
        return page

    def _fill_cart(self) -> None:
        page = self._page
        page.goto(self._demo.shop.info.checkout_url)
        for item in _CART:
            product = page.locator(f"[data-sku={item.sku}]")
            product.locator(".add").click()
            for _ in range(item.quantity - 1):
                product.locator(".plus").click()

    def _open_form(self) -> None:
        page = self._page
        page.goto(f"{self._demo.shop.info.checkout_url}/checkout")
        page.locator("#frame.ready").wait_for()
        page.get_by_label("E-mail").fill(_SHOPPER.email)
        page.get_by_label("Country", exact=True).select_option(_SHOPPER.address.country)
        page.get_by_label("Full name").fill(_SHOPPER.name)
        page.get_by_label("Street and number").fill(_SHOPPER.address.line1)
        page.get_by_label("Postcode").fill(_SHOPPER.address.postal_code)
        page.get_by_label("City").fill(_SHOPPER.address.city)

    def _frame(self) -> "FrameLocator":
        return self._page.frame_locator("#card iframe")

    def _type_card(self, card: tuple[str, str, str]) -> None:
        for label, value in zip(("Card number", "Expiration date", "Security code"), card, strict=True):
            self._frame().get_by_label(label).fill(value)

    def _press(self) -> None:
        self._page.locator("#pay-button").click()

    def _wait_until_held(self) -> None:
        self._page.wait_for_url("**/o/*")
        self._page.get_by_text("Held, not charged").first.wait_for()

    def _shown_order(self) -> Order:
        """The order whose page is open."""
        link_token = self._page.url.rpartition("/o/")[2].partition("?")[0]
        if not link_token:
            raise WorldError("The order page did not open.")
        return self._demo.works.shopfront.shop.by_link(link_token).order

    def _shoot(self, name: str, words: str, *promises: str) -> None:
        path = self._album.path_for(f"page-{name}")
        self._page.screenshot(path=path, full_page=True)
        self._album.add(path, words, *promises)
