"""The table of products: digits typed on a row are its new count, Return goes on to the next."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from sellerdesk.ui import catalogue_words as words
from sellerdesk.ui import plain
from sellerdesk.ui.catalogue_model import (
    COLUMNS,
    NAME,
    ON_HAND,
    PICTURE,
    PRICE,
    SHIPS_FROM,
    SKU,
    STATE,
    TAX,
    CatalogueModel,
    is_count,
)
from sellerdesk.ui.chips import Chip, Form, chip_size
from sellerdesk.ui.delegates import (
    EDGE,
    GAP,
    PAD,
    AmountDelegate,
    NumberDelegate,
    RowDelegate,
    StateDelegate,
    StrongDelegate,
)
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.orders_model import Role
from sellerdesk.ui.pictures import paint_picture
from sellerdesk.ui.tables import set_up_hovering, set_up_rows
from sellerdesk.ui.tokens import Tokens
from sellerdesk.ui.widgets import mark_wrong

_Index = QModelIndex | QPersistentModelIndex
_NO_TYPING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_RETURN = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_PICTURE = 30
_ROW = 40
_LEAST_NAME = 120
_LONGEST_TYPED = 20
_WIDEST_CHIP = Chip("Now 100,000", Form.AMBER, "triangle-alert")


class CountValidator(QValidator):
    """Lets everything be typed and takes only counts: what a scanner types by mistake stays as it is, and wrong."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        fits = is_count(text.strip())
        return (QValidator.State.Acceptable if fits else QValidator.State.Intermediate), text, position


class CountDelegate(NumberDelegate):
    """A count, and a field to change it. A count that is not saved stands beside the one it replaces."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setValidator(CountValidator(field))
        field.setMaxLength(_LONGEST_TYPED)
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        model = index.model()
        product = model.product_at(index.row()) if isinstance(model, CatalogueModel) else None
        field.setAccessibleName(f"Pieces on hand: {plain.one_line(product.name) if product else ''}")
        field.setAccessibleDescription("A whole number from 0 to 1,000,000. Return takes it, Escape leaves it.")
        field.textChanged.connect(lambda text: mark_wrong(field, bool(text) and not is_count(text.strip())))
        return field

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Once: what is being typed stays when the catalogue is read again meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.property("filled"):
            editor.setProperty("filled", True)
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(model.index(index.row(), index.column()), editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index) -> None:
        rect: QRect = option.rect
        height = max(32, pixels(32))
        width = min(rect.width(), pixels(96))
        editor.setGeometry(rect.right() - width, rect.top() + (rect.height() - height) // 2, width, height)

    def paint_cell(self, painter: QPainter, rect: QRectF, index: _Index, tokens: Tokens) -> None:
        model = index.model()
        pending = model.pending_at(index.row()) if isinstance(model, CatalogueModel) else None
        if pending is None:
            super().paint_cell(painter, rect, index, tokens)
            return
        strong = font(Size.BODY, strong=True)
        new = str(index.data())
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        self.draw_text(painter, rect, new, tokens.text, strong, right)
        before = rect.adjusted(0, 0, -QFontMetrics(strong).horizontalAdvance(new) - 2, 0)
        self.draw_text(painter, before, f"{pending.seen:,} → ", tokens.text2, flags=right)


class PictureDelegate(RowDelegate):
    """The picture, or a frame in its place."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: _Index, tokens: Tokens) -> None:
        edge = _PICTURE
        where = QRect(round(rect.left()), round(rect.top() + (rect.height() - edge) / 2), edge, edge)
        paint_picture(painter, where, str(index.data(Role.VALUE)), tokens, instead=("image", tokens.text2))


class CatalogueView(QTableView):
    """Shows a ``CatalogueModel``."""

    def __init__(self, model: CatalogueModel) -> None:
        super().__init__()
        self._model = model
        self._widths: dict[int, int] = {}
        self._delegates = {
            PICTURE: PictureDelegate(self), SKU: StrongDelegate(self), NAME: RowDelegate(self),
            PRICE: AmountDelegate(self), TAX: NumberDelegate(self), ON_HAND: CountDelegate(self),
            SHIPS_FROM: RowDelegate(self), STATE: StateDelegate(self),
        }  # fmt: skip
        for column, delegate in self._delegates.items():
            self.setItemDelegateForColumn(column, delegate)
        self._delegates[ON_HAND].closeEditor.connect(self._editor_closed)
        self._set_up_looks()
        self.setModel(model)
        model.modelReset.connect(self._measure)
        model.dataChanged.connect(self._measure)
        model.modelReset.connect(self._choose_first)

    def edit_row(self, row: int) -> None:
        """Open the count of a row."""
        index = self._model.index(row, ON_HAND)
        if index.isValid() and self.state() is not QAbstractItemView.State.EditingState:
            self.setCurrentIndex(index)
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
            return
        row, text = self.currentIndex().row(), event.text()
        typed = not event.modifiers() & _NO_TYPING
        if event.key() in _RETURN and typed and not event.isAutoRepeat():
            self.edit_row(row)
        elif typed and text.isascii() and text.isdigit() and row >= 0:
            index = self._model.index(row, ON_HAND)
            self.setCurrentIndex(index)
            self.edit(index, QAbstractItemView.EditTrigger.AnyKeyPressed, event)
        elif typed and text and text.isprintable():
            # Left to the window, which searches for it.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.edit_row(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_columns()

    def _set_up_looks(self) -> None:
        set_up_rows(self, "Products")
        set_up_hovering(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AnyKeyPressed)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(pixels(_ROW))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(1)
        header.setFixedHeight(pixels(28))

    def _measure(self) -> None:
        """How wide each column must be for what stands in it; the name takes the rest."""
        body, strong = QFontMetrics(font(Size.BODY)), QFontMetrics(font(Size.BODY, strong=True))
        products = self._model.products
        self._widths = {
            PICTURE: _PICTURE + EDGE - PAD,
            SKU: max((strong.horizontalAdvance(each.sku) for each in products), default=0),
            PRICE: self._price_width(body),
            TAX: max((body.horizontalAdvance(words.tax(each.tax_rate)) for each in products), default=0),
            ON_HAND: max(body.horizontalAdvance("10,000 → 10,000"), pixels(96)),
            SHIPS_FROM: body.horizontalAdvance("30 Nov 2026") + PAD,
            STATE: max(chip_size(each).width() for each in (words.WITHDRAWN, _WIDEST_CHIP)),
        }
        heading = QFontMetrics(font(Size.SMALL, strong=True))
        for column, width in self._widths.items():
            title = heading.horizontalAdvance(COLUMNS[column].title) + PAD
            self._widths[column] = max(width, title) + 2 * PAD
        self._lay_out_columns()

    def _price_width(self, metrics: QFontMetrics) -> int:
        """Whole units, fraction and code each have a slot as wide as its widest."""
        slots = [self._model.prices(), *self._model.slots()]
        return sum(max((metrics.horizontalAdvance(each) for each in slot), default=0) for slot in slots) + GAP

    def _lay_out_columns(self) -> None:
        for column, width in self._widths.items():
            self.setColumnWidth(column, width)
        self.setColumnWidth(NAME, max(pixels(_LEAST_NAME), self.viewport().width() - sum(self._widths.values())))

    def _choose_first(self) -> None:
        if self._model.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, ON_HAND))

    def _editor_closed(self, _editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Return took the count: on to the next row, as one counts along a shelf."""
        if hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            index = self._model.index(self.currentIndex().row() + 1, ON_HAND)
            if index.isValid():
                self.setCurrentIndex(index)

    def _hover(self, number: int) -> None:
        if self.property("hovered_row") != number:
            self.setProperty("hovered_row", number)
            self.viewport().update()
