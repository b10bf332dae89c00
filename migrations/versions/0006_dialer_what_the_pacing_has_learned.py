"""dialer: what the pacing has learned"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "abandonment_days",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_abandonment_days_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "day", "language", name=op.f("pk_abandonment_days")),
    )
    op.create_table(
        "pacing_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_brake", sa.String(length=20), nullable=False),
        sa.Column("to_brake", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pacing_events_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pacing_events")),
    )
    with op.batch_alter_table("pacing_events", schema=None) as batch_op:
        batch_op.create_index("ix_pacing_events_campaign_id_at", ["campaign_id", "at"], unique=False)

    op.create_table(
        "pacing_states",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("habits", sa.JSON(), nullable=False),
        sa.Column("nerve", sa.Double(), nullable=False),
        sa.Column("lines_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("steps_until", sa.Integer(), nullable=False),
        sa.Column("brake", sa.String(length=20), nullable=False),
        sa.Column("brake_why", sa.String(length=300), nullable=False),
        sa.Column("brake_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pacing_states_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_pacing_states")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signal", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("signal_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_calls_answered",
            ["campaign_id", "answered_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NOT NULL"),
            postgresql_where=sa.text("answered_at IS NOT NULL"),
        )
        batch_op.create_index("ix_calls_campaign_id_ended_at", ["campaign_id", "ended_at"], unique=False)


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_campaign_id_ended_at")
        batch_op.drop_index(
            "ix_calls_answered",
            sqlite_where=sa.text("answered_at IS NOT NULL"),
            postgresql_where=sa.text("answered_at IS NOT NULL"),
        )
        batch_op.drop_column("given_up_at")

    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("signal_at")
        batch_op.drop_column("signal")

    op.drop_table("pacing_states")
    with op.batch_alter_table("pacing_events", schema=None) as batch_op:
        batch_op.drop_index("ix_pacing_events_campaign_id_at")

    op.drop_table("pacing_events")
    op.drop_table("abandonment_days")
