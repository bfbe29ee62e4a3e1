"""Charging a saved card without the shopper: for items that were left out, or for a new hold in place of an old one.

https://docs.stripe.com/payments/save-during-payment#charge-saved-payment-method

Items that were left out are charged at once, not held first. The seller presses when the goods are there and packed,
so nothing has to be kept open: a hold on a saved card would be one step more that can lapse, and lapses sooner than one
that the shopper made (a Visa after 4 days and 18 hours).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sellerdesk.domain.catalogue import included_tax, minimum_amount, share_tax
from sellerdesk.domain.declines import explain
from sellerdesk.domain.errors import ChargeRefused
from sellerdesk.domain.explanation import Again
from sellerdesk.domain.failures import APPROVAL, reason_of
from sellerdesk.domain.money import step
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.payment import CardFacts, Payment, PaymentStatus
from sellerdesk.domain.pieces import pieces_owed, shipping_owed, worth
from sellerdesk.domain.shortening import PlannedLine

# How long a hold lasts that is made without the shopper:
# https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
VISA_HOLD_SECONDS = (4 * 24 + 18) * 3600
HOLD_SECONDS = 7 * 24 * 3600
# What a new hold must last longer than the old one, or nothing is gained by it.
WORTH_SECONDS = 3600
_SEND_LINK = "Send the shopper the link of their order: once this hold has ended it lets them order again."


@dataclass(frozen=True, slots=True)
class BackOrderPlan:
    """What a back-order charges. Always: sum of the lines + ``shipping`` == ``amount``. Minor units of ``currency``.

    ``left`` is how many pieces stay owed to the shopper afterwards; ``card`` is the one that is charged.
    """

    currency: str
    lines: tuple[PlannedLine, ...]
    shipping: int
    amount: int
    tax: int
    left: int
    card: CardFacts | None

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Pieces per line position."""
        return tuple((line.position, line.quantity) for line in self.lines)


@dataclass(frozen=True, slots=True)
class RenewalPlan:
    """A new hold of ``amount`` minor units in place of payment ``replaces_id``.

    ``lapses_at`` is when the old one lapses and ``lasts_until`` about when the new one would, seconds UTC. The first is
    None when it has lapsed already, or Stripe told no time; the second is known for certain once the new hold is there.
    """

    replaces_id: str
    currency: str
    amount: int
    lapses_at: int | None
    lasts_until: int
    card: CardFacts | None


class RenewalRoad(StrEnum):
    """How an order can get a new hold."""

    SAVED_CARD = "saved_card"
    SHOPPER = "shopper"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """Whether an order's hold can be renewed, and in a sentence why. ``plan`` is there with SAVED_CARD only; with
    SHOPPER the order's link is what can be sent to them."""

    road: RenewalRoad
    why: str
    plan: RenewalPlan | None = None


def saved_card(order: Order) -> tuple[str, CardFacts | None]:
    """The id of the card that the shopper let us keep, and what is known of it; '' and None when there is none."""
    for payment in order.payments:
        if payment.saved_card_id and payment.facts is not None:
            return payment.saved_card_id, payment.facts.card
    return "", None


def needs_shopper(payment: Payment) -> bool:
    """Whether a charge of the saved card waits for the shopper's approval."""
    if payment.role == "original" or payment.facts is None:
        return False
    if payment.status is PaymentStatus.REQUIRES_ACTION:
        return True
    problem = payment.problem
    asked = problem is not None and reason_of(problem.decline_code or problem.code) is APPROVAL
    return asked and payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD


def waiting_back_order(order: Order) -> Payment | None:
    """The back-order that is neither charged nor given up; there is at most one."""
    return next((each for each in order.back_orders if not each.is_over), None)


def waiting_renewal(order: Order) -> Payment | None:
    """The renewal that holds nothing yet and was not given up."""
    return next((each for each in order.payments if each.replaces_id and not each.is_over and not each.held), None)


def waits_for_shopper(order: Order) -> Payment | None:
    """The payment that the shopper can approve on the order's page; a back-order goes first."""
    return next(
        (each for each in (waiting_back_order(order), waiting_renewal(order)) if each and needs_shopper(each)), None
    )


def may_charge_later(order: Order) -> bool:
    """Whether something was left out that the saved card can be charged for, or such a charge waits to be settled."""
    owed = order.payment.captured > 0 and any(pieces_owed(order, line) for line in order.lines)
    return bool(saved_card(order)[0]) and owed


def plan_back_order(order: Order, pieces: Mapping[int, int], shipping: int, now: int) -> BackOrderPlan:
    """Charge ``pieces`` per line position of what was left out, and ``shipping`` minor units of the shipping that was
    not charged. Raises ChargeRefused."""
    _check_back_order(order, now)
    by_position = {line.position: line for line in order.lines}
    if not pieces.keys() <= by_position.keys():
        raise ChargeRefused("There is no such line in this order. Look at it again, then decide.")
    chosen = [(by_position[position], wanted) for position, wanted in sorted(pieces.items()) if wanted != 0]
    amounts = [_amount(order, line, wanted) for line, wanted in chosen]
    if not chosen:
        raise ChargeRefused("Choose what to charge: nothing is chosen yet.")
    if type(shipping) is not int or not 0 <= shipping <= shipping_owed(order) or shipping % step(order.currency):
        raise ChargeRefused("This is more shipping than the shopper agreed to and was not charged.")
    total = sum(amounts) + shipping
    if total < minimum_amount(order.currency):
        raise ChargeRefused("This is less than the smallest card payment in this currency.")
    taxes = share_tax(amounts, [line.tax_rate for line, _ in chosen])
    lines = tuple(
        PlannedLine(
            position=line.position,
            sku=line.sku,
            name=line.name,
            quantity=wanted,
            unit_price=line.unit_price,
            discount=line.unit_price * wanted - amount,
            amount=amount,
            tax=tax,
        )
        for (line, wanted), amount, tax in zip(chosen, amounts, taxes, strict=True)
    )
    return BackOrderPlan(
        currency=order.currency,
        lines=lines,
        shipping=shipping,
        amount=total,
        tax=sum(taxes) + included_tax(shipping, order.shipping_tax_rate),
        left=sum(pieces_owed(order, line) for line in order.lines) - sum(wanted for _, wanted in chosen),
        card=saved_card(order)[1],
    )


def offer_renewal(order: Order, now: int) -> RenewalOffer:
    """What can be done for a hold that is about to lapse or has lapsed."""
    payment, facts = order.payment, order.payment.facts
    lapsed = facts is not None and facts.has_lapsed
    if payment.captured:
        return RenewalOffer(RenewalRoad.NONE, "The money was captured, so there is no hold to renew.")
    if facts is None or not (payment.held or lapsed):
        return RenewalOffer(RenewalRoad.NONE, "Nothing is held for this order, so there is no hold to renew.")
    waiting = waiting_renewal(order)
    if waiting is not None and waiting.intent_id:
        return RenewalOffer(RenewalRoad.NONE, "A new hold was begun and is not there yet. Go on with that one.")
    if any(each.held and each.id != payment.id and each.role != "backorder" for each in order.payments):
        return RenewalOffer(
            RenewalRoad.NONE,
            "The hold before this one is not released yet. That comes first, by itself; then this one can be renewed.",
        )
    card_id, card = saved_card(order)
    if not card_id:
        return RenewalOffer(
            RenewalRoad.SHOPPER,
            f"The shopper did not let their card be saved, so only they can hold the money again. {_SEND_LINK}",
        )
    if _has_expired(card, now):
        return RenewalOffer(RenewalRoad.SHOPPER, f"The saved card expired, so the bank would refuse it. {_SEND_LINK}")
    lasts = VISA_HOLD_SECONDS if card is not None and card.brand == "visa" else HOLD_SECONDS
    deadline = None if lapsed else payment.capture_before
    if deadline is not None and now + lasts <= deadline + WORTH_SECONDS:
        return RenewalOffer(
            RenewalRoad.NONE,
            "A new hold would not last longer than the one you have, or hardly, so it is too early to renew it.",
        )
    plan = RenewalPlan(payment.id, order.currency, payment.authorized, deadline, now + lasts, card)
    why = (
        "The old hold has lapsed. A new one is made on the saved card."
        if lapsed
        else "A new hold is made on the saved card first, and the old one is released after. For a moment both stand."
    )
    return RenewalOffer(RenewalRoad.SAVED_CARD, why, plan)


def check_try_again(payment: Payment) -> None:
    """Raises ChargeRefused for a card that must not be tried again, or that waits for its holder."""
    if needs_shopper(payment):
        raise ChargeRefused(
            "The bank wants the shopper to approve this payment, and would refuse it again. Send them the link of "
            "their order: it asks them for the approval."
        )
    if payment.problem is not None and explain(payment.problem).again is Again.NEVER:
        raise ChargeRefused("The bank said that this card must not be tried again. Ask the shopper for another one.")


def _check_back_order(order: Order, now: int) -> None:
    card_id, card = saved_card(order)
    if not order.payment.captured:
        raise ChargeRefused(
            "Nothing was captured yet. Prepare the order first: what is left out then can be charged later."
        )
    if not any(pieces_owed(order, line) for line in order.lines):
        raise ChargeRefused("Nothing of this order is owed: all of it was charged.")
    if not card_id:
        raise ChargeRefused("The shopper did not let their card be saved, so only they can pay for the rest.")
    if _has_expired(card, now):
        raise ChargeRefused(
            "The saved card expired, so the bank would refuse it. Only the shopper can pay for the rest."
        )
    waiting = waiting_back_order(order)
    if waiting is not None and waiting.intent_id:
        raise ChargeRefused(
            "An earlier back-order of this order is not settled. Try that one again, or give it up first."
        )


def _amount(order: Order, line: OrderLine, wanted: int) -> int:
    owed = pieces_owed(order, line)
    if type(wanted) is not int or not 0 < wanted <= owed:
        raise ChargeRefused(f"“{line.name}”: charge between 0 and {owed} pieces.")
    start = line.quantity - owed
    return worth(line, range(start, start + wanted), order.currency)


def _has_expired(card: CardFacts | None, now: int) -> bool:
    """Cards are good to the end of their month."""
    if card is None or not card.exp_year:
        return False
    today = datetime.fromtimestamp(now, UTC)
    return (card.exp_year, card.exp_month) < (today.year, today.month)
