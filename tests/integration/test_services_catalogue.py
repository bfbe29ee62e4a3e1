"""Keeping the catalogue and counting the stock, while others pack and count at the same moment."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sellerdesk.domain.catalogue import Catalogue
from sellerdesk.domain.errors import OurBug
from sellerdesk.services.catalogue import CatalogueMoved, KeepCatalogue
from sellerdesk.services.stock import Count, SetStock, StockChanged
from sellerdesk.store.database import SqlStore, open_store
from tests import wiring
from tests.builders import product, shipping_rate

PRODUCTS = (product("MUG", on_hand=38), product("POT", on_hand=3))
RATES = (shipping_rate("DE"),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(tmp_path / "desk.sqlite", seat="packing-1")
    with opened.write() as unit:
        unit.catalogue.replace(PRODUCTS, RATES)
        unit.commit()
    yield opened
    opened.close()


def counts(store: SqlStore) -> dict[str, int]:
    return {each.sku: each.on_hand for each in KeepCatalogue(store).read().products}


def test_counts_are_set(store: SqlStore) -> None:
    SetStock(store).run({"MUG": Count(38, 40), "POT": Count(3, 0)})
    assert counts(store) == {"MUG": 40, "POT": 0}


def test_one_count_that_is_another_by_now_and_none_is_set(store: SqlStore) -> None:
    other = open_store(store.path, seat="packing-2")
    SetStock(other).run({"POT": Count(3, 5)})
    other.close()
    with pytest.raises(StockChanged) as refused:
        SetStock(store).run({"MUG": Count(38, 40), "POT": Count(3, 2), "GONE": Count(1, 2)})
    assert refused.value.found == {"POT": 5, "GONE": None}
    assert str(refused.value).startswith("POT was changed to 5 while you were editing, and 1 more count changed.")
    assert counts(store) == {"MUG": 38, "POT": 5}


def test_a_count_no_shelf_holds_is_a_mistake_of_ours(store: SqlStore) -> None:
    for wanted in (-1, 1_000_001):
        with pytest.raises(OurBug):
            SetStock(store).run({"MUG": Count(38, wanted)})


def test_packing_meanwhile_is_noticed(shop: wiring.Plant) -> None:
    desk = shop.works.desk
    order = shop.place_and_pay()
    shop.prepare(order)
    with pytest.raises(StockChanged, match="MUG was changed to 36"):
        desk.stock.run({"MUG": Count(38, 50)})
    desk.stock.run({"MUG": Count(36, 50)})
    assert next(each for each in desk.catalogue.read().products if each.sku == "MUG").on_hand == 50


def test_a_proposal_changes_nothing_until_it_is_taken_over(store: SqlStore) -> None:
    catalogue = KeepCatalogue(store)
    dearer = (replace(PRODUCTS[0], price=9900),)
    proposal = catalogue.propose(products=dearer)
    assert proposal.change.count == 2
    assert catalogue.read() == Catalogue(PRODUCTS, RATES)
    catalogue.take_over(proposal)
    assert catalogue.read() == Catalogue(dearer, RATES)


def test_a_proposal_for_another_catalogue_is_not_taken_over(store: SqlStore) -> None:
    catalogue = KeepCatalogue(store)
    proposal = catalogue.propose(rates=(shipping_rate("AT"),))
    SetStock(store).run({"POT": Count(3, 2)})
    with pytest.raises(CatalogueMoved, match="Nothing was taken over"):
        catalogue.take_over(proposal)
    assert catalogue.read().rates == RATES
    catalogue.take_over(catalogue.propose(rates=(shipping_rate("AT"),)))
    assert counts(store) == {"MUG": 38, "POT": 2}
