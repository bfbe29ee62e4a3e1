"""The table of orders: whole rows, keyboard first, selection that stays with its order when rows move."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from sellerdesk.ui.chips import Chip, Form, chip_size
from sellerdesk.ui.columns import Column, Kind
from sellerdesk.ui.delegates import EDGE, PAD, delegates
from sellerdesk.ui.fonts import Size, font, pixels, unscaled
from sellerdesk.ui.orders_header import HeaderCorner, OrdersHeader, title_width
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.tables import set_up_hovering, set_up_rows

_NO_TYPING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier

# Room for the names of items: as much as it is worth while names of shoppers are cut, and as little as it may get.
_AMPLE = 160
_SCANT = 76
# Widths of letters are no whole pixels, and elided is what is wider by a fraction of one.
_ROUNDING = 2


class OrdersView(QTableView):
    """Shows an ``OrdersModel``.

    Signals:
        order_selected: carries the id of the order now selected, '' when there is none.
        order_entered: Return or a double click on the selected order.
        widths_chosen: a person dragged a column; carries all chosen widths, as ``choose_widths`` takes them.
    """

    order_selected = Signal(str)
    order_entered = Signal()
    widths_chosen = Signal(object)

    def __init__(self, model: OrdersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selected = ""
        self._wanted = ""
        self._starts_over = True
        self._wanted_row = 0
        self._scrolled = 0
        self._chosen: dict[str, int] = {}
        self._laid: list[int] = []
        self._delegates = delegates(self)
        self._set_up_looks()
        self.setModel(model)
        self._layout_columns()
        model.modelAboutToBeReset.connect(self._remember_row)
        model.modelReset.connect(self._after_reset)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.verticalScrollBar().valueChanged.connect(self.read_on)

    @property
    def selected_order(self) -> str:
        """The id of the selected order, or ''."""
        return self._selected

    def start_over(self, order_id: str = "") -> None:
        """Another list comes: select this order in it, or the first one."""
        self._wanted, self._starts_over = order_id, True
        self.selectionModel().clear()
        self.verticalScrollBar().setValue(0)

    def choose_widths(self, widths: Mapping[str, int]) -> None:
        """Widths that a person chose, by the title of the column, as lengths at the usual font size."""
        self._chosen = dict(widths)
        self._layout_columns()

    def select_order(self, order_id: str) -> bool:
        """Select and show the order. False when it is not in the list."""
        number = self._model.row_of(order_id)
        if number is not None:
            self._go_to(number)
        return number is not None

    def read_on(self) -> None:
        """Ask for more rows where the last one is about to come into view."""
        bar = self.verticalScrollBar()
        if bar.maximum() - bar.value() < self.viewport().height():
            self._model.fetchMore(QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat() and not event.modifiers() & _NO_TYPING and self._selected:
                self.order_entered.emit()
            return
        if event.text().isprintable() and event.text() and not event.modifiers() & _NO_TYPING:
            # Left to the window, which puts what is typed or scanned into the search field.
            event.ignore()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.indexAt(event.position().toPoint()).isValid():
            self.order_entered.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout_columns()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "_delegates"):
            self._set_up_sizes()
            self._layout_columns()

    def _set_up_looks(self) -> None:
        set_up_rows(self, "Orders")
        set_up_hovering(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._header = OrdersHeader(self)
        self.setHorizontalHeader(self._header)
        self._header.dragged.connect(self._columns_dragged)
        self._header.sectionHandleDoubleClicked.connect(self._forget_width)
        self.addScrollBarWidget(HeaderCorner(self._header), Qt.AlignmentFlag.AlignTop)
        self._set_up_sizes()

    def _set_up_sizes(self) -> None:
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(pixels(32))
        self.horizontalHeader().setFixedHeight(pixels(28))

    def _layout_columns(self) -> None:
        """Widths as chosen, else from the widest text expected. What is left goes to the column that asks for nothing,
        and some of it to names. In a narrow table what can be spared is left out, and then names and checks give way,
        before anything has to be scrolled to."""
        columns = self._model.columns
        widths = [self._usual_width(number, column) for number, column in enumerate(columns)]
        rest = self.viewport().width() - sum(widths)
        spared = rest < pixels(_SCANT) and any(column.spare for column in columns)
        wanted = 0 if spared else pixels(_SCANT)
        for number, column in enumerate(columns):
            by = 0
            if column.title in self._chosen:
                continue
            if column.roomy and rest > pixels(_AMPLE):
                by = min(rest - pixels(_AMPLE), max(0, self._width_of(number, column, column.roomy) - widths[number]))
            elif column.least is not None and rest < wanted:
                by = -min(wanted - rest, widths[number] - self._width_of(number, column, column.least))
            elif column.roomy and spared:
                by = rest
            widths[number] += by
            rest -= by
        self._laid = [width or max(wanted, rest) for width in widths]
        for number, width in enumerate(self._laid):
            self.setColumnHidden(number, spared and columns[number].spare)
            self.setColumnWidth(number, width)
            self.setItemDelegateForColumn(number, self._delegates[columns[number].kind])

    def _usual_width(self, number: int, column: Column) -> int:
        chosen = self._chosen.get(column.title, 0) if column.widest else 0
        least = self._width_of(number, column, "") if chosen else 0
        return max(pixels(chosen), least) if chosen else self._width_of(number, column, column.widest)

    def _columns_dragged(self) -> None:
        """Keep what was dragged, and let the column that takes the rest take it again."""
        for number, (column, laid) in enumerate(zip(self._model.columns, self._laid, strict=True)):
            width = self.columnWidth(number)
            if column.widest and width != laid and not self.isColumnHidden(number):
                self._chosen[column.title] = unscaled(width)
        self._layout_columns()
        self.widths_chosen.emit(dict(self._chosen))

    def _forget_width(self, number: int) -> None:
        self._chosen.pop(self._model.columns[number].title, None)
        self._layout_columns()
        self.widths_chosen.emit(dict(self._chosen))

    def _width_of(self, number: int, column: Column, text: str) -> int:
        if not column.widest:
            return 0
        padding = (EDGE if number == 0 else PAD) + PAD
        title = title_width(column.title, sorted_by=column.sort is not None) + PAD
        words = QFontMetrics(font(Size.BODY, strong=column.kind is Kind.STRONG)).horizontalAdvance(text) + _ROUNDING
        if column.kind in {Kind.DEADLINE, Kind.STATE}:
            words = chip_size(Chip(text, Form.AMBER, "clock")).width()
        elif column.kind is Kind.CHECKS:
            words += pixels(14) + 6
        return max(title, words) + padding

    def _go_to(self, number: int) -> None:
        index = self._model.index(number, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def _remember_row(self) -> None:
        self._wanted_row = max(0, self.currentIndex().row())
        self._scrolled = self.verticalScrollBar().value()

    def _after_reset(self) -> None:
        self._layout_columns()
        self.verticalScrollBar().setValue(self._scrolled)
        self.keep_selection()

    def keep_selection(self) -> None:
        """The selection follows its order; when the order left the list, the row that took its place is next."""
        if not self._model.rowCount():
            self._set_selected("")
            return
        order_id = self._wanted if self._starts_over else self._selected
        number = self._model.row_of(order_id)
        if number is None:
            number = 0 if self._starts_over else min(self._wanted_row, self._model.rowCount() - 1)
        self._wanted, self._starts_over = "", False
        self._go_to(number)
        self._current_changed(self.currentIndex(), QModelIndex())

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = self._model.row_at(current.row()) if current.isValid() else None
        if row is not None:
            self._set_selected(row.id)

    def _set_selected(self, order_id: str) -> None:
        if order_id != self._selected:
            self._selected = order_id
            self.order_selected.emit(order_id)

    def _hover(self, number: int) -> None:
        if self.property("hovered_row") != number:
            self.setProperty("hovered_row", number)
            self.viewport().update()
