"""Refunding: what goes back to the shopper, by pieces of lines or by a sum, before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from sellerdesk.domain.catalogue import included_tax, share_tax
from sellerdesk.domain.errors import RefundRefused
from sellerdesk.domain.money import divide_rounded, step
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.payment import CardFacts, Payment
from sellerdesk.domain.pieces import pieces_paid, worth


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One line of a refund: ``pieces`` of it come to ``amount``, which includes ``tax``. Minor units."""

    position: int
    sku: str
    name: str
    pieces: int
    amount: int
    tax: int


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """What a refund of one payment comes to. Minor units of ``currency``.

    Always: sum of the lines + ``shipping`` == ``amount`` (by lines), and ``refunded`` + ``amount`` + ``left`` ==
    ``captured``. ``refunded`` is what went back before; ``tax`` is the part of ``amount`` that is tax; ``card`` is the
    one the money goes back to.
    """

    payment_id: str
    currency: str
    captured: int
    refunded: int
    lines: tuple[RefundLine, ...]
    shipping: int
    amount: int
    tax: int
    left: int
    card: CardFacts | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the payment stays with the seller."""
        return self.left == 0

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Pieces per line position."""
        return tuple((line.position, line.pieces) for line in self.lines)


def refundable_payments(order: Order) -> tuple[Payment, ...]:
    """The payments of which something is left to refund, oldest first."""
    return tuple(each for each in order.payments if each.captured > order.refunded(each))


def refundable_pieces(order: Order, payment: Payment, line: OrderLine) -> int:
    """Pieces of ``line`` that ``payment`` paid and no refund has paid back."""
    return len(_unrefunded(order, payment, line))


def refundable_shipping(order: Order, payment: Payment) -> int:
    """What of the shipping ``payment`` paid and no refund has paid back, minor units."""
    paid = payment.shipping
    if payment.role != "backorder":
        paid = order.shipping if order.shipping_kept is None else order.shipping_kept
    return max(0, paid - sum(each.shipping for each in order.refunds if each.payment_id == payment.id and each.counts))


def refund_by_lines(order: Order, payment: Payment, pieces: Mapping[int, int], shipping: int = 0) -> RefundPlan:
    """Refund ``pieces`` per line position, each at what it was charged, and ``shipping`` minor units of the shipping.

    Raises RefundRefused for a line or a number of pieces that this payment did not pay, and when nothing is chosen or
    more than is left.
    """
    by_position = {line.position: line for line in order.lines}
    if not pieces.keys() <= by_position.keys():
        raise RefundRefused("There is no such line in this order. Look at it again, then decide.")
    chosen = [(by_position[position], wanted) for position, wanted in sorted(pieces.items()) if wanted != 0]
    amounts = [_amount(order, payment, line, wanted) for line, wanted in chosen]
    _check_shipping(order, payment, shipping)
    taxes = share_tax(amounts, [line.tax_rate for line, _ in chosen])
    lines = tuple(
        RefundLine(line.position, line.sku, line.name, wanted, amount, tax)
        for (line, wanted), amount, tax in zip(chosen, amounts, taxes, strict=True)
    )
    tax = sum(taxes) + included_tax(shipping, order.shipping_tax_rate)
    return _plan(order, payment, sum(amounts) + shipping, tax, lines, shipping)


def refund_by_amount(order: Order, payment: Payment, amount: int) -> RefundPlan:
    """Refund ``amount`` minor units, whatever for; its tax is the same share of the payment's as the sum itself.

    Raises RefundRefused when it is nothing, more than is left, or a fraction that the currency does not have.
    """
    if type(amount) is not int or amount % step(order.currency):
        raise RefundRefused("This currency has no such fraction. Type a whole amount.")
    paid = [(line, pieces_paid(order, line, payment)) for line in order.lines]
    taxes = share_tax(
        [worth(line, pieces, order.currency) for line, pieces in paid], [line.tax_rate for line, _ in paid]
    )
    shipping = payment.shipping if payment.role == "backorder" else order.shipping_kept
    whole = sum(taxes) + included_tax(order.shipping if shipping is None else shipping, order.shipping_tax_rate)
    tax = divide_rounded(whole * amount, payment.captured) if payment.captured else 0
    return _plan(order, payment, amount, tax, (), 0)


def _plan(
    order: Order, payment: Payment, amount: int, tax: int, lines: tuple[RefundLine, ...], shipping: int
) -> RefundPlan:
    refunded = order.refunded(payment)
    left = payment.captured - refunded
    if payment.captured <= 0:
        raise RefundRefused("Nothing was captured, so there is nothing to refund. A hold is released instead.")
    if left <= 0:
        raise RefundRefused("All of it was refunded already.")
    if amount <= 0:
        raise RefundRefused("Choose what to refund: nothing is chosen yet.")
    if amount > left:
        raise RefundRefused("This is more than what is left of the payment. Refund less.")
    return RefundPlan(
        payment_id=payment.id,
        currency=order.currency,
        captured=payment.captured,
        refunded=refunded,
        lines=lines,
        shipping=shipping,
        amount=amount,
        tax=tax,
        left=left - amount,
        card=payment.facts.card if payment.facts else None,
    )


def _amount(order: Order, payment: Payment, line: OrderLine, wanted: int) -> int:
    """The last pieces go back first, so that the parts always add up to what was charged."""
    left = _unrefunded(order, payment, line)
    if type(wanted) is not int or not 0 < wanted <= len(left):
        raise RefundRefused(f"“{line.name}”: refund between 0 and {len(left)} pieces.")
    return worth(line, range(left.stop - wanted, left.stop), order.currency)


def _unrefunded(order: Order, payment: Payment, line: OrderLine) -> range:
    paid = pieces_paid(order, line, payment)
    back = sum(each.pieces_of(line.position) for each in order.refunds if each.payment_id == payment.id and each.counts)
    return range(paid.start, max(paid.start, paid.stop - back))


def _check_shipping(order: Order, payment: Payment, shipping: int) -> None:
    if type(shipping) is not int or shipping % step(order.currency) or shipping < 0:
        raise RefundRefused("This currency has no such fraction. Type a whole amount.")
    if shipping > refundable_shipping(order, payment):
        raise RefundRefused("This is more shipping than was charged and not yet refunded.")
