"""Whatever is sent: an answer in Stripe's shape with a Request-Id, never a trace, never a 500."""

import json
import logging
import random
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.api import Api, ApiAnswer, ApiRequest
from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.form import MAX_DEPTH, MAX_FIELDS
from sellerdesk.sandbox.routes import ROUTES
from tests.contract.calls import authorize, call, control, make_client

NOW = 1_790_000_000
REAL_NUMBER = "4539578763621486"  # a number with a right check digit that is no test card
FORM = "application/x-www-form-urlencoded"


def checked(answer: ApiAnswer) -> Any:
    """The error of an answer that must be one, in Stripe's shape."""
    assert answer.headers["Request-Id"].startswith("req_") and answer.headers["Content-Type"] == "application/json"
    problem = json.loads(answer.body)["error"]
    assert 400 <= answer.status < 500 and problem["type"] in (
        "invalid_request_error",
        "card_error",
        "idempotency_error",
    )
    assert problem["message"] and "Traceback" not in problem["message"]
    return problem


SERVER = {"authorization": "Bearer sk_test_0123456789", "content-type": FORM}
PAGE = {**SERVER, "authorization": "Bearer pk_test_0123456789"}
HOLD = "amount=7000&currency=eur&capture_method=manual&confirm=true&return_url=http://127.0.0.1/&payment_method="
NAMES = sorted({name for route in ROUTES for spec in (route.spec, route.page) for name in spec or ()})
PARTS = ["", "0", "1", "a", "card", "name", "address", "line1", "gte", "token", "type", "évidence"]
VALUES = (
    "|true|false|-1|0|1|7000|99999999999999999999|1e9|eur|pm_card_visa|card|²|١|\x00|\ud800|null|../..|' or 1=1|"
    "latest_charge.payment_intent.customer.default_source|data.latest_charge.refunds|2026-10-28.endive|2022-08-01|"
    'http://127.0.0.1:1/|charge.*|amount>1|metadata["a"]:"b"|4242424242424242'
).split("|")


class Things:
    """A world with one object of most kinds. ``ids`` are found by the start of their path."""

    def __init__(self) -> None:
        self.world = World(Clock(lambda: NOW))
        self.api = Api(self.world)
        held, captured, disputed = (self.make("/v1/payment_intents", HOLD + card) for card in
                                    ("pm_card_visa", "pm_card_visa", "pm_card_createDispute"))  # fmt: skip
        for intent in (captured, disputed):
            self.make(f"/v1/payment_intents/{intent}/capture", "")
        store = self.world.store
        self.ids = {
            "/v1/payment_intents": [held, captured],
            "/v1/charges": list(store.charges),
            "/v1/customers": [self.make("/v1/customers", "name=Mara")],
            "/v1/payment_methods": list(store.methods),
            "/v1/disputes": list(store.disputes),
            "/v1/events": list(store.events),
            "/v1/webhook_endpoints": [self.make("/v1/webhook_endpoints", "url=http://127.0.0.1:1/&enabled_events[]=*")],
            "/v1/refunds": [self.make("/v1/refunds", f"payment_intent={captured}&amount=1")],
        }

    def make(self, path: str, body: str) -> str:
        return str(json.loads(self.api.handle(ApiRequest("POST", path, "", SERVER, body.encode())).body)["id"])


def odd_request(dice: random.Random, things: Things) -> ApiRequest:
    route = dice.choice(ROUTES)
    known = things.ids.get(route.pattern.pattern.split("/(")[0], ["x_1"])
    path = route.pattern.pattern.replace(r"(?P<id>[A-Za-z0-9_\-]{1,200})", dice.choice([*known, "pm_card_visa"]))
    own = sorted({*(route.spec or ()), *(route.page or ())}) or NAMES
    pairs = [
        (dice.choice(own if dice.random() < 0.8 else NAMES) + "".join(f"[{dice.choice(PARTS)}]" for _ in range(depth)),
         dice.choice(VALUES) * dice.choice((1, 1, 1, 40)))
        for depth in dice.choices((0, 1, 2, 3, 12), (6, 3, 2, 1, 0.2), k=dice.randrange(6))
    ]  # fmt: skip
    form = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in pairs)
    if dice.random() < 0.1:
        form = dice.randbytes(30).decode("latin-1")
    headers = dict(dice.choice((SERVER, SERVER, SERVER, PAGE)))
    if dice.random() < 0.2:
        name = dice.choice(("stripe-version", "idempotency-key", "authorization", "content-type"))
        headers[name] = dice.choice((*VALUES, "Basic é", "k" * 300))
    posted = route.method == "POST"
    return ApiRequest(route.method, path, "" if posted else form, headers, form.encode() if posted else b"")


@pytest.mark.parametrize("seed", range(3))
def test_nothing_makes_it_fail(seed: int) -> None:
    dice, things = random.Random(seed), Things()
    statuses = set()
    for _ in range(1000):
        request = odd_request(dice, things)
        answer = things.api.handle(request)
        statuses.add(answer.status)
        assert answer.status < 500, request
        if answer.status != 200:
            checked(answer)
        else:
            assert json.loads(answer.body)["object"], request
    assert {200, 400, 401, 403, 404} <= statuses


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"amount=1&amount=7000&currency=eur", 200),  # the last one counts
        (b"amount[]=7000&currency=eur", 400),
        (b"amount=7000&currency=eur&metadata=text", 400),
        (b"amount=7000&currency=eur&metadata[a]=%00", 400),
        (b"amount=7000&currency=eur&description=a%00b", 400),
        (b"amount=7000&currency=eur&description=%ff", 400),
        (b"amount=7000&currency=eur&description=%ed%a0%80", 400),
        (b"amount=7000&currency=eur&description=\xff", 400),
        ("amount=７０００&currency=eur".encode(), 400),
        (b"amount=%EF%BC%97&currency=eur", 400),
        (b"amount=7000%0A&currency=eur", 400),
        (b"amount=7000&currency=eur&" + b"a" * 100_000 + b"=1", 400),
        (b"amount=7000&currency=eur&a" + b"[b]" * MAX_DEPTH + b"=1", 400),
        (b"amount=7000&currency=eur&shipping" + b"[address]" * 5000 + b"=1", 400),
        (b"&".join(b"metadata[k%d]=1" % n for n in range(MAX_FIELDS + 1)), 400),
        (b"amount=7000&currency=eur&expand[0]=latest_charge&expand[0][x]=1", 400),
        (b"amount=7000&currency=eur&expand[x]=latest_charge", 400),
        (b"amount=7000&currency=eur&" + b"&".join(b"expand[]=a" for _ in range(21)), 400),
        (b"=", 400),
        (b"%", 400),
        (b"[", 400),
        (b"a[=1", 400),
        (b"a]b=1", 400),
        (b"x=" + b"y" * 600_000, 413),
    ],
)
def test_malformed_forms(sandbox: Sandbox, body: bytes, status: int) -> None:
    answer = call(sandbox, "POST", "/v1/payment_intents", data=body, headers={"Content-Type": FORM})
    assert answer.status_code == status and answer.headers["Request-Id"].startswith("req_")
    if status != 200:
        assert answer.json()["error"]["type"] == "invalid_request_error"


UNKNOWN = ["/v2/core/events", "/v1/" + "x" * 5000, "/v1/%ff%00", "/v1/tokens/" + "a" * 300]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/v1/payment_intents", *UNKNOWN])
def test_wrong_methods_and_unknown_paths(sandbox: Sandbox, method: str, path: str) -> None:
    answer = call(sandbox, method, path)
    assert answer.status_code in (404, 405) and answer.headers["Request-Id"].startswith("req_")
    if method != "HEAD":
        assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Stripe-Version", "2026-10-28.endive" + " " * 30 + "x", 400),
        ("Stripe-Version", "", 400),
        ("Idempotency-Key", "k" * 256, 400),
        ("Idempotency-Key", "k" * 254 + " " * 10 + "k", 400),
        ("Idempotency-Key", "\u00e9\u00ff", 200),
        ("Content-Type", "application/json", 400),
        ("Content-Type", "multipart/form-data; boundary=x", 400),
        ("Host", "evil.example", 421),
        ("Origin", "http://evil.example", 403),
    ],
)
def test_odd_headers(sandbox: Sandbox, header: str, value: str, status: int) -> None:
    answer = requests.post(
        f"{sandbox.url}/v1/customers",
        data=b"name=Mara",
        headers={
            "Authorization": f"Bearer {sandbox.secret_key}",
            "Content-Type": FORM,
            header: value.encode("latin-1"),
        },
        timeout=20,
    )
    assert answer.status_code == status and answer.headers["Request-Id"].startswith("req_")
    assert answer.json()["object"] == "customer" if status == 200 else answer.json()["error"]["message"]


def test_an_empty_key_is_no_key(sandbox: Sandbox) -> None:
    made = [call(sandbox, "POST", "/v1/customers", headers={"Idempotency-Key": ""}).json()["id"] for _ in "12"]
    assert made[0] != made[1]


DATE = {"card[exp_month]": "1", "card[exp_year]": "40"}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/v1/tokens", {"card[number]": REAL_NUMBER, "card[cvc]": "123", **DATE}),
        ("/v1/tokens", {"card[number]": "²" * 16, **DATE}),
        ("/v1/payment_methods", {"type": "card", "card[number]": REAL_NUMBER, **DATE}),
    ],
)
def test_real_card_numbers_are_refused(sandbox: Sandbox, path: str, data: dict[str, str]) -> None:
    answer = call(sandbox, "POST", path, key=sandbox.publishable_key, data=data)
    assert (answer.status_code, answer.json()["error"]["type"]) == (402, "card_error")
    assert REAL_NUMBER not in answer.text


def test_card_numbers_are_kept_nowhere(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the log, not among the requests, not on the page, wherever somebody puts them."""
    caplog.set_level(logging.DEBUG)
    typed = {"card[number]": REAL_NUMBER, "card[exp_month]": "1", "card[exp_year]": "40"}
    spaced = " ".join(REAL_NUMBER[place : place + 4] for place in range(0, 16, 4))
    for text in (REAL_NUMBER, spaced, spaced.replace(" ", "-")):
        call(sandbox, "POST", "/v1/tokens", key=sandbox.publishable_key, data=typed, headers={"Idempotency-Key": text})
        call(sandbox, "GET", f"/v1/tokens/{quote(text)}")
        call(sandbox, "GET", f"/v1/customers?email={quote(text)}")
        call(sandbox, "POST", "/v1/payment_intents", data={"amount": text, "currency": "eur"})
    told = control(sandbox, "GET", "requests").text + requests.get(sandbox.url, timeout=20).text
    told += "".join(each.getMessage() for each in caplog.records if not each.name.startswith("urllib3"))
    for text in (REAL_NUMBER, spaced, spaced.replace(" ", "-"), quote(spaced)):
        assert text not in told


def test_keys_that_are_identifiers_are_kept_as_they_came(sandbox: Sandbox) -> None:
    """Some of them have digits enough in a row."""
    key = "sd-01a217254897781280b0e98d593e4122-0"
    call(sandbox, "POST", "/v1/customers", key=sandbox.secret_key, headers={"Idempotency-Key": key})
    glued = "card4242424242424242abc"
    call(sandbox, "POST", "/v1/customers", key=sandbox.secret_key, headers={"Idempotency-Key": glued})
    told = control(sandbox, "GET", "requests").text
    assert key in told
    assert "4242" not in told


def test_expansions_that_lead_nowhere(sandbox: Sandbox) -> None:
    client = make_client(sandbox, sandbox.secret_key)
    intent = authorize(client)
    path = f"/v1/payment_intents/{intent.id}"
    for wrong in (
        "nothing",
        "amount",
        "amount.x",
        "data.latest_charge",
        "a.b.c.d.e",
        ".",
        "",
    ):
        answer = call(sandbox, "GET", path, params={"expand[]": wrong})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "expand")
    assert call(sandbox, "GET", path, params={"expand[]": "customer.default_source"}).status_code == 200
