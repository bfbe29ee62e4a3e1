"""Refunds, disputes, warnings and reviews as JSON (https://docs.stripe.com/api)."""

from sellerdesk.sandbox.aftermath import Dispute, EarlyFraudWarning, Receipt, Refund, Review
from sellerdesk.sandbox.ledger import entries
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.state import State

EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
).split()
NETWORK_REASONS = {
    "credit_not_processed": "13.6",
    "duplicate": "12.6.1",
    "fraudulent": "10.4",
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
}
"""What Visa calls the reasons of a dispute. https://docs.stripe.com/disputes/reason-codes-defense-requirements"""


def refund_json(refund: Refund) -> Json:
    """A refund."""
    shown: Json = {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": refund.balance_transaction,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": dict(refund.metadata),
        "payment_intent": refund.intent,
        "reason": refund.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": refund.status,
        "transfer_reversal": None,
    }
    if refund.instructions_email:
        shown["instructions_email"] = refund.instructions_email
    if refund.status == "pending":
        shown["pending_reason"] = "processing"
    if refund.status == "failed":
        shown["failure_reason"] = "expired_or_canceled_card"
        shown["failure_balance_transaction"] = refund.failure_balance_transaction
    return shown


def dispute_json(state: State, dispute: Dispute) -> Json:
    """A dispute, or an inquiry that asks before one."""
    inquiry = dispute.inquiry
    return {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": entries(state, dispute),
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}, **dispute.evidence},
        "evidence_details": {
            "due_by": dispute.due_by,
            "enhanced_eligibility": {},
            "has_evidence": bool(dispute.evidence),
            "past_due": state.clock.now() > dispute.due_by,
            "submission_count": dispute.submissions,
        },
        "is_charge_refundable": dispute.refundable,
        "livemode": False,
        "metadata": dict(dispute.metadata),
        "payment_intent": dispute.intent,
        "payment_method_details": {
            "card": {
                "brand": dispute.brand,
                "case_type": "inquiry" if inquiry else "chargeback",
                "network_reason_code": "10" if inquiry else NETWORK_REASONS[dispute.reason],
            },
            "type": "card",
        },
        "reason": dispute.reason,
        "status": dispute.status,
    }


def warning_json(state: State, warning: EarlyFraudWarning) -> Json:
    """An early fraud warning; something can be done about it until the money is back or the charge disputed."""
    charge = state.store.charges[warning.charge]
    return {
        "id": warning.id,
        "object": "radar.early_fraud_warning",
        "actionable": not charge.disputed and charge.amount_refunded < charge.amount_captured,
        "charge": warning.charge,
        "created": warning.created,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": warning.intent,
    }


def review_json(review: Review) -> Json:
    """A review."""
    open_now = review.closed_reason is None
    return {
        "id": review.id,
        "object": "review",
        "billing_zip": review.billing_zip,
        "charge": review.charge,
        "closed_reason": review.closed_reason,
        "created": review.created,
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": open_now,
        "opened_reason": "rule",
        "payment_intent": review.intent,
        "reason": "rule" if open_now else review.closed_reason,
        "session": None,
    }


def receipt_json(receipt: Receipt) -> Json:
    """A mail that would be sent, for the control plane."""
    return {
        "at": receipt.at,
        "email": receipt.email,
        "charge": receipt.charge,
        "payment_intent": receipt.intent,
        "amount": receipt.amount,
        "currency": receipt.currency,
        "description": receipt.description,
        "sent": False,
    }
