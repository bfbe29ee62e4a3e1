"""The first schema: orders, payments, the catalogue, the journal, and the triggers that guard the journal."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sellerdesk.store.migrations import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The journal is history: what was asked stays as asked, what is over stays over, and nothing is taken out.
TRIGGERS = {
    "operation_keeps_its_request": """
        BEFORE UPDATE OF id, kind, order_id, payment_id, params, params_sha256, created_at ON operation
        WHEN NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.order_id IS NOT OLD.order_id
            OR NEW.payment_id IS NOT OLD.payment_id OR NEW.params IS NOT OLD.params
            OR NEW.params_sha256 IS NOT OLD.params_sha256 OR NEW.created_at IS NOT OLD.created_at
        BEGIN SELECT RAISE(ABORT, 'an operation keeps its request'); END
    """,
    "operation_stays_final": """
        BEFORE UPDATE ON operation WHEN OLD.finished_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a finished operation stays as it is'); END
    """,
    "operation_is_kept": """
        BEFORE DELETE ON operation BEGIN SELECT RAISE(ABORT, 'operations are kept'); END
    """,
    "attempt_ends_once": """
        BEFORE UPDATE ON attempt
        WHEN OLD.ended_at IS NOT NULL OR NEW.operation_id IS NOT OLD.operation_id OR NEW.n IS NOT OLD.n
            OR NEW.generation IS NOT OLD.generation OR NEW.fence IS NOT OLD.fence
            OR NEW.started_at IS NOT OLD.started_at
        BEGIN SELECT RAISE(ABORT, 'an attempt is completed once'); END
    """,
    "attempt_is_kept": """
        BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END
    """,
    "ledger_stays_as_entered": """
        BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END
    """,
    "ledger_is_kept": """
        BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END
    """,
}


def upgrade() -> None:
    _create_orders()
    _create_order_parts()
    _create_payment()
    _create_refund_and_catalogue()
    _create_operation()
    _create_journal()
    _create_house()
    triggers.prepare()
    for name, rule in TRIGGERS.items():
        triggers.refuse(name, rule)


def _text(name: str, null: bool = False) -> sa.Column[Any]:
    """Sorted by code everywhere: the order of a language changes with the system, and breaks indexes.
    https://wiki.postgresql.org/wiki/Locale_data_changes"""
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=null)


def _whole(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=null)


def _flag(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=null)


def _data(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=null)


def _partial_index(name: str, table: str, column: str, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition)


def _create_orders() -> None:
    op.create_table(
        "orders",
        _text("id"),
        _text("reference"),
        _text("link_token"),
        _text("checkout_id"),
        _text("cart_sha256"),
        _whole("version"),
        _whole("placed_at"),
        _text("currency"),
        _text("shopper_name"),
        _text("email"),
        _text("phone"),
        _text("line1"),
        _text("line2"),
        _text("city"),
        _text("state"),
        _text("postal_code"),
        _text("country"),
        _text("customer_id"),
        _whole("shipping"),
        _whole("shipping_tax_rate"),
        _whole("shipping_kept", null=True),
        _whole("discount"),
        _flag("save_card"),
        _text("message"),
        _whole("closed_at", null=True),
        _text("stage"),
        _whole("stage_at"),
        _whole("sort_key"),
        _text("search_text"),
        sa.CheckConstraint("shipping >= 0 AND discount >= 0", name="ck_orders_amounts"),
        sa.CheckConstraint("shipping_kept BETWEEN 0 AND shipping", name="ck_orders_shipping_kept"),
        sa.CheckConstraint("version >= 1", name="ck_orders_version"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("checkout_id", name="uq_orders_checkout_id"),
        sa.UniqueConstraint("link_token", name="uq_orders_link_token"),
        sa.UniqueConstraint("reference", name="uq_orders_reference"),
    )
    op.create_index("ix_orders_placed_at_id", "orders", ["placed_at", "id"])
    op.create_index("ix_orders_stage_sort_key_id", "orders", ["stage", "sort_key", "id"])


def _create_order_parts() -> None:
    op.create_table(
        "order_line",
        _text("order_id"),
        _whole("position"),
        _text("sku"),
        _text("name"),
        _whole("quantity"),
        _whole("unit_price"),
        _whole("tax_rate"),
        _whole("tax"),
        _whole("discount"),
        _text("picture"),
        _whole("kept", null=True),
        sa.CheckConstraint("kept BETWEEN 0 AND quantity", name="ck_order_line_kept"),
        sa.CheckConstraint("quantity > 0 AND unit_price >= 0", name="ck_order_line_amounts"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_line_order_id_orders"),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_line"),
    )
    op.create_table(
        "shipment",
        _text("order_id"),
        _whole("shipped_at"),
        _text("shipped_by"),
        _text("passed_on"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_shipment_order_id_orders"),
        sa.PrimaryKeyConstraint("order_id", name="pk_shipment"),
    )
    op.create_table(
        "parcel",
        _text("order_id"),
        _whole("position"),
        _text("carrier"),
        _text("number"),
        sa.ForeignKeyConstraint(["order_id"], ["shipment.order_id"], name="fk_parcel_order_id_shipment"),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_parcel"),
    )
    op.create_table(
        "timeline",
        _whole("id"),
        _text("order_id"),
        _whole("at"),
        _text("what"),
        _text("actor"),
        _whole("amount", null=True),
        _text("currency"),
        _text("note"),
        _text("request_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_timeline_order_id_orders"),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
    )
    op.create_index("ix_timeline_order_id_at_id", "timeline", ["order_id", "at", "id"])


def _create_payment() -> None:
    op.create_table(
        "payment",
        _text("id"),
        _text("order_id"),
        _text("role"),
        _whole("amount"),
        _text("currency"),
        _data("last_problem", null=True),
        _text("intent_id", null=True),
        _text("status", null=True),
        _text("raw_status", null=True),
        _whole("intent_amount", null=True),
        _whole("amount_capturable", null=True),
        _whole("amount_received", null=True),
        _whole("amount_refunded", null=True),
        _flag("livemode", null=True),
        _whole("created", null=True),
        _whole("observed_ms", null=True),
        _text("customer_id", null=True),
        _text("receipt_email", null=True),
        _text("charge_id", null=True),
        _whole("authorized_at", null=True),
        _whole("capture_before", null=True),
        _whole("canceled_at", null=True),
        _text("cancellation_reason", null=True),
        _text("risk_level", null=True),
        _text("next_action", null=True),
        _text("request_id", null=True),
        _data("card", null=True),
        _data("problem", null=True),
        _data("intent_shipping", null=True),
        _data("intent_metadata", null=True),
        sa.CheckConstraint("role IN ('original', 'backorder', 'renewal')", name="ck_payment_role"),
        sa.CheckConstraint("amount >= 0", name="ck_payment_amount"),
        sa.CheckConstraint("amount_capturable BETWEEN 0 AND intent_amount", name="ck_payment_held"),
        sa.CheckConstraint("amount_received BETWEEN 0 AND intent_amount", name="ck_payment_captured"),
        sa.CheckConstraint("amount_refunded BETWEEN 0 AND intent_amount", name="ck_payment_refunded"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payment_order_id_orders"),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.UniqueConstraint("intent_id", name="uq_payment_intent_id"),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id"])
    op.create_index("ix_payment_status_capture_before", "payment", ["status", "capture_before"])


def _create_refund_and_catalogue() -> None:
    op.create_table(
        "refund",
        _text("id"),
        _text("stripe_id", null=True),
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
    op.create_table(
        "product",
        _text("sku"),
        _whole("position"),
        _text("name"),
        _whole("price"),
        _text("currency"),
        _whole("tax_rate"),
        _whole("on_hand"),
        _text("picture"),
        _text("available_from"),
        _flag("withdrawn"),
        sa.CheckConstraint("price >= 0 AND on_hand >= 0 AND tax_rate >= 0", name="ck_product_amounts"),
        sa.PrimaryKeyConstraint("sku", name="pk_product"),
    )
    op.create_table(
        "shipping_rate",
        _text("country"),
        _text("currency"),
        _whole("position"),
        _whole("amount"),
        _whole("tax_rate"),
        sa.CheckConstraint("amount >= 0 AND tax_rate >= 0", name="ck_shipping_rate_amounts"),
        sa.PrimaryKeyConstraint("country", "currency", name="pk_shipping_rate"),
    )


def _create_operation() -> None:
    op.create_table(
        "operation",
        _text("id"),
        _text("kind"),
        _text("order_id"),
        _text("payment_id"),
        _text("params"),
        _text("params_sha256"),
        _text("state"),
        _text("seat"),
        _whole("created_at"),
        _whole("generation"),
        _whole("fence"),
        _whole("attempts"),
        _text("lease_owner"),
        _whole("lease_until", null=True),
        _whole("first_sent_at", null=True),
        _whole("last_sent_at", null=True),
        _whole("next_try_at", null=True),
        _whole("finished_at", null=True),
        _text("outcome"),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'dropped')) = (finished_at IS NOT NULL)", name="ck_operation_finished"
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'unknown', 'review') OR state IN ('done', 'failed', 'dropped')",
            name="ck_operation_state",
        ),
        sa.CheckConstraint("fence >= 0 AND attempts >= 0 AND generation >= 0", name="ck_operation_counters"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_operation_order_id_orders"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_operation_payment_id_payment"),
        sa.PrimaryKeyConstraint("id", name="pk_operation"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # SQLite counts the rows of every table by itself.
        op.execute("ALTER TABLE operation ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY")
    op.create_index("ix_operation_order_id_created_at_id", "operation", ["order_id", "created_at", "id"])
    _partial_index("ix_operation_open", "operation", "order_id", "finished_at IS NULL")
    _partial_index(
        "uq_operation_one_capture",
        "operation",
        "payment_id",
        "kind = 'capture' AND state NOT IN ('failed', 'dropped')",
        unique=True,
    )
    _partial_index(
        "uq_operation_one_open",
        "operation",
        "payment_id",
        "state IN ('planned', 'sending', 'unknown', 'review') AND kind NOT IN ('ship', 'create_customer')",
        unique=True,
    )


def _create_journal() -> None:
    op.create_table(
        "attempt",
        _text("operation_id"),
        _whole("n"),
        _whole("generation"),
        _whole("fence"),
        _whole("started_at"),
        _whole("ended_at", null=True),
        _text("outcome"),
        _whole("http_status", null=True),
        _text("code"),
        _text("request_id"),
        _flag("replayed", null=True),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name="fk_attempt_operation_id_operation"),
        sa.PrimaryKeyConstraint("operation_id", "n", name="pk_attempt"),
    )
    op.create_table(
        "ledger",
        _whole("id"),
        _text("operation_id", null=True),
        _text("source"),
        _text("stripe_object"),
        _text("kind"),
        _whole("amount"),
        _text("currency"),
        _whole("at"),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name="fk_ledger_operation_id_operation"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("uq_ledger_object_kind", "ledger", ["stripe_object", "kind"], unique=True)
    op.create_table(
        "outbox",
        _text("id"),
        _text("operation_id", null=True),
        _text("kind"),
        _data("payload"),
        _whole("done_at", null=True),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name="fk_outbox_operation_id_operation"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )


def _create_house() -> None:
    op.create_table(
        "inbox",
        _text("event_id"),
        _text("type"),
        _text("object_id"),
        _whole("created"),
        _whole("received_at"),
        _text("via"),
        _whole("handled_at", null=True),
        _text("note"),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    _partial_index("ix_inbox_waiting", "inbox", "created", "handled_at IS NULL")
    op.create_table(
        "watermark",
        _text("stream"),
        _whole("last_created"),
        _text("last_id"),
        sa.PrimaryKeyConstraint("stream", name="pk_watermark"),
    )
    op.create_table(
        "seat",
        _text("name"),
        _whole("send_counter"),
        _whole("heartbeat"),
        sa.PrimaryKeyConstraint("name", name="pk_seat"),
    )
    op.create_table(
        "meta",
        _text("key"),
        _text("value"),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "setting",
        _text("key"),
        _text("value"),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
