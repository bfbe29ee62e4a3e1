"""The server's own defences: hostile requests are refused by rule, in one form, and reach nobody."""

import gzip
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sellerdesk.checkout import bodies
from sellerdesk.serve import deliverable
from tests.checkout.shop import CART, COOKIE, MARA, ShopWorld, open_world
from tests.postgres_server import PostgresServer

GOOD = json.dumps({"cart": CART, "country": "DE"}).encode()


@pytest.fixture(scope="module")
def shared_shop(postgres_server: PostgresServer) -> Iterator[ShopWorld]:
    """A shop whose orders are in PostgreSQL."""
    with open_world(postgres_server.new_database()) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"hello", {}, 400),
        (b"[]", {}, 400),
        (b"null", {}, 400),
        (b'"text"', {}, 400),
        (b'{"a":"' + b"x" * 5_000_000 + b'"}', {}, 413),
        (b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", {}, 400),
        (b'{"cart":[],"cart":[{"sku":"MUG-SAND","quantity":1}]}', {}, 400),
        (b'{"a":"\xff\xfe"}', {}, 400),
        (b"\xef\xbb\xbf" + GOOD, {}, 400),
        (GOOD.decode().encode("utf-16"), {}, 400),
        (b'{"cart":[{"sku":"MUG-SAND","quantity":NaN}]}', {}, 400),
        (b'{"cart":[{"sku":"MUG-SAND","quantity":Infinity}],"country":"DE"}', {}, 400),
        (b'{"cart":[{"sku":"MUG-SAND","quantity":1e309}],"country":"DE"}', {}, 422),
        (GOOD, {"content_type": "text/plain"}, 415),
        (b"cart=1", {"content_type": "application/x-www-form-urlencoded"}, 415),
        (GOOD, {"content_type": ""}, 415),
        (GOOD, {"content_type": "application/json; charset=utf-7"}, 415),
        (gzip.compress(GOOD), {"content_encoding": "gzip"}, 415),
        (GOOD, {"origin": "https://evil.example"}, 403),
        (GOOD, {"origin": "null"}, 403),
        (GOOD, {"origin": "", "sec_fetch_site": "cross-site"}, 403),
        (GOOD, {"origin": ""}, 403),
        (GOOD, {"sec_fetch_site": "same-site"}, 403),
        (GOOD, {"host": "evil.example"}, 400),
        (GOOD, {"content_type": "application/json; charset=utf-8"}, 200),
        (GOOD, {"origin": "", "sec_fetch_site": "same-origin"}, 200),
        (GOOD, {"x_forwarded_for": "203.0.113.7"}, 200),
    ],
)
def test_requests_that_are_not_ours(open_shop: ShopWorld, body: bytes, headers: dict[str, str], status: int) -> None:
    answer = open_shop.browser().start().post("/api/quote", body, **headers)
    assert answer.status == status
    assert "Traceback" not in answer.text
    if status != 200:
        assert answer.json["error"]["message"].endswith(".")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/api/quote", "/api/orders", "/api/orders/K7QP3MX2/pay"])
def test_other_methods(open_shop: ShopWorld, method: str, path: str) -> None:
    answer = open_shop.browser().ask(method, path, headers={"Origin": open_shop.url})
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


def test_pages_cannot_be_posted_to(open_shop: ShopWorld) -> None:
    for path in ("/", "/checkout", "/o/abc"):
        assert open_shop.browser().post(path, {}).status == 405


def test_headers_of_every_answer(open_shop: ShopWorld) -> None:
    browser = open_shop.browser()
    box = open_shop.sandbox.url
    policy = (
        f"default-src 'none'; script-src 'self' {box}; frame-src {box}; connect-src 'self' {box}; "
        "img-src 'self' data:; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'"
    )
    answers = [browser.get(path) for path in ("/", "/checkout", "/nothing", "/healthz", "/o/nothing", "/api/o/nothing")]
    answers.append(browser.post("/api/quote", {"cart": CART, "country": "DE"}))
    answers.append(browser.post("/api/quote", b"nonsense"))
    answers.append(browser.ask("GET", "/", headers={"Host": "evil.example"}))
    for answer in answers:
        assert answer.headers["content-security-policy"] == policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
        assert "strict-transport-security" not in answer.headers


def test_the_cookie_is_ours_alone(open_shop: ShopWorld) -> None:
    browser = open_shop.browser()
    given = browser.get("/checkout").headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert "HttpOnly" in given and "SameSite=lax" in given and "Path=/" in given
    assert len(browser.cookies[COOKIE]) == 22
    assert "set-cookie" not in browser.get("/checkout").headers
    browser.cookies[COOKIE] = "guess"
    browser.get("/checkout")
    assert browser.cookies[COOKIE] != "guess"


def test_under_https_the_cookie_is_bound_to_the_host(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with open_world(tmp_path, own_origins=("https://shop.example",)) as world:
        browser = world.browser()
        answer = browser.ask("GET", "/checkout", headers={"Host": "shop.example"})
        assert answer.headers["set-cookie"].startswith("__Host-sd=")
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert browser.get("/checkout").status == 400
        sent = {"Host": "shop.example", "Content-Type": "application/json", "Origin": "https://shop.example"}
        assert browser.ask("POST", "/api/quote", GOOD, sent).status == 200
        assert browser.ask("POST", "/api/quote", GOOD, {**sent, "Origin": "http://shop.example"}).status == 403


def test_files_are_kept_for_a_year_under_their_hash(open_shop: ShopWorld) -> None:
    browser = open_shop.browser()
    page = browser.get("/").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = browser.get(style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get("/static/checkout.css").status == 404
    assert browser.get("/static/..%2fcheckout.css").status == 404


def test_pictures_come_from_their_folder_only(open_shop: ShopWorld) -> None:
    browser = open_shop.browser()
    answer = browser.get("/pictures/mug.svg")
    assert answer.status == 200
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    for name in (
        "catalogue.csv",
        "..%2fcatalogue.csv",
        "..%2f..%2fpyproject.toml",
        "%2fetc%2fpasswd",
        ".svg",
        "nothing.svg",
    ):
        assert browser.get(f"/pictures/{name}").status == 404


def test_no_script_or_style_is_inline(open_shop: ShopWorld) -> None:
    browser = open_shop.browser().start()
    link = browser.place().json["link"]
    for path in ("/", "/checkout", link, "/nothing"):
        page = browser.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        for script in page.split("<script")[1:]:
            assert script.startswith(' type="module" src="/static/')
            assert script.partition(">")[2].startswith("</script>")


def test_a_fault_of_ours_is_told_with_a_number_and_nothing_else(
    open_shop: ShopWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError(MARA["email"])

    monkeypatch.setattr(type(open_shop.works.shopfront.shop), "products", broken)
    page = open_shop.browser().get("/")
    told = open_shop.browser().post("/api/quote", {"cart": CART, "country": "DE"})
    assert (page.status, told.status) == (500, 500)
    for answer in (page, told):
        assert "ZeroDivision" not in answer.text
        assert "Our server met a fault" in answer.text
    assert told.json["error"]["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "mara.lindqvist" not in caplog.text


def test_a_card_number_in_any_field_is_refused_and_not_logged(
    open_shop: ShopWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    number = "4242 4242 4242 4242"
    browser = open_shop.browser().start()
    answers = [browser.place(**{name: number}) for name in MARA]
    answers.append(browser.place([{"sku": "4242424242424242", "quantity": 1}]))
    answers.append(browser.post("/api/orders", {"cart": CART, "shopper": MARA, "note": {"deep": [4242424242424242]}}))
    for answer in answers:
        assert answer.status == 422
        assert answer.code == "card_number"
        assert "4242" not in answer.text
    assert "4242" not in caplog.text.replace(" ", "")
    assert open_shop.works.shopfront.shop.by_checkout(browser.cookies[COOKIE]) is None


def test_a_body_that_does_not_come_is_given_up(open_shop: ShopWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.1)
    parts = urlsplit(open_shop.url)
    head = (
        f"POST /api/quote HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {open_shop.url}\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))  # to its end: the connection is closed as well
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"took too long" in answer


def test_a_shopper_who_hangs_up_is_no_fault(open_shop: ShopWorld, caplog: pytest.LogCaptureFixture) -> None:
    parts = urlsplit(open_shop.url)
    head = (
        f"POST /api/quote HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {open_shop.url}\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    )
    with caplog.at_level("INFO"), socket.create_connection((parts.hostname or "", parts.port or 0), 20) as connection:
        connection.sendall(head.encode())
        assert open_shop.browser().get("/healthz").status == 200  # the server has read what was sent before
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(4096) == b""
        assert open_shop.browser().get("/healthz").status == 200  # and has met the end of it
    assert [record.getMessage() for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "/o/a%0d%0aSet-Cookie:%20x=1", "/pictures/mug%00.svg", "/checkout/", "/o/../checkout", "/%00"],
)
def test_odd_addresses_are_not_found_and_not_repeated(open_shop: ShopWorld, path: str) -> None:
    answer = open_shop.browser().ask("GET", path)
    assert answer.status == 404
    assert "set-cookie" not in answer.headers and "location" not in answer.headers
    assert "evil" not in answer.text


@pytest.mark.parametrize("link", ["%00", "a%00b", "A" * 21 + "%00", "A" * 23, "A" * 21 + "%0a", "..", "%C3%A9" * 22])
def test_what_can_be_no_link_is_unknown_in_every_database(shared_shop: ShopWorld, link: str) -> None:
    browser = shared_shop.browser()
    for path in (f"/o/{link}", f"/api/o/{link}"):
        assert browser.get(path).status == 404
    for act in ("look", "approve", "approved", "pay"):
        body = {"token": "pm_1"} if act == "pay" else {}
        answer = browser.post(f"/api/o/{link}/{act}", body)
        assert (answer.status, answer.code) == (404, "unknown")


@pytest.mark.parametrize("host", ["evil.example", "localhost.", "a@127.0.0.1", "127.0.0.1.evil.example", "[::1]", ""])
def test_other_names_for_this_machine_are_refused(open_shop: ShopWorld, host: str) -> None:
    """A name that its owner points at this machine would make foreign pages ours."""
    port = urlsplit(open_shop.url).port
    for given in (host, f"{host}:{port}"):
        assert open_shop.browser().ask("GET", "/checkout", headers={"Host": given}).status == 400


def test_a_shop_that_sends_nowhere_says_that_nothing_is_for_sale(tmp_path: Path) -> None:
    with open_world(tmp_path, countries=deliverable(())) as world:
        page = world.browser().get("/")
        assert (page.status, page.text.count("data-sku")) == (200, 0)
        assert "Nothing is for sale at the moment." in page.words
        answer = world.browser().get("/checkout")
        assert (answer.status, answer.headers["location"]) == (303, "/")


def test_shipping_rates_can_be_taken_away_while_the_page_is_open(world: ShopWorld) -> None:
    assert "Nothing is for sale" not in world.browser().get("/").words
    with world.works.store.write() as unit:
        unit.catalogue.replace(unit.catalogue.products(), ())
        unit.commit()
    browser = world.browser().start()
    assert "Nothing is for sale at the moment." in browser.get("/").words
    for answer in (browser.post("/api/quote", {"cart": CART, "country": "DE"}), browser.place()):
        assert (answer.status, answer.json["error"]["message"]) == (422, "We cannot send to this country.")


def test_products_and_messages_are_printed_as_text(world: ShopWorld) -> None:
    evil = "<script>alert(1)</script>'\"&<img src=x onerror=alert(2)>"
    with world.works.store.write() as unit:
        products = [replace(each, name=evil) for each in unit.catalogue.products()]
        unit.catalogue.replace(products, unit.catalogue.shipping_rates())
        unit.commit()
    browser = world.browser().start()
    placed = browser.place()
    browser.post(f"/api/orders/{placed.json['reference']}/pay", {"token": world.token()})
    link = placed.json["link"]
    with world.works.store.write() as unit:
        order = world.order(link)
        unit.orders.save_message(order.id, evil)
        unit.commit()
    for path in ("/", "/checkout", link):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert" in browser.get("/").text
