"""leads: what each hold of the credit lock changed"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "credit_changes",
        sa.Column("hold", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("credit_milli", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster", sa.String(length=32), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("hold", name=op.f("pk_credit_changes")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("credit_changes")
