"""The deadline holds against any server, and nothing around the process can change, redirect or show the key."""

import logging
import pickle
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sellerdesk.addresses import Addresses
from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.requests import Capture
from sellerdesk.gateway.lease import end_for, leased
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.gateway.transport import Deadlines, Transport
from tests.integration.scripted_server import DEADLINE_SECONDS, Request, ScriptedServer, answer, intent_json

KEY = "sk_test_madeupmadeup1234"
CAPTURE = Capture("pi_1", 4500, (), 0, ())
SHORT = Deadlines(connect=5, read=10, total=0.3)


def gateway_at(url: str, deadlines: Deadlines | None = None) -> StripeGateway:
    transport = Transport(deadlines or Deadlines(5, 10, 20), use_proxies=False)
    return StripeGateway(KEY, Addresses.at(url), Clock(), transport=transport)


class Dripping:
    """Sends one byte now and then, for ever, until the connection is cut."""

    def __init__(self, first: bytes, drop: bytes) -> None:
        self.first = first
        self.drop = drop
        self.cut = threading.Event()

    def __call__(self, connection: socket.socket, _: Request) -> None:
        try:
            connection.sendall(self.first)
            while True:
                connection.sendall(self.drop)
                # Readable means that the other side has closed.
                connection.settimeout(0.02)
                try:
                    if connection.recv(1) == b"":
                        break
                except TimeoutError:
                    pass
                connection.settimeout(None)
        except OSError:
            pass
        self.cut.set()


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b" "),
    ],
    ids=["silence", "headers", "one header", "body", "chunks", "until closed"],
)
def test_a_server_that_drips_cannot_hold_a_call(first: bytes, drop: bytes) -> None:
    """The call ends while the server still sends, and then the server finds its connection cut."""
    dripping = Dripping(first, drop)
    with ScriptedServer(dripping) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            gateway_at(server.url, SHORT).retrieve("pi_1")
        assert "in time" in str(caught.value)
        assert dripping.cut.wait(DEADLINE_SECONDS)


def test_a_late_answer_is_not_taken_for_the_next_call() -> None:
    proceed = threading.Event()
    first = threading.Event()

    def script(connection: socket.socket, request: Request) -> None:
        if "pi_slow" in request.line:
            first.set()
            proceed.wait(DEADLINE_SECONDS)
        name = request.line.split("/")[3].partition("?")[0]
        try:
            connection.sendall(answer(intent_json(id=name)))
        except OSError:
            return

    with ScriptedServer(script) as server:
        gateway = gateway_at(server.url, Deadlines(5, 10, 2))
        with pytest.raises(OutcomeUnknown):
            gateway.retrieve("pi_slow")
        assert first.is_set()
        proceed.set()
        assert gateway.retrieve("pi_next").intent_id == "pi_next"


def test_several_threads_share_one_gateway() -> None:
    def script(connection: socket.socket, request: Request) -> None:
        connection.sendall(answer(intent_json(id=request.line.split("/")[3].partition("?")[0])))

    found: dict[str, str] = {}
    with ScriptedServer(script) as server:
        gateway = gateway_at(server.url)

        def read(name: str) -> None:
            found[name] = gateway.retrieve(name).intent_id

        threads = [threading.Thread(target=read, args=(f"pi_{number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_SECONDS)
    assert found == {f"pi_{number}": f"pi_{number}" for number in range(20)}


def test_what_was_claimed_is_not_sent_after_its_lease() -> None:
    """The lease ends while the call is on its way to the connection, as when the computer sleeps there."""
    asked: list[bool] = []

    def is_over() -> bool:
        asked.append(True)
        return True

    with ScriptedServer.saying(answer(intent_json(status="succeeded", amount_received=4500))) as server:
        gateway = gateway_at(server.url)
        with leased(is_over), pytest.raises(OutcomeUnknown, match="was not sent any more") as caught:
            gateway.capture(CAPTURE, "sd-1-0")
        assert (asked, server.requests) == ([True], [])
        assert caught.value.http_status is None
        with leased(is_over):
            assert gateway.retrieve("pi_1").intent_id == "pi_1"
        with leased(lambda: False):
            assert gateway.capture(CAPTURE, "sd-1-0").amount_received == 4500
        assert [each.line.split()[0] for each in server.requests] == ["GET", "POST"]


def test_a_lease_belongs_to_its_thread_and_ends_with_its_block() -> None:
    seen: list[bool] = []
    with leased(lambda: True):
        with pytest.raises(ValueError, match="x"), leased(lambda: False):
            assert not end_for("post")()
            raise ValueError("x")
        assert end_for("post")()
        thread = threading.Thread(target=lambda: seen.append(end_for("post")()))
        thread.start()
        thread.join()
    assert seen == [False]
    assert not end_for("post")()


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(OutcomeUnknown) as caught:
        gateway_at(f"http://127.0.0.1:{port}").retrieve("pi_1")
    assert "could not be reached" in str(caught.value)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with ScriptedServer.saying(answer(intent_json())) as other:
        reply = answer(b"", status, {"Location": f"{other.url}/v1/payment_intents/pi_1"})
        with ScriptedServer.saying(reply) as server, pytest.raises(OutcomeUnknown):
            gateway_at(server.url).retrieve("pi_1")
        assert other.requests == []


def test_a_notice_for_developers_is_no_warning() -> None:
    reply = answer(intent_json(), headers={"Stripe-Notice": "Something is new.", "Set-Cookie": "a=b"})
    with ScriptedServer.saying(reply) as server:
        gateway = gateway_at(server.url)
        assert gateway.retrieve("pi_1").intent_id == "pi_1"
        gateway.retrieve("pi_1")
        assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize("proxies", [True, False], ids=["as for Stripe", "as on this computer"])
def test_a_netrc_line_does_not_replace_the_key(proxies: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login somebody password else\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer.saying(answer(b"{}")) as server:
        transport = Transport(Deadlines(5, 10, 20), use_proxies=proxies)
        transport.request("get", server.url, {"Authorization": f"Bearer {KEY}"})
        transport.close()
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_proxy_is_used_for_stripe_and_never_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer.saying(answer(intent_json())) as proxy, ScriptedServer.saying(answer(intent_json())) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        gateway_at(server.url).retrieve("pi_1")
        assert (len(proxy.requests), len(server.requests)) == (0, 1)
        transport = Transport(Deadlines(5, 10, 20), use_proxies=True)
        transport.request("get", "http://stripe.example/v1/balance", {})
        transport.close()
        assert proxy.requests[0].line.startswith("GET http://stripe.example/v1/balance")


def test_the_key_does_not_show() -> None:
    gateway = gateway_at("http://127.0.0.1:9")
    seen = [repr(gateway), str(gateway), repr(vars(gateway))]
    for value in vars(gateway).values():
        seen += [repr(value), repr(getattr(value, "__dict__", ""))]
    assert KEY not in "".join(seen)
    with pytest.raises(TypeError):
        pickle.dumps(gateway)


SCRIPT = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
from sellerdesk.addresses import Addresses
from sellerdesk.clock import Clock
from sellerdesk.domain.payment import ShippingFacts
from sellerdesk.domain.requests import CreateCustomer
from sellerdesk.gateway.lease import end_for, leased
from sellerdesk.gateway.stripe_gateway import StripeGateway
gateway = StripeGateway("{key}", Addresses.at("{url}"), Clock())
where = ShippingFacts("Canary Person", "Secret Street 1", "", "Wien", "", "1070", "AT")
print(gateway.create_customer(CreateCustomer("Canary Person", "canary@example.com", "", where, ()), "k"))
"""


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_environment_cannot_switch_on_body_logging(
    level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_LOG", level)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with ScriptedServer.saying(answer({"id": "cus_1", "object": "customer", "livemode": False})) as server:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(key=KEY, url=server.url)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "cus_1" in done.stdout
    for secret in ("Canary", "canary", "Secret Street", KEY):
        assert secret not in done.stdout + done.stderr
    assert not (tmp_path / "config" / "stripe").exists(), "the SDK left its telemetry file"


def test_the_sdks_logger_stays_quiet() -> None:
    gateway_at("http://127.0.0.1:9")
    assert logging.getLogger("stripe").level == logging.WARNING
