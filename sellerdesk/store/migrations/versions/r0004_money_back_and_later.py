"""Money that goes back, and money that is taken later: refunds, back-orders and new holds in place of old ones.

No refund was ever written before this revision, so its table is simply made anew.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_RENEWAL = "replaces_id IS NOT NULL AND coalesce(status, '') <> 'canceled'"
ONE_BACK_ORDER = "role = 'backorder' AND coalesce(status, '') NOT IN ('succeeded', 'canceled')"


def upgrade() -> None:
    op.drop_index("ix_refund_payment_id", "refund")
    op.drop_table("refund")
    op.create_table(
        "refund",
        _text("id"),
        _text("payment_id"),
        sa.Column("operation_id", sa.Text()),
        _whole("amount"),
        _text("currency"),
        _text("state"),
        _whole("created"),
        _text("reason"),
        _text("failure_reason"),
        sa.Column("pieces", sa.JSON(), nullable=False),
        _whole("shipping"),
        _text("note"),
        sa.CheckConstraint("amount > 0", name="ck_refund_amount"),
        sa.CheckConstraint("shipping BETWEEN 0 AND amount", name="ck_refund_shipping"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_refund_payment_id_payment"),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name="fk_refund_operation_id_operation"),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.UniqueConstraint("operation_id", name="uq_refund_operation_id"),
    )
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])
    op.add_column("payment", sa.Column("replaces_id", sa.Text()))
    op.add_column("payment", sa.Column("pieces", sa.JSON()))
    op.add_column("payment", sa.Column("shipping", _WHOLE, server_default="0", nullable=False))
    _one("uq_payment_one_renewal", "replaces_id", ONE_RENEWAL)
    _one("uq_payment_one_back_order", "order_id", ONE_BACK_ORDER)


def downgrade() -> None:
    """Only while nothing was written that the older schema cannot hold."""
    op.drop_index("uq_payment_one_back_order", "payment")
    op.drop_index("uq_payment_one_renewal", "payment")
    for name in ("shipping", "pieces", "replaces_id"):
        op.drop_column("payment", name)
    op.drop_index("ix_refund_payment_id", "refund")
    op.drop_table("refund")
    op.create_table(
        "refund",
        _text("id"),
        sa.Column("stripe_id", sa.Text()),
        _text("payment_id"),
        _whole("amount"),
        _text("state"),
        sa.CheckConstraint(
            "state IN ('pending', 'succeeded', 'failed', 'canceled', 'requires_action')", name="ck_refund_state"
        ),
        sa.CheckConstraint("amount > 0", name="ck_refund_amount"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_refund_payment_id_payment"),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.UniqueConstraint("stripe_id", name="uq_refund_stripe_id"),
    )
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])


def _one(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "payment", [column], unique=True, sqlite_where=condition, postgresql_where=condition)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, _WHOLE, nullable=False)
