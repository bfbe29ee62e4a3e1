"""A lost answer: the money is taken, but nobody says so. Nothing is sent again before it is known."""

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.services.practice import Practice, Seen
from sellerdesk.training.exercise import Exercise, Result, differently, done, let_go, not_yet

_SHOPPER = "Lorenz Funkloch"
_STEPS = (
    f"Select the order of {_SHOPPER} in To prepare and capture it (F2, then Ctrl+Enter). The answer will get lost.",
    "For a moment the order says Waiting. Do not try again: the desk asks Stripe by itself, or with Check now.",
    "Look at the order in To ship: charged once, and its timeline tells of the lost answer.",
)


def _set_up(practice: Practice) -> str:
    order_id = practice.order(_SHOPPER, (CartItem("TEAPOT-09", 1),), "pm_card_mastercard")
    practice.machine.lose_next_answer(done=True, kind="capture")
    return order_id


def _check(seen: Seen) -> Result:
    order, there = seen.view.order, seen.at_stripe
    if there.captures > 1:
        return differently(f"The money was taken {there.captures} times. This must never happen: please report it.")
    if order.payment.captured:
        if there.lost:
            return done("Charged once: the desk read what had happened before anything was sent again.", len(_STEPS))
        return differently("This order was captured and its answer arrived: nothing got lost. Start over to try again.")
    if there.lost:
        return not_yet("The answer is lost. Stripe has the money, and the desk finds out in a moment.", steps=1)
    return let_go(order) or not_yet("The whole sum is still on hold. Capture it, and see what the desk does.")


LOST_ANSWER = Exercise(
    name="lost_answer",
    title="A lost answer",
    purpose="The line breaks in the middle of a capture. Was the money taken?",
    steps=_STEPS,
    why="What you press is written down before it is sent, and sent under a name of its own. When no answer comes, the "
    "desk reads the payment first. So nobody is charged twice, whatever breaks.",
    read_more="https://docs.stripe.com/error-low-level",
    set_up=_set_up,
    check=_check,
)
