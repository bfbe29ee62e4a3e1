"""What is set for the checkout page is what shoppers meet: of `sellerdesk checkout` as a process, and of the demo."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from sellerdesk import demo
from sellerdesk.page_probe import Answers, who_answers
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.settings import ACCENT, HEADLINE, PROFILE, PUBLIC_ADDRESS, SETTINGS_FILE, TAGLINE, Settings, places
from sellerdesk.shops import Shops
from tests import wiring
from tests.e2e.road import CheckoutProcess
from tests.integration.test_shop_keys import connect
from tests.secret_service import SecretService

WORDS = {HEADLINE: "Bowls & <b>cups</b>", TAGLINE: "Thrown by hand.", ACCENT: "#8B1E5B"}


@pytest.fixture
def sandbox(keyring_session: SecretService) -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def page_of(url: str, host: str = "", path: str = "/") -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", path, headers={"Host": host or parts.netloc})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.mark.keyring
def test_the_server_takes_words_colour_and_public_address_from_the_settings(data_dir: Path, sandbox: Sandbox) -> None:
    where = places(data_dir)
    shops = Shops(where, Settings.load(where.settings_file), sandbox.url)
    profile = connect(shops, sandbox.secret_key, sandbox)
    opened = shops.works(profile)
    with opened.works.store.write() as unit:
        unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
        unit.commit()
    opened.close()
    shops.settings_of(profile).change({**WORDS, PUBLIC_ADDRESS: "https://shop.example"})
    server = CheckoutProcess(data_dir)
    port = urlsplit(server.url).port or 0
    by_number, _ = page_of(server.url)
    by_name, text = page_of(server.url, "shop.example")
    known = who_answers(port, profile), who_answers(port, profile, "shop.example")
    server.stop()
    assert (by_number, by_name) == (400, 200)
    assert known == (Answers.OTHER, Answers.PAGE)
    assert "Bowls &amp; &lt;b&gt;cups&lt;/b&gt;" in text
    assert "Thrown by hand." in text
    assert "accent" in text
    opened = shops.works(profile)
    assert opened.info.checkout_url == "https://shop.example"
    opened.close()


def test_the_demo_takes_its_settings_when_it_is_opened(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "live_through", lambda *_: None)
    folder = places(data_dir).profile("demo")
    Settings.load(folder / SETTINGS_FILE, PROFILE).change(WORDS)
    opened = demo.open_demo(folder, lambda *_: None)
    try:
        assert opened.shop.info.profile == "demo"
        with urlopen(opened.shop.info.checkout_url, timeout=30) as answer:
            text = answer.read().decode()
    finally:
        opened.shop.close()
    assert "Bowls &amp; &lt;b&gt;cups&lt;/b&gt;" in text
    assert (folder / SETTINGS_FILE).exists()
