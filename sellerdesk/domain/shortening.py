"""Shortening: what a capture of fewer pieces comes to, line by line, so that the parts always add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.catalogue import included_tax, minimum_amount, share_tax
from sellerdesk.domain.errors import CaptureRefused
from sellerdesk.domain.money import divide_rounded, step
from sellerdesk.domain.order import Order, OrderLine


class ShippingChoice(StrEnum):
    """What of the shipping is charged when items are left out."""

    FULL = "full"
    PROPORTION = "proportion"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line as it will be captured; ``amount`` includes ``tax`` and is free of its share of the discount."""

    position: int
    sku: str
    name: str
    quantity: int
    unit_price: int
    discount: int
    amount: int
    tax: int


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """What Prepare captures: ``total`` now, ``released`` for ever. Minor units of ``currency``.

    Always: sum of the lines + ``shipping`` == ``total``, and ``total`` + ``released`` == ``authorized``.
    """

    currency: str
    authorized: int
    lines: tuple[PlannedLine, ...]
    shipping: int
    tax: int
    total: int
    released: int

    @property
    def is_shortened(self) -> bool:
        return self.released > 0

    @property
    def kept(self) -> dict[int, int]:
        """Pieces per line position."""
        return {line.position: line.quantity for line in self.lines}


def plan(order: Order, kept: Mapping[int, int], shipping: ShippingChoice = ShippingChoice.FULL) -> CapturePlan:
    """What to capture when ``kept`` pieces of each line position go out (absent positions go out whole).

    Line discounts shrink with the pieces, shipping follows the choice, tax is computed anew.
    Raises CaptureRefused when nothing is held, a line is unknown, a quantity is out of range, nothing is kept, or
    the result is zero, below what can be charged, or above the hold. A hold is captured once:
    https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
    """
    authorized = order.payment.held
    if authorized <= 0:
        raise CaptureRefused("Nothing is held for this order, so nothing can be captured.")
    if not kept.keys() <= {line.position for line in order.lines}:
        raise CaptureRefused("There is no such line in this order. Look at it again, then decide.")
    amounts = [kept_amount(line, _pieces(line, kept), order.currency) for line in order.lines]
    if not any(_pieces(line, kept) for line in order.lines):
        raise CaptureRefused("Nothing is kept. To give the whole hold back, release it instead.")
    shipping_amount = _shipping(order, sum(amounts), shipping)
    total = sum(amounts) + shipping_amount
    _check_total(total, authorized, order.currency)
    taxes = share_tax(amounts, [line.tax_rate for line in order.lines])
    lines = tuple(
        PlannedLine(
            position=line.position,
            sku=line.sku,
            name=line.name,
            quantity=_pieces(line, kept),
            unit_price=line.unit_price,
            discount=line.unit_price * _pieces(line, kept) - amount,
            amount=amount,
            tax=tax,
        )
        for line, amount, tax in zip(order.lines, amounts, taxes, strict=True)
    )
    return CapturePlan(
        currency=order.currency,
        authorized=authorized,
        lines=lines,
        shipping=shipping_amount,
        tax=sum(taxes) + included_tax(shipping_amount, order.shipping_tax_rate),
        total=total,
        released=authorized - total,
    )


def kept_amount(line: OrderLine, pieces: int, currency: str) -> int:
    """What ``pieces`` of ``line`` cost, minor units, tax included. The discount of whole pieces left out goes with
    them, rounded so that the parts kept and left out always add up to the line."""
    unit = step(currency)
    discount = divide_rounded(line.discount // unit * pieces, line.quantity) * unit
    return line.unit_price * pieces - discount


def _pieces(line: OrderLine, kept: Mapping[int, int]) -> int:
    pieces = kept.get(line.position, line.quantity)
    if type(pieces) is not int or not 0 <= pieces <= line.quantity:
        raise CaptureRefused(f"“{line.name}”: pack between 0 and {line.quantity} pieces.")
    return pieces


def _shipping(order: Order, kept_items: int, choice: ShippingChoice) -> int:
    items = sum(line.amount for line in order.lines)
    if choice is ShippingChoice.WAIVE:
        return 0
    if choice is ShippingChoice.FULL or items == 0:
        return order.shipping
    unit = step(order.currency)
    return divide_rounded(order.shipping // unit * kept_items, items) * unit


def _check_total(total: int, authorized: int, currency: str) -> None:
    if total <= 0:
        raise CaptureRefused("This comes to zero. To give the whole hold back, release it instead.")
    if total > authorized:
        raise CaptureRefused("This is more than what is held, and a hold cannot grow.")
    if total < authorized and total < minimum_amount(currency):
        raise CaptureRefused("This is less than the smallest card payment in this currency.")
