"""An order as frozen values: who, what, where to, its payments and its parcels. Amounts are minor units."""

from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.operation import OpenOperation
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.refund import Refund


class Stage(StrEnum):
    """Where an order stands for the seller. Derived by ``stages.stage_of``; stored only as an index."""

    UNFINISHED = "unfinished"
    PROBLEM = "problem"
    TO_PREPARE = "to_prepare"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``country`` is ISO 3166 alpha-2 upper case; absent parts are ''."""

    line1: str
    city: str
    postal_code: str
    country: str
    line2: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who ordered. The e-mail is asked for the receipt; the phone only for the carrier."""

    name: str
    email: str
    address: Address
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order. Prices include tax.

    ``unit_price`` per piece; ``discount`` is this line's share of the order's discount, for all pieces;
    ``tax`` is the part of ``amount`` that is tax, at ``tax_rate`` basis points (1900 = 19 %).
    ``kept`` is how many pieces were captured, None before Prepare.
    """

    position: int
    sku: str
    name: str
    quantity: int
    unit_price: int
    tax_rate: int
    tax: int
    discount: int = 0
    picture: str = ""
    kept: int | None = None

    @property
    def amount(self) -> int:
        """What the whole line costs, tax included and discount taken off."""
        return self.unit_price * self.quantity - self.discount

    @property
    def left_out(self) -> int:
        """Pieces that were ordered and not captured."""
        return 0 if self.kept is None else self.quantity - self.kept


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel: carrier code (see ``tracking``) or free name, and the number without spaces."""

    carrier: str
    number: str


class PassedOn(StrEnum):
    """Whether the tracking reached Stripe."""

    PENDING = "pending"
    ON_INTENT = "on_intent"
    ON_CHARGE = "on_charge"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Shipment:
    """What left the house: true whatever Stripe says. ``at`` is seconds UTC."""

    parcels: tuple[Parcel, ...]
    at: int
    by: str
    passed_on: PassedOn = PassedOn.PENDING


@dataclass(frozen=True, slots=True)
class Order:
    """The whole order as one frozen value; what windows and pages are drawn from.

    ``reference`` is eight characters of Crockford base 32 ('K7QP3MX2'); ``link_token`` the unguessable part of the
    shopper's order page address; ``shipping`` what the shopper pays for sending, ``shipping_kept`` what of it was
    captured (None before Prepare); ``on_hand`` is known stock per SKU at the time of reading.
    ``version`` goes up only when a fact that a person sees changes.
    """

    id: str
    reference: str
    link_token: str
    version: int
    placed_at: int
    currency: str
    shopper: Shopper
    lines: tuple[OrderLine, ...]
    shipping: int
    shipping_tax_rate: int
    discount: int
    save_card: bool
    payments: tuple[Payment, ...]
    shipment: Shipment | None = None
    shipping_kept: int | None = None
    customer_id: str = ""
    closed_at: int | None = None
    open_operation: OpenOperation | None = None
    on_hand: tuple[tuple[str, int], ...] = ()
    message: str = ""
    refunds: tuple[Refund, ...] = ()

    @property
    def payment(self) -> Payment:
        """The payment that stands for the order: the original one, or the hold that was made in its place.

        A new hold stands for the order from the moment it is there, unless the old one was captured meanwhile. In what
        sequence they were written says nothing: their ids were made by clocks.
        """
        current = self.payments[0]
        for _ in self.payments:
            new = [each for each in self.payments if each.replaces_id == current.id and each.authorized]
            standing = [each for each in new if each.held or each.captured]
            if current.captured or not (standing or (new and not current.held)):
                break
            current = (standing or new)[-1]
        return current

    def payment_of(self, payment_id: str) -> Payment | None:
        """One of the order's payments."""
        return next((each for each in self.payments if each.id == payment_id), None)

    @property
    def back_orders(self) -> tuple[Payment, ...]:
        """Charges for items that were left out, oldest first; canceled ones too."""
        return tuple(each for each in self.payments if each.role == "backorder")

    def refunded(self, payment: Payment) -> int:
        """Minor units of ``payment`` that went back or are on their way: Stripe's own sum, or that of the
        refunds we know of where it is larger, so that nothing is given back twice."""
        return max(payment.refunded, self.counted_refunds(payment))

    def counted_refunds(self, payment: Payment) -> int:
        """Minor units of the refunds of ``payment`` that we know of, but for those that failed."""
        return sum(each.amount for each in self.refunds if each.payment_id == payment.id and each.counts)

    @property
    def all_captured(self) -> int:
        """Minor units that were taken, back-orders included."""
        return sum(each.captured for each in self.payments)

    @property
    def all_refunded(self) -> int:
        """Minor units of that which went back or are on their way."""
        return sum(self.refunded(each) for each in self.payments)

    @property
    def total(self) -> int:
        """What the shopper agreed to: lines and shipping, discounts taken off."""
        return sum(line.amount for line in self.lines) + self.shipping

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def shown_reference(self) -> str:
        """The reference as people read it: 'K7QP-3MX2'."""
        return show_reference(self.reference)

    def stock_of(self, sku: str) -> int | None:
        """Pieces on hand for ``sku``, or None when the catalogue does not know it."""
        return dict(self.on_hand).get(sku)

    @property
    def short(self) -> int:
        """Pieces ordered that stock does not cover (before Prepare)."""
        return sum(self.short_of(line) for line in self.lines)

    def short_of(self, line: OrderLine) -> int:
        """Pieces of ``line`` that stock does not cover; 0 for stock that is not counted, and after Prepare."""
        on_hand = self.stock_of(line.sku)
        return 0 if on_hand is None or line.kept is not None else max(0, line.quantity - on_hand)


def show_reference(reference: str) -> str:
    """'K7QP3MX2' as 'K7QP-3MX2'."""
    return f"{reference[:4]}-{reference[4:]}"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to an order.

    ``what`` is a word of ours ('placed', 'held', 'declined', 'action', 'approved', 'captured', 'released', 'shipped',
    'passed_on', 'not_passed_on', 'canceled', 'expired', 'unknown', 'refunded', 'refund_failed', 'charged_later',
    'renewed', 'replaced', 'given_up', 'accepted', 'sent_anew'); ``amount`` minor units or None;
    ``actor`` who did it; ``request_id`` Stripe's, or ''; ``at`` seconds UTC; ``note`` plain text, maybe hostile.
    """

    at: int
    what: str
    actor: str
    amount: int | None = None
    currency: str = ""
    note: str = ""
    request_id: str = ""
