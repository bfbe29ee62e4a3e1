"""The order page as values for its template: lines, sums, parcels, address."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.answers import items_json
from sellerdesk.checkout.moments import moment
from sellerdesk.checkout.order_words import (
    MONEY_IS_SAFE,
    NOTHING,
    WAITS_FOR_CARD,
    Hero,
    PageState,
    Step,
    card_text,
    hero_of,
    state_of,
    steps_of,
)
from sellerdesk.checkout.quotes import picture_address, vat_label
from sellerdesk.checkout.words import country_name
from sellerdesk.domain import tracking
from sellerdesk.domain.catalogue import included_tax, share_tax
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.shortening import kept_amount


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``second`` is the small text below the name, ``struck`` whether the amount is not to be paid."""

    name: str
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

    carrier: str
    number: str
    grouped: str
    link: str
    host: str


@dataclass(frozen=True, slots=True)
class OrderPageView:
    """Everything the template prints. ``mine`` is whether this browser made the order; ``items`` is what was ordered,
    for its script."""

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
    address: tuple[str, ...]
    mine: bool
    message: str
    saved_card: bool
    save_card: bool
    total: int
    currency: str
    country: str
    items: tuple[dict[str, Any], ...]

    @property
    def can_pay(self) -> bool:
        return self.state in WAITS_FOR_CARD

    @property
    def safe(self) -> bool:
        return self.state in MONEY_IS_SAFE


def order_page(view: OrderView, mine: bool) -> OrderPageView:
    """The page for ``view``. Without ``mine`` the address is shortened: the link alone is no proof of who asks."""
    order = view.order
    state = state_of(order)
    captured = order.payment.captured > 0
    return OrderPageView(
        reference=order.reference,
        token=order.link_token,
        state=state,
        hero=hero_of(order, state),
        steps=steps_of(view, state),
        lines=tuple(_line(order, line, captured) for line in order.lines),
        sums=_sums(order, captured),
        big=_big(order, state),
        vat=_vat(order, captured),
        money=_money_rows(view),
        bar=_bar(order),
        parcels=_parcels(order),
        address=_address(order, mine),
        mine=mine,
        message=order.message,
        saved_card=order.save_card and state in (PageState.PART, PageState.SHIPPED) and _any_left_out(order),
        save_card=order.save_card,
        total=order.total,
        currency=order.currency,
        country=order.shopper.address.country,
        items=tuple(items_json(order.lines)),
    )


def _any_left_out(order: Order) -> bool:
    return any(line.left_out for line in order.lines)


def _pieces(line: OrderLine, captured: bool) -> int:
    return line.kept if captured and line.kept is not None else line.quantity


def _line(order: Order, line: OrderLine, captured: bool) -> Line:
    pieces = _pieces(line, captured)
    money = amount_markup(kept_amount(line, pieces or line.quantity, order.currency), order.currency)
    each = f"{pieces} × {amount_markup(line.unit_price, order.currency).striptags()}" if pieces > 1 else ""
    if captured and pieces == 0:
        each = "Left out: none left when we packed"
    elif captured and pieces < line.quantity:
        each = f"{pieces} of {line.quantity} sent"
    return Line(line.name, line.quantity, picture_address(line.picture), each, money, pieces == 0)


def _shipping(order: Order, captured: bool) -> int:
    return order.shipping_kept if captured and order.shipping_kept is not None else order.shipping


def _sums(order: Order, captured: bool) -> tuple[Row, ...]:
    shipping = _shipping(order, captured)
    items = (order.payment.captured if captured else order.total) - shipping
    label = "Items sent" if captured and _any_left_out(order) else "Items"
    place = country_name(order.shopper.address.country)
    return (
        Row(label, amount_markup(items, order.currency)),
        Row(f"Shipping to {place}", amount_markup(shipping, order.currency)),
    )


def _big(order: Order, state: PageState) -> Row:
    payment = order.payment
    label, minor = {
        PageState.HELD: ("Held", payment.authorized),
        PageState.PACKED: ("Charged", payment.captured),
        PageState.PART: ("Charged", payment.captured),
        PageState.SHIPPED: ("Charged", payment.captured) if payment.captured else ("Held", payment.authorized),
        PageState.CANCELLED: ("Released", payment.authorized),
        PageState.LAPSED: ("Released", payment.authorized),
        PageState.CLOSED: ("Total", order.total),
    }.get(state, ("To hold", order.total))
    return Row(label, amount_markup(minor, order.currency))


def _vat(order: Order, captured: bool) -> Row | None:
    lines = order.lines
    amounts = [kept_amount(line, _pieces(line, captured), order.currency) for line in lines]
    tax = sum(share_tax(amounts, [line.tax_rate for line in lines]))
    tax += included_tax(_shipping(order, captured), order.shipping_tax_rate)
    label = vat_label([line.tax_rate for line in lines], order.shipping_tax_rate)
    return Row(label, amount_markup(tax, order.currency)) if tax else None


def _money_rows(view: OrderView) -> tuple[Row, ...]:
    """Only when two sums differ: charged less than held, or some of it sent back."""
    order, payment = view.order, view.order.payment
    if not payment.captured or not (payment.released or payment.refunded):
        return ()
    at = next((entry.at for entry in view.timeline if entry.what == "captured"), order.placed_at)
    card = card_text(order)
    when = Markup("{} · {}").format(moment(at), card) if card else moment(at)
    rows = [Row("Charged", amount_markup(payment.captured, order.currency), when)]
    if payment.released:
        why = Markup("Never charged. Your bank shows it again in a few days.")
        rows.append(Row("Released", amount_markup(payment.released, order.currency), why, back=True))
    if payment.refunded:
        why = Markup("It usually arrives within 5 to 10 working days.")
        rows.append(Row("Refunded", amount_markup(payment.refunded, order.currency), why, back=True))
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
    return tuple(
        ParcelView(
            tracking.carrier_name(parcel.carrier),
            parcel.number,
            " ".join(parcel.number[at : at + 4] for at in range(0, len(parcel.number), 4)),
            tracking.link(parcel),
            tracking.host(parcel),
        )
        for parcel in order.shipment.parcels
    )


def _address(order: Order, mine: bool) -> tuple[str, ...]:
    shopper = order.shopper
    place = shopper.address
    country = country_name(place.country)
    if not mine:
        first, *rest = shopper.name.split()
        short = f"{first} {rest[-1][0]}." if rest else first
        return (", ".join(part for part in (short, place.city, country) if part),)
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    lines = (shopper.name, place.line1, place.line2, town, place.state, country)
    return tuple(line for line in lines if line)
