"""Lines of an order with a number of pieces to choose of each: for a refund, or for a charge of what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain.order import OrderLine
from sellerdesk.formats import amount
from sellerdesk.ui.dialogs.line_cells import cells, centred, centred_title, figure, scrolling, title
from sellerdesk.ui.dialogs.stepper import Stepper
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.pictures import ProductPicture
from sellerdesk.ui.widgets import label, rule

_ROW = 40
_LINES_SEEN = 6


@dataclass(frozen=True, slots=True)
class Offered:
    """A line with the most pieces that can be chosen of it, and how many are chosen at first."""

    item: OrderLine
    most: int
    first: int = 0


@dataclass(frozen=True, slots=True)
class Titles:
    """The words above the two columns of numbers, and what is said for a wrong number: 'refund between 0 and 2'."""

    most: str
    chosen: str
    verb: str


class PieceRow(QWidget):
    """One line.

    Signals:
        changed: another number of pieces.
    """

    changed = Signal()

    def __init__(self, offered: Offered, titles: Titles, currency: str, widths: Mapping[str, int]) -> None:
        super().__init__()
        self.item, self.most, self._currency = offered.item, offered.most, currency
        self.stepper = Stepper(offered.item.name, offered.first, offered.most, titles.verb)
        self.stepper.changed.connect(self.changed)
        self.now = label(strong=True)
        row = cells(self)
        row.addWidget(ProductPicture(offered.item.picture, edge=28))
        row.addWidget(label(offered.item.name, elide=True), 1)
        row.addWidget(figure(label(str(offered.most)), widths["most"]))
        row.addWidget(centred(self.stepper, widths["chosen"]))
        row.addWidget(figure(label(amount(offered.item.unit_price, currency)), widths["money"]))
        row.addWidget(figure(self.now, widths["money"]))
        self.setFixedHeight(pixels(_ROW))

    def show_amount(self, minor: int | None) -> None:
        """What the chosen pieces come to, or nothing."""
        self.now.setText(amount(minor, self._currency) if minor else "–")
        self.now.setFont(font(strong=bool(minor)))


class PiecesBox(QFrame):
    """The lines in a box; scrolls when there are many.

    Signals:
        changed: another number of pieces somewhere.
    """

    changed = Signal()

    def __init__(self, offered: Sequence[Offered], titles: Titles, currency: str) -> None:
        super().__init__()
        self.setProperty("part", "box")
        self._titles = titles
        widths = _widths(offered, titles, currency)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addWidget(_header(titles, widths))
        rows.addWidget(rule("region"))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.rows: list[PieceRow] = []
        for each in offered:
            if self.rows:
                inner.addWidget(rule())
            row = PieceRow(each, titles, currency, widths)
            row.changed.connect(self.changed)
            self.rows.append(row)
            inner.addWidget(row)
        inner.addStretch(1)
        scroll = scrolling(content)
        scroll.setFixedHeight(min(len(self.rows), _LINES_SEEN) * (pixels(_ROW) + 1))
        rows.addWidget(scroll)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def chosen(self) -> dict[int, int]:
        """Pieces per line position; wrong entries are left out."""
        values = {row.item.position: row.stepper.value() for row in self.rows}
        return {position: value for position, value in values.items() if value is not None}

    def wrong_sentence(self) -> str:
        """What is wrong with the first wrong number, or ''."""
        for row in self.rows:
            if row.stepper.value() is None:
                return f"“{row.item.name}”: {self._titles.verb} between 0 and {row.most} pieces."
        return ""

    def show_amounts(self, amounts: Mapping[int, int]) -> None:
        """What each line comes to, minor units per line position."""
        for row in self.rows:
            row.show_amount(amounts.get(row.item.position))


def _widths(offered: Sequence[Offered], titles: Titles, currency: str) -> dict[str, int]:
    figures = QFontMetrics(font(Size.BODY, strong=True))
    texts = [amount(each.item.unit_price * each.item.quantity, currency) for each in offered]
    return {
        "most": max(figures.horizontalAdvance(titles.most), pixels(40)) + 4,
        "chosen": max(figures.horizontalAdvance(titles.chosen), pixels(96)) + 8,
        "money": max([figures.horizontalAdvance(text) for text in texts] + [pixels(48)]) + 4,
    }


def _header(titles: Titles, widths: Mapping[str, int]) -> QWidget:
    made = QWidget()
    row = cells(made)
    row.addWidget(title("Item"), 1)
    row.addWidget(figure(title(titles.most), widths["most"]))
    row.addWidget(centred_title(titles.chosen, widths["chosen"]))
    row.addWidget(figure(title("Each"), widths["money"]))
    row.addWidget(figure(title("Now"), widths["money"]))
    made.setFixedHeight(pixels(26))
    return made
