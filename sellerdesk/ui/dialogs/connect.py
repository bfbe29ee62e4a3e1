"""Connect Stripe: enter the two keys, see whose they are and what they may do, and where the secret one is kept."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable
from sellerdesk.domain.keys import classify, read_publishable_key
from sellerdesk.services.desk import ShopOpener
from sellerdesk.ui.dialogs.key_dialog import KeyDialog
from sellerdesk.ui.dialogs.key_field import KeyField
from sellerdesk.ui.tasks import Tasks


class ConnectDialog(KeyDialog):
    """Checks the keys in a worker and hands them on; keeps nothing. The keys leave it only by ``connect_chosen``.

    Signals:
        connect_chosen: secret key, publishable key; both read well, of one mode, and checked at Stripe. After it
            call ``finish``, or ``refuse`` with the sentence to show; then it can be tried again.
    """

    connect_chosen = Signal(str, str)

    def __init__(self, opener: ShopOpener, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Connect Stripe", "Connect", opener, tasks, parent)
        self._opener = opener
        self.subtitle.setText(
            "A restricted key is best: it can do only what SellerDesk needs. Enter both keys, then press Check."
        )
        self.publishable = KeyField("Publishable key", secret=False)
        self.publishable.changed.connect(self._show_keys)
        self.publishable.field.editingFinished.connect(self._show_keys_firmly)
        self.lay_out_content(self.secret, self.publishable)
        self._show_keys()

    def ask(self, key: str) -> AccountFacts:
        return self._opener.check(key)

    def take(self, answer: AccountFacts) -> AccountFacts:
        return answer

    def fields(self) -> list[KeyField]:
        return [self.secret, self.publishable]

    def show_more(self, livemode: bool | None) -> None:
        problem = self._publishable_problem(livemode)
        self.publishable.say("" if problem else "Publishable key, for the checkout page.", problem)

    def is_ready(self, account: AccountFacts) -> bool:
        return super().is_ready(account) and not self._publishable_problem(account.livemode)

    def go_words(self, account: AccountFacts | None) -> str:
        return f"Connect in {'live' if account.livemode else 'test'} mode" if account else "Connect"

    def refused_title(self) -> str:
        return "Nothing is connected."

    def busy_words(self) -> str:
        return "Connecting…"

    def decide(self) -> None:
        self.set_editable(False)
        account = self._account
        assert account is not None
        publishable = read_publishable_key(self.publishable.text(), account.livemode)
        self.connect_chosen.emit(self._checked_key, publishable)

    def _publishable_problem(self, livemode: bool | None) -> str:
        text = self.publishable.text()
        mode = classify(text.strip()).livemode is True if livemode is None else livemode
        try:
            read_publishable_key(text, mode)
        except KeyNotUsable as refused:
            return str(refused)
        return ""
