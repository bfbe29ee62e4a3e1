"""The background of an open shop: it notices, resolves, asks Stripe, and says when something is wrong, once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import TypeVar

import pytest

from sellerdesk import background
from sellerdesk.app import open_shop
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.desk import Mode, News, OpenShop, OrdersChanged, ShopInfo, Synced, Trouble
from tests import wiring
from tests.wiring import ASKS_FIRST, TOTAL, Plant, answer_challenge

INFO = ShopInfo(Mode.TEST, "Shop", "", "", "")
PATIENCE = 60
Kind = TypeVar("Kind", bound=News)


class Ear:
    """Hears the news of a shop."""

    def __init__(self, shop: OpenShop) -> None:
        self._heard: Queue[News] = Queue()
        self.end = shop.feed.subscribe(self._heard.put)

    def wait_for(self, kind: type[Kind], when: Callable[[Kind], bool] = lambda _: True) -> Kind:
        while True:
            news = self._heard.get(timeout=PATIENCE)
            if isinstance(news, kind) and when(news):
                return news

    def all_of(self, kind: type[Kind]) -> list[Kind]:
        found: list[Kind] = []
        while not self._heard.empty():
            news = self._heard.get()
            if isinstance(news, kind):
                found.append(news)
        return found


@pytest.fixture
def open_(shop: Plant) -> Iterator[OpenShop]:
    opened = open_shop(shop.works, INFO, shop.store.changes)
    yield opened
    opened.close()
    opened.close()


def test_what_another_process_did_is_noticed(
    open_: OpenShop, shop: Plant, stripe_sandbox: Sandbox, database: Path
) -> None:
    ear = Ear(open_)
    with wiring.plant(stripe_sandbox, database, seat="Checkout page") as checkout:
        order = checkout.place_and_pay()
    while shop.order(order.id).payment.held != TOTAL:
        ear.wait_for(OrdersChanged)


def test_an_operation_left_open_is_finished_by_itself(
    shop: Plant, stripe_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "RESOLVE_SECONDS", 0.05)
    order = shop.place_and_pay()
    stripe_sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
    assert shop.prepare(order).open_operation is not None
    shop.clock.advance()
    opened = open_shop(shop.works, INFO, shop.store.changes)
    ear = Ear(opened)
    while shop.order(order.id).payment.captured != TOTAL:
        ear.wait_for(OrdersChanged)
    opened.close()
    shop.check_agrees(order.id)


def test_stripe_is_asked_at_once_when_wanted(open_: OpenShop, shop: Plant, stripe_sandbox: Sandbox) -> None:
    ear = Ear(open_)
    open_.feed.sync_now()
    ear.wait_for(Synced)
    order = shop.place_and_pay(ASKS_FIRST)
    answer_challenge(stripe_sandbox, order, approve=True)
    ear.all_of(Synced)
    open_.feed.sync_now()
    ear.wait_for(Synced)
    assert shop.order(order.id).payment.held == TOTAL


def test_trouble_is_said_once_and_so_is_its_end(open_: OpenShop, stripe_sandbox: Sandbox) -> None:
    ear = Ear(open_)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    open_.feed.sync_now()
    trouble = ear.wait_for(Trouble, lambda news: bool(news.sentence))
    assert "key" in trouble.sentence
    assert trouble.key_refused
    for _ in range(3):
        open_.feed.sync_now()
    stripe_sandbox.world.revoked_keys.clear()
    open_.feed.sync_now()
    assert ear.wait_for(Trouble).sentence == ""


def test_who_listens_late_hears_how_things_stand(open_: OpenShop, stripe_sandbox: Sandbox) -> None:
    open_.feed.sync_now()
    Ear(open_).wait_for(Synced)
    late = Ear(open_)
    assert len(late.all_of(Synced)) == 1
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    open_.feed.sync_now()
    said = late.wait_for(Trouble, lambda news: bool(news.sentence))
    assert Ear(open_).all_of(Trouble) == [said]


def test_who_stopped_listening_hears_nothing_more(open_: OpenShop, shop: Plant) -> None:
    ear, other = Ear(open_), Ear(open_)
    ear.end()
    ear.end()
    ear.all_of(OrdersChanged)
    shop.place_and_pay()
    other.wait_for(OrdersChanged)
    assert ear.all_of(OrdersChanged) == []


def test_polling_slows_down_when_nothing_happens(shop: Plant) -> None:
    idle = background.Background(shop.works.desk.sync, shop.works.resolve, shop.store.changes)
    assert idle._pause(busy=False) == background.QUICK_SECONDS
    idle._quick_until = 0.0
    pauses = [idle._pause(busy=False) for _ in range(5)]
    assert pauses == [60.0, 120.0, 240.0, 300.0, 300.0]
    assert idle._pause(busy=True) == background.QUICK_SECONDS
    idle._quick_until = 0.0
    assert idle._pause(busy=False) == 60.0
    assert idle._board.last(Trouble) == Trouble("")
