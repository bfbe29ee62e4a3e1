"""Reviews: the risk rules let a payment pass and ask a person to look at it (https://docs.stripe.com/radar/reviews)."""

from sellerdesk.sandbox.aftermath import Review
from sellerdesk.sandbox.errors import invalid, missing
from sellerdesk.sandbox.objects import Charge
from sellerdesk.sandbox.render_aftermath import review_json
from sellerdesk.sandbox.state import State


def open_review(state: State, charge: Charge) -> Review:
    """Ask for a look at a charge. The caller tells about it once the charge itself was told."""
    address = charge.method.billing.get("address") or {}
    review = Review(state.ids.new("prv"), charge.created, charge.id, charge.intent, address.get("postal_code") or None)
    state.store.reviews[review.id] = review
    charge.review = review.id
    return review


def close_review(state: State, charge: Charge, reason: str, at: int | None = None) -> None:
    """End the charge's review, if one is open; ``at`` is seconds UTC, now when left out."""
    review = state.store.reviews.get(charge.review or "")
    if review is None or review.closed_reason is not None:
        return
    review.closed_reason = reason
    charge.review = None
    state.emit("review.closed", review_json(review), at)


def find_review(state: State, identifier: str) -> Review:
    """The review with this id, or ApiError 404."""
    review = state.store.reviews.get(identifier)
    if review is None:
        raise missing("review", identifier, "review")
    return review


def approve(state: State, review: Review) -> Review:
    """``POST /v1/reviews/{id}/approve``."""
    if review.closed_reason is not None:
        raise invalid("This review has already been closed.")
    close_review(state, state.store.charges[review.charge], "approved")
    return review
