"""Ship: which parcels leave, with which carrier and number, and what the shopper and Stripe are told."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sellerdesk.domain import tracking
from sellerdesk.domain.order import Order, Parcel, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import clock_time
from sellerdesk.services.desk import Mode
from sellerdesk.ui import plain
from sellerdesk.ui.dialogs.hold_words import NAME_LENGTH
from sellerdesk.ui.dialogs.parcel_rows import ParcelRow
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.dialogs.ship_sides import AddressBox, Preview
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.panel_words import card_words, sum_words
from sellerdesk.ui.widgets import IconText, Tone


class ShipDialog(DeskDialog):
    """Asks for the parcels of a captured order.

    Signals:
        ship_chosen: operation id, tuple of Parcel. Sent once, however often the button is pressed.
        copy_requested: carries plain text for the clipboard.
    """

    ship_chosen = Signal(str, object)
    copy_requested = Signal(str)

    def __init__(
        self,
        order: Order,
        mode: Mode,
        now: Callable[[], int],
        operation_id: str,
        parent: QWidget | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """``now`` gives seconds UTC; ``operation_id`` was made for this dialog alone."""
        super().__init__(f"Ship order {order.shown_reference}", "Not yet", "Ship", parent)
        self._order = order
        self._operation_id = operation_id
        self.show_mode(mode)
        self._show_subtitle()
        self.note = NoteBox()
        self.parcels_box = ParcelsBox()
        self.parcels_box.changed.connect(self._refresh)
        self.preview = Preview(_paid_words(order), clock_time(now(), zone))
        self.ship_to = AddressBox(order)
        self.ship_to.copy.clicked.connect(lambda: self.copy_requested.emit("\n".join(self.ship_to.lines)))
        columns = QHBoxLayout()
        columns.setSpacing(20)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(12)
        left.addWidget(self.parcels_box)
        told = IconText(
            "info", "Carrier and numbers go to Stripe, too; they help in a dispute.", tone=Tone.MUTED, size=Size.SMALL
        )
        left.addWidget(told)
        left.addStretch(1)
        right.addWidget(self.ship_to)
        sees = QFrame()
        sees.setProperty("part", "box")
        inner = QVBoxLayout(sees)
        inner.setContentsMargins(14, 8, 14, 12)
        inner.addWidget(IconText("eye", "What the shopper sees", tone=Tone.MUTED, size=Size.SMALL, strong=True))
        inner.addWidget(self.preview)
        right.addWidget(sees)
        right.addStretch(1)
        columns.addLayout(left, 5)
        columns.addLayout(right, 3)
        self.content.addWidget(self.note)
        self.content.addLayout(columns, 1)
        self.setMinimumWidth(pixels(640))
        self.resize(pixels(816), pixels(480))
        self._refresh()

    def first_focus(self) -> QWidget:
        """Shipping moves no money, and the next thing a packer does is to scan."""
        return self.parcels_box.rows[0].number if self._can_ship() else self.safe

    def parcels(self) -> tuple[Parcel, ...]:
        """The parcels that are complete and right."""
        return self.parcels_box.parcels()

    def decide(self) -> None:
        self.parcels_box.setEnabled(False)
        self.ship_chosen.emit(self._operation_id, self.parcels())

    def busy_words(self) -> str:
        return f"Shipping {_count(len(self.parcels()))}…"

    def show_refusal(self, sentence: str) -> None:
        self.note.say("Nothing was recorded.", sentence, Tone.RED)
        self.fit()

    def _can_ship(self) -> bool:
        return stage_of(self._order) in {Stage.TO_SHIP, Stage.SHIPPED}

    def _show_subtitle(self) -> None:
        order = self._order
        name = plain.apart(order.shopper.name, NAME_LENGTH)
        captured = sum_words(order.payment.captured, order.currency)
        left_out = sum(line.left_out for line in order.lines)
        pieces = "" if not left_out else f" {_pieces(order.pieces - left_out)} of {order.pieces} are paid and go out."
        paid = f"{captured} captured.{pieces}" if order.payment.captured else "nothing captured yet."
        self.subtitle.setText(f"{name}, {paid}")

    def _refresh(self) -> None:
        if self.sent:
            return
        parcels = self.parcels()
        if not self._can_ship():
            self.note.say(
                "Nothing is captured yet.",
                "Prepare the order first, then ship it: goods sent on a hold that lapses are not paid.",
                Tone.AMBER,
            )
        else:
            self.note.say("")
        self.preview.show_parcels(parcels)
        self.go.set_label(f"Ship {_count(len(parcels))}" if parcels else "Ship")
        self.go.setEnabled(self._can_ship() and bool(parcels) and not self.parcels_box.has_mistakes())
        if self.isVisible():
            self.fit()


class ParcelsBox(QFrame):
    """The rows, with an empty one at the end to scan into.

    Signals:
        changed: parcels are others, or a row has another mistake.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "box")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        self._content = QWidget()
        self._layout = QVBoxLayout(self._content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self._scroll.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        outer.addWidget(self._scroll)
        self.rows: list[ParcelRow] = []
        self._add()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._grow()

    def parcels(self) -> tuple[Parcel, ...]:
        found = (row.parcel() for row in self.rows)
        return tuple(each for each in found if each is not None)

    def has_mistakes(self) -> bool:
        """A row with something in it that is no parcel yet."""
        return any(not row.is_empty() and row.parcel() is None for row in self.rows)

    def _add(self) -> None:
        row = ParcelRow()
        row.edited.connect(self._edited)
        row.next_wanted.connect(self._next)
        row.removed.connect(self._removed)
        self.rows.append(row)
        self._layout.insertWidget(self._layout.count() - 1, row)
        if self.isVisible():
            # At once, not with the next turn of the event loop: a scanner goes on typing into it.
            row.show()
        window = self.window()
        if isinstance(window, DeskDialog):
            window.guard(row)
        self._number()

    def _edited(self) -> None:
        self._number()
        if not self.rows[-1].is_empty() and len(self.rows) < tracking.MAX_PARCELS:
            self._add()
        self._find_repeats()
        self._grow()
        self.changed.emit()

    def _find_repeats(self) -> None:
        seen: dict[str, int] = {}
        for number, row in enumerate(self.rows, 1):
            read = row.number_as_read()
            row.set_repeats(seen.get(read, 0) if read else 0)
            if read:
                seen.setdefault(read, number)

    def _next(self) -> None:
        """To the carrier when it is missing, else to the next row; never further."""
        row = self.sender()
        if not isinstance(row, ParcelRow):
            return
        self._grow()
        self.changed.emit()
        index = self.rows.index(row)
        if row.number_as_read() and not row.repeats and not row.carrier.code():
            row.carrier.setFocus()
            return
        if row.parcel() is None:
            row.number.selectAll()
            row.number.setFocus()
            return
        following = self.rows[min(index + 1, len(self.rows) - 1)]
        following.number.setFocus()
        self._scroll.ensureWidgetVisible(following)

    def _removed(self) -> None:
        row = self.sender()
        if not isinstance(row, ParcelRow) or len(self.rows) == 1:
            return
        index = self.rows.index(row)
        self.rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()
        if not self.rows[-1].is_empty():
            self._add()
        self.rows[min(index, len(self.rows) - 1)].number.setFocus()
        self._number()
        self._find_repeats()
        self._grow()
        self.changed.emit()

    def _number(self) -> None:
        for number, row in enumerate(self.rows, 1):
            row.place(number, last=row is self.rows[-1] and row.is_empty())

    def _grow(self) -> None:
        """As high as three rows, then scroll."""
        self._layout.activate()
        wanted = sum(row.sizeHint().height() for row in self.rows)
        self._scroll.setMinimumHeight(min(wanted, pixels(400)))
        self._scroll.setMaximumHeight(max(wanted, 1))


def _paid_words(order: Order) -> str:
    facts = order.payment.facts
    if not order.payment.captured:
        return "Nothing is charged yet."
    card = f" with {card_words(facts.card)}" if facts is not None and facts.card is not None else ""
    return f"You paid {sum_words(order.payment.captured, order.currency)}{card}."


def _count(parcels: int) -> str:
    return "1 parcel" if parcels == 1 else f"{parcels} parcels"


def _pieces(pieces: int) -> str:
    return "1 piece" if pieces == 1 else f"{pieces} pieces"
