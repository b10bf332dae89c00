"""dialer: dispositions that agents corrected"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "disposition_corrections",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_code", sa.String(length=40), nullable=False),
        sa.Column("to_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_disposition_corrections_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_disposition_corrections_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition_corrections")),
    )
    op.create_index("ix_disposition_corrections_call_id", "disposition_corrections", ["call_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("disposition_corrections")
