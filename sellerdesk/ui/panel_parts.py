"""The sections of the order panel: items, money, where to, card, parcels, and the folded codes."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sellerdesk.domain import tracking
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order, OrderLine, Parcel, Stage
from sellerdesk.domain.payment import RAISED_RISKS
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import amount
from sellerdesk.ui import panel_words
from sellerdesk.ui.bars import LedgerLine
from sellerdesk.ui.buttons import IconButton, LinkButton
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_words import Words, Work
from sellerdesk.ui.pictures import ProductPicture
from sellerdesk.ui.postal import address_lines
from sellerdesk.ui.widgets import IconLabel, IconText, TextLabel, Tone, label, rule

Copy = Callable[[str], None]
# How far one line of an address is shown when somebody fills it with a novel; it is copied whole.
ADDRESS_LINES = 3


def column(parent: QWidget | None = None, spacing: int = 4) -> QVBoxLayout:
    """A column without margins."""
    made = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    return made


def line(spacing: int = 8) -> QHBoxLayout:
    """A row without margins."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    return made


def heading(text: str, icon: str = "") -> QWidget:
    """The small grey title of a section."""
    if icon:
        return IconText(icon, text, tone=Tone.MUTED, size=Size.SMALL, strong=True)
    return label(text, size=Size.SMALL, tone=Tone.MUTED, strong=True)


def section(*widgets: QWidget, spacing: int = 4) -> QWidget:
    """A thin rule and widgets below it."""
    made = QWidget()
    rows = column(made, spacing)
    rows.addWidget(rule())
    rows.addSpacing(8)
    for each in widgets:
        rows.addWidget(each)
    return made


class ItemRow(QWidget):
    """One line of the order: picture, name, pieces and price, what is on the shelf or was packed, amount."""

    def __init__(self, order: Order, item: OrderLine) -> None:
        super().__init__()
        missing = item.left_out or order.short_of(item)
        row = line(12)
        self.setLayout(row)
        row.addWidget(ProductPicture(item.picture, short=missing > 0), 0, Qt.AlignmentFlag.AlignTop)
        words = column(spacing=1)
        self.name = label(item.name, elide=True)
        self.detail = label(
            item_detail(order, item), size=Size.SMALL, tone=Tone.AMBER if missing else Tone.MUTED, strong=missing > 0,
            wrap=True,
        )  # fmt: skip
        words.addWidget(self.name)
        words.addWidget(self.detail)
        row.addLayout(words, 1)
        price = Tone.MUTED if item.kept == 0 else Tone.TEXT
        row.addWidget(label(amount(item.amount, order.currency), tone=price), 0, Qt.AlignmentFlag.AlignVCenter)


def item_detail(order: Order, item: OrderLine) -> str:
    """'2 × 24.60, 14 in stock' before Prepare, '2 × 24.60, 1 of 2 packed' after it."""
    words = [f"{item.quantity}\u00a0×\u00a0{amount(item.unit_price, order.currency)}"]
    if item.discount:
        words.append(f"less {amount(item.discount, order.currency)}")
    if item.kept is not None:
        if item.left_out:
            words.append(f"{item.kept} of {item.quantity} packed" if item.kept else "left out")
            if pieces_owed(order, item) < item.left_out:
                words.append("charged since" if not pieces_owed(order, item) else "partly charged since")
        return ", ".join(words)
    on_hand = order.stock_of(item.sku)
    if on_hand is not None:
        words.append(f"{on_hand} in stock" if on_hand else "none in stock")
    if short := order.short_of(item):
        words.append(f"{short} short")
    return ", ".join(words)


class ItemsSection(QWidget):
    """All lines, then shipping."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        rows = column(self, 8)
        head = line()
        pieces = "1 piece" if order.pieces == 1 else f"{order.pieces} pieces"
        head.addWidget(heading(f"Items, {pieces}"), 1)
        head.addWidget(label(_tax_words(order), size=Size.SMALL, tone=Tone.MUTED))
        rows.addLayout(head)
        self.rows = [ItemRow(order, item) for item in order.lines]
        for row in self.rows:
            rows.addWidget(row)
        rows.addLayout(self._shipping(order))

    def _shipping(self, order: Order) -> QHBoxLayout:
        words = "Shipping"
        if order.shipping_kept is not None and order.shipping_kept != order.shipping:
            words = f"Shipping, {amount(order.shipping_kept, order.currency)} of it charged"
        row = line()
        row.addWidget(label(words, tone=Tone.MUTED), 1)
        row.addWidget(label(amount(order.shipping, order.currency)))
        return row


def _tax_words(order: Order) -> str:
    rates = {item.tax_rate for item in order.lines}
    if rates == {0}:
        return ""
    if len(rates) > 1:
        return "Tax included"
    whole, part = divmod(rates.pop(), 100)
    shown = f"{whole}.{part:02d}".rstrip("0") if part else str(whole)
    return f"{shown}\u00a0% tax included"


class MoneyLedger(QWidget):
    """Authorized, captured, released, refunded, always all four, then the sum that matters now."""

    WORDS = ("Authorized", "Captured", "Released", "Refunded")

    def __init__(self, order: Order, now: int) -> None:
        super().__init__()
        payment = order.payment
        currency = order.currency
        rows = column(self, 0)
        rows.addWidget(heading("Money"))
        rows.addSpacing(4)
        doubtful = _doubtful(order, now)
        self.is_uncertain = bool(doubtful)
        self.lines: dict[str, LedgerLine] = {}
        later = sum(each.captured for each in order.back_orders)
        amounts = (payment.authorized + later, order.all_captured, payment.released, order.all_refunded)
        for word, minor in zip(self.WORDS, amounts, strict=True):
            self.lines[word] = ledger = LedgerLine(word)
            ledger.show_amount(minor, currency)
            if word == doubtful and order.open_operation is not None:
                ledger.show_doubt(f"{amount(order.open_operation.amount or 0, currency)} {_OR_ELSE[word]}")
            rows.addWidget(ledger)
        self.bottom: LedgerLine | None = None
        if not self.is_uncertain:
            word, minor = panel_words.ledger_bottom(order)
            self.bottom = LedgerLine(word, total=True)
            self.bottom.show_amount(minor, currency)
            rows.addSpacing(2)
            rows.addWidget(self.bottom)


_DOUBTFUL = {OperationKind.CAPTURE: "Captured", OperationKind.CANCEL: "Released"}
_OR_ELSE = {"Captured": "or nothing", "Released": "or still on hold"}


def _doubtful(order: Order, now: int) -> str:
    """The line about which a lost answer leaves nothing certain, or ''."""
    operation = order.open_operation
    if operation is None or operation.amount is None or panel_words.work_of(operation, now) is not Work.WAITING:
        return ""
    return _DOUBTFUL.get(operation.kind, "")


def _block_title(text: str, icon: str) -> QWidget:
    made = heading(text, icon)
    made.setFixedHeight(pixels(24))
    return made


class ShipToBlock(QWidget):
    """The address as a label would show it, with a button that copies it."""

    def __init__(self, order: Order, copy: Copy) -> None:
        super().__init__()
        self.lines = address_lines(order.shopper.name, order.shopper.address)
        rows = column(self, 1)
        head = line(4)
        head.addWidget(_block_title("Ship to", "map-pin"), 1)
        self.copy_button = IconButton("copy", "Copy the address", edge=24)
        self.copy_button.clicked.connect(lambda: copy("\n".join(self.lines)))
        head.addWidget(self.copy_button)
        rows.addLayout(head)
        for text in self.lines:
            rows.addWidget(fitting(label(text, most_lines=ADDRESS_LINES, selectable=True)))
        if order.shopper.phone:
            rows.addWidget(label(order.shopper.phone, tone=Tone.MUTED, size=Size.SMALL, selectable=True))
        rows.addStretch(1)


class CardBlock(QWidget):
    """Brand, last four, expiry, and what the bank's checks said."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        rows = column(self, 1)
        rows.addWidget(_block_title("Card", "credit-card"))
        facts = order.payment.facts
        card = facts.card if facts else None
        if card is None and order.payment.problem is not None:
            card = order.payment.problem.card
        if card is None:
            ended = stage_of(order) is Stage.ENDED
            rows.addWidget(label("No card" if ended else "No card yet", tone=Tone.MUTED))
        else:
            rows.addWidget(label(panel_words.card_words(card, with_expiry=True), wrap=True))
            for words in panel_words.check_words(card):
                rows.addWidget(_check(words))
            saved = panel_words.saved_card_words(order)
            icon = "lock" if saved.tone is Tone.GREEN else "circle-dashed"
            rows.addWidget(IconText(icon, saved.title, tone=saved.tone, wrap=True))
        if facts is not None and facts.risk_level in RAISED_RISKS:
            rows.addWidget(IconText("shield-alert", f"Risk: {facts.risk_level}", tone=Tone.RED, wrap=True))
        rows.addStretch(1)


def _check(words: Words) -> IconText:
    icon = {Tone.AMBER: "circle-alert", Tone.GREEN: "shield-check"}.get(words.tone, "circle-dashed")
    tone = Tone.MUTED if words.tone is Tone.GREEN else words.tone
    return IconText(icon, words.title, tone=tone, wrap=True)


class ParcelRow(QWidget):
    """Carrier, number with a copy button, and the carrier's page named by its host."""

    def __init__(self, parcel: Parcel, copy: Copy) -> None:
        super().__init__()
        rows = column(self, 0)
        top, row = line(6), line(6)
        rows.addLayout(top)
        rows.addLayout(row)
        top.addWidget(label(tracking.carrier_name(parcel.carrier), tone=Tone.MUTED, size=Size.SMALL, elide=True), 1)
        row.addWidget(label(parcel.number, selectable=True, elide=True), 1)
        self.copy_button = IconButton("copy", f"Copy the number {parcel.number}", edge=24)
        self.copy_button.clicked.connect(lambda: copy(parcel.number))
        row.addWidget(self.copy_button)
        self.link: LinkButton | None = None
        address = tracking.link(parcel)
        if address:
            self.link = LinkButton(tracking.host(parcel))
            self.link.setAccessibleName(f"Track at {tracking.host(parcel)}")
            self.link.clicked.connect(lambda: open_page(address))
            top.addWidget(self.link)


def open_page(address: str) -> bool:
    """Open ``address`` in the system's browser; only https, everything else is refused."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme() != "https" or not url.host() or url.userName():
        return False
    return QDesktopServices.openUrl(url)


class Fold(QWidget):
    """A title that opens and closes what is below it."""

    def __init__(self, title: str, hint: str, content: QWidget) -> None:
        super().__init__()
        self.title = title
        rows = column(self, 4)
        self.button = QPushButton(title)
        self.button.setAutoDefault(False)
        self.button.setCheckable(True)
        self.button.setFlat(True)
        self.button.setFont(font(Size.BODY))
        self.button.setStyleSheet(
            "QPushButton { border: none; background: transparent; text-align: left; padding: 0; min-height: 0; }"
        )
        self.button.toggled.connect(self._toggled)
        self._mark = IconLabel("chevron-right", 14)
        head = line(12)
        head.addWidget(self._mark)
        head.addWidget(self.button)
        self._hint: TextLabel = label(hint, size=Size.SMALL, tone=Tone.MUTED, elide=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._hint, 1)
        rows.addLayout(head)
        self._content = content
        content.hide()
        rows.addWidget(content)

    def _toggled(self, is_open: bool) -> None:
        self._mark.set_icon("chevron-down" if is_open else "chevron-right")
        self._hint.setVisible(not is_open)
        self._content.setVisible(is_open)


def facts_table(pairs: list[tuple[str, str]]) -> QWidget:
    """Names at the left, values at the right that can be selected; empty values are left out."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(26, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for index, (name, value) in enumerate((name, value) for name, value in pairs if value):
        grid.addWidget(label(name, size=Size.SMALL, tone=Tone.MUTED), index, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, size=Size.SMALL, wrap=True, selectable=True), index, 1)
    return made
