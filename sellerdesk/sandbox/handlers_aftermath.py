"""What the calls about refunds, disputes, warnings, reviews and the balance do."""

from collections.abc import Callable

from sellerdesk.sandbox import dispute_answers, disputes, ledger, records, refunds, reviews
from sellerdesk.sandbox.aftermath import Dispute, EarlyFraudWarning, Refund
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.lists import narrowed, page
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.render_aftermath import dispute_json, refund_json, review_json, warning_json


def create_refund(call: Call) -> Json:
    """``POST /v1/refunds``."""
    return refund_json(refunds.create_refund(call.state, call.params))


def retrieve_refund(call: Call) -> Json:
    """``GET /v1/refunds/{id}``."""
    return refund_json(refunds.find_refund(call.state, call.identifier))


def update_refund(call: Call) -> Json:
    """``POST /v1/refunds/{id}``."""
    refund = refunds.find_refund(call.state, call.identifier)
    return refund_json(refunds.update_refund(call.state, refund, call.params))


def list_refunds(call: Call) -> Json:
    """``GET /v1/refunds``, of one charge or intent when asked."""
    params = call.params
    wanted, group = _wanted(params), narrowed(params)
    return page(call.state.store.refunds, params, "/v1/refunds", refund_json, "refund", wanted=wanted, group=group)


def retrieve_dispute(call: Call) -> Json:
    """``GET /v1/disputes/{id}``."""
    return dispute_json(call.state, disputes.find_dispute(call.state, call.identifier))


def update_dispute(call: Call) -> Json:
    """``POST /v1/disputes/{id}``."""
    dispute = disputes.find_dispute(call.state, call.identifier)
    return dispute_json(call.state, dispute_answers.update_dispute(call.state, dispute, call.params))


def close_dispute(call: Call) -> Json:
    """``POST /v1/disputes/{id}/close``."""
    dispute = disputes.find_dispute(call.state, call.identifier)
    return dispute_json(call.state, dispute_answers.close_dispute(call.state, dispute))


def list_disputes(call: Call) -> Json:
    """``GET /v1/disputes``, of one charge or intent when asked."""
    return page(
        call.state.store.disputes,
        call.params,
        "/v1/disputes",
        lambda each: dispute_json(call.state, each),
        "dispute",
        wanted=_wanted(call.params),
        group=narrowed(call.params),
    )


def retrieve_warning(call: Call) -> Json:
    """``GET /v1/radar/early_fraud_warnings/{id}``."""
    return warning_json(call.state, disputes.find_warning(call.state, call.identifier))


def list_warnings(call: Call) -> Json:
    """``GET /v1/radar/early_fraud_warnings``, of one charge or intent when asked."""
    return page(
        call.state.store.warnings,
        call.params,
        "/v1/radar/early_fraud_warnings",
        lambda each: warning_json(call.state, each),
        "early_fraud_warning",
        wanted=_wanted(call.params),
        group=narrowed(call.params),
    )


def retrieve_review(call: Call) -> Json:
    """``GET /v1/reviews/{id}``."""
    return review_json(reviews.find_review(call.state, call.identifier))


def list_reviews(call: Call) -> Json:
    """``GET /v1/reviews``: the open ones (https://docs.stripe.com/api/radar/reviews/list)."""
    return page(
        call.state.store.reviews,
        call.params,
        "/v1/reviews",
        review_json,
        "review",
        wanted=lambda review: review.closed_reason is None,
    )


def approve_review(call: Call) -> Json:
    """``POST /v1/reviews/{id}/approve``."""
    return review_json(reviews.approve(call.state, reviews.find_review(call.state, call.identifier)))


def balance(call: Call) -> Json:
    """``GET /v1/balance``."""
    return ledger.balance_json(call.state)


def account(call: Call) -> Json:
    """``GET /v1/account``."""
    return records.account_json(call.state)


def _wanted(params: Json) -> Callable[[Refund | Dispute | EarlyFraudWarning], bool]:
    """Whether a list narrowed by charge and intent has the object."""
    return lambda each: (
        params.get("charge") in (None, each.charge) and params.get("payment_intent") in (None, each.intent)
    )
