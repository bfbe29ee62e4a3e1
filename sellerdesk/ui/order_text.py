"""A whole order as plain text, for a mail to support or a note."""

from collections.abc import Iterator
from datetime import tzinfo

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import when_exact
from sellerdesk.ui import plain
from sellerdesk.ui.columns import STAGE_NAMES
from sellerdesk.ui.panel_words import card_words, ledger_bottom, sum_words
from sellerdesk.ui.postal import address_lines
from sellerdesk.ui.timeline import timeline_text


def order_text(view: OrderView, zone: tzinfo | None = None) -> str:
    """Number, people, items, money, payment and timeline of ``view``, one fact a line."""
    order = view.order
    facts = (*_head(order, zone), "", *_items(order), "", *_money(order), "")
    return "\n".join([*map(plain.one_line, facts), timeline_text(view.timeline, zone)]).rstrip() + "\n"


def _head(order: Order, zone: tzinfo | None) -> Iterator[str]:
    yield f"Order {order.shown_reference}, {sum_words(order.total, order.currency)}, {STAGE_NAMES[stage_of(order)]}"
    yield f"Placed {when_exact(order.placed_at, zone)}"
    yield from address_lines(order.shopper.name, order.shopper.address)
    yield from (each for each in (order.shopper.email, order.shopper.phone) if each)


def _items(order: Order) -> Iterator[str]:
    for line in order.lines:
        packed = "" if line.kept is None else f", {line.kept} packed"
        yield f"{line.quantity} × {line.name} ({line.sku}), {sum_words(line.amount, order.currency)}{packed}"
    yield f"Shipping, {sum_words(order.shipping, order.currency)}"


def _money(order: Order) -> Iterator[str]:
    payment, currency = order.payment, order.currency
    sums = {
        "Authorized": payment.authorized,
        "Captured": payment.captured,
        "Released": payment.released,
        "Refunded": payment.refunded,
    }
    yield ", ".join(f"{word} {sum_words(minor, currency)}" for word, minor in sums.items())
    word, minor = ledger_bottom(order)
    yield f"{word} {sum_words(minor, currency)}"
    facts = payment.facts
    if facts is not None:
        card = f"{card_words(facts.card, with_expiry=True)}, " if facts.card is not None else ""
        yield f"{card}payment {facts.intent_id}, {facts.raw_status}"
    for parcel in order.shipment.parcels if order.shipment is not None else ():
        yield f"Parcel {parcel.carrier} {parcel.number}"
