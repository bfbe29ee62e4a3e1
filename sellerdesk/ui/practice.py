"""Practising in the window: the time machine's menu, the strip of what is on, and the exercises of a demo shop."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sellerdesk.domain.order import Order
from sellerdesk.services.desk import Mode, News, OpenShop
from sellerdesk.services.practice import NONE_ON, Practice, Switches
from sellerdesk.ui import practice_words as words
from sellerdesk.ui.exercises import ExerciseController
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.time_machine import TimeMachineMenu

if TYPE_CHECKING:
    from sellerdesk.ui.main_window import MainWindow

_MONEY = "No money moved."


class PracticeController(QObject):
    """Shows itself for a demo shop only; the window of a connected account has nothing of it."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._shop: OpenShop | None = None
        # A worker of its own: those of the window may all be waiting for a slow Stripe.
        self._tasks = Tasks(self, readers=1)
        self.menu = TimeMachineMenu(window)
        self.exercises = ExerciseController(window, self.menu.exercises)
        self.exercises.began.connect(self._read_switches)
        window.keeper.opened.connect(self._attach)
        window.keeper.closing.connect(self._detach)
        window.keeper.news.connect(self._hear)
        window.orders.order_shown.connect(self._show_order)
        window.stack.currentChanged.connect(self._show_order)
        self._connect()

    def _connect(self) -> None:
        menu = self.menu
        menu.aboutToShow.connect(self._show_order)
        menu.before.triggered.connect(lambda: self._go(words.HOUR, words.at_deadline))
        menu.over.triggered.connect(lambda: self._go(-words.OVER_SECONDS, words.over_deadline))
        menu.day.triggered.connect(self._go_a_day)
        menu.refusal_chosen.connect(self._refuse)
        menu.lose_before.triggered.connect(lambda: self._lose(words.LOST_BEFORE, done=False))
        menu.lose_after.triggered.connect(lambda: self._lose(words.LOST_AFTER, done=True))
        menu.slow.triggered.connect(lambda: self._do(lambda on: on.machine.be_slow(), words.SLOW_TIP))
        menu.dispute.triggered.connect(self._dispute)
        menu.warn.triggered.connect(self._warn)
        menu.normal.triggered.connect(self._back_to_normal)
        self._window.practice_bar.normal_wanted.connect(self._back_to_normal)

    def close(self) -> None:
        """The window closes: nothing is answered any more."""
        self._tasks.close()

    def sheet(self) -> list[tuple[str, str, str]]:
        """What the sheet of keys says of them, while they are there."""
        return [("Time machine", self.menu.exercises.shortcut().toString(), "Exercises")] if self._shop else []

    def _attach(self, shop: OpenShop) -> None:
        if shop.practice is None or shop.info.mode is not Mode.DEMO:
            return
        self._shop = shop
        self.menu.enter(self._window.menuBar())
        self._show_switches(NONE_ON)
        self._show_order()
        self.exercises.attach(shop, shop.practice)

    def _detach(self) -> None:
        if self._shop is None:
            return
        self._shop = None
        self._tasks.forget("switches")
        self.exercises.detach()
        self._show_switches(NONE_ON)
        self.menu.leave(self._window.menuBar())

    def _hear(self, _news: News) -> None:
        if self._shop is not None:
            self._read_switches()
            self.exercises.look()

    @property
    def _order(self) -> Order | None:
        """The order in sight."""
        in_sight = self._window.stack.currentWidget() is self._window.page
        view = self._window.orders.view
        return view.order if in_sight and view is not None else None

    def _show_order(self) -> None:
        if self._shop is not None:
            self.menu.show_order(self._order, self._window.now())

    def _show_switches(self, switches: Switches) -> None:
        self.menu.show_switches(switches)
        self._window.practice_bar.show_switches(switches)

    # --- what the entries do ---

    def _go(self, before: int, said: Callable[[Order], str]) -> None:
        order = self._order
        if order is not None:
            intent_id = order.payment.intent_id
            self._do(lambda on: on.machine.go_before_deadline(intent_id, before), said(order), moved=True)

    def _go_a_day(self) -> None:
        self._do(lambda on: on.machine.go_forward(words.DAY), words.DAY_WENT_BY, moved=True)

    def _refuse(self, code: str) -> None:
        self._do(lambda on: on.machine.refuse_next_card(code), words.will_be_refused(code))

    def _lose(self, said: str, *, done: bool) -> None:
        self._do(lambda on: on.machine.lose_next_answer(done=done), said)

    def _dispute(self) -> None:
        order = self._order
        if order is not None:
            self._do(lambda on: on.machine.dispute(order.payment.intent_id), words.disputed(order), moved=True)

    def _warn(self) -> None:
        order = self._order
        if order is not None:
            self._do(lambda on: on.machine.warn(order.payment.intent_id), words.warned(order), moved=True)

    def _back_to_normal(self) -> None:
        self._do(lambda on: on.machine.back_to_normal(), words.NORMAL)

    def _do(self, act: Callable[[Practice], object], said: str, *, moved: bool = False) -> None:
        """Do it beside whatever else runs. ``moved``: something happened at Stripe, which the desk asks about at
        once."""
        shop = self._shop
        if shop is None or shop.practice is None:
            return
        work = partial(_act, shop.practice, act)
        self._tasks.read(self, work, partial(self._done, shop, said, moved), self._failed)

    def _done(self, shop: OpenShop, said: str, moved: bool, switches: Switches) -> None:
        if shop is not self._shop:
            return
        self._tasks.forget("switches")
        self._show_switches(switches)
        self._window.notices.note(said)
        if moved:
            self._window.tick()
            self._show_order()
            shop.feed.sync_now()

    def _failed(self, error: Exception) -> None:
        self._window.notices.error(error, money=_MONEY)

    def _read_switches(self) -> None:
        """What is used up is off by itself. That the sandbox cannot be asked is said by whoever acts."""
        shop = self._shop
        if shop is not None and shop.practice is not None:
            show, ignore = self._show_switches, partial(self._show_switches, NONE_ON)
            self._tasks.read(self, shop.practice.machine.switches, show, lambda _: ignore(), key="switches")


def _act(practice: Practice, act: Callable[[Practice], object]) -> Switches:
    act(practice)
    return practice.machine.switches()
