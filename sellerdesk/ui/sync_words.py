"""What the status bar and the toolbar say about Stripe: when it was asked, what waits, what is wrong."""

from PySide6.QtCore import QObject

from sellerdesk.clock import Clock
from sellerdesk.domain.listing import Overview
from sellerdesk.formats import when
from sellerdesk.services.desk import Synced, Trouble
from sellerdesk.ui.status_bar import StatusBar
from sellerdesk.ui.toolbar import Toolbar
from sellerdesk.ui.widgets import Tone


class SyncWords(QObject):
    """Keeps both up to date. Trouble is said before what waits, and that before that all is well."""

    def __init__(self, bar: StatusBar, toolbar: Toolbar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar, self._toolbar = bar, toolbar
        self._clock = Clock()
        self._trouble = ""
        self._waiting = 0
        self._at: int | None = None

    def attach(self, clock: Clock) -> None:
        """A shop was opened."""
        self._clock, self._trouble, self._waiting, self._at = clock, "", 0, None
        self._toolbar.show_sync(None, 0)
        self._say()

    def synced(self, news: Synced) -> None:
        """Stripe was asked."""
        self._at = news.at
        self._trouble = ""
        self.tick()

    def trouble(self, news: Trouble) -> None:
        """The world failed, or works again."""
        self._trouble = news.sentence
        self.tick()

    def syncing(self) -> None:
        """The seller asked for it now."""
        self._toolbar.show_syncing()

    def counted(self, overview: Overview) -> None:
        """Counts were read."""
        self._waiting = overview.open_operations
        self._bar.show_overview(overview)
        self._say()

    def tick(self) -> None:
        """Time went on."""
        self._toolbar.show_sync(self._at, self._clock.now())
        self._say()

    def _say(self) -> None:
        if self._trouble:
            self._bar.say(self._trouble, "triangle-alert", Tone.AMBER)
        elif self._waiting:
            waits = "1 operation waits" if self._waiting == 1 else f"{self._waiting} operations wait"
            self._bar.say(f"{waits} for an answer. Nothing is lost, nothing is asked twice.", "hourglass", Tone.AMBER)
        elif self._at is None:
            self._bar.say("Asking Stripe what is new…", "refresh-cw", Tone.MUTED)
        else:
            self._bar.say(f"Up to date with Stripe, asked {when(self._at, self._clock.now())}", "check", Tone.MUTED)
