"""Two different things done to one order at the same instant: whoever comes first wins, nobody meets an error of
Stripe's or of the database, and in the end the order says what Stripe says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Barrier, Thread

import pytest

from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.pay_answer import PayState
from sellerdesk.services.sweep import GRACE_SECONDS, UNFINISHED_SECONDS
from tests import builders, wiring
from tests.engines import Place, engine_of

TOTAL = 8720
MOST_OF_IT = 5000
TAGS = ("sd_order", "sd_install")
Got = object


@dataclass(frozen=True, slots=True)
class Seats:
    """Two programs on one database."""

    one: wiring.Plant
    two: wiring.Plant

    def at_once(self, first: Callable[[], object], second: Callable[[], object]) -> tuple[Got, Got]:
        """What each came to: its result, or our own sentence that refused it. Whatever else is raised is a failure."""
        start = Barrier(2)
        got: list[Got] = [None, None]

        def press(number: int, action: Callable[[], object]) -> None:
            start.wait()
            try:
                got[number] = action()
            except RefusedError as refusal:
                got[number] = refusal
            except BaseException as error:  # shown by whoever looks
                got[number] = error

        threads = [Thread(target=press, args=pair) for pair in enumerate((first, second))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in got:
            if isinstance(each, BaseException) and not isinstance(each, RefusedError):
                raise each
        return got[0], got[1]

    def unpaid(self, card: str = "pm_card_visa", age: int = 0) -> tuple[Order, Callable[[], None]]:
        """An order whose shopper has not paid yet, and what lets ``card`` be confirmed past all of our programs."""
        sandbox = self.one.sandbox
        order = builders.placed_order(placed_at=self.one.clock.now() - age)
        values = (order.id, self.one.store.installation())
        intent = wiring.stripe_call(
            sandbox,
            "POST",
            "/v1/payment_intents",
            amount=str(TOTAL),
            currency="eur",
            capture_method="manual",
            **{"allowed_payment_method_types[]": "card"},
            **{f"metadata[{tag}]": value for tag, value in zip(TAGS, values, strict=True)},
        )
        facts = self.one.works.gateway.retrieve(str(intent["id"]))
        order = replace(order, payments=(builders.payment(order.id, facts),))
        with self.one.store.write() as unit:
            unit.orders.add(order, f"checkout-{order.id}", "sha")
            unit.commit()
        path = f"/v1/payment_intents/{intent['id']}/confirm"
        form = {"payment_method": card, "return_url": wiring.RETURN_URL}
        return order, lambda: (wiring.stripe_call(sandbox, "POST", path, **form), None)[1]

    def read(self, order: Order) -> Order:
        """``order`` after Stripe was asked."""
        self.one.works.desk.sync.read_again(order.payment.intent_id)
        return self.one.order(order.id)

    def held(self) -> Order:
        order, confirm = self.unpaid()
        confirm()
        return self.read(order)

    def captured(self) -> Order:
        return self.one.prepare(self.held())


@pytest.fixture
def both(stripe_sandbox: Sandbox, place: Place) -> Iterator[Seats]:
    with (
        wiring.plant(stripe_sandbox, place, seat="Seat 1") as one,
        wiring.plant(stripe_sandbox, place, seat="Seat 2", clock=one.clock) as two,
    ):
        yield Seats(one, two)


def capture_and_release(seats: Seats) -> str:
    order = seats.held()
    captured, released = seats.at_once(lambda: seats.one.prepare(order), lambda: seats.two.release(order))
    assert isinstance(captured, Order) is not isinstance(released, Order), (captured, released)
    order = seats.one.check_agrees(order.id)
    wanted = PaymentStatus.SUCCEEDED if isinstance(captured, Order) else PaymentStatus.CANCELED
    assert order.payment.status is wanted
    return wanted.value


def refund_twice(seats: Seats) -> str:
    """Together they would be more than was taken, so both plans are right only as long as they are alone."""
    order = seats.captured()
    got = seats.at_once(lambda: seats.one.refund(order, MOST_OF_IT), lambda: seats.two.refund(order, MOST_OF_IT))
    assert sum(isinstance(each, Order) for each in got) == 1, got
    assert seats.one.check_agrees(order.id).payment.refunded == MOST_OF_IT
    return "one refund"


def capture_and_sweep(seats: Seats) -> str:
    """The shopper paid at the last moment, while the clean-up was about to cancel what it had closed."""
    order, confirm = seats.unpaid(age=UNFINISHED_SECONDS + 2 * GRACE_SECONDS)
    with seats.one.store.write() as unit:
        unit.orders.close(order.id, order.placed_at)
        unit.commit()
    confirm()

    def capture() -> Order:
        return seats.one.prepare(seats.read(order))

    captured, swept = seats.at_once(capture, seats.two.works.sweep.run)
    if not isinstance(captured, Order):
        # The clean-up wrote down first that it was paid: the seller looks at that, and presses again.
        capture()
    assert getattr(swept, "canceled", None) == 0
    assert seats.one.check_agrees(order.id).payment.captured == TOTAL
    return "captured"


def ship_and_capture(seats: Seats) -> str:
    order = seats.held()
    shipped, captured = seats.at_once(
        lambda: seats.one.ship(seats.one.order(order.id)), lambda: seats.two.prepare(order)
    )
    assert isinstance(captured, Order) or isinstance(shipped, Order), (shipped, captured)
    assert seats.one.check_agrees(order.id).payment.captured == TOTAL
    return "shipped, too" if isinstance(shipped, Order) else "not yet shipped"


def release_and_return_from_the_bank(seats: Seats) -> str:
    order, confirm = seats.unpaid(wiring.ASKS_FIRST)
    confirm()
    order = seats.read(order)
    wiring.answer_challenge(seats.one.sandbox, order, approve=True)

    def look() -> object:
        return seats.two.works.shopfront.pay_order.look_again(f"checkout-{order.id}", order.reference).state

    released, shown = seats.at_once(lambda: seats.one.release(seats.read(order)), look)
    assert shown in (PayState.HELD, PayState.CLOSED) or isinstance(shown, RefusedError), shown
    now = seats.one.check_agrees(order.id)
    wanted = PaymentStatus.CANCELED if isinstance(released, Order) else PaymentStatus.REQUIRES_CAPTURE
    assert now.payment.status is wanted
    return wanted.value


PAIRS = (
    capture_and_release,
    refund_twice,
    capture_and_sweep,
    ship_and_capture,
    release_and_return_from_the_bank,
)


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_different_things_done_at_once_one_wins_and_both_agree_with_stripe(
    both: Seats, place: Place, pair: Callable[[Seats], str], release: bool, proof: Callable[[str], None]
) -> None:
    rounds = 200 if release else 10
    ends = [pair(both) for _ in range(rounds)]
    told = ", ".join(f"{ends.count(end)} {end}" for end in sorted(set(ends)))
    proof(f"two at once on {engine_of(place)}, {pair.__name__.replace('_', ' ')}: {rounds} rounds, {told}")
