"""Rows to frozen values and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from sellerdesk.domain.operation import OpenOperation, Operation, OperationKind, OperationState
from sellerdesk.domain.order import Address, Order, OrderLine, Parcel, PassedOn, Shipment, Shopper
from sellerdesk.domain.payment import CardFacts, Payment, PaymentFacts, PaymentStatus, Problem, ShippingFacts
from sellerdesk.domain.refund import Refund, RefundState
from sellerdesk.store.journal_models import OperationRecord

# Facts whose column has the fact's own name and type.
_SAME_NAME = (
    "intent_id",
    "raw_status",
    "amount_capturable",
    "amount_received",
    "amount_refunded",
    "livemode",
    "created",
    "observed_ms",
    "customer_id",
    "receipt_email",
    "charge_id",
    "authorized_at",
    "capture_before",
    "canceled_at",
    "cancellation_reason",
    "risk_level",
    "next_action",
    "request_id",
    "confirmation_method",
    "setup_future_usage",
    "payment_method_id",
)
_LINE = (
    "position",
    "sku",
    "name",
    "quantity",
    "unit_price",
    "tax_rate",
    "tax",
    "discount",
    "picture",
    "kept",
)
_OPERATION = (
    "id",
    "order_id",
    "payment_id",
    "params",
    "params_sha256",
    "seat",
    "created_at",
    "generation",
    "fence",
    "attempts",
    "lease_until",
    "first_sent_at",
    "last_sent_at",
    "next_try_at",
    "finished_at",
    "outcome",
)


def order_columns(order: Order) -> dict[str, Any]:
    """The columns of ``orders`` that come straight from the order."""
    return {
        "id": order.id,
        "reference": order.reference,
        "link_token": order.link_token,
        "version": order.version,
        "placed_at": order.placed_at,
        "currency": order.currency,
        **shopper_columns(order.shopper),
        "customer_id": order.customer_id,
        "shipping": order.shipping,
        "shipping_tax_rate": order.shipping_tax_rate,
        "shipping_kept": order.shipping_kept,
        "discount": order.discount,
        "save_card": order.save_card,
        "message": order.message,
        "closed_at": order.closed_at,
    }


def shopper_columns(shopper: Shopper) -> dict[str, Any]:
    """Name, contact and address."""
    return {
        "shopper_name": shopper.name,
        "email": shopper.email,
        "phone": shopper.phone,
        **asdict(shopper.address),
    }


def line_columns(order_id: str, line: OrderLine) -> dict[str, Any]:
    """Every column of ``order_line``."""
    return {"order_id": order_id, **asdict(line)}


def payment_columns(payment: Payment) -> dict[str, Any]:
    """Every column of ``payment``; the client secret has none."""
    columns: dict[str, Any] = {
        "id": payment.id,
        "order_id": payment.order_id,
        "role": payment.role,
        "amount": payment.amount,
        "currency": payment.currency,
        "last_problem": _as_dict(payment.problem),
        "replaces_id": payment.replaces_id,
        "pieces": _pieces_column(payment.lines) if payment.lines else None,
        "shipping": payment.shipping,
    }
    facts = payment.facts
    if facts is None:
        return columns
    columns |= {name: getattr(facts, name) for name in _SAME_NAME}
    return columns | {
        "status": facts.status.value,
        "intent_amount": facts.amount,
        "card": _as_dict(facts.card),
        "problem": _as_dict(facts.problem),
        "intent_shipping": _as_dict(facts.shipping),
        "intent_metadata": dict(facts.metadata),
    }


def to_payment(row: Row[Any]) -> Payment:
    """The payment of a row of ``payment``; its facts are None until it has an intent."""
    facts = None
    if row.intent_id is not None:
        facts = PaymentFacts(
            **{name: getattr(row, name) for name in _SAME_NAME},
            status=PaymentStatus(row.status or PaymentStatus.OTHER),
            amount=row.intent_amount or 0,
            currency=row.currency,
            card=_to_card(row.card),
            problem=_to_problem(row.problem),
            shipping=ShippingFacts(**row.intent_shipping) if row.intent_shipping else None,
            metadata=tuple((row.intent_metadata or {}).items()),
        )
    return Payment(
        id=row.id,
        order_id=row.order_id,
        role=row.role,
        amount=row.amount,
        currency=row.currency,
        facts=facts,
        problem=_to_problem(row.last_problem),
        replaces_id=row.replaces_id,
        lines=_to_pieces(row.pieces),
        shipping=row.shipping,
    )


def refund_columns(refund: Refund) -> dict[str, Any]:
    """Every column of ``refund``."""
    return {
        "id": refund.refund_id,
        "payment_id": refund.payment_id,
        "operation_id": refund.operation_id or None,
        "amount": refund.amount,
        "currency": refund.currency,
        "state": refund.state.value,
        "created": refund.created,
        "reason": refund.reason,
        "failure_reason": refund.failure_reason,
        "pieces": _pieces_column(refund.lines),
        "shipping": refund.shipping,
        "note": refund.note,
    }


def to_refund(row: Row[Any]) -> Refund:
    """The refund of a row of ``refund``."""
    return Refund(
        refund_id=row.id,
        payment_id=row.payment_id,
        amount=row.amount,
        currency=row.currency,
        state=RefundState(row.state),
        created=row.created,
        reason=row.reason,
        failure_reason=row.failure_reason,
        operation_id=row.operation_id or "",
        lines=_to_pieces(row.pieces),
        shipping=row.shipping,
        note=row.note,
    )


def to_line(row: Row[Any]) -> OrderLine:
    """One line, of a row of ``order_line``."""
    return OrderLine(**{name: getattr(row, name) for name in _LINE})


def to_order(
    row: Row[Any],
    lines: Iterable[Row[Any]],
    payments: Iterable[Row[Any]],
    parcels: Iterable[Row[Any]],
    stock: Mapping[str, int],
    open_operation: OpenOperation | None,
    refunds: Iterable[Row[Any]] = (),
) -> Order:
    """The order of a row of ``orders`` and ``shipment``, and its parts in the order of their positions."""
    own_lines = tuple(to_line(line) for line in lines)
    return Order(
        id=row.id,
        reference=row.reference,
        link_token=row.link_token,
        version=row.version,
        placed_at=row.placed_at,
        currency=row.currency,
        shopper=_to_shopper(row),
        lines=own_lines,
        shipping=row.shipping,
        shipping_tax_rate=row.shipping_tax_rate,
        discount=row.discount,
        save_card=row.save_card,
        payments=tuple(sorted((to_payment(each) for each in payments), key=lambda each: each.role != "original")),
        shipment=_to_shipment(row, parcels),
        shipping_kept=row.shipping_kept,
        customer_id=row.customer_id,
        closed_at=row.closed_at,
        open_operation=open_operation,
        on_hand=tuple((sku, stock[sku]) for sku in dict.fromkeys(line.sku for line in own_lines) if sku in stock),
        message=row.message,
        refunds=tuple(to_refund(each) for each in refunds),
    )


def operation_columns(operation: Operation) -> dict[str, Any]:
    """Every column of ``operation``; nobody has the lease."""
    columns = {name: getattr(operation, name) for name in _OPERATION}
    return columns | {"kind": operation.kind.value, "state": operation.state.value, "lease_owner": ""}


def to_operation(row: OperationRecord | Row[Any]) -> Operation:
    """One journal row."""
    return Operation(
        **{name: getattr(row, name) for name in _OPERATION},
        kind=OperationKind(row.kind),
        state=OperationState(row.state),
    )


def foremost(operations: Iterable[OpenOperation]) -> OpenOperation | None:
    """The one to show of several open operations: money before tracking, then the oldest."""
    return min(operations, key=lambda each: (each.kind is OperationKind.SHIP, each.since, each.id), default=None)


def _to_shopper(row: Row[Any]) -> Shopper:
    address = Address(
        line1=row.line1,
        line2=row.line2,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
        country=row.country,
    )
    return Shopper(name=row.shopper_name, email=row.email, phone=row.phone, address=address)


def _to_shipment(row: Row[Any], parcels: Iterable[Row[Any]]) -> Shipment | None:
    if row.shipped_at is None:
        return None
    return Shipment(
        parcels=tuple(Parcel(each.carrier, each.number) for each in parcels),
        at=row.shipped_at,
        by=row.shipped_by,
        passed_on=PassedOn(row.passed_on),
    )


def _pieces_column(pieces: Iterable[tuple[int, int]]) -> dict[str, int]:
    """Pieces per line position; JSON has no other keys than text."""
    return {str(position): number for position, number in pieces}


def _to_pieces(body: Mapping[str, int] | None) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(position), number) for position, number in (body or {}).items()))


def _as_dict(value: CardFacts | Problem | ShippingFacts | None) -> dict[str, Any] | None:
    return None if value is None else asdict(value)


def _to_card(body: Mapping[str, Any] | None) -> CardFacts | None:
    return None if body is None else CardFacts(**body)


def _to_problem(body: Mapping[str, Any] | None) -> Problem | None:
    if body is None:
        return None
    return Problem(**{**body, "card": _to_card(body["card"])})
