"""Shorten an order: charge what can be sent, and let the rest go."""

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.order import Order
from sellerdesk.services.practice import Practice, Seen
from sellerdesk.training.exercise import Exercise, Result, differently, done, let_go, not_yet

_SHOPPER = "Paula Kurzweil"
_KEPT, _MISSING = "MUG-SAND", "BOARD-OAK"
_STEPS = (
    f"Select the order of {_SHOPPER} in To prepare. One oak board is ordered, and there is none on the shelf.",
    "Press Prepare (F2). Leave the board out and keep both mugs; read what is captured and what is released.",
    "Press Capture (Ctrl+Enter). The board is not charged; its money goes back to the shopper at once.",
)


def _set_up(practice: Practice) -> str:
    return practice.order(_SHOPPER, (CartItem(_KEPT, 2), CartItem(_MISSING, 1)), "pm_card_visa")


def _check(seen: Seen) -> Result:
    order = seen.view.order
    if not order.payment.captured:
        if order.open_operation is not None:
            return not_yet("The capture is on its way.", steps=2)
        return let_go(order) or not_yet("The whole sum is still on hold. Nothing is charged yet.")
    missing, kept = _left_out(order, _MISSING), _left_out(order, _KEPT)
    if missing and not kept:
        return done("The mugs are charged, the board is not. Its money is free again at the bank.", len(_STEPS))
    if not missing and not kept:
        return differently(
            "The board was charged, too, although it cannot be sent. The shopper would have to be refunded."
        )
    return differently("Less was captured than can be sent. What was released cannot be charged on this hold again.")


def _left_out(order: Order, sku: str) -> int:
    return sum(line.left_out for line in order.lines if line.sku == sku)


SHORTEN = Exercise(
    name="shorten",
    title="Shorten an order",
    purpose="An item is out of stock. Charge only what goes out.",
    steps=_STEPS,
    why="A hold can be captured once, and for less than was held. The rest is released at that moment and cannot be "
    "charged later, so look twice before you press Capture.",
    read_more="https://docs.stripe.com/payments/place-a-hold-on-a-payment-method",
    set_up=_set_up,
    check=_check,
)
