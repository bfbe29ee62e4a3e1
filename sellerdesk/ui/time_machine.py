"""The menu Time machine: what can be made to happen in the demo shop, and why an entry is off."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from sellerdesk.domain.declines import headline_of
from sellerdesk.domain.order import Order
from sellerdesk.services.practice import NONE_ON, Switches
from sellerdesk.ui import plain
from sellerdesk.ui import practice_words as words

TITLE = "&Time machine"
EXERCISES_KEY = "F6"


class TimeMachineMenu(QMenu):
    """Stands in a menu bar only while a shop for practising is open; ``enter`` and ``leave`` see to it.

    Signals:
        refusal_chosen: carries the decline code of the next card. UI thread.
    """

    refusal_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(TITLE, parent)
        self.setToolTipsVisible(True)
        self._order: Order | None = None
        self._now = 0
        self.exercises = self._add(self, "&Exercises")
        self.exercises.setCheckable(True)
        self.exercises.setShortcut(QKeySequence(EXERCISES_KEY))
        self.addSeparator()
        self.before = self._add(self, "Go to an &hour before the deadline", words.TIPS["before"])
        self.over = self._add(self, "Go &over the deadline", words.TIPS["over"])
        self.day = self._add(self, "Go forward a &day", words.TIPS["day"])
        self.addSeparator()
        self.refusals = self._below("&Refuse the next card", words.TIPS["refuse"])
        for code in words.REFUSALS:
            self._add(self.refusals, plain.menu_text(headline_of(code)), words.TIPS["refuse"]).setData(code)
        self.refusals.triggered.connect(lambda action: self.refusal_chosen.emit(str(action.data())))
        lose = self._below("&Lose the next answer", words.TIPS["lose_after"])
        self.lose_before = self._add(lose, "&Before Stripe does what it was asked", words.TIPS["lose_before"])
        self.lose_after = self._add(lose, "&After Stripe has done it", words.TIPS["lose_after"])
        self.slow = self._add(self, "Make Stripe &slow", words.TIPS["slow"])
        self.addSeparator()
        self.dispute = self._add(self, "Raise a dis&pute", words.TIPS["dispute"])
        self.warn = self._add(self, "Raise an early &fraud warning", words.TIPS["warn"])
        self.addSeparator()
        self.normal = self._add(self, "Back to &normal", words.TIPS["normal"])
        self._texts = {action: action.text() for action in (self.before, self.over, self.slow, self.dispute,
                                                            self.warn, self.normal)}  # fmt: skip
        self.show_switches(NONE_ON)
        self.show_order(None, 0)

    def enter(self, bar: QMenuBar) -> None:
        """Stand before the last menu, which is Help."""
        bar.insertMenu(bar.actions()[-1], self)

    def leave(self, bar: QMenuBar) -> None:
        """Stand there no more, keys included."""
        bar.removeAction(self.menuAction())

    def show_order(self, order: Order | None, now: int) -> None:
        """What can be done to this order; ``now`` is seconds UTC of the shop's clock."""
        self._switch(self.before, words.no_deadline(order, now, words.HOUR))
        self._switch(self.over, words.no_deadline(order, now, 0))
        for action in (self.dispute, self.warn):
            self._switch(action, words.no_money_taken(order))

    def show_switches(self, switches: Switches) -> None:
        """What is on already, and whether there is a way back."""
        self._switch(self.slow, words.SLOW_ALREADY if switches.slow else "")
        self._switch(self.normal, "" if switches.any_on else words.NOTHING_ON)

    def _switch(self, action: QAction, why_off: str) -> None:
        action.setText(f"{self._texts[action]}: {why_off}" if why_off else self._texts[action])
        action.setEnabled(not why_off)

    def _below(self, title: str, tip: str) -> QMenu:
        menu = self.addMenu(title)
        menu.setToolTipsVisible(True)
        menu.menuAction().setToolTip(plain.tip(tip))
        return menu

    def _add(self, menu: QMenu, text: str, tip: str = "") -> QAction:
        action = menu.addAction(text)
        action.setAutoRepeat(False)
        if tip:
            action.setToolTip(plain.tip(tip))
            action.setStatusTip(tip)
        return action
