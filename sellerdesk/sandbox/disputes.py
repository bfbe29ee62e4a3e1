"""Disputes and early fraud warnings: they follow captured money (https://docs.stripe.com/disputes)."""

from sellerdesk.sandbox.aftermath import Dispute, EarlyFraudWarning
from sellerdesk.sandbox.dispute_answers import schedule_end
from sellerdesk.sandbox.early_warnings import retell
from sellerdesk.sandbox.errors import CannotHappen, missing
from sellerdesk.sandbox.ledger import book_dispute
from sellerdesk.sandbox.objects import Charge
from sellerdesk.sandbox.render_aftermath import NETWORK_REASONS, dispute_json, warning_json
from sellerdesk.sandbox.reviews import close_review
from sellerdesk.sandbox.state import State

REASONS = (*NETWORK_REASONS, "inquiry")
"""Why a holder wants a card payment back (https://docs.stripe.com/disputes/categories); ``inquiry`` only asks."""
_DAY = 24 * 3600
_DAYS_TO_ANSWER = 8


def complain(state: State, charge: Charge) -> None:
    """Let happen what the card's bank does as soon as the money was taken."""
    card = charge.method.card
    if card.early_warning:
        _warn(state, charge)
    left = charge.amount_captured
    for place, reason in enumerate(card.disputes):
        amount = left // (len(card.disputes) - place)
        left -= amount
        _open(state, charge, reason, amount)


def raise_dispute(state: State, charge: Charge, reason: str) -> Dispute:
    """Let the holder want back what of ``charge`` was taken and not refunded. ValueError for a reason that is none,
    CannotHappen when there is nothing to want back, or it is disputed already."""
    if reason not in REASONS:
        raise ValueError(f"Unknown reason: {reason}. Known are: {', '.join(REASONS)}.")
    if charge.disputed:
        raise CannotHappen("This payment is disputed already.")
    amount = charge.amount_captured - charge.amount_refunded
    if amount <= 0:
        raise CannotHappen("Nothing of this payment is with the seller: there is nothing to dispute.")
    return _open(state, charge, reason, amount)


def raise_warning(state: State, charge: Charge) -> EarlyFraudWarning:
    """Let the bank warn of fraud. CannotHappen while nothing was taken, or when it has warned already."""
    if not charge.amount_captured:
        raise CannotHappen("Nothing was taken with this payment yet: the bank has nothing to warn of.")
    if any(each.charge == charge.id for each in state.store.warnings.values()):
        raise CannotHappen("The bank has warned of this payment already.")
    return _warn(state, charge)


def find_dispute(state: State, identifier: str) -> Dispute:
    """The dispute with this id, or ApiError 404."""
    dispute = state.store.disputes.get(identifier)
    if dispute is None:
        raise missing("dispute", identifier, "dispute")
    return dispute


def find_warning(state: State, identifier: str) -> EarlyFraudWarning:
    """The early fraud warning with this id, or ApiError 404."""
    warning = state.store.warnings.get(identifier)
    if warning is None:
        raise missing("early fraud warning", identifier, "early_fraud_warning")
    return warning


def forbids_refund(state: State, charge: Charge) -> bool:
    """Whether the bank has taken the money back already; an inquiry has not."""
    return any(not each.refundable for each in state.store.disputes.of("charge", charge.id))


def _warn(state: State, charge: Charge) -> EarlyFraudWarning:
    warning = EarlyFraudWarning(state.ids.new("issfr"), state.clock.now(), charge.id, charge.intent)
    state.store.warnings[warning.id] = warning
    state.emit("radar.early_fraud_warning.created", warning_json(state, warning))
    return warning


def _open(state: State, charge: Charge, reason: str, amount: int) -> Dispute:
    now = state.clock.now()
    inquiry = reason == "inquiry"
    identifier = state.ids.new("du")
    withdrawals = () if inquiry else (book_dispute(state, identifier, charge, amount, now),)
    dispute = Dispute(
        id=identifier,
        created=now,
        charge=charge.id,
        intent=charge.intent,
        amount=amount,
        currency=charge.currency,
        brand=charge.method.card.brand,
        reason="fraudulent" if inquiry else reason,
        inquiry=inquiry,
        due_by=(now // _DAY + _DAYS_TO_ANSWER + 1) * _DAY - 1,
        balance_transactions=withdrawals,
    )
    charge.disputed = True
    state.store.disputes[dispute.id] = dispute
    state.emit("charge.dispute.created", dispute_json(state, dispute))
    if not inquiry:
        state.emit("charge.dispute.funds_withdrawn", dispute_json(state, dispute))
    close_review(state, charge, "disputed")
    retell(state, charge)
    schedule_end(state, dispute)
    return dispute
