"""The words of the time machine: its entries, why one is off, what was done, and what is switched on."""

from sellerdesk.domain.declines import headline_of
from sellerdesk.domain.order import Order
from sellerdesk.formats import counted, money
from sellerdesk.services.practice import SLOW_SECONDS, Switches

HOUR, DAY = 3600, 24 * 3600
OVER_SECONDS = 60
# The decline codes that a seller meets most, and those whose reason must not be told.
REFUSALS = (
    "insufficient_funds",
    "generic_decline",
    "expired_card",
    "incorrect_cvc",
    "card_velocity_exceeded",
    "processing_error",
    "authentication_required",
    "card_not_supported",
    "lost_card",
    "fraudulent",
    "do_not_try_again",
)
_NO_ORDER = "no order is selected"
_NO_HOLD = "this order holds nothing"
_NOT_CHARGED = "this order is not charged"
_GONE = "all of it was refunded"
NOTHING_ON = "nothing is switched on"
SLOW_ALREADY = "it is slow already"
SLOW_TIP = f"Every answer takes {SLOW_SECONDS} seconds, until you go back to normal."

TIPS = {
    "before": "Moves the clock forward. Everything that was due until then happens, to all orders.",
    "over": "Moves the clock forward until this hold has lapsed. Those that were due before lapse, too.",
    "day": "Moves the clock forward by 24 hours. Time never goes back; a new demo shop starts today.",
    "refuse": "The bank refuses the next card that a shopper types in, whichever it is.",
    "lose_before": "The next call that changes something gets no answer, and Stripe has not heard of it.",
    "lose_after": "The next call that changes something gets no answer, although Stripe has done it.",
    "slow": SLOW_TIP,
    "dispute": "The shopper tells the bank that nothing arrived. The bank takes the money back until it is decided.",
    "warn": "The bank warns that the card may be stolen, before anybody disputes the payment.",
    "normal": "Switches off everything above. What has happened stays, and so does the clock.",
}

DAY_WENT_BY = "A day went by. What was due has happened."
LOST_BEFORE = "The next answer will be lost, and Stripe will not have done what it was asked."
LOST_AFTER = "The next answer will be lost, although Stripe will have done what it was asked."
NORMAL = "Back to normal. What happened meanwhile stays, and the clock goes on from where it is."


def no_deadline(order: Order | None, now: int, before: int) -> str:
    """Why the clock cannot go to ``before`` seconds before the deadline of ``order``; '' when it can."""
    if order is None:
        return _NO_ORDER
    deadline = order.payment.capture_before
    if not order.payment.held or deadline is None:
        return _NO_HOLD
    return "" if deadline - before > now else "less than an hour is left"


def no_money_taken(order: Order | None) -> str:
    """Why a bank has nothing to complain of about ``order``; '' when it has."""
    if order is None:
        return _NO_ORDER
    if not order.payment.captured:
        return _NOT_CHARGED
    return "" if order.payment.captured > order.payment.refunded else _GONE


def at_deadline(order: Order) -> str:
    """The clock was moved to an hour before it."""
    return f"It is an hour before the deadline of {order.shown_reference}. What was due until then has happened."


def over_deadline(order: Order) -> str:
    """The clock was moved over it."""
    return f"The deadline of {order.shown_reference} is over. Its hold has lapsed, and those that were due before it."


def will_be_refused(code: str) -> str:
    """A refusal waits for the next card."""
    return f"The bank will refuse the next card, whichever it is. Reason: {headline_of(code)}."


def disputed(order: Order) -> str:
    """A dispute was raised."""
    rest = money(order.payment.captured - order.payment.refunded, order.currency)
    return f"The bank disputes {rest} of {order.shown_reference}. It has the money back until the dispute is decided."


def warned(order: Order) -> str:
    """A warning was raised."""
    return f"The bank warned of fraud with the card of {order.shown_reference}. No money moved."


def what_is_on(switches: Switches) -> str:
    """What is switched on, as one sentence; '' when nothing is."""
    parts = []
    if switches.refusals:
        reasons = ", ".join(headline_of(code) or code for code in switches.refusals)
        cards = "card" if len(switches.refusals) == 1 else f"{len(switches.refusals)} cards"
        parts.append(f"the bank refuses the next {cards} ({reasons})")
    for lost, how in ((switches.lost_before, "before Stripe acts"), (switches.lost_after, "after Stripe has acted")):
        if lost:
            parts.append(f"the next answer is lost {how}" if lost == 1 else f"{counted(lost, 'answer')} are lost {how}")
    if switches.slow:
        parts.append(f"every answer takes {SLOW_SECONDS} seconds")
    return f"Practice: {'; '.join(parts)}." if parts else ""


def how_much_is_on(switches: Switches) -> str:
    """The same where there is little room."""
    on = sum(map(bool, (switches.refusals, switches.lost_before, switches.lost_after, switches.slow)))
    return "Practice: one switch is on." if on == 1 else f"Practice: {on} switches are on."
