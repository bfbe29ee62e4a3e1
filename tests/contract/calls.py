"""Calls that many contract tests begin with."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox

RETURN_URL = "http://127.0.0.1/back"


def make_client(sandbox: Sandbox, key: str) -> stripe.StripeClient:
    """The official SDK with a key of choice."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(5, 20)),
    )


def create(client: stripe.StripeClient, **more: Any) -> stripe.PaymentIntent:
    wanted: Any = {
        "amount": 7000,
        "currency": "eur",
        "capture_method": "manual",
        "allowed_payment_method_types": ["card"],
        **more,
    }
    params: Any = {name: value for name, value in wanted.items() if value is not None}
    return client.v1.payment_intents.create(params)


def authorize(client: stripe.StripeClient, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
    return create(client, payment_method=card, confirm=True, return_url=RETURN_URL, **more)


def code_of(refusal: pytest.ExceptionInfo[stripe.StripeError]) -> Any:
    return getattr(refusal.value.error, "code", None)


def types_of(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]
