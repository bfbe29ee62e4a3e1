"""A hold about to lapse: what is not captured before its deadline cannot be charged."""

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.services.practice import Practice, Seen
from sellerdesk.training.exercise import Exercise, Result, differently, done, let_go, not_yet

_SHOPPER = "Edda Eilig"
_HOLD_SECONDS = 50 * 60
_STEPS = (
    "Look at the top of To prepare: orders stand there by how soon their hold lapses. One has less than an hour.",
    f"Capture the order of {_SHOPPER} before its deadline (F2, then Ctrl+Enter). What is charged can be packed later.",
)


def _set_up(practice: Practice) -> str:
    practice.machine.hold_next_for(_HOLD_SECONDS)
    return practice.order(_SHOPPER, (CartItem("MUG-SAND", 2),), "pm_card_visa")


def _check(seen: Seen) -> Result:
    order = seen.view.order
    if order.payment.captured:
        if any(line.left_out for line in order.lines):
            return differently("Captured in time, but less than can be sent: everything of this order is on the shelf.")
        return done("Captured in time. The money is yours, whatever the hold’s deadline was.", len(_STEPS))
    if order.open_operation is not None:
        return not_yet("The capture is on its way.", steps=1)
    return let_go(order) or not_yet(
        "The money is still on hold, for less than an hour. To see what happens otherwise, go over the deadline with "
        "the time machine."
    )


LAPSING_HOLD = Exercise(
    name="lapsing_hold",
    title="A hold about to lapse",
    purpose="A bank holds money for a few days only, and the deadline is another one for each card.",
    steps=_STEPS,
    why="When a hold lapses, the bank gives the money back and the payment is over. The shopper would have to pay "
    "anew. The desk counts down to the deadline that the bank set, never to a rule of thumb.",
    read_more="https://docs.stripe.com/payments/place-a-hold-on-a-payment-method",
    set_up=_set_up,
    check=_check,
)
