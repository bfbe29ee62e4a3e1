"""Nothing is cut in the overview and the catalogue either: with usual, wider and bigger letters, wide and narrow."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.catalogue import ShippingRate
from sellerdesk.domain.catalogue_csv import write_products
from sellerdesk.ui.side_pages import CATALOGUE, OVERVIEW
from sellerdesk.ui.theme import Theme
from tests.ui.real_shop import RealShop, captured, held, lapsed, real_shop, released, shortened
from tests.ui.room import cramped
from tests.ui.test_room import letters, settle
from tests.wiring import PRODUCTS

__all__ = ["letters", "real_shop"]
Open = Callable[..., RealShop]
LONG = replace(PRODUCTS[0], sku="TWELVE-CHARS", name="A product whose name goes on and on " * 5, price=99_999_999)


@pytest.mark.parametrize("width", [1920, 1280, 800])
def test_the_overview(qtbot: QtBot, letters: Theme, real_shop: Open, width: int) -> None:
    large = {"amount": 99_999_999}
    shop = real_shop(held(**large), captured(**large), shortened(), released(**large), lapsed(**large), width=width)
    order = captured()
    shop.add(order)
    shop.refuse(order, "payment_intent_authentication_failure", "lost_card", "duplicate_transaction")
    shop.go_to(OVERVIEW)
    page = shop.window.side.overview.page
    qtbot.waitUntil(lambda: page.figures is not None)
    settle()
    assert not "\n".join(cramped(page))
    for segment in page.period.segments:
        segment.click()
        settle()
    qtbot.waitUntil(lambda: page.figures is not None and len(page.figures.starts) == 90)
    page.tables.click()
    settle()
    assert not "\n".join(cramped(page))


@pytest.mark.parametrize("width", [1280, 800])
def test_the_overview_of_an_empty_shop(qtbot: QtBot, letters: Theme, real_shop: Open, width: int) -> None:
    shop = real_shop(width=width)
    shop.go_to(OVERVIEW)
    qtbot.waitUntil(shop.window.side.overview.page.empty.isVisible)
    settle()
    assert not "\n".join(cramped(shop.window))


@pytest.mark.parametrize("width", [1920, 1280, 800])
def test_the_catalogue(qtbot: QtBot, letters: Theme, real_shop: Open, width: int) -> None:
    shop = real_shop(width=width)
    keep = shop.works.desk.catalogue
    keep.take_over(keep.propose((LONG, *PRODUCTS[1:]), (ShippingRate("BA", "eur", 99_999_999, 1925),)))
    shop.go_to(CATALOGUE)
    keeper = shop.window.side.catalogue
    qtbot.waitUntil(lambda: len(keeper.model.products) == 3)
    keeper.model.setData(keeper.model.index(0, 5), "1000000")
    settle()
    assert keeper.page.bar.isVisible()
    assert not "\n".join(cramped(keeper.page))


def test_the_import(qtbot: QtBot, letters: Theme, real_shop: Open, tmp_path: Path) -> None:
    shop = real_shop()
    shop.go_to(CATALOGUE)
    keeper = shop.window.side.catalogue
    qtbot.waitUntil(lambda: bool(keeper.model.products))
    keeper.page.take.click()
    dialog = keeper.dialog
    assert dialog is not None
    settle()
    assert not "\n".join(cramped(dialog))
    path = tmp_path / ("a-file-with-a-name-that-goes-on-and-on" * 4 + ".csv")
    path.write_text(write_products([LONG, replace(PRODUCTS[1], sku="KNIFE", currency="jpy")]), newline="")
    dialog.product_file.take(path)
    qtbot.waitUntil(lambda: dialog.proposal is not None)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("country,currency,amount,tax_rate\nDE,eur,5.90,1900\n")
    dialog.rate_file.take(wrong)
    qtbot.waitUntil(lambda: bool(dialog.rate_file.error))
    settle()
    assert not "\n".join(cramped(dialog))
    dialog.reject()
