"""The sandbox's own pages: what they show, what they keep to themselves, who may open them."""

import re
import shlex
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import requests
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sellerdesk.sandbox import Sandbox, World
from sellerdesk.sandbox.clock import Clock
from tests.contract.calls import authorize, control, create, make_client

NASTY = '<script>alert(1)</script> & "Mara"'
SHOWN = ("payment_intents", "charges", "customers", "refunds", "disputes", "events", "webhook_endpoints")


@pytest.fixture(scope="module")
def full() -> Iterator[Sandbox]:
    """A sandbox with something of every kind."""
    with Sandbox(World(Clock(lambda: 1_795_000_000.0))) as sandbox:
        client = make_client(sandbox, sandbox.secret_key)
        hook: Any = {"url": f"{sandbox.url}/nobody", "enabled_events": ["customer.created"]}
        client.v1.webhook_endpoints.create(hook)
        client.v1.customers.create({"name": NASTY, "email": "mara@example.com"})
        for number in range(51):
            create(client, description=f"Order {number}")
        disputed = authorize(client, "pm_card_createDispute", capture_method="automatic", description=NASTY)
        paid = authorize(client, metadata={"note": NASTY})
        for _ in range(2):
            client.v1.payment_intents.capture(paid.id, {"amount_to_capture": 5000}, {"idempotency_key": "capture-17"})
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
        for card in ("pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedLostCard"):
            with pytest.raises(stripe.CardError):
                authorize(client, card)
        sandbox.world.faults.plan("balance", "lost_after")
        with pytest.raises(stripe.APIConnectionError):
            client.v1.balance.retrieve()
        requests.get(f"{sandbox.url}/v1/payment_intents/{disputed.id}", auth=(sandbox.secret_key, ""), timeout=20)
        yield sandbox


@pytest.fixture(scope="module")
def opened(full: Sandbox) -> Iterator[requests.Session]:
    """Somebody who came by the printed address."""
    with requests.Session() as session:
        session.get(full.page_url, timeout=20).raise_for_status()
        yield session


def text_of(session: requests.Session, sandbox: Sandbox, path: str) -> str:
    answer = session.get(sandbox.url + path, timeout=20)
    assert answer.status_code == 200
    return answer.text


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("token", [None, "", "guess"])
@pytest.mark.parametrize(
    "path", ["", "view/payment_intents", "view/requests", "view/payment_intents/{id}", "json/payment_intents/{id}"]
)
def test_objects_are_for_the_holder_of_the_token(full: Sandbox, path: str, token: str | None) -> None:
    intent = next(iter(full.world.store.intents))
    address = f"{full.url}/_sandbox/{path.format(id=intent)}"
    answer = requests.get(address, params={} if token is None else {"token": token}, timeout=20, allow_redirects=False)
    assert answer.status_code == 403
    assert intent not in answer.text and "second line" in answer.text


def test_the_token_leaves_the_address(full: Sandbox) -> None:
    answer = requests.get(full.page_url, timeout=20, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/_sandbox/")
    cookie = answer.headers["Set-Cookie"]
    for word in ("HttpOnly", "SameSite=strict", "Path=/_sandbox"):
        assert word in cookie
    assert "expires" not in cookie.lower() and "max-age" not in cookie.lower()
    headers = {"X-Sandbox-Token": full.control_token}
    assert requests.get(f"{full.url}/_sandbox/", headers=headers, timeout=20).status_code == 200


def test_pages_change_nothing_and_run_nothing(full: Sandbox, opened: requests.Session) -> None:
    before = full.world.dump()
    for path in ("/", "/_sandbox/", "/_sandbox/view/payment_intents"):
        answer = opened.get(full.url + path, timeout=20)
        assert "<script" not in answer.text and "style=" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert opened.post(full.url + path, timeout=20).status_code == 401
        assert opened.get(full.url + path, headers={"Host": "evil.example"}, timeout=20).status_code == 421
    assert full.world.dump() == before


@pytest.mark.parametrize("kind", SHOWN)
def test_lists_lead_to_objects(full: Sandbox, opened: requests.Session, kind: str) -> None:
    page = text_of(opened, full, f"/_sandbox/view/{kind}")
    ways = re.findall(rf'href="(/_sandbox/view/{kind}/\w+)"', page)
    assert ways
    shown = unescape(re.sub(r"<[^>]+>", "", text_of(opened, full, ways[0])))
    identifier = ways[0].rpartition("/")[2]
    assert f'"id": "{identifier}"' in shown
    told = opened.get(full.url + ways[0].replace("/view/", "/json/"), timeout=20).json()
    assert told["id"] == identifier
    assert "<script>alert" not in page


def test_secrets_are_covered(full: Sandbox, opened: requests.Session) -> None:
    for intent in list(full.world.store.intents.values())[-3:]:
        for path in ("view", "json"):
            text = text_of(opened, full, f"/_sandbox/{path}/payment_intents/{intent.id}")
            assert intent.client_secret not in text and f"{intent.id}_secret_" in text
    event = next(event for event in full.world.store.events.values() if event.type == "payment_intent.created")
    assert event.object["client_secret"] not in text_of(opened, full, f"/_sandbox/view/events/{event.id}")
    endpoint = next(iter(full.world.store.endpoints.values()))
    page = text_of(opened, full, f"/_sandbox/view/webhook_endpoints/{endpoint.id}")
    assert not [secret for secret in endpoint.secrets if secret in page]
    assert "of 1 taken" in words(text_of(opened, full, "/_sandbox/view/webhook_endpoints"))
    assert full.secret_key not in text_of(opened, full, "/_sandbox/view/requests")


def test_what_people_typed_stays_text(full: Sandbox, opened: requests.Session) -> None:
    for path in ("customers", "payment_intents"):
        page = text_of(opened, full, f"/_sandbox/view/{path}")
        assert NASTY not in page and NASTY in words(page)


def test_requests_tell_answer_key_and_version(full: Sandbox, opened: requests.Session) -> None:
    page = words(text_of(opened, full, "/_sandbox/view/requests"))
    captured = next(path for path in reversed([each.path for each in full.world.seen]) if path.endswith("/capture"))
    shown = "POST\u00a0".replace("\u00a0", " ") + captured.replace("/", " /").strip()
    assert re.search(rf"{re.escape(shown)} answered from memory 200 capture-17 2026-10-28.endive", page)
    assert "no answer" in page and "fault: lost_after" in page and "402" in page
    assert "200 none sent" in page
    assert control(full, "GET", "requests").json()["requests"][0]["version"] == "2026-10-28.endive"


def test_long_lists_have_pages(full: Sandbox, opened: requests.Session) -> None:
    total = len(full.world.store.intents)
    first = text_of(opened, full, "/_sandbox/view/payment_intents")
    assert f"1–50 of {total}, the newest first" in words(first)
    assert 'href="?skip=50" rel="next"' in first and 'rel="prev"' not in first
    second = text_of(opened, full, "/_sandbox/view/payment_intents?skip=50")
    assert 'rel="prev"' in second and 'rel="next"' not in second
    assert "Order 0" in words(second) and "Order 0 " not in words(first)
    for odd in ("-1", "x", "9" * 30, ""):
        assert text_of(opened, full, f"/_sandbox/view/payment_intents?skip={odd}")
    assert "Newer" in text_of(opened, full, "/_sandbox/view/payment_intents?skip=9000")


@pytest.mark.parametrize("path", ["view/nothing", "view/nothing/pi_1", "view/payment_intents/pi_1"])
def test_nothing_there_is_a_sentence(full: Sandbox, opened: requests.Session, path: str) -> None:
    answer = opened.get(f"{full.url}/_sandbox/{path}", timeout=20)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_the_guide_is_true(sandbox: Sandbox) -> None:
    """What a newcomer copies from the first page works as it stands."""
    page = requests.get(sandbox.url, timeout=20).text
    snippets = {name: unescape(text) for name, text in re.findall(r'<pre[^>]* id="(\w+)">(.*?)</pre>', page, re.DOTALL)}
    names: dict[str, Any] = {}
    exec(snippets["python"], names)
    after = names["client"].v1.payment_intents.retrieve(names["intent"].id)
    assert (after.status, after.amount_received) == ("succeeded", 7000)
    for name in ("clock", "decline"):
        line = snippets[name].replace("Token: TOKEN", f"Token: {sandbox.control_token}").replace("\\\n", " ")
        _curl, address, _h, header, _d, body = shlex.split(line)
        title, _, value = header.partition(": ")
        requests.post(address, data=body, headers={title: value}, timeout=20).raise_for_status()
    assert sandbox.world.clock.offset == 7 * 24 * 3600
    with pytest.raises(stripe.CardError):
        authorize(names["client"])
    assert names["intent"].id not in requests.get(sandbox.url, timeout=20).text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_pages(full: Sandbox, page: Page, scheme: Any) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(full.page_url)
    assert page.url == f"{full.url}/_sandbox/"
    page.get_by_role("link", name="All payment intents").click()
    page.get_by_role("link", name=re.compile("^pi_")).first.click()
    page.get_by_role("link", name=re.compile("^ch_")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^ch_"))).to_be_visible()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    for path in ("/", "/_sandbox/view/requests", "/_sandbox/"):
        page.goto(full.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert problems == []
