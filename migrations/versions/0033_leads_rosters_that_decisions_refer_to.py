"""leads: rosters that decisions refer to"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "routing_rosters",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("revisions", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_routing_rosters")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("routing_rosters")
