"""Sync: ask Stripe what is new, read each object again, merge. The event's own snapshot is never applied."""

import logging
from dataclasses import dataclass
from functools import partial

from sellerdesk.clock import Clock
from sellerdesk.domain.adoption import FoundPayment
from sellerdesk.domain.errors import OurBug, OutcomeUnknown, RefusedError, Rejected
from sellerdesk.domain.payment import EventHint, PaymentFacts
from sellerdesk.services.adopt import REBUILT_SECONDS, Adopt
from sellerdesk.services.missed import write_missed_capture, write_missed_shipment
from sellerdesk.services.one_by_one import LongReading, Patience
from sellerdesk.services.ports import PaymentReader, Store
from sellerdesk.services.read_later import PASSED_OVER, to_read_again
from sellerdesk.services.record import Origin, record_facts, record_refunds, refunds_moved

STREAM = "events"
# Events are neither strictly ordered nor strictly on time: https://docs.stripe.com/webhooks#event-ordering
OVERLAP_SECONDS = 300
# Stripe keeps events for 30 days: https://docs.stripe.com/api/events/list
EVENTS_KEPT_SECONDS = 29 * 24 * 3600
# A refund that succeeded can still come back from the bank, mostly within a month:
# https://docs.stripe.com/refunds#failed-refunds
REFUND_FAILS_SECONDS = 31 * 24 * 3600
# Holds that are over by the clock and that Stripe has not ended yet are asked for at every poll, but not all at once.
OVERDUE_READ_AT_ONCE = 25
ACTOR = "Stripe"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """``new`` events since the last time, ``read`` payments read again, ``at`` seconds UTC."""

    new: int
    read: int
    at: int


class Sync:
    """Both roads end in one inbox: events polled (https://docs.stripe.com/api/events/list) and events received."""

    def __init__(self, store: Store, gateway: PaymentReader, adopt: Adopt, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._adopt = adopt
        self._clock = clock
        self._patience = Patience(clock)
        self._after_a_gap = LongReading()

    def poll(self) -> SyncReport:
        """Fetch new events, then read and merge what they point to. Raises CallError's family; whatever was stored
        before stays, and the next poll goes on from there."""
        with self._store.read() as unit:
            watermark = unit.inbox.watermark(STREAM)
        asked_at = self._clock.now() if self._after_a_gap.begun_at is None else self._after_a_gap.begun_at
        since = (watermark if watermark is not None else asked_at) - OVERLAP_SECONDS
        hints = self._gateway.events(since)
        # Not before the answer, which tells Stripe's time; and not after all was read, which can take an hour.
        answered_at = self._clock.now()
        complete = watermark is None or answered_at - watermark > EVENTS_KEPT_SECONDS
        if complete:
            self._after_a_gap.begin(answered_at)
            self._catch_up(watermark if watermark is not None else asked_at - REBUILT_SECONDS)
            hints += to_read_again((*self._patience.wrong, *self._adopt.passed_over), answered_at)
        new = self._take_in(hints, watermark, answered_at if complete else None)
        read = self._read_waiting() + self._read_overdue()
        return SyncReport(new, read, self._clock.now())

    def read_arrived(self) -> int:
        """Read and merge what the events that came by themselves point to; how many payments were read. Raises as
        ``poll`` does."""
        return self._read_waiting()

    def _catch_up(self, since: int) -> None:
        """Nobody asked yet, or for so long that events are gone: what may have changed is read one by one, and what was
        made meanwhile is taken over. Of what was captured only refunds can have changed, and those made before may have
        failed meanwhile."""
        refunded = self._gateway.refunded_since(since - REFUND_FAILS_SECONDS)
        with self._store.read() as unit:
            known = [each for each in refunded if unit.orders.by_intent(each) is not None]
            intents = dict.fromkeys((*unit.orders.unsettled_intents(), *known))
        self._after_a_gap.go_on(intents, self.read_again, self._patience.attempt)
        self._adopt.since(since - OVERLAP_SECONDS)
        self._after_a_gap = LongReading()

    def _read_overdue(self) -> int:
        """Holds whose time is over are read until Stripe has ended them: no event announces it, and the one that tells
        it can be late. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method"""
        with self._store.read() as unit:
            overdue = unit.orders.unsettled_intents(overdue_at=self._clock.now())
        # Those that went wrong last, so that they take the place of no other.
        overdue = tuple(sorted(overdue, key=lambda each: each in self._patience.wrong))
        return self._read_each(overdue[:OVERDUE_READ_AT_ONCE])

    def _read_each(self, intents: tuple[str, ...]) -> int:
        read = 0
        for intent_id in intents:
            read += self._patience.attempt(partial(self.read_again, intent_id), intent_id)
        return read

    def read_again(self, intent_id: str, *, refunds: bool = False) -> None:
        """Read one payment and merge it, with its refunds where something of them may be new or ``refunds`` says so.
        Raises CallError's family."""
        self._merge(self._gateway.retrieve(intent_id), refunds=refunds)

    def read_whole(self, intent_id: str) -> None:
        """The same, and what was captured and shipped that the order does not say: no event tells of tracking. Raises
        CallError's family."""
        found = self._gateway.found(intent_id)
        self._merge(found.facts, found)

    def _merge(self, facts: PaymentFacts, found: FoundPayment | None = None, *, refunds: bool = False) -> None:
        """One transaction, after everything was read. A payment of no order here is left alone."""
        with self._store.read() as unit:
            known = unit.orders.by_intent(facts.intent_id)
        if known is None:
            return
        read = self._gateway.refunds(facts.intent_id) if refunds or refunds_moved(known, facts) else ()
        with self._store.write() as unit:
            origin = Origin("event", ACTOR, self._clock.now())
            order = record_facts(unit, unit.orders.get(known.id), facts, origin)
            record_refunds(unit, order, read, origin)
            if found is not None:
                write_missed_capture(unit, order, found)
                write_missed_shipment(unit, order, found)
            unit.commit()

    def _take_in(self, hints: tuple[EventHint, ...], watermark: int | None, complete_at: int | None) -> int:
        """Inbox and watermark move in one transaction: a crash in between can only read twice, never skip.

        After everything was read the mark is ``complete_at``, even where there was no event: when the list of events
        came, and by Stripe's clock. A time from a clock that is ahead, or from after all that reading, would lie behind
        events that nobody was told of, and they would never be asked for.
        """
        with self._store.write() as unit:
            new = unit.inbox.add(hints, "poll", self._clock.now())
            reached = max([hint.created for hint in hints if hint.type != PASSED_OVER], default=0)
            if complete_at is not None:
                reached = max(reached, complete_at - OVERLAP_SECONDS)
            # Events that came by themselves are not new, and the mark moves over them all the same.
            if new or reached > (watermark or 0):
                unit.inbox.move_watermark(STREAM, max(reached, watermark or 0))
                unit.commit()
        return new

    def _read_waiting(self) -> int:
        """One payment whose answer makes no sense, or that our own rules refuse, does not hold up the others, and waits
        ever longer for its next turn; no answer at all ends it."""
        with self._store.read() as unit:
            waiting = unit.inbox.waiting()
        by_intent: dict[str, list[EventHint]] = {}
        for hint in waiting:
            by_intent.setdefault(hint.intent_id, []).append(hint)
        read = 0
        trouble: OutcomeUnknown | None = None
        for intent_id, hints in by_intent.items():
            if self._patience.rests(intent_id):
                continue
            event_ids = [hint.id for hint in hints]
            try:
                read += self._read_one(intent_id, event_ids, {hint.type for hint in hints})
                self._patience.note(intent_id, went=True)
            except OutcomeUnknown as error:
                if error.http_status is None:
                    raise
                self._patience.note(intent_id, went=False)
                trouble = error
            except OurBug:
                _log.exception("payment %s could not be taken over", intent_id)
                self._handled(event_ids, "ours: see the log")
        if trouble is not None:
            raise trouble
        return read

    def _read_one(self, intent_id: str, event_ids: list[str], types: set[str]) -> int:
        with self._store.read() as unit:
            known = unit.orders.by_intent(intent_id) if intent_id else None
        try:
            if known is not None and PASSED_OVER in types:
                self.read_whole(intent_id)
            elif known is not None:
                self.read_again(intent_id, refunds=any("refund" in each for each in types))
            elif not intent_id or self._adopt.run(intent_id) is None:
                self._handled(event_ids, "no order of ours")
                return 0
        except Rejected as error:
            self._handled(event_ids, f"unreadable: {error.code or error.http_status}")
            return 0
        except RefusedError as error:
            # Another seat is taking the same payment over: the next look finds what it made.
            _log.warning("payment %s waits: %s", intent_id, type(error).__name__)
            return 0
        self._handled(event_ids, "read")
        return 1

    def _handled(self, event_ids: list[str], note: str) -> None:
        with self._store.write() as unit:
            unit.inbox.handled(event_ids, self._clock.now(), note)
            unit.commit()
