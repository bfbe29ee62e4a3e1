"""The sandbox as a program of its own: where it is, where its pages are, a sentence when the port is taken."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
import requests

from sellerdesk.sandbox import Sandbox
from sellerdesk.serving import AddressInUse


@contextmanager
def program(port: int) -> Iterator["subprocess.Popen[str]"]:
    code = f"from sellerdesk.sandbox import serve; raise SystemExit(serve({port}))"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="sends an interrupt")
def test_prints_its_address_and_ends_on_interrupt() -> None:
    with program(0) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        assert requests.get(f"{address}/stripe.js", timeout=20).status_code == 200
        page = running.stdout.readline().strip()
        assert page.startswith(f"{address}/_sandbox/?token=")
        assert requests.get(page, timeout=20).status_code == 200
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=100)
        assert (running.returncode, rest, errors) == (0, "", "")


def test_taken_port_is_a_sentence() -> None:
    with Sandbox() as first:
        port = int(first.url.rsplit(":", 1)[1])
        with program(port) as running:
            output, errors = running.communicate(timeout=100)
        assert (running.returncode, output) == (2, "")
        assert errors == f"Port {port} on 127.0.0.1 is already in use by another program.\n"
        with pytest.raises(AddressInUse):
            Sandbox(port=port).start()


def test_keys_are_new_at_each_start() -> None:
    one, other = Sandbox(), Sandbox()
    assert one.secret_key.startswith("sk_test_") and one.publishable_key.startswith("pk_test_")
    assert len({one.secret_key, other.secret_key, one.control_token, other.control_token}) == 4


def test_stop_lets_held_calls_go() -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.world.faults.plan("balance", "slow")
    session = requests.Session()
    with ThreadPoolExecutor(1) as pool:
        headers = {"Authorization": f"Bearer {sandbox.secret_key}"}
        waiting = pool.submit(session.get, f"{sandbox.url}/v1/balance", headers=headers, timeout=20)
        assert sandbox.world.faults.wait_until_holding()
        sandbox.stop()
        sandbox.stop()
        # The server may be gone before the answer is written; what counts is that nobody waits for ever.
        with suppress(requests.ConnectionError):
            assert waiting.result(20).status_code == 200
    session.close()
