"""A running sandbox and the official SDK pointed at it."""

import time
from collections.abc import Iterator

import pytest
import stripe

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.clock import Clock
from sellerdesk.serving import AsgiServer
from tests.contract.calls import make_client
from tests.contract.pages import host_app


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    """One sandbox on a free port for all tests of a file: starting a server costs more than most of them."""
    started = time.time()
    with Sandbox(World(Clock(lambda: started))) as running:
        yield running


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    """A sandbox in which nothing has happened. Its clock stands still until a test moves it."""
    served.world.reset()
    served.world.clock.reset()
    return served


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The official SDK, without telemetry and without retries."""
    return make_client(sandbox, sandbox.secret_key)


@pytest.fixture
def host(sandbox: Sandbox) -> Iterator[AsgiServer]:
    """A shop's pages on a port of their own, with a strict content security policy."""
    with AsgiServer(host_app(sandbox)) as server:
        yield server
