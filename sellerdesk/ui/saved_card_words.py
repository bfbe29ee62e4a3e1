"""What the window says about charging a saved card: what the bank made of it, and the ways to go on."""

from sellerdesk.domain.charging_later import RenewalPlan, check_try_again, needs_shopper
from sellerdesk.domain.declines import explain
from sellerdesk.domain.errors import ChargeRefused
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment
from sellerdesk.formats import when
from sellerdesk.services.saved_card import ChargeState, LaterCharge
from sellerdesk.ui.dialogs.choice_cards import Way
from sellerdesk.ui.panel_words import card_words, sum_words

_COPY_LINK = "Copy the link of their order under More and send it: the page asks them for the approval."


def told(charge: LaterCharge) -> str:
    """What came of a charge, in one or two sentences."""
    payment, reference = charge.payment, charge.order.shown_reference
    amount = sum_words(payment.amount, payment.currency)
    match charge.state:
        case ChargeState.DONE if payment.captured:
            return f"Charged {amount} for order {reference}. It was paid with the saved card."
        case ChargeState.DONE if not payment.held:
            return f"{amount} was on hold for order {reference} again. It is not any more."
        case ChargeState.DONE:
            return f"{amount} is on hold for order {reference} again. The old hold is released."
        case ChargeState.NEEDS_SHOPPER:
            return f"The bank wants the shopper of {reference} to approve {amount}. Nothing was charged. {_COPY_LINK}"
        case ChargeState.DECLINED:
            return f"The bank refused {amount} for order {reference}. Nothing was charged. {_happened(payment)}".strip()
        case ChargeState.WAITING:
            return ""


def renewing(plan: RenewalPlan) -> Way:
    """The one way to renew a hold."""
    amount = sum_words(plan.amount, plan.currency)
    card = card_words(plan.card) if plan.card is not None else "the saved card"
    return Way(
        f"Hold {amount} again",
        f"A new hold on {card}. The shopper’s bank shows both for a moment, and may ask them to approve it.",
        f"Hold {amount} again",
        f"Holding {amount}…",
    )


def renewal(plan: RenewalPlan, now: int, why: str) -> tuple[str, str]:
    """A title and a text about the old hold and the new one, at ``now`` seconds UTC."""
    until = f"The new one lasts to about {when(plan.lasts_until, now)}."
    if plan.lapses_at is None:
        return "The hold has lapsed.", f"{why} {until}"
    return f"The hold lapses {when(plan.lapses_at, now)}.", f"{why} {until}"


def refused(payment: Payment) -> tuple[str, str]:
    """A title and a text about a charge that the bank did not let through."""
    amount = sum_words(payment.amount, payment.currency)
    if needs_shopper(payment):
        return f"The shopper has to approve {amount}.", f"Nothing is charged before they do. {_COPY_LINK}"
    return f"The bank refused {amount}.", f"Nothing was charged. {_happened(payment)}".strip()


def another_try(payment: Payment) -> Way | None:
    """Trying the same card once more, where the bank did not rule it out."""
    try:
        check_try_again(payment)
    except ChargeRefused:
        return None
    amount = sum_words(payment.amount, payment.currency)
    return Way(
        "Try the saved card again",
        "On the same payment, so that it is charged once at most.",
        f"Charge {amount} again",
        f"Charging {amount}…",
    )


def why_no_other_try(payment: Payment) -> str:
    """Why the card cannot be tried again, or ''."""
    try:
        check_try_again(payment)
    except ChargeRefused as refused_:
        return str(refused_)
    return ""


def giving_up(payment: Payment) -> Way:
    """Ending the charge that nobody let through."""
    amount = sum_words(payment.amount, payment.currency)
    return Way(
        "Give it up",
        "Nobody can approve it any more. What was left out stays owed, and can be charged anew.",
        f"Give up {amount}",
        f"Giving up {amount}…",
    )


def given_up(order: Order) -> str:
    """The note afterwards."""
    return "" if order.open_operation is not None else f"The back-order of {order.shown_reference} was given up."


def _happened(payment: Payment) -> str:
    return explain(payment.problem).happened if payment.problem is not None else ""
