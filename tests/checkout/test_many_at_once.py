"""More shoppers at once than the server has threads: whoever waits for Stripe keeps nobody from pages and events, and
who finds no thread is told at once that nothing was sent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event

import pytest

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.place_order import PlaceOrder
from tests.checkout.shop import Answer, Browser, ShopWorld, open_world
from tests.checkout.test_events import event, send_event

ONE = Limits(wait_together=1)
SHARED_POOL = 40
"""Places in the pool of threads that a server's pages and events share."""


def pay(browser: Browser, placed: Answer, token: str) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/pay", {"token": token})


@contextmanager
def somebody_waits(world: ShopWorld) -> Iterator[None]:
    """Another shopper's card is at the bank, which does not answer before the end."""
    other = world.browser().start()
    placed, token = other.place(), world.token()
    slow = world.sandbox.world.faults.plan("confirm", Fault.SLOW)
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, other, placed, token)
        assert world.sandbox.world.faults.wait_until_holding()
        yield
        slow.release()
        assert paying.result().json["state"] == "held"


def test_shoppers_who_wait_for_stripe_leave_pages_and_events_their_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def hangs(*_given: object) -> None:
        assert go_on.wait(60)
        raise OutcomeUnknown("no answer")

    monkeypatch.setattr(PlaceOrder, "place", hangs)
    limits = Limits(place_per_address=Allowance(1_000, 60))
    assert limits.wait_together < SHARED_POOL
    with open_world(tmp_path, limits) as world, ThreadPoolExecutor(SHARED_POOL) as pool:
        browsers = [world.browser().start() for _ in range(SHARED_POOL)]
        placing = [pool.submit(browser.place) for browser in browsers]
        try:
            too_many = islice(as_completed(placing, timeout=60), SHARED_POOL - limits.wait_together)
            assert {(each.result().status, each.result().code) for each in too_many} == {(503, "busy")}
            assert send_event(world, event()) == 200
            assert world.browser().get("/").status == 200
        finally:
            go_on.set()


def test_a_card_for_which_no_thread_is_free_is_not_sent_and_this_is_said(tmp_path: Path) -> None:
    with open_world(tmp_path, ONE) as world:
        browser = world.browser().start()
        placed, token = browser.place(), world.token()
        link = placed.json["link"]
        with somebody_waits(world):
            for answer in (
                pay(browser, placed, token),
                world.browser().post(f"/api{link}/pay", {"token": token}),
                browser.post(f"/api/orders/{placed.json['reference']}/start", {}),
                world.browser().start().place(),
            ):
                assert (answer.status, answer.code) == (503, "busy")
                assert answer.json["error"]["message"] == (
                    "Many people are ordering right now. Your bank was not asked, and nothing is held by this try. "
                    "Please press again in a minute."
                )
                assert answer.headers["retry-after"] == "12"
        with world.works.store.read() as unit:
            operations = unit.journal.of_order(world.order(link).id)
        assert OperationKind.CONFIRM not in {each.kind for each in operations}
        assert pay(browser, placed, token).json == {"state": "held", "link": link}


def test_a_page_that_looks_while_no_thread_is_free_waits_on(tmp_path: Path) -> None:
    with open_world(tmp_path, ONE, ConfirmationRoad.PAGE) as world:
        browser = world.browser().start()
        placed = browser.place()
        link = placed.json["link"]
        paths = (f"/api/orders/{placed.json['reference']}/look", f"/api{link}/look")
        with somebody_waits(world):
            for path in paths:
                assert browser.post(path, {}).json == {"state": "checking", "link": link}
            assert browser.post("/api/o/nothing/look", {}).status == 404
        for path in paths:
            assert browser.post(path, {}).json == {"state": "open", "link": link}


def test_an_approval_for_which_no_thread_is_free_is_told_at_once(tmp_path: Path) -> None:
    with open_world(tmp_path, ONE) as world:
        browser = world.browser().start()
        link = browser.place().json["link"]
        with somebody_waits(world):
            for path in (f"/api{link}/approve", f"/api{link}/approved"):
                answer = browser.post(path, {})
                assert (answer.status, answer.code) == (503, "busy")
        assert browser.post(f"/api{link}/approve", {}).json == {"state": "nothing"}
