"""The table's model: frozen rows and columns, grown page by page, each row replaceable by its order's id."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sellerdesk.domain.listing import OrderRow
from sellerdesk.domain.operation import OpenOperation
from sellerdesk.domain.order import Stage
from sellerdesk.ui import plain
from sellerdesk.ui.columns import AmountParts, Column, Kind, columns_for

Index = QModelIndex | QPersistentModelIndex
_LONGEST = 400
Slots = tuple[tuple[str, ...], tuple[str, ...]]


class Role(IntEnum):
    """What delegates and tests read beside Qt's own roles."""

    ROW = Qt.ItemDataRole.UserRole + 1
    VALUE = Qt.ItemDataRole.UserRole + 2
    MUTED = Qt.ItemDataRole.UserRole + 3
    SORT = Qt.ItemDataRole.UserRole + 4


class OrdersModel(QAbstractTableModel):
    """Knows no window and reads nothing: whoever owns it gives it rows.

    Signals:
        more_wanted: the view scrolled to the end and more rows exist; carries the cursor to go on from. UI thread.
    """

    more_wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = columns_for(Stage.TO_PREPARE)
        self._rows: list[OrderRow] = []
        self._numbers: dict[str, int] = {}
        self._has_more = False
        self._end = ""
        self._asked = False
        self._now = 0
        self._pending: dict[str, OpenOperation] = {}
        self._slots: Slots = ((), ())

    @property
    def rows(self) -> Sequence[OrderRow]:
        """The rows as they are shown, pending operations included."""
        return tuple(self._rows)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def show_page(self, stage: Stage | None, rows: Sequence[OrderRow], has_more: bool, now: int) -> None:
        """Another list, or the same one read again; ``now`` is seconds UTC."""
        columns = columns_for(stage)
        fresh = [self._overlaid(row) for row in rows]
        self._asked, self._has_more = False, has_more
        self._end = rows[-1].cursor if rows else ""
        self._slots = _slots_of(columns, fresh, ((), ()))
        if columns is self._columns and [row.id for row in fresh] == [row.id for row in self._rows]:
            self._rows, self._now = fresh, now
            self._tell(0, len(fresh) - 1)
            return
        self.beginResetModel()
        self._columns, self._rows, self._now = columns, fresh, now
        self._numbers = {row.id: number for number, row in enumerate(fresh)}
        self.endResetModel()

    def append(self, rows: Sequence[OrderRow], has_more: bool) -> None:
        """The next page. Rows that moved here from an earlier page meanwhile are not shown twice."""
        self._asked, self._has_more = False, has_more
        self._end = rows[-1].cursor if rows else self._end
        fresh = [self._overlaid(row) for row in rows if row.id not in self._numbers]
        if not fresh:
            return
        first = len(self._rows)
        self._slots = _slots_of(self._columns, fresh, self._slots)
        self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self._rows.extend(fresh)
        self._numbers.update((row.id, number) for number, row in enumerate(fresh, first))
        self.endInsertRows()

    def stop_waiting(self) -> None:
        """The next page could not be read; scrolling on asks again."""
        self._asked = False

    def set_pending(self, pending: Mapping[str, OpenOperation]) -> None:
        """Operations just begun here, per order id: shown at once, before the database tells."""
        changed = set(self._pending) ^ set(pending)
        self._pending = dict(pending)
        for order_id in changed:
            number = self.row_of(order_id)
            if number is not None:
                # What the database said is known again at the next reading; till then the row is simply not open.
                self._rows[number] = replace(self._rows[number], open_operation=pending.get(order_id))
                self._tell(number, number)

    def set_now(self, now: int) -> None:
        """Time went on: only the first column shows it."""
        self._now = now
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def row_of(self, order_id: str) -> int | None:
        """Where the order stands, or None."""
        return self._numbers.get(order_id)

    def row_at(self, number: int) -> OrderRow | None:
        """The row at ``number``, or None beyond the end."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def slots(self) -> Slots:
        """Fractions and currency codes among the rows. The widest of each have a slot, so that decimal signs line up;
        which that is, only who paints them knows: 'EUR' is wider than 'JPY'."""
        return self._slots

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._has_more and not self._asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._end:
            self._asked = True
            self.more_wanted.emit(self._end)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column.kind)
        if role == Role.SORT:
            return column.sort.icon if column.sort else None
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole} and column.sort:
            return f"{column.title}, {column.sort.value}"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                # Further than any column reaches: painting must not go through ten thousand letters of a name.
                return plain.one_line(column.text(row, self._now)[:_LONGEST])
            case Qt.ItemDataRole.ToolTipRole:
                return plain.tip(plain.one_line(column.tip(row, self._now))) if column.tip else None
            case Qt.ItemDataRole.AccessibleTextRole:
                words = (column.spoken or column.text)(row, self._now)
                return f"{column.title}: {plain.one_line(words)}" if column.spoken is None else plain.one_line(words)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column.kind)
            case Role.ROW:
                return row
            case Role.VALUE:
                return column.value(row, self._now) if column.value else None
            case Role.MUTED:
                return column.muted
            case _:
                return None

    def _overlaid(self, row: OrderRow) -> OrderRow:
        pending = self._pending.get(row.id)
        return row if pending is None or row.open_operation is not None else replace(row, open_operation=pending)

    def _tell(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))


def _alignment(kind: Kind) -> Qt.AlignmentFlag:
    right = kind in {Kind.NUMBER, Kind.AMOUNT}
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def _slots_of(columns: Sequence[Column], rows: Sequence[OrderRow], known: Slots) -> Slots:
    """The slots for these rows and for those whose slots are known."""
    values = (column.value(row, 0) for row in rows for column in columns if column.kind is Kind.AMOUNT and column.value)
    parts = [value for value in values if isinstance(value, AmountParts)]
    fractions = {*known[0], *(part.fraction for part in parts)}
    return tuple(sorted(fractions, key=len)[-1:]), tuple(sorted({*known[1], *(part.code for part in parts)}))
