"""How each kind of operation is sent, and how a read tells whether it has happened."""

from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.errors import CallError, OurBug
from sellerdesk.domain.operation import Operation
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus
from sellerdesk.domain.refund import RefundFacts
from sellerdesk.domain.requests import (
    TAG_PAYMENT,
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    PassTracking,
    Request,
    from_json,
)
from sellerdesk.services.ports import PaymentGateway, PaymentReader

DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked success: the intent's facts and refunds as far as they were read, or for a customer its id."""

    facts: PaymentFacts | None = None
    customer_id: str = ""
    refunds: tuple[RefundFacts, ...] = ()


class Effect(StrEnum):
    """What a read says about an operation whose outcome is unknown. WAIT means that Stripe has not decided yet, or
    says something we do not understand: nothing is sent then."""

    HAPPENED = "happened"
    NOT_YET = "not_yet"
    WAIT = "wait"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Seen:
    """The effect with the answer that was read, and in words why it is impossible."""

    effect: Effect
    answer: Answer
    why: str = ""


def only_unless_paid(operation: Operation) -> bool:
    """Whether it cancels a payment only while nothing is held."""
    request = from_json(operation.params)
    return isinstance(request, Cancel) and request.unless_paid


def is_second_confirmation(operation: Operation) -> bool:
    """Whether it goes on with a card that the bank has approved, so that nobody need be waiting for it."""
    request = from_json(operation.params)
    return isinstance(request, Confirm) and not request.token


def send(gateway: PaymentGateway, operation: Operation) -> Answer:
    """Make the one call of ``operation``, with its stored parameters and key. Raises CallError's family."""
    key = operation.idempotency_key
    match from_json(operation.params):
        case CreateCustomer() as request:
            return Answer(customer_id=gateway.create_customer(request, key))
        case CreateIntent() as request:
            return Answer(gateway.create_intent(request, key))
        case Confirm() as request:
            return Answer(gateway.confirm(request, key))
        case Capture() as request:
            return Answer(gateway.capture(request, key))
        case Cancel() as request:
            return Answer(gateway.cancel(request, key))
        case PassTracking() as request:
            return Answer(gateway.pass_tracking(request, key))
        case CreateRefund() as request:
            return _refunded(gateway, request, key)
        case ChargeSavedCard() as request:
            return Answer(gateway.charge_saved_card(request, key))


def _refunded(gateway: PaymentGateway, request: CreateRefund, key: str) -> Answer:
    """The answer under a key may be an old one, and it says nothing of the payment: both are read. Where that fails
    the refund is certain all the same."""
    made = gateway.create_refund(request, key)
    try:
        return _read_refunds(gateway, request.intent_id)
    except CallError:
        return Answer(refunds=(made,))


def _read_refunds(gateway: PaymentReader, intent_id: str) -> Answer:
    refunds = gateway.refunds(intent_id)
    return Answer(gateway.retrieve(intent_id), refunds=refunds)


def look(gateway: PaymentReader, operation: Operation) -> Seen:
    """Read whether ``operation`` has happened. Never sends anything. Raises CallError's family."""
    request = from_json(operation.params)
    match request:
        case CreateCustomer():
            customer_id = gateway.find_customer(operation.id, request.email, operation.created_at - 300)
            if customer_id is None:
                return Seen(Effect.NOT_YET, Answer())
            return Seen(Effect.HAPPENED, Answer(customer_id=customer_id))
        case CreateIntent():
            facts = gateway.find_intent(operation.id, _its_payment(request), request.customer_id)
            return Seen(Effect.NOT_YET if facts is None else Effect.HAPPENED, Answer(facts))
        case CreateRefund():
            answer = _read_refunds(gateway, request.intent_id)
            made = any(refund.operation_id == operation.id for refund in answer.refunds)
            return Seen(Effect.HAPPENED if made else Effect.NOT_YET, answer)
        case ChargeSavedCard():
            facts = gateway.find_intent(operation.id, _its_payment(request), request.customer_id)
            return Seen(Effect.NOT_YET, Answer()) if facts is None else judge(request, facts)
        case Confirm() | Capture() | Cancel() | PassTracking():
            return judge(request, gateway.retrieve(request.intent_id))


def _its_payment(request: CreateIntent | ChargeSavedCard) -> str:
    """The payment that the intent is made for. The operation's own is another one where a hold is renewed."""
    return dict(request.metadata).get(TAG_PAYMENT, "")


def payment_made_by(operation: Operation) -> str:
    """The payment whose intent ``operation`` makes; '' where it makes none."""
    request = from_json(operation.params)
    return _its_payment(request) if isinstance(request, CreateIntent | ChargeSavedCard) else ""


def judge(request: Request, facts: PaymentFacts) -> Seen:
    """Whether ``facts`` show the effect of ``request``."""
    answer = Answer(facts)
    match request:
        case Capture():
            return _judge_capture(request, facts, answer)
        case Confirm():
            return _judge_confirm(request, facts, answer)
        case Cancel():
            return _judge_cancel(request, facts, answer)
        case PassTracking():
            return Seen(Effect.HAPPENED if facts.shipping == request.shipping else Effect.NOT_YET, answer)
        case CreateIntent():
            return Seen(Effect.HAPPENED, answer)
        case ChargeSavedCard():
            return _judge_charge(facts, answer)
        case CreateCustomer() | CreateRefund():
            raise OurBug("A customer or a refund was judged by the facts of a payment.")


def _judge_capture(request: Capture, facts: PaymentFacts, answer: Answer) -> Seen:
    if facts.status is PaymentStatus.SUCCEEDED:
        if facts.amount_received == request.amount:
            return Seen(Effect.HAPPENED, answer)
        return Seen(Effect.IMPOSSIBLE, answer, "It was captured elsewhere, for another amount.")
    if facts.status is PaymentStatus.REQUIRES_CAPTURE:
        return Seen(Effect.NOT_YET, answer)
    if facts.status is PaymentStatus.CANCELED:
        return Seen(Effect.IMPOSSIBLE, answer, "The hold has lapsed." if facts.has_lapsed else "The hold was released.")
    if facts.status in (PaymentStatus.PROCESSING, PaymentStatus.OTHER):
        return Seen(Effect.WAIT, answer)
    return Seen(Effect.IMPOSSIBLE, answer, "Nothing is held for this order.")


def _judge_charge(facts: PaymentFacts, answer: Answer) -> Seen:
    """The intent is there. What it did not do is never done by making another one: the next try confirms this one."""
    if facts.status in (PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED):
        return Seen(Effect.HAPPENED, answer)
    if facts.status in (PaymentStatus.PROCESSING, PaymentStatus.OTHER):
        return Seen(Effect.WAIT, answer)
    if facts.status is PaymentStatus.CANCELED:
        return Seen(Effect.IMPOSSIBLE, answer, "The payment was cancelled.")
    declined = facts.problem is not None or facts.status is PaymentStatus.REQUIRES_ACTION
    why = "Stripe made the payment but did not charge the card. Nothing was taken; try again."
    return Seen(Effect.IMPOSSIBLE, answer, DECLINED if declined else why)


def _judge_cancel(request: Cancel, facts: PaymentFacts, answer: Answer) -> Seen:
    """Closing what nobody finished must not give back what somebody paid after all; where the shopper ordered something
    else instead, it must."""
    if request.unless_paid and facts.status is PaymentStatus.REQUIRES_CAPTURE:
        return Seen(Effect.IMPOSSIBLE, answer, "It was paid meanwhile, and stays.")
    if facts.status is PaymentStatus.CANCELED:
        if facts.has_lapsed:
            return Seen(Effect.IMPOSSIBLE, answer, "The hold had lapsed already. Nothing is held any more.")
        return Seen(Effect.HAPPENED, answer)
    if facts.status is PaymentStatus.SUCCEEDED:
        return Seen(
            Effect.IMPOSSIBLE, answer, "It was captured meanwhile, so there is no hold to release. Refund it instead."
        )
    if facts.status in (PaymentStatus.PROCESSING, PaymentStatus.OTHER):
        return Seen(Effect.WAIT, answer)
    return Seen(Effect.NOT_YET, answer)


def _judge_confirm(request: Confirm, facts: PaymentFacts, answer: Answer) -> Seen:
    """A declined try leaves no trace that tells it from an older one, nor does a bank's question that stood there
    before: both count as not yet, and the same key then replays Stripe's answer
    (https://docs.stripe.com/api/idempotent_requests)."""
    if facts.status in (PaymentStatus.PROCESSING, PaymentStatus.REQUIRES_CAPTURE, PaymentStatus.SUCCEEDED):
        return Seen(Effect.HAPPENED, answer)
    if facts.status is PaymentStatus.REQUIRES_ACTION and not request.after_action:
        return Seen(Effect.HAPPENED, answer)
    if facts.status is PaymentStatus.OTHER:
        return Seen(Effect.WAIT, answer)
    if facts.status is PaymentStatus.CANCELED:
        return Seen(Effect.IMPOSSIBLE, answer, "The payment was cancelled.")
    if not request.token and facts.status is PaymentStatus.REQUIRES_PAYMENT_METHOD:
        # The approved card is gone from the intent: refused by the bank, or the hour was over.
        return Seen(Effect.IMPOSSIBLE, answer, DECLINED)
    return Seen(Effect.NOT_YET, answer)
