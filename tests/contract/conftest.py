"""A running sandbox and the official SDK pointed at it."""

from collections.abc import Iterator

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import make_client


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A fresh sandbox on a free port."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The official SDK, without telemetry and without retries."""
    return make_client(sandbox, sandbox.secret_key)
