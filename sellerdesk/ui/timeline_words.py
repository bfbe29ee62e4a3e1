"""What the entries of an order's timeline are called."""

from sellerdesk.domain.declines import headline_of
from sellerdesk.domain.order import TimelineEntry
from sellerdesk.ui.ended_words import REASONS
from sellerdesk.ui.panel_words import Words, sum_words
from sellerdesk.ui.widgets import Tone

_TITLES = {
    "placed": "Order placed",
    "held": "Held {sum}",
    "declined": "Card refused",
    "action": "The bank asks the shopper to approve",
    "approved": "The shopper approved with the bank",
    "captured": "Captured {sum}",
    "released": "Released {sum} to the shopper",
    "shipped": "Shipped",
    "passed_on": "Tracking passed to Stripe",
    "not_passed_on": "Tracking not passed to Stripe",
    "canceled": "Payment canceled, nothing is held",
    "expired": "The hold lapsed, nothing is held",
    "refunded": "Refunded {sum}",
    "refund_failed": "The refund of {sum} failed, the money is back with you",
    "charged_later": "Charged {sum} for what was left out",
    "renewed": "New hold of {sum} on the saved card",
    "replaced": "Old hold of {sum} released, the new one stands",
    "given_up": "A charge of the saved card was given up",
    "accepted": "Decided: what Stripe shows is accepted",
    "sent_anew": "Decided: sent to Stripe once more",
    "unknown": "The answer got lost",
}
_TONES = {
    "declined": Tone.RED,
    "expired": Tone.RED,
    "unknown": Tone.AMBER,
    "refund_failed": Tone.RED,
    "action": Tone.AMBER,
    "not_passed_on": Tone.AMBER,
    "captured": Tone.GREEN,
    "charged_later": Tone.GREEN,
    "shipped": Tone.GREEN,
}


def timeline_words(entry: TimelineEntry) -> Words:
    """One timeline entry in words; a word we do not know is shown as it is."""
    pattern = _TITLES.get(entry.what)
    if pattern is None:
        return Words(entry.what, entry.note)
    amount = sum_words(entry.amount, entry.currency) if entry.amount is not None and entry.currency else ""
    title = " ".join(pattern.format(sum=amount).split(" ")).replace("  ", " ").strip()
    return Words(title, _note(entry), _TONES.get(entry.what, Tone.MUTED))


def _note(entry: TimelineEntry) -> str:
    """A refusal and a cancellation keep a code of Stripe's; it is said in words where we have some."""
    match entry.what:
        case "declined":
            return headline_of(entry.note) or entry.note
        case "canceled":
            return REASONS.get(entry.note, entry.note)
        case _:
            return entry.note
