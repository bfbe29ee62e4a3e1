"""Merge: fold freshly read facts into what we know, so that an old answer never undoes a newer one.

Written as a join: commutative, associative and idempotent. Money only moves forward (open, held, final); within
a phase, where Stripe itself goes back and forth, the later answer wins. Three things are joined by themselves,
because an answer may lack them: what was captured, which only grows; the authorization, which an intent gets once;
and the problem last seen, which Stripe clears.
"""

from dataclasses import replace

from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus, Problem

_OPEN, _HELD, _CANCELED, _SUCCEEDED = range(4)
_PHASE = {
    PaymentStatus.REQUIRES_CAPTURE: _HELD,
    PaymentStatus.CANCELED: _CANCELED,
    PaymentStatus.SUCCEEDED: _SUCCEEDED,
}

# Only a tie-break between answers of the same millisecond.
_WITHIN = {status: rank for rank, status in enumerate(PaymentStatus)}


def merge(payment: Payment, fresh: PaymentFacts) -> Payment:
    """``payment`` after Stripe said ``fresh``. The problem last seen is kept for ever, because Stripe clears it."""
    facts = fresh if payment.facts is None else newer(payment.facts, fresh)
    return replace(payment, facts=facts, problem=later_problem(payment.problem, fresh.problem))


def newer(one: PaymentFacts, other: PaymentFacts) -> PaymentFacts:
    """The facts that win, both of one intent. The captured sum never shrinks; the refunded one may, because a
    refund can fail later: https://docs.stripe.com/refunds#failed-refunds"""
    winner, loser = (one, other) if _rank(one) >= _rank(other) else (other, one)
    authorized = max((winner, loser), key=_authorization)
    if authorized.authorized_at is None:
        authorized = winner
    return replace(
        winner,
        amount_received=max(winner.amount_received, loser.amount_received),
        authorized_at=authorized.authorized_at,
        capture_before=authorized.capture_before,
        card=authorized.card,
        charge_id=authorized.charge_id,
    )


def later_problem(one: Problem | None, other: Problem | None) -> Problem | None:
    """The problem of the later attempt. ``at`` comes from Stripe, so the same attempt read twice is equal."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda problem: (problem.at, repr(problem)))


def _rank(facts: PaymentFacts) -> tuple[int, int, int, int, str, str]:
    """Of two answers of one millisecond that which went further wins, so that no refund is forgotten.

    Must not look at what ``newer`` joins by itself, except last of all and only when there is no authorization:
    otherwise the order in which three answers come in could decide.
    """
    own = replace(facts, amount_received=0, authorized_at=None, capture_before=None, card=None, charge_id="")
    tie = "" if facts.authorized_at is not None else repr((facts.charge_id, facts.capture_before, facts.card))
    return (_phase(facts), facts.observed_ms, _WITHIN[facts.status], facts.amount_refunded, repr(own), tie)


def _phase(facts: PaymentFacts) -> int:
    """A status we do not know counts as held when money is: it must show, and no open one may hide it."""
    if facts.status is PaymentStatus.OTHER and facts.amount_capturable:
        return _HELD
    return _PHASE.get(facts.status, _OPEN)


def _authorization(facts: PaymentFacts) -> tuple[int, int, str, str]:
    """Orders authorizations; those of one intent are equal but for a deadline that Stripe moved."""
    if facts.authorized_at is None:
        return (-1, -1, "", "")
    return (facts.authorized_at, facts.capture_before or -1, facts.charge_id, repr(facts.card))
