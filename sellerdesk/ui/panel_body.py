"""The scrolling part of the order panel, section by section, for whatever stage the order is in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, PassedOn, Shipment, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import when_exact
from sellerdesk.services.desk import Mode
from sellerdesk.ui import panel_words, plain
from sellerdesk.ui.chips import Chip, ChipLabel, Form
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_decision import DecisionFacts
from sellerdesk.ui.panel_explain import ProblemBlocks, UnfinishedBlocks, ended_block
from sellerdesk.ui.panel_parts import (
    CardBlock,
    Copy,
    Fold,
    ItemsSection,
    MoneyLedger,
    ParcelRow,
    ShipToBlock,
    column,
    heading,
    section,
)
from sellerdesk.ui.panel_tries import TriesBlock
from sellerdesk.ui.panel_words import Work
from sellerdesk.ui.timeline import Timeline
from sellerdesk.ui.widgets import IconText, Tone, label


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sections need beside the order. ``now`` is seconds UTC; ``copy`` gets the text of every copy button,
    ``read_again`` is called when the tries shall be read once more."""

    mode: Mode
    now: int
    zone: tzinfo | None
    copy: Copy
    read_again: Callable[[], None]


def body_of(view: OrderView, scene: Scene) -> Iterator[QWidget]:
    """The sections for ``view``, top to bottom."""
    order = view.order
    problem = order.payment.problem
    operation = order.open_operation
    if operation is not None and panel_words.work_of(operation, scene.now) is Work.REVIEW:
        yield section(DecisionFacts(order, operation, scene.now, scene.zone))
    match stage_of(order):
        case Stage.PROBLEM if problem is not None:
            yield section(ProblemBlocks(order, problem, scene.now, scene.zone, scene.copy, scene.read_again))
            yield section(_folded(view, scene))
            return
        case Stage.UNFINISHED:
            yield section(UnfinishedBlocks(view, scene.now, scene.zone))
        case Stage.ENDED:
            yield section(ended_block(order))
    yield from _facts(view, scene)


def _folded(view: OrderView, scene: Scene) -> Fold:
    """Everything else about an order whose explanation comes first."""
    order = view.order
    content = QWidget()
    rows = column(content, 12)
    rows.setContentsMargins(0, 4, 0, 0)
    for each in _facts(view, scene):
        rows.addWidget(each)
    pieces = "1 piece" if order.pieces == 1 else f"{order.pieces} pieces"
    hint = f"{pieces}, {plain.apart(order.shopper.address.city)}"
    return Fold("Items, address, timeline", hint, content)


def _facts(view: OrderView, scene: Scene) -> Iterator[QWidget]:
    order = view.order
    operation = order.open_operation
    work = panel_words.work_of(operation, scene.now) if operation is not None else None
    items, money = section(ItemsSection(order)), section(MoneyLedger(order, scene.now), *_left_out(order))
    # While an answer is awaited the money is what one looks for.
    yield from (money, items) if work is Work.WAITING else (items, money)
    yield section(WhereAndCard(order, scene.copy))
    if order.shipment is not None:
        yield section(ParcelsSection(order.shipment, scene.zone, scene.copy))
    if order.message:
        yield section(heading("You told the shopper"), fitting(label(f"“{order.message}”", wrap=True, selectable=True)))
    receipt = panel_words.receipt_words(order, scene.mode)
    yield section(fitting(label(receipt, size=Size.SMALL, tone=Tone.MUTED, wrap=True)))
    if order.payment.problem is not None and stage_of(order) is not Stage.PROBLEM:
        yield section(TriesBlock(order.payment, scene.now, scene.zone, scene.read_again, "Earlier tries"))
    yield section(Timeline(view.timeline, scene.now, scene.zone, scene.copy))


def _left_out(order: Order) -> Iterator[QWidget]:
    words = panel_words.left_out_words(order)
    if words is not None:
        icon = "credit-card" if words.tone is Tone.GREEN else "circle-alert"
        yield IconText(icon, f"{words.title} {words.text}", tone=words.tone, wrap=True)


class WhereAndCard(QWidget):
    """Ship to at the left, the card at the right."""

    def __init__(self, order: Order, copy: Copy) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.ship_to = ShipToBlock(order, copy)
        row.addWidget(self.ship_to, 1)
        row.addWidget(CardBlock(order), 1)


class ParcelsSection(QWidget):
    """Every parcel with its link, when it left and by whom, and whether Stripe was told."""

    def __init__(self, shipment: Shipment, zone: tzinfo | None, copy: Copy) -> None:
        super().__init__()
        rows = column(self, 4)
        count = len(shipment.parcels)
        head = QHBoxLayout()
        head.addWidget(heading("1 parcel" if count == 1 else f"{count} parcels", "truck"), 1)
        words = panel_words.passed_on_words(shipment.passed_on)
        if shipment.passed_on in {PassedOn.PENDING, PassedOn.REFUSED}:
            head.addWidget(ChipLabel(Chip(words.title, Form.AMBER_LINE, "circle-alert")))
        else:
            head.addWidget(IconText("circle-check", words.title, tone=Tone.GREEN, size=Size.SMALL))
        rows.addLayout(head)
        self.rows = [ParcelRow(parcel, copy) for parcel in shipment.parcels]
        for row in self.rows:
            rows.addWidget(row, 0, Qt.AlignmentFlag.AlignTop)
        if words.text:
            rows.addWidget(fitting(label(words.text, size=Size.SMALL, tone=Tone.MUTED, wrap=True)))
        sent = f"Sent {when_exact(shipment.at, zone)}, {shipment.by}"
        rows.addWidget(label(sent, size=Size.SMALL, tone=Tone.MUTED, elide=True))
