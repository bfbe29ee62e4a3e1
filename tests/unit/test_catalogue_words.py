"""The catalogue in words, and what an import would change told as a person would."""

from dataclasses import replace

import pytest

from sellerdesk.domain.catalogue import Catalogue
from sellerdesk.domain.catalogue_change import compare
from sellerdesk.ui import catalogue_words as words
from tests.builders import product, shipping_rate

MUG, POT, BOOK = product("MUG"), product("POT"), product("BOOK")
HERE, ELSEWHERE = shipping_rate("DE"), shipping_rate()
BEFORE = Catalogue((MUG, POT), (HERE, ELSEWHERE))


@pytest.mark.parametrize(("rate", "said"), [(1900, "19"), (550, "5.5"), (0, "0"), (1925, "19.25"), (5, "0.05")])
def test_tax(rate: int, said: str) -> None:
    assert words.tax(rate) == f"{said}\u00a0%"


def test_what_is_not_as_usual() -> None:
    assert words.state_chip(MUG) is words.FOR_SALE
    assert words.state_chip(replace(MUG, on_hand=0)) is words.SOLD_OUT
    assert words.state_chip(replace(MUG, on_hand=0, withdrawn=True)) is words.WITHDRAWN
    assert words.ships_from(replace(MUG, available_from="2026-12-04")) == "4 Dec 2026"
    assert words.ships_from(MUG) == ""


def test_rates() -> None:
    table = words.rates_table(BEFORE.rates)
    assert table.rows == (
        ("Germany", "5.90\u00a0EUR", "20\u00a0%"),
        ("Everywhere else", "5.90\u00a0EUR", "20\u00a0%"),
    )


def test_a_change_in_one_sentence_each() -> None:
    same = compare(BEFORE, BEFORE)
    assert words.change_line(same) == "All 2 products as before. Shipping: All 2 rates as before."
    one = compare(Catalogue((MUG,), (HERE,)), Catalogue((MUG,), (HERE,)))
    assert words.change_line(one) == "1 product as before. Shipping: 1 rate as before."
    other = compare(BEFORE, Catalogue((replace(POT, price=9900), BOOK), (HERE,)))
    assert words.change_line(other) == (
        "1 product taken out, 1 changed, 1 new. Shipping: 1 rate taken out, 1 as before."
    )
    turned = compare(BEFORE, Catalogue((POT, MUG, BOOK), BEFORE.rates))
    assert words.change_line(turned) == (
        "1 product new, 2 as before. Shipping: All 2 rates as before. The order changes."
    )


def test_each_change_says_what_becomes_what() -> None:
    dearer = replace(POT, price=9900, on_hand=3, tax_rate=550, available_from="2026-12-04", withdrawn=True, picture="")
    table = words.change_table(compare(BEFORE, Catalogue((dearer, BOOK), (replace(HERE, amount=0),))))
    assert table.rows == (
        ("Taken out", "MUG  Linen apron", "Shoppers cannot order it any more."),
        (
            "Changed",
            "POT  Linen apron",
            (
                "price 24.60\u00a0EUR → 99.00\u00a0EUR, tax 20\u00a0% → 5.5\u00a0%, on hand 14 → 3, "
                "picture apron.svg → none, ships from now → 4 Dec 2026, state for sale → withdrawn"
            ),
        ),
        ("New", "BOOK  Linen apron", "24.60\u00a0EUR, 14 on hand"),
        ("Taken out", "Shipping to Everywhere else, EUR", "Nothing is sent there any more."),
        ("Changed", "Shipping to Germany, EUR", "price 5.90\u00a0EUR → 0.00\u00a0EUR"),
    )


def test_a_currency_that_nothing_is_sent_in() -> None:
    found = compare(BEFORE, Catalogue((product("KNIFE", currency="jpy"),), BEFORE.rates))
    assert words.unsent_line(found) == "No shipping rate is in JPY: shoppers cannot order what is sold in JPY."
    assert words.unsent_line(compare(BEFORE, BEFORE)) == ""
