"""A whole purchase with Tab, Enter, Space and letters, from the catalogue to the order page."""

import pytest
from playwright.sync_api import Page, expect

from tests.checkout.shop import ShopWorld
from tests.checkout.shopper import APPROVE_CARD, bank_frame

pytestmark = pytest.mark.browser
TOTAL = "53.90\u00a0EUR"
IS_FOCUSED = "(selector) => document.activeElement.matches(selector)"
# Where the focus is must be seen: an outline, or the border and halo of a field.
IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement.tagName === 'IFRAME' || style.outlineStyle === 'solid' || style.boxShadow !== 'none';
}"""


def tab_to(page: Page, selector: str, most: int = 12) -> None:
    """Press Tab until ``selector`` has the focus; every stop on the way must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(IS_FOCUSED, selector):
            return
    raise AssertionError(f"{selector} is not reached: {page.evaluate('document.activeElement.outerHTML')}")


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector, 3)
    page.keyboard.type(text)


def test_a_purchase_without_a_mouse(shopper: Page, shop: ShopWorld) -> None:
    """On a narrow page, which has the most stops: the order's lines are folded away there."""
    shopper.set_viewport_size({"width": 390, "height": 850})
    shopper.goto(shop.url)
    tab_to(shopper, "[data-sku=MUG-SAND] .add")
    shopper.keyboard.press("Enter")
    expect(shopper.locator("[data-sku=MUG-SAND] .plus")).to_be_focused()
    shopper.keyboard.press("Space")
    expect(shopper.locator("[data-q=count]")).to_have_text("2 items")
    tab_to(shopper, "a[href='/checkout']", 20)
    shopper.keyboard.press("Enter")
    expect(shopper.locator("#frame.ready")).to_be_visible()

    tab_to(shopper, "summary")
    shopper.keyboard.press("Enter")
    expect(shopper.locator("#lines")).to_be_visible()
    tab_to(shopper, "#email")
    shopper.keyboard.type("mara@example.com")
    tab_to(shopper, "#country", 1)
    shopper.keyboard.type("Ger")
    type_into(shopper, "#name", "Mara Lindqvist")
    type_into(shopper, "#line1", "Schönhauser Allee 112")
    tab_to(shopper, "#more button", 1)
    shopper.keyboard.press("Space")
    expect(shopper.locator("#line2")).to_be_focused()
    shopper.keyboard.type("3rd floor")
    type_into(shopper, "#postal_code", "1043")
    type_into(shopper, "#city", "Berlin")
    tab_to(shopper, "iframe", 3)
    shopper.keyboard.type(APPROVE_CARD)
    for text in ("1234", "123"):
        shopper.keyboard.press("Tab")
        shopper.keyboard.type(text)
    tab_to(shopper, "#save", 4)
    shopper.keyboard.press("Space")
    expect(shopper.locator("#save")).to_be_checked()
    tab_to(shopper, "#pay-button", 2)
    shopper.keyboard.press("Enter")

    # What is wrong is listed, and the first of it has the focus.
    expect(shopper.locator("#note")).to_have_text("One thing to fix first: postcode.")
    expect(shopper.locator("#postal_code")).to_be_focused()
    shopper.keyboard.press("End")
    shopper.keyboard.type("9")
    shopper.keyboard.press("Enter")  # Enter in a field is the button

    approve = bank_frame(shopper).get_by_role("button", name="Complete authentication")
    expect(approve).to_be_visible()
    for _ in range(6):
        if approve.evaluate("(node) => node === document.activeElement"):
            break
        shopper.keyboard.press("Tab")
    expect(approve).to_be_focused()
    shopper.keyboard.press("Enter")
    expect(shopper.locator("h1")).to_have_text(f"Thank you, Mara.We hold {TOTAL}.")
    expect(shopper.locator("h1")).to_be_focused()
    tab_to(shopper, "[data-copy]", 3)
    assert shop.order(shopper.url.removeprefix(shop.url)).save_card
