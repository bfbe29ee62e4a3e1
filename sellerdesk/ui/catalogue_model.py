"""The products as a table whose counts can be changed, and which of these changes are not saved yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sellerdesk.domain.catalogue import Product
from sellerdesk.domain.catalogue_csv import MAX_ON_HAND
from sellerdesk.formats import amount_parts
from sellerdesk.services.stock import Count
from sellerdesk.ui import plain
from sellerdesk.ui.catalogue_words import NOT_SAVED, ships_from, state_chip, tax
from sellerdesk.ui.chips import Chip, Form
from sellerdesk.ui.columns import AmountParts
from sellerdesk.ui.orders_model import Role, Slots

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Pending:
    """A count that is not saved: what was ``seen``, what is ``wanted``, and whether somebody else changed it since the
    person began."""

    seen: int
    wanted: int
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class ProductColumn:
    """``text`` of a product, ``is_number`` lines up at the right."""

    title: str
    text: Callable[[Product], str]
    is_number: bool = False


PICTURE, SKU, NAME, PRICE, TAX, ON_HAND, SHIPS_FROM, STATE = range(8)
COLUMNS = (
    ProductColumn("", lambda _product: ""),
    ProductColumn("SKU", lambda product: product.sku),
    ProductColumn("Product", lambda product: product.name),
    ProductColumn("Price", lambda product: _price(product).whole + _price(product).fraction, is_number=True),
    ProductColumn("Tax", lambda product: tax(product.tax_rate), is_number=True),
    ProductColumn("On hand", lambda product: f"{product.on_hand:,}", is_number=True),
    ProductColumn("Ships from", ships_from),
    ProductColumn("State", lambda product: state_chip(product).words),
)


class CatalogueModel(QAbstractTableModel):
    """Knows no store: whoever owns it gives it products and saves its counts.

    Signals:
        edited: there are other unsaved counts than before, or somebody overtook one. UI thread.
    """

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._products: tuple[Product, ...] = ()
        self._pending: dict[str, Pending] = {}
        self._slots: Slots = ((), ())

    @property
    def products(self) -> tuple[Product, ...]:
        return self._products

    @property
    def pending(self) -> dict[str, Pending]:
        """Unsaved counts by SKU, as the table has them from top to bottom."""
        return {each.sku: self._pending[each.sku] for each in self._products if each.sku in self._pending}

    def counts(self) -> dict[str, Count]:
        """What is to be saved."""
        return {sku: Count(each.seen, each.wanted) for sku, each in self.pending.items()}

    def show_products(self, products: Sequence[Product]) -> None:
        """The catalogue as read just now. Unsaved counts stay, and where somebody else changed one meanwhile, that is
        told and taken as seen."""
        there = {each.sku: each.on_hand for each in products}
        kept: dict[str, Pending] = {}
        for sku, each in self._pending.items():
            now = there.get(sku)
            if now is not None and now != each.wanted:
                kept[sku] = Pending(now, each.wanted, each.overtaken or now != each.seen)
        same = [each.sku for each in products] == [each.sku for each in self._products]
        if not same:
            self.beginResetModel()
        self._products, self._pending = tuple(products), kept
        parts = [_price(each) for each in products]
        self._slots = (
            tuple(sorted({part.fraction for part in parts}, key=len)[-1:]),
            tuple(sorted({part.code for part in parts})),
        )
        if not same:
            self.endResetModel()
        elif products:
            self.dataChanged.emit(self.index(0, 0), self.index(len(products) - 1, len(COLUMNS) - 1))
        self.edited.emit()

    def discard(self) -> None:
        """Forget all unsaved counts."""
        self._pending.clear()
        self.show_products(self._products)

    def product_at(self, row: int) -> Product | None:
        """The product in a row, None beyond the end."""
        return self._products[row] if 0 <= row < len(self._products) else None

    def pending_at(self, row: int) -> Pending | None:
        """The unsaved count of a row, or None."""
        product = self.product_at(row)
        return self._pending.get(product.sku) if product is not None else None

    def slots(self) -> Slots:
        """Fractions and currency codes among the prices, so that they line up."""
        return self._slots

    def prices(self) -> tuple[str, ...]:
        """The whole units of all prices."""
        return tuple(_price(each).whole for each in self._products)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._products)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == ON_HAND else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        product = self.product_at(index.row()) if index.isValid() else None
        if product is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain.one_line(self._text(product, index.column()))
            case Qt.ItemDataRole.EditRole if index.column() == ON_HAND:
                pending = self._pending.get(product.sku)
                return str(pending.wanted if pending else product.on_hand)
            case Qt.ItemDataRole.ToolTipRole:
                return plain.tip(plain.one_line(self._tip(product, index.column())))
            case Qt.ItemDataRole.AccessibleTextRole:
                return plain.one_line(self._spoken(product, index.column()))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(COLUMNS[index.column()])
            case Role.VALUE:
                return self._value(product, index.column())
            case Role.MUTED:
                return index.column() in {TAX, SHIPS_FROM}
            case _:
                return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A count as typed. What is no count is refused."""
        product = self.product_at(index.row())
        text = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or product is None or index.column() != ON_HAND or not is_count(text):
            return False
        wanted, before = int(text), self._pending.get(product.sku)
        if wanted == product.on_hand:
            self._pending.pop(product.sku, None)
        else:
            self._pending[product.sku] = Pending(product.on_hand, wanted, before is not None and before.overtaken)
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), len(COLUMNS) - 1))
        self.edited.emit()
        return True

    def _text(self, product: Product, column: int) -> str:
        pending = self._pending.get(product.sku)
        if pending is not None and column == ON_HAND:
            return f"{pending.wanted:,}"
        if pending is not None and column == STATE:
            return _pending_chip(product, pending).words
        return COLUMNS[column].text(product)

    def _tip(self, product: Product, column: int) -> str:
        pending = self._pending.get(product.sku)
        if column == ON_HAND and pending is not None:
            return f"{product.on_hand:,} until it is saved"
        if column == STATE and pending is not None and pending.overtaken:
            return overtaken_words(product.sku, product.on_hand, pending.wanted)
        return self._text(product, column)

    def _spoken(self, product: Product, column: int) -> str:
        if column == PICTURE:
            return product.name
        text = self._text(product, column)
        if column == PRICE:
            text = f"{text} {product.currency.upper()}"
        pending = self._pending.get(product.sku)
        if column == ON_HAND and pending is not None:
            text = f"{text}, not saved, {product.on_hand:,} before"
        return f"{COLUMNS[column].title}: {text or 'none'}"

    def _value(self, product: Product, column: int) -> AmountParts | Chip | str | None:
        pending = self._pending.get(product.sku)
        if column == PICTURE:
            return product.picture
        if column == PRICE:
            return _price(product)
        if column == STATE:
            return _pending_chip(product, pending) if pending is not None else state_chip(product)
        return None


def is_count(text: str) -> bool:
    """Whether ``text`` is a number of pieces that can be on hand."""
    return text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= MAX_ON_HAND


def overtaken_words(sku: str, now: int, wanted: int) -> str:
    """What to say where somebody was faster."""
    return (
        f"{plain.apart(sku)} was changed to {now:,} while you were editing, by another seat or a packed order. "
        f"Save to make it {wanted:,}."
    )


def _pending_chip(product: Product, pending: Pending) -> Chip:
    return Chip(f"Now {product.on_hand:,}", Form.AMBER, "triangle-alert") if pending.overtaken else NOT_SAVED


def _price(product: Product) -> AmountParts:
    return AmountParts(*amount_parts(product.price, product.currency), product.currency.upper())


def _alignment(column: ProductColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
