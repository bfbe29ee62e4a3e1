"""One sandbox and one parent of dying processes for all crash tests of a module."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

import pytest

from sellerdesk.sandbox import Sandbox
from sellerdesk.store.journal import _LEASE_SECONDS
from tests import wiring

ROOT = Path(__file__).resolve().parents[2]
# Longer than a lease, and short enough that a shopper may still wait for the bank after two of them.
LATER = _LEASE_SECONDS + 10


class Killer:
    """Has work done in processes of their own, and tells how each ended."""

    def __init__(self, shop: wiring.Plant) -> None:
        self._sandbox = shop.sandbox
        self._installation = shop.store.installation()
        arguments = (shop.sandbox.url, shop.sandbox.secret_key, str(shop.path))
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
        # The child lives through an order of its own first; no test may count the stock before that is over.
        assert self._number() == 0

    def run(self, *steps: tuple[Any, ...], gap: str = "", seat: str = "Seat 1") -> int:
        """Do ``steps``, dying at ``gap``; the exit status. Each run happens after the leases of the one before."""
        self._begin(steps, gap, seat)
        return self._number()

    def run_until_held(self, *steps: tuple[Any, ...]) -> int:
        """Do ``steps`` and kill the process while the sandbox holds its call; the exit status."""
        pid = self._begin(steps, "", "Seat 1")
        assert self._sandbox.world.faults.wait_until_holding(timeout=60)
        os.kill(pid, signal.SIGKILL)
        status = self._number()
        self._sandbox.world.faults.clear()
        return status

    def close(self) -> None:
        self._in.close()
        self._out.close()
        self._process.wait(30)

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

    def restart_time(self) -> None:
        self._ahead = 0


@pytest.fixture(scope="module")
def module_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def shop(module_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[wiring.Plant]:
    """The program that stays alive: it prepares each scene and judges the end. All tests share its database."""
    path = wiring.make_database(tmp_path_factory.mktemp("crash") / "shop.db")
    with wiring.plant(module_sandbox, path) as plant:
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
def killer(module_killer: Killer, shop: wiring.Plant) -> Iterator[Killer]:
    module_killer.restart_time()
    yield module_killer
    world = shop.sandbox.world
    world.refuse_shipping_after_authorization = False
    # A fault that never struck is a test that proved nothing.
    assert world.faults.waiting() == []
