"""Catch up: a database that is older than the world reads everything before anything is sent from it again.

An older copy that came back may hold as planned what was carried out since, and its keys may be forgotten at Stripe.
So nothing is planned or sent from it, by any seat, until all that may have moved was read. A crash in between begins
anew, since the database itself says that it is behind.
"""

import json
import logging
from dataclasses import dataclass, replace

from sellerdesk.clock import Clock
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.standing import Behind, CaughtUp, Judgement, Sent, judge
from sellerdesk.services.adopt import REBUILT_SECONDS, Adopt
from sellerdesk.services.keeping import SentMemory
from sellerdesk.services.one_by_one import LongReading
from sellerdesk.services.ports import PaymentReader, Store, UnitOfWork
from sellerdesk.services.read_later import to_read_again
from sellerdesk.services.sync import EVENTS_KEPT_SECONDS, OVERLAP_SECONDS, Sync

LAST = "last_catch_up"
# How long after a parcel left its tracking may be corrected. No event tells of it.
CORRECTED_SECONDS = 31 * 24 * 3600

_log = logging.getLogger(__name__)


class NoMemory:
    """For a database that is thrown away: it cannot come back."""

    def kept(self) -> Sent | None:
        return None

    def keep(self, sent: Sent) -> None:
        pass


def notice_return(store: Store, memory: SentMemory, now: int) -> Judgement:
    """At the opening of a database, or when it ``has_gone_back``, at ``now`` (seconds UTC): whether it is older than
    the world, so that nothing is sent from it."""
    kept = memory.kept()  # before the database is asked: what other programs keep meanwhile, it says then
    with store.read() as unit:
        here = unit.standing.look()
    judgement = judge(here, kept)
    if judgement is Judgement.FINE:
        memory.keep(here.sent)
        return judgement
    with store.write() as unit:
        if judgement is Judgement.READ_FIRST:
            unit.standing.read_planned_first(now)
        elif unit.standing.behind() is None:
            unit.standing.fall_behind(here.as_of, now)
        unit.commit()
    if judgement is Judgement.READ_FIRST:
        memory.keep(here.sent)
    else:
        _log.warning("the database is older than what was sent from it: everything is read before anything is sent")
    return judgement


def has_gone_back(unit: UnitOfWork, sent: Sent, kept: Sent | None) -> bool:
    """Whether the database that says ``sent`` is older than what was ``kept`` before it was asked: the server of a
    shared one may be given an older copy while programs work with it, and they connect to it by themselves. That it
    began another life meanwhile is no return: then another seat has brought it up to date."""
    if kept is None or sent.covers(kept):
        return False
    return judge(replace(unit.standing.look(), sent=sent), kept) is Judgement.BEHIND


@dataclass(frozen=True, slots=True)
class _Begun:
    """A catching-up that has not come to its end: of which return, the orders' versions before it, and how far it came.
    On a bad line one of a thousand readings is always lost, and it must come to an end all the same."""

    behind: Behind
    versions: dict[str, int]
    payments: LongReading


class CatchUp:
    """Brings a database up to date that is behind. Blocks for as long as one read an order takes."""

    def __init__(
        self, store: Store, gateway: PaymentReader, adopt: Adopt, sync: Sync, clock: Clock, memory: SentMemory
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._adopt = adopt
        self._sync = sync
        self._clock = clock
        self._memory = memory
        self._begun: _Begun | None = None

    def behind(self) -> Behind | None:
        """How old the database is while nothing can be sent from it. One that went back in time after it was opened is
        noticed here."""
        kept = self._memory.kept()
        with self._store.read() as unit:
            behind = unit.standing.behind()
            if behind is not None or not has_gone_back(unit, unit.standing.sent(), kept):
                return behind
        notice_return(self._store, self._memory, self._clock.now())
        with self._store.read() as unit:
            return unit.standing.behind()

    def last(self) -> CaughtUp | None:
        """What was found last, by any seat."""
        with self._store.read() as unit:
            kept = unit.shared.get(LAST)
        return CaughtUp(*json.loads(kept)) if kept else None

    def run(self) -> CaughtUp | None:
        """Read everything, if the database is behind; what was found, None if it is not. Raises CallError's family
        when Stripe cannot be asked: then it stays behind."""
        behind = self.behind()
        if behind is None:
            return None
        begun = self._begun
        if begun is None or begun.behind != behind:
            with self._store.read() as unit:
                begun = self._begun = _Begun(behind, unit.standing.versions(), LongReading())
        self._read_all(behind.as_of, begun.payments)
        self._begun = None
        return self._end(behind, begun.versions)

    def _read_all(self, as_of: int, payments: LongReading) -> None:
        """Payments one by one, since tracking is told by no event; then those made since, and the events since, which
        name refunds, and what changed of a payment after it was read. Where the copy is older than events are kept,
        every payment is read."""
        since = (as_of or self._clock.now() - REBUILT_SECONDS) - OVERLAP_SECONDS
        with self._store.read() as unit:
            everything = self._clock.now() - since > EVENTS_KEPT_SECONDS
            intents = unit.standing.intents(since - CORRECTED_SECONDS, everything=everything)
        missed = payments.go_on(intents, self._sync.read_whole)
        self._adopt.since(since)
        with self._store.write() as unit:
            now = self._clock.now()
            unit.inbox.add(to_read_again((*missed, *self._adopt.passed_over), now), "poll", now)
            unit.commit()
        self._sync.poll()

    def _end(self, behind: Behind, before: dict[str, int]) -> CaughtUp | None:
        """A new life, which counts on from the highest that is known. Kept outside last: what is kept there until then
        names a life that this database has behind it."""
        kept = self._memory.kept()
        with self._store.write() as unit:
            if unit.standing.behind() is None:
                return None
            after = unit.standing.versions()
            changed = sum(1 for order_id, version in after.items() if before.get(order_id) != version)
            here = unit.standing.sent()
            sent = Sent(new_id(self._clock.now_ms()), here.counts)
            unit.standing.catch_up(sent if kept is None else sent.with_all(kept))
            caught_up = CaughtUp(behind.as_of, self._clock.now(), changed)
            unit.shared.put(LAST, json.dumps([caught_up.as_of, caught_up.at, caught_up.orders]))
            now_sent = unit.standing.sent()
            unit.commit()
        self._memory.keep(now_sent)
        _log.warning("the database was brought up to date: %s orders changed", changed)
        return caught_up
