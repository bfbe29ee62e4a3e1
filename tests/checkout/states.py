"""Every page of the shopper's, in every state: how to get there. Each opener starts with a fresh browser profile."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sellerdesk.domain.order import Parcel
from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import CART, MARA, ShopWorld, cancel, close, lapse, pack, refund, say, send
from tests.checkout.shopper import (
    APPROVE_CARD,
    DECLINED_CARD,
    bank_frame,
    carry_cart,
    fill_address,
    fill_cart,
    open_form,
    order_with,
)

Opener = Callable[[Page, ShopWorld], object]

HELD = "pm_card_visa"
DECLINED = "pm_card_visa_chargeDeclined"
ASKS = "pm_card_authenticationRequired"
PARCELS = (Parcel("dhl", "00340434161142192795"), Parcel("ups", "1Z999AA10123456784"), Parcel("Velo Mitte", "ABC-77"))


def order_page(
    page: Page, shop: ShopWorld, card: str = HELD, *, mine: bool = True, save: bool = False, **shopper: str
) -> str:
    """An order made without the form, with ``card`` tried once if there is one; gives its link. The page's browser has
    made it, or with ``mine`` False has only the link."""
    jar = shop.browser().start()
    placed = jar.post("/api/orders", {"cart": CART, "shopper": {**MARA, **shopper}, "save_card": save}).json
    if card:
        jar.post(f"/api/orders/{placed['reference']}/pay", {"token": shop.token(card)})
    if mine:
        cookies = [{"name": name, "value": value, "url": shop.url} for name, value in jar.cookies.items()]
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
    return str(placed["link"])


def _order(card: str = HELD, act: Callable[[ShopWorld, str], object] | None = None, *, mine: bool = True) -> Opener:
    """The order page after ``act``."""

    def open_page(page: Page, shop: ShopWorld) -> None:
        link = order_page(page, shop, card, mine=mine, save=True)
        if act is not None:
            act(shop, link)
        page.goto(shop.url + link)
        if page.locator("#pay:visible").count():
            expect(page.locator("#frame.ready")).to_be_visible()

    return open_page


def _packed_and(*acts: Callable[[ShopWorld, str], object], **left_out: int) -> Callable[[ShopWorld, str], None]:
    def act(shop: ShopWorld, link: str) -> None:
        pack(shop, link, **left_out)
        for each in acts:
            each(shop, link)

    return act


def _sold_out(shop: ShopWorld, link: str) -> None:
    close(shop, link)
    with shop.works.store.write() as unit:
        unit.catalogue.take_from_stock({"CANDLES-3": 1})
        unit.commit()


def _in_parcels(shop: ShopWorld, link: str) -> None:
    order = shop.order(link)
    ship = shop.works.desk.ship
    ship.run(ship.new_operation(), order.id, order.version, PARCELS)


def _cancelled(shop: ShopWorld, link: str) -> None:
    cancel(shop, link)
    say(shop, link, "Two mugs cracked in the kiln and there is no new firing this month.\nWe are sorry.")


def _filled(page: Page, shop: ShopWorld) -> None:
    open_form(page, shop)
    fill_address(page)


def _errors(page: Page, shop: ShopWorld) -> None:
    open_form(page, shop)
    fill_address(page, email="mara@example", postal_code="1043")
    page.locator("#pay-button").click()
    expect(page.locator("#note.bad")).to_be_visible()


def _declined(page: Page, shop: ShopWorld) -> None:
    _filled(page, shop)
    order_with(page, DECLINED_CARD)
    expect(page.locator("#note.bad")).to_be_visible()


def _bank(page: Page, shop: ShopWorld) -> None:
    _filled(page, shop)
    order_with(page, APPROVE_CARD)
    expect(bank_frame(page).get_by_role("button", name="Complete")).to_be_visible()


def _checking(page: Page, shop: ShopWorld) -> None:
    """The panel comes two seconds after the press."""
    _filled(page, shop)
    shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(page)
    expect(page.locator("#waiting")).to_be_visible()


def _offline(page: Page, shop: ShopWorld) -> None:
    _filled(page, shop)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()


def _busy(page: Page, shop: ShopWorld) -> None:
    _filled(page, shop)
    busy = {"error": {"code": "busy", "message": "Later."}}
    page.route("**/api/orders", lambda route: route.fulfill(status=503, json=busy))
    order_with(page)
    expect(page.locator("#note")).to_contain_text("Many people are ordering right now.")


def _unknown(page: Page, shop: ShopWorld) -> None:
    _filled(page, shop)
    page.route("**/pay", lambda route: route.abort())
    page.route("**/look", lambda route: route.abort())
    order_with(page)
    expect(page.locator("#note")).to_contain_text("The connection broke while we asked your bank.")


def _blocked(page: Page, shop: ShopWorld) -> None:
    page.route("**/stripe.js", lambda route: route.abort())
    carry_cart(page, shop)
    page.goto(f"{shop.url}/checkout")
    expect(page.locator("#hole")).to_be_visible()


def _script_missing(page: Page, shop: ShopWorld) -> None:
    """Five seconds after its page came."""
    page.route("**/*.js", lambda route: route.abort())
    carry_cart(page, shop)
    page.goto(f"{shop.url}/checkout")
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")


def _asking(page: Page, shop: ShopWorld) -> None:
    """The order page while nobody knows the bank's answer."""
    shop.sandbox.world.faults.plan("confirm", Fault.LOST_BEFORE)
    link = order_page(page, shop)
    page.route("**/look", lambda route: route.abort())
    page.goto(shop.url + link)
    expect(page.locator(".badge")).to_have_text("Checking with your bank")


STATES: dict[str, Opener] = {
    "shop, empty cart": lambda page, shop: page.goto(shop.url),
    "shop": fill_cart,
    "not found": lambda page, shop: page.goto(f"{shop.url}/nothing"),
    "form": _filled,
    "errors": _errors,
    "declined": _declined,
    "bank": _bank,
    "checking": _checking,
    "blocked": _blocked,
    "offline": _offline,
    "busy": _busy,
    "unknown": _unknown,
    "script missing": _script_missing,
    "checking, order page": _asking,
    "open": _order(""),
    "held": _order(),
    "held, link only": _order(mine=False),
    "pay again": _order(DECLINED),
    "pay again, link only": _order(DECLINED, mine=False),
    "approve": _order(ASKS),
    "approve, link only": _order(ASKS, mine=False),
    "packed": _order(act=_packed_and()),
    "part": _order(act=_packed_and(CANDLES_3=1)),
    "shipped": _order(act=_packed_and(send)),
    "parcels": _order(act=_packed_and(_in_parcels)),
    "refunded": _order(act=_packed_and(send, lambda shop, link: refund(shop, link, 4650))),
    "cancelled": _order(act=_cancelled),
    "closed": _order("", close),
    "closed, sold out": _order("", _sold_out),
    "lapsed": _order(act=lapse),
}
