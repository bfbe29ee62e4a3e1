"""How far a shopper came who has not paid yet, and what the seller can do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import TimelineEntry
from sellerdesk.domain.payment import APPROVAL_SECONDS, PaymentFacts, PaymentStatus
from sellerdesk.formats import when_exact

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# A shopper who was seen this long ago may still have the page open: the bank's own questions take minutes.
STILL_THERE_SECONDS = 15 * _MINUTE

_NOTHING = "Nothing is held and nothing was taken. Do not ship."
_LEAVE = "Or leave it as it is: nothing is held, so nothing has to be cancelled."
_ASKED = "The bank waits for the shopper’s approval."
_APPROVE = "Send the pay link. There the shopper approves it with the bank, or uses another card."
_GO_ON = "Send the pay link. The shopper goes on where they stopped; nothing can be held twice."


@dataclass(frozen=True, slots=True)
class UnfinishedWords:
    """``title`` says how far it came, ``money`` what that means for the money; ``steps`` is what to do, in order."""

    title: str
    money: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopperStep:
    """One thing that the shopper or the bank did, at ``at`` (seconds UTC)."""

    at: int
    text: str


def unfinished_words(view: OrderView, now: int, zone: tzinfo | None = None) -> UnfinishedWords:
    """The words for an unfinished order at ``now``, seconds UTC. ``zone`` None is this computer's."""
    order = view.order
    words = _confirmed_again(view, zone) or _words(order.payment.facts)
    if now - order.placed_at >= STILL_THERE_SECONDS or _GO_ON not in words.steps:
        return words
    wait = "Wait a quarter of an hour: the shopper may still be paying."
    return UnfinishedWords(words.title, words.money, (wait, *words.steps))


def _confirmed_again(view: OrderView, zone: tzinfo | None) -> UnfinishedWords | None:
    """Under manual confirmation the shopper's approval is good for an hour, and the server must use it:
    https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions"""
    payment = view.order.payment
    if payment.facts is None or not payment.is_confirmed_again:
        return None
    if payment.waits_to_be_confirmed_again:
        approved = (entry.at for entry in view.timeline if entry.what == "approved")
        until = when_exact(next(approved, payment.facts.observed_ms // 1000) + APPROVAL_SECONDS, zone)
        return UnfinishedWords(
            "The shopper approved. The hold is not made yet.",
            f"SellerDesk asks the bank again by itself, and has time until {until}. Nothing is held yet. Do not ship.",
            (
                "Wait: the hold is made by itself.",
                "After that the shopper must pay again: send the pay link then.",
            ),
        )
    if payment.status is PaymentStatus.REQUIRES_ACTION:
        return UnfinishedWords(
            _ASKED,
            "Once the shopper approves, SellerDesk asks the bank again by itself: the approval is good for an hour. "
            "Nothing is held until then. Do not ship.",
            (_APPROVE, _LEAVE),
        )
    return None


def _words(facts: PaymentFacts | None) -> UnfinishedWords:
    match facts.raw_status if facts is not None else "":
        case "":
            return UnfinishedWords("The order was placed and the payment not started.", _NOTHING, (_GO_ON, _LEAVE))
        case "requires_payment_method":
            return UnfinishedWords("The shopper left before a card was sent.", _NOTHING, (_GO_ON, _LEAVE))
        case "requires_confirmation":
            return UnfinishedWords("The payment was started and not sent to the bank.", _NOTHING, (_GO_ON, _LEAVE))
        case "requires_action":
            return UnfinishedWords(
                _ASKED, "Nothing is held until the shopper approves. Do not ship.", (_APPROVE, _LEAVE)
            )
        case "processing":
            return UnfinishedWords(
                "The bank is still working on it.",
                "Nothing is certain yet. Do not ship before the money is held.",
                ("Wait for the bank: its answer comes by itself.", "Press F5 to ask Stripe for it now."),
            )
        case raw:
            return UnfinishedWords(
                f"Stripe says “{raw}”.",
                "SellerDesk does not know this state and does nothing with it. Do not ship.",
                ("Look at the payment at Stripe.", "A newer SellerDesk may know this state."),
            )


def shopper_steps(view: OrderView) -> tuple[ShopperStep, ...]:
    """What is known of the shopper's way, oldest first."""
    return tuple(_shopper_steps(reversed(view.timeline)))


def _shopper_steps(entries: Iterator[TimelineEntry]) -> Iterator[ShopperStep]:
    texts = {
        "placed": "Filled in the form and pressed the button",
        "action": "The bank asked for approval",
        "approved": "The shopper approved",
        "declined": "A card was refused",
        "unknown": "The bank’s answer got lost",
    }
    for entry in entries:
        if entry.what in texts:
            yield ShopperStep(entry.at, texts[entry.what])


def left_words(last: int, now: int) -> str:
    """How long ago the shopper was heard of last; both seconds UTC."""
    if now - last < STILL_THERE_SECONDS:
        return "Nothing since then. The shopper may still be there."
    return f"Nothing since then. That was {ago(now - last)}."


def ago(seconds: int) -> str:
    """'just now', '12 min ago', '3 h ago', '2 d ago', rounded down."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    return f"{seconds // _DAY} d ago"
