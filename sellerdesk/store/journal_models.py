"""The tables of the journal and of the events. Partial unique indexes are the lock that keeps money moving once.

Times are seconds UTC, but leases and retries run on the clock of the machine. Triggers, which live in the
migrations only, keep history as it was.
"""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sellerdesk.store.models import Base

# Operations in these states block others; written out because a partial index needs literals.
OPEN = "('planned', 'sending', 'unknown', 'review')"
FINAL = "('done', 'failed', 'dropped')"
ONE_OPEN = f"state IN {OPEN} AND kind NOT IN ('ship', 'create_customer')"
ONE_CAPTURE = "kind = 'capture' AND state NOT IN ('failed', 'dropped')"


class OperationRecord(Base):
    """One journal row. Two partial indexes are the real lock: one open money operation a payment, one capture ever."""

    __tablename__ = "operation"
    __table_args__ = (
        CheckConstraint(f"state IN {OPEN} OR state IN {FINAL}", "state"),
        CheckConstraint(f"(state IN {FINAL}) = (finished_at IS NOT NULL)", "finished"),
        CheckConstraint("fence >= 0 AND attempts >= 0 AND generation >= 0", "counters"),
        Index(
            "uq_operation_one_open",
            "payment_id",
            unique=True,
            sqlite_where=text(ONE_OPEN),
            postgresql_where=text(ONE_OPEN),
        ),
        Index(
            "uq_operation_one_capture",
            "payment_id",
            unique=True,
            sqlite_where=text(ONE_CAPTURE),
            postgresql_where=text(ONE_CAPTURE),
        ),
        Index(None, "order_id", "created_at", "id"),
        Index(
            "ix_operation_open",
            "order_id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    payment_id: Mapped[str] = mapped_column(ForeignKey("payment.id"))
    params: Mapped[str]
    params_sha256: Mapped[str]
    state: Mapped[str]
    seat: Mapped[str]
    created_at: Mapped[int]
    generation: Mapped[int]
    fence: Mapped[int]
    attempts: Mapped[int]
    lease_owner: Mapped[str]
    lease_until: Mapped[int | None]
    first_sent_at: Mapped[int | None]
    last_sent_at: Mapped[int | None]
    next_try_at: Mapped[int | None]
    finished_at: Mapped[int | None]
    outcome: Mapped[str]


class AttemptRecord(Base):
    """One HTTP call made for an operation. Written when it starts, completed once when it ends."""

    __tablename__ = "attempt"

    operation_id: Mapped[str] = mapped_column(ForeignKey("operation.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int]
    fence: Mapped[int]
    started_at: Mapped[int]
    ended_at: Mapped[int | None]
    outcome: Mapped[str]
    http_status: Mapped[int | None]
    code: Mapped[str]
    request_id: Mapped[str]
    replayed: Mapped[bool | None]


class LedgerRecord(Base):
    """One movement of money at Stripe, once per object and kind."""

    __tablename__ = "ledger"
    __table_args__ = (Index("uq_ledger_object_kind", "stripe_object", "kind", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[str | None] = mapped_column(ForeignKey("operation.id"))
    source: Mapped[str]
    stripe_object: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    at: Mapped[int]


class InboxRecord(Base):
    """One event seen. Its object is read again; what the event itself says is never applied."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "created",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    event_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    created: Mapped[int]
    received_at: Mapped[int]
    via: Mapped[str]
    handled_at: Mapped[int | None]
    note: Mapped[str]


class OutboxRecord(Base):
    """A job that must follow an operation, staged in the same transaction as its outcome."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str | None] = mapped_column(ForeignKey("operation.id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    done_at: Mapped[int | None]


class WatermarkRecord(Base):
    """How far a stream of events was read."""

    __tablename__ = "watermark"

    stream: Mapped[str] = mapped_column(primary_key=True)
    last_created: Mapped[int]
    last_id: Mapped[str]


class SeatRecord(Base):
    """One program that works here. ``send_counter`` only grows, so that a restored older copy can be noticed."""

    __tablename__ = "seat"

    name: Mapped[str] = mapped_column(primary_key=True)
    send_counter: Mapped[int]
    heartbeat: Mapped[int]


class MetaRecord(Base):
    """Facts about this database itself."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SettingRecord(Base):
    """A setting that all seats share."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
