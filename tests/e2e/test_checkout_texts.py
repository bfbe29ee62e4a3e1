"""Text from outside on the shopper's pages: markup, other scripts and directions, sizes, and currencies."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sellerdesk.domain.catalogue import Product, ShippingRate
from tests.checkout.shop import ShopWorld, open_world, pack, say
from tests.checkout.shopper import fill_address, open_form, resize, type_card
from tests.checkout.states import order_page

pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
EVIL = "<img src=x onerror=\"document.title='gone'\"> A"
SET = "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})) }"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NAMES = {
    "Japanese": ("勅使河原 さくら", "Thank you, 勅使河原 さくら.", "勅使河原, Berlin, Germany"),
    "Arabic": ("محمد الأندلسي", "Thank you, محمد.", "محمد ا., Berlin, Germany"),
    "emoji": ("👩🏽‍🚀 Zoë 🎈", "Thank you, 👩🏽‍🚀.", "👩🏽‍🚀, Berlin, Germany"),
    "markup": (EVIL, "Thank you, <img.", "<img A., Berlin, Germany"),
    "long": (f"{LONG} von und zu", f"Thank you, {LONG}.", f"{LONG} z., Berlin, Germany"),
    "one": ("Mara", "Thank you, Mara.", "Mara, Berlin, Germany"),
}
GOODS = (
    f"{LONG} {LONG}",
    "كوب من الخزف الحجري, 0.3 l",
    "有田焼の小皿、唐草文様、直径十五センチメートル",
    EVIL,
    "Mug 🎈👩🏽‍🚀 “limited”",
    "Ki\u0300\u0301\u0302ln-fired",
)


def test_names_are_text_and_keep_their_direction(shopper: Page, shop: ShopWorld) -> None:
    for name, thanks, short in NAMES.values():
        link = order_page(shopper, shop, name=name, line1=f"{name} 12")
        shopper.goto(shop.url + link)
        for width in (320, 1280):
            resize(shopper, width)
            expect(shopper.locator("h1")).to_have_text(f"{thanks}We hold 128.40\u00a0EUR.")
            expect(shopper.locator(".addr")).to_contain_text(f"{name} 12")
            assert not shopper.evaluate(SIDEWAYS)
            # Whatever the name's direction, the sentence and the lines of the address begin at the left.
            left = "(node) => node.getBoundingClientRect().left"
            start = shopper.locator(".hero").evaluate(left)
            assert shopper.locator("h1 bdi").evaluate(left) >= start
            expect(shopper.locator("h1 bdi")).to_have_css("unicode-bidi", "isolate")
        shopper.context.clear_cookies()
        shopper.reload()
        expect(shopper.locator(".addr")).to_have_text(short)
        assert shopper.title() != "gone"


def test_what_cannot_be_a_name_is_told_at_its_field(shopper: Page, shop: ShopWorld) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    type_card(shopper)
    for text, sentence in (
        ("x" * 10_000, "At most 100 characters."),
        ("Mara \u202eedart", "This holds characters that cannot be printed."),
        ("Mara Lindqvist", ""),
        ("Mara\u0000", "This holds characters that cannot be printed."),
    ):
        shopper.locator("#name").evaluate(SET, text)
        if not sentence:
            expect(shopper.locator("#name-m")).to_have_text("")
            continue
        shopper.locator("#pay-button").click()
        expect(shopper.locator("#name-m")).to_have_text(sentence)
        expect(shopper.locator("#name")).to_be_focused()
        assert not shopper.evaluate(SIDEWAYS)


def test_the_sellers_words_stand_apart_as_text(shopper: Page, shop: ShopWorld) -> None:
    link = order_page(shopper, shop)
    for words in ("x" * 10_000, EVIL, "شكرا لك\nمرحبا"):
        say(shop, link, words)
        shopper.goto(shop.url + link)
        for width in (320, 1280):
            resize(shopper, width)
            assert shopper.locator("blockquote").inner_text() == words
            assert not shopper.evaluate(SIDEWAYS)
    expect(shopper.locator("figcaption")).to_have_text("Kontor Nord wrote")
    assert shopper.title() != "gone"


@pytest.fixture
def yen(tmp_path: Path) -> Iterator[ShopWorld]:
    """A shop that sells odd goods in yen."""
    with open_world(tmp_path, countries=("JP",), shop_name="<b>有田</b> & Söhne") as world:
        goods = tuple(
            Product(f"ODD-{index}", name, 9_999_999 if index == 0 else 1800, "jpy", 1000, 5)
            for index, name in enumerate(GOODS)
        )
        with world.works.store.write() as unit:
            unit.catalogue.replace(goods, (ShippingRate("JP", "jpy", 600, 1000),))
            unit.commit()
        yield world


def test_odd_goods_in_yen(shopper: Page, yen: ShopWorld) -> None:
    shopper.goto(yen.url)
    for index, name in enumerate(GOODS):
        expect(shopper.locator(f"[data-sku=ODD-{index}] h2")).to_have_text(name)
        shopper.locator(f"[data-sku=ODD-{index}] .add").click()
    expect(shopper.locator("[data-q=items]").first).to_have_text("10,008,999\u00a0JPY")
    for width in (320, 390, 1280):
        resize(shopper, width)
        assert not shopper.evaluate(SIDEWAYS)
    shopper.goto(f"{yen.url}/checkout")
    expect(shopper.locator("#pay-button")).to_have_text("Place order – hold 10,009,599\u00a0JPY")
    expect(shopper.locator("#lines bdi")).to_have_text(list(GOODS))
    for width in (320, 390, 1280):
        resize(shopper, width)
        assert not shopper.evaluate(SIDEWAYS)
    assert shopper.title() == "Checkout · <b>有田</b> & Söhne"


def test_what_was_left_out_is_named_as_text(shopper: Page, shop: ShopWorld) -> None:
    with shop.works.store.write() as unit:
        rates = unit.catalogue.shipping_rates()
        goods = [
            replace(each, name=EVIL if each.sku == "CANDLES-3" else each.name) for each in unit.catalogue.products()
        ]
        unit.catalogue.replace(goods, rates)
        unit.commit()
    link = order_page(shopper, shop)
    pack(shop, link, CANDLES_3=1)
    shopper.goto(shop.url + link)
    expect(shopper.locator(".hero")).to_contain_text(f"Out of stock when we packed: {EVIL}. You do not pay for what")
    assert shopper.title() != "gone"
