"""The catalogue: what is for sale and how much of it is on the shelf, and what sending costs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from sellerdesk.formats import counted
from sellerdesk.ui.buttons import PlainButton, PrimaryButton
from sellerdesk.ui.catalogue_model import CatalogueModel, overtaken_words
from sellerdesk.ui.catalogue_view import CatalogueView
from sellerdesk.ui.desk_page import Edge
from sellerdesk.ui.empty_state import Emptiness, EmptyState, OpeningState, Way
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.tables import NumbersTable, Table
from sellerdesk.ui.widgets import IconText, Tone, label, rule

_EDGE = 16
_SHIPPING = 320
_BESIDE_FROM = 820
_NO_LIMIT = 16_777_215
_NOTHING = Emptiness(
    "tags",
    "Nothing to sell yet",
    ("Import what you sell and what sending costs: two CSV files, one line a product, one line a country.",),
    "Import…",
    "",
    Way.IMPORT,
    leads_to_work=True,
)


class SaveBar(QWidget):
    """Says that counts are not saved, and who was faster meanwhile. Hidden while there is nothing to save."""

    def __init__(self) -> None:
        super().__init__()
        self.words = IconText("circle-alert", tone=Tone.AMBER, wrap=True)
        self.discard = PlainButton("Discard")
        self.save = PrimaryButton("Save", key="Ctrl S")
        row = QHBoxLayout()
        row.setContentsMargins(_EDGE, 8, _EDGE, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.discard)
        row.addWidget(self.save)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        rows.addWidget(rule("region"))
        self.hide()

    def show_pending(self, model: CatalogueModel) -> None:
        """What is not saved in ``model``."""
        pending = model.pending
        now = {each.sku: each.on_hand for each in model.products}
        count = counted(len(pending), "count")
        overtaken = [overtaken_words(sku, now[sku], each.wanted) for sku, each in pending.items() if each.overtaken]
        more = f" {len(overtaken) - 1} more were changed, too." if len(overtaken) > 1 else ""
        said = f"{overtaken[0]}{more}" if overtaken else f"{count} not saved yet."
        self.words.say(said, "triangle-alert" if overtaken else "circle-alert", Tone.AMBER)
        self.save.set_label(f"Save {count}")
        self.setVisible(bool(pending))

    def set_busy(self, busy: bool) -> None:
        """While it is being saved."""
        self.save.set_busy("Saving…" if busy else "")
        self.discard.setEnabled(not busy)


class CataloguePage(QWidget):
    """Shows a ``CatalogueModel`` and the shipping rates; reads and saves nothing itself.

    Signals (UI thread):
        save_wanted: the counts that are not saved shall be.
        import_wanted: another catalogue shall be taken over.
        products_wanted: the products shall go to a file.
        rates_wanted: the shipping rates shall go to a file.
        again_wanted: the reading failed, and a person wants it tried again.
        leave_wanted: Escape, which nothing on the page had a use for.
    """

    save_wanted = Signal()
    import_wanted = Signal()
    products_wanted = Signal()
    rates_wanted = Signal()
    again_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, model: CatalogueModel) -> None:
        super().__init__()
        self._model = model
        self._is_known = False
        self.view = CatalogueView(model)
        self.rates = NumbersTable("Shipping rates")
        self.bar = SaveBar()
        self.bar.save.clicked.connect(self.save_wanted)
        self.bar.discard.clicked.connect(model.discard)
        model.edited.connect(lambda: self.bar.show_pending(model))
        self.reading = OpeningState()
        self.empty = EmptyState()
        self.empty.way_taken.connect(self._way_taken)
        self.stack = QStackedWidget()
        self._content = self._lay_out_content()
        for each in (self.reading, self.empty, self._content):
            self.stack.addWidget(each)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._make_head())
        rows.addWidget(rule("region"))
        rows.addWidget(self.stack, 1)
        save = QShortcut(QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.setAutoRepeat(False)
        save.activated.connect(self._save_by_key)

    def show_reading(self) -> None:
        """Nothing is known yet. What is shown already stays till something newer comes."""
        if not self._is_known:
            self.reading.start("Reading the catalogue…")
            self.stack.setCurrentWidget(self.reading)

    def show_failure(self, sentence: str) -> None:
        """It could not be read, and nothing older is there to be shown."""
        if not self._is_known:
            lines = (sentence, "No money moved.")
            self.empty.show_emptiness(
                Emptiness("triangle-alert", "The catalogue could not be read", lines, "Read again", "", Way.READ_AGAIN)
            )
            self.stack.setCurrentWidget(self.empty)

    def forget(self) -> None:
        """Another shop: nothing of this one stays."""
        self._is_known = False
        self._model.show_products(())
        self.stack.setCurrentWidget(self.reading)

    def show_catalogue(self, rates: Table) -> None:
        """The model has the products just read; these are the rates."""
        self._is_known = True
        products = self._model.products
        self._count.setText(f"{counted(len(products), 'product')}, {counted(len(rates.rows), 'shipping rate')}")
        self.rates.show_table(rates)
        self._no_rates.setVisible(not rates.rows)
        self.rates.setVisible(bool(rates.rows))
        self.export.setEnabled(bool(products or rates.rows))
        if products or rates.rows:
            self.stack.setCurrentWidget(self._content)
        else:
            self.empty.show_emptiness(_NOTHING)
            self.stack.setCurrentWidget(self.empty)

    def focusInEvent(self, _event: QFocusEvent) -> None:
        """The products come first."""
        self.view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rates stand beside the products, or below them where there is too little room."""
        super().resizeEvent(event)
        beside = self.width() >= pixels(_BESIDE_FROM)
        self._parts.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._edge.setVisible(beside)
        self._shipping.setMinimumWidth(pixels(_SHIPPING) if beside else 0)
        self._shipping.setMaximumWidth(pixels(_SHIPPING) if beside else _NO_LIMIT)

    def _make_head(self) -> QWidget:
        self._count = label(size=Size.SMALL, tone=Tone.MUTED)
        take = PlainButton("Import…", icon="upload")
        take.clicked.connect(self.import_wanted)
        self.export = PlainButton("Export…", icon="download")
        self.export.clicked.connect(self._ask_what_to_export)
        self.menu = QMenu(self)
        self.menu.addAction("Products…").triggered.connect(self.products_wanted)
        self.menu.addAction("Shipping rates…").triggered.connect(self.rates_wanted)
        head = QWidget()
        head.setFixedHeight(max(48, pixels(48)))
        row = QHBoxLayout(head)
        row.setContentsMargins(_EDGE, 8, _EDGE, 8)
        row.setSpacing(8)
        row.addWidget(label("Catalogue", size=Size.NAME, strong=True))
        row.addSpacing(4)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(take)
        row.addWidget(self.export)
        self.take = take
        return head

    def _lay_out_content(self) -> QWidget:
        self._no_rates = label("Nothing is sent anywhere yet.", tone=Tone.MUTED, wrap=True)
        self._shipping = QWidget()
        self._shipping.setProperty("part", "panel")
        self._shipping.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inside = QVBoxLayout(self._shipping)
        inside.setContentsMargins(_EDGE, 12, _EDGE, 12)
        inside.setSpacing(4)
        inside.addWidget(label("Shipping", size=Size.NAME, strong=True))
        hint = "Price of a parcel by country, tax included. A country that is not listed is not sent to."
        inside.addWidget(label(hint, size=Size.SMALL, tone=Tone.MUTED, wrap=True))
        inside.addSpacing(4)
        inside.addWidget(self._no_rates)
        inside.addWidget(self.rates, 1)
        inside.addStretch()
        self._edge = Edge()
        self._parts = QHBoxLayout()
        self._parts.setSpacing(0)
        self._parts.addWidget(self.view, 3)
        self._parts.addWidget(self._edge)
        self._parts.addWidget(self._shipping, 1)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.bar)
        rows.addLayout(self._parts, 1)
        return made

    def _ask_what_to_export(self) -> None:
        self.menu.popup(self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def _save_by_key(self) -> None:
        if self.bar.isVisible() and self.bar.save.isEnabled():
            self.save_wanted.emit()

    def _way_taken(self, way: object) -> None:
        (self.import_wanted if way is Way.IMPORT else self.again_wanted).emit()
