"""What every page of the shopper's looks like to machines: contrast, labels, sizes, widths, paper, motion, colours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sellerdesk.domain.accent import shades_of
from tests.checkout.shop import ShopWorld, open_world
from tests.checkout.shopper import card_frame, fill_cart, open_form, resize
from tests.checkout.states import ASKS, STATES, order_page

pytestmark = pytest.mark.browser
# The layout changes at 640 and 960 and grows with the page in between, so each is looked at where it is tightest, and
# at a very wide window. 640 is a window of 1280 at 200 %, 320 one at 400 %.
WIDTHS = (320, 640, 960, 1920)
NARROW = (320, 640)
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
# Links inside a sentence are excepted; the whole text of a tick box ticks it.
TOO_WIDE_OR_SMALL = """(with_sizes) => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways'] : [];
  const small = [...document.querySelectorAll('a, button, input, select, summary')]
    .filter((e) => with_sizes && e.offsetParent && !e.closest('p, .foot') && e.type !== 'checkbox')
    .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5);
  return wide.concat(small.map((e) => e.outerHTML.slice(0, 90)));
}"""
AXE = """(rules) => axe.run({exclude: [['iframe']]}, {iframes: false, resultTypes: ['violations'], ...rules})
    .then((result) => result.violations.flatMap((each) => each.nodes.map((node) => each.id + ': ' + node.html)))"""
WIDER_AND_LARGER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { letter-spacing: .09em !important }');
  document.adoptedStyleSheets = [sheet];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(/[\\d,.]+\\.\\d\\d/g, '1,284,000.40');
}"""
LARGER_TEXT = "document.adoptedStyleSheets = []; document.documentElement.style.fontSize = '200%'"
PLACE = "document.getElementById('pay-button').getBoundingClientRect().top + scrollY"
# How far the button may move, in pixels: our box for a blocked card form is not as high as every frame of Stripe's.
ALLOWED = {"checking": 0, "declined": 1, "offline": 1, "busy": 2, "unknown": 2, "blocked": 5}
PLACE_AT = (390, 1280)
MOVING = """() => [...document.querySelectorAll('*')]
    .filter((e) => getComputedStyle(e).transitionDuration !== '0s')
    .concat([...document.querySelectorAll('.spin')].filter((e) => getComputedStyle(e).animationName !== 'pulse'))
    .map((e) => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """One browser profile for the file: what it has read of our scripts stays compiled."""
    context = chromium.new_context(reduced_motion="reduce", locale="en-GB", timezone_id="Europe/Berlin")
    yield context
    context.close()


@pytest.fixture
def still(profile: BrowserContext, shop: ShopWorld) -> Iterator[Page]:
    """A page with nothing kept of whoever was there before. Closed after its test: one that hears the shop again may go
    somewhere by itself."""
    page = profile.new_page()
    page.goto(f"{shop.url}/healthz")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    profile.clear_cookies()
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce", forced_colors="none")
    resize(page, 1280)
    yield page
    page.close()
    profile.set_offline(False)


def places(page: Page) -> dict[int, float]:
    """How far down the button is, by the window's width."""
    found = {}
    for width in PLACE_AT:
        resize(page, width, 850)
        found[width] = page.evaluate(PLACE)
    return found


@pytest.fixture(scope="module")
def rest(profile: BrowserContext, running_shop: ShopWorld) -> dict[int, float]:
    """Where the button is on a filled form."""
    page = profile.new_page()
    STATES["form"](page, running_shop)
    expect(page.locator("#note")).to_contain_text("We hold")
    found = places(page)
    page.close()
    return found


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_and_pressed(rest: dict[int, float], still: Page, shop: ShopWorld, state: str) -> None:
    """Both schemes, each at a width of its own; Stripe's frames are Stripe's. Nothing moves for who wants no motion;
    whatever is said on the form, its button stays where it is."""
    STATES[state](still, shop)
    found: list[tuple[object, ...]] = [("moves", each) for each in still.evaluate(MOVING)]
    if state in ALLOWED:
        moved = {width: abs(place - rest[width]) for width, place in places(still).items()}
        found.extend(("the button", *each) for each in moved.items() if each[1] > ALLOWED[state])
    still.evaluate(AXE_SCRIPT)
    for scheme, width in (("light", 390), ("dark", 1280)):
        still.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        resize(still, width, 900)
        # Everything once, then only what colours and widths can change.
        rules = {} if scheme == "light" else {"runOnly": ["color-contrast", "target-size"]}
        found.extend((scheme, width, problem[:140]) for problem in still.evaluate(AXE, rules))
    for change in ("", WIDER_AND_LARGER):
        if change:
            still.evaluate(change)
        for width in NARROW if change else WIDTHS:
            resize(still, width)
            found.extend((width, bool(change), what) for what in still.evaluate(TOO_WIDE_OR_SMALL, not change))
    still.evaluate(LARGER_TEXT)
    resize(still, 1280)
    assert (found, still.evaluate(SIDEWAYS)) == ([], False)


def test_a_spinner_is_there_and_pulses(still: Page, shop: ShopWorld) -> None:
    STATES["checking, order page"](still, shop)
    spinners = "[...document.querySelectorAll('.spin')].map((e) => getComputedStyle(e).animationName)"
    assert set(still.evaluate(spinners)) == {"pulse"}


def test_on_paper(still: Page, shop: ShopWorld, tmp_path: Path) -> None:
    """Dark ink whatever the screen has, nothing to press, and everything that was said about the money."""
    STATES["part"](still, shop)
    still.emulate_media(media="print", color_scheme="dark")
    resize(still, 794, 1123)
    assert still.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(24, 33, 30)"
    for gone in (".back", ".foot", ".live", ".keep"):
        expect(still.locator(gone)).to_be_hidden()
    for kept in (".hero h1", ".cash", ".tl", ".lines", ".tot", ".addr"):
        expect(still.locator(kept)).to_be_visible()
    assert not still.evaluate(SIDEWAYS)
    still.pdf(path=tmp_path / "order.pdf", format="A4")
    pages = (tmp_path / "order.pdf").read_bytes().count(b"/Type /Page\n")
    assert pages <= 2


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
