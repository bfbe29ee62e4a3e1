"""Refunds: captured money goes back to the card (https://docs.stripe.com/api/refunds)."""

from sellerdesk.sandbox.aftermath import Refund
from sellerdesk.sandbox.cards import RefundFate
from sellerdesk.sandbox.currencies import shown
from sellerdesk.sandbox.disputes import forbids_refund
from sellerdesk.sandbox.early_warnings import retell
from sellerdesk.sandbox.errors import ApiError, invalid, missing, required
from sellerdesk.sandbox.ledger import book_failed_refund, book_refund
from sellerdesk.sandbox.objects import Charge, Json
from sellerdesk.sandbox.params import merge_metadata
from sellerdesk.sandbox.payments import find_intent
from sellerdesk.sandbox.records import find_charge
from sellerdesk.sandbox.render import charge_json
from sellerdesk.sandbox.render_aftermath import refund_json
from sellerdesk.sandbox.reviews import close_review
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import latest_charge

FATE_DELAY = 60
"""Seconds until a refund that is not settled at once succeeds or fails; the documentation only says "later"."""


def create_refund(state: State, params: Json) -> Refund:
    """``POST /v1/refunds``: the whole of what is left, or ``amount`` of it (minor units)."""
    charge = _charge_of(state, params)
    _check_refundable(state, charge)
    left = charge.amount_captured - charge.amount_refunded
    amount = params.get("amount", left)
    if left < 1:
        raise _kept(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > left:
        raise _kept(
            f"The refund ({shown(amount, charge.currency)}) is greater than what is left of the charge "
            f"({shown(left, charge.currency)}).",
            param="amount",
        )
    metadata = merge_metadata({}, params["metadata"]) if "metadata" in params else {}
    now = state.clock.now()
    fate = charge.method.card.refund
    refund = Refund(
        id=state.ids.new("re"),
        created=now,
        charge=charge.id,
        intent=charge.intent,
        amount=amount,
        currency=charge.currency,
        reason=params.get("reason"),
        instructions_email=params.get("instructions_email") or None,
        metadata=metadata,
        settled_at=None if fate is RefundFate.LATER else now,
    )
    state.store.refunds[refund.id] = refund
    charge.amount_refunded += amount
    if refund.settled_at is not None:
        book_refund(state, refund, now)
    if fate is not RefundFate.AT_ONCE:
        state.store.schedule(now + FATE_DELAY, "refund_due", refund.id)
    state.emit("refund.created", refund_json(refund))
    state.emit("charge.refunded", charge_json(charge))
    if charge.amount_refunded == charge.amount_captured:
        fraud = params.get("reason") == "fraudulent"
        close_review(state, charge, "refunded_as_fraud" if fraud else "refunded")
        retell(state, charge)
    return refund


def meet_fate(state: State, identifier: str, at: int) -> None:
    """A refund that was not settled at once succeeds, or comes back. ``at`` is seconds UTC.

    https://docs.stripe.com/refunds#failed-refunds
    """
    refund = state.store.refunds[identifier]
    charge = state.store.charges[refund.charge]
    if charge.method.card.refund is RefundFate.LATER:
        refund.settled_at = at
        book_refund(state, refund, at)
        state.emit("refund.updated", refund_json(refund), at)
        return
    refund.failed_at = at
    charge.amount_refunded -= refund.amount
    book_failed_refund(state, refund, at)
    state.emit("refund.failed", refund_json(refund), at)
    state.emit("charge.updated", charge_json(charge), at)


def find_refund(state: State, identifier: str) -> Refund:
    """The refund with this id, or ApiError 404."""
    refund = state.store.refunds.get(identifier)
    if refund is None:
        raise missing("refund", identifier, "id")
    return refund


def update_refund(state: State, refund: Refund, params: Json) -> Refund:
    """``POST /v1/refunds/{id}``: only the metadata can change."""
    if "metadata" in params:
        refund.metadata = merge_metadata(refund.metadata, params["metadata"])
        state.emit("refund.updated", refund_json(refund))
    return refund


def _charge_of(state: State, params: Json) -> Charge:
    if ("charge" in params) == ("payment_intent" in params):
        if "charge" not in params:
            raise required("payment_intent or charge")
        raise invalid("You may only send one of payment_intent and charge.", "charge")
    if "charge" in params:
        return find_charge(state, params["charge"])
    intent = find_intent(state, params["payment_intent"])
    charge = latest_charge(state, intent)
    if charge is None or charge.failure is not None:
        raise _no_charge(intent.id)
    return charge


def _check_refundable(state: State, charge: Charge) -> None:
    if charge.failure is not None:
        raise _no_charge(charge.intent)
    if charge.captured_at is None:
        raise _kept(
            f"This charge of {charge.intent} was not captured. Cancel the PaymentIntent to let the hold go; "
            "there is nothing to refund yet."
        )
    if forbids_refund(state, charge):
        raise _kept(f"Charge {charge.id} is disputed and cannot be refunded.", code="charge_disputed")


def _no_charge(intent: str) -> ApiError:
    return _kept(f"This PaymentIntent ({intent}) does not have a successful charge to refund.")


def _kept(message: str, code: str | None = None, param: str | None = None) -> ApiError:
    return ApiError(400, message, code=code, param=param, kept=True)
