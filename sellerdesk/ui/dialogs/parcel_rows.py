"""Parcel rows in Ship: a number to scan or type, a carrier, and what we make of them."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain import tracking
from sellerdesk.domain.errors import TrackingRefused
from sellerdesk.domain.order import Parcel
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import IconButton, LinkButton
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.panel_parts import open_page
from sellerdesk.ui.segments import ChoiceBox
from sellerdesk.ui.widgets import Field, FieldError, IconText, Tone, label, mark_wrong, rule

_RETURN = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class CarrierField(ChoiceBox):
    """A known carrier, or any name typed in."""

    def __init__(self) -> None:
        super().__init__("Carrier")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for carrier in tracking.carriers():
            self.addItem(carrier.name, carrier.code)
        self.setCurrentIndex(-1)
        self.setEditText("")
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("Carrier")
        line.setAccessibleName("Carrier")
        line.setMaxLength(tracking.MAX_CARRIER + 20)
        self.setFixedWidth(pixels(132))

    def code(self) -> str:
        """The code of a known carrier, else the text as typed."""
        text = self.currentText().strip()
        for carrier in tracking.carriers():
            if text.casefold() in {carrier.name.casefold(), carrier.code}:
                return carrier.code
        return text

    def choose(self, code: str) -> None:
        """Show a known carrier."""
        self.setCurrentIndex(self.findData(code))


class ParcelRow(QWidget):
    """One parcel. Its own mistakes are said below it once the field is left; a number is never lost.

    Signals:
        edited: number or carrier is another one.
        next_wanted: Return was pressed, by a person or at the end of a scan.
        removed: the bin was pressed.
    """

    edited = Signal()
    next_wanted = Signal()
    removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._touched = False
        self._guessed = ""
        self.repeats = 0
        self.title = label(size=Size.BODY, strong=True)
        self.number = Field(icon="scan-barcode", placeholder="Scan or type the tracking number")
        # Longer than any number, so that a wrong paste is refused in words and not cut to something plausible.
        self.number.setMaxLength(300)
        self.carrier = CarrierField()
        self.remove = IconButton("trash-2", "Take this parcel out", edge=28)
        self.error = FieldError()
        self.hint = IconText("circle-check", tone=Tone.GREEN, size=Size.SMALL)
        self.page = LinkButton("", icon="external-link")
        self._lay_out()
        self.number.textChanged.connect(self._number_changed)
        self.carrier.editTextChanged.connect(self._carrier_changed)
        self.remove.clicked.connect(self.removed)
        self.page.clicked.connect(self._open_page)
        for field in (self.number, self.carrier):
            field.installEventFilter(self)
        self._update()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._line = rule()
        outer.addWidget(self._line)
        rows = QVBoxLayout()
        rows.setContentsMargins(14, 6, 10, 12)
        rows.setSpacing(4)
        outer.addLayout(rows)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.remove)
        fields = QHBoxLayout()
        fields.setContentsMargins(0, 0, 4, 0)
        fields.setSpacing(8)
        fields.addWidget(self.number, 1)
        fields.addWidget(self.carrier)
        self._hints = QWidget()
        self._hints.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.setSpacing(8)
        hints.addWidget(self.hint)
        hints.addWidget(self.page)
        hints.addStretch(1)
        rows.addLayout(head)
        rows.addLayout(fields)
        rows.addWidget(self._hints)
        rows.addWidget(self.error)

    def number_as_read(self) -> str:
        """The number without spaces, or '' when it is none."""
        try:
            return tracking.read_number(self.number.text())
        except TrackingRefused:
            return ""

    def is_empty(self) -> bool:
        """Nothing was scanned or typed here."""
        return not self.number.text().strip() and (not self.carrier.code() or self.carrier.code() == self._guessed)

    def parcel(self) -> Parcel | None:
        """The parcel, or None while it is not complete and right."""
        if self.repeats:
            return None
        try:
            return tracking.parcel(self.number.text(), self.carrier.code())
        except TrackingRefused:
            return None

    def place(self, number: int, *, last: bool) -> None:
        """Be parcel ``number``; the last row is the empty one, which cannot be taken out."""
        self._line.setVisible(number > 1)
        self.title.setText(f"Parcel {number}")
        self.number.setAccessibleName(f"Tracking number of parcel {number}")
        self.remove.setAccessibleName(f"Take parcel {number} out")
        if number > 1:
            self.number.setPlaceholderText("Scan or type the next number, or leave empty")
        self.remove.setVisible(not last)
        self.carrier.setVisible(not last)
        self._update()

    def set_repeats(self, earlier: int) -> None:
        """The number stands in parcel ``earlier`` already; 0: it does not."""
        if self.repeats != earlier:
            self.repeats = earlier
            self._update()

    def touch(self) -> None:
        """From now on mistakes are said; a number that was understood is shown in groups, as it is printed."""
        self._touched = True
        read = self.number_as_read()
        if read and tracking.recognise(read) is not None:
            self.number.setText(tracking.grouped(read))
        self._update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _RETURN:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            if not event.isAutoRepeat() and self.number.text().strip():
                self.touch()
                self.next_wanted.emit()
            return True
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut and self.number.text().strip():
            self.touch()
        return super().eventFilter(watched, event)

    def _number_changed(self) -> None:
        known = tracking.recognise(self.number_as_read())
        code = known.carrier if known else ""
        # A carrier chosen by hand stays; only our own guess is replaced.
        if self.carrier.code() in {"", self._guessed}:
            self._guessed = code
            if code:
                self.carrier.choose(code)
            else:
                self.carrier.setEditText("")
        self._update()
        self.edited.emit()

    def _carrier_changed(self) -> None:
        self._update()
        self.edited.emit()

    def _problem(self) -> tuple[str, bool]:
        """A sentence and whether it is the number's."""
        if not self._touched or not self.number.text().strip():
            return "", True
        if self.repeats:
            return f"This number is already in parcel {self.repeats}.", True
        try:
            tracking.read_number(self.number.text())
        except TrackingRefused as refused:
            return str(refused), True
        try:
            tracking.read_carrier(self.carrier.code())
        except TrackingRefused as refused:
            return str(refused), False
        return "", True

    def _update(self) -> None:
        sentence, of_number = self._problem()
        mark_wrong(self.number, bool(sentence) and of_number)
        mark_wrong(self.carrier, bool(sentence) and not of_number)
        self.error.show_sentence(sentence)
        number = self.number_as_read()
        known = tracking.recognise(number) if number else None
        code = self.carrier.code()
        parcel = self.parcel()
        self._hints.setVisible(not sentence and bool(number))
        if known is not None and known.carrier == code:
            digit = ", check digit right" if known.checked else ""
            self.hint.say(f"{tracking.carrier_name(code)} recognised{digit}.", "circle-check", Tone.GREEN)
        elif known is not None:
            self.hint.say(f"Looks like {tracking.carrier_name(known.carrier)}.", "circle-alert", Tone.AMBER)
        else:
            self.hint.say("Carrier not recognised; please choose it." if not code else "", "circle-dashed", Tone.MUTED)
        self.hint.setVisible(bool(self.hint.label.full_text))
        host = tracking.host(parcel) if parcel is not None else ""
        self.page.setVisible(bool(host))
        self.page.setText(plain.menu_text(host))
        self.page.setAccessibleName(f"Open {host}")

    def _open_page(self) -> None:
        parcel = self.parcel()
        if parcel is not None:
            open_page(tracking.link(parcel))
