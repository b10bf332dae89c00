"""dialer: pools of caller numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "pool_numbers",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("lately_shown", sa.Integer(), nullable=False),
        sa.Column("lately_answered", sa.Integer(), nullable=False),
        sa.Column("before_shown", sa.Integer(), nullable=False),
        sa.Column("before_answered", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pool_numbers_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_pool_numbers")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_from_number_queued_at", ["from_number", "queued_at"], unique=False)


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_from_number_queued_at")

    op.drop_table("pool_numbers")
