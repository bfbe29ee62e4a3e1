"""The table of what a key may do, and what is switched off without it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.account import AccountFacts, Permission
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.widgets import IconText, Tone, label, rule

_ROW = 27


def account_sentence(account: AccountFacts) -> str:
    """'Kontor Nord, AT, EUR. Test mode, no real money.'"""
    known = [account.name or account.account_id, account.country, account.default_currency.upper()]
    who = ", ".join(part for part in known if part) or "The key works; it may not read the account’s name"
    mode = "Live mode, real money." if account.livemode else "Test mode, no real money."
    return f"{who}. {mode}"


def missing(account: AccountFacts) -> tuple[Permission, ...]:
    """Permissions that the key surely lacks, the needed ones first."""
    lacking = [each for each in account.permissions if each.granted is False]
    return tuple(sorted(lacking, key=lambda each: not each.required))


class PermissionTable(QWidget):
    """One row a permission: granted, missing or not known; its name; read or write; what for."""

    def __init__(self) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(label("What this key may do", size=Size.SMALL, strong=True), 1)
        self.count = label(size=Size.SMALL)
        head.addWidget(self.count)
        rows.addLayout(head)
        self._box = QFrame()
        self._box.setProperty("part", "box")
        self._grid = QGridLayout(self._box)
        self._grid.setContentsMargins(12, 1, 12, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(3, 1)
        rows.addWidget(self._box)
        self.states: dict[str, str] = {}

    def show_account(self, account: AccountFacts) -> None:
        """The permissions of ``account``'s key."""
        self.states = {}
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, permission in enumerate(account.permissions):
            if index:
                self._grid.addWidget(rule(), 2 * index - 1, 0, 1, 4)
            self._add(permission, 2 * index)
        granted = sum(1 for each in account.permissions if each.granted)
        self.count.setText(f"{granted} of {len(account.permissions)} granted")

    def _add(self, permission: Permission, row: int) -> None:
        icon, words, tone = {
            True: ("circle-check", "Granted", Tone.GREEN),
            False: ("circle-minus", "Missing", Tone.RED if permission.required else Tone.AMBER),
            None: ("circle-dashed", "Not known", Tone.MUTED),
        }[permission.granted]
        self.states[permission.name] = words
        self._grid.setRowMinimumHeight(row, pixels(_ROW))
        state = IconText(icon, words, tone=tone, strong=permission.granted is False)
        self._grid.addWidget(state, row, 0)
        self._grid.addWidget(label(permission.name), row, 1)
        self._grid.addWidget(label(permission.access, tone=Tone.MUTED), row, 2)
        is_off = permission.granted is False and permission.without
        words = f"without it: {permission.without}" if is_off else permission.purpose
        purpose = label(words, tone=Tone.MUTED, elide=True)
        self._grid.addWidget(purpose, row, 3, Qt.AlignmentFlag.AlignVCenter)


class AccountView(QWidget):
    """Whose key it is, what it may do, and what follows from that. Hidden while nothing is known."""

    def __init__(self) -> None:
        super().__init__()
        self.sentence = IconText("circle-check", tone=Tone.GREEN, wrap=True)
        self.table = PermissionTable()
        self.note = NoteBox()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        for widget in (self.sentence, self.table, self.note):
            rows.addWidget(widget)
        self.hide()

    def show_account(self, account: AccountFacts | None) -> None:
        """None hides it."""
        self.setVisible(account is not None)
        if account is None:
            return
        self.sentence.say(account_sentence(account))
        self.table.show_account(account)
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


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
