"""Connect Stripe: enter the two keys, see whose they are and what they may do, and where the secret one is kept."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, SellerDeskError
from sellerdesk.domain.keys import KeyKind, classify, hint, read_publishable_key, read_secret_key, without_keys
from sellerdesk.services.desk import Mode, ShopOpener
from sellerdesk.ui.buttons import IconButton, LinkButton, PlainButton
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.permissions import PermissionTable, account_sentence, missing
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.panel_parts import open_page
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import Field, FieldError, IconText, ModeTag, Tone, label, mark_wrong

_KEYS_PAGE = "https://dashboard.stripe.com/apikeys"
_OWN_MISTAKE = "SellerDesk made a mistake of its own. Nothing was kept."


class KeyField(QWidget):
    """A key, hidden while it is a secret, with a way to look at it and a way to paste; what it is stands below.

    Signals:
        changed: another text.
        finished: Return was pressed.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, title: str, *, secret: bool) -> None:
        super().__init__()
        self._before = 0
        self.is_firm = False
        self.field = Field(title, icon="key-round")
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhSensitiveData)
        # Longer than any key, so that a wrong paste is refused in words and not cut to something plausible.
        self.field.setMaxLength(1000)
        self.reveal = IconButton("eye", f"Show the {title.lower()}", edge=28)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self.reveal.setVisible(secret)
        self.paste = PlainButton("Paste")
        self.paste.setAccessibleName(f"Paste the {title.lower()}")
        self.paste.clicked.connect(self._paste)
        self.kind = IconText("circle-check", tone=Tone.MUTED, size=Size.SMALL)
        self.error = FieldError()
        rows = _rows(self)
        rows.addWidget(label(title, size=Size.SMALL, strong=True))
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.field, self.reveal, self.paste):
            row.addWidget(widget, 1 if widget is self.field else 0)
        rows.addLayout(row)
        rows.addWidget(self.kind)
        rows.addWidget(self.error)
        self._secret = secret
        self._reveal(False)
        self.kind.hide()
        self.field.textChanged.connect(self._changed)
        self.field.returnPressed.connect(self.finished)

    def text(self) -> str:
        return self.field.text()

    def say(self, fact: str, problem: str, tone: Tone = Tone.MUTED) -> None:
        """What the key is, or what is wrong with it; '' says nothing. A key that is being typed is not called wrong
        before the field is left."""
        if not self.is_firm or not self.field.text().strip():
            problem = ""
        self.kind.say(fact, "circle-alert" if tone is Tone.AMBER else "circle-check", tone)
        self.kind.setVisible(bool(fact) and not problem)
        self.error.show_sentence(problem)
        mark_wrong(self.field, bool(problem))

    def forget(self) -> None:
        """Take the text away, from the undo history, too."""
        self.reveal.setChecked(False)
        self.field.setText("")

    def _reveal(self, shown: bool) -> None:
        hidden = self._secret and not shown
        self.field.setEchoMode(QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal)

    def _paste(self) -> None:
        self.field.setText(QGuiApplication.clipboard().text().strip())
        self.field.setFocus()

    def _changed(self, text: str) -> None:
        # More than one character at once was pasted or scanned: whole, and fit to be judged.
        if not text or len(text) - self._before > 1:
            self.is_firm = bool(text)
        self._before = len(text)
        self.changed.emit()


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
        self._keyring = ""
        self._tags = {mode: ModeTag(mode) for mode in (Mode.TEST, Mode.LIVE)}
        for tag in self._tags.values():
            self.add_to_head(tag)
        self.subtitle.setText(
            "A restricted key is best: it can do only what SellerDesk needs. Enter both keys, then press Check."
        )
        self.secret = KeyField("Restricted or secret key", secret=True)
        self.publishable = KeyField("Publishable key", secret=False)
        self.account = IconText("circle-check", tone=Tone.GREEN, wrap=True)
        self.table = PermissionTable()
        self.note = NoteBox()
        self.trouble = NoteBox()
        self.kept = IconText("lock", tone=Tone.MUTED, size=Size.SMALL, wrap=True)
        fitting(self.kept.label)
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
        tasks.read(self, opener.keyring_name, self._keyring_found, self._no_keyring, key="connect-keyring")

    def _lay_out_content(self) -> None:
        link = LinkButton("Find or make the keys at Stripe")
        link.clicked.connect(lambda: open_page(_KEYS_PAGE))
        for widget in (self.secret, self.publishable):
            self.content.addWidget(widget)
        self.content.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.account, self.table, self.note, self.trouble, self.kept):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        self.account.hide()
        self.table.hide()
        self.kept.hide()

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
        self.fit()

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
        self._show_account()
        self._show_go()
        self._fit_soon()

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
        self._show_account()
        self._show_go()
        self._fit_soon()

    def _show_account(self) -> None:
        account = self._account
        self.account.setVisible(account is not None)
        self.table.setVisible(account is not None)
        if account is None:
            self.note.say("")
            return
        self.account.say(account_sentence(account))
        self.table.show_account(account)
        self._show_mode_tag(account.livemode)
        lacking = missing(account)
        needed = [each.name for each in lacking if each.required]
        if needed:
            words = f"SellerDesk cannot work without {_joined(needed)}."
            self.note.say(words, "Add it to the key at Stripe, then press Check again.", Tone.RED)
        elif account.livemode:
            self.note.say("Live mode: real cards, real money.", "Every capture from now on is a real one.", Tone.AMBER)
        elif lacking:
            words = f"You can start without {_joined([each.name for each in lacking])}."
            self.note.say(words, "Add it at Stripe later and press Check again.", Tone.AMBER)
        else:
            self.note.say("")

    def _show_go(self) -> None:
        account = self._account
        self.go.set_label(f"Connect in {'live' if account.livemode else 'test'} mode" if account else "Connect")
        ready = (
            account is not None
            and bool(self._keyring)
            and not any(each.required for each in missing(account))
            and not self._publishable_problem(account.livemode)
        )
        self.go.setEnabled(ready and not self.sent)

    def _keyring_found(self, name: str) -> None:
        self._keyring = name
        self.kept.say(f"Kept in: {name}. Never in a file, never in a log.", "lock", Tone.MUTED)
        self.kept.show()
        self._show_go()
        self._fit_soon()

    def _no_keyring(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, SellerDeskError) else _OWN_MISTAKE
        self.kept.say(sentence, "circle-x", Tone.RED)
        self.kept.show()
        self._show_go()
        self._fit_soon()

    def _fit_soon(self) -> None:
        if self.isVisible():
            self.fit()

    def _forget(self) -> None:
        self._tasks.forget("connect-check")
        self._tasks.forget("connect-keyring")
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


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _rows(parent: QWidget) -> QVBoxLayout:
    rows = QVBoxLayout(parent)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(4)
    return rows
