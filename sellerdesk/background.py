"""The background of an open shop: watch the database, resolve what is open, ask Stripe what is new, and tell."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic, time

from sellerdesk.domain.errors import SellerDeskError, StoreError, WorldError
from sellerdesk.domain.standing import Behind
from sellerdesk.news import NewsBoard, Troubles
from sellerdesk.runner import Job, Runner
from sellerdesk.services.audit import RunAudit
from sellerdesk.services.catch_up import CatchUp
from sellerdesk.services.desk import Audited, BackupNews, News, OrdersChanged, PageMoved, Synced
from sellerdesk.services.duty import LOOK_SECONDS, Duty
from sellerdesk.services.keeping import Backups
from sellerdesk.services.resolve import AT_ONCE, Resolve
from sellerdesk.services.sweep import Sweep
from sellerdesk.services.sync import Sync

_log = logging.getLogger(__name__)

WATCH_SECONDS = 0.5
RESOLVE_SECONDS = 2.0
# Half of Stripe's read allowance is ours at most: quick after an action, slower and slower when idle.
# https://docs.stripe.com/rate-limits
QUICK_SECONDS = 10.0
QUICK_FOR_SECONDS = 120.0
# A poll that fails is tried again after 10, 20, 40 and then 80 seconds.
MOST_DOUBLINGS = 4
IDLE_SECONDS = 60.0
IDLE_MOST_SECONDS = 300.0
PAGE_SECONDS = 5.0
SWEEP_SECONDS = 600.0
# How often it is looked whether an audit is due, or another seat made one.
AUDIT_FIRST_SECONDS = 60.0
AUDIT_LOOK_SECONDS = 300.0
AUDIT_AGAIN_SECONDS = 3600.0
# Not while the window opens: a copy keeps disk and processor busy.
BACKUP_FIRST_SECONDS = 20.0
BACKUP_LOOK_SECONDS = 600.0
BACKUP_AGAIN_SECONDS = 900.0


class Background:
    """Runs the jobs of one open shop and tells listeners, in a background thread, what happened.

    ``changes`` gives a number that moves whenever another connection commits to the database. ``idle_most`` is the
    longest pause between two questions to Stripe, in seconds. ``find_page`` tells where the checkout page answers
    now, '' for nowhere, None when it cannot tell; there is none where the address is known for good. ``sweep`` closes
    what nobody will finish, ``audit`` compares everything once a day. ``catch_up`` tells whether the database came back
    from the past, and ``backups`` copies it once a day. Where several seats share the database ``duty`` says which of
    them asks Stripe and sweeps.
    """

    def __init__(
        self,
        sync: Sync,
        resolve: Resolve,
        changes: Callable[[], int],
        *,
        idle_most: float = IDLE_MOST_SECONDS,
        find_page: Callable[[], str | None] | None = None,
        sweep: Sweep | None = None,
        audit: RunAudit | None = None,
        catch_up: CatchUp | None = None,
        backups: Backups | None = None,
        duty: Duty | None = None,
    ) -> None:
        self._sync = sync
        self._resolve = resolve
        self._duty = duty
        self._catch_up = catch_up
        self._failed = 0
        self._sync_wanted = False
        self._audit_wanted = False
        self._changes = changes
        self._seen = changes()
        self._was_away = False
        self._board = NewsBoard()
        self._troubles = Troubles(self._board)
        self._quick_until = monotonic() + QUICK_FOR_SECONDS
        self._idle = IDLE_SECONDS
        self._idle_most = max(idle_most, IDLE_SECONDS)
        self._audit_from = monotonic() + AUDIT_FIRST_SECONDS
        self._backup_from = monotonic() + BACKUP_FIRST_SECONDS
        jobs = [Job("watch", self._watch), Job("resolve", self._resolve_due), Job("sync", self._poll)]
        if find_page is not None:
            jobs.append(Job("page", partial(self._look_for_page, find_page)))
        if sweep is not None:
            jobs.append(Job("sweep", lambda: sweep_once(sweep) if self._is_on_duty() else SWEEP_SECONDS))
        if audit is not None:
            jobs.append(Job("audit", partial(self._compare, audit)))
        if backups is not None:
            jobs.append(Job("backup", partial(self._back_up, backups)))
        if duty is not None:
            jobs.insert(0, Job("duty", partial(self._look_whose_turn, duty)))
        self._runner = Runner(jobs)

    def start(self) -> None:
        """Begin watching, resolving and polling."""
        self._runner.start()

    def stop(self) -> None:
        """End; a call under way is given five seconds. May be called twice."""
        self._runner.stop()
        if self._duty is not None and self._duty.mine:
            with suppress(StoreError):
                self._duty.look(willing=False)

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Tell ``listener`` how things stand with Stripe, then every piece of news; calling the result ends it."""
        return self._board.subscribe(listener)

    def sync_now(self) -> None:
        """Ask Stripe at once, and often for the next two minutes."""
        self._quick_until = monotonic() + QUICK_FOR_SECONDS
        self._sync_wanted = True
        self._runner.wake("sync")

    def audit_now(self) -> None:
        """Compare all orders with Stripe, however long ago that was done."""
        self._audit_wanted = True
        self._runner.wake("audit")

    def _watch(self) -> float:
        try:
            now = self._changes()
        except StoreError as error:
            self._troubles.tell(error, "watch")
            self._was_away = True
            return WATCH_SECONDS
        self._troubles.end("watch")
        if self._was_away:
            # What answers now may be an older copy: that is looked at first, and at once.
            self._was_away = False
            self._runner.wake("resolve")
        if now != self._seen:
            self._seen = now
            self._board.tell(OrdersChanged())
            self._be_quick()
        return WATCH_SECONDS

    def _be_quick(self) -> None:
        """Somebody did something: ask Stripe often for a while, and at once if that was not so already."""
        was_idle = monotonic() >= self._quick_until
        self._quick_until = monotonic() + QUICK_FOR_SECONDS
        if was_idle:
            self._runner.wake("sync")

    def _resolve_due(self) -> float:
        try:
            self._tell_behind()
            resolved = self._resolve.run_due(AT_ONCE)
            self._tell_caught_up()
        except WorldError as error:
            self._troubles.tell(error, "resolve")
            return RESOLVE_SECONDS
        self._troubles.end("resolve")
        if resolved.trouble is not None:
            self._troubles.tell(resolved.trouble, "sync")
        return RESOLVE_SECONDS

    def _tell_behind(self) -> None:
        behind = self._catch_up.behind() if self._catch_up is not None else None
        if behind is not None and self._board.last(Behind) is None:
            self._board.tell(behind)

    def _tell_caught_up(self) -> None:
        """Whoever brought it up to date: another program may have been faster."""
        if self._board.last(Behind) is None or self._catch_up is None or self._is_behind():
            return
        self._board.forget(Behind)
        found = self._catch_up.last()
        if found is not None:
            self._board.tell(found)

    def _is_behind(self) -> bool:
        return self._catch_up is not None and self._catch_up.behind() is not None

    def _is_on_duty(self) -> bool:
        return self._duty is None or self._duty.mine

    def _look_whose_turn(self, duty: Duty) -> float:
        """A seat that cannot ask Stripe leaves it to one that can."""
        before = duty.mine
        try:
            turn = duty.look(willing=not self._failed)
        except StoreError:
            return LOOK_SECONDS  # said by whoever watches the database
        if duty.mine and not before:
            self._runner.wake("sync")
        if turn.synced and not (duty.mine or self._failed):
            self._board.tell_if_new(Synced(turn.synced))
        return LOOK_SECONDS

    def _poll(self) -> float:
        """Who is not on duty asks only when a person wants it, or until its own trouble is over."""
        wanted, self._sync_wanted = self._sync_wanted, False
        if not (wanted or self._troubles.are_told or self._failed or self._is_on_duty()):
            return IDLE_SECONDS
        try:
            if self._is_behind():
                return RESOLVE_SECONDS
            report = self._sync.poll()
            if self._duty is not None:
                self._duty.synced(report.at)
        except SellerDeskError as error:
            _log.warning("sync failed: %s", type(error).__name__)
            self._troubles.tell(error, "sync")
            self._failed = min(self._failed + 1, MOST_DOUBLINGS)
            return QUICK_SECONDS * (1 << (self._failed - 1))
        self._failed = 0
        self._troubles.end("sync")
        self._board.tell(Synced(report.at))
        return self._pause(report.new > 0)

    def _compare(self, audit: RunAudit) -> float:
        """Once a day, by whichever seat comes first, and whenever a person wants it; not in the first minute, when the
        window has better things to do."""
        wanted, self._audit_wanted = self._audit_wanted, False
        early = self._audit_from - monotonic()
        if early > 0 and not wanted:
            return early
        try:
            found = audit.run() if wanted or audit.is_due() else audit.last()
        except SellerDeskError as error:
            _log.warning("audit failed: %s", type(error).__name__)
            self._troubles.tell(error, "sync")
            return AUDIT_AGAIN_SECONDS
        if found is not None:
            self._board.tell_if_new(Audited(found))
        return AUDIT_LOOK_SECONDS

    def _back_up(self, backups: Backups) -> float:
        early = self._backup_from - monotonic()
        return early if early > 0 else back_up(backups, lambda problem: self._board.tell_if_new(BackupNews(problem)))

    def _pause(self, busy: bool) -> float:
        if busy:
            self._quick_until = monotonic() + QUICK_FOR_SECONDS
        if monotonic() < self._quick_until:
            self._idle = IDLE_SECONDS
            return QUICK_SECONDS
        pause = self._idle
        self._idle = min(self._idle * 2, self._idle_most)
        return pause

    def _look_for_page(self, find_page: Callable[[], str | None]) -> float:
        address = find_page()
        if address is not None:
            self._board.tell_if_new(PageMoved(address))
        return PAGE_SECONDS


def sweep_once(sweep: Sweep) -> float:
    """One pass; what Stripe could not be asked about is swept the next time."""
    try:
        sweep.run()
    except SellerDeskError as error:
        _log.warning("unfinished checkouts could not be closed: %s", type(error).__name__)
    return SWEEP_SECONDS


def back_up(backups: Backups, tell: Callable[[str], None] = lambda _problem: None) -> float:
    """Once a day. ``tell`` gets the sentence for one that cannot be made, and '' for one that was; it is tried again
    soon."""
    now = int(time())
    try:
        if backups.is_due(now):
            _log.info("backup %s", backups.make(now).name)
            tell("")
    except WorldError as error:
        _log.warning("%s", error)
        tell(str(error))
        return BACKUP_AGAIN_SECONDS
    return BACKUP_LOOK_SECONDS
