"""A shop against a sandbox: one sandbox a module, emptied for each test, and a database of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk.sandbox import Sandbox
from tests import wiring


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wiring.make_database(tmp_path_factory.mktemp("template") / "shop.db")


@pytest.fixture(scope="module")
def module_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def stripe_sandbox(module_sandbox: Sandbox) -> Iterator[Sandbox]:
    module_sandbox.world.reset()
    module_sandbox.world.clock.reset()
    module_sandbox.world.refuse_shipping_after_authorization = False
    yield module_sandbox
    # A fault that never struck is a test that proved nothing.
    assert module_sandbox.world.faults.waiting() == []


@pytest.fixture
def database(database_template: Path, tmp_path: Path) -> Path:
    return wiring.copy_database(database_template, tmp_path)


@pytest.fixture
def shop(stripe_sandbox: Sandbox, database: Path) -> Iterator[wiring.Plant]:
    with wiring.plant(stripe_sandbox, database) as plant:
        yield plant
