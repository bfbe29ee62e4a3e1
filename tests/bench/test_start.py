"""From the start of the process to what a person sees, beside a bare window with a table; nothing heavy before it."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sellerdesk.addresses import Addresses
from sellerdesk.sandbox import Sandbox
from sellerdesk.settings import Settings, places
from sellerdesk.shops import Shops
from tests import builders
from tests.secret_service import SecretService

ROOT = Path(__file__).resolve().parents[2]
ORDERS = 1000
ROUNDS = 3


def seen(*arguments: str) -> tuple[dict[str, Any], float]:
    """What the window told, and when the process was started."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.windows", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return told, began


def test_nothing_heavy_is_loaded_before_the_first_paint(data_dir: Path) -> None:
    told, _ = seen("desk", str(data_dir), "", "paint")
    assert told["first_paint"] is not None
    assert told["heavy"] == []


def connected_shop(sandbox: Sandbox, data_dir: Path) -> None:
    """A profile with its key in the keyring and a thousand held orders."""
    where = places(data_dir)
    shops = Shops(where, Settings.load(where.settings_file), Addresses.at(sandbox.url).api_base)
    shops.connect(sandbox.secret_key, sandbox.publishable_key).close()
    profile = shops.works()
    with profile.works.store.write() as unit:
        for index in range(ORDERS):
            order = builders.held_order(placed_at=builders.NOW + index)
            unit.orders.add(order, order.id, "")
        unit.commit()
    profile.close()


def middle(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


@pytest.mark.bench
@pytest.mark.keyring
def test_start_to_visible_orders(
    data_dir: Path, keyring_session: SecretService, capsys: pytest.CaptureFixture[str]
) -> None:
    def until(moment: str, *arguments: str) -> Callable[[], float]:
        def measure() -> float:
            told, began = seen(*arguments)
            return float(told[moment]) - began

        return measure

    with Sandbox() as sandbox:
        connected_shop(sandbox, data_dir)
        bare = middle(until("told", "bare", str(ORDERS)))
        paint = middle(until("first_paint", "desk", str(data_dir), sandbox.url, "paint"))
        orders = middle(until("told", "desk", str(data_dir), sandbox.url, "rows"))
    with capsys.disabled():
        print(f"\nstart to a bare window with a table of {ORDERS} rows: {bare:.2f} s")
        print(f"start to the desk's first paint: {paint:.2f} s ({paint / bare:.2f} of the bare window)")
        print(f"start to the visible list of {ORDERS} orders: {orders:.2f} s ({orders / bare:.2f} of the bare window)")
