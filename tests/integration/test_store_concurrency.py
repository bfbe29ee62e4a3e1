"""Two threads and two processes on one database: one wins, the other gets a sentence, and nobody reads half of it.

Run as a program this file is the other process: ``python test_store_concurrency.py ROLE PLACE [IDS...]``.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from sellerdesk.domain.database_address import read_database_address
from sellerdesk.domain.errors import OperationInProgress, OrderChanged, SellerDeskError
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order
from sellerdesk.store.database import SqlStore
from tests import builders
from tests.builders import NOW
from tests.engines import Place, open_place

ROOT = Path(__file__).parents[2]


# --- the other process -----------------------------------------------------------------------------------


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hear() -> None:
    sys.stdin.readline()


def act(role: str, place: Place, order_id: str) -> str:
    """One step of a race; the answer is 'won' or the sentence of the refusal."""
    store = open_place(place, seat=f"seat-{os.getpid()}")
    with ExitStack() as stack:
        stack.callback(store.close)
        say("ready")
        hear()
        try:
            return STEPS[role](store, order_id)
        except SellerDeskError as error:
            return str(error)


def plan_capture(store: SqlStore, order_id: str) -> str:
    with store.write() as unit:
        order = unit.orders.get(order_id)
        unit.journal.plan(builders.operation(order, seat=store.seat))
        unit.commit()
    return "won"


def see_version(store: SqlStore, order_id: str) -> str:
    with store.write() as unit:
        unit.orders.expect_version(order_id, 1)
        unit.commit()
    return "won"


def claim_open(store: SqlStore, _order_id: str) -> str:
    with store.write() as unit:
        due = unit.journal.open_operations(100)
        claimed = unit.journal.claim(due[0].id, store.seat, 100, NOW) if due else None
        unit.commit()
    return "won" if claimed else "taken"


def hold_open(store: SqlStore, order_id: str) -> str:
    with store.write() as unit:
        unit.orders.save_message(order_id, "from the other process")
        say("written")
        hear()
        unit.commit()
    return "won"


def add_many(store: SqlStore, _order_id: str) -> str:
    for _ in range(25):
        with store.write() as unit:
            order = builders.held_order()
            unit.orders.add(order, f"checkout-{order.id}", "sha")
            unit.commit()
    return "won"


STEPS: dict[str, Callable[[SqlStore, str], str]] = {
    "plan": plan_capture,
    "version": see_version,
    "claim": claim_open,
    "hold": hold_open,
    "many": add_many,
}


class Other:
    """The other process: started, told to go on, asked what it got."""

    def __init__(self, role: str, place: Place, order_id: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, role, str(place), order_id],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=60)

    def end(self) -> None:
        self._process.communicate(timeout=60)
        assert self._process.returncode == 0


@contextmanager
def two(role: str, place: Place, order_id: str = "") -> Iterator[list[Other]]:
    others = [Other(role, place, order_id) for _ in range(2)]
    yield others
    for other in others:
        other.end()


# --- the tests -------------------------------------------------------------------------------------------


@pytest.fixture
def order(store: SqlStore) -> Order:
    order = builders.held_order()
    with store.write() as unit:
        unit.orders.add(order, "checkout-1", "sha")
        unit.commit()
    return order


def race(place: Place, role: str, order_id: str = "") -> list[str]:
    with two(role, place, order_id) as others:
        assert [other.hear() for other in others] == ["ready", "ready"]
        for other in others:
            other.go_on()
        return sorted(other.hear() for other in others)


def race_threads(step: Callable[[SqlStore, str], str], store: SqlStore, order_id: str, runners: int = 4) -> list[str]:
    start, answers = Barrier(runners), []

    def run() -> None:
        start.wait()
        try:
            answers.append(step(store, order_id))
        except SellerDeskError as error:
            answers.append(str(error))

    threads = [Thread(target=run) for _ in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_two_processes_capture_and_one_wins(store: SqlStore, order: Order) -> None:
    refused, won = race(store.place, "plan", order.id)
    assert won == "won"
    assert refused.startswith("seat-")
    assert "is capturing this order since" in refused
    with store.read() as unit:
        assert len(unit.journal.of_order(order.id)) == 1


def test_four_threads_capture_and_one_wins(store: SqlStore, order: Order) -> None:
    *refused, won = race_threads(plan_capture, store, order.id)
    assert won == "won"
    assert len(refused) == 3
    assert all("Seat packing-1 is capturing" in each for each in refused)


def test_after_the_capture_two_processes_are_both_refused(store: SqlStore, order: Order) -> None:
    with store.write() as unit:
        planned = unit.journal.plan(builders.operation(order))
        claimed = unit.journal.claim(planned.id, "packing-1", 1, NOW)
        assert claimed is not None
        unit.journal.finish(claimed, OperationState.DONE, "done", NOW)
        unit.commit()
    sentence = "This order was captured already. A hold can be captured once."
    assert race(store.place, "plan", order.id) == [sentence, sentence]
    with pytest.raises(OperationInProgress, match="captured already"):
        plan_capture(store, order.id)


def test_two_processes_act_on_what_they_saw_and_one_wins(store: SqlStore, order: Order) -> None:
    assert race(store.place, "version", order.id) == [str(OrderChanged()), "won"]
    with store.read() as unit:
        assert unit.orders.get(order.id).version == 2


def test_four_threads_act_on_what_they_saw_and_one_wins(store: SqlStore, order: Order) -> None:
    answers = race_threads(see_version, store, order.id)
    assert answers.count("won") == 1
    assert answers.count(str(OrderChanged())) == 3


def test_two_processes_claim_and_one_gets_it(store: SqlStore, order: Order) -> None:
    plan_capture(store, order.id)
    assert race(store.place, "claim") == ["taken", "won"]
    with store.read() as unit:
        (operation,) = unit.journal.of_order(order.id)
    assert operation.fence == 1


def test_two_processes_make_the_same_new_database(new_place: Place) -> None:
    """Both find nothing there; each then adds its orders, many of them in the same second."""
    assert race(new_place, "many") == ["won", "won"]
    store = open_place(new_place)
    with store.read() as unit:
        assert len(unit.lists.page(OrderQuery(None)).rows) == 50
    store.close()


def test_reading_goes_on_while_another_process_writes(store: SqlStore, order: Order) -> None:
    def message() -> str:
        with store.read() as unit:
            return unit.orders.get(order.id).message

    other = Other("hold", store.place, order.id)
    assert other.hear() == "ready"
    changes = store.changes()
    other.go_on()
    assert other.hear() == "written"
    assert message() == ""
    assert store.changes() == changes
    with store.read() as unit:
        assert unit.orders.get(order.id).message == ""
        other.go_on()
        assert other.hear() == "won"
        other.end()
        assert unit.orders.get(order.id).message == ""
    assert message() == "from the other process"
    assert store.changes() != changes


def test_a_process_that_is_killed_holds_nothing_any_more(store: SqlStore, order: Order) -> None:
    """In the middle of a transaction that has written to the order."""
    other = Other("hold", store.place, order.id)
    assert other.hear() == "ready"
    other.go_on()
    assert other.hear() == "written"
    other.kill()
    assert plan_capture(store, order.id) == "won"
    with store.read() as unit:
        assert unit.orders.get(order.id).message == ""


def test_one_writes_at_a_time_and_the_next_waits_its_turn(store: SqlStore, order: Order) -> None:
    inside, go_on, steps = Event(), Event(), []

    def first() -> None:
        with store.write() as unit:
            inside.set()
            go_on.wait(30)
            unit.orders.save_message(order.id, "first")
            steps.append("first")
            unit.commit()

    def second() -> None:
        with store.write() as unit:
            steps.append(unit.orders.get(order.id).message)

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    assert inside.wait(30)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert steps == ["first", "first"]


def test_changes_may_be_asked_from_many_threads(store: SqlStore, order: Order) -> None:
    def ask(store: SqlStore, _order_id: str) -> str:
        return str({store.changes() for _ in range(200)})

    assert len(set(race_threads(ask, store, order.id))) == 1


if __name__ == "__main__":
    where = sys.argv[2]
    say(act(sys.argv[1], read_database_address(where) if "://" in where else Path(where), sys.argv[3]))
