"""Turn what is known about one order into the words that the order panel says."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from sellerdesk.domain.charging_later import saved_card
from sellerdesk.domain.errors import UnknownCurrency
from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Order, PassedOn, Stage
from sellerdesk.domain.payment import CardFacts, Payment, PaymentStatus
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.domain.seats import called
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import money, to_the_second, when
from sellerdesk.services.desk import Mode
from sellerdesk.ui.widgets import Tone

# Work that takes longer than this gets the amber box instead of a spinner.
PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """A short title, what it means, and its tone."""

    title: str
    text: str = ""
    tone: Tone = Tone.MUTED


def sum_words(minor: int, currency: str) -> str:
    """``minor`` units as people read them; the bare number of units where the currency is unknown to us."""
    try:
        return money(minor, currency)
    except UnknownCurrency:
        return f"{minor}\u00a0{currency.upper()}"


def saved_card_words(order: Order) -> Words:
    """Whether the card was kept for a later charge, and that the shopper agreed.

    https://docs.stripe.com/payments/save-during-payment
    """
    if saved_card(order)[0]:
        return Words("Card saved with consent", tone=Tone.GREEN)
    if order.save_card and not order.payment.authorized:
        return Words("Will be saved: the shopper agreed")
    return Words("Not saved")


def left_out_words(order: Order) -> Words | None:
    """What of a captured order was left out, and how it could be charged; None when nothing was, or all of it was
    charged since."""
    payment = order.payment
    if not payment.captured or not payment.released:
        return None
    if any(each.captured for each in order.back_orders) and not any(pieces_owed(order, each) for each in order.lines):
        return None
    left_out = f"{sum_words(payment.released, payment.currency)} left out."
    if saved_card(order)[0]:
        return Words(left_out, "The card is saved: it can be charged later.", Tone.GREEN)
    return Words(left_out, "Charging it later needs the shopper to pay again.", Tone.AMBER)


def is_paying(order: Order) -> bool:
    """Whether the shopper's press is on its way to the bank: nothing is known about the money until it is answered."""
    return order.open_operation is not None and order.open_operation.kind is OperationKind.CONFIRM


def ledger_bottom(order: Order) -> tuple[str, int]:
    """The label and the minor units of the sum that matters now."""
    payment = order.payment
    if is_paying(order):
        return "Not known yet", 0
    if payment.held:
        return "Still on hold", payment.held
    if order.all_refunded:
        return "Paid, less refunds", order.all_captured - order.all_refunded
    if order.all_captured:
        return "Paid", order.all_captured
    return "Nothing held", 0


_CHECKS = (("cvc_check", "CVC"), ("postal_code_check", "Postcode"), ("line1_check", "Street"))


def check_words(card: CardFacts) -> tuple[Words, ...]:
    """What the bank said about the card's details: what differs first, then all that passed in one line."""
    results = [(label, getattr(card, name)) for name, label in _CHECKS]
    failed = [Words(f"{label} differs", tone=Tone.AMBER) for label, result in results if result == "fail"]
    passed = [label for label, result in results if result == "pass"]
    if card.three_d_secure == "authenticated":
        passed.append("3‑D Secure")
    unknown = [label for label, result in results if result in {"unavailable", "unchecked"}]
    lines = list(failed)
    if passed:
        lines.append(Words(f"{', '.join(passed)} {'pass' if len(passed) > 1 else 'passes'}", tone=Tone.GREEN))
    if unknown:
        lines.append(Words(f"{', '.join(unknown)} not checked"))
    return tuple(lines)


_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "Amex",
    "discover": "Discover",
    "diners": "Diners",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "eftpos_au": "eftpos",
}


def card_words(card: CardFacts, *, with_expiry: bool = False) -> str:
    """'Visa 4242', or 'Visa 4242, to 04/29'."""
    words = f"{_BRANDS.get(card.brand, card.brand.title() or 'Card')} {card.last4}".strip()
    if with_expiry and card.exp_month:
        words += f", to {card.exp_month:02d}/{card.exp_year % 100:02d}"
    return words


_DOING = {
    OperationKind.CREATE_CUSTOMER: "Setting up the payment",
    OperationKind.CREATE_INTENT: "Setting up the payment",
    OperationKind.CONFIRM: "Asking the bank for",
    OperationKind.CAPTURE: "Capturing",
    OperationKind.CANCEL: "Releasing",
    OperationKind.SHIP: "Passing the tracking to Stripe",
    OperationKind.REFUND: "Refunding",
    OperationKind.BACK_ORDER: "Charging the saved card",
    OperationKind.RENEW: "Renewing the hold of",
    OperationKind.CHARGE_AGAIN: "Charging the saved card",
}
_ASKED = {
    OperationKind.CREATE_CUSTOMER: "We asked Stripe to set up the payment",
    OperationKind.CREATE_INTENT: "We asked Stripe to set up the payment",
    OperationKind.CONFIRM: "We asked Stripe to hold {sum}",
    OperationKind.CAPTURE: "We asked Stripe to capture {sum}",
    OperationKind.CANCEL: "We asked Stripe to release {sum}",
    OperationKind.SHIP: "We passed the tracking to Stripe",
    OperationKind.REFUND: "We asked Stripe to refund {sum}",
    OperationKind.BACK_ORDER: "We asked Stripe to charge {sum} to the saved card",
    OperationKind.RENEW: "We asked Stripe to hold {sum} on the saved card",
    OperationKind.CHARGE_AGAIN: "We asked Stripe to charge {sum} to the saved card",
}
_THEY_ARE = {
    OperationKind.CAPTURE: "is capturing",
    OperationKind.CANCEL: "is releasing",
    OperationKind.REFUND: "is refunding",
    OperationKind.BACK_ORDER: "is charging",
    OperationKind.RENEW: "is renewing the hold of",
    OperationKind.SHIP: "is passing the tracking to Stripe",
}
_WITHOUT_SUM = {OperationKind.CREATE_CUSTOMER, OperationKind.CREATE_INTENT, OperationKind.SHIP}


class Work(StrEnum):
    """How an open operation is shown."""

    BUSY = "busy"
    WAITING = "waiting"
    REVIEW = "review"


def work_of(operation: OpenOperation, now: int) -> Work:
    """A spinner while it is young, the amber box when it takes long or the answer got lost, red for a person."""
    if operation.state is OperationState.REVIEW:
        return Work.REVIEW
    if operation.state is OperationState.UNKNOWN or now - operation.since > PATIENCE_SECONDS:
        return Work.WAITING
    return Work.BUSY


def _operation_sum(operation: OpenOperation, currency: str) -> str:
    if operation.amount is None or operation.kind in _WITHOUT_SUM:
        return ""
    return sum_words(operation.amount, currency)


def _is_of_another(operation: OpenOperation, own_seat: str) -> bool:
    """Whether a person at another seat began it; what the shopper began is nobody's."""
    return bool(own_seat) and operation.seat != own_seat and operation.kind in _THEY_ARE


def busy_words(
    operation: OpenOperation, currency: str, now: int, own_seat: str = "", zone: tzinfo | None = None
) -> str:
    """'Capturing 72.00 EUR…', or 'Seat 2 is capturing 72.00 EUR since 12:03…'."""
    amount = _operation_sum(operation, currency)
    if _is_of_another(operation, own_seat):
        doing = f"{called(operation.seat)} {_THEY_ARE[operation.kind]} {amount}".strip()
        return f"{doing} since {when(operation.since, now, zone)}…"
    return f"{_DOING[operation.kind]} {amount}".strip() + "…"


_CHECKING = "We are checking and will not ask twice. You can keep working or close the program."
_CHECKING_TRACKING = (
    "We are checking. A number that you corrected meanwhile is passed on when this one has arrived or cannot any more, "
    "within about an hour. You can keep working or close the program."
)


@dataclass(frozen=True, slots=True)
class Question:
    """The words of an open question: what was asked, what is certain all the same, and what a person can do."""

    title: str
    text: str
    certain: str
    rest: str


def waiting_words(
    operation: OpenOperation, currency: str, now: int, zone: tzinfo | None = None, own_seat: str = ""
) -> Question:
    """The amber box: who asked what and when, what it may mean, what a person can do."""
    amount = _operation_sum(operation, currency)
    asked = asked_words(operation, currency, now, zone)
    if _is_of_another(operation, own_seat):
        asked = f"{called(operation.seat)}{asked.removeprefix('We')}"
    lost = "lost the answer" if operation.state is OperationState.UNKNOWN else "have no answer yet"
    return Question(
        f"Waiting for Stripe: {amount}" if amount else "Waiting for Stripe",
        f"{asked} and {lost}.",
        "It may have worked.",
        _CHECKING_TRACKING if operation.kind is OperationKind.SHIP else _CHECKING,
    )


def next_look_words(operation: OpenOperation, system_now: int) -> str:
    """'next look in 8 s'; '' for what is not looked at by itself."""
    if operation.next_try_at is None:
        return ""
    left = operation.next_try_at - system_now
    if left <= 0:
        return "looking now…"
    return f"next look in {left} s" if left < 120 else f"next look in {left // 60} min"


def review_words(operation: OpenOperation, order: Order, now: int, zone: tzinfo | None = None) -> Question:
    """The red box: two answers that do not agree, as far as the facts tell."""
    asked = asked_words(operation, order.currency, now, zone)
    why = operation.why or "What Stripe shows does not fit."
    return Question(
        "Needs a decision",
        f"{asked}. {why} {_stripe_says(order.payment)}",
        "SellerDesk asks for nothing more on this order.",
        "Compare it with Stripe’s own page before you ship. What is settled there is settled here, too.",
    )


def asked_words(operation: OpenOperation, currency: str, now: int, zone: tzinfo | None = None) -> str:
    """'We asked Stripe to capture 72.00 EUR at 09:14:20'."""
    sentence = _ASKED[operation.kind].format(sum=_operation_sum(operation, currency)).strip()
    return f"{sentence} at {to_the_second(operation.since, now, zone)}"


def settled_words(order: Order) -> str:
    """One sentence for a question that was answered: what is true about the money now."""
    payment = order.payment
    if payment.captured:
        return f"{sum_words(payment.captured, payment.currency)} was captured, once."
    if payment.released:
        return f"{sum_words(payment.released, payment.currency)} went back to the shopper, and nothing was captured."
    if payment.held:
        return f"Nothing was captured; {sum_words(payment.held, payment.currency)} is on hold."
    return "Nothing was captured and nothing is on hold."


def _stripe_says(payment: Payment) -> str:
    if payment.facts is None:
        return "Stripe knows no payment for this order."
    currency = payment.currency
    if payment.captured:
        released = f", and {sum_words(payment.released, currency)} went back to the shopper" if payment.released else ""
        return f"Stripe says {sum_words(payment.captured, currency)} was captured{released}."
    if payment.held:
        return f"Stripe says {sum_words(payment.held, currency)} is still on hold."
    return "Stripe says nothing is held and nothing was captured."


_NOTHING_HELD = (
    None,
    PaymentStatus.REQUIRES_PAYMENT_METHOD,
    PaymentStatus.REQUIRES_CONFIRMATION,
    PaymentStatus.REQUIRES_ACTION,
)


def stage_line(order: Order) -> str:
    """One quiet sentence under the name, for stages without a running deadline."""
    stage = stage_of(order)
    if is_paying(order):
        return "The bank is being asked; wait for its answer."
    if stage is Stage.PROBLEM or (stage is Stage.UNFINISHED and order.payment.status in _NOTHING_HELD):
        return "Not paid, and nothing is held."
    if stage is Stage.TO_SHIP:
        return "Paid, not sent yet."
    if stage is Stage.SHIPPED:
        return "Paid and sent."
    return ""


def receipt_words(order: Order, mode: Mode) -> str:
    """Whether Stripe mails a receipt; it is never claimed that one arrived.

    Stripe sends it when the payment succeeds, and of its own accord in live mode only:
    https://docs.stripe.com/payments/advanced/receipts
    """
    facts = order.payment.facts
    if facts is None or not facts.receipt_email:
        return "No receipt is asked for."
    if stage_of(order) is Stage.ENDED:
        return f"Nothing was charged, so no receipt goes to {facts.receipt_email}."
    if order.payment.captured:
        if mode is Mode.LIVE:
            return f"Stripe was asked to mail a receipt to {facts.receipt_email}."
        return f"Stripe mails receipts in live mode only; this one would go to {facts.receipt_email}."
    sentence = f"Stripe mails a receipt to {facts.receipt_email} when the money is captured"
    return f"{sentence}." if mode is Mode.LIVE else f"{sentence}, in live mode only."


_PASSED_ON = {
    PassedOn.PENDING: Words("Not yet passed to Stripe", "SellerDesk tries again by itself.", Tone.AMBER),
    PassedOn.ON_INTENT: Words("Passed to Stripe", tone=Tone.GREEN),
    PassedOn.ON_CHARGE: Words("Passed to Stripe", tone=Tone.GREEN),
    PassedOn.REFUSED: Words(
        "Not passed to Stripe", "Stripe refused the tracking. The parcel is recorded here all the same.", Tone.AMBER
    ),
}


def passed_on_words(state: PassedOn) -> Words:
    """Whether the tracking reached Stripe."""
    return _PASSED_ON[state]
