"""The pretended bank: one attempt at a card, with its approval, refusal or 3-D Secure question.

Status changes follow https://docs.stripe.com/payments/paymentintents/lifecycle , refusals
https://docs.stripe.com/declines/codes .
"""

from dataclasses import dataclass

from sellerdesk.sandbox.cards import ThreeDSecure
from sellerdesk.sandbox.declines import Refusal, refusal
from sellerdesk.sandbox.errors import DOC_URL, ApiError
from sellerdesk.sandbox.methods import attach, store_method
from sellerdesk.sandbox.objects import Challenge, Charge, ConfirmationToken, Intent, Json, PaymentMethod
from sellerdesk.sandbox.render import charge_json, intent_json, method_json
from sellerdesk.sandbox.render_aftermath import review_json
from sellerdesk.sandbox.reviews import open_review
from sellerdesk.sandbox.settlement import take
from sellerdesk.sandbox.state import State

HOLD_SECONDS = 7 * 24 * 3600
"""How long a hold lasts when the shopper is present (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""
VISA_OFF_SESSION_HOLD_SECONDS = (4 * 24 + 18) * 3600
"""How long a Visa hold lasts when the seller charges a saved card."""
APPROVAL_SECONDS = 3600
"""How long an approval is good for under manual confirmation.

https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt is made with."""

    method: PaymentMethod
    token: ConfirmationToken | None = None
    off_session: bool = False
    refuse_action: bool = False
    use_stripe_sdk: bool = False
    return_url: str | None = None
    approved: bool = False


def run(state: State, intent: Intent, attempt: Attempt) -> None:
    """Try the card. Leaves the outcome on the intent; a refusal is in ``intent.last_error``."""
    method = store_method(state, attempt.method)
    intent.last_error = None
    intent.challenge = None
    intent.authenticated_until = None
    intent.charge = None
    intent.method = method
    if attempt.token is not None:
        attempt.token.payment_intent = intent.id
    if not attempt.approved and _wants_approval(intent, attempt):
        if method.card.lookup_fails:
            _refuse(state, intent, attempt, refusal("generic_decline"), "processing_error")
        else:
            _ask(state, intent, attempt)
        return
    answer = _answer_of_bank(state, attempt)
    if answer is not None:
        _refuse(state, intent, attempt, answer, _three_d_secure(intent, attempt))
        return
    _approve(state, intent, attempt)


def approve_challenge(state: State, intent: Intent, challenge: Challenge) -> None:
    """The card's holder approved in the bank's window."""
    intent.challenge = None
    if intent.confirmation_method == "manual":
        until = state.clock.now() + APPROVAL_SECONDS
        intent.authenticated_until = until
        state.store.schedule(until, "confirmation_lapsed", intent.id)
        return
    run(state, intent, Attempt(challenge.method, challenge.token, challenge.off_session, approved=True))


def fail_challenge(state: State, intent: Intent) -> None:
    """The card's holder refused, or closed the bank's window."""
    give_up(state, intent, "payment_intent_authentication_failure")


def give_up(state: State, intent: Intent, reason: str, at: int | None = None) -> None:
    """End an attempt that never reached the bank; ``at`` is seconds UTC, now when left out."""
    intent.challenge = None
    intent.authenticated_until = None
    intent.last_error = _error(refusal(reason), intent.method, None)
    intent.method = None
    state.emit("payment_intent.payment_failed", intent_json(state, intent), at)


def refusal_of(state: State, intent: Intent) -> ApiError:
    """The 402 for the refusal that the intent carries."""
    error = dict(intent.last_error or {})
    message, kind, code = str(error.pop("message")), str(error.pop("type")), str(error.pop("code"))
    param = error.pop("param", None)
    error.pop("doc_url", None)
    error["payment_intent"] = intent_json(state, intent)
    return ApiError(402, message, type=kind, code=code, param=param, kept=True, extra=error)


def _wants_approval(intent: Intent, attempt: Attempt) -> bool:
    card = attempt.method.card
    if card.captcha:
        return not attempt.off_session
    if card.three_d_secure is ThreeDSecure.OPTIONAL:
        return _asked_for(intent)
    if card.three_d_secure is ThreeDSecure.UNLESS_SET_UP:
        return not attempt.method.set_up
    if card.three_d_secure is ThreeDSecure.ON_SESSION:
        return not attempt.off_session
    return card.three_d_secure is ThreeDSecure.ALWAYS


def _asked_for(intent: Intent) -> bool:
    return intent.card_options.get("request_three_d_secure") in ("any", "challenge")


def _ask(state: State, intent: Intent, attempt: Attempt) -> None:
    if attempt.off_session:
        _refuse(state, intent, attempt, refusal("authentication_required"))
        return
    if attempt.refuse_action:
        _refuse(state, intent, attempt, refusal("authentication_not_handled"))
        return
    challenge = Challenge(
        ticket=state.ids.text(32),
        source=state.ids.new("src"),
        intent=intent.id,
        method=attempt.method,
        token=attempt.token,
        off_session=attempt.off_session,
        use_stripe_sdk=attempt.use_stripe_sdk,
        return_url=attempt.return_url,
        captcha=attempt.method.card.captcha,
    )
    intent.challenge = challenge
    state.store.challenges[challenge.ticket] = challenge
    state.emit("payment_intent.requires_action", intent_json(state, intent))


def _answer_of_bank(state: State, attempt: Attempt) -> Refusal | None:
    """What the bank says to this card, ``None`` when it approves; a planned refusal comes first."""
    if state.store.refusals:
        return state.store.refusals.popleft()
    card = attempt.method.card
    return card.decline_after_3ds if attempt.approved and not card.captcha else card.decline


def _three_d_secure(intent: Intent, attempt: Attempt) -> str | None:
    card = attempt.method.card
    if attempt.approved:
        return None if card.captcha else "authenticated"
    if not _asked_for(intent) or attempt.off_session:
        return None
    return "not_supported" if card.brand == "amex" else "attempt_acknowledged"


def _approve(state: State, intent: Intent, attempt: Attempt) -> None:
    charge = _charge(state, intent, attempt, None, _three_d_secure(intent, attempt))
    method = attempt.method
    method.consumed = True
    intent.charge = charge.id
    review = open_review(state, charge) if method.card.risk == "elevated" else None
    if intent.card_usage:
        method.set_up = True
        if intent.customer and method.customer is None:
            attach(state, method, intent.customer)
    if charge.capture_before is None:
        take(state, intent, charge, charge.amount, "charge.succeeded")
    else:
        state.store.schedule(charge.capture_before, "hold_lapsed", intent.id)
        state.emit("charge.succeeded", charge_json(charge))
        state.emit("payment_intent.amount_capturable_updated", intent_json(state, intent))
    if review is not None:
        state.emit("review.opened", review_json(review))


def _refuse(state: State, intent: Intent, attempt: Attempt, answer: Refusal, three_d_secure: str | None = None) -> None:
    """Leave the refusal on the intent, and a failed charge behind when the card itself was tried."""
    charge = _charge(state, intent, attempt, answer, three_d_secure) if answer.charged else None
    intent.charge = charge.id if charge else None
    intent.last_error = _error(answer, intent.method, charge)
    intent.method = None
    if charge is not None:
        state.emit("charge.failed", charge_json(charge))
    state.emit("payment_intent.payment_failed", intent_json(state, intent))


def _charge(
    state: State, intent: Intent, attempt: Attempt, answer: Refusal | None, three_d_secure: str | None
) -> Charge:
    now = state.clock.now()
    attempt.method.checked = True
    manual = intent.card_capture_method == "manual"
    charge = Charge(
        id=state.ids.new("ch"),
        created=now,
        intent=intent.id,
        amount=intent.amount,
        currency=intent.currency,
        method=attempt.method,
        customer=intent.customer,
        description=intent.description,
        receipt_email=intent.receipt_email,
        shipping=intent.shipping,
        metadata=dict(intent.metadata),
        capture_before=now + _hold_seconds(state, attempt, agreed=answer is None) if manual else None,
        three_d_secure=three_d_secure,
        failure=answer,
        transfer_group=intent.transfer_group,
    )
    state.store.charges[charge.id] = charge
    return charge


def _hold_seconds(state: State, attempt: Attempt, *, agreed: bool) -> int:
    """How long a hold lasts; the next one that the bank ``agreed`` to takes what was planned for it."""
    if agreed and state.store.hold_seconds:
        return state.store.hold_seconds.popleft()
    visa_without_shopper = attempt.off_session and attempt.method.card.brand == "visa"
    return VISA_OFF_SESSION_HOLD_SECONDS if visa_without_shopper else HOLD_SECONDS


def _error(answer: Refusal, method: PaymentMethod | None, charge: Charge | None) -> Json:
    """``last_payment_error``: what happened, with the card as it was (https://docs.stripe.com/api/errors)."""
    error: Json = {
        "type": answer.kind,
        "code": answer.code,
        "message": answer.message,
        "doc_url": DOC_URL + answer.code.replace("_", "-"),
    }
    known = {
        "decline_code": answer.decline_code,
        "advice_code": answer.advice_code,
        "network_decline_code": None if answer.blocked_by else answer.network_decline_code,
        "param": answer.param,
        "charge": charge.id if charge else None,
    }
    error |= {name: value for name, value in known.items() if value is not None}
    if method is not None:
        error["payment_method"] = method_json(method)
        error["payment_method_type"] = "card"
    return error
