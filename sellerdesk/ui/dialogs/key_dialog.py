"""What the dialogs share that take a secret key: it is read, checked at Stripe, and shown with what it may do."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, SellerDeskError
from sellerdesk.domain.keys import KeyKind, classify, hint, read_secret_key, without_keys
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

KEYS_PAGE = "https://dashboard.stripe.com/apikeys"
_OWN_MISTAKE = "SellerDesk made a mistake of its own. Nothing was kept."


class KeyDialog(DeskDialog):
    """Checks a secret key in a worker. It keeps nothing, and forgets what was typed when it closes."""

    closes_by_itself = False

    def __init__(self, title: str, go: str, opener: ShopOpener, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(title, "Not now", go, parent)
        self._tasks = tasks
        self._account: AccountFacts | None = None
        self._checked_key = ""
        self._checking = ""
        self._tags = {mode: ModeTag(mode) for mode in (Mode.TEST, Mode.LIVE)}
        for tag in self._tags.values():
            self.add_to_head(tag)
        self.secret = KeyField("Restricted or secret key", secret=True)
        self.account = AccountView()
        self.trouble = NoteBox()
        self.kept = KeyringLine(opener, tasks)
        self.kept.known.connect(self._show_keys)
        self.check = PlainButton("Check", tall=True)
        self.foot.insertWidget(0, self.check)
        self.secret.changed.connect(self._secret_changed)
        self.secret.finished.connect(self._start_check)
        self.secret.field.editingFinished.connect(self._show_keys_firmly)
        self.check.clicked.connect(self._start_check)
        self.finished.connect(self._forget)
        self.setMinimumWidth(pixels(560))
        self.resize(pixels(640), pixels(400))

    def lay_out_content(self, *fields: QWidget) -> None:
        """Put ``fields`` first, then the way to Stripe, and below them what was found out."""
        link = LinkButton("Find or make the keys at Stripe")
        link.clicked.connect(lambda: open_page(KEYS_PAGE))
        for field in fields:
            self.content.addWidget(field)
        self.content.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.account, self.trouble, self.kept):
            self.content.addWidget(widget)
        self.content.addStretch(1)

    def first_focus(self) -> QWidget:
        """The key comes first; nothing moves money here."""
        return self.secret.field

    def ask(self, key: str) -> Any:
        """Ask Stripe about ``key``. In a worker; raises SellerDeskError's family."""
        raise NotImplementedError

    def take(self, answer: Any) -> AccountFacts:
        """What ``ask`` brought; the account in it."""
        raise NotImplementedError

    def fields(self) -> list[KeyField]:
        """Every field for a key."""
        return [self.secret]

    def wanted_mode(self) -> bool | None:
        """Whether the key must be a live one; None when either will do."""
        return None

    def show_more(self, livemode: bool | None) -> None:
        """Something changed; ``livemode`` is the key's, None while there is none."""

    def is_ready(self, account: AccountFacts) -> bool:
        """Whether what else is needed is there, too."""
        return not any(each.required for each in missing(account))

    def go_words(self, account: AccountFacts | None) -> str:
        """The label of the button that goes."""
        raise NotImplementedError

    def refused_title(self) -> str:
        """What stands above the sentence that says why it was not done."""
        raise NotImplementedError

    def show_refusal(self, sentence: str) -> None:
        """Everything stays filled in, and it can be tried again."""
        self.sent = False
        self.set_editable(True)
        self.trouble.say(self.refused_title(), without_keys(sentence), Tone.RED)
        self._show_go()

    def set_editable(self, editable: bool) -> None:
        """Let the keys be changed, or not."""
        for widget in (*self.fields(), self.check):
            widget.setEnabled(editable)

    def _secret_key(self) -> tuple[str, str]:
        """The key as read and '', or '' and a sentence."""
        try:
            return read_secret_key(self.secret.text(), self.wanted_mode()), ""
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
        for each in self.fields():
            each.is_firm = bool(each.text())
        self._show_keys()

    def _show_keys(self) -> None:
        """Say what the keys are, or what is wrong with them."""
        key, problem = self._secret_key()
        self.secret.say(_kind_words(key), problem, _kind_tone(key))
        livemode = classify(key).livemode if key else None
        self._show_mode_tag(livemode)
        self.check.setEnabled(bool(key) and not self._checking)
        self.show_more(livemode)
        self.account.show_account(self._account)
        if self._account is not None:
            self._show_mode_tag(self._account.livemode)
        self._show_go()

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
        self._tasks.read(self, lambda: self.ask(key), self._checked, self._check_failed, key="connect-check")

    def _checked(self, answer: Any) -> None:
        self._account, self._checked_key, self._checking = self.take(answer), self._checking, ""
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
        self.go.set_label(self.go_words(account))
        ready = account is not None and self.kept.is_usable and self.is_ready(account)
        self.go.setEnabled(ready and not self.sent)
        if self.isVisible():
            self.fit()

    def _forget(self) -> None:
        self._tasks.forget("connect-check")
        for field in self.fields():
            field.forget()
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
