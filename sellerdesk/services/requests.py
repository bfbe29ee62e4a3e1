"""From an order to what is asked of Stripe: shipping block, line items, tags."""

from collections.abc import Iterable
from dataclasses import replace

from sellerdesk.domain import tracking
from sellerdesk.domain.adoption import (
    TAG_CARRIER,
    TAG_REPLACES,
    TAG_ROLE,
    TAG_SHIP_STATUS,
    TAG_SHIPPED_AT,
    TAG_TRACKING,
)
from sellerdesk.domain.charging_later import BackOrderPlan, RenewalPlan, saved_card
from sellerdesk.domain.order import Order, OrderLine, Parcel, Shopper
from sellerdesk.domain.payment import NO_SHIPPING, Payment, PaymentStatus, ShippingFacts
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.refunding import RefundPlan
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.requests import (
    ABANDONED,
    TAG_OPERATION,
    TAG_PAYMENT,
    Cancel,
    Capture,
    ChargeSavedCard,
    Confirm,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    LineItem,
    PassTracking,
)
from sellerdesk.domain.road import TAG_ROAD, ConfirmationRoad
from sellerdesk.domain.shortening import CapturePlan

# Metadata that marks intents as ours: at most 50 keys of 40 characters, https://docs.stripe.com/api/metadata
TAG_INSTALLATION = "sd_install"
TAG_ORDER = "sd_order"
METADATA_VALUE_LENGTH = 500


def shipping_of(shopper: Shopper, parcels: tuple[Parcel, ...] = ()) -> ShippingFacts:
    """The whole shipping block; Stripe needs name and address again even when only the tracking changes."""
    address = shopper.address
    return ShippingFacts(
        name=shopper.name,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
        phone=shopper.phone,
        carrier=tracking.joined_carriers(parcels),
        tracking_number=tracking.joined_numbers(parcels),
    )


def create_customer(order: Order, operation_id: str, installation: str) -> CreateCustomer:
    """A customer of its own for each order: an e-mail that nobody verified must not find older ones."""
    return CreateCustomer(
        name=order.shopper.name,
        email=order.shopper.email,
        phone=order.shopper.phone,
        shipping=shipping_of(order.shopper),
        metadata=_tags(order, operation_id, installation),
    )


def create_intent(order: Order, operation_id: str, installation: str, road: ConfirmationRoad) -> CreateIntent:
    """The whole order on an unconfirmed intent. The page's confirmation brings the address along, because Stripe lets
    no page change one that a server set: https://github.com/stripe/react-stripe-js/issues/504"""
    by_page = road is ConfirmationRoad.PAGE
    return CreateIntent(
        amount=order.total,
        currency=order.currency,
        customer_id=order.customer_id,
        receipt_email=order.shopper.email,
        description=f"Order {order.shown_reference}",
        order_reference=order.reference,
        shipping=None if by_page else shipping_of(order.shopper),
        lines=_line_items(order.lines),
        shipping_amount=order.shipping,
        metadata=(*_tags(order, operation_id, installation), *(((TAG_ROAD, road.value),) if by_page else ())),
        confirmation_method=road.confirmation_method,
        save_card=by_page and order.save_card,
    )


def confirm(order: Order, token: str, return_url: str) -> Confirm:
    """Everything the shopper changed since the intent was made travels with the confirmation itself."""
    return Confirm(
        intent_id=order.payment.intent_id,
        token=token,
        return_url=return_url,
        save_card=order.save_card,
        receipt_email=order.shopper.email,
        shipping=shipping_of(order.shopper),
        after_action=order.payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.REQUIRES_CONFIRMATION),
    )


def confirm_again(order: Order, return_url: str) -> Confirm:
    """The second confirmation, with the card that the bank approved."""
    return replace(confirm(order, "", return_url), after_action=False)


def capture(order: Order, plan: CapturePlan, operation_id: str) -> Capture:
    """The lines that go out; those left out are not listed."""
    lines = tuple(
        LineItem(line.name, line.sku, line.quantity, line.unit_price, line.discount)
        for line in plan.lines
        if line.quantity
    )
    return Capture(
        intent_id=order.payment.intent_id,
        amount=plan.total,
        lines=lines,
        shipping_amount=plan.shipping,
        metadata=((TAG_OPERATION, operation_id),),
        pieces=tuple((line.position, line.quantity) for line in plan.lines),
    )


def cancel(order: Order, reason: ReleaseReason) -> Cancel:
    """Letting go of the whole hold."""
    return Cancel(order.payment.intent_id, reason.value)


def abandon(order: Order, *, unless_paid: bool) -> Cancel:
    """Closing a payment that the shopper will not finish, so that no page left open can."""
    return Cancel(order.payment.intent_id, ABANDONED, unless_paid)


def refund(
    order: Order, payment: Payment, plan: RefundPlan, reason: RefundReason, note: str, operation_id: str
) -> CreateRefund:
    """What goes back, and to which of the order's payments."""
    return CreateRefund(
        intent_id=payment.intent_id,
        amount=plan.amount,
        currency=plan.currency,
        reason=reason.value,
        metadata=((TAG_ORDER, order.id), (TAG_PAYMENT, payment.id), (TAG_OPERATION, operation_id)),
        pieces=plan.pieces,
        shipping_amount=plan.shipping,
        note=note,
    )


def back_order(
    order: Order, payment: Payment, plan: BackOrderPlan, operation_id: str, installation: str
) -> ChargeSavedCard:
    """The items that were left out, on the saved card, taken at once."""
    lines = tuple(LineItem(line.name, line.sku, line.quantity, line.unit_price, line.discount) for line in plan.lines)
    return ChargeSavedCard(
        amount=plan.amount,
        currency=plan.currency,
        customer_id=order.customer_id,
        payment_method_id=saved_card(order)[0],
        receipt_email=order.shopper.email,
        description=f"Order {order.shown_reference}, sent later",
        order_reference=order.reference,
        lines=lines,
        shipping_amount=plan.shipping,
        metadata=_tags(order, operation_id, installation, payment),
        holds=False,
    )


def renewal(order: Order, payment: Payment, plan: RenewalPlan, operation_id: str, installation: str) -> ChargeSavedCard:
    """The whole order once more, on hold."""
    return ChargeSavedCard(
        amount=plan.amount,
        currency=plan.currency,
        customer_id=order.customer_id,
        payment_method_id=saved_card(order)[0],
        receipt_email=order.shopper.email,
        description=f"Order {order.shown_reference}",
        order_reference=order.reference,
        lines=_line_items(order.lines),
        shipping_amount=order.shipping,
        metadata=_tags(order, operation_id, installation, payment),
        holds=True,
    )


def charge_again(order: Order, payment: Payment) -> Confirm:
    """The saved card once more, on the intent that it was refused for."""
    return Confirm(
        intent_id=payment.intent_id,
        token=saved_card(order)[0],
        return_url="",
        save_card=False,
        receipt_email="",
        shipping=NO_SHIPPING,
        off_session=True,
    )


def approve(order: Order, payment: Payment, return_url: str) -> Confirm:
    """The same with the shopper there, whom the bank can ask."""
    waits = payment.status is PaymentStatus.REQUIRES_ACTION
    return replace(charge_again(order, payment), return_url=return_url, off_session=False, after_action=waits)


def end(payment: Payment) -> Cancel:
    """Letting go of a hold that is not needed any more, or of a charge that was given up."""
    return Cancel(payment.intent_id, "")


def pass_tracking(order: Order, parcels: tuple[Parcel, ...], at: int, operation_id: str) -> PassTracking:
    """Tracking in the shipping block, and again in the metadata, which every version of the API keeps. ``at`` is when
    the parcels left, seconds UTC."""
    facts = order.payment.facts
    return PassTracking(
        intent_id=order.payment.intent_id,
        charge_id=facts.charge_id if facts else "",
        shipping=shipping_of(order.shopper, parcels),
        metadata=(
            (TAG_SHIP_STATUS, "true"),
            (TAG_CARRIER, tracking.joined_carriers(parcels)[:METADATA_VALUE_LENGTH]),
            (TAG_TRACKING, tracking.joined_numbers(parcels)[:METADATA_VALUE_LENGTH]),
            (TAG_SHIPPED_AT, str(at)),
            (TAG_OPERATION, operation_id),
        ),
    )


def _line_items(lines: Iterable[OrderLine]) -> tuple[LineItem, ...]:
    return tuple(LineItem(line.name, line.sku, line.quantity, line.unit_price, line.discount) for line in lines)


def _tags(
    order: Order, operation_id: str, installation: str, payment: Payment | None = None
) -> tuple[tuple[str, str], ...]:
    later = payment is not None and payment.role != "original"
    return (
        (TAG_INSTALLATION, installation),
        (TAG_ORDER, order.id),
        (TAG_PAYMENT, (payment or order.payment).id),
        *(((TAG_ROLE, payment.role),) if payment is not None and later else ()),
        *(((TAG_REPLACES, payment.replaces_id),) if payment is not None and payment.replaces_id else ()),
        (TAG_OPERATION, operation_id),
    )
