"""Every exercise of the demo shop, gone through the right way and another way, in a demo shop of its own over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from sellerdesk import demo
from sellerdesk.demo import DemoShop
from sellerdesk.demo_practice import SandboxControl
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import WorldError
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.services.practice import NONE_ON, CannotPractise, Practice, Switches
from sellerdesk.training.course import EXERCISES
from sellerdesk.training.exercise import Exercise, Outcome, Result
from tests import wiring

DAY = 24 * 3600


@dataclass
class Pupil:
    """Hands of a seller, and of the shopper where one is wanted, on a demo shop without its weeks of orders."""

    demo: DemoShop
    practice: Practice
    order_id: str = ""

    @property
    def order(self) -> Order:
        return self.demo.shop.desk.orders.view(self.order_id).order

    @property
    def sandbox(self) -> Sandbox:
        assert isinstance(self.demo.sandbox, Sandbox)
        return self.demo.sandbox

    def begin(self, exercise: Exercise) -> None:
        self.practice.machine.back_to_normal()
        self.order_id = exercise.set_up(self.practice)

    def judged(self, exercise: Exercise) -> Result:
        return exercise.check(self.practice.look(self.order_id))

    def capture(self, **left_out: int) -> None:
        """Prepare the order; the number of pieces kept by SKU, with '_' for '-'."""
        prepare, order = self.demo.shop.desk.prepare, self.order
        kept = {line.position: left_out.get(line.sku.replace("-", "_"), line.quantity) for line in order.lines}
        prepare.run(prepare.new_operation(), order.id, order.version, kept)

    def release(self) -> None:
        release = self.demo.shop.desk.release
        release.run(release.new_operation(), self.order_id, self.order.version, ReleaseReason.OTHER)

    def pay(self, card: str = "pm_card_visa") -> None:
        """Follow the pay link with this card."""
        token = wiring.confirmation_token(self.sandbox, card)
        front = self.demo.works.shopfront.pay_order
        front.pay_by_link(self.order.link_token, token, wiring.RETURN_URL)

    def check_now(self) -> None:
        self.demo.shop.desk.check.run(self.order_id)

    def let_lapse(self) -> None:
        self.practice.machine.go_before_deadline(self.order.payment.intent_id, -60)
        self.demo.shop.desk.sync.read_again(self.order.payment.intent_id)


@pytest.fixture(scope="module")
def pupil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pupil]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "live_through", lambda *_: None)
        opened = demo.open_demo(tmp_path_factory.mktemp("demo"), lambda *_: None)
    assert opened.shop.practice is not None
    # The tests take the background's part, so that nothing happens in between.
    yield Pupil(opened, opened.shop.practice)
    opened.shop.close()


RIGHT: dict[str, list[Callable[[Pupil], object]]] = {
    "shorten": [lambda pupil: pupil.capture(BOARD_OAK=0)],
    "lapsing_hold": [lambda pupil: pupil.capture()],
    "lost_answer": [lambda pupil: pupil.capture(), lambda pupil: pupil.check_now()],
    "declined_card": [lambda pupil: pupil.pay("pm_card_visa_chargeDeclined"), lambda pupil: pupil.pay()],
    "shopper_left": [lambda pupil: pupil.pay()],
}
WRONG: dict[str, list[Callable[[Pupil], object]]] = {
    "shorten": [lambda pupil: pupil.capture()],
    "lapsing_hold": [lambda pupil: pupil.let_lapse()],
    "lost_answer": [lambda pupil: pupil.practice.machine.back_to_normal(), lambda pupil: pupil.capture()],
    "declined_card": [lambda pupil: pupil.pay(), lambda pupil: pupil.release()],
    "shopper_left": [lambda pupil: pupil.pay(), lambda pupil: pupil.release()],
}
BY_NAME = {exercise.name: exercise for exercise in EXERCISES}


@pytest.mark.parametrize("name", BY_NAME)
def test_done_the_right_way(pupil: Pupil, name: str) -> None:
    exercise = BY_NAME[name]
    pupil.begin(exercise)
    steps = [pupil.judged(exercise).steps]
    for act in RIGHT[name]:
        assert pupil.judged(exercise).outcome is Outcome.NOT_YET
        act(pupil)
        steps.append(pupil.judged(exercise).steps)
    assert pupil.judged(exercise).outcome is Outcome.DONE
    assert steps == sorted(steps) and steps[-1] == len(exercise.steps)
    assert pupil.practice.machine.switches() == NONE_ON


@pytest.mark.parametrize("name", BY_NAME)
def test_done_differently(pupil: Pupil, name: str) -> None:
    exercise = BY_NAME[name]
    pupil.begin(exercise)
    for act in WRONG[name]:
        act(pupil)
    judged = pupil.judged(exercise)
    assert judged.outcome is Outcome.DIFFERENTLY
    assert judged.sentence.endswith(".")


def test_what_is_switched_on_is_seen_and_taken_back(pupil: Pupil) -> None:
    machine = pupil.practice.machine
    assert machine.back_to_normal() == NONE_ON
    machine.refuse_next_card("lost_card")
    machine.lose_next_answer(done=False)
    machine.lose_next_answer(done=True)
    machine.be_slow()
    assert machine.switches() == Switches(("lost_card",), 1, 1, slow=True)
    assert machine.back_to_normal() == machine.switches() == NONE_ON


def test_the_next_card_is_refused_whichever_it_is(pupil: Pupil) -> None:
    pupil.practice.machine.refuse_next_card("expired_card")
    pupil.order_id = pupil.practice.order("Ada", (CartItem("MUG-SAND", 1),), "pm_card_visa")
    problem = pupil.order.payment.problem
    assert stage_of(pupil.order) is Stage.PROBLEM
    assert problem is not None and problem.decline_code == "expired_card"


def test_disputes_and_warnings_follow_money_that_was_taken(pupil: Pupil) -> None:
    machine = pupil.practice.machine
    pupil.order_id = pupil.practice.order("Ada", (CartItem("MUG-SAND", 1),), "pm_card_visa")
    intent_id = pupil.order.payment.intent_id
    for ask in (machine.dispute, machine.warn):
        with pytest.raises(CannotPractise, match="Nothing was changed"):
            ask(intent_id)
    pupil.capture()
    machine.warn(intent_id)
    machine.dispute(intent_id)
    assert pupil.sandbox.world.dump()["disputes"] == 1
    with pytest.raises(CannotPractise, match="already"):
        machine.dispute(intent_id)


def test_the_clock_goes_forward_for_sandbox_and_desk_and_not_back(pupil: Pupil) -> None:
    machine, clock = pupil.practice.machine, pupil.demo.works.clock
    pupil.order_id = pupil.practice.order("Ada", (CartItem("MUG-SAND", 1),), "pm_card_visa")
    intent_id, deadline, begun = pupil.order.payment.intent_id, pupil.order.payment.capture_before, clock.now()
    assert deadline is not None
    machine.go_forward(DAY)
    assert begun + DAY <= clock.now() < begun + DAY + 120
    machine.go_before_deadline(intent_id, 3600)
    assert deadline - 3600 <= clock.now() < deadline - 3480
    with pytest.raises(CannotPractise, match="forward only"):
        machine.go_before_deadline(intent_id, 2 * DAY)
    pupil.let_lapse()
    assert stage_of(pupil.order) is Stage.ENDED


def test_a_sandbox_that_is_gone_is_said_so() -> None:
    with Sandbox() as gone:
        wrong = SandboxControl(gone.url, "wrong", lambda _: None)
        with pytest.raises(WorldError, match="Token"):
            wrong.switches()
    with pytest.raises(WorldError, match="Open the demo shop again"):
        SandboxControl(gone.url, gone.control_token, lambda _: None).switches()


def test_every_exercise_has_its_words() -> None:
    assert len({exercise.name for exercise in EXERCISES}) == len(EXERCISES) == 5
    for exercise in EXERCISES:
        assert exercise.name.isidentifier() and len(exercise.title) <= 30
        for sentence in (exercise.purpose, exercise.why, *exercise.steps):
            assert sentence.endswith((".", "?"))
        assert exercise.read_more.startswith("https://docs.stripe.com/")
