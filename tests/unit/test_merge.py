"""Merge: in whatever order the answers come in, the same facts stand at the end, and money never goes back."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sellerdesk.domain.merge import later_problem, merge, newer
from sellerdesk.domain.payment import CardFacts, Payment, PaymentFacts, PaymentStatus, Problem
from tests import builders

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "processing", "requires_new_thing")
AUTHORIZED: dict[str, Any] = {
    "charge_id": "ch_held",
    "authorized_at": builders.NOW + 5,
    "capture_before": builders.NOW + builders.WEEK,
}
MASTERCARD = CardFacts("mastercard", "4444", 1, 2031)


@st.composite
def histories(draw: st.DrawFn) -> list[PaymentFacts]:
    """What several readers may see of one intent, in the order in which it came to be.

    Answers may be read late, twice, at the same millisecond, or without their charge.
    """
    told: list[PaymentFacts] = []
    at = builders.NOW * 1000
    problem: Problem | None = None
    for _ in range(draw(st.integers(0, 4))):
        status = draw(st.sampled_from(OPEN))
        tried = draw(st.integers(0, 2))
        if tried and status == "requires_payment_method":
            problem = builders.problem(decline_code=f"reason_{tried}", at=at // 1000)
        charge = draw(st.sampled_from(["", f"ch_failed_{tried}"]))
        card = draw(st.sampled_from([None, builders.VISA, MASTERCARD]))
        told.append(builders.facts(status, observed_ms=at, charge_id=charge, card=card, problem=problem))
        at += draw(st.integers(0, 2000))
    if draw(st.booleans()):
        held = builders.facts("requires_capture", observed_ms=at, **AUTHORIZED)
        told.append(held)
        at += draw(st.integers(0, 2000))
        if draw(st.booleans()):
            odd = replace(held, status=PaymentStatus.OTHER, raw_status="requires_new_thing", observed_ms=at)
            told.append(draw(st.sampled_from([odd, without_charge(odd)])))
            at += draw(st.integers(0, 2000))
    if draw(st.booleans()):
        final = draw(st.sampled_from(["canceled", "succeeded"]))
        received = draw(st.integers(1, 7590)) if final == "succeeded" else 0
        more: dict[str, Any] = AUTHORIZED if final == "succeeded" or any(each.authorized_at for each in told) else {}
        ended = builders.facts(final, observed_ms=at, amount_received=received, card=builders.VISA, **more)
        told.append(ended)
        if draw(st.booleans()):
            told.append(without_charge(replace(ended, observed_ms=at + draw(st.integers(0, 2000)))))
    return told


def without_charge(facts: PaymentFacts) -> PaymentFacts:
    return replace(facts, charge_id="", authorized_at=None, capture_before=None, card=None)


PAYMENT = Payment("b" * 32, "a" * 32, "original", 7590, "eur")


def merged(facts: list[PaymentFacts]) -> Payment:
    payment = PAYMENT
    for each in facts:
        payment = merge(payment, each)
    return payment


def test_the_same_facts_stand_in_the_end_in_whatever_order_and_how_often_answers_come(
    release: bool, proof: Callable[[str], None]
) -> None:
    """Joining answers is commutative, associative and idempotent; so is merging them into a payment."""
    examples = 10_000 if release else 150
    answers = 0

    @settings(max_examples=examples)
    @given(histories(), st.randoms())
    def laws(history: list[PaymentFacts], random: Any) -> None:
        nonlocal answers
        answers += len(history)
        shuffled = list(history)
        random.shuffle(shuffled)
        assert merged(shuffled) == merged(history)
        assert merged(shuffled + history) == merged(history)
        for one in history:
            assert newer(one, one) == one
        for one, two in itertools.combinations(history, 2):
            assert newer(one, two) == newer(two, one)
            assert newer(newer(one, two), one) == newer(one, two)
        for one, two, three in itertools.permutations(shuffled[:4], 3):
            assert newer(newer(one, two), three) == newer(one, newer(two, three))

    laws()
    proof(f"merge: {examples:,} histories of an intent with {answers:,} answers, in any order, 0 differences")


FACTS = st.builds(
    builders.facts,
    st.sampled_from([*PaymentStatus, "requires_new_thing"]),
    observed_ms=st.integers(0, 3),
    charge_id=st.sampled_from(["", "ch_1", "ch_2"]),
    authorized_at=st.sampled_from([None, 1, 2]),
    capture_before=st.sampled_from([None, 5, 6]),
    card=st.sampled_from([None, builders.VISA, MASTERCARD]),
    amount_received=st.integers(0, 2),
    amount_capturable=st.integers(0, 1),
)


@given(FACTS, FACTS, FACTS)
def test_the_laws_hold_even_for_facts_that_no_intent_can_have(
    one: PaymentFacts, two: PaymentFacts, three: PaymentFacts
) -> None:
    assert newer(one, two) == newer(two, one)
    assert newer(newer(one, two), three) == newer(one, newer(two, three))
    assert newer(newer(one, two), two) == newer(one, two)


PROBLEMS = st.one_of(
    st.none(),
    st.builds(builders.problem, decline_code=st.sampled_from(["a", "b"]), at=st.integers(0, 2)),
)


@given(PROBLEMS, PROBLEMS, PROBLEMS)
@example(builders.problem(decline_code="a"), None, builders.problem(decline_code="b"))
def test_problems_are_joined_too(one: Problem | None, two: Problem | None, three: Problem | None) -> None:
    assert later_problem(one, one) == one
    assert later_problem(one, two) == later_problem(two, one)
    assert later_problem(later_problem(one, two), three) == later_problem(one, later_problem(two, three))


@given(histories())
def test_money_never_shrinks_and_final_stays_final(history: list[PaymentFacts]) -> None:
    payment = PAYMENT
    for facts in history:
        before, payment = payment, merge(payment, facts)
        assert payment.captured >= before.captured
        assert payment.authorized >= before.authorized
        assert before.problem is None or payment.problem is not None
        if before.status in (PaymentStatus.SUCCEEDED, PaymentStatus.CANCELED):
            assert payment.status is before.status
            assert payment.held == 0


def test_a_read_that_was_under_way_during_the_capture_changes_nothing() -> None:
    captured = merged([builders.facts("succeeded", amount_received=5000)])
    stale = builders.facts("requires_capture", observed_ms=(builders.NOW + 60) * 1000)
    assert merge(captured, stale) == captured


def test_within_the_open_phase_the_later_answer_wins() -> None:
    asked = builders.facts("requires_action", observed_ms=2000)
    failed = builders.facts("requires_payment_method", observed_ms=3000, problem=builders.problem())
    assert merged([failed, asked]).status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert merged([asked, failed, replace(asked, observed_ms=4000)]).status is PaymentStatus.REQUIRES_ACTION


def test_the_problem_outlives_the_success_that_makes_stripe_forget_it() -> None:
    declined = builders.facts("requires_payment_method", problem=builders.problem(), observed_ms=1)
    payment = merged([declined, builders.facts("requires_capture")])
    assert payment.problem == builders.problem()
    assert payment.facts is not None
    assert payment.facts.problem is None


def test_an_unknown_status_shows_while_money_is_held_and_no_older_one_hides_it() -> None:
    held = builders.facts("requires_capture", observed_ms=1000)
    unknown = builders.facts("requires_reauthorization", observed_ms=2000, amount_capturable=7590)
    assert merged([held, unknown]).status is PaymentStatus.OTHER
    assert merged([unknown, held]).status is PaymentStatus.OTHER
    assert merged([unknown, held, builders.facts("succeeded", observed_ms=1)]).status is PaymentStatus.SUCCEEDED


def test_a_refund_that_failed_may_lower_the_refunded_sum() -> None:
    refunded = builders.facts("succeeded", amount_refunded=500, observed_ms=1)
    failed = builders.facts("succeeded", amount_refunded=0, observed_ms=2)
    assert merged([refunded, failed]).refunded == 0


def test_of_two_answers_of_one_millisecond_the_one_with_the_refund_wins() -> None:
    before = builders.facts("succeeded", amount_refunded=900, observed_ms=1)
    after = builders.facts("succeeded", amount_refunded=2400, observed_ms=1)
    assert merged([before, after]).refunded == merged([after, before]).refunded == 2400


def test_an_answer_without_its_charge_forgets_no_authorization() -> None:
    held = builders.facts("requires_capture", **AUTHORIZED)
    payment = merged([held, without_charge(builders.facts("canceled", observed_ms=held.observed_ms + 1))])
    assert (payment.authorized, payment.released, payment.captured) == (7590, 7590, 0)
    assert payment.facts is not None
    assert payment.facts.card == builders.VISA
