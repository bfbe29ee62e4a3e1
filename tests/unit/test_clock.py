"""The clock: facts are dated as Stripe counts time, leases by this machine's own clock."""

from sellerdesk.clock import Clock
from tests import builders


class Fixed(Clock):
    """A machine whose time the test sets, milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.ms = builders.NOW * 1000 + 250

    def system_ms(self) -> int:
        return self.ms


def test_everything_follows_the_machine_until_stripe_has_answered() -> None:
    clock = Fixed()
    assert (clock.now(), clock.now_ms(), clock.system_now()) == (builders.NOW, clock.ms, builders.NOW)


def test_an_answer_sets_the_time_of_facts_and_not_that_of_leases() -> None:
    clock = Fixed()
    clock.learn(builders.NOW + 3600)
    assert (clock.offset, clock.now(), clock.now_ms()) == (3600, builders.NOW + 3600, clock.ms + 3_600_000)
    assert clock.system_now() == builders.NOW


def test_one_second_is_rounding() -> None:
    clock = Fixed()
    for seconds in (1, -1, 0):
        clock.learn(builders.NOW + seconds)
        assert clock.offset == 0
    clock.learn(builders.NOW - 2)
    assert clock.offset == -2


def test_a_machine_whose_clock_leaps_dates_facts_right_again_after_the_next_answer() -> None:
    clock = Fixed()
    clock.ms += 3 * 86_400_000
    clock.learn(builders.NOW + 10)
    assert clock.now() == builders.NOW + 10
    assert clock.now_ms() == (builders.NOW + 10) * 1000 + 250


def test_a_later_answer_is_not_dated_before_an_earlier_one_by_rounding() -> None:
    """The machine's clock leaps, and Stripe's next answer sets it right by whole seconds."""
    clock = Fixed()
    clock.learn(builders.NOW)
    first = clock.now_ms()
    clock.ms += 3_600_000 + 750
    clock.learn(builders.NOW)
    assert clock.now_ms() > first
    clock.ms += 1
    assert clock.now_ms() > first + 1


def test_a_clock_that_is_set_back_by_more_is_believed() -> None:
    clock = Fixed()
    clock.learn(builders.NOW + 60)
    late = clock.now_ms()
    clock.learn(builders.NOW)
    assert clock.now_ms() == late - 60_000


def test_the_real_clock_runs() -> None:
    clock = Clock()
    assert clock.now() > 1_700_000_000
    assert abs(clock.now_ms() - clock.now() * 1000) < 5000
