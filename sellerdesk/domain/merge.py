"""Merge: fold freshly read facts into what we know, so that an old answer never undoes a newer one.

Written as a join: commutative, associative and idempotent. Money only moves forward (open, held, final); within
the open phase, where Stripe itself goes back and forth, the later answer wins.
"""

from dataclasses import replace

from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus, Problem

_PHASE = {
    PaymentStatus.REQUIRES_CAPTURE: 1,
    PaymentStatus.CANCELED: 2,
    PaymentStatus.SUCCEEDED: 3,
}

# Only a tie-break between answers of the same millisecond.
_WITHIN = {status: rank for rank, status in enumerate(PaymentStatus)}


def merge(payment: Payment, fresh: PaymentFacts) -> Payment:
    """``payment`` after Stripe said ``fresh``. The problem last seen is kept for ever, because Stripe clears it."""
    facts = fresh if payment.facts is None else newer(payment.facts, fresh)
    return replace(payment, facts=facts, problem=later_problem(payment.problem, fresh.problem))


def newer(one: PaymentFacts, other: PaymentFacts) -> PaymentFacts:
    """The facts that win. Captured and refunded sums never shrink."""
    winner, loser = (one, other) if _rank(one) >= _rank(other) else (other, one)
    return replace(
        winner,
        amount_received=max(winner.amount_received, loser.amount_received),
        authorized_at=_first_known(winner.authorized_at, loser.authorized_at),
        capture_before=_first_known(winner.capture_before, loser.capture_before),
        card=winner.card or loser.card,
        charge_id=winner.charge_id or loser.charge_id,
    )


def later_problem(one: Problem | None, other: Problem | None) -> Problem | None:
    """The problem of the later attempt. ``at`` comes from Stripe, so the same attempt read twice is equal."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda problem: (problem.at, repr(problem)))


def _rank(facts: PaymentFacts) -> tuple[int, int, int, str]:
    return (_PHASE.get(facts.status, 0), facts.observed_ms, _WITHIN[facts.status], repr(facts))


def _first_known(one: int | None, other: int | None) -> int | None:
    return one if one is not None else other
