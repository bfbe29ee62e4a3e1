"""A page weighs less than 60 KB of our own, before compression: markup, style, scripts and icons. One is kept spare."""

import re
from pathlib import Path

import pytest

from sellerdesk.assets import asset
from sellerdesk.checkout.files import load_files
from sellerdesk.domain.catalogue import ShippingRate
from sellerdesk.serve import deliverable
from tests.checkout.shop import Browser, ShopWorld, open_world

KB = 1024
PAGE, STYLE, SCRIPT, ICONS, ALL = 14 * KB, 20 * KB, 28 * KB, 2 * KB, 59 * KB


def weigh(browser: Browser, path: str) -> dict[str, int]:
    """Bytes per kind of everything of ours that ``path`` loads, modules and style's pictures included."""
    page = browser.get(path).text
    weights = {"page": len(page.encode()), "css": 0, "js": 0, "svg": 0}
    found = re.findall(r"/static/[a-z0-9.-]+", page)
    seen: set[str] = set()
    while found:
        address = found.pop()
        if address in seen:
            continue
        seen.add(address)
        text = browser.get(address).text
        weights[address.rpartition(".")[2]] += len(text.encode())
        found += [f"/static/{name}" for name in re.findall(r"\./([a-z0-9-]+\.[0-9a-f]{12}\.[a-z]+)", text)]
    return weights


@pytest.mark.parametrize("path", ["/", "/checkout", "order"])
def test_pages_are_light(open_shop: ShopWorld, path: str) -> None:
    browser = open_shop.browser().start()
    weights = weigh(browser, browser.place().json["link"] if path == "order" else path)
    assert weights["js"] > 1000
    assert weights["css"] > 10_000
    assert weights["page"] <= PAGE, weights
    assert weights["css"] <= STYLE, weights
    assert weights["js"] <= SCRIPT, weights
    assert weights["svg"] <= ICONS, weights
    assert sum(weights.values()) <= ALL, weights


def test_a_shop_that_sends_everywhere_is_as_light(tmp_path: Path) -> None:
    with open_world(tmp_path, countries=("DE", *deliverable((ShippingRate("*", "eur", 590, 1900),)))) as world:
        assert sum(weigh(world.browser(), "/checkout").values()) <= ALL


def test_a_colour_of_its_own_weighs_little(tmp_path: Path) -> None:
    with open_world(tmp_path, accent="#8A1C4A") as world:
        assert sum(weigh(world.browser(), "/checkout").values()) <= ALL


TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
REMARKS = re.compile(r"""(?m)^\s*//.*$|(?<=[;,{}]) // [^"'`\n]*$""")


@pytest.mark.parametrize("name", ["kit.js", "card.js", "till.js", "checkout.js", "order.js", "page.js", "shop.js"])
def test_squeezing_takes_away_spaces_and_remarks_only(name: str) -> None:
    files = load_files()
    answer = files.answer(files.address(name).rpartition("/")[2])
    assert answer is not None
    served = re.sub(r"\.[0-9a-f]{12}\.js", ".js", bytes(answer.body).decode())
    source = REMARKS.sub("", asset("checkout", "static", name).read_text("utf-8"))
    assert TEXTS.findall(served) == TEXTS.findall(source)
    assert "".join(served.split()) == "".join(source.split())
    assert len(served) < len(source) * 0.9
