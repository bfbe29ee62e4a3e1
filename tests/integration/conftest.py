"""A shop against a sandbox: one sandbox a module, emptied for each test, and a database of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk.sandbox import Sandbox
from sellerdesk.store.database import SqlStore
from tests import wiring
from tests.engines import Place, open_place
from tests.postgres_server import PostgresServer


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


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    open_place(path).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, empty_template: Path, tmp_path: Path) -> Iterator[Place]:
    """A database with nothing in it yet: a file of SQLite's, then one of PostgreSQL's."""
    if request.param == "sqlite":
        yield wiring.copy_database(empty_template, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    yield server.lend()
    server.clean()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where nothing is yet, for each of the two."""
    if request.param == "sqlite":
        return tmp_path / "desk.sqlite"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.empty_database()


@pytest.fixture
def store(place: Place) -> Iterator[SqlStore]:
    opened = open_place(place)
    yield opened
    opened.close()
