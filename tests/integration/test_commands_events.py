"""``sellerdesk webhook``, ``audit`` and ``checkout`` as they are typed: a real keyring, a real checkout server."""

import http.client
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stripe

from sellerdesk.checkout.events import PATH
from sellerdesk.cli import main
from sellerdesk.clock import Clock
from sellerdesk.credentials import SIGNING_SECRET, Credentials
from sellerdesk.domain.catalogue import ShippingRate
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.settings import Settings, places
from sellerdesk.shops import Shops
from sellerdesk.store import sqlite
from tests.e2e.road import CheckoutProcess
from tests.integration.test_shop_keys import connect, place_order
from tests.secret_service import SecretService

pytestmark = pytest.mark.keyring
SECRET = "whsec_made_up_for_this_test"


@pytest.fixture
def sandbox(keyring_session: SecretService) -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def shops(data_dir: Path, sandbox: Sandbox) -> Shops:
    where = places(data_dir)
    return Shops(where, Settings.load(where.settings_file), sandbox.url)


@pytest.fixture
def profile(shops: Shops, sandbox: Sandbox) -> str:
    """A connected shop with something to sell, and one order."""
    name = connect(shops, sandbox.secret_key, sandbox)
    place_order(shops, name, sandbox)
    return name


def keep(data_dir: Path, secret: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    return main(["--data-dir", str(data_dir), "webhook", "keep"])


def send_event(url: str) -> int:
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": 1_700_000_000,
            "livemode": False,
            "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
        }
    )
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET, Clock().now())
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("POST", PATH, body, {"Stripe-Signature": signature})
    status = connection.getresponse().status
    connection.close()
    return status


def served(data_dir: Path) -> int:
    """What a checkout server that is started now answers to an event."""
    server = CheckoutProcess(data_dir)
    try:
        return send_event(server.url)
    finally:
        server.stop()


def test_the_signing_secret_opens_the_address_and_stands_in_the_keyring_alone(
    data_dir: Path, profile: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(data_dir, SECRET, monkeypatch) == 0
    assert SECRET not in capsys.readouterr().out
    assert Credentials(profile).get(SIGNING_SECRET) == SECRET
    assert served(data_dir) == 200
    assert [file for file in data_dir.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()] == []
    assert main(["--data-dir", str(data_dir), "webhook", "forget"]) == 0
    assert Credentials(profile).get(SIGNING_SECRET) is None
    # Without it there is no such address.
    assert served(data_dir) in (403, 404)


@pytest.mark.parametrize("secret", ["", "sk_test_MadeUpForTests00000000", "whsec_short", "whsec_made_up for_this_test"])
def test_what_is_no_signing_secret_is_not_kept(
    data_dir: Path,
    profile: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secret: str,
) -> None:
    assert keep(data_dir, secret, monkeypatch) == 1
    said = capsys.readouterr().err
    assert said
    assert not secret or secret not in said
    assert Credentials(profile).get(SIGNING_SECRET) is None


def test_without_a_shop_the_commands_say_what_to_do(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(data_dir, SECRET, monkeypatch) == 1
    assert main(["--data-dir", str(data_dir), "audit"]) == 1
    assert capsys.readouterr().err.count("No shop is connected yet.") == 2


@pytest.mark.parametrize("rates", [(), (ShippingRate("UK", "eur", 590, 1900),)], ids=["none", "for no country"])
def test_a_shop_that_sends_nowhere_does_not_open_its_page(
    data_dir: Path, shops: Shops, profile: str, rates: tuple[ShippingRate, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = shops.works(profile)
    with opened.works.store.write() as unit:
        unit.catalogue.replace(unit.catalogue.products(), rates)
        unit.commit()
    opened.close()
    assert main(["--data-dir", str(data_dir), "checkout", "--port", "0"]) == 1
    assert capsys.readouterr().err.strip() == (
        "There is no country to send to yet: no shipping rate is for one (such as DE) or for all others (*). "
        "Take over shipping rates first: sellerdesk catalogue import"
    )


def test_the_audit_for_machines(data_dir: Path, profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data-dir", str(data_dir), "audit", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["orders"], found["agreed"], found["breaks"]) == (1, 1, [])
    edited = sqlite.connect(sqlite.driver(), data_dir / profile / "sellerdesk.db")
    edited.execute("UPDATE payment SET amount_received = 1")
    edited.close()
    assert main(["--data-dir", str(data_dir), "audit"]) == 1
    assert "0 of 1 order agrees with Stripe." in capsys.readouterr().out
