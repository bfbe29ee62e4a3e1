"""The payment gateway: every call to Stripe that changes something, its answer checked and translated."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from stripe import HTTPClient

from sellerdesk.addresses import Addresses, check_key_fits
from sellerdesk.clock import Clock
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable
from sellerdesk.domain.keys import KeyKind, classify
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.domain.refund import RefundFacts
from sellerdesk.domain.requests import (
    TAG_OPERATION,
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    PassTracking,
)
from sellerdesk.gateway import parameters
from sellerdesk.gateway.calls import Answer, Calls
from sellerdesk.gateway.client import SealedClient, quieten_sdk
from sellerdesk.gateway.lease import leased
from sellerdesk.gateway.permissions import account_facts
from sellerdesk.gateway.reading import OddAnswer, identifier, reference, text
from sellerdesk.gateway.stripe_reader import StripeReader, check_mode, checked, customer_id
from sellerdesk.gateway.translate import payment_facts, refund_facts


class StripeGateway(StripeReader):
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
        super().__init__(Calls(SealedClient(secret_key, addresses, transport), clock, key.livemode))

    def leased(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:
        """For the calls of this thread, whatever carries them out."""
        return leased(is_over)

    def create_customer(self, request: CreateCustomer, key: str) -> str:
        params: Any = parameters.create_customer(request)
        return self._calls.one(
            "customer",
            lambda client: client.v1.customers.create(params, {"idempotency_key": key}),
            customer_id,
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
        intent_id = checked(request.intent_id)
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

    def pass_tracking(self, request: PassTracking, key: str) -> PaymentFacts:
        params: Any = {**parameters.tracking(request), "expand": parameters.EXPAND}
        return self._intent(
            request.intent_id,
            lambda client: client.v1.payment_intents.update(request.intent_id, params, {"idempotency_key": key}),
            writes=True,
        )

    def pass_tracking_on_charge(self, request: PassTracking, key: str) -> None:
        params: Any = parameters.tracking(request)
        charge_id = checked(request.charge_id)

        def read(answer: Answer) -> None:
            check_mode(answer)
            if text(answer.body, "id") != charge_id or reference(answer.body, "payment_intent") != request.intent_id:
                raise OddAnswer("id")

        self._calls.one(
            "charge",
            lambda client: client.v1.charges.update(charge_id, params, {"idempotency_key": key}),
            read,
            intent_id=request.intent_id,
            writes=True,
        )

    def check_key(self) -> AccountFacts:
        return account_facts(self._calls)

    def close(self) -> None:
        """Close the kept connections. The gateway can be used again afterwards."""
        self._calls.close()

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
            check_mode(answer)
            return identifier(answer.body, "pm_")

        return self._calls.one(
            "payment_method",
            lambda client: client.v1.payment_methods.create(params, {"idempotency_key": key}),
            read,
            writes=True,
        )
