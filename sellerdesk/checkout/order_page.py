"""The order page as values for its template: lines, sums, parcels, address."""

from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from sellerdesk.checkout.again import Again
from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.answers import items_json
from sellerdesk.checkout.moments import moment
from sellerdesk.checkout.order_words import (
    ARRIVES,
    NOTHING,
    WAITS_FOR_CARD,
    Hero,
    PageState,
    Step,
    card_text,
    first_name,
    hero_of,
    isolated,
    state_of,
    steps_of,
)
from sellerdesk.checkout.quotes import picture_address, vat_label
from sellerdesk.checkout.words import country_name, pieces
from sellerdesk.domain import tracking
from sellerdesk.domain.catalogue import PricedCart, included_tax, share_tax
from sellerdesk.domain.charging_later import waits_for_shopper
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.domain.shortening import kept_amount
from sellerdesk.formats import money


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``second`` is the small text below the name, ``struck`` whether the amount is not to be paid."""

    name: Markup
    quantity: int
    picture: str
    second: str
    amount: Markup
    struck: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One sum: label, amount, and for "Your money" a second line and whether it went back."""

    label: str
    amount: Markup
    why: Markup = NOTHING
    back: bool = False


@dataclass(frozen=True, slots=True)
class ParcelView:
    """One parcel. ``link`` and ``host`` are '' for a carrier without a tracking page that we know."""

    title: str
    carrier: Markup
    number: str
    grouped: str
    link: str
    host: str


@dataclass(frozen=True, slots=True)
class Approve:
    """A charge of the saved card that the bank wants the shopper to approve; ``kind`` is the payment's role."""

    kind: str
    amount: Markup


@dataclass(frozen=True, slots=True)
class OrderPageView:
    """Everything the template prints. ``mine`` is whether this browser made the order, ``by_page`` whether its page
    confirms the payment by itself; ``items`` is what was ordered and ``again`` what of it can be ordered anew, both for
    its script; ``said_at`` is when the seller's words came."""

    reference: str
    token: str
    state: PageState
    hero: Hero
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    sums: tuple[Row, ...]
    big: Row
    vat: Row | None
    money: tuple[Row, ...]
    bar: tuple[int, int]
    parcels: tuple[ParcelView, ...]
    address: tuple[Markup, ...]
    mine: bool
    message: str
    said_at: Markup
    again: tuple[dict[str, Any], ...]
    again_pieces: str
    saved_card: bool
    save_card: bool
    total: int
    currency: str
    country: str
    by_page: bool
    items: tuple[dict[str, Any], ...]
    approval: Approve | None

    @property
    def can_pay(self) -> bool:
        return self.state in WAITS_FOR_CARD

    @property
    def track(self) -> ParcelView | None:
        """The parcel behind the one big button: with several, each has a button of its own."""
        return self.parcels[0] if len(self.parcels) == 1 and self.parcels[0].link else None


def order_page(view: OrderView, mine: bool, again: Again | None = None) -> OrderPageView:
    """The page for ``view``. Without ``mine`` the address is shortened: the link alone is no proof of who asks.
    ``again`` is given for an order that came to nothing and can be started anew."""
    order = view.order
    state = state_of(order)
    captured = order.payment.captured > 0
    renewed = again.priced if again is not None and state is PageState.CLOSED and again.missing else None
    return OrderPageView(
        reference=order.reference,
        token=order.link_token,
        state=state,
        hero=_hero(order, state, again),
        steps=steps_of(view, state),
        lines=_renewed_lines(order, again, renewed) if again is not None and renewed else _lines(order, captured),
        sums=_renewed_sums(order, renewed) if renewed else _sums(order, captured),
        big=_sum("New total", renewed.total, order) if renewed else _big(order, state),
        vat=_renewed_vat(order, renewed) if renewed else _vat(order, captured),
        money=_money_rows(view),
        bar=_bar(order),
        parcels=_parcels(order),
        address=_address(order, mine),
        mine=mine,
        message=order.message,
        said_at=_said_at(view),
        again=tuple({"sku": item.sku, "quantity": item.quantity} for item in again.items) if again else (),
        again_pieces=pieces(again.pieces) if again else "",
        saved_card=order.save_card and state in (PageState.PART, PageState.SHIPPED) and _any_owed(order),
        save_card=order.save_card,
        total=order.total,
        currency=order.currency,
        country=order.shopper.address.country,
        by_page=mine and road_of(order.payment) is ConfirmationRoad.PAGE,
        items=tuple(items_json(order.lines)),
        approval=_approval(order),
    )


def _approval(order: Order) -> Approve | None:
    payment = waits_for_shopper(order)
    return None if payment is None else Approve(payment.role, amount_markup(payment.amount, payment.currency))


def _any_owed(order: Order) -> bool:
    return any(pieces_owed(order, line) for line in order.lines)


def _any_left_out(order: Order) -> bool:
    return any(line.left_out for line in order.lines)


def _pieces(line: OrderLine, captured: bool) -> int:
    return line.kept if captured and line.kept is not None else line.quantity


def _hero(order: Order, state: PageState, again: Again | None) -> Hero:
    hero = hero_of(order, state)
    return replace(hero, text=hero.text + f" {again.sold_since}") if again and again.sold_since else hero


def _sum(label: str, minor: int, order: Order) -> Row:
    return Row(label, amount_markup(minor, order.currency))


def _renewed_lines(order: Order, again: Again, priced: PricedCart) -> tuple[Line, ...]:
    """Everything that was ordered, at today's prices; what cannot be had any more is struck."""
    anew = {line.sku: line for line in priced.lines}
    lines = []
    for line in order.lines:
        left = again.quantity(line.sku)
        found = anew.get(line.sku, line)
        amount = amount_markup(found.amount, order.currency)
        second = _each(found.quantity, found.unit_price, order.currency)
        if not left:
            second = "Sold out since, not in the new order"
        elif left < line.quantity:
            second = f"{left} of {line.quantity} can still be had"
        picture = picture_address(line.picture)
        lines.append(Line(isolated(line.name), line.quantity, picture, second, amount, struck=not left))
    return tuple(lines)


def _renewed_sums(order: Order, priced: PricedCart) -> tuple[Row, ...]:
    place = country_name(order.shopper.address.country)
    return (_sum("Items", priced.items, order), _sum(f"Shipping to {place}", priced.shipping, order))


def _renewed_vat(order: Order, priced: PricedCart) -> Row | None:
    label = vat_label([line.tax_rate for line in priced.lines], priced.shipping_tax_rate)
    return _sum(label, priced.tax, order) if priced.tax else None


def _each(quantity: int, unit_price: int, currency: str) -> str:
    """'2 × 24.00 EUR', or nothing for one piece."""
    return f"{quantity} × {money(unit_price, currency)}" if quantity > 1 else ""


def _lines(order: Order, captured: bool) -> tuple[Line, ...]:
    return tuple(_line(order, line, captured) for line in order.lines)


def _line(order: Order, line: OrderLine, captured: bool) -> Line:
    pieces = _pieces(line, captured)
    amount = amount_markup(kept_amount(line, pieces or line.quantity, order.currency), order.currency)
    each = _each(pieces, line.unit_price, order.currency)
    if captured and pieces == 0:
        each = "Left out: none left when we packed"
    elif captured and pieces < line.quantity:
        each = f"{pieces} of {line.quantity} sent"
    return Line(isolated(line.name), line.quantity, picture_address(line.picture), each, amount, pieces == 0)


def _shipping(order: Order, captured: bool) -> int:
    return order.shipping_kept if captured and order.shipping_kept is not None else order.shipping


def _sums(order: Order, captured: bool) -> tuple[Row, ...]:
    shipping = _shipping(order, captured)
    items = (order.payment.captured if captured else order.total) - shipping
    label = "Items sent" if captured and _any_left_out(order) else "Items"
    place = country_name(order.shopper.address.country)
    return (_sum(label, items, order), _sum(f"Shipping to {place}", shipping, order))


def _big(order: Order, state: PageState) -> Row:
    payment = order.payment
    label, minor = {
        PageState.HELD: ("Held", payment.authorized),
        PageState.PACKED: ("Charged", payment.captured),
        PageState.PART: ("Charged", payment.captured),
        PageState.SHIPPED: ("Charged", payment.captured) if payment.captured else ("Held", payment.authorized),
        PageState.REFUNDED: ("Charged", payment.captured),
        PageState.CANCELLED: ("Released", payment.authorized),
        PageState.LAPSED: ("Released", payment.authorized),
        PageState.CLOSED: ("Total", order.total),
    }.get(state, ("To hold", order.total))
    return _sum(label, minor, order)


def _vat(order: Order, captured: bool) -> Row | None:
    lines = order.lines
    amounts = [kept_amount(line, _pieces(line, captured), order.currency) for line in lines]
    tax = sum(share_tax(amounts, [line.tax_rate for line in lines]))
    tax += included_tax(_shipping(order, captured), order.shipping_tax_rate)
    label = vat_label([line.tax_rate for line in lines], order.shipping_tax_rate)
    return _sum(label, tax, order) if tax else None


def _said_at(view: OrderView) -> Markup:
    """When the seller's words came: with the packing or with the end of the order."""
    return next((moment(entry.at) for entry in view.timeline if entry.what in ("captured", "canceled")), NOTHING)


def _money_rows(view: OrderView) -> tuple[Row, ...]:
    """Only when two sums differ: charged less than held, or some of it sent back."""
    order, payment = view.order, view.order.payment
    later = [each for each in order.back_orders if each.captured]
    if not payment.captured or not (payment.released or payment.refunded or later):
        return ()
    at = next((entry.at for entry in view.timeline if entry.what == "captured"), order.placed_at)
    card = card_text(order)
    when = Markup("{} · {}").format(moment(at), card) if card else moment(at)
    rows = [Row("Charged", amount_markup(payment.captured, order.currency), when)]
    for each in later:
        why = Markup("For what was missing when we packed.")
        rows.append(Row("Charged later", amount_markup(each.captured, order.currency), why))
        if each.refunded:
            rows.append(Row("Refunded", amount_markup(each.refunded, order.currency), ARRIVES, back=True))
    if payment.released:
        never = "Not charged with the rest." if later else "Never charged."
        why = Markup("{} Your bank shows it again in a few days.").format(never)
        rows.append(Row("Released", amount_markup(payment.released, order.currency), why, back=True))
    if payment.refunded:
        rows.append(Row("Refunded", amount_markup(payment.refunded, order.currency), ARRIVES, back=True))
    return tuple(rows)


def _bar(order: Order) -> tuple[int, int]:
    """Widths of the two parts of the bar, in thousandths of the whole."""
    payment = order.payment
    whole = payment.captured + payment.released
    kept = payment.captured - payment.refunded
    part = kept * 1000 // whole if whole else 0
    return part, max(0, 990 - part)


def _parcels(order: Order) -> tuple[ParcelView, ...]:
    if order.shipment is None:
        return ()
    parcels = order.shipment.parcels
    return tuple(
        ParcelView(
            f"Parcel {index} of {len(parcels)}" if len(parcels) > 1 else "Parcel",
            isolated(tracking.carrier_name(parcel.carrier)),
            parcel.number,
            tracking.grouped(parcel.number),
            tracking.link(parcel),
            tracking.host(parcel),
        )
        for index, parcel in enumerate(parcels, start=1)
    )


def _address(order: Order, mine: bool) -> tuple[Markup, ...]:
    shopper = order.shopper
    place = shopper.address
    country = country_name(place.country)
    if not mine:
        parts = (short_name(shopper.name), place.city, country)
        return (Markup(", ").join(isolated(part) for part in parts if part),)
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    lines = (shopper.name, place.line1, place.line2, town, place.state, country)
    return tuple(isolated(line) for line in lines if line)


def short_name(name: str) -> str:
    """'Mara L.' for 'Mara Lindqvist-Oyelaran'; only the first word where the last one does not begin with a letter,
    or where names are not cut at spaces."""
    first, *rest = name.split() or [""]
    initial = rest[-1][0] if rest else ""
    return f"{first} {initial}." if initial.isalpha() and first_name(name) == first else first
