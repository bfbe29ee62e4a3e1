"""Reading: what the page and the desk look things up by, and that others' orders stay others'."""

import pytest

from sellerdesk.domain.catalogue import CartItem, Product
from sellerdesk.domain.errors import CartRefused, UnknownOrder
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Stage
from tests import wiring
from tests.wiring import CART, TOTAL, Plant


def test_an_order_is_found_by_what_a_person_types_or_scans(shop: Plant) -> None:
    order = shop.ship(shop.prepare(shop.place_and_pay()))
    find = shop.works.desk.orders.find
    shown = order.shown_reference
    for text in (order.reference, shown, shown.lower(), f" {shown}\r\n", wiring.PARCEL.number, "1z999aa10123456784"):
        assert find(text) == order.id, text
    for text in ("", "   ", "nosuch", "K7QP-3MX2", "%", "' OR 1=1 --", "\x00", "x" * 10_000):
        assert find(text) is None, text


def test_a_text_that_means_several_orders_means_none(shop: Plant) -> None:
    shop.place()
    shop.place()
    only = shop.place(shopper=wiring.shopper(name="Grace Hopper")).order
    assert shop.works.desk.orders.find("Ada Byron") is None
    assert shop.works.desk.orders.find("grace") == only.id


def test_pages_and_overview(shop: Plant) -> None:
    held, prepared = shop.place_and_pay(), shop.prepare(shop.place_and_pay(), {1: 0})
    shop.place()
    orders = shop.works.desk.orders
    assert [row.id for row in orders.page(OrderQuery(Stage.TO_PREPARE)).rows] == [held.id]
    (row,) = orders.page(OrderQuery(Stage.TO_SHIP)).rows
    assert (row.id, row.captured, row.amount) == (prepared.id, TOTAL - 6200, TOTAL)
    overview = orders.overview()
    assert [overview.count(stage) for stage in (Stage.TO_PREPARE, Stage.TO_SHIP, Stage.UNFINISHED)] == [1, 1, 1]
    assert [(each.currency, each.amount) for each in overview.on_hold] == [("eur", TOTAL)]


def test_an_order_page_is_opened_by_its_link_alone(shop: Plant) -> None:
    order = shop.place_and_pay()
    front = shop.works.shopfront.shop
    assert front.by_link(order.link_token).order.id == order.id
    for text in ("", order.reference, order.id, order.link_token[:-1], order.link_token + "A", "%", "\x00"):
        with pytest.raises(UnknownOrder):
            front.by_link(text)
    assert front.by_checkout("nosuch") is None
    with pytest.raises(UnknownOrder):
        shop.works.desk.orders.view("nosuch")


def test_the_shop_shows_what_is_for_sale_at_our_prices(shop: Plant) -> None:
    front = shop.works.shopfront.shop
    with shop.store.write() as unit:
        unit.catalogue.replace((*wiring.PRODUCTS, Product("OLD", "Old", 1, "eur", 0, 1, withdrawn=True)), wiring.RATES)
        unit.commit()
    assert [product.sku for product in front.products()] == ["MUG", "POT", "BOOK"]
    assert [(rate.country, rate.amount) for rate in front.rates()] == [("DE", 590), ("*", 1490)]
    assert front.quote(CART, "DE").total == TOTAL
    assert front.quote(CART, "FR").total == TOTAL + 900
    with pytest.raises(CartRefused):
        front.quote((CartItem("OLD", 1),), "DE")


def test_a_price_that_changes_between_placing_and_paying_starts_a_new_order(shop: Plant) -> None:
    """The intent holds what the shopper was shown; the same checkout at a new price is another order."""
    placed = shop.place()
    dearer = tuple(Product(p.sku, p.name, p.price + 100, p.currency, p.tax_rate, p.on_hand) for p in wiring.PRODUCTS)
    with shop.store.write() as unit:
        unit.catalogue.replace(dearer, wiring.RATES)
        unit.commit()
    assert shop.pay(placed).order.payment.held == TOTAL
    shop.check_agrees(placed.order.id)
