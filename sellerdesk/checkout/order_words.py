"""What the order page says in each state: badge, heading, meaning, and the steps of "Where it stands"."""

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from sellerdesk.checkout.amounts import amount_markup
from sellerdesk.checkout.moments import day_and_time, moment
from sellerdesk.domain import tracking
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import CardFacts, PaymentStatus

_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "diners": "Diners Club"}
_LAPSED = ("expired", "automatic")
_DOT = Markup(" · ")
NOTHING = Markup("")


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
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    CLOSED = "closed"


WAITS_FOR_CARD = frozenset({PageState.OPEN, PageState.PAY_AGAIN, PageState.APPROVE})
MONEY_IS_SAFE = frozenset({PageState.HELD, PageState.PACKED, PageState.PART, PageState.SHIPPED})


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
            if order.shipment:
                return PageState.SHIPPED
            return PageState.PART if payment.released else PageState.PACKED
        case PaymentStatus.CANCELED if payment.authorized:
            reason = payment.facts.cancellation_reason if payment.facts else ""
            return PageState.LAPSED if reason in _LAPSED else PageState.CANCELLED
        case PaymentStatus.CANCELED:
            return PageState.CLOSED
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
            first = escape(order.shopper.name.split()[0])
            return Hero("lock", "", "Held, not charged", Markup("Thank you, {}.<br>We hold {}.").format(first, held),
                        _held_until(order), f"Held {_plain(held)}")  # fmt: skip
        case PageState.PACKED:
            return Hero("package", "", "Packed", Markup("We charged {}.").format(charged),
                        Markup("Everything you ordered is packed."), f"Charged {_plain(charged)}")  # fmt: skip
        case PageState.PART:
            title = Markup("We charged {} and released {}.").format(charged, released)
            return Hero("package", "", "Packed", title, _left_out(order), f"Charged {_plain(charged)}")
        case PageState.SHIPPED:
            return Hero("truck", "", "Shipped", Markup("Your parcel is on its way."), _who_has_it(order), "Shipped")
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
                        Markup("You were not charged. If you still want the items, order them again."),
                        "Hold ended")  # fmt: skip
        case PageState.CLOSED:
            return Hero("clock", "off", "Closed", Markup("This checkout was closed.<br>You were not charged."),
                        Markup("Nothing of {} is held.").format(total), "Closed")  # fmt: skip


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
        released = order.payment.released
        note = Markup("{} released").format(_money(order, released)) if released else escape(card)
        title = Markup("Packed, {} charged").format(_money(order, captured))
        steps.append(Step("done", title, _joined(moment(_when(view, "captured", order.placed_at)), note)))
    else:
        steps.append(Step("now", Markup("We pack it and charge your card")))
    if order.shipment:
        carriers = tracking.joined_carriers(order.shipment.parcels)
        title = Markup("Shipped with {}").format(carriers) if carriers else Markup("Shipped")
        steps.append(Step("done", title, moment(order.shipment.at)))
    elif state is PageState.HELD:
        steps.append(Step("", Markup("It ships, with a tracking link here")))
    else:
        steps.append(Step("now", Markup("It ships next"), Markup("The tracking link will be here.")))
    return tuple(steps)


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
    them = "it" if len(names) == 1 else "them"
    return Markup("Out of stock when we packed: {}. We left {them} out and you do not pay for {them}.").format(
        "; ".join(names), them=them
    )


def _who_has_it(order: Order) -> Markup:
    carriers = tracking.joined_carriers(order.shipment.parcels) if order.shipment else ""
    return Markup("{} has it.").format(carriers) if carriers else Markup("It left our house.")


def _declined(order: Order) -> Markup:
    card = order.payment.problem.card if order.payment.problem else None
    ending = Markup(" ending {}").format(card.last4) if card and card.last4 else Markup("")
    return Markup("Your bank declined the card{}. Nothing is held. Your order is kept.").format(ending)


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
