"""A question that a person answers: what is known, the ways to go on, and the one press that chooses one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sellerdesk.services.desk import Mode
from sellerdesk.ui.dialogs.choice_cards import ChoiceCards, Way
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox, fitting
from sellerdesk.ui.widgets import Tone, label


class DecideDialog(DeskDialog):
    """Shows the evidence and takes the decision.

    Signals:
        way_chosen: the Way. Sent once, however often the button is pressed.
    """

    way_chosen = Signal(object)

    def __init__(self, title: str, mode: Mode, ways: Sequence[Way], seat: str, parent: QWidget | None = None) -> None:
        """``seat`` is who is recorded as having decided."""
        super().__init__(title, "Decide later", "Decide", parent)
        self.show_mode(mode)
        self.evidence = NoteBox(title_size=Size.NAME)
        self.details = fitting(label(size=Size.SMALL, tone=Tone.MUTED, wrap=True, selectable=True))
        self.ways = ChoiceCards(ways)
        self.ways.changed.connect(self._refresh)
        self.rest = fitting(label(size=Size.SMALL, tone=Tone.MUTED, wrap=True))
        self.recorded = label(f"Recorded as decided by {seat}.", size=Size.SMALL, tone=Tone.MUTED, elide=True)
        self.trouble = NoteBox()
        for widget in (self.evidence, self.details, self.ways, self.rest, self.recorded, self.trouble):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        self.setMinimumWidth(pixels(480))
        self.resize(pixels(560), pixels(420))
        self._refresh()

    def show_evidence(self, title: str, text: str, details: str = "", rest: str = "", tone: Tone = Tone.RED) -> None:
        """What is known: a strong sentence, what it means, the numbers to look it up by, and what cannot be chosen and
        why."""
        self.evidence.say(title, text, tone)
        for words, said in ((self.details, details), (self.rest, rest)):
            words.setText(said)
            words.setVisible(bool(said))

    def decide(self) -> None:
        self.ways.setEnabled(False)
        self.way_chosen.emit(self.ways.chosen)

    def busy_words(self) -> str:
        way = self.ways.chosen
        assert way is not None
        return way.busy

    def show_refusal(self, sentence: str) -> None:
        self.trouble.say("Nothing was decided by this.", sentence, Tone.RED)

    def _refresh(self) -> None:
        way = self.ways.chosen
        self.go.setEnabled(way is not None)
        self.go.set_label(way.go if way is not None else "Choose one")
        if self.isVisible():
            self.fit()
