"""One sandbox, one database and one parent of dying processes for all crash tests of a module, on each engine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import pytest

from sellerdesk.sandbox import Sandbox
from sellerdesk.store.journal import _LEASE_SECONDS
from tests import wiring
from tests.crash.child import DIED
from tests.engines import Place
from tests.postgres_server import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("SQLite", "PostgreSQL")
THIRD = datetime.now(UTC).toordinal() % 3
# Longer than a lease, and short enough that a shopper may still wait for the bank after two of them.
LATER = _LEASE_SECONDS + 10


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """Where a process died, and what was the matter just then."""

    gap: str
    when: str

    @property
    def kind(self) -> str:
        """The kind of the operation that was cut short."""
        return self.gap.partition(".")[0]


class Killer:
    """Has work done in processes of their own, tells how each ended, and keeps account of the deaths."""

    def __init__(self, shop: wiring.Plant) -> None:
        self._sandbox = shop.sandbox
        self._installation = shop.store.installation()
        arguments = (shop.sandbox.url, shop.sandbox.secret_key, str(shop.store.place))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.child", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._in = cast("IO[str]", self._process.stdin)
        self._out = cast("IO[str]", self._process.stdout)
        self._ahead = 0
        self.points: set[CrashPoint] = set()
        self.deaths = 0
        self.violations = 0
        # The child lives through an order of its own first; no test may count the stock before that is over.
        assert self._number() == 0

    def run(self, *steps: tuple[Any, ...], seat: str = "Seat 1") -> None:
        """Do ``steps`` to their end. Each run happens after the leases of the one before."""
        self._begin(steps, "nowhere", seat)
        assert self._number() == 0

    def die(self, *steps: tuple[Any, ...], at: str, seat: str = "Seat 1", when: str = "", call_it: str = "") -> None:
        """Do ``steps`` as far as the gap ``at``, and die there. ``when`` tells what else was the matter, ``call_it``
        is the gap's name where it has a better one."""
        self._begin(steps, at, seat)
        assert self._number() == DIED
        self._count(call_it or at, when)

    def kill_held(self, *steps: tuple[Any, ...], at: str, when: str) -> None:
        """Do ``steps`` and kill the process while the sandbox holds its call."""
        pid = self._begin(steps, "nowhere", "Seat 1")
        assert self._sandbox.world.faults.wait_until_holding(timeout=60)
        os.kill(pid, signal.SIGKILL)
        assert self._number() == -signal.SIGKILL
        self._sandbox.world.faults.clear()
        self._count(at, when)

    def close(self) -> None:
        self._in.close()
        self._out.close()
        self._process.wait(30)

    def restart_time(self) -> None:
        self._ahead = 0

    def _count(self, gap: str, when: str) -> None:
        self.points.add(CrashPoint(gap, when))
        self.deaths += 1

    def _begin(self, steps: tuple[tuple[Any, ...], ...], gap: str, seat: str) -> int:
        self._ahead += LATER
        job = {
            "installation": self._installation,
            "seat": seat,
            "gap": gap,
            "steps": steps,
            "ahead": self._ahead,
        }
        self._in.write(json.dumps(job) + "\n")
        self._in.flush()
        return self._number()

    def _number(self) -> int:
        return int(self._out.readline())


@pytest.fixture(scope="module")
def module_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a third of the crash points on PostgreSQL, another one each day; all of them before a release."""
    if config.getoption("--release"):
        return
    dropped = set()
    shared = [item for item in items if item.path.parent == Path(__file__).parent and "PostgreSQL" in item.name]
    for number, item in enumerate(shared):
        if number % 3 != THIRD and "every_crash_point" not in item.name:
            dropped.add(item)
    if dropped:
        items[:] = [item for item in items if item not in dropped]
        config.hook.pytest_deselected(items=list(dropped))


@pytest.fixture(scope="module")
def crash_place(request: pytest.FixtureRequest, engine: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    if engine == "SQLite":
        return tmp_path_factory.mktemp("crash") / "shop.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture(scope="module")
def shop(module_sandbox: Sandbox, crash_place: Place) -> Iterator[wiring.Plant]:
    """The program that stays alive: it prepares each scene and judges the end. All tests share its database."""
    # A new database would take over what was ordered on the other engine, one by one.
    module_sandbox.world.reset()
    module_sandbox.world.clock.reset()
    with wiring.plant(module_sandbox, crash_place) as plant:
        with plant.store.write() as unit:
            plenty = [replace(product, on_hand=100_000) for product in wiring.PRODUCTS]
            unit.catalogue.replace(plenty, wiring.RATES)
            unit.commit()
        yield plant


@pytest.fixture(scope="module")
def module_killer(shop: wiring.Plant) -> Iterator[Killer]:
    if not hasattr(os, "fork"):
        pytest.skip("dying cheaply needs fork")
    killer = Killer(shop)
    yield killer
    killer.close()


@pytest.fixture
def killer(module_killer: Killer, shop: wiring.Plant, request: pytest.FixtureRequest) -> Iterator[Killer]:
    module_killer.restart_time()
    failed = request.session.testsfailed
    yield module_killer
    module_killer.violations += request.session.testsfailed - failed
    world = shop.sandbox.world
    world.refuse_shipping_after_authorization = False
    # A fault that never struck is a test that proved nothing.
    assert world.faults.waiting() == []
