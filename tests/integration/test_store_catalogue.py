"""Products, shipping rates and stock in the database; the inbox of events and its watermark."""

import pytest

from sellerdesk.domain.errors import OurBug
from sellerdesk.store.database import SqlStore
from sellerdesk.store.failures import ConstraintBroken
from tests import builders


def test_the_catalogue_keeps_its_order_and_every_field(store: SqlStore) -> None:
    products = (
        builders.product("ZINC-1", on_hand=0, withdrawn=True, available_from="2026-07-01", picture=""),
        builders.product("APRON-M", currency="jpy", price=24800),
    )
    rates = (builders.shipping_rate(), builders.shipping_rate("FR", amount=390), builders.shipping_rate("AT"))
    with store.write() as unit:
        unit.catalogue.replace(products, rates)
        unit.commit()
    with store.read() as unit:
        assert unit.catalogue.products() == products
        assert unit.catalogue.shipping_rates() == rates


def test_replacing_leaves_nothing_behind(store: SqlStore) -> None:
    with store.write() as unit:
        unit.catalogue.replace([builders.product("OLD")], [builders.shipping_rate()])
        unit.catalogue.replace([builders.product("NEW")], [])
        unit.commit()
    with store.read() as unit:
        assert [each.sku for each in unit.catalogue.products()] == ["NEW"]
        assert unit.catalogue.shipping_rates() == ()


def test_a_sku_twice_is_refused_and_the_old_catalogue_stays(store: SqlStore) -> None:
    with store.write() as unit:
        unit.catalogue.replace([builders.product("OLD")], [])
        unit.commit()
    with pytest.raises(ConstraintBroken), store.write() as unit:
        unit.catalogue.replace([builders.product("A"), builders.product("A")], [])
    with store.read() as unit:
        assert [each.sku for each in unit.catalogue.products()] == ["OLD"]


def test_stock_never_falls_below_zero(store: SqlStore) -> None:
    with store.write() as unit:
        unit.catalogue.replace([builders.product("A", on_hand=5), builders.product("B", on_hand=1)], [])
        unit.catalogue.take_from_stock({"A": 2, "B": 3, "GONE": 1})
        with pytest.raises(OurBug):
            unit.catalogue.take_from_stock({"A": -1})
        unit.commit()
    with store.read() as unit:
        assert [each.on_hand for each in unit.catalogue.products()] == [3, 0]


def test_an_event_is_taken_in_once_however_it_comes(store: SqlStore) -> None:
    later = builders.event_hint(created=20)
    earlier = builders.event_hint(created=10)
    with store.write() as unit:
        assert unit.inbox.add([later, earlier, later], "poll", 100) == 2
        assert unit.inbox.add([earlier], "webhook", 101) == 0
        unit.commit()
    with store.read() as unit:
        assert unit.inbox.waiting() == (earlier, later)


def test_a_handled_event_waits_no_more_and_comes_back_never(store: SqlStore) -> None:
    hints = [builders.event_hint(created=number) for number in range(3)]
    with store.write() as unit:
        unit.inbox.add(hints, "poll", 100)
        unit.inbox.handled([hints[0].id, hints[2].id, "evt_unknown"], 101, "read again")
        assert unit.inbox.add(hints, "poll", 102) == 0
        unit.commit()
    with store.read() as unit:
        assert unit.inbox.waiting() == (hints[1],)


def test_the_watermark_never_moves_back(store: SqlStore) -> None:
    with store.write() as unit:
        assert unit.inbox.watermark("events") is None
        for created in (10, 30, 20):
            unit.inbox.move_watermark("events", created)
        unit.inbox.move_watermark("other", 1)
        assert unit.inbox.watermark("events") == 30
        unit.commit()
    with store.read() as unit:
        assert unit.inbox.watermark("events") == 30
