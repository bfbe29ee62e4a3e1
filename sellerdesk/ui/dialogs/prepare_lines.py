"""The lines of an order in Prepare: what is on the shelf, how many were ordered, how many are packed, what it costs."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.shortening import CapturePlan
from sellerdesk.formats import amount
from sellerdesk.ui.dialogs.line_cells import cells, centred, centred_title, figure, fixed, scrolling, title
from sellerdesk.ui.dialogs.stepper import Stepper
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.pictures import ProductPicture
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, Tone, label, rule

_ROW = 40


def first_guess(order: Order) -> dict[int, int]:
    """Pieces per line position as far as the known stock reaches, line by line; unknown stock counts as enough."""
    left = dict(order.on_hand)
    guess = {}
    for line in order.lines:
        pieces = min(line.quantity, max(0, left.get(line.sku, line.quantity)))
        if line.sku in left:
            left[line.sku] -= pieces
        guess[line.position] = pieces
    return guess


class LineRow(QWidget):
    """One line; amber while pieces are left out.

    Signals:
        changed: another number of pieces.
    """

    changed = Signal()

    def __init__(self, order: Order, item: OrderLine, pieces: int, widths: dict[str, int]) -> None:
        super().__init__()
        self.item, self._currency = item, order.currency
        self.stepper = Stepper(item.name, pieces, item.quantity)
        self.stepper.changed.connect(self._changed)
        self.now = label(strong=True)
        on_hand = order.stock_of(item.sku)
        short = on_hand is not None and on_hand < item.quantity
        row = cells(self)
        row.addWidget(ProductPicture(item.picture, short=short, edge=28))
        self.name = label(item.name, elide=True)
        row.addWidget(self.name, 1)
        row.addWidget(fixed(_stock(on_hand, short), widths["stock"]))
        row.addWidget(figure(label(str(item.quantity)), widths["ordered"]))
        row.addWidget(centred(self.stepper, widths["pack"]))
        row.addWidget(figure(label(amount(item.unit_price, order.currency)), widths["each"]))
        row.addWidget(figure(self.now, widths["now"]))
        self.setFixedHeight(pixels(_ROW))

    @property
    def left_out(self) -> bool:
        return self.stepper.value() != self.item.quantity

    def show_amount(self, minor: int | None) -> None:
        """What this line comes to now, or nothing."""
        self.now.setText(amount(minor, self._currency) if minor is not None else "–")
        self.now.setFont(font(strong=bool(minor)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.left_out:
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(tokens_of(self).amber_fill))
            painter.end()

    def _changed(self) -> None:
        self.update()
        self.changed.emit()


class LinesBox(QFrame):
    """The table of lines in a box; scrolls when there are many.

    Signals:
        changed: another number of pieces somewhere.
    """

    changed = Signal()

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.setProperty("part", "box")
        widths = _widths(order)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addWidget(_header(widths))
        rows.addWidget(rule("region"))
        guess = first_guess(order)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.rows: list[LineRow] = []
        for item in order.lines:
            if self.rows:
                inner.addWidget(rule())
            row = LineRow(order, item, guess[item.position], widths)
            row.changed.connect(self.changed)
            self.rows.append(row)
            inner.addWidget(row)
        inner.addStretch(1)
        self._scroll = scrolling(content)
        self._scroll.setMinimumHeight(min(len(self.rows), 3) * (pixels(_ROW) + 1))
        self._scroll.setMaximumHeight(len(self.rows) * (pixels(_ROW) + 1))
        rows.addWidget(self._scroll, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def kept(self) -> dict[int, int]:
        """Pieces per line position; wrong entries are left out."""
        values = {row.item.position: row.stepper.value() for row in self.rows}
        return {position: value for position, value in values.items() if value is not None}

    def is_shortened(self) -> bool:
        return any(row.left_out for row in self.rows)

    def wrong_sentence(self) -> str:
        """What is wrong with the first wrong number, or ''."""
        for row in self.rows:
            if row.stepper.value() is None:
                return f"“{row.item.name}”: pack between 0 and {row.item.quantity} pieces."
        return ""

    def show_plan(self, current: CapturePlan | None) -> None:
        """What each line comes to."""
        amounts = {line.position: line.amount for line in current.lines} if current else {}
        for row in self.rows:
            row.show_amount(amounts.get(row.item.position))


def _widths(order: Order) -> dict[str, int]:
    figures = QFontMetrics(font(Size.BODY, strong=True))
    amounts = [amount(order.total, order.currency)] + [amount(line.unit_price, order.currency) for line in order.lines]
    money = max([figures.horizontalAdvance(text) for text in amounts] + [pixels(48)])
    return {
        "stock": figures.horizontalAdvance("0000 on shelf") + 24,
        "ordered": figures.horizontalAdvance("Ordered") + 4,
        "pack": pixels(104),
        "each": money + 4,
        "now": money + 4,
    }


def _header(widths: dict[str, int]) -> QWidget:
    made = QWidget()
    row = cells(made)
    row.addWidget(title("Item"), 1)
    row.addWidget(fixed(title("Stock"), widths["stock"]))
    row.addWidget(figure(title("Ordered"), widths["ordered"]))
    row.addWidget(centred_title("Pack now", widths["pack"]))
    row.addWidget(figure(title("Each"), widths["each"]))
    row.addWidget(figure(title("Now"), widths["now"]))
    made.setFixedHeight(pixels(26))
    return made


def _stock(on_hand: int | None, short: bool) -> QWidget:
    if on_hand is None:
        return label("not counted", tone=Tone.MUTED)
    if not short:
        return label(f"{on_hand} on shelf", tone=Tone.MUTED)
    words = f"{on_hand} on shelf" if on_hand > 0 else "Out of stock"
    return IconText("package-x", words, tone=Tone.AMBER, strong=True, icon_size=16)
