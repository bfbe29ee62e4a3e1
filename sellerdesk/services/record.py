"""Writing down what Stripe said: merge the facts, tell the timeline, enter the ledger. Runs inside a transaction."""

from dataclasses import dataclass, replace

from sellerdesk.domain.merge import merge
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus
from sellerdesk.services.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts came from: ``source`` 'op', 'event' or 'audit', ``actor`` for the timeline, ``at`` seconds UTC."""

    source: str
    actor: str
    at: int
    operation_id: str | None = None


def record_facts(unit: UnitOfWork, order: Order, facts: PaymentFacts, origin: Origin) -> Order:
    """``order`` after ``facts`` were merged and stored. Telling the same facts twice changes nothing."""
    before = next((each for each in order.payments if each.intent_id in ("", facts.intent_id)), order.payment)
    after = merge(before, facts)
    if unit.orders.save_payment(after):
        for entry in _happened(before, after, origin):
            unit.orders.note(order.id, entry)
    _enter_ledger(unit, after, origin)
    payments = tuple(after if each.id == after.id else each for each in order.payments)
    return replace(order, payments=payments)


def _happened(before: Payment, after: Payment, origin: Origin) -> list[TimelineEntry]:
    facts = after.facts
    assert facts is not None

    def entry(what: str, amount: int | None = None, note: str = "") -> TimelineEntry:
        return TimelineEntry(origin.at, what, origin.actor, amount, after.currency, note, facts.request_id)

    entries: list[TimelineEntry] = []
    if after.problem is not None and not after.problem.is_same_attempt(before.problem):
        entries.append(entry("declined", after.amount, after.problem.decline_code or after.problem.code))
    if after.status is before.status:
        return entries
    if facts.status is PaymentStatus.REQUIRES_ACTION:
        entries.append(entry("action"))
    if after.waits_to_be_confirmed_again:
        entries.append(entry("approved"))
    if after.authorized and not before.authorized:
        entries.append(entry("held", after.authorized))
    if facts.status is PaymentStatus.SUCCEEDED:
        entries.append(entry("captured", after.captured))
    if facts.status is PaymentStatus.CANCELED:
        entries.append(entry("expired") if facts.has_lapsed else entry("canceled", note=facts.cancellation_reason))
    if after.released:
        entries.append(entry("released", after.released))
    return entries


def _enter_ledger(unit: UnitOfWork, payment: Payment, origin: Origin) -> None:
    """One row per Stripe object and kind, whoever saw it first: the database refuses the second."""
    for kind, amount in movements(payment).items():
        if amount and payment.intent_id:
            unit.journal.enter(
                origin.operation_id, origin.source, payment.intent_id, kind, amount, payment.currency, origin.at
            )


def movements(payment: Payment) -> dict[str, int]:
    """What the ledger has of a payment, by kind."""
    return {"authorized": payment.authorized, "captured": payment.captured, "released": payment.released}
