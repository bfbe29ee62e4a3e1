"""A running sandbox and the official SDK pointed at it; or, with ``-m live``, at a Stripe test account."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.clock import Clock
from sellerdesk.serving import AsgiServer
from tests.contract.calls import LiveClient, make_client
from tests.contract.pages import host_app


def _is_live(config: pytest.Config) -> bool:
    return str(config.getoption("markexpr")) == "live"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``-m live`` every test of the SDK here is meant; what steers the sandbox cannot be done to an account."""
    if not _is_live(config):
        return
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "client" not in fixtures or not item.path.is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.live)
        if "sandbox" in fixtures:
            item.add_marker(pytest.mark.skip(reason="steers the sandbox: an account's clock and bank obey nobody"))


@pytest.fixture(autouse=True)
def _nobodys_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK here is anybody's: a gateway of ours that was opened in this process has signed it with our name, by
    which our own requests are known."""
    monkeypatch.setattr(stripe, "app_info", None)


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
def client(request: pytest.FixtureRequest) -> stripe.StripeClient:
    """The official SDK, without telemetry and without retries."""
    if _is_live(request.config):
        return LiveClient(os.environ["STRIPE_SECRET_KEY"])
    sandbox: Sandbox = request.getfixturevalue("sandbox")
    return make_client(sandbox, sandbox.secret_key)


@pytest.fixture
def host(sandbox: Sandbox) -> Iterator[AsgiServer]:
    """A shop's pages on a port of their own, with a strict content security policy."""
    with AsgiServer(host_app(sandbox)) as server:
        yield server
