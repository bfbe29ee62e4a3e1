"""How long the desk takes to notice an order that another process authorized."""

import statistics
import time
from pathlib import Path
from queue import Queue

import pytest

from sellerdesk.app import open_shop
from sellerdesk.domain.order import Stage
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.desk import Mode, News, OrdersChanged, ShopInfo
from tests import wiring

ROUNDS = 5


@pytest.mark.bench
def test_an_order_authorized_by_the_checkout_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wiring.make_database(tmp_path / "shop.db")
    waits: list[float] = []
    with (
        Sandbox() as sandbox,
        wiring.plant(sandbox, path) as desk,
        wiring.plant(sandbox, path, seat="Checkout page") as checkout,
    ):
        news: Queue[News] = Queue()
        shop = open_shop(desk.works, ShopInfo(Mode.TEST, "", "", "", ""), desk.store.changes)
        shop.feed.subscribe(news.put)
        for _ in range(ROUNDS):
            order = checkout.place_and_pay()
            committed = time.monotonic()
            while True:
                if isinstance(news.get(timeout=60), OrdersChanged) and _is_to_prepare(desk, order.id):
                    break
            waits.append(time.monotonic() - committed)
            while not news.empty():
                news.get()
        shop.close()
    with capsys.disabled():
        print(f"\nauthorized elsewhere to noticed: median {statistics.median(waits):.2f} s, most {max(waits):.2f} s")


def _is_to_prepare(desk: wiring.Plant, order_id: str) -> bool:
    overview = desk.works.desk.orders.overview()
    return overview.count(Stage.TO_PREPARE) > 0 and desk.order(order_id).payment.held > 0
