"""The right side of Ship: where the parcels go, and what the shopper's order page will say."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain import tracking
from sellerdesk.domain.order import Order, Parcel
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_parts import ADDRESS_LINES
from sellerdesk.ui.postal import address_gap, address_lines, country_name
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, TextLabel, Tone, label, rule

_RADIUS = 4


class AddressBox(QFrame):
    """Where the parcels go, with a copy button, and whether a carrier of that country will find it complete."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.setProperty("part", "box")
        address = order.shopper.address
        self.lines = address_lines(order.shopper.name, address)
        self.copy = IconButton("copy", "Copy the address", edge=24)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 6, 10, 10)
        rows.setSpacing(1)
        head = QHBoxLayout()
        head.addWidget(IconText("map-pin", "Ship to", tone=Tone.MUTED, size=Size.SMALL, strong=True), 1)
        head.addWidget(self.copy)
        rows.addLayout(head)
        for text in self.lines:
            rows.addWidget(fitting(label(text, most_lines=ADDRESS_LINES, selectable=True)))
        gap = address_gap(address)
        words = gap or f"Complete for {country_name(address.country)}"
        icon, tone = ("circle-alert", Tone.AMBER) if gap else ("circle-check", Tone.GREEN)
        rows.addSpacing(2)
        self.verdict = IconText(icon, words, tone=tone, wrap=True)
        rows.addWidget(self.verdict)


class Preview(QWidget):
    """What the shopper's order page will say, in a dashed frame: it is not true yet."""

    def __init__(self, paid: str, today: str) -> None:
        super().__init__()
        self._today = today
        self._shown: tuple[Parcel, ...] | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(13, 10, 13, 11)
        rows.setSpacing(3)
        self.title = fitting(label(size=Size.NAME, strong=True, wrap=True))
        self.sent = fitting(label(tone=Tone.MUTED, wrap=True))
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.parcels: list[TextLabel] = []
        rows.addWidget(self.title)
        rows.addWidget(self.sent)
        rows.addLayout(self._list)
        rows.addSpacing(4)
        rows.addWidget(rule())
        rows.addSpacing(4)
        rows.addWidget(fitting(label(paid, wrap=True)))

    def show_parcels(self, parcels: tuple[Parcel, ...]) -> None:
        """As it will be with these parcels."""
        if parcels == self._shown:
            return
        self._shown = parcels
        way = "Your parcels are on their way." if len(parcels) > 1 else "Your parcel is on its way."
        self.title.setText(way if parcels else "Being packed.")
        count = "1 parcel" if len(parcels) == 1 else f"{len(parcels)} parcels"
        self.sent.setText(f"{count}, sent {self._today}" if parcels else "No tracking yet.")
        for old in self.parcels:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.parcels = [_parcel_line(each) for each in parcels]
        for line in self.parcels:
            self._list.addWidget(line)
            line.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens_of(self).control), 1)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)


def _parcel_line(parcel: Parcel) -> TextLabel:
    """Looks like the link it will be, where the carrier has a page."""
    words = f"{tracking.carrier_name(parcel.carrier)} {tracking.grouped(parcel.number)}"
    linked = bool(tracking.link(parcel))
    made = fitting(label(words, tone=Tone.ACCENT if linked else Tone.TEXT, wrap=True))
    if linked:
        underlined = made.font()
        underlined.setUnderline(True)
        made.setFont(underlined)
    return made
