"""The desk finds its shop's checkout page on this computer, and takes nothing else for it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk import background
from sellerdesk.addresses import Addresses
from sellerdesk.app import open_shop
from sellerdesk.page_probe import Answers, find_page, who_answers
from sellerdesk.sandbox import Sandbox
from sellerdesk.serve import checkout_server
from sellerdesk.services.desk import Mode, PageMoved, ShopInfo
from sellerdesk.serving import AsgiServer
from tests.integration.test_services_background import Ear
from tests.wiring import Plant

PROFILE = "acct_1-test"
INFO = ShopInfo(Mode.TEST, "Shop", "", "", "", PROFILE)


def serve(shop: Plant, tmp_path: Path, port: int = 0, public: str = "") -> AsgiServer:
    return checkout_server(
        shop.works,
        INFO,
        PROFILE,
        "pk_test_MadeUpForTests0123",
        Addresses.at(shop.sandbox.url),
        tmp_path,
        port=port,
        own_origins=(public,) if public else (),
    )


@pytest.fixture
def page(shop: Plant, tmp_path: Path) -> Iterator[AsgiServer]:
    server = serve(shop, tmp_path)
    yield server
    server.stop()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_the_page_of_this_shop_is_known(page: AsgiServer) -> None:
    assert who_answers(page.port, PROFILE) is Answers.PAGE
    assert find_page(page.port, PROFILE) == page.url


def test_the_page_of_another_shop_is_not_taken_for_it(page: AsgiServer) -> None:
    assert who_answers(page.port, "acct_2-test") is Answers.OTHER
    assert find_page(page.port, "acct_2-test") == ""


def test_another_program_is_not_taken_for_it(stripe_sandbox: Sandbox) -> None:
    port = int(stripe_sandbox.url.rpartition(":")[2])
    assert who_answers(port, PROFILE) is Answers.OTHER


def test_nobody_there(free_port: int) -> None:
    assert who_answers(free_port, PROFILE) is Answers.NOBODY
    assert who_answers(0, PROFILE) is Answers.NOBODY


def test_a_program_that_says_nothing_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sellerdesk.page_probe._SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert who_answers(port, PROFILE) is Answers.SILENT
        assert find_page(port, PROFILE) is None


def test_a_page_with_a_public_address_answers_under_its_name(shop: Plant, tmp_path: Path) -> None:
    server = serve(shop, tmp_path, public="https://shop.example")
    assert who_answers(server.port, PROFILE) is Answers.OTHER
    assert who_answers(server.port, PROFILE, "shop.example") is Answers.PAGE
    server.stop()


def test_the_open_shop_hears_where_its_page_is(
    shop: Plant, tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "PAGE_SECONDS", 0.05)
    opened = open_shop(shop.works, INFO, shop.store.changes, find_page=lambda: find_page(free_port, PROFILE))
    ear = Ear(opened)
    server = serve(shop, tmp_path, port=free_port)
    assert ear.wait_for(PageMoved) == PageMoved(server.url)
    assert Ear(opened).wait_for(PageMoved) == PageMoved(server.url)
    server.stop()
    assert ear.wait_for(PageMoved) == PageMoved("")
    opened.close()


def test_the_longest_pause_is_a_setting(shop: Plant) -> None:
    idle = background.Background(shop.works.desk.sync, shop.works.resolve, shop.store.changes, idle_most=90)
    idle._quick_until = 0.0
    assert [idle._pause(busy=False) for _ in range(3)] == [60.0, 90.0, 90.0]
    every_minute = background.Background(shop.works.desk.sync, shop.works.resolve, shop.store.changes, idle_most=60)
    every_minute._quick_until = 0.0
    assert [every_minute._pause(busy=False) for _ in range(3)] == [60.0, 60.0, 60.0]
