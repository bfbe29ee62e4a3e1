"""The payment gateway: every call to Stripe that the use cases need, its answer checked and translated."""

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from stripe import HTTPClient, StripeClient

from sellerdesk.addresses import Addresses, check_key_fits
from sellerdesk.clock import Clock
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.adoption import FoundPayment
from sellerdesk.domain.errors import KeyNotUsable, OurBug
from sellerdesk.domain.keys import KeyKind, classify
from sellerdesk.domain.payment import CardAttempt, EventHint, PaymentFacts, PaymentStatus
from sellerdesk.domain.refund import RefundFacts
from sellerdesk.domain.requests import (
    TAG_OPERATION,
    TAG_PAYMENT,
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    LineItem,
    PassTracking,
)
from sellerdesk.gateway import parameters
from sellerdesk.gateway.calls import Answer, Calls, Send
from sellerdesk.gateway.client import SealedClient, quieten_sdk
from sellerdesk.gateway.events import WANTED, event_hint
from sellerdesk.gateway.found import EXPAND, first_lines, found_payment, line_item
from sellerdesk.gateway.lease import leased
from sellerdesk.gateway.permissions import account_facts
from sellerdesk.gateway.reading import OddAnswer, flag, identifier, of_kind, part, reference, text
from sellerdesk.gateway.translate import card_attempt, payment_facts, refund_facts

_log = logging.getLogger(__name__)
_ID = re.compile(r"(?:pi|ch|py|cus)_[A-Za-z0-9_]+")


class StripeGateway:
    """Stripe under one secret or restricted key.

    Implements ``services.ports.PaymentGateway``. Statuses, codes and decline codes pass through as Stripe spells
    them. The key shows neither in ``repr`` and ``vars`` nor in any error. Raises KeyNotUsable for a key of another
    kind, and for a live key together with an address that is not Stripe's. ``transport`` carries the calls there.
    """

    def __init__(
        self, secret_key: str, addresses: Addresses, clock: Clock, *, transport: HTTPClient | None = None
    ) -> None:
        key = classify(secret_key)
        if key.kind not in (KeyKind.SECRET, KeyKind.RESTRICTED) or key.livemode is None:
            raise KeyNotUsable("This is neither a secret nor a restricted key of Stripe's.")
        check_key_fits(key, addresses)
        quieten_sdk()
        self._calls = Calls(SealedClient(secret_key, addresses, transport), clock, key.livemode)

    def leased(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:
        """For the calls of this thread, whatever carries them out."""
        return leased(is_over)

    def create_customer(self, request: CreateCustomer, key: str) -> str:
        params: Any = parameters.create_customer(request)
        return self._calls.one(
            "customer",
            lambda client: client.v1.customers.create(params, {"idempotency_key": key}),
            self._customer_id,
            writes=True,
        )

    def create_intent(self, request: CreateIntent, key: str) -> PaymentFacts:
        params: Any = parameters.create_intent(request)

        return self._new_intent(request, params, key, holds=True)

    def charge_saved_card(self, request: ChargeSavedCard, key: str) -> PaymentFacts:
        params: Any = parameters.charge_saved_card(request)
        return self._new_intent(request, params, key, holds=request.holds)

    def confirm(self, request: Confirm, key: str) -> PaymentFacts:
        if request.token.startswith("tok_"):
            request = replace(request, token=self._method_of(request.token, f"{key}-method"))
        params: Any = parameters.confirm(request)
        return self._intent(
            request.intent_id,
            lambda client: client.v1.payment_intents.confirm(request.intent_id, params, {"idempotency_key": key}),
            writes=True,
        )

    def capture(self, request: Capture, key: str) -> PaymentFacts:
        params: Any = parameters.capture(request)
        return self._intent(
            request.intent_id,
            lambda client: client.v1.payment_intents.capture(request.intent_id, params, {"idempotency_key": key}),
            writes=True,
            captured=request.amount,
        )

    def cancel(self, request: Cancel, key: str) -> PaymentFacts:
        params: Any = parameters.cancel(request)
        return self._intent(
            request.intent_id,
            lambda client: client.v1.payment_intents.cancel(request.intent_id, params, {"idempotency_key": key}),
            writes=True,
        )

    def create_refund(self, request: CreateRefund, key: str) -> RefundFacts:
        params: Any = parameters.create_refund(request)
        intent_id = _checked(request.intent_id)
        operation_id = dict(request.metadata).get(TAG_OPERATION, "")

        def read(answer: Answer) -> RefundFacts:
            facts = refund_facts(answer.body, intent_id, answer.seen.request_id)
            if (facts.amount, facts.currency) != (request.amount, request.currency):
                raise OddAnswer("amount")
            if facts.operation_id != operation_id:
                raise OddAnswer("metadata")
            return facts

        return self._calls.one(
            "refund",
            lambda client: client.v1.refunds.create(params, {"idempotency_key": key}),
            read,
            intent_id=intent_id,
            writes=True,
        )

    def refunds(self, intent_id: str) -> tuple[RefundFacts, ...]:
        """https://docs.stripe.com/api/refunds/list"""
        intent = _checked(intent_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "payment_intent": intent}
            return client.v1.refunds.list(wanted)

        def read(answer: Answer) -> RefundFacts:
            return refund_facts(answer.body, intent, answer.seen.request_id)

        newest_first = {each.refund_id: each for each in self._calls.pages(send, read)}
        return tuple(reversed(newest_first.values()))

    def pass_tracking(self, request: PassTracking, key: str) -> PaymentFacts:
        params: Any = {**parameters.tracking(request), "expand": parameters.EXPAND}
        return self._intent(
            request.intent_id,
            lambda client: client.v1.payment_intents.update(request.intent_id, params, {"idempotency_key": key}),
            writes=True,
        )

    def pass_tracking_on_charge(self, request: PassTracking, key: str) -> None:
        params: Any = parameters.tracking(request)
        charge_id = _checked(request.charge_id)

        def read(answer: Answer) -> None:
            self._check_mode(answer)
            if text(answer.body, "id") != charge_id or reference(answer.body, "payment_intent") != request.intent_id:
                raise OddAnswer("id")

        self._calls.one(
            "charge",
            lambda client: client.v1.charges.update(charge_id, params, {"idempotency_key": key}),
            read,
            intent_id=request.intent_id,
            writes=True,
        )

    def retrieve(self, intent_id: str) -> PaymentFacts:
        params: Any = {"expand": parameters.EXPAND}
        return self._intent(intent_id, lambda client: client.v1.payment_intents.retrieve(intent_id, params))

    def found(self, intent_id: str) -> FoundPayment:
        """https://docs.stripe.com/api/payment_intents/retrieve"""
        wanted = _checked(intent_id)
        params: Any = {"expand": EXPAND}

        def read(answer: Answer) -> tuple[FoundPayment, bool]:
            facts = payment_facts(answer.body, answer.seen)
            if facts.intent_id != wanted:
                raise OddAnswer("id")
            lines, more = first_lines(answer.body)
            return found_payment(answer.body, facts, lines), more

        found, more = self._calls.one(
            "payment_intent", lambda client: client.v1.payment_intents.retrieve(wanted, params), read, intent_id=wanted
        )
        return replace(found, lines=self._all_lines(wanted)) if more else found

    def _all_lines(self, intent_id: str) -> tuple[LineItem, ...]:
        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = params
            return client.v1.payment_intents.amount_details_line_items.list(intent_id, wanted)

        return tuple(self._calls.pages(send, lambda answer: line_item(answer.body)))

    def holds_since(self, created_from: int) -> tuple[str, ...]:
        """https://docs.stripe.com/api/payment_intents/list

        Asked for plainly, as events are: of each one a few words are read, and the SDK would make objects of it all.
        """

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            return client.raw_request("get", "/v1/payment_intents", **params, created={"gte": created_from})

        def read(answer: Answer) -> str:
            of_kind(answer.body, "payment_intent")
            self._check_mode(answer)
            ours = text(part(answer.body, "metadata"), TAG_PAYMENT)
            return identifier(answer.body, "pi_") if ours or text(answer.body, "capture_method") == "manual" else ""

        newest_first = dict.fromkeys(intent_id for intent_id in self._calls.pages(send, read) if intent_id)
        return tuple(reversed(newest_first))

    def refunded_since(self, created_from: int) -> tuple[str, ...]:
        """https://docs.stripe.com/api/refunds/list"""

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "created": {"gte": created_from}}
            return client.v1.refunds.list(wanted)

        def read(answer: Answer) -> str:
            of_kind(answer.body, "refund")
            return reference(answer.body, "payment_intent")

        newest_first = dict.fromkeys(intent_id for intent_id in self._calls.pages(send, read) if intent_id)
        return tuple(reversed(newest_first))

    def card_attempts(self, intent_id: str) -> tuple[CardAttempt, ...]:
        """https://docs.stripe.com/api/charges/list"""
        intent = _checked(intent_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "payment_intent": intent}
            return client.v1.charges.list(wanted)

        def read(answer: Answer) -> CardAttempt:
            return card_attempt(answer.body, intent, answer.seen.livemode)

        return tuple(self._calls.pages(send, read))

    def find_intent(self, operation_id: str, payment_id: str, customer_id: str) -> PaymentFacts | None:
        """The list is strongly consistent; search is not: https://docs.stripe.com/search#data-freshness"""
        customer = _checked(customer_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "customer": customer, "expand": ["data.latest_charge"]}
            return client.v1.payment_intents.list(wanted)

        def read(answer: Answer) -> PaymentFacts | None:
            tags = part(answer.body, "metadata")
            ours = text(tags, TAG_OPERATION) == operation_id or (payment_id and text(tags, TAG_PAYMENT) == payment_id)
            return payment_facts(answer.body, answer.seen) if ours else None

        return next((facts for facts in self._calls.pages(send, read) if facts is not None), None)

    def find_customer(self, operation_id: str, email: str, created_from: int) -> str | None:
        """https://docs.stripe.com/api/customers/list: by the e-mail exactly as it was given, else by time."""

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, **({"email": email} if email else {"created": {"gte": created_from}})}
            return client.v1.customers.list(wanted)

        def read(answer: Answer) -> str | None:
            of_kind(answer.body, "customer")
            tagged = text(part(answer.body, "metadata"), TAG_OPERATION) == operation_id
            return self._customer_id(answer) if tagged else None

        return next((found for found in self._calls.pages(send, read) if found is not None), None)

    def events(self, created_from: int) -> tuple[EventHint, ...]:
        """Stripe keeps events for 30 days: https://docs.stripe.com/api/events/list

        An event that makes no sense is passed over: it would come again with each question, and hold up all the others
        for as long. What it was about is noticed when all is compared.
        """

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            return client.raw_request("get", "/v1/events", **params, types=list(WANTED), created={"gte": created_from})

        def read(answer: Answer) -> EventHint | None:
            try:
                of_our_mode, hint = flag(answer.body, "livemode") is answer.seen.livemode, event_hint(answer.body)
            except OddAnswer as odd:
                _log.warning("an event makes no sense and is passed over: %s", odd)
                return None
            if not of_our_mode:
                raise OddAnswer("livemode")
            return hint

        # While paging, a new event may push one over to the next page: the dictionary keeps one of each.
        newest_first = {hint.id: hint for hint in self._calls.pages(send, read) if hint and hint.intent_id}
        return tuple(reversed(newest_first.values()))

    def check_key(self) -> AccountFacts:
        return account_facts(self._calls)

    def close(self) -> None:
        """Close the kept connections. The gateway can be used again afterwards."""
        self._calls.close()

    def _intent(self, intent_id: str, send: Send, *, writes: bool = False, captured: int | None = None) -> PaymentFacts:
        """One call about an intent; ``captured`` is what must have been taken by it."""
        wanted = _checked(intent_id)

        def read(answer: Answer) -> PaymentFacts:
            facts = payment_facts(answer.body, answer.seen)
            if facts.intent_id != wanted:
                raise OddAnswer("id")
            if captured is not None and (facts.status, facts.amount_received) != (PaymentStatus.SUCCEEDED, captured):
                raise OddAnswer("amount_received")
            return facts

        return self._calls.one("payment_intent", send, read, intent_id=wanted, writes=writes)

    def _new_intent(
        self, request: CreateIntent | ChargeSavedCard, params: Any, key: str, *, holds: bool
    ) -> PaymentFacts:
        """A new intent, which must be the one asked for; ``holds`` tells whether it is captured by another call."""

        def read(answer: Answer) -> PaymentFacts:
            facts = payment_facts(answer.body, answer.seen)
            if (text(answer.body, "capture_method") == "manual") is not holds:
                raise OddAnswer("capture_method")
            if (facts.amount, facts.currency) != (request.amount, request.currency):
                raise OddAnswer("amount")
            if facts.customer_id != request.customer_id:
                raise OddAnswer("customer")
            return facts

        return self._calls.one(
            "payment_intent",
            lambda client: client.v1.payment_intents.create(params, {"idempotency_key": key}),
            read,
            writes=True,
        )

    def _method_of(self, token: str, key: str) -> str:
        """The payment method made of a card token. It holds no money, and the key makes a second try give the same."""
        params: Any = parameters.payment_method(token)

        def read(answer: Answer) -> str:
            self._check_mode(answer)
            return identifier(answer.body, "pm_")

        return self._calls.one(
            "payment_method",
            lambda client: client.v1.payment_methods.create(params, {"idempotency_key": key}),
            read,
            writes=True,
        )

    def _customer_id(self, answer: Answer) -> str:
        self._check_mode(answer)
        return identifier(answer.body, "cus_")

    def _check_mode(self, answer: Answer) -> None:
        if flag(answer.body, "livemode") is not answer.seen.livemode:
            raise OddAnswer("livemode")


def _checked(stripe_id: str) -> str:
    """An empty or strange id would turn a call about one object into a call about all."""
    if not _ID.fullmatch(stripe_id):
        raise OurBug("A call to Stripe was about to be made without a proper id.")
    return stripe_id
