"""What a database missed: read from a payment at Stripe what was done with its order, and write it down once."""

from sellerdesk.domain.adoption import AT_STRIPE, FoundPayment, shipment_of
from sellerdesk.domain.order import Order, OrderLine, TimelineEntry
from sellerdesk.domain.requests import TAG_OPERATION, LineItem
from sellerdesk.domain.shortening import kept_amount
from sellerdesk.domain.tracking import joined_numbers
from sellerdesk.services.ports import UnitOfWork


def pieces_kept(order: Order, lines: tuple[LineItem, ...]) -> dict[int, int]:
    """Pieces per position. ``lines`` has those that go out in the order's own sequence, so each is the next one of the
    order that it can be: names and SKUs need not be unique, nor discounts."""
    going_out = list(lines)
    kept: dict[int, int] = {}
    for line in order.lines:
        first = going_out[0] if going_out else None
        goes = first is not None and first == _as_told(line, first.quantity, order.currency)
        kept[line.position] = going_out.pop(0).quantity if goes else 0
    return kept


def _as_told(line: OrderLine, pieces: int, currency: str) -> LineItem | None:
    """``line`` as Stripe is told of it when ``pieces`` of it go out; None when it has not as many."""
    if pieces > line.quantity:
        return None
    discount = line.unit_price * pieces - kept_amount(line, pieces, currency)
    return LineItem(line.name, line.sku, pieces, line.unit_price, discount)


def write_missed_capture(unit: UnitOfWork, order: Order, found: FoundPayment) -> None:
    """What of the order was captured, where the order does not say, as far as the lines at Stripe tell it."""
    if order.payment.intent_id != found.facts.intent_id or not found.facts.amount_received:
        return
    if any(line.kept is not None for line in order.lines):
        return
    told = sum(line.unit_cost * line.quantity - line.discount for line in found.lines) + found.shipping_amount
    kept = pieces_kept(order, found.lines)
    if told - found.discount != found.facts.amount_received or sum(kept.values()) != sum(
        line.quantity for line in found.lines
    ):
        return
    unit.orders.save_kept(order.id, kept, found.shipping_amount)
    unit.catalogue.take_from_stock({line.sku: line.quantity for line in found.lines if line.sku})


def write_missed_shipment(unit: UnitOfWork, order: Order, found: FoundPayment) -> None:
    """Parcels that Stripe was told of after those that the order has. What a database that came back does not know is
    newer than all that it knows, whatever the clocks say that wrote the times."""
    shipment = shipment_of(found)
    if order.payment.intent_id != found.facts.intent_id or shipment is None:
        return
    unknown = unit.standing.behind() is not None and unit.journal.get(found.tag(TAG_OPERATION)) is None
    if order.shipment is not None and order.shipment.at >= shipment.at and not unknown:
        return
    unit.orders.save_shipment(order.id, shipment)
    unit.orders.note(order.id, TimelineEntry(shipment.at, "shipped", AT_STRIPE, note=joined_numbers(shipment.parcels)))
