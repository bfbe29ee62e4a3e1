"""The page of the keys: whose they are, where they are kept, what they may do, and how to be rid of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable, SellerDeskError
from sellerdesk.domain.keys import read_publishable_key, without_keys
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.services.shop_keys import KeptKeys, ShopKeys
from sellerdesk.settings import PUBLISHABLE_KEY, Settings
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.dialogs.key_field import KeyField
from sellerdesk.ui.dialogs.permissions import AccountView
from sellerdesk.ui.dialogs.settings_pages import PAGE_AGAIN
from sellerdesk.ui.dialogs.settings_parts import Entry, SettingsPage
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import Tone, label

_CHECK = "settings-check"


class PublishableEntry(Entry):
    """The publishable key, which must be of the shop's mode."""

    def __init__(self, values: Settings, mode: Mode) -> None:
        super().__init__(PUBLISHABLE_KEY, values)
        self._livemode = mode is Mode.LIVE
        self.key = KeyField(PUBLISHABLE_KEY.label, secret=False)
        self.key.field.setText(self.kept)
        self.key.field.setCursorPosition(0)
        self.key.is_firm = True
        hint = f"Public: it stands on the checkout page, which cannot start without it. {PAGE_AGAIN}"
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.key)
        rows.addWidget(fitting(label(hint, size=Size.SMALL, tone=Tone.MUTED, wrap=True)))
        self.key.changed.connect(self._changed)
        self.key.field.editingFinished.connect(self._show_problem)

    def entered(self) -> object:
        return self.key.text().strip()

    def judge(self) -> tuple[object, str]:
        text = self.key.text()
        if not text.strip():
            return "", ""
        try:
            return read_publishable_key(text, self._livemode), ""
        except KeyNotUsable as refused:
            return None, str(refused)

    def _changed(self) -> None:
        self._show_problem()
        self.changed.emit()

    def _show_problem(self) -> None:
        self.key.say("", self.judge()[1])


class KeysPage(SettingsPage):
    """The keys of a connected shop.

    Signals:
        replace_wanted: the seller has another secret key. UI thread.
        remove_wanted: the secret key shall leave this computer. UI thread.
    """

    replace_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, info: ShopInfo, values: Settings, keys: ShopKeys, tasks: Tasks) -> None:
        super().__init__("Keys", "key-round", "")
        self._keys, self._tasks = keys, tasks
        self._entered = False
        self.replace = PlainButton("Replace key…")
        self.replace.clicked.connect(self.replace_wanted)
        self.account_id = label("", selectable=True, elide=True)
        self.secret = label(f"{info.key_hint}, read from the system keyring", elide=True)
        self.place = label("", elide=True)
        self.check = PlainButton("Check again")
        self.check.clicked.connect(self.start_check)
        self.content.addWidget(self._facts(info))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.replace)
        row.addWidget(self.check)
        row.addStretch(1)
        self.content.addLayout(row)
        self.trouble = NoteBox()
        self.content.addWidget(self.trouble)
        self.view = AccountView()
        self.content.addWidget(self.view)
        self.publishable = PublishableEntry(values, info.mode)
        self.add(self.publishable)
        self.remove = PlainButton("Remove key from this computer…")
        self.remove.clicked.connect(self.remove_wanted)
        self.content.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)
        self.end()

    def _facts(self, info: ShopInfo) -> QFrame:
        made = QFrame()
        made.setProperty("part", "box")
        grid = QGridLayout(made)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        mode = "Live, real money" if info.mode is Mode.LIVE else "Test, no real money"
        facts = (
            ("Shop", label(info.name, elide=True)),
            ("Account", self.account_id),
            ("Mode", label(mode)),
            ("Secret key", self.secret),
            ("Kept in", self.place),
        )
        for index, (name, value) in enumerate(facts):
            grid.addWidget(label(name, tone=Tone.MUTED), index, 0)
            grid.addWidget(value, index, 1)
        return made

    def enter(self) -> None:
        if not self._entered:
            self._entered = True
            self._tasks.read(self, self._keys.kept, self._show_kept, self._not_kept)
            self.start_check()

    def start_check(self) -> None:
        """Ask Stripe what the key may do."""
        self.trouble.say("")
        self.check.set_busy("Checking…")
        self._tasks.read(self, self._keys.check, self._checked, self._not_checked, key=_CHECK)

    def key_replaced(self) -> None:
        """Another key is kept now: say what is known of that one."""
        self.view.show_account(None)
        self._entered = False
        self.enter()

    def leave(self) -> None:
        self._tasks.forget(_CHECK)

    def _show_kept(self, kept: KeptKeys) -> None:
        self.secret.setText(f"{kept.hint}, read from the system keyring")
        self.account_id.setText(kept.account or "not known: the key may not read it")
        self.place.setText(f"{kept.kept_in}; in no file, in no log")

    def _not_kept(self, error: Exception) -> None:
        self.place.setText(_sentence(error))

    def _checked(self, account: AccountFacts) -> None:
        self.check.set_busy("")
        self.view.show_account(account)

    def _not_checked(self, error: Exception) -> None:
        self.check.set_busy("")
        self.trouble.say("The key could not be checked.", _sentence(error), Tone.RED)


class NoKeysPage(SettingsPage):
    """Stands for the keys where there are none to look after: in the demo shop, or without a shop.

    Signals:
        connect_wanted: the seller wants to connect Stripe. UI thread.
    """

    connect_wanted = Signal()

    def __init__(self, is_demo: bool) -> None:
        super().__init__("Keys", "key-round", "")
        self.note = NoteBox()
        if is_demo:
            self.note.say(
                "The demo shop’s keys are made up.",
                "They are made anew at each start, live in memory only and mean nothing at Stripe. Nothing of them is "
                "kept, neither in the keyring nor in a file.",
            )
        else:
            self.note.say(
                "No shop is open, so there is no key.",
                "Once Stripe is connected, this page says where the key is kept and what it may do.",
            )
        self.content.addWidget(self.note)
        self.connect_stripe = PlainButton("Connect Stripe…")
        self.connect_stripe.clicked.connect(self.connect_wanted)
        self.content.addWidget(self.connect_stripe, 0, Qt.AlignmentFlag.AlignLeft)
        self.end()


def _sentence(error: Exception) -> str:
    if isinstance(error, SellerDeskError):
        return without_keys(str(error))
    return "SellerDesk made a mistake of its own. Nothing was changed."
