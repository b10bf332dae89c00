"""leads: how often the credit lock was held"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("credit_locks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holds", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("life", sa.String(length=32), server_default="", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("credit_locks", schema=None) as batch_op:
        batch_op.drop_column("life")
        batch_op.drop_column("holds")
