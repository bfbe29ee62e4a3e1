"""The tables of orders, payments and the catalogue. The database itself enforces keys, amounts and uniqueness.

Amounts are minor units, times seconds UTC unless a name ends in ``_ms``. Columns whose value a vendor or a shopper
chose have no CHECK on their words. Triggers live in the migrations only.
"""

from typing import Any, ClassVar, cast

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Written out because a partial index needs literals.
HELD = "status = 'requires_capture'"
# A payment has one hold in its place, and an order one back-order that is neither charged nor given up.
ONE_RENEWAL = "replaces_id IS NOT NULL AND coalesce(status, '') <> 'canceled'"
ONE_BACK_ORDER = "role = 'backorder' AND coalesce(status, '') NOT IN ('succeeded', 'canceled')"


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can find it, and stores text as TEXT and numbers with 64 bits."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[Any] = {
        str: Text,
        int: BigInteger().with_variant(Integer(), "sqlite"),
        dict[str, Any]: JSON(none_as_null=True),
    }


def table_of(record: type[Base]) -> Table:
    """The table alone. Statements on it go past the mapped classes, which take longer than the database does."""
    return cast("Table", record.__table__)


class OrderRecord(Base):
    """One order. ``stage``, ``stage_at``, ``sort_key`` and ``search_text`` are derived, and kept for the list.

    ``arrival`` is ``placed_at`` with room for the orders of one second below it: unique, and sorted like time.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("shipping >= 0 AND discount >= 0", "amounts"),
        CheckConstraint("shipping_kept BETWEEN 0 AND shipping", "shipping_kept"),
        CheckConstraint("version >= 1", "version"),
        Index(None, "stage", "sort_key", "id"),
        Index("uq_orders_arrival", "arrival", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    link_token: Mapped[str] = mapped_column(unique=True)
    checkout_id: Mapped[str] = mapped_column(unique=True)
    cart_sha256: Mapped[str]
    version: Mapped[int]
    placed_at: Mapped[int]
    currency: Mapped[str]
    shopper_name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    postal_code: Mapped[str]
    country: Mapped[str]
    customer_id: Mapped[str]
    shipping: Mapped[int]
    shipping_tax_rate: Mapped[int]
    shipping_kept: Mapped[int | None]
    discount: Mapped[int]
    save_card: Mapped[bool]
    message: Mapped[str]
    closed_at: Mapped[int | None]
    stage: Mapped[str]
    stage_at: Mapped[int]
    sort_key: Mapped[int]
    search_text: Mapped[str]
    arrival: Mapped[int] = mapped_column(server_default="0")


class TallyRecord(Base):
    """How many orders are in a stage. Triggers keep it: counting ten thousand rows at every change is not free."""

    __tablename__ = "tally"
    __table_args__ = (CheckConstraint("orders >= 0", "orders"),)

    stage: Mapped[str] = mapped_column(primary_key=True)
    orders: Mapped[int]


class LineRecord(Base):
    """One line of an order; ``kept`` is NULL before Prepare."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price >= 0", "amounts"),
        CheckConstraint("kept BETWEEN 0 AND quantity", "kept"),
    )

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sku: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int]
    tax_rate: Mapped[int]
    tax: Mapped[int]
    discount: Mapped[int]
    picture: Mapped[str]
    kept: Mapped[int | None]


class PaymentRecord(Base):
    """One payment of an order; everything below ``intent_id`` is NULL until Stripe made the intent."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("role IN ('original', 'backorder', 'renewal')", "role"),
        CheckConstraint("amount >= 0", "amount"),
        CheckConstraint("amount_received BETWEEN 0 AND intent_amount", "captured"),
        CheckConstraint("amount_capturable BETWEEN 0 AND intent_amount", "held"),
        CheckConstraint("amount_refunded BETWEEN 0 AND intent_amount", "refunded"),
        Index(None, "order_id"),
        Index(
            "uq_payment_one_renewal",
            "replaces_id",
            unique=True,
            sqlite_where=text(ONE_RENEWAL),
            postgresql_where=text(ONE_RENEWAL),
        ),
        Index(
            "uq_payment_one_back_order",
            "order_id",
            unique=True,
            sqlite_where=text(ONE_BACK_ORDER),
            postgresql_where=text(ONE_BACK_ORDER),
        ),
        Index(
            "ix_payment_held",
            "currency",
            "capture_before",
            "amount_capturable",
            sqlite_where=text(HELD),
            postgresql_where=text(HELD),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    role: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    last_problem: Mapped[dict[str, Any] | None]
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str | None]
    raw_status: Mapped[str | None]
    intent_amount: Mapped[int | None]
    amount_capturable: Mapped[int | None]
    amount_received: Mapped[int | None]
    amount_refunded: Mapped[int | None]
    livemode: Mapped[bool | None]
    created: Mapped[int | None]
    observed_ms: Mapped[int | None]
    customer_id: Mapped[str | None]
    receipt_email: Mapped[str | None]
    charge_id: Mapped[str | None]
    authorized_at: Mapped[int | None]
    capture_before: Mapped[int | None]
    canceled_at: Mapped[int | None]
    cancellation_reason: Mapped[str | None]
    risk_level: Mapped[str | None]
    next_action: Mapped[str | None]
    request_id: Mapped[str | None]
    replaces_id: Mapped[str | None]
    pieces: Mapped[dict[str, Any] | None]
    shipping: Mapped[int] = mapped_column(server_default="0")
    confirmation_method: Mapped[str | None]
    setup_future_usage: Mapped[str | None]
    payment_method_id: Mapped[str | None]
    card: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    intent_shipping: Mapped[dict[str, Any] | None]
    intent_metadata: Mapped[dict[str, Any] | None]


class ShipmentRecord(Base):
    """That an order left the house."""

    __tablename__ = "shipment"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    shipped_at: Mapped[int]
    shipped_by: Mapped[str]
    passed_on: Mapped[str]


class ParcelRecord(Base):
    """One parcel of a shipment."""

    __tablename__ = "parcel"

    order_id: Mapped[str] = mapped_column(ForeignKey("shipment.order_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    carrier: Mapped[str]
    number: Mapped[str]


class TimelineRecord(Base):
    """One thing that happened to an order."""

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "order_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[int]
    what: Mapped[str]
    actor: Mapped[str]
    amount: Mapped[int | None]
    currency: Mapped[str]
    note: Mapped[str]
    request_id: Mapped[str]


class RefundRecord(Base):
    """One refund that Stripe told of; ``id`` is Stripe's. A succeeded one may still fail later, so each keeps its own
    state. One operation makes at most one of them; ``operation_id`` is NULL for those made elsewhere."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint("shipping BETWEEN 0 AND amount", "shipping"),
        Index(None, "payment_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payment.id"))
    operation_id: Mapped[str | None] = mapped_column(ForeignKey("operation.id"), unique=True)
    amount: Mapped[int]
    currency: Mapped[str]
    state: Mapped[str]
    created: Mapped[int]
    reason: Mapped[str]
    failure_reason: Mapped[str]
    pieces: Mapped[dict[str, Any]]
    shipping: Mapped[int]
    note: Mapped[str]


class ProductRecord(Base):
    """One thing for sale, in the order of the catalogue."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("price >= 0 AND on_hand >= 0 AND tax_rate >= 0", "amounts"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    price: Mapped[int]
    currency: Mapped[str]
    tax_rate: Mapped[int]
    on_hand: Mapped[int]
    picture: Mapped[str]
    available_from: Mapped[str]
    withdrawn: Mapped[bool]


class ShippingRateRecord(Base):
    """What sending costs to one country in one currency. ``position`` keeps the order of the catalogue's file."""

    __tablename__ = "shipping_rate"
    __table_args__ = (CheckConstraint("amount >= 0 AND tax_rate >= 0", "amounts"),)

    country: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    amount: Mapped[int]
    tax_rate: Mapped[int]
