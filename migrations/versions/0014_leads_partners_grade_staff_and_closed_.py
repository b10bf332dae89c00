"""leads: partners' grade, staff and closed days"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_days", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("grade", sa.String(length=1), server_default="", nullable=False))
        batch_op.add_column(sa.Column("staff", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.drop_column("staff")
        batch_op.drop_column("grade")
        batch_op.drop_column("closed_days")
