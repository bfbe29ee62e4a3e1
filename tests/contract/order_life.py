"""The whole life of an order as calls and what Stripe says to each, written down once for every client.

Sources: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method , https://docs.stripe.com/refunds ,
https://docs.stripe.com/api/payment_intents , https://docs.stripe.com/error-codes ,
https://docs.stripe.com/api/idempotent_requests .
A text that begins with ``$`` stands for what an earlier step was answered: ``$hold.id``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.contract.drivers import Order

PI = "payment_intents"
RETURN_URL = "http://127.0.0.1/back"
RESTRICTED, REVOKED = "rk_test_may_read_only", "sk_test_was_revoked"
DAY = 24 * 3600


class Present:
    """Equals whatever is there."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "something"


SOMETHING = Present()


@dataclass(frozen=True, slots=True)
class Step:
    """A call and its answer: status, parts of the body by their path, parts of the headers, and the class of error."""

    name: str
    order: Order
    body: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    kind: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """What no client does: the bank's window is answered, or the sandbox's clock moves by ``seconds``."""

    name: str
    what: Literal["complete", "fail", "advance"]
    target: str = ""
    seconds: int = 0


def _create(card: str | None = None, key: str | None = None, **more: Any) -> Order:
    wanted: dict[str, Any] = {
        "amount": 7000,
        "currency": "eur",
        "capture_method": "manual",
        "allowed_payment_method_types": ["card"],
        **({"payment_method": card, "confirm": True, "return_url": RETURN_URL} if card else {}),
        **more,
    }
    return Order(f"{PI}.create", params={name: value for name, value in wanted.items() if value is not None}, key=key)


def _card(card: str, **more: Any) -> dict[str, Any]:
    return {"payment_method": card, "return_url": RETURN_URL, **more}


def _refused(
    name: str, order: Order, code: str | None, param: str | None = None, status: int = 400, **body: Any
) -> Step:
    """A request that Stripe calls invalid; ``intent_status`` is that of the intent in the error."""
    expected = {path.replace("__", "."): value for path, value in body.items()}
    expected |= {"type": "invalid_request_error", "code": code}
    if param is not None:
        expected["param"] = param
    return Step(name, order, expected, status, "InvalidRequestError")


def _wrong_state(name: str, order: Order, intent_status: str) -> Step:
    return _refused(name, order, "payment_intent_unexpected_state", payment_intent__status=intent_status)


def _declined(name: str, order: Order, code: str, decline_code: str, **body: Any) -> Step:
    expected = {
        "type": "card_error",
        "code": code,
        "decline_code": decline_code,
        "payment_intent.status": "requires_payment_method",
        "payment_intent.payment_method": None,
        **{path.replace("__", "."): value for path, value in body.items()},
    }
    return Step(name, order, expected, 402, "CardError")


_KEYS = (
    Step(
        "a live key",
        Order(f"{PI}.list", key="sk_live_made_up"),
        {"type": "invalid_request_error", "message": SOMETHING},
        401,
        "AuthenticationError",
    ),
    Step(
        "a revoked key",
        Order(f"{PI}.list", key=REVOKED),
        {"code": "api_key_expired"},
        401,
        "AuthenticationError",
    ),
    Step(
        "a publishable key",
        Order("balance.retrieve", key="pk_test_made_up_123"),
        {"code": "secret_key_required"},
        401,
        "AuthenticationError",
    ),
    Step(
        "a restricted key",
        _create("pm_card_visa", key=RESTRICTED),
        {"type": "invalid_request_error", "message": SOMETHING},
        403,
        "PermissionError",
    ),
    Step("what a restricted key may", Order(f"{PI}.list", key=RESTRICTED), {"object": "list", "data": []}),
)
_REQUESTS = (
    _refused("an unknown parameter", _create(colour="blue"), "parameter_unknown", "colour"),
    _refused("a missing parameter", _create(currency=None), "parameter_missing", "currency"),
    _refused("no amount", _create(amount=0), "parameter_invalid_integer", "amount"),
    _refused("too small an amount", _create(amount=49), "amount_too_small", "amount"),
    _refused("an unknown intent", Order(f"{PI}.retrieve", "pi_unknown"), "resource_missing", "intent", 404),
    _refused(
        "payment method types",
        Order(
            f"{PI}.create",
            params={"amount": 7000, "currency": "eur", "payment_method_types": ["card"]},
            version="2026-10-28.endive",
        ),
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    ),
    Step(
        "payment method types in an older version",
        Order(
            f"{PI}.create",
            params={"amount": 7000, "currency": "eur", "payment_method_types": ["card"]},
            version="2024-06-20",
        ),
        {"payment_method_types": ["card"], "status": "requires_payment_method"},
        headers={"stripe-version": "2024-06-20"},
    ),
    _refused(
        "redirects without a way back",
        Order(
            f"{PI}.create",
            params={"amount": 7000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True},
        ),
        None,
    ),
)
_ADDRESS = {
    "name": "Mara",
    "address": {"line1": "Rue 1", "city": "Lyon", "postal_code": "69003", "country": "FR"},
    "carrier": "DHL",
    "tracking_number": "00340434161094042557",
}
_HOLD = (
    Step(
        "begun",
        _create(description="Order 1", metadata={"order": "1"}),
        {"object": "payment_intent", "status": "requires_payment_method", "amount": 7000, "livemode": False},
    ),
    _wrong_state(
        "a capture before the hold", Order(f"{PI}.capture", "$begun.id"), intent_status="requires_payment_method"
    ),
    _declined(
        "a decline",
        Order(f"{PI}.confirm", "$begun.id", _card("pm_card_visa_chargeDeclined")),
        "card_declined",
        "generic_decline",
        charge=SOMETHING,
    ),
    _declined(
        "too little money",
        Order(f"{PI}.confirm", "$begun.id", _card("pm_card_visa_chargeDeclinedInsufficientFunds")),
        "card_declined",
        "insufficient_funds",
        payment_intent__last_payment_error__decline_code="insufficient_funds",
    ),
    _declined(
        "an expired card",
        Order(f"{PI}.confirm", "$begun.id", _card("pm_card_chargeDeclinedExpiredCard")),
        "expired_card",
        "expired_card",
    ),
    Step("changed", Order(f"{PI}.update", "$begun.id", {"amount": 6500}), {"amount": 6500}),
    Step(
        "hold",
        Order(f"{PI}.confirm", "$begun.id", _card("pm_card_visa", expand=["latest_charge"])),
        {
            "status": "requires_capture",
            "amount_capturable": 6500,
            "amount_received": 0,
            "latest_charge.captured": False,
            "latest_charge.payment_method_details.card.last4": "4242",
            "latest_charge.payment_method_details.card.capture_before": SOMETHING,
        },
    ),
    Step(
        "an address while held",
        Order(f"{PI}.update", "$begun.id", {"shipping": _ADDRESS, "metadata": {"order": "", "parcel": "1"}}),
        {
            "status": "requires_capture",
            "shipping.tracking_number": "00340434161094042557",
            "shipping.address.city": "Lyon",
            "metadata": {"parcel": "1"},
        },
    ),
    _refused(
        "another amount while held",
        Order(f"{PI}.update", "$begun.id", {"amount": 6000}),
        "payment_intent_unexpected_state",
        "amount",
    ),
    _refused(
        "more than is held",
        Order(f"{PI}.capture", "$begun.id", {"amount_to_capture": 6501}),
        "amount_too_large",
        "amount_to_capture",
        payment_intent__status="requires_capture",
    ),
    _refused(
        "nothing to capture",
        Order(f"{PI}.capture", "$begun.id", {"amount_to_capture": 0}),
        "parameter_invalid_integer",
        "amount_to_capture",
    ),
    _refused(
        "a word to capture",
        Order(f"{PI}.capture", "$begun.id", {"amount_to_capture": "all"}),
        "parameter_invalid_integer",
        "amount_to_capture",
    ),
)
_FIVE = {"amount_to_capture": 5000}
_CAPTURE = (
    Step(
        "captured",
        Order(f"{PI}.capture", "$begun.id", _FIVE, idempotency_key="capture-$begun.id"),
        {"status": "succeeded", "amount": 6500, "amount_received": 5000, "amount_capturable": 0},
    ),
    Step(
        "the words of the receipt",
        Order("charges.update", "$captured.latest_charge", {"description": "Teapot", "receipt_email": "m@example.com"}),
        {"object": "charge", "description": "Teapot", "receipt_email": "m@example.com", "amount_captured": 5000},
    ),
    Step(
        "captured, asked again",
        Order(f"{PI}.capture", "$begun.id", _FIVE, idempotency_key="capture-$begun.id"),
        {"status": "succeeded", "amount_received": 5000},
        headers={"idempotent-replayed": "true"},
    ),
    Step(
        "the same key for another capture",
        Order(f"{PI}.capture", "$begun.id", {"amount_to_capture": 4000}, idempotency_key="capture-$begun.id"),
        {"type": "idempotency_error"},
        400,
        "IdempotencyError",
    ),
    _wrong_state("a second capture", Order(f"{PI}.capture", "$begun.id"), "succeeded"),
    _wrong_state("a release after the capture", Order(f"{PI}.cancel", "$begun.id"), "succeeded"),
    _wrong_state(
        "a confirm after the capture", Order(f"{PI}.confirm", "$begun.id", _card("pm_card_visa")), "succeeded"
    ),
)
_REFUNDS = (
    _refused(
        "a refund of more than was taken",
        Order("refunds.create", params={"payment_intent": "$begun.id", "amount": 5001}),
        None,
        "amount",
    ),
    Step(
        "a refund in part",
        Order("refunds.create", params={"payment_intent": "$begun.id", "amount": 2000}),
        {"object": "refund", "status": "succeeded", "amount": 2000},
    ),
    Step(
        "a refund of the rest",
        Order("refunds.create", params={"payment_intent": "$begun.id", "reason": "requested_by_customer"}),
        {"amount": 3000, "reason": "requested_by_customer"},
    ),
    _refused(
        "a refund after everything",
        Order("refunds.create", params={"payment_intent": "$begun.id"}),
        "charge_already_refunded",
    ),
    Step(
        "everything at one look",
        Order(f"{PI}.retrieve", "$begun.id", {"expand": ["latest_charge.refunds"]}),
        {
            "latest_charge.amount_captured": 5000,
            "latest_charge.amount_refunded": 5000,
            "latest_charge.refunded": True,
            "latest_charge.refunds.data.0.amount": 3000,
            "latest_charge.refunds.data.1.amount": 2000,
        },
    ),
)
_RELEASE = (
    Step("a second hold", _create("pm_card_mastercard"), {"status": "requires_capture"}),
    _refused("a refund of a hold", Order("refunds.create", params={"payment_intent": "$a second hold.id"}), None, None),
    Step(
        "released",
        Order(f"{PI}.cancel", "$a second hold.id", {"cancellation_reason": "requested_by_customer"}),
        {"status": "canceled", "cancellation_reason": "requested_by_customer", "amount_received": 0},
    ),
    _wrong_state("a capture after the release", Order(f"{PI}.capture", "$a second hold.id"), "canceled"),
    _wrong_state("a second release", Order(f"{PI}.cancel", "$a second hold.id"), "canceled"),
)
_ASKS = "pm_card_authenticationRequired"
_THREE_D_SECURE = (
    Step(
        "the bank asks",
        _create(_ASKS),
        {
            "status": "requires_action",
            "next_action.type": "redirect_to_url",
            "next_action.redirect_to_url.return_url": RETURN_URL,
            "latest_charge": None,
        },
    ),
    _wrong_state("a capture while the bank asks", Order(f"{PI}.capture", "$the bank asks.id"), "requires_action"),
    Happening("the shopper approves", "complete", "$the bank asks.next_action.redirect_to_url.url"),
    Step(
        "approved",
        Order(f"{PI}.retrieve", "$the bank asks.id"),
        {"status": "requires_capture", "amount_capturable": 7000, "next_action": None},
    ),
    Step("the bank asks again", _create(_ASKS), {"status": "requires_action"}),
    Happening("the shopper refuses", "fail", "$the bank asks again.next_action.redirect_to_url.url"),
    Step(
        "refused",
        Order(f"{PI}.retrieve", "$the bank asks again.id"),
        {
            "status": "requires_payment_method",
            "last_payment_error.code": "payment_intent_authentication_failure",
            "payment_method": None,
        },
    ),
)
_SAVED = (
    Step("a customer", Order("customers.create", params={"email": "mara@example.com"}), {"object": "customer"}),
    Step(
        "a saved card",
        Order("payment_methods.attach", _ASKS, {"customer": "$a customer.id"}),
        {"object": "payment_method", "card.last4": "3184"},
    ),
    _declined(
        "the shopper is away",
        Order(
            f"{PI}.create",
            params={
                "amount": 7000,
                "currency": "eur",
                "capture_method": "manual",
                "customer": "$a customer.id",
                "payment_method": "$a saved card.id",
                "off_session": True,
                "confirm": True,
            },
        ),
        "authentication_required",
        "authentication_required",
        payment_method__id=SOMETHING,
    ),
)
_TOKEN = (
    Step(
        "a token",
        Order("test_helpers.confirmation_tokens.create", params={"payment_method": "pm_card_visa"}),
        {"object": "confirmation_token", "payment_method_preview.card.last4": "4242"},
    ),
    Step(
        "a third hold",
        Order(
            f"{PI}.create",
            params={
                "amount": 7000,
                "currency": "eur",
                "capture_method": "manual",
                "confirm": True,
                "confirmation_token": "$a token.id",
                "return_url": RETURN_URL,
            },
        ),
        {"status": "requires_capture"},
    ),
    _refused(
        "a token that was spent",
        _create(None, confirm=True, confirmation_token="$a token.id", return_url=RETURN_URL),
        None,
        "confirmation_token",
    ),
)
_DISPUTE = (
    Step(
        "disputed",
        _create("pm_card_createDispute", capture_method="automatic"),
        {"status": "succeeded", "amount_received": 7000},
    ),
    Step(
        "the dispute",
        Order("disputes.list", params={"payment_intent": "$disputed.id"}),
        {"data.0.object": "dispute", "data.0.amount": 7000, "data.0.reason": "fraudulent", "has_more": False},
    ),
    _refused(
        "a refund while disputed",
        Order("refunds.create", params={"payment_intent": "$disputed.id"}),
        "charge_disputed",
    ),
)
_LISTS = (
    Step(
        "the newest two",
        Order(f"{PI}.list", params={"limit": 2, "expand": ["data.latest_charge"]}),
        {
            "object": "list",
            "has_more": True,
            "data.0.id": "$disputed.id",
            "data.0.latest_charge.disputed": True,
            "data.1.id": "$a third hold.id",
        },
    ),
    Step(
        "the next one",
        Order(f"{PI}.list", params={"limit": 1, "starting_after": "$a third hold.id"}),
        {"data.0.status": "requires_payment_method", "data.0.customer": "$a customer.id", "has_more": True},
    ),
    Step(
        "back again",
        Order(f"{PI}.list", params={"limit": 1, "ending_before": "$the next one.data.0.id"}),
        {"data.0.id": "$a third hold.id", "has_more": True},
    ),
    _refused(
        "a cursor to nowhere",
        Order(f"{PI}.list", params={"starting_after": "pi_no"}),
        "resource_missing",
        "starting_after",
        404,
    ),
    _refused("too long a page", Order(f"{PI}.list", params={"limit": 101}), "parameter_invalid_integer", "limit"),
    Step(
        "what was captured",
        Order("events.list", params={"types": ["charge.captured", "payment_intent.succeeded"], "limit": 3}),
        {
            "data.0.type": "payment_intent.succeeded",
            "data.0.data.object.id": "$disputed.id",
            "data.1.type": "payment_intent.succeeded",
            "data.1.data.object.id": "$begun.id",
            "data.1.request.idempotency_key": "capture-$begun.id",
            "data.2.type": "charge.captured",
            "has_more": False,
        },
    ),
    Step(
        "one event",
        Order("events.retrieve", "$what was captured.data.2.id"),
        {"object": "event", "data.object.amount_captured": 5000},
    ),
)
_LAPSE = (
    Happening("eight days pass", "advance", seconds=8 * DAY),
    Step(
        "lapsed",
        Order(f"{PI}.retrieve", "$approved.id"),
        {"status": "canceled", "cancellation_reason": "expired", "amount_capturable": 0},
    ),
    _wrong_state("a capture after the lapse", Order(f"{PI}.capture", "$approved.id"), "canceled"),
    Step(
        "after a day a key is forgotten",
        Order("refunds.create", params={"payment_intent": "$begun.id"}, idempotency_key="capture-$begun.id"),
        {"code": "charge_already_refunded"},
        400,
        "InvalidRequestError",
    ),
)
LIFE: tuple[Step | Happening, ...] = (
    *_KEYS, *_REQUESTS, *_HOLD, *_CAPTURE, *_REFUNDS, *_RELEASE, *_THREE_D_SECURE, *_SAVED, *_TOKEN, *_DISPUTE, *_LISTS,
    *_LAPSE,
)  # fmt: skip
STEPS = tuple(step for step in LIFE if isinstance(step, Step))
