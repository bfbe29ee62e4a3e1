"""What another catalogue would change, told before it is taken over."""

from dataclasses import replace

from sellerdesk.domain.catalogue import Catalogue
from sellerdesk.domain.catalogue_change import ProductChange, RateChange, compare
from tests.builders import product, shipping_rate

MUG, POT, BOOK = product("MUG"), product("POT"), product("BOOK")
HERE, ELSEWHERE = shipping_rate("DE"), shipping_rate()
BEFORE = Catalogue((MUG, POT), (HERE, ELSEWHERE))


def test_the_same_again_changes_nothing() -> None:
    found = compare(BEFORE, BEFORE)
    assert found.is_nothing
    assert (found.same_products, found.same_rates, found.reordered) == (2, 2, False)


def test_what_goes_stands_first_and_what_is_new_last() -> None:
    dearer = replace(POT, price=9900)
    found = compare(BEFORE, Catalogue((BOOK, dearer), (HERE, replace(ELSEWHERE, amount=990))))
    assert found.products == (ProductChange(MUG, None), ProductChange(POT, dearer), ProductChange(None, BOOK))
    assert found.rates == (RateChange(ELSEWHERE, replace(ELSEWHERE, amount=990)),)
    assert (found.count, found.same_products, found.same_rates) == (4, 0, 1)
    assert not found.reordered


def test_another_order_is_a_change_too() -> None:
    for after in (Catalogue((POT, MUG), BEFORE.rates), Catalogue(BEFORE.products, (ELSEWHERE, HERE))):
        found = compare(BEFORE, after)
        assert found.reordered
        assert found.count == 0
        assert not found.is_nothing


def test_what_is_sold_in_a_currency_and_sent_nowhere() -> None:
    yen = product("KNIFE", currency="jpy")
    assert compare(BEFORE, Catalogue((MUG, yen), BEFORE.rates)).unsent == ("jpy",)
    assert compare(BEFORE, Catalogue((MUG, replace(yen, withdrawn=True)), BEFORE.rates)).unsent == ()
