"""Two seats on one database: what one of them does the other sees, waits for, or is told; and money moves once."""

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Barrier, Thread

import pytest

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import AnswerNotSaved, CallError, SellerDeskError
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox import Sandbox
from tests import builders, wiring
from tests.engines import Place, engine_of
from tests.postgres_line import Line
from tests.postgres_server import PostgresServer

SEATS = ("Seat 1", "Seat 2")


@pytest.fixture
def seats(stripe_sandbox: Sandbox, place: Place) -> Iterator[list[wiring.Plant]]:
    with (
        wiring.plant(stripe_sandbox, place, seat=SEATS[0]) as one,
        wiring.plant(stripe_sandbox, place, seat=SEATS[1]) as two,
    ):
        yield [one, two]


def hold(seat: wiring.Plant) -> Order:
    """An order on hold here and at the sandbox, in one call."""
    order = builders.placed_order(placed_at=seat.clock.now())
    intent = wiring.stripe_call(
        seat.sandbox,
        "POST",
        "/v1/payment_intents",
        amount="8720",
        currency="eur",
        capture_method="manual",
        payment_method="pm_card_visa",
        confirm="true",
        return_url=wiring.RETURN_URL,
        **{"metadata[sd_order]": order.id, "allowed_payment_method_types[]": "card"},
    )
    facts = seat.works.gateway.retrieve(str(intent["id"]))
    order = builders.placed_order(facts, id=order.id, placed_at=order.placed_at)
    with seat.store.write() as unit:
        unit.orders.add(order, f"checkout-{order.id}", "sha")
        unit.commit()
    return order


def press_together(seats: list[wiring.Plant], order: Order) -> dict[str, object]:
    """What each seat got: the order, or an error."""
    start = Barrier(len(seats))
    got: dict[str, object] = {}

    def press(seat: wiring.Plant) -> None:
        operation_id = seat.works.desk.prepare.new_operation()
        start.wait()
        try:
            got[seat.store.seat] = seat.prepare(order, operation_id=operation_id)
        except SellerDeskError as error:
            got[seat.store.seat] = error

    threads = [Thread(target=press, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_of_two_that_press_capture_at_once_one_wins_and_the_other_is_told(
    seats: list[wiring.Plant], place: Place, release: bool, proof: Callable[[str], None]
) -> None:
    rounds = 1000 if release else 100
    won = dict.fromkeys(SEATS, 0)
    winners: dict[str, str] = {}
    for _ in range(rounds):
        order = hold(seats[0])
        got = press_together(seats, order)
        (winner,) = [seat for seat, each in got.items() if isinstance(each, Order)]
        (loser,) = [seat for seat in SEATS if seat != winner]
        won[winner] += 1
        winners[order.id] = winner
        refusal = got[loser]
        assert not isinstance(refusal, CallError), refusal
        assert f"{winner} is capturing this order since " in str(
            refusal
        ) or f"captured meanwhile by {winner} at " in str(refusal), refusal
    operations = seats[0].rows("SELECT order_id, seat, state, attempts FROM operation ORDER BY created_at")
    assert sorted(operations) == sorted((order_id, seat, "done", 1) for order_id, seat in winners.items())
    captures = [each["captures"] for each in seats[0].sandbox.world.dump()["intents"].values()]
    assert captures == [1] * rounds
    taken = seats[0].rows("SELECT count(*), sum(amount) FROM ledger WHERE kind = 'captured'")
    assert [(int(number), int(amount)) for number, amount in taken] == [(rounds, 8720 * rounds)]
    shares = ", ".join(f"{seat} won {times}" for seat, times in won.items())
    proof(f"two seats press capture at once on {engine_of(place)}: {rounds} rounds, {sum(captures)} captures, {shares}")


def test_what_a_seat_is_doing_is_seen_by_the_other(seats: list[wiring.Plant]) -> None:
    """While the answer is on its way."""
    one, two = seats
    order = hold(one)
    seen = []

    def look(gap: str) -> None:
        if gap == "capture.claimed":
            seen.append(two.order(order.id).open_operation)

    with wiring.plant(one.sandbox, one.store.place, seat="packing-1", reached=look, clock=one.clock) as third:
        third.prepare(order)
    (operation,) = seen
    assert operation is not None
    assert (operation.seat, operation.kind, operation.amount) == ("packing-1", OperationKind.CAPTURE, 8720)
    assert operation.since <= one.clock.now()
    assert two.order(order.id).open_operation is None


# --- with the network to the database lost -----------------------------------------------------------------


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_commit_of_a_capture_that_nobody_heard_of_captures_once(
    stripe_sandbox: Sandbox, postgres_server: PostgresServer, number: int, arrives: bool
) -> None:
    """Planned, claimed, recorded: the connection is lost over each."""
    address = postgres_server.lend()
    line = Line(address)
    with closing(line), wiring.plant(stripe_sandbox, line.address, seat="Seat 2") as far:
        order = hold(far)
        line.cut_at_commit(number, arrives=arrives)
        far.prepare(order)
        assert line.was_cut
        far.settle()
        assert far.order(order.id).payment.status is PaymentStatus.SUCCEEDED
        assert far.at_stripe(order)["captures"] == 1
        assert far.happened(order.id).count("captured") == 1
        (operation,) = far.operations(order.id)
        assert operation.state is OperationState.DONE
    postgres_server.clean()


def test_a_database_that_goes_away_while_stripe_answers_is_caught_up_with(
    stripe_sandbox: Sandbox, postgres_server: PostgresServer
) -> None:
    address = postgres_server.lend()

    def go_away(gap: str) -> None:
        if gap == "capture.answered":
            postgres_server.halt()

    with wiring.plant(stripe_sandbox, address, seat="Seat 2", reached=go_away) as seat:
        order = hold(seat)
        try:
            with pytest.raises(AnswerNotSaved, match="Nothing is lost"):
                seat.prepare(order)
        finally:
            postgres_server.run()
    with wiring.plant(
        stripe_sandbox, address, seat="Seat 1", clock=wiring.MovedClock(wiring.LONGER_THAN_ANY_WAIT)
    ) as seat:
        seat.settle()
        assert seat.order(order.id).payment.status is PaymentStatus.SUCCEEDED
        assert seat.at_stripe(order)["captures"] == 1
        assert seat.happened(order.id).count("captured") == 1
    postgres_server.clean()


def test_two_checkouts_in_the_same_second_both_get_their_place(seats: list[wiring.Plant]) -> None:
    for seat in seats:
        with seat.store.write() as unit:
            unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
            unit.commit()
    references = {seat.place(cart=(CartItem("MUG", 1),)).order.reference for seat in seats}
    assert len(references) == 2
