"""The balance: one entry for every movement of money (https://docs.stripe.com/api/balance_transactions/object)."""

from typing import Any

from sellerdesk.sandbox.aftermath import Dispute, Refund
from sellerdesk.sandbox.objects import Charge, Json
from sellerdesk.sandbox.state import State

PAYOUT_DELAY = 7 * 24 * 3600
"""Seconds until captured money is available."""
DISPUTE_FEE = 2000
"""What a dispute costs the seller, in minor units; made up."""


def book_charge(state: State, charge: Charge, at: int) -> None:
    """Enter a captured charge; the fee is 1.5 % and 25 minor units, made up."""
    fee = charge.amount_captured * 15 // 1000 + 25
    available = at if charge.method.card.available_at_once else at + PAYOUT_DELAY
    charge.balance_transaction = _enter(
        state, "charge", charge.amount_captured, fee, charge.currency, charge.id, charge.description, at, available
    )


def book_refund(state: State, refund: Refund, at: int) -> None:
    """Enter money that goes back to a card."""
    refund.balance_transaction = _enter(
        state, "refund", -refund.amount, 0, refund.currency, refund.id, "Refund of a charge", at, at
    )


def book_failed_refund(state: State, refund: Refund, at: int) -> None:
    """Enter money that the card's bank gave back."""
    refund.failure_balance_transaction = _enter(
        state, "refund_failure", refund.amount, 0, refund.currency, refund.id, "Failed refund", at, at
    )


def book_dispute(state: State, dispute: str, charge: Charge, amount: int, at: int) -> str:
    """Enter money that a disputing holder's bank takes, and the fee; returns the entry's id."""
    words = f"Withdrawal for the dispute of {charge.id}"
    return _enter(state, "adjustment", -amount, DISPUTE_FEE, charge.currency, dispute, words, at, at)


def book_dispute_won(state: State, dispute: Dispute, charge: Charge, at: int) -> str:
    """Enter money that a bank gives back, and the fee; returns the entry's id."""
    words = f"Reversal of the dispute of {charge.id}"
    return _enter(state, "adjustment", dispute.amount, -DISPUTE_FEE, charge.currency, dispute.id, words, at, at)


def entries(state: State, dispute: Dispute) -> list[Json]:
    """The balance entries of a dispute."""
    return [_shown(state, state.store.balance_transactions[each]) for each in dispute.balance_transactions]


def entry_json(state: State, identifier: str | None) -> Json | None:
    """The balance entry with this id as it stands now."""
    held = state.store.balance_transactions.get(identifier or "")
    return _shown(state, held) if held else None


def balance_json(state: State) -> Json:
    """What is available and what is on its way, per currency."""
    now = state.clock.now()
    sums: dict[str, list[int]] = {}
    for entry in state.store.balance_transactions.values():
        pair = sums.setdefault(entry["currency"], [0, 0])
        pair[1 if entry["available_on"] > now else 0] += entry["net"]

    def listed(place: int) -> list[Any]:
        return [
            {"amount": pair[place], "currency": currency, "source_types": {"card": pair[place]}}
            for currency, pair in sorted(sums.items())
        ] or [{"amount": 0, "currency": "eur", "source_types": {"card": 0}}]

    return {"object": "balance", "available": listed(0), "livemode": False, "pending": listed(1)}


_CATEGORIES = {"charge": "charge", "refund": "refund", "refund_failure": "refund_failure", "adjustment": "dispute"}


def _enter(
    state: State,
    kind: str,
    amount: int,
    fee: int,
    currency: str,
    source: str,
    description: str | None,
    at: int,
    available: int,
) -> str:
    identifier = state.ids.new("txn")
    label = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    details = {"amount": fee, "application": None, "currency": currency, "description": label, "type": "stripe_fee"}
    state.store.balance_transactions[identifier] = {
        "id": identifier,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available,
        "balance_type": "payments",
        "created": at,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": _CATEGORIES[kind],
        "source": source,
        "type": kind,
    }
    return identifier


def _shown(state: State, entry: Json) -> Json:
    return {**entry, "status": "available" if entry["available_on"] <= state.clock.now() else "pending"}
