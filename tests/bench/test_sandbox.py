"""The sandbox beside localstripe, with the same raw client in the same run; and how it bears a hundred thousand."""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sellerdesk.sandbox import Sandbox, World
from tests.contract.acting import APPROVED, create
from tests.contract.calls import RETURN_URL, authorize, make_client
from tests.contract.inside import Client
from tests.openapi.watch import Watch

ROOT = Path(__file__).resolve().parents[2]
CYCLES = 50
ROUNDS = 2
CALLS_A_CYCLE = 3
FEW, MANY = 1_000, 100_000
OURS = ("-c", "from sellerdesk.sandbox import serve; raise SystemExit(serve(0))")
THEIRS = ("-m", "tests.bench.localstripe_server")
CARD = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "40"}


@dataclass
class Raw:
    """One connection that stays open, and nothing between the bytes and the clock."""

    connection: HTTPConnection

    def call(self, path: str, fields: dict[str, Any] | None = None) -> Any:
        """One call; ``fields`` make it a POST."""
        method, body = ("GET", None) if fields is None else ("POST", urlencode(fields))
        headers = {"Authorization": "Bearer sk_test_1234567890", "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        return json.loads(said)


@contextmanager
def running(*command: str) -> Iterator[tuple[Raw, float]]:
    """A server in a process of its own, a connection to it, and the seconds from its start to its first answer."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            connection = HTTPConnection(
                "127.0.0.1", int(server.stdout.readline().strip().rpartition(":")[2]), timeout=60
            )
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw = Raw(connection)
            raw.call("/v1/customers")
            yield raw, time.perf_counter() - began
            connection.close()
        finally:
            server.kill()


def seconds_a_call(raw: Raw, begin: dict[str, Any], confirm: dict[str, Any]) -> float:
    """Create, confirm and capture, again and again."""
    began = time.perf_counter()
    for _ in range(CYCLES):
        intent = raw.call("/v1/payment_intents", begin)["id"]
        raw.call(f"/v1/payment_intents/{intent}/confirm", confirm)
        assert raw.call(f"/v1/payment_intents/{intent}/capture", {})["status"] == "succeeded"
    return (time.perf_counter() - began) / CYCLES / CALLS_A_CYCLE


@pytest.mark.bench
def test_beside_localstripe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hold = {"amount": 7000, "currency": "eur", "capture_method": "manual"}
    taken: dict[str, list[float]] = {"ours": [], "theirs": [], "without file": []}
    started: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        with running(*OURS) as (raw, start):
            started["ours"].append(start)
            begin = hold | {"payment_method": APPROVED, "allowed_payment_method_types[0]": "card"}
            taken["ours"].append(seconds_a_call(raw, begin, {"return_url": RETURN_URL}))
        for name, folder in (("theirs", (str(tmp_path),)), ("without file", ())):
            with running(*THEIRS, *folder) as (raw, start):
                started["theirs"].append(start)
                card = raw.call("/v1/payment_methods", CARD | {"card[cvc]": "123"})["id"]
                taken[name].append(seconds_a_call(raw, hold | {"payment_method": card}, {}))
    calls = {name: min(times) for name, times in taken.items()}
    first = {name: statistics.median(times) for name, times in started.items()}
    with capsys.disabled():
        print()
        for name, title in (("ours", "sandbox"), ("theirs", "localstripe"), ("without file", "localstripe, no file")):
            cycles = 1 / calls[name] / CALLS_A_CYCLE
            ratio = calls[name] / calls["ours"]
            print(f"{title}: {cycles:.0f} holds and captures a second, {calls[name] * 1e3:.2f} ms a call ({ratio:.1f})")
        print(f"start to the first answer: {first['ours']:.2f} s, localstripe {first['theirs']:.2f} s")


def filled(count: int) -> Client:
    """An account with so many held orders."""
    world = World()
    client = Client(world)
    made = create(client, payment_method=APPROVED, confirm=True, return_url=RETURN_URL).body
    intent, charge = world.store.intents[made["id"]], world.store.charges[made["latest_charge"]]
    for _ in range(count - 1):
        intent, charge = copy(intent), copy(charge)
        intent.id, charge.id = world.ids.new("pi"), world.ids.new("ch")
        intent.charge, charge.intent = charge.id, intent.id
        world.store.intents[intent.id] = intent
        world.store.charges[charge.id] = charge
    return client


def quickest(act: Callable[[], object]) -> float:
    """Seconds of this process, the best of some tries."""
    times = []
    for _ in range(7):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.bench
def test_lists_of_a_hundred_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    lists: dict[str, dict[str, Any]] = {
        "payment_intents": {"limit": 100},
        "payment_intents with charges": {"limit": 100, "expand": ["data.latest_charge"]},
        "payment_intents of an hour": {"limit": 100, "created": {"gte": int(time.time()) - 3600}},
        "payment_intents of nobody": {"limit": 100, "customer": "cus_none"},
        "payment_intents after the middle": {"limit": 100},
        "charges": {"limit": 100},
        "charges of one payment_intent": {"limit": 100},
    }
    taken: dict[str, list[float]] = {name: [] for name in lists}
    for count in (FEW, MANY):
        client = filled(count)
        intents = list(client.world.store.intents)
        lists["payment_intents after the middle"]["starting_after"] = intents[count // 2]
        lists["charges of one payment_intent"]["payment_intent"] = intents[count // 2]
        for name, params in lists.items():
            taken[name].append(quickest(partial(client.get, name.split()[0], **params)))
    with capsys.disabled():
        print()
        for name, (few, many) in taken.items():
            print(f"list {name}: {few * 1e3:.2f} ms of {FEW}, {many * 1e3:.2f} ms of {MANY} ({many / few:.2f})")


@pytest.mark.bench
def test_what_the_watch_over_the_description_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside a call through the SDK over HTTP, which is what it comes on top of in the tests."""
    watch = Watch()
    with Sandbox() as sandbox:
        client, quiet = make_client(sandbox, sandbox.secret_key), Client(sandbox.world)
        watched = Client(sandbox.world, observe=watch.observe)
        authorize(client, expand=["latest_charge"])
        watched.get("payment_intents", expand=["data.latest_charge"])

        def hold(through: Client, times: int) -> None:
            for _ in range(times):
                create(through, payment_method=APPROVED, confirm=True, return_url=RETURN_URL, expand=["latest_charge"])

        def through_the_sdk(times: int) -> None:
            for _ in range(times):
                authorize(client, expand=["latest_charge"])

        plain = quickest(partial(hold, quiet, 50)) / 50
        checked = quickest(partial(hold, watched, 50)) / 50
        whole = quickest(partial(through_the_sdk, 20)) / 20
    share = (checked - plain) / whole
    with capsys.disabled():
        print(f"\ncheck of an answer: {(checked - plain) * 1e3:.2f} ms, {share:.1%} of a call through the SDK")
    assert watch.take() == []
