"""The scrolling part of the order panel, section by section, for whatever stage the order is in."""

from collections.abc import Iterator
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order, PassedOn, Shipment, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import when_exact
from sellerdesk.services.desk import Mode
from sellerdesk.ui import panel_words
from sellerdesk.ui.chips import Chip, ChipLabel, Form
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_decision import DecisionFacts
from sellerdesk.ui.panel_explain import Block, ProblemBlocks
from sellerdesk.ui.panel_parts import (
    CardBlock,
    Copy,
    ItemsSection,
    MoneyLedger,
    ParcelRow,
    ShipToBlock,
    column,
    heading,
    section,
)
from sellerdesk.ui.panel_words import Work
from sellerdesk.ui.timeline import Timeline
from sellerdesk.ui.widgets import IconText, Tone, label


def body_of(view: OrderView, mode: Mode, now: int, zone: tzinfo | None, copy: Copy) -> Iterator[QWidget]:
    """The sections for ``view``, top to bottom. ``copy`` gets the text of every copy button."""
    order = view.order
    operation = order.open_operation
    work = panel_words.work_of(operation, now) if operation is not None else None
    if operation is not None and work is Work.REVIEW:
        yield section(DecisionFacts(order, operation, now, zone))
    yield from _explanation(view, zone, copy)
    items, money = section(ItemsSection(order)), section(MoneyLedger(order, now))
    # While an answer is awaited the money is what one looks for.
    yield from (money, items) if work is Work.WAITING else (items, money)
    yield section(WhereAndCard(order, copy))
    if order.shipment is not None:
        yield section(ParcelsSection(order.shipment, zone, copy))
    if order.message:
        yield section(heading("You told the shopper"), fitting(label(f"“{order.message}”", wrap=True, selectable=True)))
    yield section(fitting(label(panel_words.receipt_words(order, mode), size=Size.SMALL, tone=Tone.MUTED, wrap=True)))
    yield section(Timeline(view.timeline, now, zone, copy))


def _explanation(view: OrderView, zone: tzinfo | None, copy: Copy) -> Iterator[QWidget]:
    order = view.order
    stage = stage_of(order)
    payment = order.payment
    if stage is Stage.PROBLEM and payment.problem is not None:
        yield section(ProblemBlocks(payment, payment.problem, copy, asked_again=panel_words.is_paying(order)))
    elif stage is Stage.UNFINISHED:
        words = panel_words.unfinished_words(view, zone)
        yield section(Block("shopping-cart", "What happened", words.title, words.text, strong_first=True))
    elif stage is Stage.ENDED:
        words = panel_words.ended_words(order)
        yield section(Block("archive", "What happened", words.title, words.text, strong_first=True))


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
