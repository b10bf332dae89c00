"""leads: weeks made good"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("yardstick_runs") as changes:
        changes.add_column(sa.Column("settled_week", sa.String(length=10), server_default="", nullable=False))
        changes.add_column(sa.Column("settled", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("yardstick_runs") as changes:
        changes.drop_column("settled")
        changes.drop_column("settled_week")
