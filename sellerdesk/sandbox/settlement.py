"""The moment money is taken: once per intent, followed by its receipt, its balance entry, and what the bank does."""

from sellerdesk.sandbox.aftermath import Receipt
from sellerdesk.sandbox.disputes import complain
from sellerdesk.sandbox.ledger import book_charge
from sellerdesk.sandbox.objects import Charge, Intent
from sellerdesk.sandbox.releases import release
from sellerdesk.sandbox.render import charge_json, intent_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.versions import NEWEST, Version

BALANCE_DELAY = 3600
"""Seconds between a capture and its balance transaction; ``capture_method=automatic`` does not wait.

https://docs.stripe.com/payments/payment-intents/asynchronous-capture
"""


def take(state: State, intent: Intent, charge: Charge, amount: int, event: str, version: Version = NEWEST) -> None:
    """Take ``amount`` (minor units) of an approved charge; ``event`` tells it, and the rest is let go.

    Disputes are told between the charge's event and the intent's. ``version`` is that of the capture.
    """
    charge.captured_at = state.clock.now()
    charge.amount_captured = amount
    intent.amount_received = amount
    intent.captures += 1
    if intent.capture_method == "automatic":
        book_charge(state, charge, charge.captured_at)
    else:
        state.store.schedule(charge.captured_at + BALANCE_DELAY, "balance_due", charge.id)
    write_receipt(state, charge)
    state.emit(event, charge_json(charge))
    release(state, charge, charge.amount - amount, version)
    complain(state, charge)
    state.emit("payment_intent.succeeded", intent_json(state, intent))


def write_receipt(state: State, charge: Charge) -> None:
    """Note the mail that live mode would send: written from the charge, once the money was taken.

    https://docs.stripe.com/payments/advanced/receipts
    """
    if charge.receipt_email is None or charge.captured_at is None:
        return
    state.store.receipts.append(
        Receipt(
            at=state.clock.now(),
            email=charge.receipt_email,
            charge=charge.id,
            intent=charge.intent,
            amount=charge.amount_captured,
            currency=charge.currency,
            description=charge.description,
        )
    )
