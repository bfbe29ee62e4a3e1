"""The pretended bank: one attempt at a card, with its approval, refusal or 3-D Secure question.

Status changes follow https://docs.stripe.com/payments/paymentintents/lifecycle , refusals
https://docs.stripe.com/declines/codes .
"""

from dataclasses import dataclass

from sellerdesk.sandbox.cards import ThreeDSecure
from sellerdesk.sandbox.errors import DOC_URL, ApiError
from sellerdesk.sandbox.methods import attach, store_method
from sellerdesk.sandbox.objects import Challenge, Charge, ConfirmationToken, Intent, Json, PaymentMethod
from sellerdesk.sandbox.render import charge_json, intent_json, method_json
from sellerdesk.sandbox.render_card import advice_for
from sellerdesk.sandbox.state import State

HOLD_SECONDS = 7 * 24 * 3600
"""How long a hold lasts when the shopper is present (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""
VISA_OFF_SESSION_HOLD_SECONDS = (4 * 24 + 18) * 3600
"""How long a Visa hold lasts when the seller charges a saved card."""
BALANCE_DELAY = 3600
"""Seconds between a capture and its balance transaction."""

_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your bank wants to be sure it is you before it approves this payment.",
    "authentication_not_handled": "This payment needs your bank's approval, which this attempt did not allow.",
    "payment_intent_authentication_failure": "Your bank could not confirm that it is you. Use another card.",
    "payment_intent_payment_attempt_expired": "Too much time passed since the bank's approval. Try again.",
    "card_velocity_exceeded": "Your card was declined: it was used too often, or over its limit.",
}
_PARAMS = {"expired_card": "exp_month", "incorrect_cvc": "cvc"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt is made with."""

    method: PaymentMethod
    token: ConfirmationToken | None = None
    off_session: bool = False
    refuse_action: bool = False
    use_stripe_sdk: bool = False
    return_url: str | None = None
    authenticated: bool = False


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
    if not attempt.authenticated and _wants_approval(intent, attempt):
        _ask(state, intent, attempt)
        return
    refusal = method.card.decline_after_3ds if attempt.authenticated else method.card.decline
    if refusal is not None:
        _decline(state, intent, attempt, refusal)
        return
    _approve(state, intent, attempt)


def approve_challenge(state: State, intent: Intent, challenge: Challenge) -> None:
    """The card's holder approved in the bank's window."""
    intent.challenge = None
    if intent.confirmation_method == "manual":
        until = state.clock.now() + 3600
        intent.authenticated_until = until
        state.store.schedule(until, "confirmation_lapsed", intent.id)
        return
    run(state, intent, Attempt(challenge.method, challenge.token, challenge.off_session, authenticated=True))


def fail_challenge(state: State, intent: Intent) -> None:
    """The card's holder refused, or closed the bank's window."""
    give_up(state, intent, "payment_intent_authentication_failure")


def give_up(state: State, intent: Intent, code: str, at: int | None = None) -> None:
    """End an attempt that never reached the bank; ``at`` is seconds UTC, now when left out."""
    method = intent.method
    intent.challenge = None
    intent.authenticated_until = None
    intent.method = None
    intent.last_error = _error(code, None, method, None, kind="invalid_request_error")
    state.emit("payment_intent.payment_failed", intent_json(state, intent), at)


def refusal_of(state: State, intent: Intent) -> ApiError:
    """The 402 for the refusal that the intent carries."""
    error = dict(intent.last_error or {})
    message, kind, code = str(error.pop("message")), str(error.pop("type")), str(error.pop("code"))
    param = error.pop("param", None)
    error.pop("doc_url", None)
    error["payment_intent"] = intent_json(state, intent)
    return ApiError(402, message, type=kind, code=code, param=param, kept=True, extra=error)


def book_balance(state: State, charge: Charge, at: int) -> None:
    """Make the balance transaction of a captured charge; the fee is 1.5 % and 25 minor units."""
    fee = charge.amount_captured * 15 // 1000 + 25
    identifier = state.ids.new("txn")
    charge.balance_transaction = identifier
    state.store.balance_transactions[identifier] = {
        "id": identifier,
        "object": "balance_transaction",
        "amount": charge.amount_captured,
        "available_on": at + 7 * 24 * 3600,
        "balance_type": "payments",
        "created": at,
        "currency": charge.currency,
        "description": charge.description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": charge.currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        "net": charge.amount_captured - fee,
        "reporting_category": "charge",
        "source": charge.id,
        "status": "pending",
        "type": "charge",
    }
    state.emit("charge.updated", charge_json(charge), at)


def _wants_approval(intent: Intent, attempt: Attempt) -> bool:
    wish = attempt.method.card.three_d_secure
    if wish is ThreeDSecure.OPTIONAL:
        return intent.card_options.get("request_three_d_secure") in ("any", "challenge")
    if wish is ThreeDSecure.UNLESS_SET_UP:
        return not attempt.method.set_up
    if wish is ThreeDSecure.ON_SESSION:
        return not attempt.off_session
    return wish is ThreeDSecure.ALWAYS


def _ask(state: State, intent: Intent, attempt: Attempt) -> None:
    if attempt.off_session:
        _refuse(state, intent, ("authentication_required", "authentication_required"), None)
        return
    if attempt.refuse_action:
        _refuse(state, intent, ("card_declined", "authentication_not_handled"), None)
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
    )
    intent.challenge = challenge
    state.store.challenges[challenge.ticket] = challenge
    state.emit("payment_intent.requires_action", intent_json(state, intent))


def _approve(state: State, intent: Intent, attempt: Attempt) -> None:
    charge = _charge(state, intent, attempt, None)
    method = attempt.method
    method.consumed = True
    intent.charge = charge.id
    if intent.setup_future_usage:
        method.set_up = True
        if intent.customer and method.customer is None:
            attach(state, method, intent.customer)
    if charge.capture_before is not None:
        state.store.schedule(charge.capture_before, "hold_lapsed", intent.id)
        state.emit("charge.succeeded", charge_json(charge))
        state.emit("payment_intent.amount_capturable_updated", intent_json(state, intent))
        return
    charge.captured_at = charge.created
    charge.amount_captured = charge.amount
    intent.amount_received = charge.amount
    intent.captures = 1
    state.store.schedule(charge.created + BALANCE_DELAY, "balance_due", charge.id)
    state.emit("charge.succeeded", charge_json(charge))
    state.emit("payment_intent.succeeded", intent_json(state, intent))


def _decline(state: State, intent: Intent, attempt: Attempt, refusal: tuple[str, str]) -> None:
    charge = _charge(state, intent, attempt, refusal)
    intent.charge = charge.id
    _refuse(state, intent, refusal, charge)


def _refuse(state: State, intent: Intent, refusal: tuple[str, str], charge: Charge | None) -> None:
    method = intent.method
    intent.method = None
    intent.last_error = _error(refusal[0], refusal[1], method, charge)
    if charge is not None:
        state.emit("charge.failed", charge_json(charge))
    state.emit("payment_intent.payment_failed", intent_json(state, intent))


def _charge(state: State, intent: Intent, attempt: Attempt, refusal: tuple[str, str] | None) -> Charge:
    now = state.clock.now()
    visa_without_shopper = attempt.off_session and attempt.method.card.brand == "visa"
    window = VISA_OFF_SESSION_HOLD_SECONDS if visa_without_shopper else HOLD_SECONDS
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
        capture_before=now + window if intent.capture_method == "manual" else None,
        authenticated=attempt.authenticated,
        failure=refusal,
        failure_message=_message(refusal) if refusal else None,
        transfer_group=intent.transfer_group,
    )
    state.store.charges[charge.id] = charge
    return charge


def _message(refusal: tuple[str, str | None]) -> str:
    code, reason = refusal
    return _MESSAGES.get(reason or code) or _MESSAGES.get(code, "Your card was declined.")


def _error(
    code: str,
    reason: str | None,
    method: PaymentMethod | None,
    charge: Charge | None,
    kind: str = "card_error",
) -> Json:
    error: Json = {"type": kind, "code": code, "message": _message((code, reason))}
    error["doc_url"] = DOC_URL + code.replace("_", "-")
    if reason:
        error["decline_code"] = reason
        advice = advice_for(reason)
        if advice:
            error["advice_code"] = advice
    if code in _PARAMS:
        error["param"] = _PARAMS[code]
    if charge is not None:
        error["charge"] = charge.id
        if not charge.method.card.blocked:
            error["network_decline_code"] = "05"
    if method is not None:
        error["payment_method"] = method_json(method)
        error["payment_method_type"] = "card"
    return error
