"""Calls that many contract tests begin with."""

from typing import Any

import pytest
import requests
import stripe

from sellerdesk.sandbox import Sandbox

RETURN_URL = "http://127.0.0.1/back"


class LiveClient(stripe.StripeClient):
    """The official SDK pointed at Stripe itself, where a test account has a history."""

    def __init__(self, key: str) -> None:
        stripe.enable_telemetry = False
        # Stripe allows a test account 25 calls a second (https://docs.stripe.com/rate-limits).
        super().__init__(key, max_network_retries=4, http_client=stripe.RequestsClient(timeout=(10, 60)))


def alone(client: stripe.StripeClient) -> None:
    """Go on only where nothing else has happened in the account. Events and lists come late and mixed elsewhere."""
    if isinstance(client, LiveClient):
        pytest.skip("looks at the whole account: a test account has a history")


def made_nothing(client: stripe.StripeClient) -> bool:
    """Whether no intent was made; a test account with a history cannot tell."""
    return isinstance(client, LiveClient) or not client.v1.payment_intents.list().data


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
    alone(client)
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]


def call(sandbox: Sandbox, method: str, path: str, key: str | None = None, **more: Any) -> requests.Response:
    """One plain request with a key."""
    headers = {"Authorization": f"Bearer {key or sandbox.secret_key}", **more.pop("headers", {})}
    return requests.request(method, sandbox.url + path, headers=headers, timeout=20, **more)


def control(sandbox: Sandbox, method: str, path: str, body: Any = None, token: str | None = None) -> requests.Response:
    """One request to the control plane."""
    headers = {"X-Sandbox-Token": sandbox.control_token if token is None else token}
    return requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, headers=headers, timeout=20)
