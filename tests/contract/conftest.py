"""A running sandbox and the official SDK pointed at it."""

from collections.abc import Iterator

import pytest
import stripe

from sellerdesk.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A fresh sandbox on a free port."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The official SDK, without telemetry and without retries."""
    return make_client(sandbox, sandbox.secret_key)


def make_client(sandbox: Sandbox, key: str) -> stripe.StripeClient:
    """The official SDK with a key of choice."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(5, 20)),
    )
