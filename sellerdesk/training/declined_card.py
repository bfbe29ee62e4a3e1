"""A declined card: find out why, and let the shopper pay the same order with another one."""

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.services.practice import Practice, Seen
from sellerdesk.training.exercise import Exercise, Result, done, let_go, not_yet

_SHOPPER = "Dietmar Ebbe"
_STEPS = (
    f"Select the order of {_SHOPPER} in Problems. Read what happened, who refused, and what the shopper may be told.",
    "Copy the pay link (Ctrl+Shift+L) and open it in a browser: now you are the shopper.",
    "Pay with another card, such as 4242 4242 4242 4242, any date to come and any CVC.",
)


def _set_up(practice: Practice) -> str:
    card = "pm_card_visa_chargeDeclinedInsufficientFunds"
    return practice.order(_SHOPPER, (CartItem("TEAPOT-09", 1), CartItem("MUG-SAND", 1)), card)


def _check(seen: Seen) -> Result:
    order = seen.view.order
    if order.payment.captured or order.payment.held:
        return done("Paid on the same order: the money is on hold, and the order moved to To prepare.", len(_STEPS))
    refused = sum(entry.what == "declined" for entry in seen.view.timeline)
    if refused > 1:
        return let_go(order) or not_yet(
            f"Refused {refused} times so far. Pay the same link with another card.", steps=2
        )
    return let_go(order) or not_yet("The card was refused for want of money. Nothing is held.")


DECLINED_CARD = Exercise(
    name="declined_card",
    title="A declined card",
    purpose="The bank said no. Help the shopper to pay without a second order.",
    steps=_STEPS,
    why="A refused payment is not over: the same order waits for another card, and its link leads there. Some reasons "
    "must not be told, such as a stolen card; the desk says so and gives you the words.",
    read_more="https://docs.stripe.com/declines",
    set_up=_set_up,
    check=_check,
)
