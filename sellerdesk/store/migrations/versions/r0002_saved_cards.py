"""How a payment is confirmed, and the card that it left for later ones."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NEW = ("confirmation_method", "setup_future_usage", "payment_method_id")


def upgrade() -> None:
    for name in _NEW:
        op.add_column("payment", sa.Column(name, sa.Text()))
    op.execute(
        "UPDATE payment SET confirmation_method = 'automatic', setup_future_usage = '', payment_method_id = '' "
        "WHERE intent_id IS NOT NULL"
    )


def downgrade() -> None:
    for name in _NEW:
        op.drop_column("payment", name)
