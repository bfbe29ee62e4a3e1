"""What the order page says in each state: badge, heading, meaning, and the steps of "Where it stands"."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.moments import day_and_time, moment
from sellerdesk.checkout.words import pieces
from sellerdesk.domain import tracking
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import CardFacts, PaymentStatus

_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "diners": "Diners Club"}
_LAPSED = ("expired", "automatic")
_DOT = Markup(" · ")
# Scripts whose names are not cut at a space: the first word may be the family's.
_WHOLE_NAMES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
NOTHING = Markup("")
ARRIVES = Markup("It usually arrives within 5 to 10 working days.")


class PageState(StrEnum):
    """What the shopper is told about the order."""

    OPEN = "open"
    PAY_AGAIN = "payagain"
    APPROVE = "approve"
    CHECKING = "checking"
    HELD = "held"
    PACKED = "packed"
    PART = "part"
    SHIPPED = "shipped"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    CLOSED = "closed"


WAITS_FOR_CARD = frozenset({PageState.OPEN, PageState.PAY_AGAIN, PageState.APPROVE})
MONEY_IS_SAFE = frozenset({PageState.HELD, PageState.PACKED, PageState.PART, PageState.SHIPPED, PageState.REFUNDED})
ENDED = frozenset({PageState.CANCELLED, PageState.LAPSED, PageState.CLOSED})


@dataclass(frozen=True, slots=True)
class Hero:
    """The top of the page. ``tone`` is '', 'warn', 'bad' or 'off'; ``tab`` is the title of the browser's tab."""

    icon: str
    tone: str
    badge: str
    title: Markup
    text: Markup
    tab: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of "Where it stands". ``kind`` is 'done', 'now', 'ask', 'off' or '' for later."""

    kind: str
    title: Markup
    why: Markup = NOTHING


def state_of(order: Order) -> PageState:
    """The state for the shopper, from what Stripe last said and from what is still under way."""
    payment = order.payment
    under_way = order.open_operation is not None and order.open_operation.kind is OperationKind.CONFIRM
    match payment.status:
        case PaymentStatus.REQUIRES_CAPTURE:
            return PageState.SHIPPED if order.shipment else PageState.HELD
        case PaymentStatus.SUCCEEDED:
            if payment.refunded:
                return PageState.REFUNDED
            if order.shipment:
                return PageState.SHIPPED
            return PageState.PART if payment.released else PageState.PACKED
        case PaymentStatus.CANCELED if payment.authorized:
            reason = payment.facts.cancellation_reason if payment.facts else ""
            return PageState.LAPSED if reason in _LAPSED else PageState.CANCELLED
        case PaymentStatus.CANCELED:
            return PageState.CLOSED
    under_way = under_way or payment.waits_to_be_confirmed_again
    if under_way or payment.status in (PaymentStatus.PROCESSING, PaymentStatus.OTHER):
        return PageState.CHECKING  # before "closed": nobody knows yet whether something is held
    if order.closed_at is not None:
        return PageState.CLOSED
    if payment.status is PaymentStatus.REQUIRES_ACTION:
        return PageState.APPROVE
    return PageState.PAY_AGAIN if payment.problem else PageState.OPEN


def hero_of(order: Order, state: PageState) -> Hero:
    """Badge, heading and meaning of ``state``."""
    payment = order.payment
    total, held = _money(order, order.total), _money(order, payment.authorized)
    charged, released = _money(order, payment.captured), _money(order, payment.released)
    match state:
        case PageState.HELD:
            first = first_name(order.shopper.name)
            thanks = Markup("Thank you, {}.").format(isolated(first)) if first else Markup("Thank you.")
            return Hero("lock", "", "Held, not charged", Markup("{}<br>We hold {}.").format(thanks, held),
                        _held_until(order), f"Held {_plain(held)}")  # fmt: skip
        case PageState.PACKED:
            return Hero("package", "", "Packed", Markup("We charged {}.").format(charged),
                        Markup("Everything you ordered is packed."), f"Charged {_plain(charged)}")  # fmt: skip
        case PageState.PART:
            title = Markup("We charged {} and released {}.").format(charged, released)
            return Hero("package", "", "Packed", title, _left_out(order), f"Charged {_plain(charged)}")
        case PageState.SHIPPED:
            way = "Your parcels are on their way." if _parcels(order) > 1 else "Your parcel is on its way."
            return Hero("truck", "", "Shipped", escape(way), _who_has_it(order), "Shipped")
        case PageState.REFUNDED:
            back, card = _money(order, payment.refunded), card_text(order) or "card"
            return Hero("undo-2", "", "Refunded", Markup("We sent {} back to your {}.").format(back, card),
                        ARRIVES, f"Refunded {_plain(back)}")  # fmt: skip
        case PageState.APPROVE:
            return Hero("landmark", "warn", "Your bank asks you", Markup("Approve the payment with your bank."),
                        Markup("Your bank wants to be sure it is you. Nothing is held until you approve."),
                        "Your bank asks you")  # fmt: skip
        case PageState.CHECKING:
            return Hero("hourglass", "warn", "Checking with your bank", Markup("We are asking your bank."),
                        Markup("Please don’t pay again. This usually takes a few seconds, rarely a minute. "
                               "The answer will be here."), "Checking with your bank")  # fmt: skip
        case PageState.PAY_AGAIN:
            return Hero("circle-alert", "bad", "Payment needed", Markup("The payment did not go through."),
                        _declined(order), "Payment needed")  # fmt: skip
        case PageState.OPEN:
            return Hero("clock", "warn", "Payment needed", Markup("This order waits for a card."),
                        Markup("Your bank was not asked yet. Nothing is held."), "Payment needed")  # fmt: skip
        case PageState.CANCELLED:
            title = Markup("Your order is cancelled and {} is released.").format(held)
            return Hero("ban", "off", "Cancelled", title,
                        Markup("You were not charged. Your bank shows the money again in a few days."),
                        "Cancelled")  # fmt: skip
        case PageState.LAPSED:
            return Hero("clock", "off", "Hold ended", Markup("The hold of {} ended by itself.").format(held),
                        Markup("You were not charged. If you still want the items, start again."),
                        "Hold ended")  # fmt: skip
        case PageState.CLOSED:
            return Hero("clock", "off", "Closed", Markup("This checkout was closed.<br>You were not charged."),
                        Markup("It waited for a payment. Nothing of {} is held.").format(total), "Closed")  # fmt: skip


def steps_of(view: OrderView, state: PageState) -> tuple[Step, ...]:
    """What happened, what happens now, what comes later."""
    order = view.order
    ends = _ended_steps(view, state)
    if ends:
        return ends
    later = (
        Step("", Markup("We pack it and charge your card")),
        Step("", Markup("It ships, with a tracking link here")),
    )
    received = Step("done", Markup("Order received"), moment(order.placed_at))
    card = escape(card_text(order))
    match state:
        case PageState.APPROVE:
            return (received, Step("ask", Markup("Waiting for your approval"), card), *later)
        case PageState.CHECKING:
            return (received, Step("now", Markup("Checking with your bank")), *later)
        case PageState.OPEN | PageState.PAY_AGAIN:
            return (received, Step("ask", Markup("Waiting for a card")), *later)
        case _:
            return _progress(view, state)


def _progress(view: OrderView, state: PageState) -> tuple[Step, ...]:
    """The steps of an order whose money is held or charged."""
    order = view.order
    card = card_text(order)
    captured = order.payment.captured
    held_at = _joined(moment(_when(view, "held", order.placed_at)), "" if captured else card)
    held = Markup("Ordered, {} held").format(_money(order, order.payment.authorized))
    steps = [Step("done", held, held_at)]
    if captured:
        note = _released_note(order) or escape(card)
        title = Markup("Packed, {} charged").format(_money(order, captured))
        steps.append(Step("done", title, _joined(moment(_when(view, "captured", order.placed_at)), note)))
    else:
        steps.append(Step("now", Markup("We pack it and charge your card")))
    if order.shipment:
        carriers = carriers_text(order)
        title = Markup("Shipped with {}").format(carriers) if carriers else Markup("Shipped")
        steps.append(Step("done", title, moment(order.shipment.at)))
    elif state is PageState.HELD:
        steps.append(Step("", Markup("It ships, with a tracking link here")))
    elif order.payment.refunded < captured:
        steps.append(Step("now", Markup("It ships next"), Markup("The tracking link will be here.")))
    if order.payment.refunded:
        title = Markup("{} sent back").format(_money(order, order.payment.refunded))
        at = next((moment(entry.at) for entry in view.timeline if entry.what == "refunded"), NOTHING)
        steps.append(Step("done", title, at))
    return tuple(steps)


def _released_note(order: Order) -> Markup:
    """'28.00 EUR released, 1 item left out', or nothing."""
    released, left_out = order.payment.released, sum(line.left_out for line in order.lines)
    if not released:
        return NOTHING
    note = Markup("{} released").format(_money(order, released))
    return note + escape(f", {pieces(left_out)} left out") if left_out else note


def _ended_steps(view: OrderView, state: PageState) -> tuple[Step, ...]:
    order = view.order
    ordered = Markup("Ordered, {} held").format(_money(order, order.payment.authorized))
    first = Step("done", ordered, moment(_when(view, "held", order.placed_at)))
    match state:
        case PageState.CANCELLED:
            at = _joined(moment(_when(view, "canceled", order.placed_at)), "nothing charged")
            return (first, Step("off", Markup("Cancelled, hold released"), at))
        case PageState.LAPSED:
            at = _joined(moment(_when(view, "expired", order.placed_at)), "nothing charged")
            return (first, Step("off", Markup("The hold ended by itself"), at))
        case PageState.CLOSED:
            closed = moment(order.closed_at) if order.closed_at else Markup("")
            return (
                Step("done", Markup("Started"), moment(order.placed_at)),
                Step("off", Markup("Closed, nothing held"), closed),
            )
    return ()


def _held_until(order: Order) -> Markup:
    deadline = order.payment.capture_before
    if deadline is None:
        return Markup("Nothing is charged yet. We charge it when we pack your order.")
    return Markup(
        "Nothing is charged yet. We charge it when we pack your order, by {} at the latest. "
        "After that the hold ends by itself."
    ).format(day_and_time(deadline))


def _left_out(order: Order) -> Markup:
    names = [line.name for line in order.lines if line.left_out]
    if not names:
        return Markup("We charged less than we held. You do not pay the rest.")
    listed = Markup("; ").join(isolated(name) for name in names)
    if any(each.captured for each in order.back_orders):
        return Markup("Out of stock when we packed: {}. You pay for it when it comes.").format(listed)
    return Markup("Out of stock when we packed: {}. You do not pay for what we left out.").format(listed)


def _who_has_it(order: Order) -> Markup:
    several = _parcels(order) > 1
    carriers = carriers_text(order)
    if not carriers:
        return escape("They left our house." if several else "It left our house.")
    has_it = "has it" if not several else "has them" if len(_carriers(order)) == 1 else "have them"
    return Markup("{} {}.").format(carriers, has_it)


def _parcels(order: Order) -> int:
    return len(order.shipment.parcels) if order.shipment else 0


def _carriers(order: Order) -> list[str]:
    parcels = order.shipment.parcels if order.shipment else ()
    names = (tracking.carrier_name(parcel.carrier) for parcel in parcels)
    return [name for name in dict.fromkeys(names) if name]


def carriers_text(order: Order) -> Markup:
    """'DHL Paket', 'DHL Paket, UPS and GLS', or nothing."""
    *first, last = [isolated(name) for name in _carriers(order)] or [NOTHING]
    return Markup(" and ").join(part for part in (Markup(", ").join(first), last) if part)


def _declined(order: Order) -> Markup:
    card = order.payment.problem.card if order.payment.problem else None
    ending = Markup(" ending {}").format(card.last4) if card and card.last4 else Markup("")
    return Markup("Your bank declined the card{}. Nothing is held. Your order is kept.").format(ending)


def isolated(text: str) -> Markup:
    """``text`` from outside, kept from turning the words around it: https://www.w3.org/International/articles/inline-bidi-markup/"""
    return Markup("<bdi>{}</bdi>").format(text)


def first_name(name: str) -> str:
    """How to address somebody: the first word of a name, or all of it where names are not cut at spaces."""
    first = next(iter(name.split()), "")
    return name if first and unicodedata.name(first[0], "").startswith(_WHOLE_NAMES) else first


def _card_text(card: CardFacts | None) -> str:
    if card is None or not card.last4:
        return ""
    return f"{_BRANDS.get(card.brand, card.brand.title() or 'Card')} ending {card.last4}"


def card_text(order: Order) -> str:
    """'Visa ending 4242', or ''."""
    return _card_text(order.payment.facts.card if order.payment.facts else None)


def _when(view: OrderView, what: str, otherwise: int) -> int:
    return next((entry.at for entry in view.timeline if entry.what == what), otherwise)


def _joined(first: Markup, second: Markup | str) -> Markup:
    return first + _DOT + escape(second) if second else first


def _money(order: Order, minor: int) -> Markup:
    return amount_markup(minor, order.currency)


def _plain(markup: Markup) -> str:
    return markup.striptags()
