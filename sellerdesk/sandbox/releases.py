"""Money that is let go: without a trace today, as a Refund before the basil release.

https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
"""

from sellerdesk.sandbox.aftermath import Refund
from sellerdesk.sandbox.objects import Charge
from sellerdesk.sandbox.render import charge_json
from sellerdesk.sandbox.render_aftermath import refund_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.versions import RELEASED_WITHOUT_REFUND, Version


def release(
    state: State, charge: Charge, amount: int, version: Version, at: int | None = None, *, lapsed: bool = False
) -> None:
    """Let ``amount`` (minor units) of an approved charge go, as ``version`` shows it.

    ``at`` is seconds UTC, now when left out; ``lapsed`` says that the bank let go of its own accord.
    """
    if RELEASED_WITHOUT_REFUND.holds_in(version) or amount < 1:
        return
    moment = state.clock.now() if at is None else at
    refund = Refund(
        id=state.ids.new("re"),
        created=moment,
        charge=charge.id,
        intent=charge.intent,
        amount=amount,
        currency=charge.currency,
        reason="expired_uncaptured_charge" if lapsed else None,
        instructions_email=None,
        settled_at=moment,
    )
    state.store.refunds[refund.id] = refund
    charge.amount_released += amount
    state.emit("refund.created", refund_json(refund), at)
    state.emit("charge.refunded", charge_json(charge), at)
