"""leads: tell how urgent a lead is"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgency", sa.String(length=10), server_default="normal", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_column("urgency")
