"""Which pieces of a line were paid by which payment, and what they cost.

The pieces of a line are counted in the order in which they are charged, so that a discount that does not divide evenly
still adds up: what was captured first, then what each back-order charged.
"""

from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.payment import Payment
from sellerdesk.domain.shortening import kept_amount


def pieces_paid(order: Order, line: OrderLine, payment: Payment) -> range:
    """The pieces of ``line`` that ``payment`` stands for."""
    taken = line.quantity if line.kept is None else line.kept
    if payment.role != "backorder":
        return range(taken)
    for earlier in order.back_orders:
        if earlier.id == payment.id:
            break
        taken += earlier.pieces_of(line.position) if earlier.captured else 0
    return range(taken, taken + payment.pieces_of(line.position))


def worth(line: OrderLine, pieces: range, currency: str) -> int:
    """What these pieces cost, minor units, tax included."""
    return kept_amount(line, pieces.stop, currency) - kept_amount(line, pieces.start, currency)


def pieces_owed(order: Order, line: OrderLine) -> int:
    """Pieces that were left out and that no back-order has charged yet."""
    charged = sum(each.pieces_of(line.position) for each in order.back_orders if each.captured)
    return max(0, line.left_out - charged)


def shipping_owed(order: Order) -> int:
    """What of the shipping was charged neither with the order nor with a back-order, minor units."""
    if order.shipping_kept is None:
        return 0
    charged = sum(each.shipping for each in order.back_orders if each.captured)
    return max(0, order.shipping - order.shipping_kept - charged)
