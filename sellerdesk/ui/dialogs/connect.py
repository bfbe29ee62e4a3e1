"""Connect Stripe: enter the two keys, see whose they are and what they may do, and where the secret one is kept."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, SellerDeskError
from sellerdesk.domain.keys import KeyKind, classify, hint, read_publishable_key, read_secret_key, without_keys
from sellerdesk.services.desk import Mode, ShopOpener
from sellerdesk.ui.buttons import LinkButton, PlainButton
from sellerdesk.ui.dialogs.key_field import KeyField, KeyringLine
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.permissions import AccountView, missing
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_parts import open_page
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import ModeTag, Tone

_KEYS_PAGE = "https://dashboard.stripe.com/apikeys"
_OWN_MISTAKE = "SellerDesk made a mistake of its own. Nothing was kept."


class ConnectDialog(DeskDialog):
    """Checks the keys in a worker and hands them on; keeps nothing. The keys leave it only by ``connect_chosen``.

    Signals:
        connect_chosen: secret key, publishable key; both read well, of one mode, and checked at Stripe. After it
            call ``finish``, or ``refuse`` with the sentence to show; then it can be tried again.
    """

    connect_chosen = Signal(str, str)

    closes_by_itself = False

    def __init__(self, opener: ShopOpener, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Connect Stripe", "Not now", "Connect", parent)
        self._opener, self._tasks = opener, tasks
        self._account: AccountFacts | None = None
        self._checked_key = ""
        self._checking = ""
        self._tags = {mode: ModeTag(mode) for mode in (Mode.TEST, Mode.LIVE)}
        for tag in self._tags.values():
            self.add_to_head(tag)
        self.subtitle.setText(
            "A restricted key is best: it can do only what SellerDesk needs. Enter both keys, then press Check."
        )
        self.secret = KeyField("Restricted or secret key", secret=True)
        self.publishable = KeyField("Publishable key", secret=False)
        self.account = AccountView()
        self.trouble = NoteBox()
        self.kept = KeyringLine(opener, tasks)
        self.kept.known.connect(self._show_keys)
        self.check = PlainButton("Check", tall=True)
        self.foot.insertWidget(0, self.check)
        self._lay_out_content()
        self.secret.changed.connect(self._secret_changed)
        self.secret.finished.connect(self._start_check)
        self.secret.field.editingFinished.connect(self._show_keys_firmly)
        self.publishable.changed.connect(self._show_keys)
        self.publishable.field.editingFinished.connect(self._show_keys_firmly)
        self.check.clicked.connect(self._start_check)
        self.finished.connect(self._forget)
        self.setMinimumWidth(pixels(560))
        self.resize(pixels(640), pixels(400))
        self._show_keys()

    def _lay_out_content(self) -> None:
        link = LinkButton("Find or make the keys at Stripe")
        link.clicked.connect(lambda: open_page(_KEYS_PAGE))
        self.content.addWidget(self.secret)
        self.content.addWidget(self.publishable)
        self.content.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.account)
        self.content.addWidget(self.trouble)
        self.content.addWidget(self.kept)
        self.content.addStretch(1)

    def first_focus(self) -> QWidget:
        """The key comes first; nothing moves money here."""
        return self.secret.field

    def decide(self) -> None:
        self._set_editable(False)
        account = self._account
        assert account is not None
        publishable = read_publishable_key(self.publishable.text(), account.livemode)
        self.connect_chosen.emit(self._checked_key, publishable)

    def busy_words(self) -> str:
        return "Connecting…"

    def show_refusal(self, sentence: str) -> None:
        """Everything stays filled in, and it can be tried again."""
        self.sent = False
        self._set_editable(True)
        self.trouble.say("Nothing is connected.", without_keys(sentence), Tone.RED)
        self._show_go()

    def _set_editable(self, editable: bool) -> None:
        for widget in (self.secret, self.publishable, self.check):
            widget.setEnabled(editable)

    def _secret_key(self) -> tuple[str, str]:
        """The key as read and '', or '' and a sentence."""
        try:
            return read_secret_key(self.secret.text(), None), ""
        except KeyNotUsable as refused:
            return "", str(refused)

    def _secret_changed(self) -> None:
        self._account = None
        self._checked_key = ""
        self._checking = ""
        self._tasks.forget("connect-check")
        self.check.set_busy("")
        self.trouble.say("")
        self._show_keys()

    def _show_keys_firmly(self) -> None:
        for each in (self.secret, self.publishable):
            each.is_firm = bool(each.text())
        self._show_keys()

    def _show_keys(self) -> None:
        """Say what the keys are, or what is wrong with them."""
        key, problem = self._secret_key()
        self.secret.say(_kind_words(key), problem, _kind_tone(key))
        livemode = classify(key).livemode if key else None
        self._show_mode_tag(livemode)
        self.check.setEnabled(bool(key) and not self._checking)
        problem = self._publishable_problem(livemode)
        self.publishable.say("" if problem else "Publishable key, for the checkout page.", problem)
        self.account.show_account(self._account)
        if self._account is not None:
            self._show_mode_tag(self._account.livemode)
        self._show_go()

    def _publishable_problem(self, livemode: bool | None) -> str:
        try:
            read_publishable_key(
                self.publishable.text(), classify(self.publishable.text().strip()).livemode is True
                if livemode is None else livemode,
            )  # fmt: skip
        except KeyNotUsable as refused:
            return str(refused)
        return ""

    def _show_mode_tag(self, livemode: bool | None) -> None:
        self._tags[Mode.TEST].setVisible(livemode is False)
        self._tags[Mode.LIVE].setVisible(livemode is True)

    def _start_check(self) -> None:
        key, problem = self._secret_key()
        if problem or self._checking:
            self._show_keys_firmly()
            return
        self._checking = key
        self.trouble.say("")
        self.check.set_busy("Checking…")
        opener = self._opener
        self._tasks.read(self, lambda: opener.check(key), self._checked, self._check_failed, key="connect-check")

    def _checked(self, account: AccountFacts) -> None:
        self._account, self._checked_key, self._checking = account, self._checking, ""
        self.check.set_busy("")
        self.check.set_label("Check again")
        self._show_keys_firmly()
        if self.go.isEnabled():
            self.safe.setFocus()

    def _check_failed(self, error: Exception) -> None:
        self._account, self._checking = None, ""
        self.check.set_busy("")
        sentence = without_keys(str(error)) if isinstance(error, SellerDeskError) else _OWN_MISTAKE
        if isinstance(error, KeyNotUsable | KeyRefused):
            self.secret.is_firm = True
            self.secret.say("", sentence)
        else:
            self.trouble.say("The key could not be checked.", f"{sentence} Nothing was kept.", Tone.RED)
        self.account.show_account(None)
        self._show_go()

    def _show_go(self) -> None:
        account = self._account
        self.go.set_label(f"Connect in {'live' if account.livemode else 'test'} mode" if account else "Connect")
        ready = (
            account is not None
            and self.kept.is_usable
            and not any(each.required for each in missing(account))
            and not self._publishable_problem(account.livemode)
        )
        self.go.setEnabled(ready and not self.sent)
        if self.isVisible():
            self.fit()

    def _forget(self) -> None:
        self._tasks.forget("connect-check")
        self.secret.forget()
        self.publishable.forget()
        self._checked_key = self._checking = ""
        self._account = None


def _kind_words(key: str) -> str:
    if not key:
        return ""
    facts = classify(key)
    mode = "live" if facts.livemode else "test"
    if facts.kind is KeyKind.SECRET:
        return f"Secret key, {mode} mode, {hint(key)}. It can do everything; a restricted key is safer."
    return f"Restricted key, {mode} mode, {hint(key)}."


def _kind_tone(key: str) -> Tone:
    return Tone.AMBER if key and classify(key).kind is KeyKind.SECRET else Tone.MUTED
