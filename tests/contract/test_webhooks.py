"""Webhook endpoints: signed, tried again, never anywhere but this computer (https://docs.stripe.com/webhooks)."""

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.webhooks import MOST_WAITING, RETRY_GAPS, create_endpoint
from tests.contract.calls import authorize, call, control, create, make_client

pytestmark = pytest.mark.usefixtures("sandbox")  # an account's webhooks cannot reach this computer


class Receiver:
    """A shop's webhook address. ``answers`` are the next statuses; 200 when none is left."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[tuple[str, dict[str, str], bytes]] = queue.Queue()
        self.answers: queue.Queue[int] = queue.Queue()
        self.gate = threading.Event()
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.arrived.put((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                receiver.gate.wait(20)
                self.send_response(200 if receiver.answers.empty() else receiver.answers.get())
                self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def next(self) -> tuple[str, dict[str, str], bytes]:
        return self.arrived.get(timeout=20)

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def register(client: stripe.StripeClient, receiver: Receiver, *events: str, **more: Any) -> Any:
    wanted: Any = {"url": f"{receiver.url}/hook?shop=1", "enabled_events": list(events) or ["*"], **more}
    return client.v1.webhook_endpoints.create(wanted)


def opened(body: bytes, headers: dict[str, str], secret: str) -> Any:
    """The event in a delivery whose signature fits; however long the tests take."""
    return stripe.Webhook.construct_event(body, headers["stripe-signature"], secret, tolerance=10**6)


def settled(sandbox: Sandbox, attempts: int) -> list[Any]:
    """The deliveries once that many attempts were noted in all."""
    assert sandbox.world.courier.wait_until_tried(attempts)
    return list(control(sandbox, "GET", "webhooks").json()["deliveries"])


def test_endpoints_are_kept(client: stripe.StripeClient, receiver: Receiver) -> None:
    made = register(client, receiver, "charge.captured", description="Shop", metadata={"a": "1"})
    assert made.id.startswith("we_") and made.secret.startswith("whsec_") and made.status == "enabled"
    assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id)
    changed = client.v1.webhook_endpoints.update(made.id, {"disabled": True, "enabled_events": ["*"], "metadata": ""})
    assert (changed.status, changed.enabled_events, changed.metadata.to_dict()) == ("disabled", ["*"], {})
    assert [each.id for each in client.v1.webhook_endpoints.list().data] == [made.id]
    assert client.v1.webhook_endpoints.delete(made.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.webhook_endpoints.retrieve(made.id)
    assert refusal.value.http_status == 404


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"url": "http://example.com/hook"}, "url"),
        ({"url": "https://127.0.0.1/hook"}, "url"),
        ({"url": "http://127.0.0.1@example.com/"}, "url"),
        ({"url": "http://user@127.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1:99999/"}, "url"),
        ({"url": "http://127.0.0.1/a b"}, "url"),
        ({"url": "http://127.0.0.1/\r\nX: y"}, "url"),
        ({"url": "http://169.254.169.254/"}, "url"),
        ({"url": "http://[::1"}, "url"),
        ({"url": "nothing"}, "url"),
        ({"url": ""}, "url"),
        ({"enabled_events[0]": "charge.*"}, "enabled_events[0]"),
        ({"enabled_events[0]": "charge"}, "enabled_events[0]"),
        ({"api_version": "2000-01-01"}, "api_version"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_wrong_endpoints(sandbox: Sandbox, changes: dict[str, str], param: str) -> None:
    data = {"url": "http://127.0.0.1/", "enabled_events[0]": "*", **changes}
    answer = call(sandbox, "POST", "/v1/webhook_endpoints", data=data)
    assert (answer.status_code, answer.json()["error"].get("param")) == (400, param)


def test_sixteen_endpoints_at_most(client: stripe.StripeClient, receiver: Receiver) -> None:
    for _ in range(16):
        register(client, receiver)
    with pytest.raises(stripe.InvalidRequestError):
        register(client, receiver)


def test_deliveries_are_signed(client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver) -> None:
    endpoint = register(client, receiver, "payment_intent.created")
    intent = authorize(client)
    path, headers, body = receiver.next()
    event = opened(body, headers, endpoint.secret)
    assert (path, event.type, event.data.object.id) == ("/hook?shop=1", "payment_intent.created", intent.id)
    assert event.pending_webhooks == 1 and headers["content-type"].startswith("application/json")
    with pytest.raises(stripe.SignatureVerificationError):
        opened(body + b" ", headers, endpoint.secret)
    settled(sandbox, 1)
    assert client.v1.events.retrieve(event.id).pending_webhooks == 0
    assert receiver.arrived.empty()


def test_two_secrets_sign_while_one_is_rolled(
    client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    endpoint = register(client, receiver, "payment_intent.created")
    rolled = control(sandbox, "POST", "webhooks/roll", {"endpoint": endpoint.id, "keep_seconds": 60}).json()["secret"]
    create(client)
    _, headers, body = receiver.next()
    for secret in (endpoint.secret, rolled):
        assert opened(body, headers, secret).type
    assert headers["stripe-signature"].count("v1=") == 2
    sandbox.world.clock.advance(60)
    create(client)
    _, headers, body = receiver.next()
    assert headers["stripe-signature"].count("v1=") == 1
    with pytest.raises(stripe.SignatureVerificationError):
        opened(body, headers, endpoint.secret)


def test_failures_are_tried_again_with_growing_gaps(
    client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    register(client, receiver, "payment_intent.created")
    for status in (500, 301, 404, 200):
        receiver.answers.put(status)
    create(client)
    event = client.v1.events.list().data[0].id
    assert list(RETRY_GAPS) == sorted(RETRY_GAPS)
    for tries, gap in enumerate(RETRY_GAPS, start=1):
        assert receiver.next()[0] == "/hook?shop=1"
        assert settled(sandbox, tries)[0]["due"] == sandbox.world.clock.now() + gap
        assert [each.id for each in client.v1.events.list({"delivery_success": False}).data] == [event]
        sandbox.world.clock.advance(gap)
    receiver.next()
    attempts = settled(sandbox, 4)[0]["attempts"]
    assert [attempt["status"] for attempt in attempts] == [500, 301, 404, 200]
    assert client.v1.events.list({"delivery_success": False}).data == []
    assert [each.id for each in client.v1.events.list({"delivery_success": True}).data] == [event]
    assert receiver.arrived.empty()  # no redirect was followed


def test_what_waits_for_a_disabled_endpoint_is_given_up(
    client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    endpoint = register(client, receiver)
    receiver.answers.put(500)
    create(client)
    settled(sandbox, 1)
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    create(client)
    sandbox.world.clock.advance(RETRY_GAPS[0])
    assert [each["due"] for each in settled(sandbox, 1)] == [None]
    receiver.next()
    assert receiver.arrived.empty()


def test_events_come_to_receivers_as_they_become_known(
    client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    register(client, receiver)
    control(sandbox, "POST", "events", {"reverse": True, "duplicate": True, "missing": ["payment_intent.created"]})
    authorize(client)
    kinds = [json.loads(receiver.next()[2])["type"] for _ in range(4)]
    assert kinds == ["payment_intent.amount_capturable_updated"] * 2 + ["charge.succeeded"] * 2


def test_only_so_many_deliveries_wait() -> None:
    world = World()  # not served, so that nothing is sent
    with world.open():
        create_endpoint(world, {"url": "http://127.0.0.1/", "enabled_events": ["*"]})
        for number in range(MOST_WAITING + 5):
            world.emit("charge.updated", {"id": f"ch_{number}", "object": "charge"})
    assert len(world.store.deliveries) == MOST_WAITING and len(world.store.events) == MOST_WAITING + 5
    assert json.loads(world.store.deliveries[0].body)["data"]["object"]["id"] == "ch_5"


def test_nobody_there(client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver) -> None:
    register(client, receiver, url="http://localhost:1/")
    create(client)
    for tries, gap in enumerate((*RETRY_GAPS, 0), start=1):
        delivery = settled(sandbox, tries)[0]
        sandbox.world.clock.advance(gap)
    assert delivery["due"] is None and delivery["attempts"][-1]["status"] is None


def test_an_endpoint_has_its_own_version(client: stripe.StripeClient, receiver: Receiver) -> None:
    register(client, receiver, "payment_intent.created", api_version="2022-08-01")
    create(client)
    sent = json.loads(receiver.next()[2])
    assert sent["api_version"] == "2022-08-01" and sent["data"]["object"]["charges"]["data"] == []


def test_events_are_sent_again(client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver) -> None:
    endpoint = register(client, receiver, "payment_intent.created")
    create(client), create(client)
    first = [json.loads(receiver.next()[2])["id"] for _ in "12"]
    again = {"events": first[::-1], "endpoint": endpoint.id, "times": 2}
    assert control(sandbox, "POST", "webhooks/resend", again).json() == {"sent": 4}
    assert [json.loads(receiver.next()[2])["id"] for _ in range(4)] == [first[1], first[1], first[0], first[0]]
    assert control(sandbox, "POST", "webhooks/resend", {"events": first[:1], "delay": 90}).json() == {"sent": 1}
    sandbox.world.clock.advance(89)
    settled(sandbox, 6)
    assert receiver.arrived.empty()
    sandbox.world.clock.advance(1)
    assert json.loads(receiver.next()[2])["id"] == first[0]
    for wrong in ({"events": ["evt_none"]}, {"events": first, "times": 0}, {"events": first, "endpoint": "we_none"}):
        assert control(sandbox, "POST", "webhooks/resend", wrong).status_code == 400


def test_answers_do_not_wait_for_receivers(client: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver) -> None:
    register(client, receiver, "payment_intent.created")
    receiver.gate.clear()
    create(client)
    receiver.next()
    assert create(client).status == "requires_payment_method"  # the receiver still thinks
    receiver.gate.set()
    receiver.next()


def test_closing_ends_a_call_that_hangs(receiver: Receiver) -> None:
    receiver.gate.clear()
    with Sandbox() as sandbox:
        client = make_client(sandbox, sandbox.secret_key)
        register(client, receiver)
        create(client)
        receiver.next()
        thread = next(each for each in threading.enumerate() if each.name.startswith("webhooks-"))
    assert not thread.is_alive()
