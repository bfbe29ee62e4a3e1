"""Whose hold a dialog is about, with which card, and how long it lasts."""

from datetime import tzinfo

from sellerdesk.domain.order import Order
from sellerdesk.formats import countdown, when
from sellerdesk.ui import plain
from sellerdesk.ui.panel_words import card_words

# How much of a shopper's name stands in a sentence, so that what follows is always seen.
NAME_LENGTH = 60


def hold_words(order: Order, now: int, zone: tzinfo | None) -> str:
    """'Zoë Lefèvre-Okafor, Visa 4242. The hold lapses today at 18:20, in 9 h.' at ``now``, seconds UTC."""
    facts = order.payment.facts
    parts = [plain.apart(order.shopper.name, NAME_LENGTH)]
    if facts is not None and facts.card is not None:
        parts.append(card_words(facts.card))
    words = ", ".join(parts) + "."
    deadline = order.payment.capture_before
    if deadline is None:
        return words
    at = when(deadline, now, zone)
    today = "today at " if len(at) == len("18:20") else ""
    if deadline > now:
        return f"{words} The hold lapses {today}{at}, in {countdown(deadline - now).removesuffix(' left')}."
    return f"{words} The hold lapsed {today}{at}."
