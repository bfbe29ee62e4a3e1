"""What can follow a payment: refunds, disputes, warnings, reviews, receipts. Facts only, as in ``objects``."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refund:
    """Money on its way back. ``settled_at`` is ``None`` while the bank works on it, ``failed_at`` when it cannot."""

    id: str
    created: int
    charge: str
    intent: str
    amount: int
    currency: str
    reason: str | None
    instructions_email: str | None
    metadata: dict[str, str] = field(default_factory=dict)
    settled_at: int | None = None
    failed_at: int | None = None
    balance_transaction: str | None = None
    failure_balance_transaction: str | None = None

    @property
    def status(self) -> str:
        """In Stripe's spelling (https://docs.stripe.com/api/refunds/object)."""
        if self.failed_at is not None:
            return "failed"
        return "pending" if self.settled_at is None else "succeeded"


@dataclass
class Dispute:
    """A holder who wants the money back; an ``inquiry`` only asks, and no money moves.

    ``outcome`` is set once it is over: ``won``, ``lost``, or ``warning_closed`` for an inquiry.
    """

    id: str
    created: int
    charge: str
    intent: str
    amount: int
    currency: str
    brand: str
    reason: str
    inquiry: bool
    due_by: int
    balance_transactions: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    submissions: int = 0
    under_review: bool = False
    outcome: str | None = None

    @property
    def status(self) -> str:
        """In Stripe's spelling (https://docs.stripe.com/api/disputes/object)."""
        if self.outcome is not None:
            return self.outcome
        return ("warning_" if self.inquiry else "") + ("under_review" if self.under_review else "needs_response")

    @property
    def refundable(self) -> bool:
        """Whether the charge can still be refunded: the bank has not taken the money, or gave it back."""
        return self.inquiry or self.outcome == "won"


@dataclass(frozen=True, slots=True)
class EarlyFraudWarning:
    """A bank that believes a payment to be fraud, before anybody disputes it."""

    id: str
    created: int
    charge: str
    intent: str


@dataclass
class Review:
    """A payment that the risk rules want a person to look at. Open until ``closed_reason`` is set."""

    id: str
    created: int
    charge: str
    intent: str
    billing_zip: str | None
    closed_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mail that Stripe would send in live mode. Nothing is ever sent. Amount in minor units, ``at`` seconds UTC."""

    at: int
    email: str
    charge: str
    intent: str
    amount: int
    currency: str
    description: str | None
