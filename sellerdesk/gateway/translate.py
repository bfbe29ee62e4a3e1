"""Turns a PaymentIntent with its latest charge into PaymentFacts, after checking that it is one."""

from dataclasses import dataclass

from sellerdesk.domain.payment import CardAttempt, CardFacts, PaymentFacts, PaymentStatus, Problem, ShippingFacts
from sellerdesk.domain.refund import RefundFacts, RefundState
from sellerdesk.domain.requests import TAG_OPERATION
from sellerdesk.gateway.reading import (
    Json,
    OddAnswer,
    flag,
    identifier,
    of_kind,
    part,
    reference,
    text,
    whole,
    whole_or_none,
)

_KNOWN = {status.value: status for status in PaymentStatus if status is not PaymentStatus.OTHER}
# A charge decides what these mean, so they are not understood without it.
_NEEDS_CHARGE = frozenset({PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED, PaymentStatus.CANCELED})


@dataclass(frozen=True, slots=True)
class Seen:
    """The circumstances of an answer: when it came (milliseconds UTC), its number, and the key's mode."""

    at_ms: int
    request_id: str
    livemode: bool


def payment_facts(intent: Json, seen: Seen) -> PaymentFacts:
    """The facts in ``intent``. Raises OddAnswer when it is no intent of the key's mode, or lacks what it must have."""
    of_kind(intent, "payment_intent")
    if flag(intent, "livemode") is not seen.livemode:
        raise OddAnswer("livemode")
    raw_status = text(intent, "status")
    status = _KNOWN.get(raw_status, PaymentStatus.OTHER)
    if not raw_status:
        raise OddAnswer("status")
    charge = _charge(intent, status)
    card = part(part(charge, "payment_method_details"), "card")
    authorized = text(charge, "status") == "succeeded"
    currency = text(intent, "currency")
    if not currency:
        raise OddAnswer("currency")
    return PaymentFacts(
        intent_id=identifier(intent, "pi_"),
        status=status,
        raw_status=raw_status,
        amount=whole(intent, "amount"),
        currency=currency,
        amount_capturable=whole(intent, "amount_capturable"),
        amount_received=whole(intent, "amount_received"),
        livemode=seen.livemode,
        created=whole(intent, "created"),
        observed_ms=seen.at_ms,
        customer_id=reference(intent, "customer"),
        receipt_email=text(intent, "receipt_email"),
        charge_id=reference(intent, "latest_charge"),
        authorized_at=whole(charge, "created") if authorized else None,
        capture_before=whole_or_none(card, "capture_before") if authorized else None,
        canceled_at=whole_or_none(intent, "canceled_at"),
        cancellation_reason=text(intent, "cancellation_reason"),
        amount_refunded=whole(charge, "amount_refunded") if charge else 0,
        risk_level=text(part(charge, "outcome"), "risk_level"),
        card=_card(card),
        problem=_problem(intent, charge),
        next_action=text(part(intent, "next_action"), "type"),
        shipping=shipping_facts(part(intent, "shipping")),
        metadata=_metadata(part(intent, "metadata")),
        request_id=seen.request_id,
        confirmation_method=text(intent, "confirmation_method"),
        setup_future_usage=text(intent, "setup_future_usage"),
        payment_method_id=reference(intent, "payment_method"),
        client_secret=text(intent, "client_secret"),
        approval_url=text(part(part(intent, "next_action"), "redirect_to_url"), "url"),
    )


def card_attempt(charge: Json, intent_id: str, livemode: bool) -> CardAttempt:
    """One try, from its charge. Raises OddAnswer when it is no charge of ``intent_id`` in the key's mode."""
    of_kind(charge, "charge")
    if flag(charge, "livemode") is not livemode:
        raise OddAnswer("livemode")
    if reference(charge, "payment_intent") != intent_id:
        raise OddAnswer("payment_intent")
    card = _card(part(part(charge, "payment_method_details"), "card"))
    charge_id = identifier(charge, ("ch_", "py_"))
    problem = None
    if text(charge, "status") == "failed":
        outcome = part(charge, "outcome")
        problem = Problem(
            code=text(charge, "failure_code"),
            decline_code=text(outcome, "reason"),
            message=text(charge, "failure_message"),
            advice_code=text(outcome, "advice_code"),
            charge_id=charge_id,
            at=whole(charge, "created"),
            card=card,
            **_who_refused(charge),
        )
    return CardAttempt(
        charge_id, whole(charge, "created"), whole(charge, "amount"), text(charge, "currency"), card, problem
    )


def refund_facts(refund: Json, intent_id: str, request_id: str) -> RefundFacts:
    """One refund. Raises OddAnswer when it is none of ``intent_id``. A refund has no mode of its own: its charge has.

    https://docs.stripe.com/api/refunds/object
    """
    of_kind(refund, "refund")
    if reference(refund, "payment_intent") != intent_id:
        raise OddAnswer("payment_intent")
    status, currency = text(refund, "status"), text(refund, "currency")
    if not status or not currency:
        raise OddAnswer("status" if currency else "currency")
    return RefundFacts(
        refund_id=identifier(refund, ("re_", "pyr_")),
        intent_id=intent_id,
        amount=whole(refund, "amount"),
        currency=currency,
        state=RefundState(status) if status in set(RefundState) else RefundState.OTHER,
        created=whole(refund, "created"),
        reason=text(refund, "reason"),
        failure_reason=text(refund, "failure_reason"),
        operation_id=text(part(refund, "metadata"), TAG_OPERATION),
        request_id=request_id,
    )


def _charge(intent: Json, status: PaymentStatus) -> Json:
    """The expanded latest charge, empty when there is none or it is not needed to understand the intent."""
    found = intent.get("latest_charge")
    if found is None or isinstance(found, str):
        # The id alone says nothing about deadline or card. Without a charge an intent can be canceled, not held.
        if isinstance(found, str) and status in _NEEDS_CHARGE:
            raise OddAnswer("latest_charge")
        if found is None and status in (PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED):
            raise OddAnswer("latest_charge")
        return {}
    charge = of_kind(found, "charge")
    identifier(charge, ("ch_", "py_"))
    return charge


def _card(card: Json) -> CardFacts | None:
    if not card:
        return None
    checks = part(card, "checks")
    return CardFacts(
        brand=text(card, "brand"),
        last4=text(card, "last4"),
        exp_month=whole_or_none(card, "exp_month") or 0,
        exp_year=whole_or_none(card, "exp_year") or 0,
        cvc_check=text(checks, "cvc_check"),
        postal_code_check=text(checks, "address_postal_code_check"),
        line1_check=text(checks, "address_line1_check"),
        three_d_secure=text(part(card, "three_d_secure"), "result"),
    )


def _problem(intent: Json, charge: Json) -> Problem | None:
    """The failed attempt, dated by Stripe's own records, so that reading it twice gives the same value."""
    error = part(intent, "last_payment_error")
    if not error:
        return None
    method = part(error, "payment_method")
    charged = bool(charge) and text(charge, "id") == reference(error, "charge")
    dated = charge if charged else method if whole_or_none(method, "created") else intent
    return Problem(
        code=text(error, "code"),
        decline_code=text(error, "decline_code"),
        message=text(error, "message"),
        advice_code=text(error, "advice_code"),
        charge_id=reference(error, "charge"),
        at=whole(dated, "created"),
        card=_card(part(method, "card")),
        **_who_refused(charge if charged else {}, text(error, "network_decline_code")),
    )


def _who_refused(charge: Json, network_code: str = "") -> dict[str, str]:
    """https://docs.stripe.com/api/charges/object#charge_object-outcome"""
    outcome = part(charge, "outcome")
    return {
        "network_decline_code": network_code or text(outcome, "network_decline_code"),
        "outcome_type": text(outcome, "type"),
        "outcome_reason": text(outcome, "reason"),
        "seller_message": text(outcome, "seller_message"),
    }


def shipping_facts(shipping: Json) -> ShippingFacts | None:
    """Who gets it and where, from a block for shipping or for billing; None for an empty one."""
    if not shipping:
        return None
    address = part(shipping, "address")
    return ShippingFacts(
        name=text(shipping, "name"),
        line1=text(address, "line1"),
        line2=text(address, "line2"),
        city=text(address, "city"),
        state=text(address, "state"),
        postal_code=text(address, "postal_code"),
        country=text(address, "country"),
        phone=text(shipping, "phone"),
        carrier=text(shipping, "carrier"),
        tracking_number=text(shipping, "tracking_number"),
    )


def _metadata(metadata: Json) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, text(metadata, name)) for name in metadata))
