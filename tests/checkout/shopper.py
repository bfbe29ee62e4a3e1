"""A shopper's hands in a real browser."""

from playwright.sync_api import FrameLocator, Page, expect

from tests.checkout.shop import CART, MARA, ShopWorld

APPROVE_CARD = "4000002760003184"
DECLINED_CARD = "4000000000000002"
GOOD_CARD = "4242424242424242"
# What a browser does that knows the values: each field gets the focus, its value, and both events. Keys one by one are
# pressed in test_checkout_keyboard, which is what they are worth: each costs a turn there and back.
AUTOFILL = """(root, values) => {
  for (const [id, value] of Object.entries(values)) {
    const field = root.ownerDocument.getElementById(id);
    field.focus();
    field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}));
  }
}"""
# The browser tells a page of its new width with its next frame, before it runs what waits for that frame.
TOLD_OF_WIDTH = """(width) => new Promise((done) => {
  const look = () => requestAnimationFrame(innerWidth === width ? done : look);
  look();
})"""


def resize(page: Page, width: int, height: int = 800) -> None:
    """Give the page another size, and go on when it has heard of it and folded or unfolded what depends on it."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(TOLD_OF_WIDTH, width)


def fill_cart(page: Page, world: ShopWorld) -> None:
    """Put the drawings' four things into the cart, by pressing."""
    page.goto(world.url)
    for item in CART:
        good = page.locator(f"[data-sku={item['sku']}]")
        good.locator(".add").click()
        for _ in range(int(str(item["quantity"])) - 1):
            good.locator(".plus").click()
    expect(page.locator("[data-q=items]").first).to_have_text("122.50\u00a0EUR")


def carry_cart(page: Page, world: ShopWorld) -> None:
    """The same cart, without the way through the catalogue."""
    page.goto(f"{world.url}/healthz")
    page.evaluate("(cart) => localStorage.setItem('sd-cart', JSON.stringify(cart))", CART)


def open_form(page: Page, world: ShopWorld) -> None:
    """The form with the card's frame ready."""
    carry_cart(page, world)
    page.goto(f"{world.url}/checkout")
    expect(page.locator("#frame.ready")).to_be_visible()


def fill_address(page: Page, **other: str) -> None:
    values = {**MARA, **other}
    page.locator("html").evaluate(
        AUTOFILL, {name: value for name, value in values.items() if value and name not in ("country", "state")}
    )


def card_frame(page: Page) -> FrameLocator:
    return page.frame_locator("#card iframe")


def type_card(page: Page, number: str = GOOD_CARD) -> None:
    """Over whatever card was there."""
    card_frame(page).locator("html").evaluate(AUTOFILL, {"number": number, "expiry": "12 / 34", "cvc": "123"})


def order_with(page: Page, number: str = GOOD_CARD) -> None:
    """Card and press."""
    type_card(page, number)
    page.locator("#pay-button").click()


def bank_frame(page: Page) -> FrameLocator:
    return page.frame_locator("dialog iframe")
