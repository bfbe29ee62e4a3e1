"""What keeps long lists as quick as short ones: an index of words, a place in time, and counts that are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# The index holds no text of its own: it is fed by these, and must be told what it forgets.
# https://www.sqlite.org/fts5.html#external_content_tables
TRIGGERS = {
    "order_is_indexed": """
        AFTER INSERT ON orders
        BEGIN INSERT INTO order_search (rowid, search_text) VALUES (NEW.arrival, NEW.search_text); END
    """,
    "order_is_indexed_again": """
        AFTER UPDATE OF arrival, search_text ON orders
        WHEN NEW.arrival IS NOT OLD.arrival OR NEW.search_text IS NOT OLD.search_text
        BEGIN
            INSERT INTO order_search (order_search, rowid, search_text)
                VALUES ('delete', OLD.arrival, OLD.search_text);
            INSERT INTO order_search (rowid, search_text) VALUES (NEW.arrival, NEW.search_text);
        END
    """,
    "order_is_no_longer_indexed": """
        AFTER DELETE ON orders
        BEGIN
            INSERT INTO order_search (order_search, rowid, search_text)
                VALUES ('delete', OLD.arrival, OLD.search_text);
        END
    """,
    "order_is_counted": """
        AFTER INSERT ON orders
        BEGIN
            INSERT INTO tally (stage, orders) VALUES (NEW.stage, 1)
                ON CONFLICT (stage) DO UPDATE SET orders = orders + 1;
        END
    """,
    "order_is_counted_elsewhere": """
        AFTER UPDATE OF stage ON orders WHEN NEW.stage IS NOT OLD.stage
        BEGIN
            UPDATE tally SET orders = orders - 1 WHERE stage = OLD.stage;
            INSERT INTO tally (stage, orders) VALUES (NEW.stage, 1)
                ON CONFLICT (stage) DO UPDATE SET orders = orders + 1;
        END
    """,
    "order_is_no_longer_counted": """
        AFTER DELETE ON orders
        BEGIN UPDATE tally SET orders = orders - 1 WHERE stage = OLD.stage; END
    """,
}


# What PostgreSQL needs instead: it counts quickly enough, and counters would make all who write wait for each other.
_TALLY = "CREATE VIEW tally AS SELECT stage, count(*) AS orders FROM orders GROUP BY stage"
# Finds pieces of words: https://www.postgresql.org/docs/current/pgtrgm.html. Whoever may not have it finds the same
# orders by reading their texts.
_PIECES = """
    DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX ix_orders_search_text ON orders USING gin (search_text gin_trgm_ops);
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
        RAISE NOTICE 'no index of words';
    END $$
"""


def upgrade() -> None:
    _give_arrivals()
    op.drop_index("ix_payment_status_capture_before", "payment")
    held = sa.text("status = 'requires_capture'")
    op.create_index(
        "ix_payment_held",
        "payment",
        ["currency", "capture_before", "amount_capturable"],
        sqlite_where=held,
        postgresql_where=held,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TALLY)
        op.execute(_PIECES)
    else:
        _index_words()
        _count_orders()
        for name, rule in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {' '.join(rule.split())}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS ix_orders_search_text")
        op.execute("DROP VIEW tally")
    else:
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.drop_table("tally")
        op.execute("DROP TABLE order_search")
    op.drop_index("ix_payment_held", "payment")
    op.create_index("ix_payment_status_capture_before", "payment", ["status", "capture_before"])
    op.drop_index("uq_orders_arrival", "orders")
    op.drop_column("orders", "arrival")
    op.create_index("ix_orders_placed_at_id", "orders", ["placed_at", "id"])


def _give_arrivals() -> None:
    """The second in which an order was placed, and in its lowest 20 bits the orders of that second, counted."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("orders", sa.Column("arrival", whole, server_default="0", nullable=False))
    op.execute(
        "UPDATE orders SET arrival = placed_at * 1048576 + counted.place FROM "
        "(SELECT id, row_number() OVER (PARTITION BY placed_at ORDER BY id) - 1 AS place FROM orders) AS counted "
        "WHERE counted.id = orders.id"
    )
    op.create_index("uq_orders_arrival", "orders", ["arrival"], unique=True)
    op.drop_index("ix_orders_placed_at_id", "orders")


def _count_orders() -> None:
    op.create_table(
        "tally",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.CheckConstraint("orders >= 0", name="ck_tally_orders"),
        sa.PrimaryKeyConstraint("stage", name="pk_tally"),
    )
    op.execute("INSERT INTO tally (stage, orders) SELECT stage, count(*) FROM orders GROUP BY stage")


def _index_words() -> None:
    """Finds three and more letters that follow one another anywhere in the text. The text is without case already."""
    op.execute(
        "CREATE VIRTUAL TABLE order_search USING fts5 (search_text, content='orders', content_rowid='arrival', "
        "columnsize=0, tokenize='trigram case_sensitive 1')"
    )
    op.execute("INSERT INTO order_search (order_search) VALUES ('rebuild')")
