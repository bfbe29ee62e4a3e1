"""Tables of plain words and numbers that are looked at, not worked with."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QTableWidget, QTableWidgetItem

from sellerdesk.ui import plain
from sellerdesk.ui.fonts import Size, font, pixels


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers as people read them. The first column tells what a row is about; ``numbers`` are the columns that line
    up at the right, ``wide`` is the one that takes what room is left."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]
    wide: int = 0


def set_up_rows(view: QTableView, name: str) -> None:
    """What all our tables share: one row is chosen as a whole, Tab leads out, and nothing but words is drawn."""
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.horizontalHeader().setHighlightSections(False)


def set_up_hovering(view: QTableView) -> None:
    """The row under the mouse shows, and the list scrolls by pixels; which row it is stands in a property."""
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setMouseTracking(True)
    view.setProperty("hovered_row", -1)


class NumbersTable(QTableWidget):
    """Shows a ``Table``. Read only; the arrow keys go through it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        set_up_rows(self, name)
        self.setProperty("ring_inside", True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionsClickable(False)

    def show_table(self, table: Table) -> None:
        """Show these rows; where one was scrolled to stays in view."""
        self.verticalHeader().setDefaultSectionSize(pixels(26))
        self.horizontalHeader().setFixedHeight(pixels(28))
        self.setColumnCount(len(table.columns))
        self.setRowCount(len(table.rows))
        for column, title in enumerate(table.columns):
            header = QTableWidgetItem(title)
            header.setTextAlignment(_alignment(column in table.numbers))
            self.setHorizontalHeaderItem(column, header)
        for row, cells in enumerate(table.rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(plain.one_line(text))
                item.setTextAlignment(_alignment(column in table.numbers))
                item.setFont(font(Size.BODY, strong=cells[0] == "Total"))
                item.setToolTip(plain.tip(text))
                self.setItem(row, column, item)
        self.resizeColumnsToContents()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(table.wide, QHeaderView.ResizeMode.Stretch)


def _alignment(is_number: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
