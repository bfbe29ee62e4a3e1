"""What every page of the shopper's looks like to machines: contrast, labels, sizes, widths, paper, motion, colours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from sellerdesk.domain.accent import shades_of
from tests.checkout.shop import ShopWorld, open_world
from tests.checkout.shopper import card_frame, fill_cart, open_form
from tests.checkout.states import ASKS, STATES, order_page

pytestmark = pytest.mark.browser
# 640 is a window of 1280 at 200 %, 320 one at 400 %.
WIDTHS = (320, 360, 640, 768, 1024, 1400, 1920)
NARROW = (320, 768)
# Links inside a sentence are excepted; the whole text of a tick box ticks it.
SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')]
    .filter((e) => e.offsetParent && !e.closest('p, .foot') && e.type !== 'checkbox')
    .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
    .map((e) => e.outerHTML.slice(0, 90))"""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
AXE = """(rules) => axe.run({exclude: [['iframe']]}, {iframes: false, resultTypes: ['violations'], ...rules})
    .then((result) => result.violations.flatMap((each) => each.nodes.map((node) => each.id + ': ' + node.html)))"""
WIDER_FONT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { letter-spacing: .09em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
LARGER_SUMS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(/[\\d,.]+\\.\\d\\d/g, '1,284,000.40');
}"""


LARGER_TEXT = "document.adoptedStyleSheets = []; document.documentElement.style.fontSize = '200%'"


@pytest.fixture
def still(chromium: Browser) -> Iterator[Page]:
    """A fresh profile. Reduced motion: no colour is caught half-way."""
    context = chromium.new_context(reduced_motion="reduce", locale="en-GB", timezone_id="Europe/Berlin")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_and_pressed(still: Page, shop: ShopWorld, state: str) -> None:
    """Both schemes, each at a width of its own; Stripe's frames are Stripe's."""
    STATES[state](still, shop)
    found: list[tuple[object, ...]] = []
    still.evaluate(AXE_SCRIPT)
    for scheme, width in (("light", 390), ("dark", 1280)):
        still.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        still.set_viewport_size({"width": width, "height": 900})
        # Everything once, then only what colours and widths can change.
        rules = {} if scheme == "light" else {"runOnly": ["color-contrast", "target-size"]}
        found.extend((scheme, width, problem[:140]) for problem in still.evaluate(AXE, rules))
    for change in ("", WIDER_FONT, LARGER_SUMS):
        if change:
            still.evaluate(change)
        for width in WIDTHS if not change else NARROW:
            still.set_viewport_size({"width": width, "height": 800})
            if still.evaluate(SIDEWAYS):
                found.append((width, change[:40], "scrolls sideways"))
            if not change:
                found.extend((width, control) for control in still.evaluate(SMALL))
    still.evaluate(LARGER_TEXT)
    still.set_viewport_size({"width": 1280, "height": 800})
    assert (found, still.evaluate(SIDEWAYS)) == ([], False)


PLACE = "document.getElementById('pay-button').getBoundingClientRect().top + scrollY"
# How far the button may move, in pixels: our box for a blocked card form is not as high as every frame of Stripe's.
ALLOWED = {"declined": 1, "offline": 1, "busy": 2, "unknown": 2, "blocked": 5}


@pytest.mark.parametrize("width", [390, 1280])
def test_the_button_stays_where_it_is(still: Page, shop: ShopWorld, width: int) -> None:
    still.set_viewport_size({"width": width, "height": 850})
    STATES["form"](still, shop)
    expect(still.locator("#note")).to_contain_text("We hold")
    rest = still.evaluate(PLACE)
    moved: dict[str, float] = {}
    for state in ALLOWED:
        STATES[state](still, shop)
        moved[state] = abs(still.evaluate(PLACE) - rest)
        still.context.set_offline(False)
        still.unroute_all()
    assert {state: way for state, way in moved.items() if way > ALLOWED[state]} == {}


def test_nothing_moves_while_the_bank_is_asked(still: Page, shop: ShopWorld) -> None:
    STATES["form"](still, shop)
    rest = still.evaluate(PLACE)
    STATES["checking"](still, shop)
    assert still.evaluate(PLACE) == rest
    shop.sandbox.world.faults.release()
    expect(still.locator("h1")).to_contain_text("We hold")


def test_on_paper(still: Page, shop: ShopWorld, tmp_path: Path) -> None:
    """Dark ink whatever the screen has, nothing to press, and everything that was said about the money."""
    STATES["part"](still, shop)
    still.emulate_media(media="print", color_scheme="dark")
    still.set_viewport_size({"width": 794, "height": 1123})
    assert still.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(24, 33, 30)"
    for gone in (".back", ".foot", ".live", ".keep"):
        expect(still.locator(gone)).to_be_hidden()
    for kept in (".hero h1", ".cash", ".tl", ".lines", ".tot", ".addr"):
        expect(still.locator(kept)).to_be_visible()
    assert not still.evaluate(SIDEWAYS)
    still.pdf(path=tmp_path / "order.pdf", format="A4")
    pages = (tmp_path / "order.pdf").read_bytes().count(b"/Type /Page\n")
    assert pages <= 2


def test_without_motion(still: Page, shop: ShopWorld) -> None:
    STATES["checking"](still, shop)
    spinners = "[...document.querySelectorAll('.spin')].map((e) => getComputedStyle(e).animationName)"
    assert set(still.evaluate(spinners)) == {"pulse"}
    moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"
    assert still.evaluate(moving) == 0
    shop.sandbox.world.faults.clear()


def test_forced_colours_keep_borders_and_focus(still: Page, shop: ShopWorld) -> None:
    still.emulate_media(forced_colors="active")
    open_form(still, shop)
    still.locator("#email").focus()
    assert still.evaluate("getComputedStyle(document.getElementById('email')).outline").endswith("solid 2px")
    border = "getComputedStyle(document.getElementById('pay-button')).borderTopWidth"
    assert still.evaluate(border) == "1px"
    still.goto(shop.url + order_page(still, shop, ASKS))
    dots = "[...document.querySelectorAll('.tl .dot')].map((e) => getComputedStyle(e).forcedColorAdjust)"
    assert set(still.evaluate(dots)) == {"none"}


def test_the_shops_own_colour(shopper: Page, tmp_path: Path) -> None:
    colour = "#8A1C4A"
    accent = shades_of(colour)
    with open_world(tmp_path, accent=colour) as world:
        fill_cart(shopper, world)
        background = "getComputedStyle(document.querySelector('.cart a.btn')).backgroundColor"
        for scheme, shades in (("light", accent.light), ("dark", accent.dark)):
            shopper.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert shopper.evaluate(background) == rgb(shades.accent)
        icon = shopper.locator("link[rel=icon]").get_attribute("href") or ""
        assert colour in shopper.request.get(world.url + icon).text()
        open_form(shopper, world)
        primary = "getComputedStyle(document.documentElement).getPropertyValue('--colorPrimary')"
        frame = card_frame(shopper).locator("html")
        assert frame.evaluate(primary) == accent.dark.accent
        shopper.emulate_media(color_scheme="light")
        expect(frame).to_have_attribute("data-theme", "stripe")
        assert frame.evaluate(primary) == accent.light.accent


def test_the_usual_colour_needs_no_file_of_its_own(shopper: Page, shop: ShopWorld) -> None:
    shopper.goto(shop.url)
    assert "accent" not in shopper.content()


def rgb(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
