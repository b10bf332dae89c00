"""leads: who mended a rule, and when"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("policy_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("done_by", sa.String(length=60), server_default="", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("policy_changes", schema=None) as batch_op:
        batch_op.drop_column("done_by")
        batch_op.drop_column("done_at")
