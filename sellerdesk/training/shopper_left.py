"""A shopper who left: the bank asked for an approval, and the window was closed."""

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.services.practice import Practice, Seen
from sellerdesk.training.exercise import Exercise, Result, done, let_go, not_yet

_SHOPPER = "Wanda Winter"
_STEPS = (
    f"Select the order of {_SHOPPER} in Unfinished and read how far the payment came. Nothing is held.",
    "Copy the pay link (Ctrl+Shift+L) and open it in a browser: now you are the shopper who comes back.",
    "Pay, and approve when the bank asks. 4242 4242 4242 4242 pays without asking.",
)


def _set_up(practice: Practice) -> str:
    return practice.order(_SHOPPER, (CartItem("CANDLES-3", 1),), "pm_card_authenticationRequired")


def _check(seen: Seen) -> Result:
    order = seen.view.order
    if order.payment.captured or order.payment.held:
        return done("The shopper came back to the same payment. The money is on hold.", len(_STEPS))
    if order.payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD:
        return not_yet("The last try did not succeed. Open the link again and approve, or use another card.", steps=2)
    return let_go(order) or not_yet("The bank still waits for the shopper’s approval. Nothing is held.")


SHOPPER_LEFT = Exercise(
    name="shopper_left",
    title="A shopper who left",
    purpose="Somebody pressed Pay and closed the window when the bank asked.",
    steps=_STEPS,
    why="An unfinished payment holds no money, so nothing may be packed for it. It is not lost either: the pay link "
    "leads back to the same payment, on any device, and it cannot be paid twice.",
    read_more="https://docs.stripe.com/payments/paymentintents/lifecycle",
    set_up=_set_up,
    check=_check,
)
