"""The shopper's order page as values: sums to the last minor unit, parcels, refunds, names, and starting again."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from sellerdesk.checkout.again import Again, start_again
from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.order_page import OrderPageView, order_page, short_name
from sellerdesk.checkout.order_words import PageState, first_name
from sellerdesk.domain.catalogue import CartItem, PricedCart, Product, ShippingRate, price_cart
from sellerdesk.domain.errors import CartRefused
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, Parcel, Shipment, TimelineEntry
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.domain.shortening import ShippingChoice, plan
from tests import builders


@pytest.mark.parametrize(
    ("currency", "price", "discount"), [("eur", 2000, 101), ("jpy", 333, 100), ("isk", 90_000, 1000)]
)
def test_a_shortened_line_costs_what_was_captured(currency: str, price: int, discount: int) -> None:
    order = builders.order((builders.line(0, 3, price, discount=discount),), currency=currency)
    captured = plan(order, {0: 1}, ShippingChoice.FULL)
    paid = builders.facts("succeeded", order.total, currency=currency, amount_received=captured.total)
    order = replace(
        order,
        lines=(replace(order.lines[0], kept=1),),
        shipping_kept=captured.shipping,
        payments=(replace(order.payment, facts=paid),),
    )
    page = order_page(OrderView(order, ()), mine=True)
    assert [line.amount for line in page.lines] == [amount_markup(captured.lines[0].amount, currency)]
    assert [row.amount for row in page.sums] == [
        amount_markup(captured.lines[0].amount, currency),
        amount_markup(captured.shipping, currency),
    ]
    assert page.vat is not None
    assert page.vat.amount == amount_markup(captured.tax, currency)


def at(order: Order, facts: PaymentFacts, **more: object) -> Order:
    """``order`` with what Stripe last said about its payment."""
    return replace(order, payments=(replace(order.payment, facts=facts),), **more)  # type: ignore[arg-type]


def page_of(order: Order, *entries: TimelineEntry, mine: bool = True, again: Again | None = None) -> OrderPageView:
    return order_page(OrderView(order, entries), mine, again)


def plain(markup: Markup) -> str:
    """As it is read; every space is a plain one."""
    return markup.replace(Markup("<br>"), Markup(" ")).striptags()


def shipped(*parcels: Parcel) -> OrderPageView:
    order = builders.order()
    paid = builders.facts("succeeded", order.total)
    return page_of(at(order, paid, shipment=Shipment(parcels, builders.NOW, "Desk 1")))


def test_one_parcel_has_the_one_button() -> None:
    page = shipped(Parcel("dhl", "00340434161142192795"))
    assert plain(page.hero.title) == "Your parcel is on its way."
    assert plain(page.hero.text) == "DHL Paket has it."
    assert page.track is page.parcels[0]
    assert (page.track.title, page.track.grouped, page.track.host) == ("Parcel", "0034 0434 1611 4219 2795", "dhl.de")


@pytest.mark.parametrize(
    ("carriers", "words"),
    [
        (("dhl", "dhl"), "DHL Paket has them."),
        (("dhl", "ups"), "DHL Paket and UPS have them."),
        (("dhl", "ups", "Velo"), "DHL Paket, UPS and Velo have them."),
    ],
)
def test_several_parcels_have_a_button_each(carriers: tuple[str, ...], words: str) -> None:
    page = shipped(*(Parcel(carrier, f"ABC-{index}") for index, carrier in enumerate(carriers)))
    assert plain(page.hero.title) == "Your parcels are on their way."
    assert plain(page.hero.text) == words
    assert page.track is None
    assert [parcel.title for parcel in page.parcels] == [
        f"Parcel {index} of {len(carriers)}" for index in range(1, len(carriers) + 1)
    ]


def test_a_carrier_without_a_page_of_its_own_has_no_button() -> None:
    assert shipped(Parcel("Velo", "77")).track is None


@pytest.mark.parametrize(
    ("name", "first", "short"),
    [
        ("Mara Lindqvist-Oyelaran", "Mara", "Mara L."),
        ("Mara", "Mara", "Mara"),
        ("Juan Carlos de la Cruz", "Juan", "Juan C."),
        ("勅使河原 さくら", "勅使河原 さくら", "勅使河原"),
        ("김 민준", "김 민준", "김"),
        ("Zoë 🎈", "Zoë", "Zoë"),
        ("", "", ""),
    ],
)
def test_names_are_shortened_as_people_do(name: str, first: str, short: str) -> None:
    assert (first_name(name), short_name(name)) == (first, short)


def test_a_refund_says_how_much_to_which_card() -> None:
    order = builders.order()
    paid = builders.facts("succeeded", order.total, amount_refunded=2000)
    back = TimelineEntry(builders.NOW + builders.DAY, "refunded", "Desk 1", 2000, "eur")
    page = page_of(at(order, paid), back)
    assert (page.state, page.hero.badge) == (PageState.REFUNDED, "Refunded")
    assert plain(page.hero.title) == "We sent 20.00 EUR back to your Visa ending 4242."
    assert plain(page.hero.text) == "It usually arrives within 5 to 10 working days."
    assert [row.label for row in page.money] == ["Charged", "Refunded"]
    assert [plain(step.title) for step in page.steps][-2:] == ["It ships next", "20.00 EUR sent back"]
    assert "Tue 24 Nov" in plain(page.steps[-1].why)


def test_what_was_wholly_sent_back_ships_no_more() -> None:
    order = builders.order()
    page = page_of(at(order, builders.facts("succeeded", order.total, amount_refunded=order.total)))
    assert "It ships next" not in [plain(step.title) for step in page.steps]
    assert page.bar == (0, 990)


def closed(again: Again | None) -> OrderPageView:
    order = builders.order(status="requires_payment_method", closed_at=builders.NOW)
    return page_of(order, again=again)


def renewed(*on_hand: int) -> Again:
    """What of the builders' order (two of SKU-0, one of SKU-1) is left with so many on the shelf."""
    order = builders.order()
    products = tuple(
        Product(line.sku, line.name, line.unit_price + 100, "eur", 1900, count)
        for line, count in zip(order.lines, on_hand, strict=True)
    )
    known = {product.sku: product for product in products}
    rates = (ShippingRate("DE", "eur", 590, 1900),)

    def quote(cart: tuple[CartItem, ...], country: str) -> PricedCart:
        return price_cart(known, cart, rates, country)

    return start_again(order, products, quote, "2026-11-23")


def test_a_closed_order_starts_again_with_what_is_left_at_todays_prices() -> None:
    page = closed(renewed(1, 0))
    assert page.again == ({"sku": "SKU-0", "quantity": 1},)
    assert page.again_pieces == "1 item"
    assert plain(page.hero.text).endswith("2 items have sold out since.")
    assert [(line.second, line.struck) for line in page.lines] == [
        ("1 of 2 can still be had", False),
        ("Sold out since, not in the new order", True),
    ]
    assert (page.big.label, plain(page.big.amount)) == ("New total", "26.90 EUR")


def test_a_closed_order_of_which_nothing_is_missing_keeps_its_sums() -> None:
    page = closed(renewed(5, 5))
    assert page.again_pieces == "3 items"
    assert (page.big.label, plain(page.big.amount)) == ("Total", "75.90 EUR")
    assert "sold out" not in plain(page.hero.text)


def test_a_closed_order_of_which_nothing_is_left_cannot_start_again() -> None:
    page = closed(renewed(0, 0))
    assert page.again == ()
    assert plain(page.hero.text).endswith("Everything in it has sold out since.")


def test_an_order_to_a_country_that_is_served_no_more_has_no_new_total() -> None:
    order = builders.order()
    products = (Product("SKU-0", "Thing", 2000, "eur", 1900, 1),)

    def quote(cart: tuple[CartItem, ...], country: str) -> PricedCart:
        raise CartRefused("We cannot send to this country.")

    again = start_again(order, products, quote, "2026-11-23")
    assert (again.pieces, again.missing, again.priced) == (1, 2, None)
    assert closed(again).big.label == "Total"


def test_an_adopted_order_without_a_name_still_has_a_page() -> None:
    page = page_of(builders.order(shopper=replace(builders.ADA, name="")), mine=False)
    assert plain(page.hero.title).startswith("Thank you. We hold")
    assert [plain(part) for part in page.address] == ["Berlin, Germany"]
