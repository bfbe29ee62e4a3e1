"""What happens by itself as the clock passes a moment: holds lapse, refunds settle, balances are booked."""

import heapq

from sellerdesk.sandbox.bank import give_up
from sellerdesk.sandbox.dispute_answers import decide, meet_silence
from sellerdesk.sandbox.ledger import book_charge
from sellerdesk.sandbox.refunds import meet_fate
from sellerdesk.sandbox.releases import release
from sellerdesk.sandbox.render import charge_json, intent_json
from sellerdesk.sandbox.reviews import close_review
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import latest_charge, status_of


def settle(state: State) -> None:
    """Let everything happen that was due by now, in order of time. The lock is held."""
    now = state.clock.now()
    timers = state.store.timers
    while timers and timers[0][0] <= now:
        due, _, kind, identifier = heapq.heappop(timers)
        if kind == "hold_lapsed":
            _lapse(state, identifier, due)
        elif kind == "balance_due":
            charge = state.store.charges[identifier]
            book_charge(state, charge, due)
            state.emit("charge.updated", charge_json(charge), due)
        elif kind == "refund_due":
            meet_fate(state, identifier, due)
        elif kind == "dispute_decided":
            decide(state, identifier, due)
        elif kind == "dispute_silent":
            meet_silence(state, identifier, due)
        elif kind == "confirmation_lapsed":
            _forget_approval(state, identifier, due)


def _lapse(state: State, identifier: str, due: int) -> None:
    """The bank lets go of the money (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""
    intent = state.store.intents[identifier]
    charge = latest_charge(state, intent)
    if charge is None or not charge.held or intent.canceled_at is not None:
        return
    intent.canceled_at = due
    intent.cancellation_reason = "expired"
    charge.released_at = due
    state.emit("charge.expired", charge_json(charge), due)
    release(state, charge, charge.amount, state.default_version, due, lapsed=True)
    state.emit("payment_intent.canceled", intent_json(state, intent), due)
    close_review(state, charge, "canceled", due)


def _forget_approval(state: State, identifier: str, due: int) -> None:
    """An approval under manual confirmation is good for an hour only."""
    intent = state.store.intents[identifier]
    if intent.authenticated_until == due and status_of(state, intent) == "requires_confirmation":
        give_up(state, intent, "payment_intent_payment_attempt_expired", due)
