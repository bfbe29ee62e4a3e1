"""One of several seats asks Stripe for all; when it cannot, another takes over; a person is never refused."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue

import pytest

from sellerdesk import background
from sellerdesk.background import Background
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.desk import News, Synced, Trouble
from sellerdesk.services.duty import FARTHEST_SECONDS, KEPT, LEASE_SECONDS, LOOK_SECONDS, Duty
from tests import wiring
from tests.engines import Place, open_place
from tests.postgres_server import PostgresServer
from tests.wiring import MovedClock, Plant, plant


@pytest.fixture
def seats(place: Place) -> Iterator[tuple[Duty, Duty, MovedClock]]:
    clock = MovedClock()
    one, two = open_place(place, "Seat 1"), open_place(place, "Seat 2")
    yield Duty(one, clock, "Seat 1"), Duty(two, clock, "Seat 2"), clock
    one.close()
    two.close()


def test_one_is_on_duty_until_it_leaves_or_dies(seats: tuple[Duty, Duty, MovedClock]) -> None:
    one, two, clock = seats
    one.look()
    two.look()
    for _ in range(6):  # it stays so for as long as the first one looks
        clock.advance(LOOK_SECONDS)
        one.look()
        two.look()
        assert (one.mine, two.mine) == (True, False)
    one.synced(1234)
    assert two.look().synced == 1234
    one.look(willing=False)
    assert two.look().synced == 1234
    assert (one.mine, two.mine) == (False, True)
    # The second one dies: another is on duty within two minutes.
    clock.advance(LEASE_SECONDS + LOOK_SECONDS)
    one.look()
    assert one.mine
    assert LEASE_SECONDS + 2 * LOOK_SECONDS <= 120


@pytest.mark.parametrize("ahead", [FARTHEST_SECONDS + 60, -FARTHEST_SECONDS, -LEASE_SECONDS - 1])
def test_a_turn_of_a_clock_that_is_wrong_does_not_last(place: Place, ahead: int) -> None:
    store, clock = open_place(place), MovedClock()
    Duty(store, MovedClock(ahead), "Seat 1").look()
    later = Duty(store, clock, "Seat 2")
    later.look()
    assert later.mine
    with store.write() as unit:
        unit.shared.put(KEPT, '{"owner": 1, "from": "a newer version"}')
        unit.commit()
    later.look()
    assert later.mine
    store.close()


def test_nobody_is_told_of_it(postgres_server: PostgresServer) -> None:
    """Who hears of a change asks Stripe more often, and this one would never end."""
    address = postgres_server.lend()
    with closing(open_place(address)) as one, closing(open_place(address)) as two:
        heard = two.changes()
        duty = Duty(one, MovedClock(), "Seat 1")
        duty.look()
        duty.synced(1234)
        assert two.changes() == heard
        with one.write() as unit:
            unit.shared.put("news", "")
            unit.commit()
        assert two.changes() > heard
    postgres_server.clean()


class Asked:
    """Counts how often a seat asks Stripe, and what it tells."""

    def __init__(self, shop: Plant, seat: str) -> None:
        self.shop = shop
        self.duty = Duty(shop.store, shop.clock, seat)
        sync = shop.works.desk.sync
        self.background = Background(sync, shop.works.resolve, shop.store.changes, duty=self.duty)
        self.heard: Queue[News] = Queue()
        self.background.subscribe(self.heard.put)

    def turn(self) -> float:
        """One turn of the two jobs, as the runner would have them."""
        self.background._look_whose_turn(self.duty)
        return self.background._poll()

    def trouble(self) -> str:
        """What stands there now."""
        told = self.background._board.last(Trouble)
        assert told is not None
        return told.sentence

    def polls(self) -> int:
        return len(wiring.calls(self.shop.sandbox, "GET", "/v1/events"))


def test_the_seat_on_duty_asks_for_both_and_f5_always_asks(stripe_sandbox: Sandbox, database: Path) -> None:
    clock = MovedClock()
    with (
        plant(stripe_sandbox, database, clock=clock) as first,
        plant(stripe_sandbox, database, clock=clock, seat="Seat 2") as second,
    ):
        one, two = Asked(first, "Seat 1"), Asked(second, "Seat 2")
        for seat in (one, two, one, two):
            seat.turn()
        assert one.polls() == 2
        # The other tells what the first one knows.
        assert isinstance(two.heard.get_nowait(), Synced)
        two.background.sync_now()
        two.turn()
        assert one.polls() == 3
        # Who cannot ask leaves it to the other, and asks again until its own trouble is over.
        stripe_sandbox.world.faults.plan("list_events", Fault.LOST_BEFORE)
        one.turn()
        one.turn()
        two.turn()
        assert (one.duty.mine, two.duty.mine) == (False, True)
        assert not one.background._failed
        one.background.stop()
        two.background.stop()
        assert (one.turn(), one.duty.mine) == (background.QUICK_SECONDS, True)


def test_a_seat_off_duty_says_that_the_database_is_back_as_soon_as_it_is(
    stripe_sandbox: Sandbox, postgres_server: PostgresServer
) -> None:
    address, clock = postgres_server.new_database(), MovedClock()
    with (
        plant(stripe_sandbox, address, clock=clock) as first,
        plant(stripe_sandbox, address, clock=clock, seat="Seat 2") as second,
    ):
        one, two = Asked(first, "Seat 1"), Asked(second, "Seat 2")
        for seat in (one, two):
            seat.turn()
        assert not two.duty.mine
        polls = one.polls()
        postgres_server.halt()
        try:
            two.background._watch()
            two.background._resolve_due()
        finally:
            postgres_server.run()
        assert "Nothing is lost" in two.trouble()
        two.background._watch()
        two.background._resolve_due()
        assert two.trouble() == ""
        assert one.polls() == polls


def test_a_seat_off_duty_asks_until_its_trouble_is_over_and_no_longer(stripe_sandbox: Sandbox, database: Path) -> None:
    clock = MovedClock()
    with (
        plant(stripe_sandbox, database, clock=clock) as first,
        plant(stripe_sandbox, database, clock=clock, seat="Seat 2") as second,
    ):
        one, two = Asked(first, "Seat 1"), Asked(second, "Seat 2")
        one.turn()
        stripe_sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
        second.prepare(second.place_and_pay())
        clock.advance()
        stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
        two.background._resolve_due()
        two.background._resolve_due()
        two.background._watch()
        # The operation waits for its next turn: that nothing failed meanwhile says nothing of Stripe.
        assert two.trouble() != ""
        polls = one.polls()
        two.background._poll()
        assert two.trouble() == ""
        two.background._poll()
        assert one.polls() == polls + 1
