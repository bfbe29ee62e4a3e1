"""The open question in the head of the panel: an answer got lost, or a person has to decide. It sends nothing."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sellerdesk.domain.operation import OpenOperation, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.ui import panel_words, plain
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.panel_words import Question, Work
from sellerdesk.ui.widgets import Tone, label


class OpenQuestion(NoteBox):
    """Amber while an answer is awaited, red when a person has to decide.

    Signals:
        check: the seller wants Stripe asked at once.
        decide: the seller wants to decide what nothing settles by itself.
    """

    check = Signal()
    decide = Signal()

    def __init__(self, zone: tzinfo | None) -> None:
        super().__init__(title_size=Size.NAME)
        self._zone = zone
        self.own_seat = ""
        self._about: tuple[str, OperationState] | None = None
        self.certain = fitting(label(strong=True, wrap=True))
        self.rest = fitting(label(wrap=True))
        self.seen = fitting(label(size=Size.SMALL, wrap=True))
        self.check_now = PlainButton("Check now")
        self.check_now.clicked.connect(self.check)
        self.decide_now = PlainButton("Decide…")
        self.decide_now.clicked.connect(self.decide)
        self.next_look = label(size=Size.SMALL, tone=Tone.AMBER)
        self.next_look.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 2)
        row.addWidget(self.decide_now)
        row.addWidget(self.check_now)
        row.addWidget(self.next_look, 1)
        self._foot = foot
        for each in (self.certain, self.rest, self.seen, foot):
            self.add_below(each)

    def show_question(self, order: Order, work: Work | None, now: int, system_now: int) -> None:
        """Show what is open about ``order``, if it is a question; ``now`` and ``system_now`` are seconds of the two
        clocks."""
        operation = order.open_operation
        if operation is None or work not in {Work.WAITING, Work.REVIEW}:
            self._forget()
            self.say("")
            return
        if self._about != (operation.id, operation.state):
            self._forget()
            self._about = (operation.id, operation.state)
        if work is Work.REVIEW:
            self._show(panel_words.review_words(operation, order, now, self._zone), Tone.RED, "octagon-alert")
        else:
            words = panel_words.waiting_words(operation, order.currency, now, self._zone, self.own_seat)
            self._show(words, Tone.AMBER, "hourglass")
        self._show_foot(operation, system_now)

    def begin_check(self) -> None:
        """Stripe is being asked."""
        self.seen.hide()
        self.check_now.set_busy("Checking…")

    def end_check(self, sentence: str) -> None:
        """What came of it, '' when the question is answered."""
        self.check_now.set_busy("")
        self.seen.setText(sentence)
        self.seen.setVisible(bool(sentence))
        self.updateGeometry()

    def _show(self, words: Question, tone: Tone, icon: str) -> None:
        self.certain.setText(words.certain)
        self.rest.setText(words.rest)
        self.say(words.title, words.text, tone, icon)
        self.setAccessibleName(plain.one_line(f"{words.title} {words.text} {words.certain} {words.rest}"))

    def _show_foot(self, operation: OpenOperation, system_now: int) -> None:
        # What is on its way right now would only be asked about by two at once.
        self._foot.setVisible(operation.state in {OperationState.UNKNOWN, OperationState.REVIEW})
        self.decide_now.setVisible(operation.state is OperationState.REVIEW)
        self.next_look.setText(panel_words.next_look_words(operation, system_now))

    def _forget(self) -> None:
        self._about = None
        self.end_check("")
