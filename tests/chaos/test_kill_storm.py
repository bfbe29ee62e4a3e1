"""Kill storm: four seats and a checkout server work on one database while a quarter of Stripe's answers go wrong, and
are killed at any moment, over and over. Then one of them comes back and clears up, and money has moved exactly once.

Who does what, and which answers go wrong, comes from a seed; when a process dies does not, and which one wins neither.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from typing import IO, cast

import pytest

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.faults import Fault, Faults, Planned
from tests import wiring
from tests.chaos.storm_child import QuickClock
from tests.chaos.storm_judge import Verdict, judge
from tests.engines import Place, engine_of
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parents[2]
SEATS = ("Seat 1", "Seat 2", "Seat 3", "Seat 4", "Server")
FAULTY = 0.25
FAULTS = tuple(fault for fault in Fault if fault not in (Fault.SLOW, Fault.SLOW_AFTER))
CALLS_TO_LIVE = 9
"""About so many calls of all processes together reach Stripe between two deaths: a slow machine has as good a storm."""
LONGEST_SECONDS = 0.5
PACE = 60
ORDERS_AT_FIRST = 8
PASSES = 60
BETWEEN_PASSES = 400


class Weather(Faults):
    """Lets a quarter of all calls go wrong while it is rough, and counts the calls that arrive."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.is_rough = False
        self.calls = 0
        self._rng = random.Random(seed)
        self._arrival = Condition()

    def take(self, kind: str, *, writes: bool = False) -> Planned | None:
        with self._arrival:
            self.calls += 1
            self._arrival.notify_all()
            if not self.is_rough or self._rng.random() >= FAULTY:
                return super().take(kind, writes=writes)
            fault = self._rng.choice(FAULTS)
            # The id of something new is for Stripe to choose: nobody can tell that it is another one's.
            if fault is Fault.ODD_200_OTHER_ID and kind.startswith("create_"):
                fault = Fault.ODD_200_NULL
            return Planned(kind, fault)

    def wait_for_calls(self, more: int, seconds: float) -> None:
        """Until ``more`` calls have arrived, but not longer than ``seconds``."""
        with self._arrival:
            wanted = self.calls + more
            self._arrival.wait_for(lambda: self.calls >= wanted, seconds)


@dataclass(frozen=True, slots=True)
class Storm:
    """A shop on a database with a sandbox that follows a quick clock."""

    sandbox: Sandbox
    weather: Weather
    clock: QuickClock
    place: Place
    folder: Path

    def blow(self, seconds: float, seed: int) -> int:
        """Let it storm; how many processes were killed in the midst of their work."""
        rng = random.Random(seed)
        clock = wiring.MovedClock(int(self.clock.seconds() - time.time()))
        with wiring.plant(self.sandbox, self.place, clock=clock) as plant:
            with plant.store.write() as unit:
                unit.catalogue.replace([replace(each, on_hand=100_000) for each in wiring.PRODUCTS], wiring.RATES)
                unit.commit()
            for _ in range(ORDERS_AT_FIRST):
                plant.place_and_pay()
            installation = plant.store.installation()
        arguments = (self.sandbox.url, self.sandbox.secret_key, str(self.place), str(self.folder))
        time_of_all = (str(self.clock.began), str(self.clock.base), str(PACE))
        parent = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.storm_child", *arguments, *time_of_all],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        to_parent, from_parent = cast("IO[str]", parent.stdin), cast("IO[str]", parent.stdout)
        with parent, to_parent, from_parent:
            assert from_parent.readline() == "0\n"

            def start(seat: str) -> int:
                job = {"seat": seat, "seed": rng.getrandbits(32), "installation": installation}
                to_parent.write(json.dumps(job) + "\n")
                to_parent.flush()
                return int(from_parent.readline())

            living = {seat: start(seat) for seat in SEATS}
            self.weather.is_rough = True
            deaths = 0
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                self.weather.wait_for_calls(rng.randint(1, 2 * CALLS_TO_LIVE), LONGEST_SECONDS)
                seat = rng.choice(SEATS)
                with suppress(ProcessLookupError):
                    os.kill(living[seat], signal.SIGKILL)
                    deaths += 1
                living[seat] = start(seat)
            self.weather.is_rough = False
        assert parent.returncode == 0
        return deaths

    def clear_up(self) -> Verdict:
        """Days are good again: one program comes back, resolves what is open, hears what is new, and is judged."""
        behind = int(self.clock.seconds() - time.time()) + 1
        clock = wiring.MovedClock(behind)
        with wiring.plant(self.sandbox, self.place, clock=clock, seat="Seat 5") as plant:
            for _ in range(PASSES):
                clock.advance(BETWEEN_PASSES)
                self.sandbox.world.clock.advance(BETWEEN_PASSES)
                if not plant.works.resolve.run_due().waiting:
                    break
            plant.works.desk.sync.poll()
            return judge(plant, self.told())

    def told(self) -> list[tuple[str, str]]:
        """What the processes reported. A line that a death cut short was told to nobody."""
        lines = [line for file in self.folder.iterdir() for line in file.read_text().splitlines(keepends=True)]
        return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def storm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storm]:
    if not hasattr(os, "fork"):
        pytest.skip("dying cheaply needs fork")
    place: Place = tmp_path / "shop.db"
    if request.param == "PostgreSQL":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        place = server.new_database()
    clock = QuickClock(time.monotonic(), time.time(), PACE)
    world = World(Clock(clock.seconds))
    world.faults = weather = Weather(seed=5)
    folder = tmp_path / "reports"
    folder.mkdir()
    with Sandbox(world) as sandbox:
        yield Storm(sandbox, weather, clock, place, folder)


def test_processes_killed_at_any_moment_leave_every_order_as_stripe_has_it(
    storm: Storm, release: bool, proof: Callable[[str], None]
) -> None:
    seconds = 150.0 if release else 7.5
    seed = int(time.time())
    deaths = storm.blow(seconds, seed)
    verdict = storm.clear_up()
    proof(
        f"kill storm on {engine_of(storm.place)}: {seconds:g} s, {deaths} kills, {storm.weather.calls} calls, "
        f"{verdict.orders} orders, {verdict.operations} operations, {verdict.attempts} attempts, {verdict.reviews} "
        f"left to a person, {len(verdict.violations)} violations (seed {seed})"
    )
    assert verdict.violations == []
    assert deaths
    assert verdict.operations
