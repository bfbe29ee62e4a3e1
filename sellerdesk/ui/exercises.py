"""The exercises of a demo shop: begins them, judges them again whenever something changed, and remembers those done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.order import Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.practice import Practice
from sellerdesk.settings import EXERCISES_DONE
from sellerdesk.training.exercise import Exercise, Outcome, Result
from sellerdesk.ui.order_list import Showing

if TYPE_CHECKING:
    from sellerdesk.ui.main_window import MainWindow

_MONEY = "No money moved."
_AGAIN = "Start the exercise again."


@dataclass(frozen=True, slots=True)
class Running:
    """An exercise that was begun in this shop: its order, where that stands, and the judgement so far."""

    order_id: str
    stage: Stage
    result: Result


class ExerciseController(QObject):
    """Owns the panel's content. Each start of the demo makes a new shop, so what was begun ends with the old one; that
    an exercise was done stays true and is kept in the demo's settings.

    Signals:
        began: an exercise was set up; what is switched on may be another. UI thread.
    """

    began = Signal()

    def __init__(self, window: "MainWindow", entry: QAction) -> None:
        super().__init__(window)
        self._window, self._panel, self._entry = window, window.exercise_panel, entry
        self._shop: OpenShop | None = None
        self._practice: Practice | None = None
        self._running: dict[str, Running] = {}
        self._starting: Exercise | None = None
        self._done: frozenset[str] = frozenset()
        entry.triggered.connect(self._toggle)
        self._panel.closed.connect(self.close)
        self._panel.chosen.connect(self._choose)
        self._panel.start_wanted.connect(self._start)
        self._panel.order_wanted.connect(self._show_order)

    def attach(self, shop: OpenShop, practice: Practice) -> None:
        """A demo shop was opened."""
        self._shop, self._practice = shop, practice
        self._window.tasks.read(self, partial(self._read_done, shop), self._know_done, self._not_kept)
        self._choose(self._panel.exercises[0])

    def detach(self) -> None:
        """It is closed, and with it what was begun in it."""
        self._window.tasks.forget("exercise")
        self._shop = self._practice = self._starting = None
        self._running = {}
        self.close()

    def close(self) -> None:
        """Put the panel away; what was begun goes on."""
        focused: object = self._window.focusWidget()
        held_focus = isinstance(focused, QWidget) and self._panel.isAncestorOf(focused)
        self._panel.hide()
        self._entry.setChecked(False)
        if held_focus:
            self._window.view.setFocus()

    def look(self) -> None:
        """Judge the one shown again: something changed."""
        exercise, practice = self._panel.shown, self._practice
        running = self._running.get(exercise.name) if exercise is not None else None
        if exercise is None or practice is None or running is None:
            return
        judge = partial(_judge, practice, exercise, running.order_id)
        self._window.tasks.read(self, judge, partial(self._judged, exercise), _ignore, key="exercise")

    def _toggle(self) -> None:
        if self._panel.isVisible():
            self.close()
            return
        self._panel.show()
        self._entry.setChecked(True)
        if self._panel.shown is not None:
            self._panel.entry_of(self._panel.shown).setFocus()

    def _choose(self, exercise: Exercise) -> None:
        self._show(exercise)
        self.look()

    def _show(self, exercise: Exercise) -> None:
        running = self._running.get(exercise.name)
        result = running.result if running is not None else None
        self._panel.show_exercise(exercise, result, busy=self._starting is not None)

    def _start(self) -> None:
        exercise, practice = self._panel.shown, self._practice
        if exercise is None or practice is None or self._starting is not None:
            return
        self._starting = exercise
        self._show(exercise)
        set_up = partial(_set_up, practice, exercise)
        self._window.tasks.read(self, set_up, partial(self._begun, practice, exercise), self._not_begun)

    def _begun(self, practice: Practice, exercise: Exercise, running: Running) -> None:
        if practice is not self._practice:
            return
        self._starting = None
        self._running[exercise.name] = running
        self._window.list.reload()
        if self._panel.shown is not None:
            self._show(self._panel.shown)
        self._show_order()
        self.began.emit()

    def _not_begun(self, error: Exception) -> None:
        self._starting = None
        if self._panel.shown is not None:
            self._show(self._panel.shown)
        self.began.emit()
        self._window.notices.error(error, money=_MONEY, next_step=_AGAIN)

    def _judged(self, exercise: Exercise, running: Running) -> None:
        known = self._running.get(exercise.name)
        if known is None or known.order_id != running.order_id:
            return
        self._running[exercise.name] = running
        if running.result.outcome is Outcome.DONE and exercise.name not in self._done:
            self._know_done(self._done | {exercise.name})
            self._keep_done()
        if self._panel.shown is exercise:
            self._show(exercise)

    def _show_order(self) -> None:
        exercise = self._panel.shown
        running = self._running.get(exercise.name) if exercise is not None else None
        if running is not None:
            self._window.go_to(running.stage)
            self._window.list.show_list(Showing(running.stage), running.order_id)

    # --- what is remembered ---

    def _read_done(self, shop: OpenShop) -> frozenset[str]:
        names: tuple[str, ...] = self._window.preferences.of_shop(shop.info.profile).get(EXERCISES_DONE)
        return frozenset(names)

    def _know_done(self, names: frozenset[str]) -> None:
        self._done = names
        self._panel.show_done(names)

    def _keep_done(self) -> None:
        shop, names = self._shop, tuple(sorted(self._done))
        if shop is not None:
            keep: Callable[[], None] = partial(self._write_done, shop, names)
            self._window.tasks.read(self, keep, lambda _: None, self._not_kept)

    def _write_done(self, shop: OpenShop, names: tuple[str, ...]) -> None:
        self._window.preferences.of_shop(shop.info.profile).change({EXERCISES_DONE: names})

    def _not_kept(self, error: Exception) -> None:
        self._window.notices.error(error, money=_MONEY)


def _set_up(practice: Practice, exercise: Exercise) -> Running:
    """What an earlier exercise left switched on must not meet this one's shopper."""
    practice.machine.back_to_normal()
    return _judge(practice, exercise, exercise.set_up(practice))


def _judge(practice: Practice, exercise: Exercise, order_id: str) -> Running:
    seen = practice.look(order_id)
    return Running(order_id, stage_of(seen.view.order), exercise.check(seen))


def _ignore(_error: Exception) -> None:
    """The next change brings the next look."""
