"""What the status bar and the toolbar say about Stripe: when it was asked, what waits, what is wrong."""

from PySide6.QtCore import QObject

from sellerdesk.clock import Clock
from sellerdesk.domain.audit import Audit
from sellerdesk.domain.listing import Overview
from sellerdesk.domain.standing import Behind
from sellerdesk.formats import when
from sellerdesk.services.desk import Audited, BackupNews, Synced, Trouble
from sellerdesk.ui.status_bar import StatusBar
from sellerdesk.ui.toolbar import Toolbar
from sellerdesk.ui.widgets import Tone

_FINE = Trouble("")


class SyncWords(QObject):
    """Keeps both up to date. Trouble is said first, then that the database is
    behind, then what a person must decide, then what waits for an answer."""

    def __init__(self, bar: StatusBar, toolbar: Toolbar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar, self._toolbar = bar, toolbar
        self._clock = Clock()
        self._trouble = _FINE
        self._is_back = False
        self._overview: Overview | None = None
        self._at: int | None = None
        self._audit: Audit | None = None
        self._backup = ""
        self._behind: Behind | None = None

    def attach(self, clock: Clock) -> None:
        """A shop was opened."""
        self._clock, self._trouble, self._is_back, self._overview, self._at = clock, _FINE, False, None, None
        self._audit, self._backup, self._behind = None, "", None
        self._show()

    def synced(self, news: Synced) -> None:
        """Stripe was asked."""
        self._at = news.at
        self._end_trouble()
        self._show()

    def audited(self, news: Audited) -> None:
        """All orders were compared with Stripe."""
        self._audit = news.audit
        self._say()

    def behind(self, news: Behind | None) -> None:
        """The database is older than the world; None: it was brought up to date."""
        self._behind = news
        if news is not None:
            self._bar.announce(self._from(news))
        self._say()

    def backed_up(self, news: BackupNews) -> None:
        """A backup could not be made, or was made again."""
        self._backup = news.problem
        self._say()

    def trouble(self, news: Trouble) -> None:
        """The world failed, or works again."""
        if news.sentence:
            self._trouble, self._is_back = news, False
            self._bar.announce(news.sentence)
        else:
            self._end_trouble()
        self._show()

    def syncing(self) -> None:
        """The seller asked for it now."""
        self._toolbar.show_syncing()

    def counted(self, overview: Overview) -> None:
        """Counts were read."""
        self._overview = overview
        self._bar.show_overview(overview)
        self._say()

    def tick(self) -> None:
        """A minute went by."""
        self._is_back = False
        self._show()

    def _end_trouble(self) -> None:
        if self._trouble.sentence:
            self._trouble, self._is_back = _FINE, True
            self._bar.announce(_BACK)

    def _show(self) -> None:
        now = self._clock.now()
        if self._trouble.sentence:
            self._toolbar.show_trouble(self._at, now, key_refused=self._trouble.key_refused)
        else:
            self._toolbar.show_sync(self._at, now)
        self._say()

    def _say(self) -> None:
        decisions = self._overview.decisions if self._overview else 0
        waiting = self._overview.open_operations - decisions if self._overview else 0
        if self._trouble.sentence:
            icon = "key-round" if self._trouble.key_refused else "unplug"
            self._bar.say(self._trouble.sentence, icon, Tone.AMBER)
        elif self._behind is not None:
            self._bar.say(self._from(self._behind), "refresh-cw", Tone.AMBER)
        elif decisions:
            needs = "1 order needs a decision" if decisions == 1 else f"{decisions} orders need a decision"
            self._bar.say(f"{needs}. Nothing more is asked of Stripe about it.", "octagon-alert", Tone.RED)
        elif waiting:
            waits = "1 operation waits" if waiting == 1 else f"{waiting} operations wait"
            self._bar.say(f"{waits} for an answer. Nothing is lost, nothing is asked twice.", "hourglass", Tone.AMBER)
        elif self._backup:
            self._bar.say(self._backup, "octagon-alert", Tone.AMBER)
        elif self._is_back:
            self._bar.say(_BACK, "check", Tone.MUTED)
        elif self._audit is not None and self._audit.breaks:
            self._bar.say(f"{self._checked(self._audit)}. More: View, Compare with Stripe.", "octagon-alert", Tone.RED)
        elif self._audit is not None:
            self._bar.say(self._checked(self._audit), "check", Tone.MUTED)
        elif self._at is None:
            self._bar.say("Asking Stripe what is new…", "refresh-cw", Tone.MUTED)
        else:
            self._bar.say(f"Up to date with Stripe, asked {when(self._at, self._clock.now())}", "check", Tone.MUTED)

    def _from(self, behind: Behind) -> str:
        return f"This database is from {when(behind.as_of, self._clock.now())}. {_READS_FIRST}"

    def _checked(self, audit: Audit) -> str:
        return f"{audit.sentence}, checked {when(audit.at, self._clock.now())}"


_READS_FIRST = "Stripe is asked about everything before anything is sent. You can look at orders meanwhile."
_BACK = "Stripe answers again. What waited goes on by itself."
