"""An order made of nothing but a payment at Stripe: what another shop system, another computer or a lost database left.

Stripe keeps what our own checkout wrote down there: lines, address, e-mail, reference, tracking. A payment of another
program may have less; then its description stands for the lines. Tax rates are not kept at Stripe, so tax is not known.
"""

from dataclasses import dataclass

from sellerdesk.domain import tracking
from sellerdesk.domain.errors import TrackingRefused
from sellerdesk.domain.order import Address, OrderLine, Parcel, PassedOn, Shipment, Shopper
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus, ShippingFacts
from sellerdesk.domain.requests import LineItem

NOT_SENT = "Not sent: released when the rest was captured"
UNNAMED = "Goods that Stripe does not list"
NO_NAME = "Name not known"
# Metadata of ours that says how parcels were recorded, because Stripe's own block has one carrier for all.
TAG_SHIP_STATUS = "payment_intent_ship_status"
TAG_CARRIER = "sd_carrier"
TAG_TRACKING = "sd_tracking"
TAG_SHIPPED_AT = "sd_shipped_at"
# What a payment beside the order's first one is for.
TAG_ROLE = "sd_role"
TAG_REPLACES = "sd_replaces"
AT_STRIPE = "Stripe"
# An order that was found there has no checkout; this and the payment's id stand for one.
ADOPTED = "found-"


@dataclass(frozen=True, slots=True)
class FoundPayment:
    """An intent as found at Stripe, with what it tells of the order behind it.

    ``billing`` is what the card form was told, None when nothing; ``shipping_amount`` and ``discount`` (off the whole)
    are minor units. ``captured_by_hand``: money is held first. Only such payments are orders of a desk.
    """

    facts: PaymentFacts
    description: str
    reference: str
    lines: tuple[LineItem, ...]
    shipping_amount: int
    discount: int
    billing: ShippingFacts | None
    email: str
    captured_by_hand: bool

    def tag(self, name: str) -> str:
        """A metadata value, '' when there is none."""
        return dict(self.facts.metadata).get(name, "")


@dataclass(frozen=True, slots=True)
class Contents:
    """Lines and shipping that add up to what was authorized. ``shipping_kept`` is None before the capture."""

    lines: tuple[OrderLine, ...]
    shipping: int
    shipping_kept: int | None


def contents_of(found: FoundPayment) -> Contents:
    """What was ordered, and what of it was captured.

    A shortened capture replaces the lines at Stripe by those that go out; the rest then is one line that was left out.
    Lines that add up to neither sum are not trusted, and one line stands for all.
    """
    facts = found.facts
    captured = facts.amount_received if facts.status is PaymentStatus.SUCCEEDED else None
    told = sum(line.unit_cost * line.quantity - line.discount for line in found.lines)
    told += found.shipping_amount - found.discount
    usable = bool(found.lines) and not found.discount and all(line.quantity > 0 for line in found.lines)
    whole = captured == facts.amount
    if usable and told == facts.amount:
        lines = tuple(_line(position, line, kept=whole) for position, line in enumerate(found.lines))
        return Contents(lines, found.shipping_amount, found.shipping_amount if whole else None)
    if usable and told == captured:
        lines = tuple(_line(position, line, kept=True) for position, line in enumerate(found.lines))
        rest = OrderLine(len(lines), "", NOT_SENT, 1, facts.amount - told, 0, 0, kept=0)
        return Contents((*lines, rest), found.shipping_amount, found.shipping_amount)
    name = " ".join(found.description.split())[:200] or UNNAMED
    alone = OrderLine(0, "", name, 1, facts.amount, 0, 0, kept=1 if whole else None)
    return Contents((alone,), 0, 0 if whole else None)


def pieces_of(charged: tuple[LineItem, ...], lines: tuple[OrderLine, ...]) -> tuple[tuple[int, int], ...]:
    """Pieces per position of the order's ``lines`` that a later charge was for, which lists ``charged``.

    Of an order that was rebuilt after a shortened capture nobody knows which pieces were left out, and a charge may
    have lines that the order does not, or none: then it counts for all that was left out, so that nothing is charged
    twice.
    """
    everything = tuple((line.position, line.left_out) for line in lines if line.left_out)
    if not charged or any(line.name == NOT_SENT and not line.sku for line in lines):
        return everything
    pieces: list[tuple[int, int]] = []
    for item in charged:
        place = next((line.position for line in lines if (line.sku, line.name) == (item.sku, item.name)), None)
        if place is None or place in dict(pieces):
            return everything
        pieces.append((place, item.quantity))
    return tuple(pieces)


def shopper_of(found: FoundPayment) -> Shopper:
    """Whom the parcel goes to; where no address to ship to is known, who paid."""
    place = found.facts.shipping or found.billing
    if place is None:
        return Shopper(NO_NAME, found.email, Address("", "", "", ""))
    address = Address(place.line1, place.city, place.postal_code, place.country, place.line2, place.state)
    return Shopper(place.name or NO_NAME, found.email, address, place.phone)


def shipment_of(found: FoundPayment) -> Shipment | None:
    """The parcels that Stripe was told of; None when none left, or nothing that is a tracking number was written."""
    shipping = found.facts.shipping
    numbers = found.tag(TAG_TRACKING) or (shipping.tracking_number if shipping else "")
    carriers = (found.tag(TAG_CARRIER) or (shipping.carrier if shipping else "")).split(", ")
    written = [number for number in numbers.split(",") if number.strip()]
    parcels = []
    for index, number in enumerate(written):
        name = carriers[index] if len(carriers) == len(written) else carriers[0]
        try:
            parcels.append(Parcel(_carrier_code(name), tracking.read_number(number)))
        except TrackingRefused:
            return None
    if not parcels:
        return None
    return Shipment(tuple(parcels), _shipped_at(found), AT_STRIPE, PassedOn.ON_INTENT)


def _line(position: int, line: LineItem, *, kept: bool) -> OrderLine:
    return OrderLine(
        position=position,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_cost,
        tax_rate=0,
        tax=0,
        discount=line.discount,
        kept=line.quantity if kept else None,
    )


def _carrier_code(name: str) -> str:
    """The code of a carrier that we know by this name, else the name itself."""
    known = next((each.code for each in tracking.carriers() if each.name.casefold() == name.strip().casefold()), None)
    return known or (tracking.read_carrier(name) if name.strip() else "other")


def _shipped_at(found: FoundPayment) -> int:
    written = found.tag(TAG_SHIPPED_AT)
    if written.isascii() and written.isdigit() and len(written) <= 12:
        return int(written)
    return found.facts.authorized_at or found.facts.created
