"""The panel of exercises below the orders: a list, the steps of the chosen one, and how it stands."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.training.exercise import Exercise, Outcome, Result
from sellerdesk.ui.buttons import IconButton, LinkButton, PlainButton
from sellerdesk.ui.desk_page import Edge
from sellerdesk.ui.exercise_parts import Column, ExerciseEntry, Mark, StepRow
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.widgets import Tone, label, rule

_HEIGHT = 260
_LOOKS = {
    Outcome.NOT_YET: ("Not yet.", Tone.TEXT, "hourglass"),
    Outcome.DONE: ("Done.", Tone.GREEN, "circle-check"),
    Outcome.DIFFERENTLY: ("Done differently.", Tone.AMBER, "circle-alert"),
}
_BEFORE = "Start lets a shopper order in this demo shop. What comes then is up to you."


class ExercisePanel(QWidget):
    """Shows ``exercises``; knows nothing of how they are judged.

    Signals (UI thread):
        chosen: carries the Exercise that a person wants to see.
        start_wanted: the one shown shall begin, or begin anew.
        order_wanted: its order shall be shown.
        closed: a person has put the panel away.
    """

    chosen = Signal(object)
    start_wanted = Signal()
    order_wanted = Signal()
    closed = Signal()

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        super().__init__()
        self.exercises = tuple(exercises)
        self._shown: Exercise | None = None
        self.setProperty("part", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Exercises")
        self.entries = [ExerciseEntry(each.title) for each in self.exercises]
        self.steps: list[StepRow] = []
        self._make_parts()
        self._lay_out()
        self.show_done(frozenset())
        self.hide()

    def _make_parts(self) -> None:
        self._group = QButtonGroup(self)
        for number, entry in enumerate(self.entries):
            self._group.addButton(entry, number)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self.exercises[number]))
        self.progress = label(tone=Tone.MUTED, size=Size.SMALL)
        self.close_button = IconButton("x", "Close the exercises (F6)", edge=24)
        self.close_button.clicked.connect(self.closed)
        self._title = fitting(label(size=Size.NAME, strong=True, wrap=True))
        self._purpose = fitting(label(tone=Tone.MUTED, wrap=True))
        self.verdict = NoteBox()
        self.hint = fitting(label(_BEFORE, tone=Tone.MUTED, wrap=True))
        self.why = fitting(label(wrap=True))
        self.read_more = LinkButton("Read more at Stripe", icon="external-link")
        self.read_more.clicked.connect(self._read_more)
        self.start = PlainButton("Start")
        self.start.clicked.connect(self.start_wanted)
        self.show_order = PlainButton("Show the order")
        self.show_order.clicked.connect(self.order_wanted)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 10, 4)
        head.setSpacing(10)
        head.addWidget(label("Exercises", size=Size.NAME, strong=True))
        head.addWidget(self.progress)
        head.addStretch(1)
        head.addWidget(self.close_button)
        listed = QVBoxLayout()
        listed.setContentsMargins(0, 0, 0, 8)
        listed.setSpacing(0)
        for entry in self.entries:
            listed.addWidget(entry)
        listed.addStretch(1)
        self._middle, self._right = Column("The steps"), Column("How it stands")
        self._middle.rows.addWidget(self._title)
        self._middle.rows.addWidget(self._purpose)
        self._step_rows = QVBoxLayout()
        self._step_rows.setSpacing(6)
        self._middle.rows.addLayout(self._step_rows)
        self._middle.rows.addStretch(1)
        for each in (self.verdict, self.hint, self.why, self.read_more):
            self._right.rows.addWidget(each)
        self._right.rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4, 4, 16, 10)
        buttons.setSpacing(8)
        buttons.addWidget(self.start)
        buttons.addWidget(self.show_order)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._right, 1)
        right.addLayout(buttons)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(listed)
        columns.addWidget(Edge())
        columns.addWidget(self._middle, 3)
        columns.addLayout(right, 2)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(rule("region"))
        rows.addLayout(head)
        rows.addLayout(columns, 1)

    def set_room(self, height: int) -> None:
        """Take no more than a part of a window that is so high."""
        self.setFixedHeight(min(pixels(_HEIGHT), height * 2 // 5))

    @property
    def shown(self) -> Exercise | None:
        """The exercise that is shown."""
        return self._shown

    def show_done(self, names: frozenset[str]) -> None:
        """Tick those that were done at some time."""
        for exercise, entry in zip(self.exercises, self.entries, strict=True):
            entry.show_done(exercise.name in names)
        count = sum(exercise.name in names for exercise in self.exercises)
        self.progress.setText(f"{count} of {len(self.exercises)} done")

    def show_exercise(self, exercise: Exercise, result: Result | None, *, busy: bool = False) -> None:
        """Its words, and how it stands; ``result`` None before it was started, ``busy`` while it is set up."""
        if exercise is not self._shown:
            self._write(exercise)
        self._show_marks(result)
        self._show_verdict(exercise, result)
        self.start.set_busy("Starting…" if busy else "")
        self.start.set_label("Start over" if result is not None else "Start")
        self.show_order.setVisible(result is not None)

    def entry_of(self, exercise: Exercise) -> ExerciseEntry:
        """Its entry in the list."""
        return self.entries[self.exercises.index(exercise)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _write(self, exercise: Exercise) -> None:
        self._shown = exercise
        self.entry_of(exercise).setChecked(True)
        self._title.setText(exercise.title)
        self._purpose.setText(exercise.purpose)
        for old in self.steps:
            self._step_rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.steps = [StepRow(number, words) for number, words in enumerate(exercise.steps, start=1)]
        for step in self.steps:
            self._step_rows.addWidget(step)
        for column in (self._middle, self._right):
            column.verticalScrollBar().setValue(0)

    def _show_marks(self, result: Result | None) -> None:
        ended = result is None or result.outcome is not Outcome.NOT_YET
        done = result.steps if result is not None else 0
        for number, step in enumerate(self.steps):
            now = Mark.NOW if number == done and not ended else Mark.LATER
            step.show_mark(Mark.DONE if number < done else now)

    def _show_verdict(self, exercise: Exercise, result: Result | None) -> None:
        ended = result is not None and result.outcome is not Outcome.NOT_YET
        if result is None:
            self.verdict.say("")
        else:
            title, tone, icon = _LOOKS[result.outcome]
            before = self.verdict.accessibleName()
            self.verdict.say(title, result.sentence, tone, icon)
            said = self.verdict.accessibleName()
            if said != before:
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self.hint.setVisible(result is None)
        self.why.setText(exercise.why)
        self.why.setVisible(ended)

    def _read_more(self) -> None:
        if self._shown is not None:
            QDesktopServices.openUrl(QUrl(self._shown.read_more))
