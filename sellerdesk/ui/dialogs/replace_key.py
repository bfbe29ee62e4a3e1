"""Replace or remove the key of the open shop: what happens to its orders is said before."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.listing import Overview
from sellerdesk.formats import money
from sellerdesk.services.desk import Mode, ShopInfo, ShopOpener
from sellerdesk.services.shop_keys import KeyTrial, SameShop, ShopKeys
from sellerdesk.ui.buttons import LinkButton
from sellerdesk.ui.dialogs.key_dialog import KEYS_PAGE, KeyDialog
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.panel_parts import open_page
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import IconText, Tone

_SAME = {
    SameShop.ACCOUNT: "The same Stripe account as before.",
    SameShop.PAYMENT: "The same Stripe account as before: this key can read a payment of this shop.",
}
_WHAT_IT_MEANS = (
    ("key-round", "The key goes out of the system keyring. SellerDesk has no other copy of it."),
    ("package", "Orders and settings stay on this computer. Connect the same account again, and they are back."),
    ("hourglass", "What is written down and not finished yet waits for the next key."),
    ("shopping-cart", "A checkout page that runs goes on with the key until it is stopped, and then stays stopped."),
    ("ban", "At Stripe the key stays valid. If somebody else may have seen it, revoke it there, too."),
)


class ReplaceKeyDialog(KeyDialog):
    """Takes a new secret key for the account whose orders are here.

    Signals:
        replace_chosen: the new key, read well and checked at Stripe. After it call ``finish`` or ``refuse``.
    """

    replace_chosen = Signal(str)

    def __init__(
        self, info: ShopInfo, keys: ShopKeys, opener: ShopOpener, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__("Replace key", "Replace key", opener, tasks, parent)
        self._info, self._keys = info, keys
        self.subtitle.setText(
            f"The orders of {info.name} stay as they are. The new key must belong to the same Stripe account, in "
            f"{info.mode.value} mode; the old one goes out of the keyring."
        )
        self.same = NoteBox()
        self.lay_out_content(self.secret, self.same)
        self._show_keys()

    def ask(self, key: str) -> KeyTrial:
        return self._keys.try_key(key)

    def take(self, answer: KeyTrial) -> AccountFacts:
        if answer.same_shop is SameShop.NOT_KNOWN:
            self.same.say(
                "It could not be verified that this key belongs to the same account.",
                "There is no payment in this shop yet that the key could read, and it may not read the name of its "
                "account. Replace the key only if you are sure: new orders go to the key’s account.",
                Tone.AMBER,
            )
        else:
            self.same.say(_SAME[answer.same_shop], "", Tone.GREEN)
        return answer.account

    def wanted_mode(self) -> bool:
        return self._info.mode is Mode.LIVE

    def show_more(self, livemode: bool | None) -> None:  # noqa: ARG002 - the frame's
        if self._account is None:
            self.same.say("")

    def go_words(self, account: AccountFacts | None) -> str:  # noqa: ARG002 - the frame's
        return "Replace key"

    def refused_title(self) -> str:
        return "The key was not replaced."

    def busy_words(self) -> str:
        return "Replacing the key…"

    def decide(self) -> None:
        self.set_editable(False)
        self.replace_chosen.emit(self._checked_key)


class RemoveKeyDialog(DeskDialog):
    """Says what it means that the key goes, the money on hold first.

    Signals:
        remove_chosen: the key shall go. After it call ``finish`` or ``refuse``.
    """

    remove_chosen = Signal()

    closes_by_itself = False

    def __init__(self, info: ShopInfo, overview: Overview | None, parent: QWidget | None = None) -> None:
        super().__init__("Remove the key from this computer", "Keep key", "Remove key", parent, danger=True)
        self.show_mode(info.mode)
        self.subtitle.setText(f"Key {info.key_hint} of {info.name}.")
        self.held = NoteBox()
        self._say_held(overview)
        self.trouble = NoteBox()
        self.content.addWidget(self.held)
        for icon, sentence in _WHAT_IT_MEANS:
            line = IconText(icon, sentence, wrap=True)
            fitting(line.label)
            self.content.addWidget(line)
        link = LinkButton("Revoke the key at Stripe")
        link.clicked.connect(lambda: open_page(KEYS_PAGE))
        self.content.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.trouble)
        self.content.addStretch(1)
        self.setMinimumWidth(pixels(480))
        self.resize(pixels(560), pixels(360))

    def decide(self) -> None:
        self.remove_chosen.emit()

    def busy_words(self) -> str:
        return "Removing the key…"

    def show_refusal(self, sentence: str) -> None:
        self.sent = False
        self.go.setEnabled(True)
        self.trouble.say("The key was not removed.", sentence, Tone.RED)
        self.fit()

    def _say_held(self, overview: Overview | None) -> None:
        held = [money(each.amount, each.currency) for each in overview.on_hold if each.amount] if overview else []
        if held:
            self.held.say(
                f"{' and '.join(held)} on hold cannot be captured from here any more.",
                "What nobody captures elsewhere lapses: it goes back to the shoppers and is not paid.",
                Tone.AMBER,
            )
