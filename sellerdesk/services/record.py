"""Writing down what Stripe said: merge the facts, tell the timeline, enter the ledger. Runs inside a transaction."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sellerdesk.domain.errors import OurBug, OutcomeUnknown
from sellerdesk.domain.merge import merge
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.domain.payment import Payment, PaymentFacts, PaymentStatus
from sellerdesk.domain.refund import Refund, RefundFacts, RefundState, merge_refund
from sellerdesk.domain.requests import TAG_PAYMENT, CreateRefund, from_json
from sellerdesk.services.ports import UnitOfWork

_OTHER_CURRENCY = (
    "Stripe's answer names another currency than the payment has, so it is not believed. It is read again before "
    "anything is sent."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts came from: ``source`` 'op', 'event' or 'audit', ``actor`` for the timeline, ``at`` seconds UTC."""

    source: str
    actor: str
    at: int
    operation_id: str | None = None


def record_facts(unit: UnitOfWork, order: Order, facts: PaymentFacts, origin: Origin) -> Order:
    """``order`` after ``facts`` were merged and stored. Telling the same facts twice changes nothing. Raises
    OutcomeUnknown, before anything is written, for facts in another currency than the payment's: none of ours
    changes it, so that the answer is not to be believed."""
    before = _payment_of(order, facts)
    if facts.currency != before.currency:
        raise OutcomeUnknown(_OTHER_CURRENCY, http_status=200)
    after = merge(before, facts)
    order = replace(order, payments=tuple(after if each.id == after.id else each for each in order.payments))
    if unit.orders.save_payment(after):
        words = _words(order, after)
        for entry in _happened(before, after, origin):
            what = words.get(entry.what, entry.what)
            if what:
                unit.orders.note(order.id, replace(entry, what=what))
    if after.role == "backorder" and after.captured and not before.captured:
        sku = {line.position: line.sku for line in order.lines}
        unit.catalogue.take_from_stock({sku[position]: pieces for position, pieces in after.lines})
    _enter_ledger(unit, after, origin)
    return order


def _words(order: Order, payment: Payment) -> dict[str, str]:
    """What happens to a payment beside the one that stands for the order has names of its own; '' is not told."""
    ended = {"canceled": "", "expired": "", "released": ""}
    if payment.role == "backorder":
        return {**ended, "held": "", "captured": "charged_later", "canceled": "given_up"}
    if payment.role == "renewal":
        aside = {} if order.payment.id == payment.id else {**ended, "canceled": "given_up"}
        return {"held": "renewed", **aside}
    return ended | {"released": "replaced"} if order.payment.id != payment.id else {}


def _payment_of(order: Order, facts: PaymentFacts) -> Payment:
    """The payment that these facts are about: the one with this intent, else the one without any that the intent is
    marked with."""
    waiting = [each for each in order.payments if not each.intent_id]
    tagged = dict(facts.metadata).get(TAG_PAYMENT, "")
    for each in (
        *(each for each in order.payments if each.intent_id == facts.intent_id),
        *(each for each in waiting if each.id == tagged),
        *(each for each in waiting if each.role == "original"),
    ):
        return each
    raise OurBug(f"Payment {facts.intent_id} belongs to none of this order's payments.")


def refunds_moved(order: Order, facts: PaymentFacts) -> bool:
    """Whether Stripe's sum is not that of the refunds we know, or one of them is not at its end."""
    payment = next(each for each in order.payments if each.intent_id == facts.intent_id)
    known = [each for each in order.refunds if each.payment_id == payment.id and each.counts]
    settled = all(each.state is RefundState.SUCCEEDED for each in known)
    return not settled or sum(each.amount for each in known) != facts.amount_refunded


def record_refunds(unit: UnitOfWork, order: Order, refunds: Iterable[RefundFacts], origin: Origin) -> Order:
    """``order`` after what Stripe says of its refunds was stored: new ones, whoever made them, and what became of those
    we know. Telling the same twice changes nothing."""
    for fresh in refunds:
        known = next((each for each in order.refunds if each.refund_id == fresh.refund_id), None)
        after = _new_refund(unit, order, fresh) if known is None else merge_refund(known, fresh)
        if after == known:
            continue
        unit.payments.save_refund(order.id, after)
        _tell_refund(unit, order, after, fresh, is_new=known is None, origin=origin)
        others = tuple(each for each in order.refunds if each.refund_id != after.refund_id)
        order = replace(order, refunds=(*others, after))
    return order


def _new_refund(unit: UnitOfWork, order: Order, fresh: RefundFacts) -> Refund:
    """What we know of it beyond Stripe stands in the operation that made it."""
    payment = next((each for each in order.payments if each.intent_id == fresh.intent_id), None)
    if payment is None or payment.currency != fresh.currency:
        raise OurBug("A refund was about to be written to a payment that it does not belong to.")
    operation = unit.journal.get(fresh.operation_id) if fresh.operation_id else None
    request = from_json(operation.params) if operation is not None else None
    ours = operation is not None and operation.payment_id == payment.id and isinstance(request, CreateRefund)
    if ours and any(each.operation_id == fresh.operation_id for each in order.refunds):
        _log.error("one operation (%s) made two refunds; the second is %s", fresh.operation_id, fresh.refund_id)
        ours = False
    plain = Refund(
        refund_id=fresh.refund_id,
        payment_id=payment.id,
        amount=fresh.amount,
        currency=fresh.currency,
        state=fresh.state,
        created=fresh.created,
        reason=fresh.reason,
        failure_reason=fresh.failure_reason,
    )
    if not ours or not isinstance(request, CreateRefund):
        return plain
    return replace(
        plain,
        operation_id=fresh.operation_id,
        lines=request.pieces,
        shipping=request.shipping_amount,
        note=request.note,
    )


def _tell_refund(
    unit: UnitOfWork, order: Order, refund: Refund, fresh: RefundFacts, *, is_new: bool, origin: Origin
) -> None:
    """Timeline and ledger. One that failed has two rows in the ledger: out, and back again."""
    by_us = unit.journal.get(refund.operation_id) if refund.operation_id else None

    def note(what: str, actor: str, text: str) -> None:
        entry = TimelineEntry(origin.at, what, actor, refund.amount, refund.currency, text, fresh.request_id)
        unit.orders.note(order.id, entry)

    def enter(kind: str) -> None:
        unit.journal.enter(
            refund.operation_id or None,
            origin.source,
            refund.refund_id,
            kind,
            refund.amount,
            refund.currency,
            origin.at,
        )

    if is_new:
        note("refunded", by_us.seat if by_us else origin.actor, refund.note or refund.reason)
        enter("refunded")
    if not refund.counts:
        note("refund_failed", origin.actor, refund.failure_reason)
        enter("refund_failed")


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
