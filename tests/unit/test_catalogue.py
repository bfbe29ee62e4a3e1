"""Pricing a cart: our catalogue decides, everything adds up, and what no card can pay is refused with a sentence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.catalogue import (
    MAX_AMOUNT,
    MAX_LINES,
    CartItem,
    PricedCart,
    Product,
    ShippingRate,
    included_tax,
    minimum_amount,
    price_cart,
)
from sellerdesk.domain.errors import CartRefused, UnknownCurrency
from sellerdesk.domain.money import step

RATES = (ShippingRate("DE", "eur", 590, 1900), ShippingRate("*", "eur", 1490, 1900), ShippingRate("JP", "jpy", 500, 0))


def product(sku: str, price: int = 2000, **more: object) -> Product:
    values: dict[str, object] = {"name": sku.title(), "currency": "eur", "tax_rate": 1900, "on_hand": 5}
    return Product(sku=sku, price=price, **{**values, **more})  # type: ignore[arg-type]


SHELF = {
    each.sku: each
    for each in (
        product("mug"),
        product("plate", 3000, tax_rate=700),
        product("old", withdrawn=True),
        product("yen", 900, currency="jpy"),
        product("pin", 1),
        product("car", 9_000_000),
    )
}


def priced(*items: tuple[str, object], country: str = "DE", discount: int = 0) -> PricedCart:
    cart = [CartItem(sku, quantity) for sku, quantity in items]  # type: ignore[arg-type]
    return price_cart(SHELF, cart, RATES, country, discount)


def test_a_plain_cart() -> None:
    cart = priced(("mug", 2), ("plate", 1))
    assert [(line.position, line.sku, line.quantity, line.amount) for line in cart.lines] == [
        (0, "mug", 2, 4000),
        (1, "plate", 1, 3000),
    ]
    assert (cart.items, cart.shipping, cart.total) == (7000, 590, 7590)
    assert cart.tax == included_tax(4000, 1900) + included_tax(3000, 700) + included_tax(590, 1900)


def test_the_same_product_twice_is_one_line() -> None:
    assert [(line.sku, line.quantity) for line in priced(("mug", 1), ("plate", 1), ("mug", 2)).lines] == [
        ("mug", 3),
        ("plate", 1),
    ]


def test_the_country_decides_what_shipping_costs() -> None:
    assert priced(("mug", 1)).shipping == 590
    assert priced(("mug", 1), country="FR").shipping == 1490
    assert price_cart(SHELF, [CartItem("yen", 1)], RATES, "JP").shipping == 500


@pytest.mark.parametrize("quantity", [0, -1, 1.5, 1.0, True, False, "2", None, 2**63, 100, float("nan"), [1]])
def test_a_quantity_is_a_whole_number_from_1_to_99(quantity: object) -> None:
    with pytest.raises(CartRefused, match="whole number from 1 to 99") as refused:
        priced(("plate", 1), ("mug", quantity))
    assert refused.value.sku == "mug"


def test_two_wishes_for_one_product_count_together() -> None:
    assert priced(("pin", 60), ("pin", 39)).lines[0].quantity == 99
    with pytest.raises(CartRefused, match="1 to 99"):
        priced(("pin", 60), ("pin", 40))


@pytest.mark.parametrize(
    ("items", "country", "words", "sku"),
    [
        ([], "DE", "cart is empty", None),
        ([("nosuch", 1)], "DE", "not for sale any more", "nosuch"),
        ([("", 1)], "DE", "not for sale any more", ""),
        ([("mug", 1), ("old", 1)], "DE", "not for sale any more", "old"),
        ([("mug", 1), ("yen", 1)], "DE", "different currencies", None),
        ([("yen", 1)], "DE", "cannot send to this country", None),
        ([("car", 12)], "DE", "larger than a card payment", None),
    ],
)
def test_carts_that_are_refused(items: list[tuple[str, object]], country: str, words: str, sku: str | None) -> None:
    with pytest.raises(CartRefused, match=words) as refused:
        priced(*items, country=country)
    assert refused.value.sku == sku


@pytest.mark.parametrize("country", ["", "de", "XX", "D", "DEU", "*"])
def test_a_country_nothing_is_sent_to(country: str) -> None:
    here = [rate for rate in RATES if rate.country == "DE"]
    with pytest.raises(CartRefused, match="cannot send"):
        price_cart(SHELF, [CartItem("mug", 1)], here, country)


def test_more_different_products_than_an_order_can_have() -> None:
    shelf = {f"p{index}": product(f"p{index}") for index in range(MAX_LINES + 1)}
    items = [CartItem(sku, 1) for sku in shelf]
    assert len(price_cart(shelf, items[:-1], RATES, "DE").lines) == MAX_LINES
    with pytest.raises(CartRefused, match="at most 100"):
        price_cart(shelf, items, RATES, "DE")


@pytest.mark.parametrize(("total", "fits"), [(49, False), (50, True), (MAX_AMOUNT, True), (MAX_AMOUNT + 1, False)])
def test_the_total_lies_within_what_a_card_payment_can_be(total: int, fits: bool) -> None:
    shelf = {"x": product("x", total)}
    free = [ShippingRate("DE", "eur", 0, 1900)]
    if fits:
        assert price_cart(shelf, [CartItem("x", 1)], free, "DE").total == total
    else:
        with pytest.raises(CartRefused, match="than a card payment can be"):
            price_cart(shelf, [CartItem("x", 1)], free, "DE")


@pytest.mark.parametrize("discount", [-1, 4001, 10**12])
def test_a_discount_lies_within_the_items(discount: int) -> None:
    with pytest.raises(CartRefused, match="discount"):
        priced(("mug", 2), discount=discount)


def test_a_discount_of_half_a_krona_is_refused() -> None:
    shelf = {"x": product("x", 20_000, currency="isk")}
    rates = [ShippingRate("*", "isk", 0, 0)]
    with pytest.raises(CartRefused):
        price_cart(shelf, [CartItem("x", 1)], rates, "IS", 50)


def test_a_product_in_a_currency_that_stripe_does_not_present() -> None:
    with pytest.raises(UnknownCurrency):
        price_cart({"x": product("x", currency="bhd")}, [CartItem("x", 1)], RATES, "DE")


def test_smallest_charges() -> None:
    assert [minimum_amount(code) for code in ("eur", "gbp", "huf", "jpy", "isk", "krw")] == [50, 30, 17500, 50, 100, 1]


@st.composite
def carts(draw: st.DrawFn) -> tuple[dict[str, Product], list[CartItem], tuple[ShippingRate, ...], int]:
    currency = draw(st.sampled_from(["eur", "jpy", "isk"]))
    unit = step(currency)
    shelf = {
        f"p{index}": product(
            f"p{index}",
            draw(st.integers(1, 5000)) * unit,
            currency=currency,
            tax_rate=draw(st.sampled_from([0, 700, 1900, 9999])),
        )
        for index in range(draw(st.integers(1, 8)))
    }
    items = [CartItem(sku, draw(st.integers(1, 20))) for sku in shelf]
    whole = sum(shelf[item.sku].price * item.quantity for item in items)
    rates = (ShippingRate("*", currency, 10_000 * unit, draw(st.sampled_from([0, 1900]))),)
    return shelf, items, rates, draw(st.integers(0, whole // unit)) * unit


@given(carts())
def test_everything_adds_up(given_: tuple[dict[str, Product], list[CartItem], tuple[ShippingRate, ...], int]) -> None:
    shelf, items, rates, discount = given_
    cart = price_cart(shelf, items, rates, "DE", discount)
    before = sum(shelf[item.sku].price * item.quantity for item in items)
    assert sum(line.discount for line in cart.lines) == discount == cart.discount
    assert cart.items == before - discount
    assert cart.total == cart.items + cart.shipping
    assert all(line.amount >= 0 and line.discount >= 0 for line in cart.lines)
    for rate in {line.tax_rate for line in cart.lines}:
        mine = [line for line in cart.lines if line.tax_rate == rate]
        assert sum(line.tax for line in mine) == included_tax(sum(line.amount for line in mine), rate)
    for line in cart.lines:
        fair = discount * line.unit_price * line.quantity / before
        assert abs(line.discount - fair) <= step(cart.currency)


@given(st.integers(1, 10**6), st.text(max_size=20), st.integers(0, 9999))
def test_nothing_but_sku_and_number_is_taken_from_a_cart(price: int, name: str, rate: int) -> None:
    class Tampered(CartItem):
        unit_price = 1
        currency = "jpy"

    shelf = {"x": product("x", price, name=name, tax_rate=rate)}
    line = price_cart(shelf, [Tampered("x", 2)], RATES, "DE").lines[0]
    assert (line.unit_price, line.name, line.tax_rate) == (price, name, rate)


def test_a_line_keeps_what_the_catalogue_said_when_the_catalogue_changes() -> None:
    shelf = {"x": product("x", 2000, picture="x.svg")}
    cart = price_cart(shelf, [CartItem("x", 1)], RATES, "DE")
    shelf["x"] = replace(shelf["x"], price=1)
    assert (cart.lines[0].unit_price, cart.lines[0].picture) == (2000, "x.svg")
