"""Import: choose the files, see what they would change, and only then take it over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.catalogue_csv import (
    PRODUCT_COLUMNS,
    SHIPPING_COLUMNS,
    WITHDRAWN,
    read_products,
    read_shipping_rates,
)
from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.files import read_text
from sellerdesk.formats import counted
from sellerdesk.services.catalogue import CatalogueMoved, KeepCatalogue, Proposal
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.catalogue_words import change_line, change_table, unsent_line
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.file_choice import ask_what_to_read
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.tables import NumbersTable
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import FieldError, Tone, label

_KEY = "import"
_UNEXPECTED = "SellerDesk made a mistake of its own. Nothing was changed."


class FileRow(QVBoxLayout):
    """One file: what it is for, which it is, and what is wrong with it. No widget of its own, so that the focus ring
    has the whole dialog for its room.

    Signals:
        chosen: another file was chosen; carries its Path.
    """

    chosen = Signal(object)

    def __init__(self, what: str, columns: tuple[str, ...]) -> None:
        super().__init__()
        self._what = what
        self.path: Path | None = None
        self.choose = PlainButton("Choose…")
        self.choose.setAccessibleName(f"Choose the file with the {what.lower()}")
        self.choose.clicked.connect(self._ask)
        self._name = label("Not chosen: stays as it is", elide=True)
        self._error = FieldError()
        first = label(f"First line: {','.join(columns)}", size=Size.SMALL, tone=Tone.MUTED, elide=True)
        line = QHBoxLayout()
        line.setSpacing(12)
        title = label(what, strong=True)
        title.setMinimumWidth(pixels(110))
        line.addWidget(title)
        line.addWidget(self._name, 1)
        line.addWidget(self.choose)
        self.setSpacing(2)
        self.addLayout(line)
        self.addWidget(first)
        self.addWidget(self._error)
        self.dialog: QFileDialog | None = None

    @property
    def error(self) -> str:
        """What is wrong with the file, '' for nothing."""
        return self._error.label.full_text

    def show_error(self, sentence: str) -> None:
        """'' is none."""
        self._error.show_sentence(plain.one_line(sentence))

    def take(self, path: Path) -> None:
        """This is the file."""
        self.path = path
        self._name.setText(str(path))
        self.show_error("")
        self.chosen.emit(path)

    def _ask(self) -> None:
        self.dialog = ask_what_to_read(self.choose, f"Choose the {self._what.lower()}", self.take)


class ImportDialog(DeskDialog):
    """Reads the files in a worker and shows what they would change; takes it over when told so.

    Signals:
        taken_over: it was done; carries a sentence for the notice.
    """

    taken_over = Signal(str)

    closes_by_itself = False

    def __init__(self, catalogue: KeepCatalogue, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Import a catalogue", "Keep it as it is", "Take over", parent)
        self._catalogue, self._tasks = catalogue, tasks
        self._products: tuple[Product, ...] | None = None
        self._rates: tuple[ShippingRate, ...] | None = None
        self._proposal: Proposal | None = None
        self._trouble = ""
        self.subtitle.setText(
            "What the files say takes the place of what is there. Orders keep the names and prices they were made with."
        )
        self.product_file = FileRow("Products", (*PRODUCT_COLUMNS, WITHDRAWN))
        self.rate_file = FileRow("Shipping rates", SHIPPING_COLUMNS)
        self.product_file.chosen.connect(self._read_products)
        self.rate_file.chosen.connect(self._read_rates)
        self.summary = label(strong=True, wrap=True)
        self.note = NoteBox()
        self.changes = NumbersTable("What changes")
        self.changes.setMinimumHeight(pixels(220))
        self.content.addLayout(self.product_file)
        self.content.addLayout(self.rate_file)
        self.content.addWidget(self.summary)
        self.content.addWidget(self.note)
        self.content.addWidget(self.changes, 1)
        self.changes.hide()
        self.finished.connect(lambda: tasks.forget(_KEY))
        self.setMinimumWidth(pixels(620))
        self.resize(pixels(760), pixels(300))
        self._show()

    @property
    def proposal(self) -> Proposal | None:
        """What would be taken over, None while there is nothing right to take."""
        return self._proposal

    def first_focus(self) -> QWidget:
        """Nothing moves money here."""
        return self.product_file.choose

    def busy_words(self) -> str:
        return "Taking over…"

    def decide(self) -> None:
        proposal, catalogue = self._proposal, self._catalogue
        assert proposal is not None
        self._trouble = ""
        self._tasks.command(self, lambda: catalogue.take_over(proposal), lambda _: self._done(), self._not_done)

    def show_refusal(self, sentence: str) -> None:
        """Everything stays chosen, and it can be tried again."""
        self.sent = False
        self._trouble = plain.one_line(sentence)
        self._show()

    def _read_products(self, path: Path) -> None:
        def work() -> tuple[Product, ...]:
            return read_products(read_text(path))

        self._read(self.product_file, work, self._take_products)

    def _read_rates(self, path: Path) -> None:
        def work() -> tuple[ShippingRate, ...]:
            return read_shipping_rates(read_text(path))

        self._read(self.rate_file, work, self._take_rates)

    def _read(self, row: FileRow, work: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """What the file said before counts no more from now on, whatever comes of it."""
        self._trouble = ""
        take(None)
        path = row.path

        def failed(error: Exception) -> None:
            if row.path == path:
                row.show_error(str(error) if isinstance(error, SellerDeskError) else _UNEXPECTED)
                self._show()

        self._tasks.read(self, work, lambda found: take(found) if row.path == path else None, failed)

    def _take_products(self, products: tuple[Product, ...] | None) -> None:
        self._products = products
        self._propose()

    def _take_rates(self, rates: tuple[ShippingRate, ...] | None) -> None:
        self._rates = rates
        self._propose()

    def _propose(self) -> None:
        self._proposal = None
        self._show()
        products, rates, catalogue = self._products, self._rates, self._catalogue
        self._tasks.forget(_KEY)
        if products is not None or rates is not None:
            self._tasks.read(self, lambda: catalogue.propose(products, rates), self._proposed, self._not_done, key=_KEY)

    def _proposed(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self._show()

    def _show(self) -> None:
        proposal = self._proposal
        wrong = any(row.error for row in (self.product_file, self.rate_file))
        if proposal is None:
            self.summary.setText("" if wrong else "Choose one file or both. What they change is shown here first.")
            self.changes.hide()
            self.go.set_label("Take over")
        else:
            self.summary.setText(change_line(proposal.change))
            self.changes.show_table(change_table(proposal.change))
            self.changes.setVisible(proposal.change.count > 0)
            count = proposal.change.count
            self.go.set_label(f"Take over {counted(count, 'change')}" if count else "Take over")
        self._show_note()
        self.go.setEnabled(proposal is not None and not proposal.change.is_nothing and not wrong and not self.sent)
        if self.isVisible():
            self.fit()

    def _show_note(self) -> None:
        unsent = unsent_line(self._proposal.change) if self._proposal is not None else ""
        if self._trouble:
            self.note.say("Nothing was taken over.", self._trouble, Tone.RED)
        else:
            self.note.say("Think of shipping." if unsent else "", unsent, Tone.AMBER)

    def _done(self) -> None:
        proposal = self._proposal
        assert proposal is not None
        self.taken_over.emit(f"The catalogue is taken over: {change_line(proposal.change)}")
        self.finish()

    def _not_done(self, error: Exception) -> None:
        self.refuse(str(error) if isinstance(error, SellerDeskError) else _UNEXPECTED)
        if isinstance(error, CatalogueMoved):
            self._propose()
